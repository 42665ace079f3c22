/*-------------------------------------------------------------------------
 *
 * compat.h
 *	  Every difference between PostgreSQL 14 and 18 that this project meets.
 *
 * The newest API is the spelling; older versions are adapted to it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_COMPAT_H
#define HW_COMPAT_H

#include "postgres.h"

#include "commands/explain.h"
#include "fmgr.h"
#include "nodes/value.h"
#include "optimizer/pathnode.h"
#include "pgstat.h"
#include "utils/guc.h"

#if PG_VERSION_NUM < 140000
#error "hwbss_fdw needs PostgreSQL 14 or later"
#endif

/* 16 moved the varlena macros. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* 18 renamed the mark of functions that do not return. */
#if PG_VERSION_NUM < 180000
#define pg_noreturn _Noreturn
#endif

/* 15 gave each kind of value node a type of its own. */
#if PG_VERSION_NUM < 150000
typedef Value String;
#endif

/* 18 split the EXPLAIN headers. */
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

/* 17 added fdw_restrictinfo, 18 disabled_nodes. */
#if PG_VERSION_NUM >= 180000
#define hw_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, 0, startup, total, NIL, \
							outer, NULL, NIL, NIL)
#elif PG_VERSION_NUM >= 170000
#define hw_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, NIL, \
							outer, NULL, NIL, NIL)
#else
#define hw_foreignscan_path(root, rel, rows, startup, total, outer) \
	create_foreignscan_path(root, rel, NULL, rows, startup, total, NIL, \
							outer, NULL, NIL)
#endif

/* The same for paths of upper relations. */
#if PG_VERSION_NUM >= 180000
#define hw_upper_path(root, rel, target, rows, cost, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, 0, cost, cost, NIL, \
							  outer, NIL, private)
#elif PG_VERSION_NUM >= 170000
#define hw_upper_path(root, rel, target, rows, cost, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, cost, cost, NIL, \
							  outer, NIL, private)
#else
#define hw_upper_path(root, rel, target, rows, cost, outer, private) \
	create_foreign_upper_path(root, rel, target, rows, cost, cost, NIL, \
							  outer, private)
#endif

/* 16 tells base relations from outer joins. */
#if PG_VERSION_NUM >= 160000
#define hw_base_relids(fs) ((fs)->fs_base_relids)
#else
#define hw_base_relids(fs) ((fs)->fs_relids)
#endif

/* The relation that a plan node scans, or counts. */
#define hw_scan_relid(fs) \
	((fs)->scan.scanrelid > 0 ? (fs)->scan.scanrelid : \
	 (Index) bms_next_member(hw_base_relids(fs), -1))

/* 16 moved checkAsUser from the range table entry to the plan node. */
#if PG_VERSION_NUM >= 160000
#define hw_check_as_user(fs, estate) ((fs)->checkAsUser)
#else
#define hw_check_as_user(fs, estate) \
	(exec_rt_fetch(hw_scan_relid(fs), estate)->checkAsUser)
#endif

/* 15 reserved prefixes of settings. */
#if PG_VERSION_NUM < 150000
#define MarkGUCPrefixReserved(prefix) EmitWarningsOnPlaceholders(prefix)
#endif

/* 15 gave set-returning functions their tuplestore in one call. */
#if PG_VERSION_NUM >= 150000
#define hw_init_srf(fcinfo) InitMaterializedSRF(fcinfo, 0)
#else
extern void hw_init_srf(FunctionCallInfo fcinfo);
#endif

/* 15 gave samplers another generator. */
#if PG_VERSION_NUM >= 150000
#define hw_sampler_fract(state) sampler_random_fract(&(state)->randstate)
#else
#define hw_sampler_fract(state) sampler_random_fract((state)->randstate)
#endif

/* 16 made one function of the checks of privileges. */
#if PG_VERSION_NUM >= 160000
#define hw_server_aclcheck(serverid, userid, mode) \
	object_aclcheck(ForeignServerRelationId, serverid, userid, mode)
#else
#define hw_server_aclcheck(serverid, userid, mode) \
	pg_foreign_server_aclcheck(serverid, userid, mode)
#endif

/* 16 renamed the access to what backends show of themselves. */
#if PG_VERSION_NUM >= 160000
#define hw_backend_status(i) (&pgstat_get_local_beentry_by_index(i)->backendStatus)
#else
#define hw_backend_status(i) (&pgstat_fetch_stat_local_beentry(i)->backendStatus)
#endif

/* 17 lets extensions name their wait events. */
#if PG_VERSION_NUM >= 170000
#define hw_new_wait_event(name) WaitEventExtensionNew(name)
#else
#define hw_new_wait_event(name) PG_WAIT_EXTENSION
#endif

#endif							/* HW_COMPAT_H */
