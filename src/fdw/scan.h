/*-------------------------------------------------------------------------
 *
 * scan.h
 *	  Executing a foreign scan.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SCAN_H
#define HW_SCAN_H

#include "postgres.h"

#include "core/pager.h"
#include "fdw/own.h"
#include "fdw/plan.h"
#include "fdw/session.h"
#include "fdw/tuple.h"
#include "nodes/execnodes.h"
#include "utils/tuplestore.h"

typedef struct HwScan
{
	HwForeignTable *foreign;
	HwPlan	   *plan;
	Oid			userid;			/* whose mapping is used */
	List	   *values;			/* ExprStates of the conditions */
	HwTupleMaker *maker;
	MemoryContext binding_context;	/* of .bindings */
	HwBinding  *bindings;		/* what the pager was asked */
	int			nbindings;		/* -1: nothing can match */
	HwSession  *session;		/* NULL before the first fetch */
	HwOwned    *pager_owner;
	HwPager    *pager;			/* NULL before the first fetch, and when
								 * nothing can match */
	bool		is_started;		/* with these bindings */
	bool		is_over;		/* the pager has no more rows */
	bool		is_rescanned;	/* to be started over at the next row */
	bool		has_announced;	/* the wait that is going on */
	bool		has_waited;		/* since the row before */
	bool		is_async;		/* Append waits, not the scan */
	bool		is_pending;		/* no row yet, but not at the end either */
	struct HwWake *wake;		/* what Append is woken by */
	HwOwned    *wake_owner;
	HwRepeats	repeats;
	Tuplestorestate *kept;		/* rows so far, if they may be read again */
	TupleTableSlot *kept_slot;
	struct HwCounted *counted;	/* of a scan that counts, else NULL */
	long		nlookups;		/* requests to IAM */
	HwPagerStats stats;			/* of the pagers that are gone */
} HwScan;

extern void hwBeginForeignScan(ForeignScanState *node, int eflags);
extern TupleTableSlot *hwIterateForeignScan(ForeignScanState *node);
extern void hwReScanForeignScan(ForeignScanState *node);
extern void hwEndForeignScan(ForeignScanState *node);

/*
 * Opens a pager: the caller has set what is asked for, the rest follows from
 * the table and its session.  ERROR when there are no credentials, false when
 * no row can match.
 */
extern bool hw_scan_ask(HwScan *scan, EState *estate,
						const HwBinding *bindings, int nbindings,
						HwQuestion *question);

/* Lets the pager go, keeping its counters and what it found out. */
extern void hw_scan_stop(HwScan *scan);

/*
 * For a scan that has begun: whether asking it for a row would not have to
 * wait.  Announces long waits to the user.
 */
extern bool hw_scan_is_ready(HwScan *scan);

/* Sum over all pagers of a scan so far. */
extern void hw_scan_stats(const HwScan *scan, HwPagerStats *stats);

#endif							/* HW_SCAN_H */
