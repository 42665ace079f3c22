-- What the extension tells about itself.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=introspection'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- All its objects, with comments; from 17 on the row type of a view counts, too
SELECT pg_describe_object(classid, objid, 0) AS object, obj_description(objid, classid::regclass::name) AS comment
FROM pg_depend
WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e' AND classid <> 'pg_type'::regclass
  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'hwbss_fdw')
ORDER BY pg_describe_object(classid, objid, 0) COLLATE "C";
SELECT extversion, extrelocatable, obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'hwbss_fdw';

-- Tables, and that IMPORT FOREIGN SCHEMA creates these and with these columns
SELECT * FROM hwbss_fdw_tables() ORDER BY table_name COLLATE "C";
SELECT table_name, column_name, type, sent_in FROM hwbss_fdw_columns() WHERE sent_in IS NOT NULL
ORDER BY table_name COLLATE "C", column_name COLLATE "C";
SELECT count(*), count(description) FROM hwbss_fdw_columns();
SELECT c.table_name, c.column_name, c.type, i.data_type
FROM hwbss_fdw_columns() c
FULL JOIN (SELECT table_name, column_name, data_type FROM information_schema.columns
           WHERE table_name IN (SELECT foreign_table_name FROM information_schema.foreign_tables
                                WHERE foreign_server_name = 'sim')) i USING (table_name, column_name)
WHERE c.type IS DISTINCT FROM i.data_type;

-- Options
SELECT option_name, set_on, default_value FROM hwbss_fdw_options() ORDER BY option_name COLLATE "C";
SELECT count(*) FROM hwbss_fdw_options() WHERE description IS NULL OR description = '';

-- What sessions did; none yet
SELECT * FROM hwbss_fdw_stats();
SELECT count(*) FROM bss_consumption_quota;
SELECT count(*) FROM bss_consumption_quota;
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
SELECT server_name, role_name = current_user AS own, requests, retries, reused, bytes > 0 AS bytes, waited_ms
FROM hwbss_fdw_stats();
-- Forgetting closes them; the next query opens one.
SELECT hwbss_fdw_forget();
SELECT * FROM hwbss_fdw_stats();
SELECT count(*) FROM bss_consumption_quota;
SELECT server_name, requests FROM hwbss_fdw_stats();
-- A session that is being read from lives on until it is done.
BEGIN;
DECLARE c CURSOR FOR SELECT resource_id FROM hss_quotas WHERE category = 'host_resource';
MOVE 5 FROM c;
SELECT hwbss_fdw_forget();
MOVE ALL FROM c;
COMMIT;
SELECT * FROM hwbss_fdw_stats();
-- Several servers
CREATE SERVER again FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1');
CREATE USER MAPPING FOR PUBLIC SERVER again
  OPTIONS (access_key 'SIMAK0CUSTOMER000000', secret_key 'simSkCustomer/+0123456789abcdefghijklmnop');
CREATE FOREIGN TABLE bss_again () SERVER again OPTIONS ("table" 'bss_package_usages');
SELECT count(*) FROM bss_again;
SELECT count(*) FROM bss_consumption_quota;
SELECT server_name, CASE role_name WHEN current_user THEN 'own' ELSE role_name END AS role, requests
FROM hwbss_fdw_stats() ORDER BY server_name;
SET client_min_messages = warning;
DROP SERVER again CASCADE;
SELECT server_name FROM hwbss_fdw_stats() ORDER BY server_name;

DROP EXTENSION hwbss_fdw CASCADE;
