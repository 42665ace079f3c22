-- What bin/demo shows.  The cloud is the simulator, whose keys and data are
-- invented; a real server differs in having no endpoint and no allow_insecure.
\set url `echo $HWBSS_SIM_URL`

\echo '=== A server for the account, credentials for a user, and all tables at once'
\echo
\set ECHO queries
CREATE EXTENSION hwbss_fdw;
CREATE SERVER huawei FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER huawei
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA cloud;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER huawei INTO cloud;
\set ECHO none
\det cloud.*

\echo '=== Host-security quotas that are paid for and protect nothing'
\echo
\set ECHO queries
SELECT version, charging_mode, count(*) AS idle, min(expire_time)::date AS first_expires
FROM cloud.hss_quotas
WHERE used_status = 'idle' AND quota_status = 'normal'
GROUP BY version, charging_mode
ORDER BY idle DESC, version, charging_mode
LIMIT 8;
\set ECHO none

\echo '=== What they cost whom: joined with a table of our own'
\echo
\set ECHO queries
CREATE TABLE price (version text PRIMARY KEY, monthly numeric(8,2));
INSERT INTO price VALUES
  ('hss.version.basic', 2.00), ('hss.version.advanced', 7.50),
  ('hss.version.enterprise', 15.00), ('hss.version.premium', 35.00),
  ('hss.version.wtp', 140.00), ('hss.version.container.enterprise', 60.00),
  ('hss.version.container', 60.00);
SELECT coalesce(q.enterprise_project_name, '(none)') AS project,
       count(*) AS quotas,
       sum(p.monthly) AS per_month,
       sum(p.monthly) FILTER (WHERE q.used_status = 'idle') AS wasted
FROM cloud.hss_quotas q JOIN price p USING (version)
GROUP BY project
ORDER BY per_month DESC;
\set ECHO none

\echo '=== How far the credit reaches'
\echo
\set ECHO queries
SELECT consumption_quota, used_consumption_quota,
       consumption_quota - used_consumption_quota AS available, currency
FROM cloud.bss_consumption_quota;
SELECT granting_amount, granting_amount_used,
       percentage_granting_amount_used * 100 AS percent, currency
FROM cloud.bss_expenditure_quota;
\set ECHO none

-- The simulator's packages include amounts chosen to break readers: left out.
\echo '=== What is left of resource packages, by region'
\echo
\set ECHO queries
SELECT region_code, measurement_name AS unit, count(*) AS packages,
       sum(balance) AS remaining, sum(total) AS bought,
       round(100 * sum(balance) / nullif(sum(total), 0), 1) AS percent
FROM cloud.bss_package_usages
WHERE balance BETWEEN 0 AND total AND total < 1000000
GROUP BY region_code, measurement_name
ORDER BY region_code, unit;
\set ECHO none

\echo '=== What was asked of the cloud, and what it cost in requests'
\echo
\set ECHO queries
EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF)
SELECT resource_id, host_name, expire_time
FROM cloud.hss_quotas
WHERE quota_status = 'normal' AND used_status = 'idle'
  AND expire_time < '2026-01-01';
\set ECHO none
