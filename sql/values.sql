-- From the replies' values to SQL values: exact digits, times, tags, NULLs.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=values'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
-- SQLSTATE and all parts of an error; a request ID differs each time.
CREATE FUNCTION pg_temp.attempt(query text) RETURNS SETOF text
LANGUAGE plpgsql AS $$
DECLARE
  message text; detail text; hint text; context text;
BEGIN
  EXECUTE query;
  RETURN NEXT 'no error';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
    hint = PG_EXCEPTION_HINT, context = PG_EXCEPTION_CONTEXT;
  RETURN NEXT SQLSTATE || ': ' || message;
  IF detail <> '' THEN
    RETURN NEXT 'DETAIL: ' || regexp_replace(detail, 'Request ID: [-0-9a-f]+', 'Request ID: (id)');
  END IF;
  IF hint <> '' THEN
    RETURN NEXT 'HINT: ' || hint;
  END IF;
  IF context LIKE '%of foreign table%' THEN
    RETURN NEXT 'CONTEXT: ' || split_part(context, E'\nSQL statement', 1);
  END IF;
END $$;
-- The same numbers, however they are spelt
CREATE FUNCTION pg_temp.sums() RETURNS TABLE (quotas bigint, never bigint, expires timestamptz, packages bigint,
  balance numeric, cycles bigint, consumption numeric, used numeric, measure_id int, granted numeric)
LANGUAGE sql AS $$
  SELECT q.*, p.*, c.*, e.granting_amount
  FROM (SELECT count(*), count(*) FILTER (WHERE expire_time = 'infinity'),
               max(expire_time) FILTER (WHERE isfinite(expire_time)) FROM hss_quotas) q,
       (SELECT count(*), sum(balance), sum(quota_reuse_cycle) FROM bss_package_usages) p,
       (SELECT consumption_quota, used_consumption_quota, measure_id FROM bss_consumption_quota) c,
       bss_expenditure_quota e
$$;
\x on
SELECT * FROM pg_temp.sums();
CREATE TABLE documented AS SELECT * FROM pg_temp.sums();
\x off
\set endpoint :url '/case/id=values_string;numbers=string'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT s = d AS same FROM pg_temp.sums() s, documented d;
\set endpoint :url '/case/id=values_number;numbers=number'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT s = d AS same FROM pg_temp.sums() s, documented d;
\set endpoint :url '/case/id=values_float;numbers=float'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT s = d AS same FROM pg_temp.sums() s, documented d;
\set endpoint :url '/case/id=values_exp;numbers=exp'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT s = d AS same FROM pg_temp.sums() s, documented d;
DROP TABLE documented;

-- expire_time and create_time in seconds, which loses only the fraction
\set endpoint :url '/case/id=values'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
CREATE TABLE ms AS SELECT resource_id, expire_time, create_time FROM hss_quotas;
\set endpoint :url '/case/id=values_s;expire_unit=s'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT count(*), bool_and(s.expire_time = CASE WHEN isfinite(ms.expire_time) THEN date_trunc('second', ms.expire_time) ELSE ms.expire_time END) AS expires,
       bool_and(s.create_time = ms.create_time) AS created
FROM hss_quotas s JOIN ms USING (resource_id);
DROP TABLE ms;

-- A reply of our own: 30 digits, exponents, signs, trailing zeros
\set body `printf '%s' '{"consumption_quota": 123456789012345678901234567890.123456789, "amount": "-0.10", "coupon_amount": "1E3", "due_amount": 1.50e-2, "unbilled_amount": null, "used_consumption_quota": "", "measure_id": "1", "added_later": {"a": [1]}}' | base64 -w0 | tr '+/' '-_'`
\set endpoint :url '/case/id=values;body=' :body
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
\x on
SELECT *, currency IS NULL AS no_currency FROM bss_consumption_quota;
\x off

