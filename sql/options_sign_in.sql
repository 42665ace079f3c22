-- The ways to sign in exclude each other, and each is whole or refused.
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=options_sign_in'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
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
    RETURN NEXT 'DETAIL: ' || detail;
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

-- A password
SELECT pg_temp.mapping($$user_name 'u', password 'p', domain_name 'd'$$);
SELECT pg_temp.mapping($$user_id 'u', password 'p'$$);
SELECT pg_temp.mapping($$user_id 'u', password 'p', domain_name 'd'$$);
SELECT pg_temp.mapping($$password 'SecretSauce'$$);
SELECT pg_temp.mapping($$domain_name 'd'$$);
SELECT pg_temp.mapping($$user_name 'u', domain_name 'd'$$);
SELECT pg_temp.mapping($$user_id 'u'$$);
SELECT pg_temp.mapping($$user_name 'u', password 'SecretSauce'$$);
SELECT pg_temp.mapping($$user_name 'u', user_id 'i', password 'SecretSauce', domain_name 'd'$$);
SELECT pg_temp.mapping($$user_id 'not an id', password 'SecretSauce'$$);
SELECT pg_temp.mapping($$user_id 'u', password ' SecretSauce'$$);
SELECT pg_temp.mapping(E'user_id \'u\', password E\'Secret\\nSauce\'');
SELECT pg_temp.mapping(format('user_id %L, password %L', 'u', repeat('SecretSauce', 100)));
SELECT pg_temp.mapping($$pasword 'SecretSauce'$$);

-- Two ways at once
SELECT pg_temp.mapping($$access_key 'a', secret_key 'SecretSauce', user_id 'u', password 'SecretSauce'$$);
SELECT pg_temp.mapping($$token 'SecretSauce', user_id 'u', password 'SecretSauce'$$);
SELECT pg_temp.mapping($$user_id 'u', password 'SecretSauce', security_token 'SecretSauce'$$);
SELECT pg_temp.mapping($$credential_source 'environment', token 'SecretSauce'$$);
SELECT pg_temp.mapping($$credential_source 'chain', access_key 'a', secret_key 'SecretSauce'$$);
SELECT pg_temp.mapping($$credential_source 'profile', user_id 'u', password 'SecretSauce'$$);

-- A source
SELECT pg_temp.mapping($$credential_source 'environment'$$);
SELECT pg_temp.mapping($$credential_source 'profile'$$);
SELECT pg_temp.mapping($$credential_source 'profile', profile_path '/etc/cloud'$$);
SELECT pg_temp.mapping($$credential_source 'chain', profile_path '/etc/cloud'$$);
SELECT pg_temp.mapping($$credential_source 'metadata'$$);
SELECT pg_temp.mapping($$credential_source 'somewhere'$$);
SELECT pg_temp.mapping($$credential_source 'profile', profile_path 'relative/path'$$);
SELECT pg_temp.mapping($$credential_source 'metadata', profile_path '/etc/cloud'$$);
SELECT pg_temp.mapping($$profile_path '/etc/cloud'$$);

-- Sources lend what is the server's: superusers may.
CREATE ROLE regress_hwbss_user;
GRANT USAGE ON FOREIGN SERVER sim TO regress_hwbss_user;
SET ROLE regress_hwbss_user;
SELECT pg_temp.mapping($$credential_source 'environment'$$);
SELECT pg_temp.mapping($$credential_source 'chain', profile_path '/etc/shadow'$$);
SELECT pg_temp.mapping($$user_id 'u', password 'p'$$);
RESET ROLE;
CREATE USER MAPPING FOR regress_hwbss_user SERVER sim
  OPTIONS (credential_source 'environment');
SET ROLE regress_hwbss_user;
SELECT pg_temp.attempt($$ALTER USER MAPPING FOR regress_hwbss_user SERVER sim OPTIONS (SET credential_source 'profile')$$);
SELECT pg_temp.attempt($$SET hwbss_fdw.metadata_endpoint = 'http://127.0.0.1:1'$$);
SELECT pg_temp.attempt($$ALTER USER MAPPING FOR regress_hwbss_user SERVER sim OPTIONS (DROP credential_source)$$);
RESET ROLE;
SELECT pg_temp.attempt($$SET hwbss_fdw.metadata_endpoint = 'ftp://127.0.0.1'$$);

-- Secrets anywhere else
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD password 'SecretSauce')$$);
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD user_name 'u')$$);
SELECT pg_temp.attempt($$ALTER SERVER sim OPTIONS (ADD credential_source 'chain')$$);

-- Whose server may not reach IAM gets no token, and needs none for keys.
CREATE SERVER theirs FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (region 'ap-southeast-1', project_id 'p');
CREATE FOREIGN TABLE quotas (resource_id text) SERVER theirs
  OPTIONS (table 'hss_quotas');
CREATE USER MAPPING FOR CURRENT_USER SERVER theirs
  OPTIONS (user_id 'u', password 'SecretSauce');
ALTER SERVER theirs OWNER TO regress_hwbss_user;
SET hwbss_fdw.allowed_hosts = 'hss.*.myhuaweicloud.com';
SELECT pg_temp.attempt('SELECT * FROM quotas');
RESET hwbss_fdw.allowed_hosts;

DROP USER MAPPING FOR regress_hwbss_user SERVER sim;
DROP EXTENSION hwbss_fdw CASCADE;
DROP ROLE regress_hwbss_user;
