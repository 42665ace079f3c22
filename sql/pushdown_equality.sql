-- Each pushed column: the parameter that is sent, and that the answer is the same
-- with push-down defeated.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_equality;quotas=300'
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
\set endpoint :url '/case/id=pushdown_equality_other;quotas=300'
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

SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$quota_status = 'normal'$$, $$quota_status || '' = 'normal'$$);

SELECT count(*) FROM hss_quotas WHERE quota_status = 'expired';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$quota_status = 'expired'$$, $$quota_status || '' = 'expired'$$);

SELECT count(*) FROM hss_quotas WHERE quota_status = 'freeze';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$quota_status = 'freeze'$$, $$quota_status || '' = 'freeze'$$);

SELECT count(*) FROM hss_quotas WHERE used_status = 'idle';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$used_status = 'idle'$$, $$used_status || '' = 'idle'$$);

SELECT count(*) FROM hss_quotas WHERE used_status = 'used';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$used_status = 'used'$$, $$used_status || '' = 'used'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.basic';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.basic'$$, $$version || '' = 'hss.version.basic'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.advanced';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.advanced'$$, $$version || '' = 'hss.version.advanced'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.enterprise';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.enterprise'$$, $$version || '' = 'hss.version.enterprise'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.premium';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.premium'$$, $$version || '' = 'hss.version.premium'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.wtp';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.wtp'$$, $$version || '' = 'hss.version.wtp'$$);

-- The container edition has two names, of which one may be asked with; it also
-- tells the category.

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.container.enterprise';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.container.enterprise'$$, $$version || '' = 'hss.version.container.enterprise'$$);

SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.container';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$version = 'hss.version.container'$$, $$version || '' = 'hss.version.container'$$);

SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$category = 'host_resource'$$, $$category || '' = 'host_resource'$$);

SELECT count(*) FROM hss_quotas WHERE category = 'container_resource';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$category = 'container_resource'$$, $$category || '' = 'container_resource'$$);

SELECT count(*) FROM hss_quotas WHERE charging_mode = 'packet_cycle';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$charging_mode = 'packet_cycle'$$, $$charging_mode || '' = 'packet_cycle'$$);

SELECT count(*) FROM hss_quotas WHERE charging_mode = 'on_demand';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$charging_mode = 'on_demand'$$, $$charging_mode || '' = 'on_demand'$$);

SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = '0';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$enterprise_project_id = '0'$$, $$enterprise_project_id || '' = '0'$$);

SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = 'ep-1';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$enterprise_project_id = 'ep-1'$$, $$enterprise_project_id || '' = 'ep-1'$$);

SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = 'ep-2';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$enterprise_project_id = 'ep-2'$$, $$enterprise_project_id || '' = 'ep-2'$$);

SELECT count(*) FROM hss_quotas WHERE host_name = 'web-01';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$host_name = 'web-01'$$, $$host_name || '' = 'web-01'$$);

SELECT count(*) FROM hss_quotas WHERE host_name = '数据库-一';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$host_name = '数据库-一'$$, $$host_name || '' = '数据库-一'$$);

SELECT count(*) FROM hss_quotas WHERE host_name = 'o''brien';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$host_name = 'o''brien'$$, $$host_name || '' = 'o''brien'$$);

SELECT count(*) FROM hss_quotas WHERE resource_id = '18cc8cef-320f-b0a6-3954-f877e95811ab';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$resource_id = '18cc8cef-320f-b0a6-3954-f877e95811ab'$$, $$resource_id || '' = '18cc8cef-320f-b0a6-3954-f877e95811ab'$$);

-- In the path; the server's own project, then another one. A project is only
-- ever asked when it is named, so the local filter alone finds no other's rows.

SELECT count(*) FROM hss_quotas WHERE project_id = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$project_id = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'$$, $$project_id || '' = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'$$);
SELECT count(*), min(project_id), max(project_id)
FROM hss_quotas WHERE project_id = '2c3d4e5f60718293a4b5c6d7e8f90a1b';
\! python3 test/regress_log.py pushdown_equality
SELECT count(*) FROM hss_quotas WHERE project_id || '' = '2c3d4e5f60718293a4b5c6d7e8f90a1b';
\! python3 test/regress_log.py pushdown_equality

-- All at once
SELECT resource_id FROM hss_quotas
WHERE quota_status = 'normal' AND used_status = 'used' AND version = 'hss.version.basic'
  AND category = 'host_resource' AND charging_mode = 'packet_cycle'
  AND enterprise_project_id = '0' AND project_id = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
  AND host_name = 'web-0' AND resource_id = '3608a7e0-0def-1c9f-91a6-62ba7aeb7a51';
\! python3 test/regress_log.py pushdown_equality

-- The other columns are compared locally.
SELECT count(*) FROM hss_quotas
WHERE shared_quota = 'shared' AND host_id <> '' AND enterprise_project_name = 'Finance'
  AND expire_time = 'infinity' AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_equality

-- The columns of hss_quota_tags that are sent
SELECT count(*) FROM hss_quota_tags WHERE resource_id = '2a1d1e23-8b52-caf2-64b4-f2bab61c6cc1';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$resource_id = '2a1d1e23-8b52-caf2-64b4-f2bab61c6cc1'$$,
  $$resource_id || '' = '2a1d1e23-8b52-caf2-64b4-f2bab61c6cc1'$$, 'hss_quota_tags');
SELECT count(*) > 0 FROM hss_quota_tags WHERE category = 'container_resource';
\! python3 test/regress_log.py pushdown_equality
SELECT pg_temp.differences($$category = 'container_resource'$$,
  $$category || '' = 'container_resource'$$, 'hss_quota_tags');
SELECT pg_temp.differences($$key = 'env'$$, $$key || '' = 'env'$$, 'hss_quota_tags');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA other;
