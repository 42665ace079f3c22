-- What else docs/generate puts into the README: the parts under each
-- "=== NAME" below.  Runs behind demo.sql, in its database.
\set url `echo $HWBSS_SIM_URL`
\set QUIET on
\pset null -
\pset format unaligned
\pset tuples_only on
\set ECHO none

\echo '=== Tables'
\echo '| table | one row is | sent as | document |'
\echo '|---|---|---|---|'
SELECT format('| [`%s`](#%s) | %s | `%s %s` | %s |', table_name, table_name,
              description, method, path, source)
FROM hwbss_fdw_tables();

\echo '=== Columns'
SELECT CASE WHEN lag(table_name) OVER w IS DISTINCT FROM table_name
            THEN format(E'\n#### %s\n\n| column | type | sent in | meaning |\n|---|---|---|---|\n',
                        table_name)
            ELSE '' END ||
       format('| `%s` | %s | %s | %s |', column_name,
              replace(type, 'timestamp with time zone', 'timestamptz'),
              coalesce(sent_in, ''), description)
FROM hwbss_fdw_columns() WITH ORDINALITY AS c(table_name, column_name, type,
                                              sent_in, description, n)
WINDOW w AS (ORDER BY n)
ORDER BY n;

\echo '=== Options'
\echo '| option | set on | default | meaning |'
\echo '|---|---|---|---|'
SELECT format('| `%s` | %s | %s | %s |', option_name, set_on,
              coalesce('`' || default_value || '`', ''), description)
FROM hwbss_fdw_options();

-- Requests, summed over all scans of a plan.
CREATE FUNCTION requests(query text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  plan json;
BEGIN
  PERFORM hwbss_fdw_forget();
  EXECUTE 'EXPLAIN (ANALYZE, FORMAT JSON) ' || query INTO plan;
  RETURN (SELECT coalesce(sum(m[1]::bigint), 0)
          FROM regexp_matches(plan::text, '"Requests": (\d+)', 'g') AS m);
END
$$;

\set big :url '/case/quotas=10000'
ALTER SERVER huawei OPTIONS (SET endpoint :'big');
CREATE TABLE billing AS
  SELECT resource_id FROM hss_quotas WHERE category = 'host_resource'
  ORDER BY resource_id LIMIT 3;
ANALYZE billing;
\echo '=== Requests'
\echo '| query | requests |'
\echo '|---|---|'
SELECT format('| `%s` | %s |', query, requests(query))
FROM (VALUES
  (1, 'SELECT count(*) FROM hss_quotas'),
  (2, 'SELECT * FROM hss_quotas WHERE category = ''host_resource'''),
  (3, 'SELECT * FROM hss_quotas WHERE resource_id = ''...'''),
  (4, 'SELECT * FROM hss_quotas WHERE version = ''hss.version.wtp'''),
  (5, 'SELECT * FROM hss_quotas WHERE version IN (''hss.version.wtp'', ''hss.version.basic'')'),
  (6, 'SELECT * FROM hss_quotas WHERE host_name LIKE ''web%'''),
  (7, 'SELECT * FROM hss_quotas LIMIT 10'),
  (8, 'SELECT * FROM hss_quotas JOIN hss_quota_tags USING (resource_id)'),
  (8, 'SELECT * FROM billing JOIN hss_quotas USING (resource_id) -- 3 rows, of hosts'),
  (9, 'SELECT * FROM hss_quota_summary'),
  (10, 'SELECT * FROM hss_quota_statistics'),
  (11, 'SELECT * FROM bss_package_usages'),
  (12, 'SELECT * FROM hss_quotas WHERE quota_status = NULL')
) AS v(n, query)
ORDER BY n;
ALTER SERVER huawei OPTIONS (SET endpoint :'url');

\pset tuples_only off
\pset format aligned
\echo '=== Probe'
\set ECHO queries
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('huawei');
\set ECHO none
SELECT hwbss_fdw_forget() \g /dev/null
SELECT count(*) FROM hss_quotas \g /dev/null
\set ECHO queries
\echo '=== Counters of sessions'
SELECT * FROM hwbss_fdw_stats();
\pset format unaligned
\pset tuples_only on
\echo '=== Plain EXPLAIN'
EXPLAIN (COSTS OFF)
SELECT resource_id
FROM hss_quotas
WHERE version IN ('hss.version.basic', 'hss.version.wtp')
  AND host_name = current_setting('my.host', true)
  AND quota_status = 'Normal'
  AND used_status <> 'used'
  AND random() < 0.5;
\set ECHO none
