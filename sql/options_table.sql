-- Options of tables override those of the server.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=options_table'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- SQLSTATE and all parts of an error; a request ID differs each time.
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
    RETURN NEXT 'DETAIL: ' || regexp_replace(detail, 'Request ID: [-0-9a-f]+', 'Request ID: (id)');
  END IF;
  IF hint <> '' THEN
    RETURN NEXT 'HINT: ' || hint;
  END IF;
END $$;
CREATE FUNCTION pg_temp.table_option(options text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT pg_temp.attempt('ALTER FOREIGN TABLE hss_quotas OPTIONS (' || options || ')');
END $$;

-- Options of the server only, and other mistakes
SELECT pg_temp.table_option($$endpoint 'https://example.com'$$);
SELECT pg_temp.table_option($$allow_insecure 'true'$$);
SELECT pg_temp.table_option($$ca_file '/x'$$);
SELECT pg_temp.table_option($$site 'cn'$$);
SELECT pg_temp.table_option($$page_sise '10'$$);
SELECT pg_temp.table_option($$page_size '0'$$);
SELECT pg_temp.table_option($$SET "table" 'hss_qotas'$$);
SELECT pg_temp.table_option($$column_name 'version'$$);
SELECT pg_temp.attempt($$ALTER FOREIGN TABLE hss_quotas ALTER COLUMN version OPTIONS (page_size '10')$$);

-- project_id, region, enterprise_project_id and page_size
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py options_table region
ALTER FOREIGN TABLE hss_quotas
  OPTIONS (project_id '1b2c3d4e5f60718293a4b5c6d7e8f90a', region 'ap-southeast-3',
           enterprise_project_id 'ep-2', page_size '100');
SELECT count(*), min(project_id), min(enterprise_project_id), max(enterprise_project_id)
FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py options_table region
-- The option is where to ask unless a query says so; the other tables go on as before.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND enterprise_project_id = 'ep-1';
SELECT count(*) > 0 FROM hss_quota_tags WHERE category = 'host_resource';
\! python3 test/regress_log.py options_table region

-- language
CREATE FOREIGN TABLE usages_zh (order_instance_id text, resource_type_name text)
  SERVER sim OPTIONS ("table" 'bss_package_usages', language 'zh_CN');
SELECT e.resource_type_name AS english, z.resource_type_name AS chinese
FROM bss_package_usages e JOIN usages_zh z USING (order_instance_id)
GROUP BY english, chinese ORDER BY e.resource_type_name COLLATE "C" LIMIT 3;
\! python3 test/regress_log.py options_table x-language

-- max_response_size
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD max_response_size '2kB');
SELECT pg_temp.attempt('SELECT * FROM hss_quotas');
ALTER FOREIGN TABLE hss_quotas OPTIONS (DROP max_response_size);
SELECT pg_temp.attempt('SELECT * FROM hss_quotas');

-- on_drift: the list changes while it is read
\set drifting :url '/case/id=options_table_drift;quotas=1000;drift=delete'
ALTER SERVER sim OPTIONS (SET endpoint :'drifting');
SELECT pg_temp.attempt('SELECT * FROM hss_quotas');
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD on_drift 'ignore');
SELECT pg_temp.attempt('SELECT * FROM hss_quotas');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
