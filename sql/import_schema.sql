-- IMPORT FOREIGN SCHEMA, and foreign tables made by hand.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=import_schema'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
-- SQLSTATE and all parts of an error; a request ID differs each time.
CREATE FUNCTION pg_temp.attempt(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text;
BEGIN
  EXECUTE query;
  RETURN NEXT 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
    detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
  RETURN NEXT SQLSTATE || ': ' || message;
  IF detail <> '' THEN
    RETURN NEXT 'DETAIL: ' || regexp_replace(detail, 'Request ID: [-0-9a-f]+', 'Request ID: (id)');
  END IF;
  IF hint <> '' THEN
    RETURN NEXT 'HINT: ' || hint;
  END IF;
END $$;
CREATE FUNCTION pg_temp.tables(schema text) RETURNS TABLE (name name, columns text, options text[])
LANGUAGE sql AS $$
  SELECT c.relname,
         string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), E'\n' ORDER BY a.attnum),
         t.ftoptions
  FROM pg_class c
  JOIN pg_foreign_table t ON t.ftrelid = c.oid
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  WHERE c.relnamespace = schema::regnamespace
  GROUP BY c.relname, t.ftoptions
  ORDER BY c.relname COLLATE "C"
$$;
CREATE SCHEMA s;

IMPORT FOREIGN SCHEMA bss FROM SERVER sim INTO s;
SELECT * FROM pg_temp.tables('s');
IMPORT FOREIGN SCHEMA hss FROM SERVER sim INTO s;
SELECT * FROM pg_temp.tables('s') WHERE name LIKE 'hss%';

-- Every table can be read under the types it was given.
SELECT count(*) FROM s.bss_consumption_quota;
SELECT count(*) FROM s.bss_expenditure_quota;
SELECT count(*) FROM s.bss_package_usages;
SELECT count(*) FROM s.hss_quotas;
SELECT count(*) FROM s.hss_quota_tags;

-- All services at once
CREATE SCHEMA huawei;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO huawei;
SELECT name FROM pg_temp.tables('huawei');
SELECT * FROM pg_temp.tables('huawei') EXCEPT SELECT * FROM pg_temp.tables('s');

-- Some tables
CREATE SCHEMA part;
IMPORT FOREIGN SCHEMA huaweicloud LIMIT TO (hss_quotas, bss_package_usages) FROM SERVER sim INTO part;
SELECT name FROM pg_temp.tables('part');
IMPORT FOREIGN SCHEMA hss EXCEPT (hss_quotas, hss_quota_summary) FROM SERVER sim INTO part;
SELECT name FROM pg_temp.tables('part');
IMPORT FOREIGN SCHEMA bss LIMIT TO (hss_quota_summary) FROM SERVER sim INTO part;
SELECT name FROM pg_temp.tables('part');

-- Names that need quotes
CREATE SCHEMA "Cloud ""1""";
CREATE SERVER "Sim 2" FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1');
IMPORT FOREIGN SCHEMA bss LIMIT TO (bss_consumption_quota) FROM SERVER "Sim 2" INTO "Cloud ""1""";
SELECT name FROM pg_temp.tables('"Cloud ""1"""');

-- No such schema, and options there are none of
SELECT pg_temp.attempt('IMPORT FOREIGN SCHEMA ecs FROM SERVER sim INTO s');
SELECT pg_temp.attempt('IMPORT FOREIGN SCHEMA "BSS" FROM SERVER sim INTO s');
SELECT pg_temp.attempt('IMPORT FOREIGN SCHEMA bss FROM SERVER sim INTO s OPTIONS (prefix ''x'')');

-- A name, a subset and an order of one's own
CREATE FOREIGN TABLE idle (used_status text, id text OPTIONS (column_name 'resource_id'), version text)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT * FROM idle WHERE used_status = 'idle' ORDER BY id LIMIT 3;
SELECT count(*) FROM idle WHERE id = (SELECT min(resource_id) FROM s.hss_quotas);
\! python3 test/regress_log.py import_schema | grep resource_id

-- The table's own name is enough, and so is a table without columns.
CREATE FOREIGN TABLE hss_quotas () SERVER sim;
SELECT count(*) FROM hss_quotas;
DROP FOREIGN TABLE hss_quotas;

-- A dropped and an added column
ALTER FOREIGN TABLE idle DROP COLUMN used_status;
ALTER FOREIGN TABLE idle ADD COLUMN charging_mode text;
SELECT * FROM idle ORDER BY id LIMIT 2;

-- No such table: refused when it is created by option, at first use by name
SELECT pg_temp.attempt('CREATE FOREIGN TABLE x (resource_id text) SERVER sim OPTIONS ("table" ''hss_quota'')');
SELECT pg_temp.attempt('CREATE FOREIGN TABLE x (resource_id text) SERVER sim OPTIONS ("table" ''ecs_instances'')');
CREATE FOREIGN TABLE hss_quotes (resource_id text) SERVER sim;
CREATE FOREIGN TABLE zzz (resource_id text) SERVER sim;
SELECT pg_temp.attempt('SELECT * FROM hss_quotes');
SELECT pg_temp.attempt('SELECT * FROM zzz');

-- No such column: at first use, even if the query does not look at it
CREATE FOREIGN TABLE bad (resource_id text, qouta_status text) SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT pg_temp.attempt('SELECT * FROM bad');
SELECT pg_temp.attempt('SELECT count(*) FROM bad');
ALTER FOREIGN TABLE bad ALTER COLUMN qouta_status OPTIONS (column_name 'invoice_number');
SELECT pg_temp.attempt('SELECT * FROM bad');
ALTER FOREIGN TABLE bad ALTER COLUMN qouta_status OPTIONS (SET column_name 'quota_status');
SELECT pg_temp.attempt('SELECT * FROM bad');
-- Names are letter for letter.
ALTER FOREIGN TABLE bad ALTER COLUMN qouta_status OPTIONS (SET column_name 'Quota_Status');
SELECT pg_temp.attempt('SELECT * FROM bad');

-- Foreign tables are read only.
SELECT pg_temp.attempt('DELETE FROM idle');
SELECT pg_temp.attempt('INSERT INTO idle VALUES (''x'')');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA s, huawei, part, "Cloud ""1""";
