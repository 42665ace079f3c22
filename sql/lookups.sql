--
-- Joins on columns that can be sent: a few rows are looked up one by one,
-- many read the list.
--
\set url `echo $HWBSS_SIM_URL`
\set case :url /case/id=lookups;quotas=1000
CREATE EXTENSION hwbss_fdw;
CREATE SERVER looked FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER looked
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas, hss_quota_tags) FROM SERVER looked INTO public;
CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE 'EXPLAIN (COSTS OFF) ' || query;
END $$;
CREATE TEMP TABLE copy AS SELECT * FROM hss_quotas;
CREATE TEMP TABLE billing AS
    SELECT resource_id, row_number() OVER (ORDER BY resource_id) AS n FROM copy WHERE category = 'host_resource';
CREATE TEMP TABLE few AS SELECT * FROM billing WHERE n <= 3;
ANALYZE few, billing;
\! python3 test/regress_log.py lookups | wc -l
SELECT line FROM plan_of('SELECT f.n, q.used_status FROM few f JOIN hss_quotas q ON q.resource_id = f.resource_id') line WHERE line ~ 'Loop|Scan|Sent';
SELECT count(*) FROM few f JOIN hss_quotas q ON q.resource_id = f.resource_id;
\! python3 test/regress_log.py lookups | wc -l
-- a key in the second list takes two requests, one that is nowhere too
SELECT count(*) FROM (SELECT resource_id FROM copy WHERE category = 'container_resource' ORDER BY 1 LIMIT 1) f JOIN hss_quotas q ON q.resource_id = f.resource_id;
\! python3 test/regress_log.py lookups | wc -l
SELECT count(*) FROM hss_quotas WHERE resource_id = 'nowhere';
\! python3 test/regress_log.py lookups | wc -l
-- outer joins, NULLs and duplicates: a value is looked up once
INSERT INTO few VALUES (NULL, 4), ('nowhere', 5);
INSERT INTO few SELECT resource_id, 6 FROM few WHERE n = 1;
ANALYZE few;
SELECT f.n, q.category FROM few f LEFT JOIN hss_quotas q ON q.resource_id = f.resource_id ORDER BY f.n;
\! python3 test/regress_log.py lookups | wc -l
SELECT f.n, c.category FROM few f LEFT JOIN copy c ON c.resource_id = f.resource_id ORDER BY f.n;
-- any expression on the other side
SELECT count(*) FROM few f JOIN hss_quotas q ON q.resource_id = lower(f.resource_id || '') AND q.category = 'host_resource';
\! python3 test/regress_log.py lookups | wc -l
-- tags of a few quotas
SELECT count(*) = (SELECT sum(jsonb_array_length(CASE jsonb_typeof(tags) WHEN 'array' THEN tags ELSE '[]' END)) FROM copy JOIN few USING (resource_id)) AS same
FROM few f JOIN hss_quota_tags t USING (resource_id);
\! python3 test/regress_log.py lookups >/dev/null
-- many rows: one read of the list
SELECT line FROM plan_of('SELECT count(*) FROM billing b JOIN hss_quotas q ON q.resource_id = b.resource_id') line WHERE line ~ 'Join|Scan|Sent';
SELECT count(*) FROM billing b JOIN hss_quotas q ON q.resource_id = b.resource_id;
\! python3 test/regress_log.py lookups | wc -l
-- a project that only the join names
ALTER SERVER looked OPTIONS (DROP project_id);
CREATE TEMP TABLE projects AS SELECT '0a1b2c3d4e5f60718293a4b5c6d7e8f9' AS project_id;
SELECT count(*) FROM hss_quotas;
SELECT count(*) FROM projects p JOIN hss_quotas q USING (project_id);
DROP FUNCTION plan_of;
DROP EXTENSION hwbss_fdw CASCADE;
