--
-- Cursors: what is fetched in pieces is what is read at once, whatever the
-- session does in between.
--
\set url `echo $HWBSS_SIM_URL`
\set case :url /case/id=cursors
CREATE EXTENSION hwbss_fdw;
CREATE SERVER piecewise FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9', page_size '10');
CREATE USER MAPPING FOR CURRENT_USER SERVER piecewise
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER piecewise INTO public;
\pset format unaligned
\pset tuples_only on
CREATE FUNCTION take(c refcursor, n int) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE id text;
BEGIN
    FOR i IN 1 .. n LOOP
        FETCH c INTO id;
        EXIT WHEN NOT FOUND;
        RETURN NEXT id;
    END LOOP;
END $$;
CREATE TABLE whole AS SELECT row_number() OVER () AS n, resource_id AS id FROM hss_quotas;
SELECT count(*), count(DISTINCT id) FROM whole;
CREATE TABLE got (n serial, id text);
-- rows in the same places?
CREATE FUNCTION verdict() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s rows, %s as in the whole', count(g.n), count(*) FILTER (WHERE w.id = g.id))
    FROM got g FULL JOIN whole w USING (n) $$;
CREATE FUNCTION afresh() RETURNS void LANGUAGE sql AS 'TRUNCATE got RESTART IDENTITY';

-- in steps that are no pages, with other work in between
BEGIN;
DECLARE c CURSOR FOR SELECT resource_id FROM hss_quotas;
INSERT INTO got (id) SELECT take('c', 7);
SELECT count(*) FROM hss_quotas WHERE used_status = 'idle' AND category = 'host_resource';
INSERT INTO got (id) SELECT take('c', 7);
SAVEPOINT s;
SELECT 1 / (count(*) - 100) FROM hss_quotas;
ROLLBACK TO s;
INSERT INTO got (id) SELECT take('c', 50);
SELECT hwbss_fdw_forget();
ALTER SERVER piecewise OPTIONS (ADD prefetch '1');
INSERT INTO got (id) SELECT take('c', 1000);
SELECT verdict();
COMMIT;

-- a subtransaction that is rolled back moves the cursor all the same
SELECT afresh();
BEGIN;
DECLARE c CURSOR FOR SELECT resource_id FROM hss_quotas;
INSERT INTO got (id) SELECT take('c', 15);
SAVEPOINT s;
SELECT count(*) FROM take('c', 15);
ROLLBACK TO s;
INSERT INTO got (id) SELECT w.id FROM whole w WHERE n BETWEEN 16 AND 30 ORDER BY n;
INSERT INTO got (id) SELECT take('c', 1000);
-- (numbers of a serial are not rolled back; these are in order)
SELECT verdict();
COMMIT;

-- two at a time, of which one has its own condition
SELECT afresh();
BEGIN;
DECLARE a CURSOR FOR SELECT resource_id FROM hss_quotas;
DECLARE b CURSOR FOR SELECT resource_id FROM hss_quotas WHERE category = 'container_resource';
INSERT INTO got (id) SELECT take('a', 33);
SELECT count(*) FROM take('b', 15);
INSERT INTO got (id) SELECT take('a', 33);
SELECT count(*) FROM take('b', 1000);
CLOSE b;
INSERT INTO got (id) SELECT take('a', 1000);
SELECT verdict();
COMMIT;

-- forward and backward
CREATE FUNCTION place(direction text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE found_id text;
BEGIN
    EXECUTE format('FETCH %s FROM s', direction) INTO found_id;
    RETURN coalesce((SELECT n::text FROM whole w WHERE w.id = found_id), 'nowhere');
END $$;
BEGIN;
DECLARE s SCROLL CURSOR FOR SELECT resource_id FROM hss_quotas;
SELECT d, place(d) FROM unnest(ARRAY['NEXT', 'FORWARD 5', 'PRIOR', 'FIRST', 'PRIOR', 'NEXT', 'ABSOLUTE 50', 'RELATIVE 0',
    'RELATIVE -20', 'ABSOLUTE -1', 'NEXT', 'PRIOR', 'LAST', 'ABSOLUTE 101', 'ABSOLUTE 1']) d;
COMMIT;

-- held over the end of its transaction
SELECT afresh();
BEGIN;
DECLARE h CURSOR WITH HOLD FOR SELECT resource_id FROM hss_quotas;
INSERT INTO got (id) SELECT take('h', 12);
COMMIT;
INSERT INTO got (id) SELECT take('h', 1000);
SELECT verdict();
CLOSE h;
SELECT afresh();
BEGIN;
DECLARE s SCROLL CURSOR WITH HOLD FOR SELECT resource_id FROM hss_quotas;
SELECT place('ABSOLUTE 70');
COMMIT;
SELECT d, place(d) FROM unnest(ARRAY['NEXT', 'ABSOLUTE 3', 'LAST']) d;
CLOSE s;

-- with parameters, out of a function
CREATE FUNCTION of_status(what text) RETURNS refcursor LANGUAGE plpgsql AS $$
DECLARE c refcursor := 'chosen';
BEGIN
    OPEN c FOR SELECT resource_id FROM hss_quotas WHERE used_status = what AND category = 'host_resource';
    RETURN c;
END $$;
BEGIN;
SELECT of_status('idle');
SELECT count(*) FROM take('chosen', 5);
SELECT count(*) FROM take('chosen', 1000);
COMMIT;

-- no row of a foreign table is current
BEGIN;
DECLARE c CURSOR FOR SELECT resource_id FROM hss_quotas;
FETCH 1 FROM c \gset
DELETE FROM hss_quotas WHERE CURRENT OF c;
ROLLBACK;
SET client_min_messages = warning;
DROP TABLE whole, got;
DROP FUNCTION take, verdict, afresh, place, of_status;
DROP EXTENSION hwbss_fdw CASCADE;
