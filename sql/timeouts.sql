--
-- A service that does not answer is given up; options bound what joins read.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY terse
CREATE EXTENSION hwbss_fdw;
\set case :url /case/id=timeouts;hang=before_headers
CREATE SERVER slow FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
             request_timeout '2500ms', retry_budget '0', prefetch '1');
CREATE USER MAPPING FOR CURRENT_USER SERVER slow
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER slow INTO public;
-- longer than the time after which an unattended transfer is sent again
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py timeouts | wc -l
-- a list that grows by a row between two pages is drift, not a stuck service
\set case :url /case/id=timeouts;quotas=16;drift=insert
ALTER SERVER slow OPTIONS (SET endpoint :'case', ADD page_size '10', ADD on_drift 'ignore');
SELECT count(*) - count(DISTINCT resource_id) AS twice FROM hss_quotas;
-- one short page does not make the pages after it short
\set case :url /case/id=timeouts;quotas=3000;short_pages=50
ALTER SERVER slow OPTIONS (SET endpoint :'case', SET page_size '200', SET prefetch '4');
\! python3 test/regress_log.py timeouts >/dev/null
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py timeouts | wc -l
-- an option says which list a join reads, whatever the plan
\set case :url /case/id=timeouts
ALTER SERVER slow OPTIONS (SET endpoint :'case', ADD enterprise_project_id 'ep-1');
CREATE TEMP TABLE p AS SELECT 'ep-2' AS e;
ANALYZE p;
SELECT count(*) FROM p JOIN hss_quotas q ON q.enterprise_project_id = p.e;
SET enable_nestloop = off;
SELECT count(*) FROM p JOIN hss_quotas q ON q.enterprise_project_id = p.e;
DROP EXTENSION hwbss_fdw CASCADE;
