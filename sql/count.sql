-- count(*) from the service's totals, with option trust_total.
\set url `echo "$HWBSS_SIM_URL"`
CREATE EXTENSION hwbss_fdw;
CREATE FUNCTION pg_temp.connect(settings text, options text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  SET LOCAL client_min_messages = warning;
  DROP SERVER IF EXISTS sim CASCADE;
  EXECUTE format($q$CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (endpoint %L, allow_insecure 'true',
      region 'ap-southeast-1', project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9', prefetch '1', trust_total 'true' %s)$q$,
    current_setting('my.url') || '/case/id=count;' || settings, options);
  CREATE USER MAPPING FOR CURRENT_USER SERVER sim
    OPTIONS (access_key 'SIMAK0EVERYTHING0000', secret_key 'simSkEverything/+0123456789abcdefghijklmn');
  IMPORT FOREIGN SCHEMA hss FROM SERVER sim INTO public;
END $$;
SELECT set_config('my.url', :'url', false) IS NOT NULL AS ok;
-- The answer, whether it is right, and the plan's word on it.
CREATE FUNCTION pg_temp.counted(query text) RETURNS TABLE (answer text, same boolean, how text, requests int) LANGUAGE plpgsql AS $$
DECLARE
  line text;
  other text;
BEGIN
  EXECUTE format('SELECT string_agg(x::text, '' '' ORDER BY x::text) FROM (%s) x', replace(query, 'hss_quotas', 'copy')) INTO other;
  requests := 0;
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
    how := coalesce(how, substring(line FROM 'Count: (\w+)'));
    requests := requests + coalesce(substring(line FROM 'Requests: (\d+)')::int, 0);
  END LOOP;
  EXECUTE format('SELECT string_agg(x::text, '' '' ORDER BY x::text) FROM (%s) x', query) INTO answer;
  same := answer = other;
  RETURN NEXT;
END $$;
SELECT pg_temp.connect('quotas=2000');
CREATE TABLE copy AS SELECT * FROM hss_quotas;

EXPLAIN (VERBOSE, COSTS OFF) SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal';
SELECT * FROM pg_temp.counted('SELECT count(*) FROM hss_quotas');
SELECT * FROM pg_temp.counted('SELECT count(*) + 1, count(resource_id) FROM hss_quotas');
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status = 'normal' AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status IN ('normal', 'expired') AND category = 'host_resource'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE category <> 'host_resource'$$);
-- Groups: of categories; of one column, which have to add up
SELECT * FROM pg_temp.counted('SELECT category, count(*) FROM hss_quotas GROUP BY category');
SELECT * FROM pg_temp.counted($$SELECT count(*), quota_status FROM hss_quotas WHERE category = 'host_resource' GROUP BY quota_status ORDER BY 1 DESC LIMIT 1$$);
SELECT * FROM pg_temp.counted($$SELECT count(*), quota_status FROM hss_quotas WHERE quota_status IN ('normal', 'expired') GROUP BY quota_status$$);
-- Nothing can match: no request
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status = NULL::text OR category = 'x'$$);
PREPARE p (text) AS SELECT count(*) FROM hss_quotas WHERE used_status = $1 AND category = 'host_resource';
SET plan_cache_mode = force_generic_plan;
EXPLAIN (COSTS OFF) EXECUTE p ('used');
EXECUTE p ('used');
EXECUTE p (NULL);
EXECUTE p ('lost');
SELECT count(*) FROM copy WHERE used_status = 'used' AND category = 'host_resource';
-- In a subquery that is run again, behind a view, in a join
SELECT w.s, (SELECT count(*) FROM hss_quotas WHERE used_status = w.s AND category = 'host_resource') AS n
  FROM (VALUES ('used'), ('idle'), (NULL), ('used')) w (s);
CREATE VIEW counts AS SELECT category, count(*) AS n FROM hss_quotas GROUP BY category;
SELECT * FROM counts ORDER BY n;
SELECT * FROM counts JOIN (VALUES (800), (1)) v (n) USING (n);

