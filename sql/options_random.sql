-- Options with texts of chance: each is accepted and can be used, or refused
-- with an error that is meant for it, which tells no secret.
SET timezone = 'UTC';
SET client_min_messages = warning;
CREATE EXTENSION hwbss_fdw;
SELECT setseed(0.5);
CREATE FUNCTION pg_temp.some_text() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT string_agg(CASE WHEN random() < 0.7
    THEN (ARRAY['https://', 'http://', 'example.com', '127.0.0.1', '[::1]',
      ':443', '/', '?', '#', '@', '%', '..', '1', '0', '64', '9999999999', '-',
      '.', 'e', 'ms', 's', 'min', 'h', 'd', 'us', 'kB', 'MB', 'GB', 'B', ' ',
      'on', 'true', 'off', 'yes', 'auto', 'long', 'error', 'intl', 'en_US',
      'hss_quotas', 'ap-southeast-1', 'a', E'\u00e9', E'\n', E'\t', '"', '''',
      '0x10', '\'])[1 + floor(random() * 49)]
    ELSE chr(1 + floor(random() * 255)::int) END, '')
  FROM generate_series(1, 1 + floor(random() * random() * 6)::int)
$$;
-- What PostgreSQL makes of the value as a setting of the same kind, or NULL.
CREATE FUNCTION pg_temp.as_setting(setting text, value text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config(setting, value, true);
  RETURN current_setting(setting);
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END $$;
-- What is wrong with how an option takes a value, or NULL.
CREATE FUNCTION pg_temp.judge(name text, place text, value text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text; state text := '00000';
  setting text; expected bool;
BEGIN
  BEGIN
    PERFORM hwbss_fdw_validator(ARRAY[name || '=' || value],
      CASE place WHEN 'server' THEN 'pg_foreign_server'
        WHEN 'table' THEN 'pg_foreign_table'
        WHEN 'column' THEN 'pg_attribute'
        ELSE 'pg_user_mapping' END::regclass);
  EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS message = MESSAGE_TEXT,
      detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    state := SQLSTATE;
  END;
  -- Invalid value, and no such table.
  IF state NOT IN ('00000', '22023', 'HV00R') THEN
    RETURN state || ': ' || message;
  ELSIF message ~ '[\x01-\x1f\x7f]' THEN
    RETURN 'a message with control characters';
  ELSIF name IN ('access_key', 'secret_key', 'security_token', 'token', 'password')
    AND length(value) > 5
    AND strpos(concat(message, detail, hint), value) > 0 THEN
    RETURN 'a secret is told: ' || message;
  END IF;

  -- Switches and times are read as PostgreSQL reads its own.
  IF name = 'allow_insecure' THEN
    expected := pg_temp.as_setting('enable_seqscan', value) IS NOT NULL;
  ELSIF name = 'connect_timeout' THEN
    setting := pg_temp.as_setting('statement_timeout',
      CASE WHEN value ~ '^[0-9]+$' THEN value || 's' ELSE value END);
    expected := coalesce(setting::interval BETWEEN '1ms' AND '1h', false);
  END IF;
  IF value ~ '[\x01-\x1f\x7f]' THEN
    expected := false;
  END IF;
  IF expected <> (state = '00000') THEN
    RETURN CASE WHEN expected THEN message ELSE 'it was accepted' END;
  END IF;
  IF state <> '00000' OR place NOT IN ('server', 'table') OR name = 'table' THEN
    RETURN NULL;
  END IF;

  -- What was accepted can be planned with.  Nothing of it stays.
  BEGIN
    EXECUTE format('CREATE SERVER x FOREIGN DATA WRAPPER hwbss_fdw %s',
      CASE place WHEN 'server' THEN format('OPTIONS (%I %L)', name, value) END);
    EXECUTE format('CREATE FOREIGN TABLE bss_package_usages (region_code text) SERVER x %s',
      CASE place WHEN 'table' THEN format('OPTIONS (%I %L)', name, value) END);
    EXECUTE 'EXPLAIN SELECT FROM bss_package_usages';
    RAISE SQLSTATE 'ZZZZZ';
  EXCEPTION WHEN SQLSTATE 'ZZZZZ' THEN
    RETURN NULL;
  END;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE || ': ' || SQLERRM;
END $$;

SELECT count(*) >= 3000 AS "were enough",
  count(problem) AS problems
FROM (SELECT pg_temp.judge(option_name, place, pg_temp.some_text()) AS problem
  FROM (SELECT option_name, unnest(string_to_array(set_on, ', ')) AS place
    FROM hwbss_fdw_options()) AS o,
    generate_series(1, 100)) AS tries;

DROP EXTENSION hwbss_fdw;
