-- Conditions that no row can meet send nothing.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_contradictions'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND category = 'container_resource';
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND used_status = 'used';
SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.basic' AND category = 'container_resource';
SELECT count(*) FROM hss_quotas WHERE resource_id = 'a' AND resource_id = 'b';
SELECT count(*) FROM hss_quotas WHERE project_id = 'not/a/project';
SELECT count(*) FROM hss_quotas WHERE category = NULL;
SELECT count(*) FROM hss_quotas WHERE category = lower(NULL::text);
SELECT count(*) FROM hss_quotas WHERE category = (SELECT NULL::text);
SELECT count(*) FROM hss_quotas WHERE false;
\! python3 test/regress_log.py pushdown_contradictions
-- Repetition is none.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' AND 'host_resource' = category;
\! python3 test/regress_log.py pushdown_contradictions

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
