--
-- A hanging service is cancelled at once, in every phase of a reply, and the
-- same session reads on.
--
\set url `echo $HWBSS_SIM_URL`
CREATE EXTENSION hwbss_fdw;
\set case :url /case/id=cancel
CREATE SERVER hanging FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER hanging
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER hanging INTO public;
CREATE FUNCTION descriptors() RETURNS bigint LANGUAGE sql AS
    $$ SELECT count(*) FROM pg_ls_dir('/proc/self/fd') $$;
-- how long it takes beyond the statement_timeout of 300 ms, and what is left
CREATE PROCEDURE attempt(phase text) LANGUAGE plpgsql AS $$
DECLARE
    started timestamptz := clock_timestamp();
    before bigint;
BEGIN
    PERFORM hwbss_fdw_forget();
    before := descriptors();
    BEGIN
        PERFORM count(*) FROM hss_quotas;
        RAISE NOTICE '%: not cancelled', phase;
    EXCEPTION WHEN query_canceled THEN
        RAISE NOTICE '%: cancelled %', phase,
            CASE WHEN clock_timestamp() - started < interval '1 s' THEN 'in time' ELSE 'late' END;
    END;
    PERFORM hwbss_fdw_forget();
    RAISE NOTICE '%: descriptors left: %', phase, greatest(descriptors() - before, 0);
END $$;
SELECT count(*) FROM hss_quotas;
SET statement_timeout = '300ms';
\set case :url /case/id=cancel;hang=before_headers
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
CALL attempt('before headers');
\set case :url /case/id=cancel;hang=in_headers
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
CALL attempt('in headers');
\set case :url /case/id=cancel;hang=in_body
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
CALL attempt('in the body');
\set case :url /case/id=cancel;hang=drip
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
CALL attempt('byte by byte');
\set case :url /case/id=cancel;fail=503x100
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
CALL attempt('between attempts');
RESET statement_timeout;
\set case :url /case/id=cancel
ALTER SERVER hanging OPTIONS (SET endpoint :'case');
SELECT count(*) FROM hss_quotas;
DROP PROCEDURE attempt;
DROP FUNCTION descriptors;
DROP EXTENSION hwbss_fdw CASCADE;
