--
-- More servers than a backend has descriptors for: idle sessions make room.
--
\set url `echo $HWBSS_SIM_URL`
CREATE EXTENSION hwbss_fdw;
SELECT format($$
CREATE SERVER s%1$s FOREIGN DATA WRAPPER hwbss_fdw OPTIONS (endpoint %2$L, allow_insecure 'true');
CREATE USER MAPPING FOR CURRENT_USER SERVER s%1$s
    OPTIONS (access_key 'SIMAK0EVERYTHING0000', secret_key 'simSkEverything/+0123456789abcdefghijklmn');
CREATE FOREIGN TABLE t%1$s (measure_id int) SERVER s%1$s OPTIONS ("table" 'bss_consumption_quota')$$, i, :'url') AS command
FROM generate_series(1, 20) i
\set ECHO none
\gexec
\set ECHO all
SELECT format('SELECT measure_id FROM t%s', i) FROM generate_series(1, 20) i \gexec
SELECT count(*) BETWEEN 2 AND 19 AS some_were_closed FROM hwbss_fdw_stats();
SET client_min_messages = warning;
DROP EXTENSION hwbss_fdw CASCADE;
