-- Options of servers: what is accepted, refused, hinted at and overridden.
SET timezone = 'UTC';
\set url `echo "$HWBSS_SIM_URL"`
CREATE EXTENSION hwbss_fdw;
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
CREATE FUNCTION pg_temp.server(options text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT pg_temp.attempt(
    'CREATE SERVER x FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (' || options || ')');
  DROP SERVER IF EXISTS x;
END $$;
SET client_min_messages = warning;

-- All of them at once
SELECT pg_temp.server($$
  endpoint 'https://example.com', bss_endpoint 'https://bss.example.com:8443/a/b',
  hss_endpoint 'https://[::1]:1', iam_endpoint 'https://iam.example.com/',
  region 'ap-southeast-1', site 'intl', project_id '0a1b2c3d', domain_id 'd0a1',
  enterprise_project_id 'ep-1', language 'zh_CN', page_size '100', prefetch '1',
  connect_timeout '500ms', request_timeout '2min', retry_budget '0',
  max_response_size '1MB', ca_file '/etc/ssl/ca.pem', proxy 'http://proxy:3128',
  allow_insecure 'off', status_spelling 'short', on_drift 'warning'$$);

-- Options there are none of, or that belong elsewhere
SELECT pg_temp.server($$regoin 'x'$$);
SELECT regexp_replace(line, 'endpoint, .*', '(all of them)') AS line FROM pg_temp.server($$xyzzy 'x'$$) line;
SELECT pg_temp.server($$access_key 'x'$$);
SELECT pg_temp.server($$secret_key 'VerySecret'$$);
SELECT pg_temp.server($$"table" 'hss_quotas'$$);
SELECT pg_temp.server($$column_name 'x'$$);
SELECT pg_temp.server($$Region 'x', "Region" 'y'$$);

-- URLs
SELECT pg_temp.server($$endpoint ''$$);
SELECT pg_temp.server($$endpoint 'example.com'$$);
SELECT pg_temp.server($$endpoint 'ftp://example.com'$$);
SELECT line FROM pg_temp.server($$endpoint 'https://user:pass@example.com'$$) line WHERE line LIKE 'DETAIL%';
SELECT pg_temp.server($$endpoint 'https://example.com?x=1'$$);
SELECT pg_temp.server($$endpoint 'https://example.com#x'$$);
SELECT pg_temp.server($$endpoint 'https://exa mple.com'$$);
SELECT pg_temp.server($$endpoint 'https://example.com:99999'$$);
SELECT pg_temp.server($$hss_endpoint 'https://'$$);
SELECT line FROM pg_temp.server(E'endpoint E\'https://example.com/\\n\'') line WHERE line LIKE 'DETAIL%';

-- Plain http: loopback only, and only when allowed
SELECT pg_temp.server($$endpoint 'http://127.0.0.1:1'$$);
SELECT pg_temp.server($$endpoint 'http://127.0.0.1:1', allow_insecure 'false'$$);
SELECT pg_temp.server($$endpoint 'http://127.0.0.1:1', allow_insecure 'true'$$);
SELECT pg_temp.server($$allow_insecure 'on', bss_endpoint 'http://[::1]:1'$$);
SELECT pg_temp.server($$allow_insecure 'on', bss_endpoint 'http://localhost:1'$$);
SELECT pg_temp.server($$allow_insecure 'on', iam_endpoint 'http://example.com'$$);
SELECT pg_temp.server($$allow_insecure 'on', iam_endpoint 'http://127.0.0.1.example.com'$$);
SELECT pg_temp.server($$allow_insecure 'on', iam_endpoint 'http://127.0.0.1@example.com'$$);
SELECT pg_temp.server($$allow_insecure 'perhaps'$$);

-- Numbers, times, sizes
SELECT pg_temp.server($$page_size '0'$$);
SELECT pg_temp.server($$page_size '1001'$$);
SELECT pg_temp.server($$page_size 'many'$$);
SELECT pg_temp.server($$page_size '99999999999999999999'$$);
SELECT pg_temp.server($$prefetch '65'$$);
SELECT pg_temp.server($$connect_timeout '0'$$);
-- options are readable by others: no credentials, and none in the message
SELECT pg_temp.server($$proxy 'http://joe:secret@proxy:3128'$$);
SELECT pg_temp.server($$endpoint 'https://joe:secret@example.com'$$);
SELECT pg_temp.server($$connect_timeout '-1'$$);
SELECT pg_temp.server($$connect_timeout '1.5s', request_timeout '1d'$$);
SELECT pg_temp.server($$request_timeout '2d'$$);
SELECT pg_temp.server($$request_timeout '5 parsecs'$$);
-- without a unit these are seconds, however they are written
SELECT pg_temp.server($$request_timeout '0.5', connect_timeout ' 2 '$$);
SELECT pg_temp.server($$request_timeout '86400.5'$$);
SELECT pg_temp.server($$connect_timeout '3601 '$$);
SELECT pg_temp.server($$max_response_size '100'$$);
SELECT pg_temp.server($$max_response_size '2GB'$$);
SELECT pg_temp.server($$retry_budget '25h'$$);

-- Words and identifiers
SELECT pg_temp.server($$site 'us'$$);
SELECT pg_temp.server($$language 'de_DE'$$);
SELECT pg_temp.server($$language ''$$);
SELECT pg_temp.server($$on_drift 'Error'$$);
SELECT pg_temp.server($$status_spelling 'medium'$$);
SELECT pg_temp.server($$region 'a/b'$$);
SELECT pg_temp.server($$project_id '../../v3'$$);
SELECT pg_temp.server($$ca_file 'ca.pem'$$);
SELECT line FROM pg_temp.server(E'enterprise_project_id E\'a\\r\\nHost: b\'') line WHERE line LIKE 'DETAIL%';

-- The wrapper has no options of its own.
SELECT pg_temp.attempt($$ALTER FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (ADD region 'x')$$);

-- ALTER checks like CREATE.
\set endpoint :url '/case/id=options_server'
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD page_size 'x')$$);
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE SCHEMA s;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO s;

