-- What EXPLAIN shows; planning and plain EXPLAIN send nothing and need no credentials.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=explain'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- Rows are whole numbers up to 17 and have two decimals from 18 on.
CREATE FUNCTION pg_temp.explain_analyze(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ' || query LOOP
    RETURN NEXT regexp_replace(regexp_replace(line, 'rows=(\d+)\.00', 'rows=\1'), 'Bytes: \d+', 'Bytes: (n)');
  END LOOP;
END $$;

-- One request, no parameters
EXPLAIN (VERBOSE, COSTS OFF) SELECT consumption_quota FROM bss_consumption_quota;
EXPLAIN (VERBOSE, COSTS OFF) SELECT balance FROM bss_package_usages WHERE region_code = 'global-cbc-1';
-- Everything that is asked for by default
EXPLAIN (VERBOSE, COSTS OFF) SELECT resource_id FROM hss_quotas;
-- Sent and not sent
EXPLAIN (VERBOSE, COSTS OFF)
SELECT resource_id FROM hss_quotas
WHERE quota_status = 'normal' AND used_status = 'idle' AND category = 'host_resource'
  AND expire_time < '2026-01-01' AND version LIKE '%premium' AND random() < 2;
EXPLAIN (VERBOSE, COSTS OFF)
SELECT resource_id FROM hss_quotas
WHERE host_name = 'db_1' AND project_id = '2c3d4e5f60718293a4b5c6d7e8f90a1b'
  AND enterprise_project_id = 'ep-1' AND resource_id = 'x';
SELECT hwbss_fdw_forget();
EXPLAIN (VERBOSE, COSTS OFF)
SELECT resource_id FROM hss_quotas WHERE quota_status IN ('normal', 'freeze') AND used_status IN ('idle', 'x');
-- Parameters and functions by name
PREPARE p (text, text[]) AS SELECT resource_id FROM hss_quotas WHERE host_name = $1 AND version = ANY ($2);
SET plan_cache_mode = force_generic_plan;
EXPLAIN (VERBOSE, COSTS OFF) EXECUTE p ('web-01', '{hss.version.basic}');
EXPLAIN (VERBOSE, COSTS OFF) SELECT resource_id FROM hss_quotas WHERE host_name = current_setting('x.y', true);
-- Options of the table and server
ALTER SERVER sim OPTIONS (ADD status_spelling 'short', ADD page_size '50', ADD enterprise_project_id 'ep-2');
EXPLAIN (VERBOSE, COSTS OFF) SELECT resource_id FROM hss_quotas WHERE quota_status = 'normal';
ALTER SERVER sim OPTIONS (DROP status_spelling, DROP page_size, DROP enterprise_project_id);
EXPLAIN (VERBOSE, COSTS OFF) SELECT key, value FROM hss_quota_tags WHERE resource_id = 'x' AND key = 'env';

-- Nothing of all that was sent.
\! python3 test/regress_log.py explain

-- With ANALYZE what it took
SELECT pg_temp.explain_analyze($$SELECT resource_id FROM hss_quotas WHERE quota_status = 'normal' AND shared_quota = 'shared'$$);
\! python3 test/regress_log.py explain
SELECT pg_temp.explain_analyze($$SELECT resource_id FROM hss_quotas WHERE category = 'host_resource' LIMIT 3$$);
SELECT pg_temp.explain_analyze($$EXECUTE p (NULL, '{hss.version.basic}')$$);
SELECT pg_temp.explain_analyze($$SELECT consumption_quota FROM bss_consumption_quota$$);
\! python3 test/regress_log.py explain
-- Rows that a service should not have sent are dropped by the recheck.
\set endpoint :url '/case/id=explain_casefold;quotas=300;host_name=casefold'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.explain_analyze($$SELECT host_name FROM hss_quotas WHERE host_name = 'web-01' AND category = 'host_resource'$$);
-- Requests that were repeated
\set endpoint :url '/case/id=explain_retry;fail=503x1'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.explain_analyze($$SELECT granting_amount FROM bss_expenditure_quota$$);

-- As JSON
CREATE FUNCTION pg_temp.explain_json(options text, query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  EXECUTE 'EXPLAIN (FORMAT JSON, VERBOSE, COSTS OFF' || options || ') ' || query INTO plan;
  RETURN plan::jsonb -> 0 -> 'Plan';
END $$;
\set endpoint :url '/case/id=explain'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT key, CASE key WHEN 'Bytes' THEN '(n)' ELSE value END AS value
FROM jsonb_each_text(pg_temp.explain_json(', ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF',
  $$SELECT resource_id FROM hss_quotas WHERE used_status = 'idle' AND expire_time = 'infinity'$$))
WHERE key IN ('Node Type', 'Relation Name', 'API', 'Sent', 'Not Sent', 'Page Size', 'Requests', 'Pages', 'Retries',
              'Rows Dropped', 'Bytes', 'Rows Repeated', 'Pages Reused', 'Status Spelling', 'Rows Removed by Filter')
ORDER BY key COLLATE "C";
SELECT jsonb_typeof(plan -> 'Requests') AS requests, jsonb_typeof(plan -> 'Sent') AS sent
FROM pg_temp.explain_json(', ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF', 'SELECT 1 FROM hss_quotas') plan;
-- Without ANALYZE there is nothing about the run.
SELECT plan -> 'API' AS api, plan -> 'Page Size' AS page_size, plan ? 'Requests' AS has_requests
FROM pg_temp.explain_json('', 'SELECT resource_id FROM hss_quotas') plan;

-- No host, no secret
SELECT count(*) FROM (SELECT pg_temp.explain_analyze('SELECT * FROM hss_quotas') UNION ALL
                      SELECT pg_temp.explain_json('', 'SELECT * FROM hss_quotas')::text) x (line)
WHERE line ~ '127\.0\.0\.1|SIMAK|simSk|0a1b2c3d';

-- EXPLAIN needs no user mapping, running the query does.
DROP USER MAPPING FOR CURRENT_USER SERVER sim;
EXPLAIN (VERBOSE, COSTS OFF) SELECT amount FROM bss_consumption_quota;
DO $$
BEGIN
  PERFORM * FROM bss_consumption_quota;
EXCEPTION WHEN undefined_object THEN
  RAISE NOTICE 'no user mapping';
END $$;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
