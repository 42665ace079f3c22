-- Who may have a server send what where.
SET timezone = 'UTC';
SET client_min_messages = warning;
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=privileges'
CREATE EXTENSION hwbss_fdw;
SHOW hwbss_fdw.allowed_hosts;
CREATE ROLE regress_guard_owner;
CREATE ROLE regress_guard_reader;
GRANT USAGE ON FOREIGN DATA WRAPPER hwbss_fdw TO regress_guard_owner;
CREATE FUNCTION pg_temp.attempt(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN NEXT 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN NEXT SQLSTATE || ': ' || message;
  IF detail <> '' THEN
    RETURN NEXT 'DETAIL: ' || detail;
  END IF;
  IF hint <> '' THEN
    RETURN NEXT 'HINT: ' || hint;
  END IF;
END $$;
CREATE FUNCTION pg_temp.server(options text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT pg_temp.attempt(
    'CREATE SERVER x FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (' || options || ')');
  DROP SERVER IF EXISTS x;
END $$;

-- The setting is a list of hosts, and a superuser's.
SELECT pg_temp.attempt('SET hwbss_fdw.allowed_hosts = ''https://example.com''');
SELECT pg_temp.attempt('SET hwbss_fdw.allowed_hosts = ''a.example.com,, b''');
SELECT pg_temp.attempt('SET hwbss_fdw.allowed_hosts = ''*.example.com'', ''b.example.org''');
SHOW hwbss_fdw.allowed_hosts;
-- A mistyped name, from 15 on.
SELECT current_setting('server_version_num')::int < 150000
  OR string_agg(attempt, ' ') LIKE '42602: %reserved prefix.' AS refused
FROM pg_temp.attempt('SET hwbss_fdw.allowed_hots = ''*''') AS attempt;
RESET hwbss_fdw.allowed_hosts;

-- ---- when options are given
SET ROLE regress_guard_owner;
SELECT pg_temp.attempt('SET hwbss_fdw.allowed_hosts = ''*''');
SELECT pg_temp.server($$region 'ap-southeast-1', project_id 'x', page_size '10'$$);
SELECT pg_temp.server($$hss_endpoint 'https://hss.some-region-1.myhuaweicloud.com'$$);
SELECT pg_temp.server($$bss_endpoint 'https://BSS.myhuaweicloud.eu:443/'$$);
SELECT pg_temp.server($$allow_insecure 'false'$$);
-- hosts
SELECT pg_temp.server($$endpoint 'https://example.com'$$);
SELECT pg_temp.server($$bss_endpoint 'https://bss.myhuaweicloud.com.example.com'$$);
SELECT pg_temp.server($$hss_endpoint 'https://bucket.obs.ap-southeast-1.myhuaweicloud.com'$$);
SELECT pg_temp.server($$iam_endpoint 'https://xiam.myhuaweicloud.com'$$);
SELECT pg_temp.server($$endpoint 'https://127.0.0.1'$$);
SELECT pg_temp.server($$endpoint 'https://2130706433'$$);
SELECT pg_temp.server($$endpoint 'https://[::1]'$$);
SELECT pg_temp.server($$endpoint 'https://169.254.169.254/latest'$$);
SELECT pg_temp.server($$endpoint 'https://localhost'$$);
-- plain http
SELECT pg_temp.server($$endpoint 'http://bss.myhuaweicloud.com'$$);
SELECT pg_temp.server($$endpoint 'http://127.0.0.1', allow_insecure 'true'$$);
SELECT pg_temp.server($$allow_insecure 'on'$$);
-- files of the server, and other ways
SELECT pg_temp.server($$ca_file '/etc/passwd'$$);
SELECT pg_temp.server($$proxy 'http://proxy.example.com:3128'$$);
RESET ROLE;
GRANT pg_read_server_files TO regress_guard_owner;
SET ROLE regress_guard_owner;
SELECT pg_temp.server($$ca_file '/etc/passwd', proxy 'http://proxy.example.com:3128'$$);
SELECT pg_temp.server($$allow_insecure 'true'$$);
SELECT pg_temp.server($$ca_file '/etc/passwd', endpoint 'https://example.com'$$);
RESET ROLE;
REVOKE pg_read_server_files FROM regress_guard_owner;

-- ALTER goes the same way, also for what a superuser has set.
SET ROLE regress_guard_owner;
CREATE SERVER guarded FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (region 'ap-southeast-1', project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
SELECT pg_temp.attempt('ALTER SERVER guarded OPTIONS (ADD endpoint ''https://example.com'')');
SELECT pg_temp.attempt('ALTER SERVER guarded OPTIONS (ADD proxy ''http://127.0.0.1:1'')');
RESET ROLE;

-- ---- when something is to be sent
CREATE USER MAPPING FOR PUBLIC SERVER guarded
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA guarded;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER guarded INTO guarded;
ALTER SERVER guarded OPTIONS (ADD endpoint :'endpoint', ADD allow_insecure 'true');
-- Not for planning it.
EXPLAIN (COSTS OFF) SELECT count(*) FROM guarded.bss_package_usages;
SELECT pg_temp.attempt('SELECT count(*) FROM guarded.bss_package_usages');
SELECT pg_temp.attempt('ANALYZE guarded.bss_package_usages');
SELECT pg_temp.attempt('SELECT * FROM hwbss_fdw_probe(''guarded'')');
-- It is the owner who counts, not the reader, and it counts at each start.
ALTER SERVER guarded OWNER TO CURRENT_USER;
GRANT USAGE ON SCHEMA guarded TO regress_guard_reader;
GRANT SELECT ON guarded.bss_package_usages TO regress_guard_reader;
SET ROLE regress_guard_reader;
SELECT count(*) FROM guarded.bss_package_usages;
RESET ROLE;
GRANT USAGE ON FOREIGN SERVER guarded TO regress_guard_owner;
ALTER SERVER guarded OWNER TO regress_guard_owner;
SELECT pg_temp.attempt('SELECT count(*) FROM guarded.bss_package_usages');
ALTER ROLE regress_guard_owner SUPERUSER;
SELECT count(*) FROM guarded.bss_package_usages;
ALTER ROLE regress_guard_owner NOSUPERUSER;
SELECT pg_temp.attempt('SELECT count(*) FROM guarded.bss_package_usages');
-- A prepared statement and an open session are no way around.
ALTER SERVER guarded OWNER TO CURRENT_USER;
PREPARE p AS SELECT count(*) FROM guarded.bss_package_usages;
EXECUTE p;
ALTER SERVER guarded OWNER TO regress_guard_owner;
SELECT pg_temp.attempt('EXECUTE p');
DEALLOCATE p;
-- Nor is a foreign table that names another region, or an allowed host by the
-- name of this machine.
ALTER SERVER guarded OPTIONS (DROP endpoint, DROP allow_insecure);
SET hwbss_fdw.allowed_hosts = 'hss.ap-southeast-1.myhuaweicloud.com, localhost';
ALTER FOREIGN TABLE guarded.hss_quotas OPTIONS (ADD region 'cn-north-4');
SELECT pg_temp.attempt('SELECT * FROM guarded.hss_quotas');
SELECT pg_temp.attempt('SELECT * FROM guarded.bss_package_usages');
-- A query that names a region gets no further, nor does IAM, which is asked
-- for its project.
SELECT pg_temp.attempt('SELECT * FROM guarded.hss_quotas WHERE region = ''cn-north-1''');
SET hwbss_fdw.allowed_hosts = 'iam.cn-north-1.myhuaweicloud.com, localhost';
SELECT pg_temp.attempt('SELECT * FROM guarded.hss_quotas WHERE region = ''cn-north-1'' AND project_id = ''x''');
SET hwbss_fdw.allowed_hosts = 'hss.ap-southeast-1.myhuaweicloud.com, localhost';
ALTER FOREIGN TABLE guarded.hss_quotas OPTIONS (ADD projects 'x, y', ADD regions 'ap-southeast-1, cn-north-1', ADD on_project_error 'skip');
SELECT pg_temp.attempt('SELECT * FROM guarded.hss_quotas');
ALTER FOREIGN TABLE guarded.hss_quotas OPTIONS (DROP projects, DROP regions, DROP on_project_error);
ALTER SERVER guarded OPTIONS (ADD endpoint 'https://localhost:9', ADD retry_budget '1h');
SELECT pg_temp.attempt('SELECT * FROM guarded.bss_package_usages');
SELECT requests, retries FROM hwbss_fdw_stats();
-- An empty list allows none.
SET hwbss_fdw.allowed_hosts = '';
SELECT pg_temp.attempt('SELECT * FROM guarded.bss_package_usages');
RESET hwbss_fdw.allowed_hosts;
-- Options that need more than their server's owner has.
ALTER SERVER guarded OPTIONS (DROP endpoint, ADD ca_file '/etc/ssl/certs/ca-certificates.crt');
SELECT pg_temp.attempt('SELECT * FROM guarded.bss_package_usages');
ALTER SERVER guarded OPTIONS (DROP ca_file, ADD proxy 'http://127.0.0.1:1');
SELECT pg_temp.attempt('SELECT * FROM guarded.bss_package_usages');
GRANT pg_read_server_files TO regress_guard_owner;
ALTER SERVER guarded OPTIONS (SET retry_budget '0');
\set VERBOSITY sqlstate
SELECT * FROM guarded.bss_package_usages;
\set VERBOSITY default
\! python3 test/regress_log.py privileges | wc -l

DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA guarded CASCADE;
DROP ROLE regress_guard_owner, regress_guard_reader;
