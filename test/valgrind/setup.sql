-- Servers for queries.sql, each with a manner of its own.
\set ON_ERROR_STOP 1
\set url `echo "$HWBSS_SIM_URL"`
CREATE EXTENSION hwbss_fdw;
CREATE PROCEDURE server(name text, endpoint text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE SERVER %I FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint %L, allow_insecure ''true'', region ''ap-southeast-1'',
      project_id ''0a1b2c3d4e5f60718293a4b5c6d7e8f9'', page_size ''20'')',
    name, endpoint);
  EXECUTE format('CREATE USER MAPPING FOR CURRENT_USER SERVER %I
    OPTIONS (access_key ''SIMAK0EVERYTHING0000'',
      secret_key ''simSkEverything/+0123456789abcdefghijklmn'')', name);
  EXECUTE format('CREATE SCHEMA %I', name);
  EXECUTE format('IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER %I INTO %I',
    name, name);
END $$;
CALL server('plain', :'url' || '/case/id=v1');
CALL server('packed', :'url' || '/case/id=v2;gzip=always;chunked=1;numbers=exp');
CALL server('broken', :'url' || '/case/id=v3;reply=deep');
CALL server('refusing', :'url' || '/case/id=v4;error=HSS.0010');
CALL server('hanging', :'url' || '/case/id=v5;hang=in_body');
CALL server('flaky', :'url' || '/case/id=v6;fail=503x1,reset_in_bodyx1');
ALTER SERVER packed OPTIONS (ADD cache_ttl '10min');
ALTER SERVER hanging OPTIONS (ADD request_timeout '300ms', ADD retry_budget '0');
CREATE TABLE names (host_name text);
INSERT INTO names SELECT host_name FROM plain.hss_quotas
  WHERE host_name IS NOT NULL ORDER BY resource_id LIMIT 3;
ANALYZE names;
CREATE PROCEDURE fails(query text) LANGUAGE plpgsql AS $$
DECLARE
  has_failed bool := false;
BEGIN
  BEGIN
    EXECUTE query;
  EXCEPTION WHEN OTHERS THEN
    has_failed := true;
  END;
  ASSERT has_failed, query;
END $$;
