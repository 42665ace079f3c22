--
-- 429: waits as long as the answer says, tells the user, and can be cancelled.
--
\set url `echo $HWBSS_SIM_URL`
CREATE EXTENSION hwbss_fdw;
\set case :url /case/id=throttling;fail=429x1
CREATE SERVER throttled FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER throttled
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER throttled INTO public;
\set VERBOSITY terse
-- five calls a minute are one in twelve seconds
SET statement_timeout = '500ms';
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
-- a count from totals says so too
\set case :url /case/id=throttling_count;fail=429x1;retry_after=9
ALTER SERVER throttled OPTIONS (SET endpoint :'case', ADD trust_total 'true');
SELECT count(*) FROM hss_quotas WHERE category = 'container_resource';
ALTER SERVER throttled OPTIONS (DROP trust_total);
-- what the answer says goes before that
\set case :url /case/id=throttling;fail=429x1;retry_after=7
ALTER SERVER throttled OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
RESET statement_timeout;
\set case :url /case/id=throttling;fail=429x2;retry_after=1
ALTER SERVER throttled OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py throttling | wc -l
-- a wait beyond the budget is an error at once
\set case :url /case/id=throttling;fail=429
ALTER SERVER throttled OPTIONS (SET endpoint :'case', ADD retry_budget '5s');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py throttling | wc -l
DROP EXTENSION hwbss_fdw CASCADE;
