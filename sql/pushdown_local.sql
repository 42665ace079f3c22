-- Conditions that no request can carry are answered locally, and answered right.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_local'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- Other operators stay local.
SELECT count(*) FROM hss_quotas WHERE category <> 'host_resource';
SELECT count(*) FROM hss_quotas WHERE category LIKE 'host%';
SELECT count(*) FROM hss_quotas WHERE category > 'd' AND category < 'i';
SELECT count(*) FROM hss_quotas WHERE (category = 'host_resource') IS NOT FALSE;
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' OR used_status = 'idle';
SELECT count(*) FROM hss_quotas WHERE NOT category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id IS NULL;
\! python3 test/regress_log.py pushdown_local | uniq -c

-- Values no request can carry, or that are no row's value
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = 'all_granted_eps';
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = '';
SELECT count(*) FROM hss_quotas WHERE resource_id = repeat('x', 129);
SELECT count(*) FROM hss_quotas WHERE host_name = '';
SELECT count(*) FROM hss_quotas WHERE host_name = ' padded ';
SELECT count(*) FROM hss_quotas WHERE host_name = '100%';
SELECT count(*) FROM hss_quotas WHERE host_name = 'db_1';
SELECT count(*) FROM hss_quotas WHERE host_name = 'star*';
SELECT count(*) FROM hss_quotas WHERE host_name = 'back\slash';
SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.null';
SELECT count(*) FROM hss_quotas WHERE quota_status = 'QUOTA_STATUS_NORMAL';
SELECT count(*) FROM hss_quotas WHERE quota_status = 'Normal';
\! python3 test/regress_log.py pushdown_local | uniq -c
-- The right answer to those with rows
SELECT host_name, count(*) FROM hss_quotas
WHERE host_name || '' IN ('', ' padded ', '100%', 'db_1', 'star*', 'back\slash') GROUP BY host_name ORDER BY host_name COLLATE "C";
-- What is odd, but can be sent
SELECT count(*) FROM hss_quotas WHERE host_name = 'a b';
SELECT count(*) FROM hss_quotas WHERE host_name = 'quo"te';
SELECT count(*) FROM hss_quotas WHERE host_name = '🚀-node';
SELECT count(*) FROM hss_quotas WHERE resource_id = 'a&b=c#d?e/f+g%20h';
\! python3 test/regress_log.py pushdown_local > /dev/null

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
