-- Texts that are equal under a collation although their bytes differ: such a
-- comparison stays local, since the service compares otherwise.
-- 16 lists the collation "unicode" of ICU even without it.
SELECT NOT EXISTS (SELECT FROM pg_collation WHERE collname = 'und-x-icu') AS without_icu \gset
\if :without_icu
\quit
\endif
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_collation;quotas=300'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
CREATE COLLATION regress_ignore_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
SELECT host_name, count(*) FROM hss_quotas
WHERE host_name = 'web-01' COLLATE regress_ignore_case AND category = 'host_resource'
GROUP BY host_name ORDER BY host_name COLLATE "C";
SELECT count(*) FROM hss_quotas WHERE category COLLATE regress_ignore_case = 'HOST_RESOURCE';
SELECT count(*) FROM hss_quotas
WHERE category COLLATE regress_ignore_case = ANY ('{Host_Resource}') AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_collation
-- Declared with the column
CREATE FOREIGN TABLE folded (resource_id text, category text COLLATE regress_ignore_case)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT count(*) FROM folded WHERE category = 'HOST_RESOURCE';
\! python3 test/regress_log.py pushdown_collation
-- A deterministic collation does no harm.
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource' COLLATE "C";
\! python3 test/regress_log.py pushdown_collation

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP COLLATION regress_ignore_case;
