--
-- hwbss_fdw_probe() of every personality that the differential test has, and
-- some that it has not: what is seen otherwise than by default.
--
\set url `echo $HWBSS_SIM_URL`
CREATE EXTENSION hwbss_fdw;
CREATE SERVER probed FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER probed
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
SELECT set_config('probe.url', :'url', false) \g /dev/null

CREATE TEMP TABLE by_default (n int, fact text, seen text, option text);
CREATE FUNCTION pg_temp.ask(settings text)
RETURNS TABLE (n bigint, fact text, seen text, option text)
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER SERVER probed OPTIONS (SET endpoint %L)',
    current_setting('probe.url') || '/case/id=p;' || settings);
  RETURN QUERY SELECT row_number() OVER (), p.fact, p.seen, p.option_to_set
    FROM hwbss_fdw_probe('probed') p;
END $$;
INSERT INTO by_default SELECT * FROM pg_temp.ask('quotas=700');
SELECT fact, seen, option FROM by_default ORDER BY n;

CREATE FUNCTION pg_temp.differs(settings text)
RETURNS TABLE (personality text, fact text, seen text, option text)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT settings, d.fact, a.seen, a.option
    FROM by_default d LEFT JOIN pg_temp.ask('quotas=700;' || settings) a USING (fact)
    WHERE (a.seen, a.option) IS DISTINCT FROM (d.seen, d.option) ORDER BY d.n;
  IF NOT FOUND THEN
    RETURN QUERY SELECT settings, '(as by default)', '', '';
  END IF;
END $$;

SELECT d.* FROM unnest(ARRAY[
  'spelling=long;unknown=reject', 'spelling=long;unknown=ignore',
  'spelling=long;unknown=empty', 'spelling=short;unknown=reject',
  'spelling=short;unknown=ignore', 'spelling=short;unknown=empty',
  'category=ignore;category_default=all',
  'category=ignore;spelling=short;unknown=ignore;totals=all',
  'clamp=50', 'clamp=7;limit_max=clamp', 'totals=null;clamp=33',
  'totals=all', 'totals=absent', 'totals=zero', 'totals=low', 'totals=high',
  'host_name=substring', 'host_name=casefold', 'short_pages=3',
  'short_pages=7;totals=all;spelling=short;unknown=empty',
  'empty_list=absent', 'empty_list=null;totals=all;unknown=empty;spelling=short',
  'category_default=all;eps_default=all', 'category_default=host',
  'new_words=4', 'new_words=3;unknown=ignore;spelling=short',
  'numbers=string', 'numbers=exp;field_order=data_last', 'expire_unit=s',
  'gzip=1;chunked=1;close=1',
  'spelling=short;unknown=ignore;clamp=13;category=ignore;totals=all;host_name=substring',
  'deaf=quota_status;spelling=short;unknown=empty',
  'deaf=used_status;spelling=long;unknown=empty', 'deaf=version;totals=all',
  'deaf=charging_mode', 'deaf=resource_id',
  'deaf=enterprise_project_id;eps_default=all']) p, pg_temp.differs(p) d;

DROP EXTENSION hwbss_fdw CASCADE;