-- Reads and counts: words that find others too, what is not sent or loose,
-- short lists, and all that is no plain count
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE version = 'hss.version.container.enterprise'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE enterprise_project_id = '0'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE host_id IS NULL$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE host_name = 'web-01'$$);
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status <> 'normal'$$);
SELECT * FROM pg_temp.counted('SELECT count(host_id) FROM hss_quotas');
SELECT * FROM pg_temp.counted('SELECT count(*) FILTER (WHERE used_status = ''idle'') FROM hss_quotas');
SELECT * FROM pg_temp.counted('SELECT count(DISTINCT resource_id) FROM hss_quotas');
SELECT * FROM pg_temp.counted('SELECT count(*), max(host_name) FROM hss_quotas') \g (format=unaligned)
SELECT * FROM pg_temp.counted('SELECT category, count(*) FROM hss_quotas GROUP BY category HAVING count(*) > 500');
SELECT * FROM pg_temp.counted('SELECT category, count(*) FROM hss_quotas GROUP BY ROLLUP (category)');
SELECT * FROM pg_temp.counted('SELECT category, used_status, count(*) FROM hss_quotas GROUP BY category, used_status');
SELECT * FROM pg_temp.counted('SELECT version, count(*) FROM hss_quotas GROUP BY version');
SELECT * FROM pg_temp.counted('SELECT upper(category), count(*) FROM hss_quotas GROUP BY upper(category)');
SELECT * FROM pg_temp.counted('SELECT count(*) FROM hss_quotas WHERE random() < 2');
SELECT * FROM pg_temp.counted('SELECT count(*) FROM hss_quotas a JOIN hss_quotas b USING (resource_id)');
SELECT count(*) = (SELECT sum(jsonb_array_length(tags)) FROM copy WHERE jsonb_typeof(tags) = 'array') AS same FROM hss_quota_tags;

-- Services that do not bear their totals out: the rows are counted.
\set all 'SELECT * FROM pg_temp.counted(\'SELECT count(*) FROM hss_quotas\');'
\set filtered 'SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE quota_status = \'normal\'$$);'
\set grouped 'SELECT * FROM pg_temp.counted(\'SELECT quota_status, count(*) FROM hss_quotas GROUP BY quota_status\');'
SELECT pg_temp.connect('quotas=2000;totals=all');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;totals=absent');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;totals=zero');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;category=ignore');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;spelling=short;unknown=ignore');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;spelling=long;unknown=empty');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;clamp=50');
:all :filtered :grouped
SELECT pg_temp.connect('quotas=2000;short_pages=7');
:all
-- Words that no document names: the groups do not add up.
SELECT pg_temp.connect('quotas=2000;new_words=7');
DROP TABLE copy;
CREATE TABLE copy AS SELECT * FROM hss_quotas;
:all :filtered :grouped
-- What a page cannot show: a total that counts another list, when nothing
-- else is asked for that it could be compared with.
SELECT pg_temp.connect('quotas=2000;totals=all');
SELECT * FROM pg_temp.counted($$SELECT count(*) FROM hss_quotas WHERE category = 'host_resource'$$);

-- By default, nothing is counted so.
ALTER SERVER sim OPTIONS (DROP trust_total);
EXPLAIN (COSTS OFF) SELECT count(*) FROM hss_quotas;
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD trust_total 'perhaps');
-- Privileges are those of any query.
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD trust_total 'true');
SET client_min_messages = warning;
CREATE VIEW counts AS SELECT category, count(*) AS n FROM hss_quotas GROUP BY category;
CREATE ROLE regress_counter;
GRANT SELECT ON counts TO regress_counter;
SET ROLE regress_counter;
SELECT count(*) FROM hss_quotas;
SELECT category, n > 0 AS some FROM counts ORDER BY category;
RESET ROLE;
DROP OWNED BY regress_counter;
DROP ROLE regress_counter;
DROP EXTENSION hwbss_fdw CASCADE;
DROP TABLE copy;
