-- Lists of values: = ANY (array) and IN are asked value by value.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_in;quotas=1000'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- The same tables through another case, for comparisons that the log of this
-- one does not show.
\set endpoint :url '/case/id=pushdown_in_other;quotas=1000'
CREATE SERVER other FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER other
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA other;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER other INTO other;
-- Rows that only one of two conditions keeps; always 0 if both mean the same.
CREATE FUNCTION pg_temp.differences(pushed text, defeated text, name text DEFAULT 'hss_quotas')
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  result bigint;
BEGIN
  EXECUTE format('WITH p AS MATERIALIZED (SELECT * FROM other.%1$I WHERE %2$s),
                       d AS MATERIALIZED (SELECT * FROM other.%1$I WHERE %3$s)
    SELECT count(*) FROM ((SELECT * FROM p EXCEPT ALL SELECT * FROM d) UNION ALL
                          (SELECT * FROM d EXCEPT ALL SELECT * FROM p)) x', name, pushed, defeated)
  INTO result;
  RETURN result;
END $$;

-- Constants; duplicates and NULLs do not count.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND quota_status IN ('expired', 'freeze');
\! python3 test/regress_log.py pushdown_in
SELECT count(*) FROM hss_quotas
WHERE category = 'host_resource' AND quota_status = ANY ('{expired,NULL,expired,freeze}');
\! python3 test/regress_log.py pushdown_in
SELECT pg_temp.differences($$quota_status IN ('expired', 'freeze')$$, $$quota_status || '' IN ('expired', 'freeze')$$);
SELECT pg_temp.differences($$version IN ('hss.version.basic', 'hss.version.wtp')$$, $$version || '' IN ('hss.version.basic', 'hss.version.wtp')$$);
SELECT pg_temp.differences($$enterprise_project_id = ANY ('{0,ep-1}')$$, $$enterprise_project_id || '' = ANY ('{0,ep-1}')$$);

-- Editions that tell the category
SELECT count(*) FROM hss_quotas WHERE version IN ('hss.version.basic', 'hss.version.premium');
\! python3 test/regress_log.py pushdown_in

-- Parameters
PREPARE p (text[]) AS SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = ANY ($1);
SET plan_cache_mode = force_generic_plan;
EXECUTE p ('{host_resource}');
\! python3 test/regress_log.py pushdown_in
EXECUTE p ('{container_resource,host_resource,container_resource,NULL}');
\! python3 test/regress_log.py pushdown_in
-- Nothing can match: nothing is sent.
EXECUTE p ('{}');
EXECUTE p ('{NULL}');
EXECUTE p (NULL);
SELECT count(*) FROM hss_quotas WHERE category = ANY ('{host_resource}') AND category = ANY ('{container_resource}');
\! python3 test/regress_log.py pushdown_in
-- Several conditions on one column meet.
SELECT count(*) FROM hss_quotas
WHERE quota_status IN ('normal', 'expired') AND quota_status IN ('expired', 'freeze') AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_in
-- Two lists: each with each
SELECT count(*) FROM hss_quotas
WHERE quota_status IN ('expired', 'freeze') AND charging_mode IN ('packet_cycle', 'on_demand') AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_in

-- With a value that cannot be sent the list stays local.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND used_status IN ('idle', 'lost');
\! python3 test/regress_log.py pushdown_in
-- host_name may match loosely, so that one row could answer two of its values.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND host_name IN ('web-0', 'web-01');
\! python3 test/regress_log.py pushdown_in
SELECT pg_temp.differences($$host_name IN ('web-0', 'web-01')$$, $$host_name || '' IN ('web-0', 'web-01')$$);
-- So do long lists, and NOT IN.
SELECT count(*) FROM hss_quotas
WHERE category = 'host_resource' AND resource_id = ANY (ARRAY(SELECT 'id-' || i FROM generate_series(1, 100) i));
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND quota_status NOT IN ('expired', 'freeze');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND quota_status = ALL ('{normal,normal}');
\! python3 test/regress_log.py pushdown_in

-- A list in a query for the first row, in order
SELECT quota_status FROM hss_quotas WHERE quota_status IN ('freeze', 'expired') ORDER BY quota_status DESC LIMIT 1;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA other;
