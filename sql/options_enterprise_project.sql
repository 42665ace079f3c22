-- An enterprise project of the server gives way to those that a query names,
-- also beside values that no request can carry.
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=options_enterprise_project'
\set refusing :endpoint '-2;fail=HSS.0001x2'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
           enterprise_project_id 'ep-1');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER sim INTO public;

SELECT enterprise_project_id, count(*) FROM hss_quotas GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = '0';
-- Each value finds the same rows beside others as alone.
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id IN ('0', '');
SELECT count(*) FROM hss_quotas
WHERE enterprise_project_id IN ('0', 'all_granted_eps');
SELECT enterprise_project_id, count(*) FROM hss_quotas
WHERE enterprise_project_id = ANY (ARRAY['0', 'ep-1', NULL, ''])
GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM hss_quotas
WHERE enterprise_project_id IN ('0', '')
  AND enterprise_project_id IN ('', 'ep-2');
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = '';
-- From 18 on EXPLAIN shows rows with decimals.
CREATE FUNCTION pg_temp.explain(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ' || query LOOP
    RETURN NEXT regexp_replace(line, 'rows=(\d+)\.00', 'rows=\1');
  END LOOP;
END $$;
SELECT pg_temp.explain('SELECT resource_id FROM hss_quotas WHERE enterprise_project_id IN (''0'', '''')');

-- Rows of other tables narrow what the option asks for, whether or not a
-- subquery becomes a join; a subquery that runs once names a value.
CREATE TEMP TABLE ours AS
  SELECT unnest(ARRAY['0', 'ep-1', 'ep-2']) AS project;
SELECT project FROM ours JOIN hss_quotas ON enterprise_project_id = project
GROUP BY 1;
SELECT project FROM ours WHERE EXISTS
  (SELECT FROM hss_quotas WHERE enterprise_project_id = project);
SELECT project FROM ours WHERE
  (SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = project) > 0;
ALTER SERVER sim OPTIONS (ADD trust_total 'true');
SELECT project FROM ours WHERE
  (SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = project) > 0;
ALTER SERVER sim OPTIONS (DROP trust_total);
SELECT count(*) FROM hss_quotas
WHERE enterprise_project_id = (SELECT max(project) FROM ours);

-- As an argument that changes between executions.
PREPARE named(text[]) AS
  SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = ANY ($1);
SET plan_cache_mode = force_generic_plan;
EXECUTE named('{0}');
EXECUTE named('{0,""}');
DEALLOCATE named;
RESET plan_cache_mode;

-- A service that refuses the states is asked without them, but for the same
-- enterprise project.
ALTER SERVER sim OPTIONS (SET endpoint :'refusing');
SELECT count(*) FROM hss_quotas
WHERE enterprise_project_id = '0' AND quota_status = 'normal';

DROP EXTENSION hwbss_fdw CASCADE;
