-- Values that cannot be represented are errors that name table, column and
-- place; they are never passed over.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=values_refused'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
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
CREATE FUNCTION pg_temp.three() RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT pg_temp.attempt('SELECT * FROM bss_consumption_quota');
  RETURN QUERY SELECT pg_temp.attempt('SELECT * FROM bss_package_usages');
  RETURN QUERY SELECT pg_temp.attempt('SELECT * FROM hss_quotas WHERE category = ''host_resource''');
END $$;

\set endpoint :url '/case/id=values_refused;reply=big_int'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=big_int_beyond'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=huge_number'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=int_float'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=int_text'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=int_bool'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=nul_escape'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=lone_surrogate'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=bad_utf8'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=overlong_utf8'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=text_object'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=text_number'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=control_char'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=bad_escape'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=bad_time'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=nan'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=bare_word'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

\set endpoint :url '/case/id=values_refused;reply=long_text'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.three();

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
