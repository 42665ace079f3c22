-- Where a condition's value may come from, and what is sent for it.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_parameters'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- Constants and commuted operands, casts
SELECT count(*) FROM hss_quotas WHERE 'host_resource' = category;
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'::varchar;
SELECT count(*) FROM hss_quotas WHERE category = 'host_' || 'resource';
SELECT count(*) FROM hss_quotas WHERE category = lower('HOST_RESOURCE');
SELECT count(*) FROM hss_quotas WHERE category::varchar = 'host_resource';
\! python3 test/regress_log.py pushdown_parameters

-- Stable functions and settings of the session
SET regress.category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE category = current_setting('regress.category');
SELECT count(*) FROM hss_quotas WHERE host_name = to_char(current_date, '"web-01"') AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_parameters
-- Volatile ones are not sent.
CREATE FUNCTION pg_temp.volatile_category() RETURNS text LANGUAGE sql VOLATILE
  AS $$ SELECT 'host_resource' $$;
SELECT count(*) FROM hss_quotas WHERE category = pg_temp.volatile_category();
\! python3 test/regress_log.py pushdown_parameters

-- Prepared statements
PREPARE p (text, text) AS SELECT count(*) FROM hss_quotas WHERE category = $1 AND used_status = $2;
SET plan_cache_mode = force_custom_plan;
EXECUTE p ('host_resource', 'idle');
\! python3 test/regress_log.py pushdown_parameters
SET plan_cache_mode = force_generic_plan;
EXECUTE p ('host_resource', 'idle');
EXECUTE p ('container_resource', 'used');
\! python3 test/regress_log.py pushdown_parameters
-- Unknown words and empty texts stay local; NULL equals nothing, so nothing is asked.
EXECUTE p ('host_resource', 'borrowed');
EXECUTE p ('', 'idle');
\! python3 test/regress_log.py pushdown_parameters
EXECUTE p (NULL, 'idle');
EXECUTE p ('host_resource', NULL);
\! python3 test/regress_log.py pushdown_parameters
RESET plan_cache_mode;

-- The value of a subquery that is known before the scan
SELECT count(*) FROM hss_quotas
WHERE category = (SELECT min(c) FROM (VALUES ('host_resource'), ('xyz')) v (c));
\! python3 test/regress_log.py pushdown_parameters

-- In PL/pgSQL
CREATE FUNCTION pg_temp.quotas(c text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM hss_quotas WHERE category = c);
END $$;
SELECT pg_temp.quotas('host_resource'), pg_temp.quotas('container_resource'), pg_temp.quotas(NULL);
\! python3 test/regress_log.py pushdown_parameters

-- Columns declared as varchar, and as domain over text
CREATE DOMAIN regress_word AS text;
CREATE FOREIGN TABLE typed (resource_id text, category varchar, used_status regress_word)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT count(*) FROM typed WHERE category = 'host_resource' AND used_status = 'idle';
\! python3 test/regress_log.py pushdown_parameters
-- Types that shorten or pad what the service sent stay local.
SELECT count(*) FROM hss_quotas WHERE category::varchar(4) = 'host';
SELECT count(*) FROM hss_quotas WHERE used_status::char(10) = 'idle';
SELECT count(*) FROM hss_quotas WHERE quota_status::name = 'normal';
\! python3 test/regress_log.py pushdown_parameters

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP DOMAIN regress_word;
