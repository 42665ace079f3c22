-- One of each thing that the extension does.  Run some times in one session,
-- it leaves as much behind as run twice as often.
\set ON_ERROR_STOP 1
\o /dev/null
SELECT * FROM plain.hss_quotas;
SELECT * FROM plain.hss_quota_tags;
SELECT * FROM plain.hss_quota_statistics;
SELECT * FROM plain.hss_quota_summary;
SELECT * FROM plain.bss_consumption_quota;
SELECT * FROM plain.bss_expenditure_quota;
SELECT * FROM packed.bss_package_usages;
SELECT * FROM packed.hss_quotas WHERE quota_status = 'normal';
SELECT * FROM plain.hss_quotas WHERE used_status IN ('idle', 'used') AND version LIKE '%p%';
SELECT * FROM plain.hss_quotas LIMIT 1;
SELECT * FROM names JOIN plain.hss_quotas USING (host_name);
SELECT * FROM (VALUES (1), (2)) AS v(i), LATERAL (SELECT count(*) + i FROM plain.hss_quotas) AS q;
EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM plain.hss_quotas WHERE category = 'host_resource';
ANALYZE plain.hss_quotas;
SELECT * FROM hwbss_fdw_probe('plain');
SELECT * FROM hwbss_fdw_stats();
BEGIN;
DECLARE first_rows CURSOR FOR SELECT * FROM plain.hss_quotas;
FETCH 30 FROM first_rows;
SAVEPOINT s;
DECLARE other_rows CURSOR FOR SELECT * FROM packed.hss_quotas;
FETCH 1 FROM other_rows;
ROLLBACK TO s;
FETCH 30 FROM first_rows;
ROLLBACK;
CALL fails('SELECT count(resource_id) FROM broken.hss_quotas');
CALL fails('SELECT count(resource_id) FROM refusing.hss_quotas');
CALL fails('SELECT count(resource_id) FROM hanging.hss_quotas');
CALL fails('SELECT 1 / (count(*) - count(*)) FROM plain.hss_quotas');
SELECT count(*) FROM flaky.hss_quotas;
\o
