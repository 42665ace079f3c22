-- Alternatives (OR) of one column are asked value by value, as lists are; what
-- is excluded becomes its complement where nothing else can turn up.
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=pushdown_alternatives;new_words=7;quotas=1000'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss FROM SERVER sim INTO public;
CREATE TEMP TABLE copy AS SELECT * FROM hss_quotas;
\! python3 test/regress_log.py pushdown_alternatives >/dev/null
-- Answers equal those of the copy; what was asked is below each.
CREATE FUNCTION pg_temp.counts(condition text) RETURNS TABLE (rows bigint, same boolean) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT q.n, q.n = (SELECT count(*) FROM copy WHERE %1$s)
    FROM (SELECT count(*) AS n FROM hss_quotas WHERE %1$s) q', condition);
END $$;

-- Constants, in any mix; duplicates and NULLs do not count.
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR 'freeze' = quota_status)$$);
\! python3 test/regress_log.py pushdown_alternatives
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR quota_status IN ('freeze', NULL, 'expired') OR quota_status = NULL)$$);
\! python3 test/regress_log.py pushdown_alternatives
-- With a list on the same column they meet.
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR quota_status = 'freeze') AND quota_status IN ('freeze', 'normal')$$);
\! python3 test/regress_log.py pushdown_alternatives
-- Parameters
PREPARE p (text, text[]) AS SELECT count(*) FROM hss_quotas
  WHERE category = 'host_resource' AND (quota_status = $1 OR quota_status = ANY ($2));
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE p (NULL, NULL);
EXECUTE p ('expired', '{freeze,expired,NULL}');
\! python3 test/regress_log.py pushdown_alternatives
EXECUTE p (NULL, '{NULL}');
\! python3 test/regress_log.py pushdown_alternatives
-- Another column, something else than equality, a loosely matching param, a
-- word that only the service may know: local
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR used_status = 'idle')$$);
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR quota_status > 'm')$$);
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR quota_status IS NULL)$$);
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (host_name = 'web-0' OR host_name = 'web-01')$$);
SELECT * FROM pg_temp.counts($$category = 'host_resource' AND (quota_status = 'expired' OR quota_status = 'suspended')$$);
\! python3 test/regress_log.py pushdown_alternatives | uniq -c

-- A category is told by the request: no other value turns up.
SELECT * FROM pg_temp.counts($$category <> 'host_resource'$$);
SELECT * FROM pg_temp.counts($$category NOT IN ('container_resource', 'x')$$);
SELECT * FROM pg_temp.counts($$category <> ALL ('{container_resource}') AND category = ANY ('{host_resource,x}')$$);
SELECT * FROM pg_temp.counts($$category = 'x' OR category = 'container_resource'$$);
\! python3 test/regress_log.py pushdown_alternatives
-- Nothing can match: nothing is sent.
SELECT * FROM pg_temp.counts($$category = 'x'$$);
SELECT * FROM pg_temp.counts($$category <> NULL$$);
SELECT * FROM pg_temp.counts($$category NOT IN ('container_resource', NULL)$$);
SELECT * FROM pg_temp.counts($$category <> 'container_resource' AND category <> 'host_resource'$$);
SELECT * FROM pg_temp.counts($$category <> ALL (NULL::text[])$$);
\! python3 test/regress_log.py pushdown_alternatives
SELECT * FROM pg_temp.counts($$category <> ALL ('{}')$$);
\! python3 test/regress_log.py pushdown_alternatives
EXPLAIN (COSTS OFF) SELECT * FROM hss_quotas WHERE category <> 'host_resource' OR category = NULL;
EXPLAIN (COSTS OFF) SELECT * FROM hss_quotas WHERE category NOT IN ('host_resource', 'x');
PREPARE n (text[]) AS SELECT count(*) FROM hss_quotas WHERE category <> ALL ($1);
EXPLAIN (COSTS OFF) EXECUTE n (NULL);
EXECUTE n ('{host_resource}');
\! python3 test/regress_log.py pushdown_alternatives
-- Other columns may have words that no document names yet: the complement of
-- the known ones would lose their rows.
SELECT * FROM pg_temp.counts($$quota_status <> 'normal' AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counts($$quota_status NOT IN ('normal', 'expired', 'freeze') AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counts($$used_status <> 'idle' AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counts($$version <> 'hss.version.basic' AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counts($$charging_mode <> ALL ('{packet_cycle,on_demand}') AND category = 'host_resource'$$);
\! python3 test/regress_log.py pushdown_alternatives | uniq -c

-- Alternatives that a join gives
CREATE TEMP TABLE pair AS SELECT min(resource_id) AS a, max(resource_id) AS b FROM copy WHERE category = 'host_resource';
ANALYZE pair;
SELECT count(*) FROM pair p JOIN hss_quotas q ON q.resource_id = p.a OR q.resource_id = p.b;
\! python3 test/regress_log.py pushdown_alternatives | wc -l

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
