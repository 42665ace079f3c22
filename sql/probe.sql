--
-- hwbss_fdw_probe(): what it says of each personality of the simulator.
--
\set url `echo $HWBSS_SIM_URL`
\set VERBOSITY terse
CREATE EXTENSION hwbss_fdw;
CREATE SERVER probed FOREIGN DATA WRAPPER hwbss_fdw
    OPTIONS (endpoint :'url', allow_insecure 'true', region 'ap-southeast-1',
             project_id '0a1b2c3d4e5f60718293a4b5c6d7e8f9');
CREATE USER MAPPING FOR CURRENT_USER SERVER probed
    OPTIONS (access_key 'SIMAK0EVERYTHING0000',
             secret_key 'simSkEverything/+0123456789abcdefghijklmn');

-- as the simulator answers by default
\set case :url /case/id=probe
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT * FROM hwbss_fdw_probe('probed');
\! python3 test/regress_log.py probe

-- one reading after the other: what was seen, and what to set
\set case :url /case/id=probe;spelling=long;unknown=reject
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;spelling=long;unknown=ignore
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;spelling=long;unknown=empty
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;spelling=short;unknown=reject
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;spelling=short;unknown=ignore
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;spelling=short;unknown=empty
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\set case :url /case/id=probe;category=ignore
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'category';
\set case :url /case/id=probe;category_default=all;eps_default=all
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'request without';
\set case :url /case/id=probe;totals=all
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'total|limit';
\set case :url /case/id=probe;totals=absent
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'total|limit';
\set case :url /case/id=probe;clamp=50
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'total|limit';
\set case :url /case/id=probe;quotas=1000
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'total|limit';
\set case :url /case/id=probe;expire_unit=s
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') WHERE fact ~ 'expire';
\set case :url /case/id=probe;quotas=0
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed');

-- a row whose state no document names is no sample: it cannot be asked for
\set body `echo '{"data_list": [{"quota_status": "suspended", "version": "hss.version.wtp", "charging_mode": "on_demand"}, {"quota_status": "normal", "version": "hss.version.wtp", "charging_mode": "on_demand"}, {"quota_status": "normal", "version": "hss.version.wtp", "charging_mode": "on_demand"}]}' | base64 -w 0 | tr '+/' '-_' | tr -d =`
\set case :url /case/id=words;body= :body
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed') LIMIT 2;
\! python3 test/regress_log.py words

-- failed, not refused: no evidence
\set case :url /case/id=probe;fail=html502x1;fail_at=4
ALTER SERVER probed OPTIONS (SET endpoint :'case', ADD retry_budget '0');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed');
ALTER SERVER probed OPTIONS (DROP retry_budget);

-- throttled: says so, and does not wait
\set case :url /case/id=probe;rate=3:60
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact, seen, option_to_set FROM hwbss_fdw_probe('probed');
-- refused at the first call: an error
\set case :url /case/id=probe;error=HSS.0013
ALTER SERVER probed OPTIONS (SET endpoint :'case');
SELECT fact FROM hwbss_fdw_probe('probed');
SELECT fact FROM hwbss_fdw_probe('nowhere');
ALTER SERVER probed OPTIONS (DROP project_id);
SELECT fact FROM hwbss_fdw_probe('probed');

-- somebody else's server
CREATE ROLE regress_probe_other;
SET ROLE regress_probe_other;
SELECT fact FROM hwbss_fdw_probe('probed');
RESET ROLE;
GRANT USAGE ON FOREIGN SERVER probed TO regress_probe_other;
SET ROLE regress_probe_other;
SELECT fact FROM hwbss_fdw_probe('probed');
RESET ROLE;
DROP EXTENSION hwbss_fdw CASCADE;
DROP ROLE regress_probe_other;
