-- A query may compare with very many values: the time this takes grows with
-- their number, not with its square, and it can be cancelled.
\set endpoint `echo "$HWBSS_SIM_URL"` '/case/id=values_many'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER many FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9', retry_budget '0');
CREATE USER MAPPING FOR CURRENT_USER SERVER many
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA many;
IMPORT FOREIGN SCHEMA hss FROM SERVER many INTO many;
CREATE TABLE many.known AS SELECT resource_id FROM many.hss_quotas;
SELECT count(*) > 0 AS has_rows FROM many.known;
-- Each of these took minutes, comparing every value with every other one.
SET statement_timeout = '20s';
CREATE FUNCTION many.texts(n int) RETURNS text[] LANGUAGE sql STABLE AS
  $$ SELECT array_agg('none-' || i % (n / 2)) FROM generate_series(1, n) i $$;
SELECT count(*) FROM many.hss_quotas
WHERE resource_id = ANY ((SELECT many.texts(300000))::text[]);
SELECT count(*) = (SELECT count(*) FROM many.known) AS all_rows FROM many.hss_quotas
WHERE resource_id = ANY ((SELECT array_agg(resource_id) || many.texts(300000) FROM many.known)::text[]);
-- Two conditions on one column: what both have.
SELECT count(*) FROM many.hss_quotas
WHERE resource_id = ANY ((SELECT many.texts(300000) || min(resource_id) FROM many.known)::text[])
  AND resource_id = ANY ((SELECT min(resource_id) || many.texts(300000) FROM many.known)::text[]);
-- As constants, which the planner looks at.
DO $$
DECLARE
  n int;
BEGIN
  EXECUTE 'SELECT count(*) FROM many.hss_quotas WHERE resource_id IN (' ||
    (SELECT string_agg(quote_literal('none-' || i), ',') FROM generate_series(1, 60000) i) || ')'
    INTO n;
  RAISE NOTICE 'rows: %', n;
END $$;
-- Where to read: too many places are refused before anyone is asked.
SELECT count(*) FROM many.hss_quotas WHERE project_id = ANY ((SELECT many.texts(300000))::text[]);
SELECT count(*) FROM many.hss_quotas WHERE region = ANY ((SELECT many.texts(300000))::text[]);
RESET statement_timeout;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA many CASCADE;
