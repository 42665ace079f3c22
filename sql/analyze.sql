--
-- ANALYZE reads the whole table once; the planner then knows its size.
--
\set url `echo $HWBSS_SIM_URL`
\set case :url /case/id=analyze;quotas=1000
CREATE EXTENSION hwbss_fdw;
CREATE SERVER analyzed FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER analyzed
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas, hss_quota_summary) FROM SERVER analyzed INTO public;
ANALYZE hss_quotas;
\! python3 test/regress_log.py analyze | wc -l
SELECT reltuples FROM pg_class WHERE relname = 'hss_quotas';
SELECT attname, n_distinct FROM pg_stats WHERE tablename = 'hss_quotas' AND attname IN ('resource_id', 'used_status', 'category') ORDER BY 1;
-- a sample of a larger table
ALTER FOREIGN TABLE hss_quotas ALTER version SET STATISTICS 1;
SET default_statistics_target = 1;
ANALYZE hss_quotas (version);
SELECT reltuples FROM pg_class WHERE relname = 'hss_quotas';
ANALYZE hss_quota_summary;
SELECT reltuples FROM pg_class WHERE relname = 'hss_quota_summary';
-- partitions have a share in the sample of their parent by the rows they had
CREATE TABLE quotas (resource_id text, region text) PARTITION BY LIST (region);
CREATE FOREIGN TABLE large PARTITION OF quotas FOR VALUES IN ('ap-southeast-1')
    SERVER analyzed OPTIONS ("table" 'hss_quotas');
CREATE TABLE small PARTITION OF quotas FOR VALUES IN ('here');
INSERT INTO small SELECT 'here', 'here' FROM generate_series(1, 100);
ANALYZE quotas;
ANALYZE quotas;
SELECT most_common_vals, (most_common_freqs::float8[])[1] BETWEEN 0.8 AND 0.97 AS is_fair
FROM pg_stats WHERE tablename = 'quotas' AND attname = 'region' AND inherited;
DROP TABLE quotas;
-- a list that changes meanwhile is as much worth a warning as to a query
\set case :url /case/id=analyze;quotas=1000;drift=total
ALTER SERVER analyzed OPTIONS (SET endpoint :'case', ADD on_drift 'warning');
ANALYZE hss_quotas;
DROP EXTENSION hwbss_fdw CASCADE;
