-- Foreign tables joined with tables of our own, in every way a query may do it.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=joins'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- What billing knows: prices by edition, owners by resource
CREATE TABLE price (version text PRIMARY KEY, monthly numeric(8,2));
INSERT INTO price VALUES ('hss.version.basic', 2), ('hss.version.advanced', 7.5), ('hss.version.enterprise', 15),
  ('hss.version.premium', 35), ('hss.version.wtp', 140), ('hss.version.container', 60), ('hss.version.container.enterprise', 60);
CREATE TABLE local_quotas AS SELECT * FROM hss_quotas;
CREATE TABLE owner AS SELECT resource_id, 'team-' || (row_number() OVER (ORDER BY resource_id)) % 3 AS team
  FROM local_quotas WHERE used_status = 'used';
CREATE TABLE word (category text, used_status text);
INSERT INTO word VALUES ('host_resource', 'idle'), ('container_resource', 'idle'), ('host_resource', 'used'),
  (NULL, 'idle'), ('nothing', 'idle');
ANALYZE price, local_quotas, owner, word;

-- Costs by enterprise project
SELECT q.enterprise_project_name AS project, count(*), sum(p.monthly) AS monthly,
       sum(p.monthly) FILTER (WHERE q.used_status = 'idle') AS wasted
FROM hss_quotas q JOIN price p USING (version)
GROUP BY project ORDER BY project;
-- Quotas nobody owns
SELECT q.used_status, count(*) FROM hss_quotas q LEFT JOIN owner o USING (resource_id)
WHERE o.resource_id IS NULL GROUP BY q.used_status;
SELECT count(*) FROM hss_quotas q FULL JOIN owner o USING (resource_id);
SELECT team, count(*) FROM hss_quotas JOIN owner USING (resource_id)
WHERE quota_status = 'normal' GROUP BY team ORDER BY team;

-- Each plan gives the same answer.
CREATE FUNCTION pg_temp.answer() RETURNS TABLE (rows bigint, hash bigint) LANGUAGE sql AS $$
  SELECT count(*), sum(hashtext(w.category || w.used_status || q.resource_id))
  FROM word w JOIN hss_quotas q ON q.category = w.category AND q.used_status = w.used_status
$$;
SELECT a = (SELECT (count(*), sum(hashtext(w.category || w.used_status || q.resource_id))::bigint)
            FROM word w JOIN local_quotas q ON q.category = w.category AND q.used_status = w.used_status) AS same, rows
FROM pg_temp.answer() a;
SET enable_hashjoin = off;
SELECT rows FROM pg_temp.answer();
SET enable_mergejoin = off;
SELECT rows FROM pg_temp.answer();
SET enable_material = off;
SELECT rows FROM pg_temp.answer();
RESET enable_hashjoin;
RESET enable_mergejoin;
RESET enable_material;

-- Two foreign tables, and one with itself
SELECT count(*), count(DISTINCT q.resource_id) FROM hss_quotas q JOIN hss_quota_tags t USING (resource_id);
SELECT (SELECT count(*) FROM hss_quota_tags)
     = (SELECT sum(jsonb_array_length(tags)) FROM hss_quotas WHERE jsonb_typeof(tags) = 'array') AS same;
SELECT count(*) FROM hss_quotas a JOIN hss_quotas b USING (resource_id);

-- LATERAL
SELECT w.category, w.used_status, l.n
FROM word w LEFT JOIN LATERAL (SELECT count(*) AS n FROM hss_quotas q
  WHERE q.category = w.category AND q.used_status = w.used_status) l ON true
ORDER BY w.category, w.used_status;
SELECT w.category, l.resource_id
FROM word w CROSS JOIN LATERAL (SELECT resource_id FROM hss_quotas q
  WHERE q.category = w.category AND q.used_status = w.used_status ORDER BY resource_id LIMIT 1) l
ORDER BY w.category, l.resource_id;

-- Correlated subqueries
SELECT w.category, w.used_status,
       (SELECT count(*) FROM hss_quotas q WHERE q.category = w.category AND q.used_status = w.used_status) AS n
FROM word w ORDER BY w.category, w.used_status;
SELECT p.version FROM price p
WHERE EXISTS (SELECT FROM hss_quotas q WHERE q.version = p.version AND q.quota_status = 'freeze' AND q.used_status = 'idle')
ORDER BY p.version COLLATE "C";
SELECT p.version FROM price p
WHERE NOT EXISTS (SELECT FROM hss_quotas q WHERE q.version = p.version AND q.quota_status = 'freeze' AND q.used_status = 'idle')
ORDER BY p.version COLLATE "C";
SELECT count(*) FROM local_quotas l
WHERE l.resource_id IN (SELECT resource_id FROM hss_quotas WHERE category = 'host_resource');
SELECT count(*) FROM hss_quotas q WHERE q.version IN (SELECT version FROM price WHERE monthly > 50);

-- A foreign table of one row with each row of another
SELECT count(*), min(consumption_quota - used_consumption_quota) FROM hss_quotas, bss_consumption_quota;
-- UNION, window, CTE, cursor that goes back
SELECT count(*) FROM (SELECT resource_id FROM hss_quotas UNION SELECT resource_id FROM local_quotas) x;
WITH q AS MATERIALIZED (SELECT * FROM hss_quotas)
SELECT count(*) FROM q a JOIN q b USING (host_id);
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT resource_id FROM hss_quotas WHERE category = 'host_resource' ORDER BY resource_id;
FETCH 2 FROM c;
MOVE 50 FROM c;
FETCH BACKWARD 1 FROM c;
MOVE ABSOLUTE 0 FROM c;
FETCH 1 FROM c;
COMMIT;
-- Into a table of our own
INSERT INTO price SELECT DISTINCT version || '.copy', 0 FROM hss_quotas;
UPDATE price SET monthly = 1 FROM hss_quotas q WHERE q.version || '.copy' = price.version;
DELETE FROM price USING hss_quotas q WHERE q.version || '.copy' = price.version;
SELECT count(*) FROM price;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP TABLE price, local_quotas, owner, word;
