/*-------------------------------------------------------------------------
 *
 * scan.c
 *	  Executing a foreign scan.
 *
 * Nothing is sent, and no credential read, before the first row is asked for.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/scan.h"

#include "executor/executor.h"
#include "fdw/activity.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/count.h"
#include "fdw/question.h"
#include "fdw/report.h"
#include "fdw/totals.h"
#include "fdw/wait.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/rel.h"

void
hwBeginForeignScan(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	EState	   *estate = node->ss.ps.state;
	HwScan	   *scan;

	if (plan->scan.scanrelid == 0)
	{
		hw_count_begin(node, eflags);
		return;
	}
	node->fdw_state = scan = palloc0(sizeof(HwScan));
	scan->foreign = hw_table_of_relation(node->ss.ss_currentRelation);
	scan->plan = hw_plan_read(scan->foreign, plan);
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;

	scan->userid = hw_check_as_user(plan, estate);
	if (!OidIsValid(scan->userid))
		scan->userid = GetUserId();
	scan->values = ExecInitExprList(plan->fdw_exprs, &node->ss.ps);
	scan->maker = hw_tuple_open(scan->foreign,
								RelationGetDescr(node->ss.ss_currentRelation),
								scan->plan->attributes);
	scan->repeats = hw_plan_repeats(estate->es_plannedstmt);
	if (eflags & (EXEC_FLAG_REWIND | EXEC_FLAG_BACKWARD | EXEC_FLAG_MARK))
		scan->repeats = HW_READ_AGAIN;
}

/* --- starting -------------------------------------------------------- */

static void
release_pager(void *object)
{
	hw_pager_free(object);
}

/*
 * Evaluates the conditions.  The result lives in a context of its own, so that
 * it can be compared with the next one.
 */
