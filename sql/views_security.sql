-- Whose credentials a query uses: those of the user that the tables are checked
-- for, which is the owner of a view.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=views_security'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE ROLE regress_hwbss_owner;
CREATE ROLE regress_hwbss_reader;
CREATE ROLE regress_hwbss_partner;
CREATE SCHEMA regress_hwbss AUTHORIZATION regress_hwbss_owner;
GRANT USAGE ON FOREIGN SERVER sim TO regress_hwbss_owner;
GRANT USAGE ON SCHEMA regress_hwbss TO PUBLIC;
CREATE USER MAPPING FOR regress_hwbss_owner SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
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
CREATE USER MAPPING FOR regress_hwbss_partner SERVER sim
  OPTIONS (access_key 'SIMAK0PARTNER0000000', secret_key 'simSkPartner/+0123456789abcdefghijklmnopq');

SET ROLE regress_hwbss_owner;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO regress_hwbss;
CREATE VIEW regress_hwbss.usages AS SELECT order_instance_id, balance FROM regress_hwbss.bss_package_usages;
CREATE FUNCTION regress_hwbss.definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER
  AS $$ SELECT count(*) FROM regress_hwbss.bss_package_usages $$;
CREATE FUNCTION regress_hwbss.invoker() RETURNS bigint LANGUAGE sql
  AS $$ SELECT count(*) FROM regress_hwbss.bss_package_usages $$;
GRANT SELECT ON regress_hwbss.usages TO regress_hwbss_reader, regress_hwbss_partner;
GRANT SELECT ON regress_hwbss.bss_package_usages, regress_hwbss.bss_consumption_quota
  TO regress_hwbss_reader, regress_hwbss_partner;
SELECT count(*) FROM regress_hwbss.usages;

-- A role without mapping: none of its own to read the table with, the view's
-- owner's for the view
SET ROLE regress_hwbss_reader;
SELECT count(*) FROM regress_hwbss.usages;
SELECT count(*) FROM regress_hwbss.bss_package_usages;
SELECT regress_hwbss.definer();
SELECT regress_hwbss.invoker();
-- A table it was not granted
SELECT count(*) FROM regress_hwbss.hss_quotas;
-- A role with another mapping uses its own for the table.
SET ROLE regress_hwbss_partner;
SELECT count(*) FROM regress_hwbss.usages;
SELECT pg_temp.attempt('SELECT * FROM regress_hwbss.bss_package_usages');
SELECT count(*) FROM regress_hwbss.bss_consumption_quota;
-- Both in one query
SELECT count(*) FROM regress_hwbss.usages, regress_hwbss.bss_consumption_quota;

-- A prepared statement follows the role.
SET ROLE regress_hwbss_owner;
PREPARE p AS SELECT count(*) FROM regress_hwbss.bss_package_usages;
EXECUTE p;
SET ROLE regress_hwbss_reader;
EXECUTE p;
RESET ROLE;

-- A mapping for PUBLIC serves those that have none of their own.
CREATE USER MAPPING FOR PUBLIC SERVER sim
  OPTIONS (access_key 'SIMAK0CUSTOMER000000', secret_key 'simSkCustomer/+0123456789abcdefghijklmnop');
SET ROLE regress_hwbss_reader;
SELECT count(*) FROM regress_hwbss.bss_package_usages;
SELECT pg_temp.attempt('SELECT * FROM regress_hwbss.bss_consumption_quota');
SET ROLE regress_hwbss_partner;
SELECT count(*) FROM regress_hwbss.bss_consumption_quota;
-- It goes, and so does the session.
RESET ROLE;
DROP USER MAPPING FOR PUBLIC SERVER sim;
SET ROLE regress_hwbss_reader;
SELECT count(*) FROM regress_hwbss.bss_package_usages;
-- Others' options cannot be seen.
SELECT usename, umoptions FROM pg_user_mappings WHERE srvname = 'sim' ORDER BY usename;
RESET ROLE;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA regress_hwbss CASCADE;
DROP ROLE regress_hwbss_owner, regress_hwbss_reader, regress_hwbss_partner;
