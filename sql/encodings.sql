--
-- A database that is not UTF-8: values are converted both ways, and what it
-- cannot hold is an error that says where.
--
\set url `echo $HWBSS_SIM_URL`
CREATE DATABASE regress_hwbss_latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\c regress_hwbss_latin1
SET client_encoding = 'UTF8';
CREATE EXTENSION hwbss_fdw;
\set encoded `python3 -c "import base64; print(base64.urlsafe_b64encode('{\"total_num\":2,\"data_list\":[{\"resource_id\":\"r1\",\"version\":\"hss.version.basic\",\"host_name\":\"café-Ümlaut\"},{\"resource_id\":\"r2\",\"version\":\"hss.version.basic\",\"host_name\":\"plain\"}]}'.encode()).decode())"`
\set case :url /case/id=encodings;page=offset;body= :encoded
CREATE SERVER latin FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER latin
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER latin INTO public;
SELECT resource_id, host_name, octet_length(host_name) FROM hss_quotas WHERE category = 'host_resource' ORDER BY 1;
\! python3 test/regress_log.py encodings >/dev/null
-- sent as UTF-8
SELECT resource_id, host_name FROM hss_quotas WHERE host_name = 'café-Ümlaut' AND category = 'host_resource';
\! python3 test/regress_log.py encodings
-- an option, too
ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD enterprise_project_id 'Köln');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE enterprise_project_id IN ('Köln', '') AND category = 'host_resource';
\! python3 test/regress_log.py encodings
ALTER FOREIGN TABLE hss_quotas OPTIONS (DROP enterprise_project_id);
-- a name that LATIN1 does not have
\set case :url /case/id=encodings
ALTER SERVER latin OPTIONS (SET endpoint :'case');
\set VERBOSITY terse
SELECT count(tags) FROM hss_quotas;
\set VERBOSITY default
SELECT count(resource_id) FROM hss_quotas;
-- texts of the service in errors are not worth another error
\set case :url /case/id=encodings;error=HSS.0001
ALTER SERVER latin OPTIONS (SET endpoint :'case');
DO $$
DECLARE detail text;
BEGIN
    PERFORM count(*) FROM hss_quotas;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RAISE NOTICE '% %', SQLSTATE, regexp_replace(detail, 'Request ID: \w+', 'Request ID: ...');
END $$;
DROP EXTENSION hwbss_fdw CASCADE;
-- bytes of no encoding, which no row can have, sent or not
CREATE DATABASE regress_hwbss_bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
\c regress_hwbss_bytes
DROP DATABASE regress_hwbss_latin1;
CREATE EXTENSION hwbss_fdw;
\set case :url /case/id=encodings;page=offset;body= :encoded
CREATE SERVER bytes FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER bytes
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER bytes INTO public;
SELECT count(*) FROM hss_quotas WHERE host_name = E'caf\xe9-\xdcmlaut' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE host_name = E'caf\xc3\xa9-\xc3\x9cmlaut' AND category = 'host_resource';
DROP EXTENSION hwbss_fdw CASCADE;
\c regress_hwbss
DROP DATABASE regress_hwbss_bytes;
