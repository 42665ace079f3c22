-- The example reply of each of the four documents comes back field by field.
SET timezone = 'UTC';
SET datestyle = 'ISO';
\set url `echo "$HWBSS_SIM_URL"`
\set endpoint :url '/case/id=documents_examples;sample=1'
CREATE EXTENSION hwbss_fdw;
CREATE SERVER sim FOREIGN DATA WRAPPER hwbss_fdw
  OPTIONS (endpoint :'endpoint', allow_insecure 'true', region 'ap-southeast-1',
           project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER sim
  OPTIONS (access_key 'SIMAK0EVERYTHING0000',
           secret_key 'simSkEverything/+0123456789abcdefghijklmn');
IMPORT FOREIGN SCHEMA huaweicloud FROM SERVER sim INTO public;
\x on
-- Querying Consumption Quota, 2024-08-02
SELECT * FROM bss_consumption_quota;
SELECT due_amount + unbilled_amount - amount - coupon_amount = used_consumption_quota AS adds_up
FROM bss_consumption_quota;
-- Querying Expenditure Quota, 2025-08-28: digits as sent, 200.0 and not 200
SELECT * FROM bss_expenditure_quota;
-- Querying the Package Usage, 2023-12-13
SELECT * FROM bss_package_usages;
-- Querying Quota Details, 2024-11-19: both categories answer the same example,
-- which is one quota, one tag, one edition and one set of counters
SELECT * FROM hss_quotas;
SELECT * FROM hss_quota_tags;
-- What was sent so far; the example's total of 60 makes for a second page.
\! python3 test/regress_log.py documents_examples | sort -u
SELECT * FROM hss_quota_statistics;
SELECT * FROM hss_quota_summary;
\x off
-- As JSON, to show what is NULL and what is text
SELECT jsonb_pretty(to_jsonb(q)) FROM hss_quotas q;

SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
