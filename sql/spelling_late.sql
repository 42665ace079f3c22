--
-- A filter may lag behind the rows: one that shows another state than it was
-- found by teaches the session no spelling.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY terse
CREATE EXTENSION hwbss_fdw;
CREATE SERVER spelt FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER spelt
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER spelt INTO public;
CREATE TEMP TABLE before AS SELECT * FROM hss_quotas;

-- long only: it finds one row, which shows that it has expired since
\set case :url /case/late=3;spelling=long;unknown=empty
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT max(resource_id) AS late FROM before JOIN hss_quotas AS after
    USING (resource_id)
    WHERE before.quota_status = 'normal' AND after.quota_status || '' = 'expired'
    AND before.category = 'host_resource' \gset
SELECT hwbss_fdw_forget();
SELECT count(*) FROM hss_quotas
    WHERE resource_id = :'late' AND quota_status = 'normal';
SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal';
SELECT count(*) FROM hss_quotas WHERE quota_status || '' = 'normal';

-- short only: the same
\set case :url /case/late=3;spelling=short;unknown=empty
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT hwbss_fdw_forget();
SELECT count(*) FROM hss_quotas
    WHERE resource_id = :'late' AND quota_status = 'normal';
SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal';
DROP EXTENSION hwbss_fdw CASCADE;
