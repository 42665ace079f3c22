-- Paging: 200 rows a page, the offset grows by the rows received, until the
-- list has ended.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=paging;quotas=1000'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
CREATE FUNCTION pg_temp.rows(condition text DEFAULT 'true') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  result text;
BEGIN
  EXECUTE 'SELECT count(*) || '' rows, '' || count(DISTINCT resource_id) || '' different'' FROM hss_quotas WHERE ' || condition
  INTO result;
  RETURN result;
END $$;
SELECT pg_temp.rows();
\! python3 test/regress_log.py paging
-- An end on the border of a page
SELECT pg_temp.rows('category = ''host_resource''');
\! python3 test/regress_log.py paging

-- Other page sizes, within what the API allows
ALTER SERVER sim OPTIONS (ADD page_size '150');
SELECT pg_temp.rows('category = ''host_resource''');
\! python3 test/regress_log.py paging
ALTER SERVER sim OPTIONS (SET page_size '1000');
SELECT pg_temp.rows('category = ''container_resource''');
\! python3 test/regress_log.py paging
ALTER SERVER sim OPTIONS (SET page_size '1');
SELECT pg_temp.rows('category = ''host_resource'' AND host_name = ''web-01''');
\! python3 test/regress_log.py paging

-- One page at a time
ALTER SERVER sim OPTIONS (DROP page_size, ADD prefetch '1');
SELECT pg_temp.rows();
\! python3 test/regress_log.py paging
ALTER SERVER sim OPTIONS (DROP prefetch);

-- A LIMIT asks for no more than it needs.
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas LIMIT 5) x;
\! python3 test/regress_log.py paging
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas LIMIT 50) x;
\! python3 test/regress_log.py paging
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas WHERE category = 'container_resource' LIMIT 5 OFFSET 7) x;
\! python3 test/regress_log.py paging
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas LIMIT 0) x;
\! python3 test/regress_log.py paging
-- A LIMIT above a sort, an aggregate or a condition that is not sent is none of
-- the scan's.
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas WHERE category = 'container_resource' ORDER BY resource_id LIMIT 5) x;
\! python3 test/regress_log.py paging
SELECT count(*) FROM hss_quotas WHERE category = 'container_resource' LIMIT 1;
-- The goal is a guess: a third of the rows was thought to match, and the first
-- that does is the 61st.
SELECT count(*) FROM (SELECT version FROM hss_quotas WHERE position('container' IN version) > 0 LIMIT 5) x;
\! python3 test/regress_log.py paging
\! python3 test/regress_log.py paging

-- Services that page in ways of their own; all rows are read once all the same.
\set endpoint :url '/case/id=paging_clamp;quotas=1000;clamp=60'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows('category = ''container_resource''');
\! python3 test/regress_log.py paging_clamp
\set endpoint :url '/case/id=paging_short;quotas=1000;short_pages=37'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_absent;quotas=1000;totals=absent'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_null;quotas=1000;totals=null'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_all;quotas=1000;totals=all'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_low;quotas=1000;totals=low'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_high;quotas=1000;totals=high'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_zero;quotas=1000;totals=zero'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\set endpoint :url '/case/id=paging_last;quotas=1000;field_order=data_last'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
-- No quotas at all
\set endpoint :url '/case/id=paging_none;quotas=0'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.rows();
\! python3 test/regress_log.py paging_none
-- The offset is ignored: an error, no endless list.
\set endpoint :url '/case/id=paging_repeat;quotas=1000;page=repeat'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
-- SQLSTATE and all parts of an error; a request ID differs each time.
CREATE FUNCTION pg_temp.attempt(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text; context text;
BEGIN
  EXECUTE query;
  RETURN NEXT 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
    hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
  RETURN NEXT SQLSTATE || ': ' || message;
  IF detail <> '' THEN
    RETURN NEXT 'DETAIL: ' || regexp_replace(detail, 'Request ID: [-0-9a-f]+', 'Request ID: (id)');
  END IF;
  IF hint <> '' THEN
    RETURN NEXT 'HINT: ' || hint;
  END IF;
  IF context LIKE '%of foreign table%' THEN
    RETURN NEXT 'CONTEXT: ' || split_part(context, E'\nSQL statement', 1);
  END IF;
END $$;
SELECT pg_temp.attempt('SELECT * FROM hss_quotas');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