static MemoryContext
evaluate(ForeignScanState *node, HwBinding **bindings, int *nbindings)
{
	HwScan	   *scan = node->fdw_state;
	MemoryContext context;
	MemoryContext before;
	bool		is_whole;

	context = AllocSetContextCreate(node->ss.ps.state->es_query_cxt,
									"hwbss_fdw bindings",
									ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(context);
	*nbindings = hw_bindings_evaluate(scan->foreign, scan->plan->conditions,
									  scan->values,
									  node->ss.ps.ps_ExprContext, bindings,
									  &is_whole);
	MemoryContextSwitchTo(before);
	return context;
}

static void
pin_session(HwScan *scan, EState *estate)
{
	if (scan->session == NULL)
	{
		/* Released in the opposite order: pager, statement, session. */
		scan->session = hw_session_pin(scan->userid, scan->foreign->serverid,
									   estate->es_query_cxt);
		(void) hw_session_statement(estate);
		scan->pager_owner = hw_own_prepare(estate->es_query_cxt,
										   release_pager);
	}
}

bool
hw_scan_ask(HwScan *scan, EState *estate, const HwBinding *bindings,
			int nbindings, HwQuestion *question)
{
	HwStatus	status;
	long		nlookups;
	bool		can_match;

	pin_session(scan, estate);
	can_match = hw_question_set(scan->foreign, scan->session, bindings,
								nbindings, question, &nlookups);
	scan->nlookups += nlookups;
	if (!can_match)
		return false;
	question->statement = hw_session_statement(estate);
	if (scan->repeats != HW_READ_ONCE)
		question->fetch.statement = question->statement;
	hw_status_clear(&status);
	scan->pager_owner->object = hw_pager_open(hw_session_client(scan->session),
											  question, &status);
	if (scan->pager_owner->object == NULL)
		hw_report_scan(scan->foreign, &status);
	scan->pager = scan->pager_owner->object;
	return true;
}

/* Opens a pager for the bindings; none when no row can match. */
static void
scan_start(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	HwQuestion	question = {0};

	pin_session(scan, node->ss.ps.state);
	scan->is_started = true;
	scan->is_over = scan->nbindings < 0;
	if (scan->is_over)
		return;
	question.columns = hw_tuple_columns(scan->maker, &question.ncolumns);
	question.row_goal = scan->plan->row_goal > (double) (LONG_MAX / 2) ? 0
		: (long) scan->plan->row_goal;
	scan->is_over = !hw_scan_ask(scan, node->ss.ps.state, scan->bindings,
								 scan->nbindings, &question);
}

/* --- statistics ----------------------------------------------------- */

static void
add_stats(HwPagerStats *sum, const HwPagerStats *more)
{
	sum->counters.nrequests += more->counters.nrequests;
	sum->counters.nretries += more->counters.nretries;
	sum->counters.bytes += more->counters.bytes;
	sum->counters.waited_ms += more->counters.waited_ms;
	sum->npages += more->npages;
	sum->nrows += more->nrows;
	sum->ndropped += more->ndropped;
	sum->nrepeated += more->nrepeated;
	sum->nunfiltered += more->nunfiltered;
	sum->ncached += more->ncached;
	sum->cache_age_ms = Max(sum->cache_age_ms, more->cache_age_ms);
	sum->dialect = more->dialect;
	sum->dialect_is_known = more->dialect_is_known;
}

void
hw_scan_stats(const HwScan *scan, HwPagerStats *stats)
{
	HwPagerStats last;

	*stats = scan->stats;
	if (scan->pager == NULL)
		return;
	hw_pager_stats(scan->pager, &last);
	add_stats(stats, &last);
}

void
hw_scan_stop(HwScan *scan)
{
	HwPagerStats last;
	const char *endpoint;
	HwLearnt	learnt;

	scan->is_started = false;
	if (scan->pager == NULL)
		return;
	hw_pager_cancel(scan->pager);
	hw_pager_stats(scan->pager, &last);
	add_stats(&scan->stats, &last);
	for (int i = 0; hw_pager_learnt(scan->pager, i, &endpoint, &learnt); i++)
	{
		if (learnt.dialect != HW_DIALECT_AUTO)
			hw_session_learn(scan->session, scan->foreign->api, endpoint,
							 &learnt);
	}
	hw_totals_note(scan->foreign, scan->userid, scan->pager);
	scan->pager = NULL;
	hw_own_release(scan->pager_owner);
}

/* --- rows kept for another reading ---------------------------------- */

static void
open_kept(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	MemoryContext before;

	before = MemoryContextSwitchTo(node->ss.ps.state->es_query_cxt);
	scan->kept = tuplestore_begin_heap(false, false, work_mem);
	tuplestore_set_eflags(scan->kept, EXEC_FLAG_REWIND);
	scan->kept_slot = MakeSingleTupleTableSlot(slot->tts_tupleDescriptor,
											   &TTSOpsMinimalTuple);
	MemoryContextSwitchTo(before);
}

/*
 * The next row that was kept; false when the pager has to go on.  The store's
 * reading position is then at its end, and moves over what is appended.
 */
static bool
replay_row(HwScan *scan, TupleTableSlot *slot)
{
	int			natts = slot->tts_tupleDescriptor->natts;
	MemoryContext before;
	bool		has_row;

	if (scan->kept == NULL || tuplestore_ateof(scan->kept))
		return false;

	/*
	 * A row that comes back from disk belongs to the slot, which outlives the
	 * per-row context that we are called in.
	 */
	before = MemoryContextSwitchTo(scan->kept_slot->tts_mcxt);
	has_row = tuplestore_gettupleslot(scan->kept, true, false,
									  scan->kept_slot);
	MemoryContextSwitchTo(before);
	if (!has_row)
		return false;
	slot_getallattrs(scan->kept_slot);
	ExecClearTuple(slot);
	memcpy(slot->tts_values, scan->kept_slot->tts_values,
		   natts * sizeof(Datum));
	memcpy(slot->tts_isnull, scan->kept_slot->tts_isnull,
		   natts * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	return true;
}

static void
drop_kept(HwScan *scan)
{
	if (scan->kept == NULL)
		return;
	ExecDropSingleTupleTableSlot(scan->kept_slot);
	tuplestore_end(scan->kept);
	scan->kept = NULL;
}

/* --- rows ----------------------------------------------------------- */

/*
 * Starts a scan, or starts it over.  One that asks for the same again reads
 * the rows that were kept, and goes on where it had stopped.
 */
static void
scan_prepare(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	HwBinding  *bindings;
	int			nbindings;
	MemoryContext context = evaluate(node, &bindings, &nbindings);
	bool		is_same = scan->is_started &&
		scan->repeats == HW_READ_AGAIN &&
		hw_bindings_equal(bindings, nbindings,
						  scan->bindings, scan->nbindings);

	scan->is_rescanned = false;
	if (is_same)
	{
		MemoryContextDelete(context);
		if (scan->kept)
			tuplestore_rescan(scan->kept);
		return;
	}
	hw_scan_stop(scan);
	drop_kept(scan);
	if (scan->binding_context)
		MemoryContextDelete(scan->binding_context);
	scan->binding_context = context;
	scan->bindings = bindings;
	scan->nbindings = nbindings;
	if (scan->repeats == HW_READ_AGAIN)
		open_kept(node);
	scan_start(node);
}

/* Waits from here on are announced. */
#define ANNOUNCED_WAIT_MS 5000

/* Tells the user once about each long wait before a retry. */
static void
announce_wait(HwScan *scan)
{
	const HwStatus *why;
	long		left_ms = hw_pager_wait_ms(scan->pager, &why);
	HwPagerStats stats;

	if (left_ms < ANNOUNCED_WAIT_MS)
	{
		scan->has_announced &= left_ms >= 0;
		return;
	}
	if (scan->has_announced)
		return;
	scan->has_announced = true;
	hw_pager_stats(scan->pager, &stats);
	hw_report_wait(scan->foreign, why, left_ms, stats.npages + 1,
				   stats.npages_expected);
}

bool
hw_scan_is_ready(HwScan *scan)
{
	if (scan->is_over || scan->pager == NULL || scan->is_rescanned ||
		hw_pager_is_ready(scan->pager))
		return true;
	announce_wait(scan);
	hw_activity_report(scan, true);
	return false;
}

static bool
is_ready(const void *arg)
{
	return hw_scan_is_ready((HwScan *) arg);
}

/* False when somebody else does the waiting. */
static bool
await_reply(HwScan *scan)
{
	scan->has_waited = true;
	if (!scan->is_async)
	{
		hw_wait_until(scan->session, is_ready, scan);
		return true;
	}
	hw_wait_drive(scan->session);
	scan->is_pending = !hw_scan_is_ready(scan);
	return !scan->is_pending;
}

TupleTableSlot *
hwIterateForeignScan(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	HwStatus	warning;
	HwSkipped	skipped;

	if (scan->counted)
		return hw_count_next(node);
	if (!scan->is_started || scan->is_rescanned)
		scan_prepare(node);
	if (replay_row(scan, slot))
		return slot;
	while (!scan->is_over)
	{
		HwPagerState state = hw_pager_next(scan->pager);
		bool		has_asked = hw_pager_take_asked(scan->pager);

		/* The next pages travel while these rows are handed out. */
		if (has_asked && state == HW_PAGER_ROW)
			hw_wait_drive(scan->session);
		if (hw_pager_take_warning(scan->pager, &warning))
			hw_report_drift(scan->foreign, &warning);
		while (hw_pager_take_skipped(scan->pager, &skipped))
			hw_report_skipped(scan->foreign, skipped.project, skipped.region,
							  skipped.nrows, skipped.status);
		switch (state)
		{
			case HW_PAGER_ROW:
				if (scan->has_waited)
					hw_activity_report(scan, false);
				scan->has_waited = false;
				hw_tuple_store(scan->maker, scan->pager, slot);
				if (scan->kept)
					tuplestore_puttupleslot(scan->kept, slot);
				return slot;
			case HW_PAGER_WAIT:
				if (!await_reply(scan))
					return ExecClearTuple(slot);
				break;
			case HW_PAGER_END:
				scan->is_over = true;
				break;
			case HW_PAGER_FAILED:
				hw_report_scan(scan->foreign, hw_pager_status(scan->pager));
		}
	}
	return ExecClearTuple(slot);
}

void
hwReScanForeignScan(ForeignScanState *node)
{
	((HwScan *) node->fdw_state)->is_rescanned = true;
}

void
hwEndForeignScan(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;

	if (scan == NULL)
		return;
	hw_activity_end(scan);
	hw_scan_stop(scan);
	drop_kept(scan);
	hw_own_release(scan->wake_owner);
}
