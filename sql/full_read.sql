-- A query without conditions sees every quota: of both categories and of all
-- enterprise projects, however many there are.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=full_read;quotas=10000'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
\set expected `python3 test/regress_log.py --data 'id=full_read;quotas=10000' quotas 0a1b2c3d4e5f60718293a4b5c6d7e8f9`
SELECT :expected AS generated, count(*), count(DISTINCT resource_id) AS distinct
FROM hss_quotas;
\set requests `python3 test/regress_log.py full_read | wc -l`
SELECT :requests <= 52 AS enough;

-- Nothing is hidden by a default.
SELECT category, enterprise_project_id, count(*)
FROM hss_quotas GROUP BY category, enterprise_project_id ORDER BY category, enterprise_project_id;
\! python3 test/regress_log.py full_read | sed 's/offset=[0-9]*/offset=(n)/' | sort -u

-- The rows themselves: those of two conditions that exclude each other add up.
SELECT sum(n) FROM (
  SELECT count(*) AS n FROM hss_quotas WHERE used_status = 'idle'
  UNION ALL SELECT count(*) FROM hss_quotas WHERE used_status = 'used') x;

-- Package usage is one request.
\! python3 test/regress_log.py full_read > /dev/null
\set expected `python3 test/regress_log.py --data 'id=full_read' packages_en_US`
SELECT :expected AS generated, count(*) FROM bss_package_usages;
\! python3 test/regress_log.py full_read

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
