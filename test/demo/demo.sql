-- What bin/demo shows; docs/generate puts the part under each "=== NAME" into
-- the README.
-- The cloud is the simulator, whose keys and data are invented; a real server
-- needs neither of the two options that are added out of sight below.
\set url `echo $HWBSS_SIM_URL`
\pset null -
\set QUIET on

\echo '=== Quick start'
\echo
\set ECHO queries
CREATE EXTENSION hwbss_fdw;
\echo
CREATE SERVER huawei FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
\echo
CREATE USER MAPPING FOR CURRENT_USER SERVER huawei
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
\echo
\set ECHO none
ALTER SERVER huawei OPTIONS (ADD endpoint :'url', ADD allow_insecure 'true');
\set ECHO queries
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER huawei INTO public;
\echo
\pset expanded on
SELECT * FROM hss_quotas WHERE used_status = 'idle' ORDER BY resource_id LIMIT 1;
\pset expanded off
\set ECHO none

\echo '=== Idle quotas'
\echo
\set ECHO queries
SELECT version, charging_mode, count(*) AS idle,
       min(expire_time)::date AS first_expires
FROM hss_quotas
WHERE used_status = 'idle' AND quota_status = 'normal'
GROUP BY version, charging_mode
ORDER BY idle DESC, version, charging_mode
LIMIT 8;
\set ECHO none

\echo '=== Quotas joined with an internal billing table'
\echo
\set ECHO queries
CREATE TABLE internal_price (version text PRIMARY KEY, monthly numeric(8,2));
\echo
INSERT INTO internal_price VALUES
  ('hss.version.basic', 2.00), ('hss.version.advanced', 7.50),
  ('hss.version.enterprise', 15.00), ('hss.version.premium', 35.00),
  ('hss.version.wtp', 140.00), ('hss.version.container.enterprise', 60.00),
  ('hss.version.container', 60.00);
\echo
SELECT coalesce(q.enterprise_project_name, '(none)') AS project,
       count(*) AS quotas,
       sum(p.monthly) AS per_month,
       sum(p.monthly) FILTER (WHERE q.used_status = 'idle') AS wasted
FROM hss_quotas q JOIN internal_price p USING (version)
GROUP BY project
ORDER BY per_month DESC;
\set ECHO none

-- Some of the simulator's amounts were chosen to break readers: left out.
\echo '=== Package usage by region'
\echo
\set ECHO queries
SELECT region_code, measurement_name AS unit, count(*) AS packages,
       sum(balance) AS remaining, sum(total) AS bought,
       round(100 * sum(balance) / sum(total), 1) AS percent
FROM bss_package_usages
WHERE total BETWEEN 1 AND 10000 AND balance <= total
GROUP BY region_code, unit
ORDER BY region_code, unit;
\set ECHO none

\echo '=== Consumption and expenditure quota'
\echo
\set ECHO queries
SELECT consumption_quota, used_consumption_quota,
       consumption_quota - used_consumption_quota AS available, currency
FROM bss_consumption_quota;
SELECT granting_amount, granting_amount_used,
       granting_amount - granting_amount_used AS available,
       percentage_granting_amount_used * 100 AS percent_used, currency
FROM bss_expenditure_quota;
\set ECHO none

\echo '=== What is sent, and what it costs'
\echo
\pset format unaligned
\pset tuples_only on
\set ECHO queries
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF)
SELECT resource_id, host_name, expire_time
FROM hss_quotas
WHERE quota_status = 'normal' AND used_status = 'idle'
  AND expire_time < '2026-01-01';
\set ECHO none
\pset tuples_only off
\pset format aligned
