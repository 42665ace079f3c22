/* sql/hwbss_fdw--1.0.sql */

-- complain if script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION hwbss_fdw" to load this file. \quit

CREATE FUNCTION hwbss_fdw_handler()
RETURNS pg_catalog.fdw_handler
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT;

COMMENT ON FUNCTION hwbss_fdw_handler()
IS 'the callbacks of foreign-data wrapper hwbss_fdw';

CREATE FUNCTION hwbss_fdw_validator(pg_catalog.text[], pg_catalog.oid)
RETURNS pg_catalog.void
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT;

COMMENT ON FUNCTION hwbss_fdw_validator(pg_catalog.text[], pg_catalog.oid)
IS 'checks the options of foreign-data wrapper hwbss_fdw';

CREATE FOREIGN DATA WRAPPER hwbss_fdw
HANDLER hwbss_fdw_handler
VALIDATOR hwbss_fdw_validator;

COMMENT ON FOREIGN DATA WRAPPER hwbss_fdw
IS 'Huawei Cloud billing (BSS) and host security (HSS) as foreign tables';

CREATE FUNCTION hwbss_fdw_tables(
    OUT table_name pg_catalog.text,
    OUT schema_name pg_catalog.text,
    OUT method pg_catalog.text,
    OUT path pg_catalog.text,
    OUT description pg_catalog.text,
    OUT source pg_catalog.text)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION hwbss_fdw_tables()
IS 'the tables that IMPORT FOREIGN SCHEMA can create';

CREATE FUNCTION hwbss_fdw_columns(
    OUT table_name pg_catalog.text,
    OUT column_name pg_catalog.text,
    OUT type pg_catalog.text,
    OUT sent_in pg_catalog.text,
    OUT description pg_catalog.text)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION hwbss_fdw_columns()
IS 'the columns of those tables, and where an equality on one is sent';

CREATE FUNCTION hwbss_fdw_options(
    OUT option_name pg_catalog.text,
    OUT set_on pg_catalog.text,
    OUT default_value pg_catalog.text,
    OUT description pg_catalog.text)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT IMMUTABLE PARALLEL SAFE;

COMMENT ON FUNCTION hwbss_fdw_options()
IS 'the options of servers, user mappings, tables and columns';

CREATE FUNCTION hwbss_fdw_stats(
    OUT server_name pg_catalog.text,
    OUT role_name pg_catalog.text,
    OUT requests pg_catalog.int8,
    OUT retries pg_catalog.int8,
    OUT reused pg_catalog.int8,
    OUT bytes pg_catalog.int8,
    OUT waited_ms pg_catalog.int8)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION hwbss_fdw_stats()
IS 'what the HTTP sessions of this backend have done so far';

CREATE FUNCTION hwbss_fdw_activity(
    OUT pid pg_catalog.int4,
    OUT relation pg_catalog.regclass,
    OUT pages pg_catalog.int8,
    OUT pages_expected pg_catalog.int8,
    OUT rows pg_catalog.int8,
    OUT requests pg_catalog.int8,
    OUT waiting_for pg_catalog.text,
    OUT http_status pg_catalog.int4,
    OUT retry_at pg_catalog.timestamptz,
    OUT since pg_catalog.timestamptz)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION hwbss_fdw_activity()
IS 'what scans of this database are doing right now, in all sessions that the role may see';

CREATE VIEW hwbss_fdw_activity AS SELECT * FROM hwbss_fdw_activity();

COMMENT ON VIEW hwbss_fdw_activity
IS 'what scans of this database are doing right now, in all sessions that the role may see';

GRANT SELECT ON hwbss_fdw_activity TO PUBLIC;

CREATE FUNCTION hwbss_fdw_forget()
RETURNS pg_catalog.void
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION hwbss_fdw_forget()
IS 'closes the HTTP sessions of this backend and forgets what they remembered';

CREATE FUNCTION hwbss_fdw_probe(
    server pg_catalog.name,
    OUT fact pg_catalog.text,
    OUT documents pg_catalog.text,
    OUT seen pg_catalog.text,
    OUT option_to_set pg_catalog.text)
RETURNS SETOF pg_catalog.record
AS 'MODULE_PATHNAME'
LANGUAGE C STRICT VOLATILE PARALLEL RESTRICTED;

COMMENT ON FUNCTION hwbss_fdw_probe(pg_catalog.name)
IS 'which reading of the contradicting HSS documents the service of a server follows, asked in at most five requests';
