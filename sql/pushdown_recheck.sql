-- Services that read a parameter otherwise than SQL would: the local recheck
-- keeps the answer right.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_recheck'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA other;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO other;
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
CREATE FUNCTION pg_temp.check(conditions text[]) RETURNS TABLE (condition text, differences bigint)
LANGUAGE sql AS $$
  SELECT c, pg_temp.differences(c, replace(c, ' =', ' || '''' ='))
  FROM unnest(conditions) WITH ORDINALITY u (c, n) ORDER BY n
$$;

-- The category is ignored.
\set endpoint :url '/case/id=pushdown_recheck_category;category=ignore'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$category = 'host_resource'$$, $$category = 'container_resource'$$]);
-- Host names match in part, or whatever their case.
\set endpoint :url '/case/id=pushdown_recheck_substring;host_name=substring'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$host_name = 'web-0'$$, $$host_name = 'db-1'$$]);
SELECT DISTINCT host_name FROM other.hss_quotas WHERE host_name = 'web-0';
\set endpoint :url '/case/id=pushdown_recheck_casefold;host_name=casefold'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$host_name = 'web-01'$$, $$host_name = 'WEB-01'$$]);
SELECT DISTINCT host_name FROM other.hss_quotas WHERE host_name = 'WEB-01';

-- The answer without enterprise project is all of them.
\set endpoint :url '/case/id=pushdown_recheck_eps;eps_default=all;category_default=all'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$enterprise_project_id = '0'$$, $$version = 'hss.version.container'$$]);

-- Only one spelling of the states is understood; the other is refused, finds
-- nothing, or is no filter.
\set endpoint :url '/case/id=pushdown_recheck_short;spelling=short;unknown=reject'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$quota_status = 'normal'$$, $$used_status = 'idle'$$]);
\set endpoint :url '/case/id=pushdown_recheck_empty;spelling=short;unknown=empty'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$quota_status = 'normal'$$, $$used_status = 'idle'$$]);
\set endpoint :url '/case/id=pushdown_recheck_ignore;spelling=short;unknown=ignore'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$quota_status = 'normal'$$, $$used_status = 'idle'$$]);
\set endpoint :url '/case/id=pushdown_recheck_long;spelling=long;unknown=empty'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.check(ARRAY[$$quota_status = 'normal'$$, $$used_status = 'idle'$$]);
\! python3 test/regress_log.py pushdown_recheck > /dev/null

-- The option settles it.
ALTER SERVER sim OPTIONS (ADD status_spelling 'short');
\set endpoint :url '/case/id=pushdown_recheck;spelling=short'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM other.hss_quotas WHERE quota_status = 'normal' AND used_status = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_recheck
ALTER SERVER sim OPTIONS (SET status_spelling 'long');
\set endpoint :url '/case/id=pushdown_recheck;spelling=long'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM other.hss_quotas WHERE quota_status = 'normal' AND used_status = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py pushdown_recheck

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA other;
