--
-- The first page shows which spelling the service understands; the session
-- remembers it.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY terse
CREATE EXTENSION hwbss_fdw;
CREATE SERVER spelt FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER spelt
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER spelt INTO public;

-- refused: asked again in the other spelling, and remembered
\set case :url /case/id=spelling;spelling=short;unknown=reject
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE quota_status = 'expired';
SELECT count(*) FROM hss_quotas WHERE quota_status || '' = 'expired';
SELECT count(*) FROM hss_quotas WHERE quota_status = 'freeze' AND category = 'host_resource';
\! python3 test/regress_log.py spelling
-- From 18 on EXPLAIN shows rows with decimals.
CREATE FUNCTION pg_temp.explain(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  line text;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) ' || query LOOP
    RETURN NEXT regexp_replace(line, 'rows=(\d+)\.00', 'rows=\1');
  END LOOP;
END $$;
SELECT pg_temp.explain('SELECT * FROM hss_quotas WHERE used_status = ''idle'' AND category = ''host_resource''');

-- ignored: rows show it
\set case :url /case/id=spelling;spelling=short;unknown=ignore
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status || '' = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- answered with nothing: so does the other spelling
\set case :url /case/id=spelling;spelling=short;unknown=empty
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status = 'used' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- understood at once: one request
\set case :url /case/id=spelling;spelling=long;unknown=empty
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- remembered, also over a query that has no status
SELECT count(*) FROM hss_quotas WHERE charging_mode = 'on_demand' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND resource_id = 'none' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- remembered of the state it was seen with, and not of the other one: this
-- service has no filter of one, and finds nothing by unknown words of the other
\set case :url /case/id=spelling;deaf=quota_status;spelling=short;unknown=empty
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE resource_id = (SELECT max(resource_id) FROM hss_quotas WHERE quota_status || '' = 'normal' AND category = 'host_resource') AND quota_status = 'normal' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status = 'used' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status || '' = 'used' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND quota_status = 'freeze' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE used_status || '' = 'idle' AND quota_status || '' = 'freeze' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- set by hand: no second try; a refusal is an error
\set case :url /case/id=spelling;spelling=short;unknown=reject
ALTER SERVER spelt OPTIONS (SET endpoint :'case', ADD status_spelling 'long');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
ALTER SERVER spelt OPTIONS (SET status_spelling 'short');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py spelling
ALTER SERVER spelt OPTIONS (DROP status_spelling);

-- another filter is refused: asked again without, and filtered here
\set case :url /case/id=spelling;fail=HSS.0001x2
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE charging_mode = 'on_demand' AND used_status = 'idle' AND category = 'host_resource';
SELECT count(*) FROM hss_quotas WHERE charging_mode || '' = 'on_demand' AND used_status || '' = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py spelling

-- in a question of four lists: found out once, and no list is read twice
\set case :url /case/id=spelling;fail=HSS.0001;fail_on=%26quota_status
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE quota_status IN ('normal', 'expired');
\! python3 test/regress_log.py spelling
SELECT count(*) FROM hss_quotas WHERE quota_status || '' IN ('normal', 'expired');
\! python3 test/regress_log.py spelling >/dev/null
SELECT hwbss_fdw_forget();
CREATE FUNCTION pg_temp.explained(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) ' || query LOOP
        IF line ~ 'Sent|Requests|Pages|Lists' THEN
            RETURN NEXT trim(line);
        END IF;
    END LOOP;
END $$;
SELECT pg_temp.explained($$SELECT * FROM hss_quotas WHERE quota_status IN ('normal', 'expired')$$);
\! python3 test/regress_log.py spelling | wc -l

-- refused in every way: the error of the first refusal
\set case :url /case/id=spelling;fail=HSS.0001
ALTER SERVER spelt OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
\! python3 test/regress_log.py spelling
DROP EXTENSION hwbss_fdw CASCADE;
