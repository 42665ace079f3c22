-- What a session has read says how large the lists are, and plans follow.
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=estimates'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER sim INTO public;
CREATE TABLE few (resource_id text);
INSERT INTO few SELECT 'id-' || i FROM generate_series(1, 3) i;
ANALYZE few;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
    IF line ~ 'Loop|Join|Sent' THEN
      RETURN NEXT trim(line);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION pg_temp.rows_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  EXECUTE 'EXPLAIN ' || query INTO line;
  RETURN substring(line FROM 'rows=\d+');
END $$;
\set join 'SELECT pg_temp.plan_of(\'SELECT * FROM few JOIN hss_quotas USING (resource_id)\')'
\set list 'SELECT pg_temp.plan_of(\'SELECT * FROM hss_quotas WHERE version IN (\'\'hss.version.basic\'\', \'\'hss.version.wtp\'\')\')'
-- Nothing is known: three look-ups rather than a long list; two lists of an
-- edition rather than all of a category.
:join;
:list;
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
-- The list turns out to be short, so it is read.
SELECT count(*) FROM hss_quotas;
\! python3 test/regress_log.py estimates | wc -l
:join;
:list;
-- Not everybody may read all enterprise projects: what was named is sent.
SELECT pg_temp.plan_of('SELECT * FROM hss_quotas WHERE enterprise_project_id IN (''ep-1'', ''ep-2'')');
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas WHERE category = ''host_resource''');
-- A filtered list is known by itself, as far as it is sent.
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle';
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas WHERE used_status = ''idle''');
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas WHERE ''idle'' = used_status AND host_id IS NULL') <> 'rows=42' AS is_filtered;
-- Part of a list is enough: the page says how many there are.
SELECT FROM hss_quotas WHERE quota_status = 'normal' AND category = 'host_resource' LIMIT 1;
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas WHERE quota_status = ''normal'' AND category = ''host_resource''');
-- Look-ups are not remembered, nor what another server has.
SELECT count(*) FROM hss_quotas WHERE resource_id = 'nowhere';
-- Forgotten
SELECT hwbss_fdw_forget();
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
:join;
SELECT count(*) FROM hss_quotas;
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
ALTER SERVER sim OPTIONS (ADD page_size '100');
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
SELECT count(*) FROM hss_quotas;
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD enterprise_project_id 'ep-1');
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
SELECT count(*) FROM hss_quotas;
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
ALTER FOREIGN TABLE hss_quotas OPTIONS (DROP enterprise_project_id);
-- ANALYZE's number is for what was not read.
ANALYZE hss_quotas;
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
SELECT hwbss_fdw_forget();
SELECT pg_temp.rows_of('SELECT * FROM hss_quotas');
-- Planning has sent nothing.
\! python3 test/regress_log.py estimates >/dev/null
:join;
:list;
\! python3 test/regress_log.py estimates | wc -l
SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP TABLE few;
