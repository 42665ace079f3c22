-- Refusals of the services: SQLSTATE, code, text and request ID, and advice.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=errors'
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
CREATE FUNCTION pg_temp.bss() RETURNS SETOF text LANGUAGE sql AS
  $$ SELECT pg_temp.attempt('SELECT * FROM bss_consumption_quota') $$;
CREATE FUNCTION pg_temp.usages() RETURNS SETOF text LANGUAGE sql AS
  $$ SELECT pg_temp.attempt('SELECT * FROM bss_package_usages') $$;
CREATE FUNCTION pg_temp.hss() RETURNS SETOF text LANGUAGE sql AS
  $$ SELECT pg_temp.attempt('SELECT * FROM hss_quotas WHERE category = ''host_resource''') $$;

-- 401: wrong secret, key that does not exist, expired token, wrong security token
\set endpoint :url '/case/id=errors_secret;lockout=0'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET secret_key 'WrongSecret');
SELECT pg_temp.bss();
SELECT pg_temp.hss();
-- It was refused once and is not tried again, so that the key is not locked.
SELECT pg_temp.bss();
\! python3 test/regress_log.py errors_secret | wc -l
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET access_key 'NOSUCHKEY00000000000');
SELECT pg_temp.bss();
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (SET access_key 'SIMAK0TEMPORARY00000', SET secret_key 'simSkTemporary/+0123456789abcdefghijklmno');
SELECT pg_temp.bss();
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (DROP access_key, DROP secret_key, ADD token 'simTokenDomain-expired-0123456789abcdef');
SELECT pg_temp.bss();
ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (SET token 'no-such-token');
SELECT pg_temp.bss();

-- 403: calls for partners only, for customers only, tokens of the wrong scope
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (DROP token, ADD access_key 'SIMAK0CUSTOMER000000', ADD secret_key 'simSkCustomer/+0123456789abcdefghijklmnop');
SELECT pg_temp.bss();
SELECT pg_temp.usages();
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (SET access_key 'SIMAK0PARTNER0000000', SET secret_key 'simSkPartner/+0123456789abcdefghijklmnopq');
SELECT pg_temp.bss();
SELECT pg_temp.usages();
SELECT pg_temp.attempt('SELECT * FROM bss_expenditure_quota');
-- An account with rights on one enterprise project must name it.
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (SET access_key 'SIMAK0LIMITED0000000', SET secret_key 'simSkLimited/+0123456789abcdefghijklmnopq');
SELECT pg_temp.hss();
SELECT count(*), min(enterprise_project_id), max(enterprise_project_id) FROM hss_quotas WHERE enterprise_project_id = 'ep-1';
SELECT pg_temp.attempt('SELECT * FROM hss_quotas WHERE enterprise_project_id = ''ep-2''');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (DROP access_key, DROP secret_key, ADD token 'simTokenProject-everything-0123456789abcdef');
SELECT pg_temp.bss();
SELECT pg_temp.attempt('SELECT * FROM hss_quotas WHERE project_id = ''2c3d4e5f60718293a4b5c6d7e8f90a1b''');
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (DROP token, ADD access_key 'SIMAK0EVERYTHING0000', ADD secret_key 'simSkEverything/+0123456789abcdefghijklmn');
-- A project that does not exist
SELECT pg_temp.attempt('SELECT * FROM hss_quotas WHERE project_id = ''deadbeef''');

-- The account of another web site
\set endpoint :url '/case/id=errors;error=CBC.0150'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;error=CBC.0156'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.usages();
-- 404: switched off, wrong host
\set endpoint :url '/case/id=errors;fail=404'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.usages();
\set endpoint :url '/case/id=errors;fail=404'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
-- 429: after the budget is spent
\set endpoint :url '/case/id=errors;fail=429'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;error=CBC.0250'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
-- 400
\set endpoint :url '/case/id=errors;fail=400'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;error=CBC.0100'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;error=HSS.0010'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;error=00000010'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;error=HSS.0013'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
-- Server trouble
\set endpoint :url '/case/id=errors;fail=500'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;error=CBC.0999'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.usages();
\set endpoint :url '/case/id=errors;fail=502'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;fail=503'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;fail=504'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.hss();
\set endpoint :url '/case/id=errors;fail=empty500'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;fail=html502'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;fail=plain503'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();
\set endpoint :url '/case/id=errors;fail=redirect'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();

-- Texts are cut, made one line and never taken for a format.
\set endpoint :url '/case/id=errors;error=CBC.0100;fail_text=%2525s%2525n{0}%250A%251B[1mx'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.bss();

-- Each shape of body
CREATE FUNCTION pg_temp.detail() RETURNS SETOF text LANGUAGE sql AS
  $$ SELECT a FROM pg_temp.bss() a WHERE a LIKE 'DETAIL%' $$;
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E1'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E2'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E3'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E4'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E5'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E6'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E7'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E8'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E9'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E10'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E11'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();
\set endpoint :url '/case/id=errors;error=CBC.0151;error_shape=E12'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.detail();

-- Nobody there
\set endpoint 'http://127.0.0.1:1'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT regexp_replace(a, '127[.]0[.]0[.]1.*', '(address)') FROM pg_temp.bss() a;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
