--
-- cache_ttl: replies of a session that equal requests may use again.
--
\set url `echo $HWBSS_SIM_URL`
\set case :url /case/id=cache
CREATE EXTENSION hwbss_fdw;
CREATE SERVER cached FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER cached
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud LIMIT TO (hss_quotas, hss_quota_tags, bss_consumption_quota) FROM SERVER cached INTO public;
-- off: each statement asks
SELECT count(*) FROM hss_quotas;
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py cache | wc -l
ALTER SERVER cached OPTIONS (ADD cache_ttl '1h');
SELECT count(*) FROM hss_quotas;
SELECT count(*) FROM hss_quotas;
-- another table of the same request, too
SELECT count(*) FROM hss_quota_tags;
\! python3 test/regress_log.py cache | wc -l
CREATE FUNCTION plan_of(query text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE plan jsonb;
BEGIN
    EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
    RETURN plan->0->'Plan';
END $$;
SELECT a->'Requests' AS requests, a->'Pages Reused' AS reused, a ? 'Oldest Page' AS has_age
FROM plan_of('SELECT * FROM hss_quotas') a;
-- emptied by hwbss_fdw_forget() and by ALTER
SELECT hwbss_fdw_forget();
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py cache | wc -l
ALTER USER MAPPING FOR CURRENT_USER SERVER cached OPTIONS (SET access_key 'SIMAK0EVERYTHING0000');
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py cache | wc -l
-- failures are not kept
\set case :url /case/id=cache;fail=HSS.0013x1
ALTER SERVER cached OPTIONS (SET endpoint :'case');
\set VERBOSITY terse
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\set case :url /case/id=cache;reply=error200
ALTER SERVER cached OPTIONS (SET endpoint :'case');
SELECT * FROM bss_consumption_quota;
SELECT * FROM bss_consumption_quota;
\! python3 test/regress_log.py cache | wc -l
DROP FUNCTION plan_of;
DROP EXTENSION hwbss_fdw CASCADE;
