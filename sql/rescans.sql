--
-- Scans that are started over, and requests that several scans share.
--
\set url `echo $HWBSS_SIM_URL`
CREATE EXTENSION hwbss_fdw;
\set case :url /case/id=rescans
CREATE SERVER again FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9', page_size '20');
CREATE USER MAPPING FOR CURRENT_USER SERVER again
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA hss LIMIT TO (hss_quotas) FROM SERVER again INTO public;
SET enable_hashjoin = off;
SET enable_mergejoin = off;
SET enable_material = off;
SET enable_memoize = off;

-- the same rows again, for each row of the other side
SELECT g, count(*) FROM generate_series(1, 3) g, hss_quotas q
WHERE q.expire_time > '2000-01-01' OR g > 0 GROUP BY g ORDER BY g;
\! python3 test/regress_log.py rescans | wc -l
-- a table with itself: each page goes out once
SELECT count(*) FROM hss_quotas a JOIN hss_quotas b ON a.resource_id || '' = b.resource_id || '';
\! python3 test/regress_log.py rescans | wc -l
-- rows that do not fit into memory
SET work_mem = '64kB';
SELECT count(*), count(DISTINCT md5(q::text)) FROM generate_series(1, 20) g, hss_quotas q WHERE q.host_name IS DISTINCT FROM 'x' || g;
RESET work_mem;
\! python3 test/regress_log.py rescans | wc -l
-- stopped in the middle, then read on
SELECT g, EXISTS (SELECT 1 FROM hss_quotas q WHERE length(q.resource_id) + g * 0 = 36 AND q.used_status = CASE WHEN g < 9 THEN 'used' END) AS found
FROM generate_series(1, 3) g ORDER BY g;
SELECT g, (SELECT count(*) FROM (SELECT 1 FROM hss_quotas q OFFSET 0 LIMIT g * 30) x) FROM generate_series(1, 4) g ORDER BY g;
-- other values: other requests; NULL: none
\! python3 test/regress_log.py rescans >/dev/null
SELECT v, (SELECT count(*) FROM hss_quotas q WHERE q.used_status = v AND q.category = 'host_resource')
FROM unnest(ARRAY['idle', 'used', NULL, 'idle']) WITH ORDINALITY AS u(v, n) ORDER BY n;
\! python3 test/regress_log.py rescans
SELECT v, (SELECT count(*) FROM hss_quotas q WHERE q.used_status || '' = v AND q.category = 'host_resource')
FROM unnest(ARRAY['idle', 'used', NULL, 'idle']) WITH ORDINALITY AS u(v, n) ORDER BY n;

-- inheritance, partitions and locks
CREATE TABLE quotas_by_category (LIKE hss_quotas) PARTITION BY LIST (category);
CREATE FOREIGN TABLE host_quotas PARTITION OF quotas_by_category FOR VALUES IN ('host_resource')
    SERVER again OPTIONS ("table" 'hss_quotas');
CREATE FOREIGN TABLE container_quotas PARTITION OF quotas_by_category FOR VALUES IN ('container_resource')
    SERVER again OPTIONS ("table" 'hss_quotas');
SELECT count(*) FROM quotas_by_category WHERE category = 'host_resource';
CREATE TABLE parent (resource_id text, used_status text);
CREATE FOREIGN TABLE child () INHERITS (parent) SERVER again OPTIONS ("table" 'hss_quotas');
INSERT INTO parent VALUES ('local', 'idle');
SELECT count(*), count(*) FILTER (WHERE resource_id = 'local') FROM parent WHERE used_status = 'idle';
BEGIN;
SELECT count(*) FROM (SELECT q.resource_id FROM hss_quotas q JOIN parent p ON p.used_status = q.used_status WHERE p.resource_id = 'local' FOR UPDATE) x;
ROLLBACK;
SELECT * FROM hss_quotas TABLESAMPLE SYSTEM (10);
INSERT INTO hss_quotas (resource_id) VALUES ('x');
DROP TABLE parent, quotas_by_category CASCADE;
DROP EXTENSION hwbss_fdw CASCADE;
