--
-- Columns declared with other types than the catalogue's.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY terse
SET timezone = 'Asia/Shanghai';
CREATE EXTENSION hwbss_fdw;
\set encoded `python3 -c "import base64; print(base64.urlsafe_b64encode(b'{\"total_num\":3,\"data_list\":[{\"resource_id\":\"r1\",\"version\":\"hss.version.basic\",\"expire_time\":1735689600123},{\"resource_id\":\"r2\",\"version\":\"hss.version.basic\",\"expire_time\":-1},{\"resource_id\":\"r3\",\"version\":\"hss.version.basic\",\"expire_time\":1735689600}]}').decode())"`
\set case :url /case/id=declared;body= :encoded
CREATE SERVER declared FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'case', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER declared
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE DOMAIN future AS timestamptz CHECK (VALUE > '2024-12-31');
CREATE DOMAIN past AS timestamptz CHECK (VALUE < '2024-12-31');
CREATE FOREIGN TABLE times (
    resource_id text,
    t timestamptz OPTIONS (column_name 'expire_time'),
    t0 timestamptz(0) OPTIONS (column_name 'expire_time'),
    local timestamp OPTIONS (column_name 'expire_time'),
    day date OPTIONS (column_name 'expire_time'),
    checked future OPTIONS (column_name 'expire_time'),
    number bigint OPTIONS (column_name 'expire_time'),
    amount numeric OPTIONS (column_name 'expire_time'),
    words text OPTIONS (column_name 'expire_time'))
    SERVER declared OPTIONS ("table" 'hss_quotas');
SELECT t, t0, local, day FROM times WHERE resource_id LIKE 'r%' ORDER BY resource_id;
SELECT checked, number, amount, words FROM times ORDER BY resource_id;
ALTER FOREIGN TABLE times ALTER checked TYPE past;
SELECT checked FROM times;
-- no time at all, where a domain wants one
CREATE DOMAIN sometime AS timestamptz NOT NULL;
\set case :url /case/id=declared;body= `python3 -c "import base64; print(base64.urlsafe_b64encode(b'{\"total_num\":1,\"data_list\":[{\"resource_id\":\"r1\",\"version\":\"hss.version.basic\",\"expire_time\":0}]}').decode())"`
ALTER SERVER declared OPTIONS (SET endpoint :'case');
SELECT t FROM times;
ALTER FOREIGN TABLE times ALTER t TYPE sometime;
SELECT t FROM times;
-- a text that loses blanks is not what the service compares with
CREATE DOMAIN short AS varchar(3);
CREATE DOMAIN any_length AS varchar;
CREATE FOREIGN TABLE hosts (
    cut varchar(3) OPTIONS (column_name 'host_name'),
    cut_too short OPTIONS (column_name 'host_name'),
    uncut any_length OPTIONS (column_name 'host_name'))
    SERVER declared OPTIONS ("table" 'hss_quotas');
EXPLAIN (COSTS OFF) SELECT * FROM hosts WHERE cut = 'web';
EXPLAIN (COSTS OFF) SELECT * FROM hosts WHERE cut_too = 'web';
EXPLAIN (COSTS OFF) SELECT * FROM hosts WHERE uncut = 'web';
-- a value that the catalogue's type would refuse
\set case :url /case/id=declared;body= `python3 -c "import base64; print(base64.urlsafe_b64encode(b'{\"amount\":\"n/a\",\"measure_id\":\"one\"}').decode())"`
ALTER SERVER declared OPTIONS (SET endpoint :'case');
CREATE FOREIGN TABLE strict (amount numeric, measure_id int) SERVER declared OPTIONS ("table" 'bss_consumption_quota');
CREATE FOREIGN TABLE loose (amount text, measure_id text) SERVER declared OPTIONS ("table" 'bss_consumption_quota');
SELECT amount FROM strict;
SELECT measure_id FROM strict;
SELECT * FROM loose;
DROP EXTENSION hwbss_fdw CASCADE;
DROP DOMAIN future, past, sometime, short, any_length;
