--
-- Lists that change while they are read, and services that page strangely.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY verbose
\set SHOW_CONTEXT never
CREATE EXTENSION hwbss_fdw;
CREATE SERVER drifting FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9', page_size '20', prefetch '1');
CREATE USER MAPPING FOR CURRENT_USER SERVER drifting
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas, hss_quota_summary, hss_quota_statistics) FROM SERVER drifting INTO public;
CREATE FUNCTION outcome(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE n bigint; state text; message text; detail text; hint text;
BEGIN
    EXECUTE query INTO n;
    RETURN n;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN concat_ws(E'\n', state, message, detail, hint);
END $$;
\set VERBOSITY default
\pset format unaligned
\pset tuples_only on

-- the total changes
\set case :url /case/id=drift;drift=total;drift_from=20
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT regexp_replace(outcome('SELECT count(*) FROM hss_quotas'), 'Request ID: \w+', 'Request ID: ...');
ALTER SERVER drifting OPTIONS (ADD on_drift 'warning');
SELECT outcome('SELECT count(*) FROM hss_quotas');
ALTER SERVER drifting OPTIONS (SET on_drift 'ignore');
SELECT outcome('SELECT count(*) FROM hss_quotas');

-- a row comes twice: an error, or handed out once
\set case :url /case/id=drift;drift=duplicate;drift_from=20
ALTER SERVER drifting OPTIONS (SET endpoint :'case', SET on_drift 'error');
SELECT regexp_replace(outcome('SELECT count(*) FROM hss_quotas'), '"[-0-9a-f]{36}"', '"..."');
ALTER SERVER drifting OPTIONS (SET on_drift 'ignore');
SELECT outcome('SELECT count(*) - count(DISTINCT resource_id) FROM hss_quotas');

-- the offset is ignored: an error, whatever on_drift says
\set case :url /case/id=drift;page=repeat
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');

-- fewer rows than asked for, or pages cut, or no totals: all rows all the same
ALTER SERVER drifting OPTIONS (SET on_drift 'error');
\set case :url /case/id=drift;clamp=7
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');
\set case :url /case/id=drift;short_pages=3
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');
\set case :url /case/id=drift;totals=absent;clamp=7
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');
\set case :url /case/id=drift;totals=low
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');
\set case :url /case/id=drift;totals=high
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');

-- the category is ignored: nothing twice
\set case :url /case/id=drift;category=ignore
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT count(*) FROM hss_quotas');
SELECT outcome('SELECT count(DISTINCT resource_id) FROM hss_quotas');
SELECT outcome($$SELECT count(*) FROM hss_quotas WHERE category = 'container_resource'$$);

-- counters of both categories, of which the second answer counts a quota more:
-- parts of a whole, or the whole twice with a change in between
\set case :url /case/id=drift;quotas=103;drift=grow
ALTER SERVER drifting OPTIONS (SET endpoint :'case', SET on_drift 'error');
SELECT outcome('SELECT total_num FROM hss_quota_summary');
SELECT outcome('SELECT sum(total_num) FROM hss_quota_statistics');
\set case :url /case/id=drift;quotas=103;drift=grow;totals=all
ALTER SERVER drifting OPTIONS (SET endpoint :'case');
SELECT outcome('SELECT total_num FROM hss_quota_summary');
SELECT outcome('SELECT sum(total_num) FROM hss_quota_statistics');
ALTER SERVER drifting OPTIONS (SET on_drift 'warning');
SELECT outcome('SELECT total_num FROM hss_quota_summary');
SELECT outcome('SELECT sum(total_num) FROM hss_quota_statistics');
ALTER SERVER drifting OPTIONS (SET on_drift 'ignore');
SELECT outcome('SELECT total_num FROM hss_quota_summary');
SELECT outcome('SELECT sum(total_num) FROM hss_quota_statistics');
DROP FUNCTION outcome;
DROP EXTENSION hwbss_fdw CASCADE;