-- Times: UTC whatever the time zone; fraction, offset, none, empty
\set body `printf '%s' '{"package_usage_infos": [{"order_instance_id": "1", "start_time": "2024-02-29T12:00:00Z", "end_time": "2024-02-29T20:00:00.123+08:00"}, {"order_instance_id": "2", "start_time": "2024-02-29T12:00:00", "end_time": "2024-02-29"}, {"order_instance_id": "3", "start_time": "", "end_time": null}, {"order_instance_id": ""}, {}]}' | base64 -w0 | tr '+/' '-_'`
\set endpoint :url '/case/id=values;body=' :body
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT order_instance_id, start_time, end_time, total IS NULL AS null FROM bss_package_usages ORDER BY 1;
SET timezone = 'Asia/Shanghai';
SELECT order_instance_id, start_time, end_time FROM bss_package_usages ORDER BY 1 LIMIT 3;
SET timezone = 'UTC';

-- Quotas: epochs in seconds and milliseconds, 0 as none; tags; empty texts
\set body `printf '%s' '{"total_num": 4, "data_list": [{"resource_id": "a", "expire_time": -1, "create_time": 0, "tags": [{"key": "部门", "value": "云 \"1\""}, {"value": "J\u00f6rg", "key": "owner", "more": 1.50}]}, {"resource_id": "b", "expire_time": 1735689600, "create_time": 1735689600123, "tags": []}, {"resource_id": "c", "expire_time": "1735689600000", "tags": null}, {"resource_id": "d", "host_name": "", "tags": [{"key": "k"}]}]}' | base64 -w0 | tr '+/' '-_'`
\set endpoint :url '/case/id=values;body=' :body
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
SELECT resource_id, expire_time, create_time, tags, host_name IS NULL AS no_host FROM hss_quotas ORDER BY resource_id;
SELECT resource_id, key, value, value IS NULL AS no_value FROM hss_quota_tags ORDER BY resource_id, key COLLATE "C";

-- Columns declared with other types get the service's own text.
CREATE FOREIGN TABLE mine (resource_id varchar(10), expire_time bigint, tags text, create_time text)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT * FROM mine ORDER BY resource_id;
CREATE FOREIGN TABLE mine2 (resource_id "char", expire_time numeric, tags json, create_time date)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT * FROM mine2 ORDER BY resource_id;
\set endpoint :url '/case/id=values;sample=1'
ALTER SERVER sim OPTIONS (SET endpoint :'endpoint');
CREATE FOREIGN TABLE amounts (consumption_quota text, amount float8, coupon_amount numeric(10,1), measure_id boolean)
  SERVER sim OPTIONS ("table" 'bss_consumption_quota');
SELECT * FROM amounts;
CREATE FOREIGN TABLE granted (granting_amount text, percentage_granting_amount_used money)
  SERVER sim OPTIONS ("table" 'bss_expenditure_quota');
SELECT granting_amount FROM granted;
CREATE FOREIGN TABLE periods (start_time timestamp, end_time date, quota_reuse_mode smallint, total bigint)
  SERVER sim OPTIONS ("table" 'bss_package_usages');
SELECT * FROM periods;

-- A value that the type does not take: table, column and place
CREATE FOREIGN TABLE wrong (resource_id text, version integer, host_name varchar(3), expire_time interval)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT pg_temp.attempt('SELECT version FROM wrong');
SELECT pg_temp.attempt('SELECT host_name FROM wrong');
-- Columns that a query does not look at are not converted.
SELECT resource_id FROM wrong;
-- A domain's constraint holds.
CREATE DOMAIN regress_positive AS bigint CHECK (VALUE > 0);
CREATE DOMAIN regress_present AS text NOT NULL;
CREATE FOREIGN TABLE domains (expire_time regress_positive, enterprise_project_id regress_present)
  SERVER sim OPTIONS ("table" 'hss_quotas');
SELECT pg_temp.attempt('SELECT expire_time FROM domains');
SELECT pg_temp.attempt('SELECT enterprise_project_id FROM domains');

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
DROP DOMAIN regress_positive, regress_present;
