-- Credentials live on user mappings, and are never shown.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=options_mapping'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
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
CREATE FUNCTION pg_temp.mapping(options text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT pg_temp.attempt(
    'CREATE USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (' || options || ')');
  DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER sim;
END $$;
SET client_min_messages = warning;

-- Keys and tokens; options_sign_in has the other ways
SELECT pg_temp.mapping($$access_key 'a', secret_key 's'$$);
SELECT pg_temp.mapping($$access_key 'a', secret_key 's', security_token 't'$$);
SELECT pg_temp.mapping($$token 't'$$);

-- Incomplete or conflicting
SELECT pg_temp.mapping($$access_key 'SecretSauce'$$);
SELECT pg_temp.mapping($$secret_key 'SecretSauce'$$);
SELECT pg_temp.mapping($$security_token 'SecretSauce'$$);
SELECT pg_temp.mapping($$access_key 'SecretSauce', security_token 'SecretSauce'$$);
SELECT pg_temp.mapping($$token 'SecretSauce', access_key 'SecretSauce', secret_key 'SecretSauce'$$);
SELECT pg_temp.mapping($$token 'SecretSauce', security_token 'SecretSauce'$$);

-- Values that cannot be right, and are not repeated
SELECT pg_temp.mapping($$token ''$$);
SELECT pg_temp.mapping(E'token E\'SecretSauce\\r\\nX-Evil: 1\'');
SELECT pg_temp.mapping($$access_key 'a', secret_key ' SecretSauce'$$);
SELECT pg_temp.mapping($$access_key 'a', secret_key 'SecretSauce '$$);
SELECT pg_temp.mapping(format('access_key %L, secret_key %L', repeat('a', 201), 'SecretSauce'));

-- Not an option, or not of a mapping
SELECT pg_temp.mapping($$acess_key 'SecretSauce'$$);
SELECT pg_temp.mapping($$password 'SecretSauce'$$);
SELECT pg_temp.mapping($$region 'ap-southeast-1'$$);

-- Secrets anywhere else
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD access_key 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD secret_key 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD security_token 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD token 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD secret_key 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER FOREIGN TABLE hss_quotas OPTIONS (ADD token 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER FOREIGN TABLE hss_quotas ALTER COLUMN version OPTIONS (ADD token 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (ADD token 'SecretSauce')$$);

-- A mapping without options is possible; it is of no use.
CREATE USER MAPPING FOR CURRENT_USER SERVER sim;
SELECT pg_temp.attempt('SELECT * FROM bss_consumption_quota');

-- Signed with keys; the session follows ALTER USER MAPPING.
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (ADD access_key 'SIMAK0EVERYTHING0000',
           ADD secret_key 'simSkEverything/+0123456789abcdefghijklmn');
SELECT count(*) FROM bss_consumption_quota;
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
\! python3 test/regress_log.py options_mapping x-auth-token x-security-token x-project-id
SELECT pg_temp.attempt($$ALTER USER MAPPING FOR CURRENT_USER SERVER sim OPTIONS (DROP secret_key)$$);
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (SET access_key 'SIMAK0TEMPORARY00000',
           SET secret_key 'simSkTemporary/+0123456789abcdefghijklmno',
           ADD security_token 'simSecurityToken-0123456789abcdef');
SELECT count(*) FROM bss_consumption_quota;
\! python3 test/regress_log.py options_mapping x-auth-token x-security-token

-- With a token: of the project for HSS, of the account for BSS
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (DROP access_key, DROP secret_key, DROP security_token,
           ADD token 'simTokenProject-everything-0123456789abcdef');
SELECT count(*) FROM hss_quotas WHERE category = 'host_resource';
ALTER USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (SET token 'simTokenDomain-everything-0123456789abcdef');
SELECT count(*) FROM bss_consumption_quota;
\! python3 test/regress_log.py options_mapping x-auth-token x-security-token authorization x-project-id

-- No secret in what the functions show
SELECT count(*) FROM hwbss_fdw_stats() s WHERE s::text ~ 'simToken|0123456789abcdef';

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