-- What the server sets, requests show; a change is heeded at once.
SELECT count(*) FROM s.hss_quotas WHERE category = 'host_resource';
SELECT count(*) FROM s.bss_package_usages;
\! python3 test/regress_log.py options_server region x-language x-project-id x-domain-id
ALTER SERVER sim OPTIONS (ADD enterprise_project_id 'ep-1', ADD page_size '150',
  ADD language 'zh_CN', ADD domain_id 'd0a1b2c3d4e5f60718293a4b5c6d7e8f',
  SET project_id '1b2c3d4e5f60718293a4b5c6d7e8f90a', SET region 'ap-southeast-3');
SELECT count(*) FROM s.hss_quotas WHERE category = 'host_resource';
SELECT count(*) FROM s.bss_package_usages;
\! python3 test/regress_log.py options_server region x-language x-project-id x-domain-id

-- An endpoint per service goes before the one for all.
\set other :url '/case/id=options_server_bss'
ALTER SERVER sim OPTIONS (ADD bss_endpoint :'other', SET language 'en_US');
SELECT count(*) FROM s.hss_quotas WHERE category = 'host_resource';
SELECT count(*) FROM s.bss_package_usages;
\! python3 test/regress_log.py options_server_bss x-language

-- Without endpoint the region chooses it; without region HSS has none, and a
-- project is needed too: known before anything is sent.
CREATE SERVER bare FOREIGN DATA WRAPPER hwbss_fdw;
CREATE USER MAPPING FOR CURRENT_USER SERVER bare OPTIONS (token 'x');
CREATE SCHEMA bare;
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER bare INTO bare;
SELECT pg_temp.attempt('SELECT * FROM bare.hss_quotas');
ALTER SERVER bare OPTIONS (ADD region 'ap-southeast-9');
SELECT pg_temp.attempt('SELECT * FROM bare.hss_quotas');
ALTER SERVER bare OPTIONS (SET region 'moon-base-1');
SELECT pg_temp.attempt('SELECT * FROM bare.hss_quotas');
ALTER SERVER bare OPTIONS (SET region 'ap-southeast-1');
-- A query may name it instead.
SELECT pg_temp.attempt('EXPLAIN SELECT * FROM bare.hss_quotas WHERE project_id = ''0a1b''');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP SCHEMA s, bare;
