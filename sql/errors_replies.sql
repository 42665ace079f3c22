-- Replies with status 200 that are no answer: errors, never zero rows.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=errors_replies'
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
ALTER SERVER sim OPTIONS (ADD retry_budget '0');
CREATE FUNCTION pg_temp.replies(name text) RETURNS TABLE ("table" text, result text) LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  FOR "table" IN VALUES ('bss_consumption_quota'), ('bss_expenditure_quota'), ('bss_package_usages'), ('hss_quotas') LOOP
    result := NULL;
    SELECT string_agg(a, E'\n') INTO result FROM pg_temp.attempt('SELECT * FROM ' || "table") a
    WHERE a NOT LIKE 'HINT%';
    IF result = 'no error' THEN
      EXECUTE 'SELECT count(*) FROM ' || "table" INTO n;
      result := n || ' rows';
    END IF;
    RETURN NEXT;
  END LOOP;
END $$;

\set endpoint :url '/case/id=errors_replies;reply=error200'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('error200');

\set endpoint :url '/case/id=errors_replies;reply=error200_success'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('error200_success');

\set endpoint :url '/case/id=errors_replies;reply=html200'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('html200');

\set endpoint :url '/case/id=errors_replies;reply=empty200'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('empty200');

\set endpoint :url '/case/id=errors_replies;reply=blank200'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('blank200');

\set endpoint :url '/case/id=errors_replies;reply=not_json'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('not_json');

\set endpoint :url '/case/id=errors_replies;reply=null_body'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('null_body');

\set endpoint :url '/case/id=errors_replies;reply=scalar_body'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('scalar_body');

\set endpoint :url '/case/id=errors_replies;reply=string_body'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('string_body');

\set endpoint :url '/case/id=errors_replies;reply=array_body'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('array_body');

\set endpoint :url '/case/id=errors_replies;reply=array_rows'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('array_rows');

\set endpoint :url '/case/id=errors_replies;reply=empty_object'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('empty_object');

\set endpoint :url '/case/id=errors_replies;reply=wrong_api'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('wrong_api');

\set endpoint :url '/case/id=errors_replies;reply=list_object'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('list_object');

\set endpoint :url '/case/id=errors_replies;reply=list_text'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('list_text');

\set endpoint :url '/case/id=errors_replies;reply=list_missing'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('list_missing');

\set endpoint :url '/case/id=errors_replies;reply=list_null'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('list_null');

\set endpoint :url '/case/id=errors_replies;reply=list_scalars'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('list_scalars');

\set endpoint :url '/case/id=errors_replies;reply=row_empty'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('row_empty');

\set endpoint :url '/case/id=errors_replies;reply=truncated_json'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('truncated_json');

\set endpoint :url '/case/id=errors_replies;reply=trailing'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('trailing');

\set endpoint :url '/case/id=errors_replies;reply=trailing_blank'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('trailing_blank');

\set endpoint :url '/case/id=errors_replies;reply=trailing_comma'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('trailing_comma');

\set endpoint :url '/case/id=errors_replies;reply=deep'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('deep');

\set endpoint :url '/case/id=errors_replies;reply=bom'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('bom');

\set endpoint :url '/case/id=errors_replies;reply=single_quotes'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('single_quotes');

\set endpoint :url '/case/id=errors_replies;reply=comment'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('comment');

\set endpoint :url '/case/id=errors_replies;reply=utf16'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('utf16');

\set endpoint :url '/case/id=errors_replies;reply=dup_keys'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM pg_temp.replies('dup_keys');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
