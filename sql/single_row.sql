-- Tables whose reply is one object: one row, or none.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=single_row'
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
SELECT consumption_quota, used_consumption_quota,
       due_amount + unbilled_amount - amount - coupon_amount = used_consumption_quota AS adds_up
FROM bss_consumption_quota;
SELECT granting_amount, granting_amount_used, percentage_granting_amount_used FROM bss_expenditure_quota;
\! python3 test/regress_log.py single_row
-- Conditions are compared locally, and nothing is asked when none can be met.
SELECT count(*) FROM bss_consumption_quota WHERE currency = 'EUR';
SELECT count(*) FROM bss_consumption_quota WHERE currency = 'USD' LIMIT 1;
\! python3 test/regress_log.py single_row

-- More balance than debts: nothing of the quota is used.
\set endpoint :url '/case/id=single_row;balance=negative'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT used_consumption_quota < 0 AS negative,
       due_amount + unbilled_amount - amount - coupon_amount = used_consumption_quota AS adds_up
FROM bss_consumption_quota;

-- A quota of 0, and one that is exceeded
\set endpoint :url '/case/id=single_row;expenditure=zero'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT granting_amount, granting_amount_used, percentage_granting_amount_used FROM bss_expenditure_quota;
\set endpoint :url '/case/id=single_row;expenditure=over'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT granting_amount_used > granting_amount AS over, percentage_granting_amount_used > 1 AS more_than_all FROM bss_expenditure_quota;

-- "No results" for customers of a reseller: no row, rather than a row of NULLs
\set endpoint :url '/case/id=single_row;expenditure=reseller'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT * FROM bss_expenditure_quota;
\set endpoint :url '/case/id=single_row;expenditure=reseller_null'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_expenditure_quota;
\set endpoint :url '/case/id=single_row;expenditure=reseller_nobody'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_expenditure_quota;
-- A row that a query asks no column of is still a row.
\set endpoint :url '/case/id=single_row'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_expenditure_quota;
SELECT 1 AS one FROM bss_expenditure_quota;
-- Only the other API's reader minds being told nothing.
\set endpoint :url '/case/id=single_row;reply=empty_object'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT pg_temp.attempt('SELECT * FROM bss_consumption_quota');
SELECT count(*) FROM bss_expenditure_quota;

-- Package usage: no packages in three spellings
\set endpoint :url '/case/id=single_row;packages=0'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_package_usages;
\set endpoint :url '/case/id=single_row;packages=0;packages_form=absent'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_package_usages;
\set endpoint :url '/case/id=single_row;packages=0;packages_form=null'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*) FROM bss_package_usages;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
