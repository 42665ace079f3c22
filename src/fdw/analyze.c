/*-------------------------------------------------------------------------
 *
 * analyze.c
 *	  ANALYZE of foreign tables.
 *
 * Reads the whole table, since nothing but a full read gives a fair sample:
 * the lists have no order that could be drawn from.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/analyze.h"

#include <math.h>

#include "commands/vacuum.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/own.h"
#include "fdw/question.h"
#include "fdw/report.h"
#include "fdw/tuple.h"
#include "fdw/wait.h"
#include "miscadmin.h"
#include "optimizer/plancat.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/sampling.h"

typedef struct Sample
{
	HeapTuple  *rows;
	int			nrows;
	int			nrows_max;
	double		nseen;
	double		nskip;			/* rows to pass over before the next */
	ReservoirStateData state;
} Sample;

static void
release_pager(void *object)
{
	hw_pager_free(object);
}

static bool
pager_is_ready(const void *arg)
{
	return hw_pager_is_ready(arg);
}

static List *
all_attributes(const HwForeignTable *foreign)
{
	List	   *attributes = NIL;

	for (int attno = 1; attno <= foreign->natts; attno++)
	{
		if (foreign->columns[attno - 1])
			attributes = lappend_int(attributes, attno);
	}
	return attributes;
}

/* Vitter's reservoir, as ANALYZE of local tables uses it. */
static void
sample_row(Sample *sample, TupleTableSlot *slot)
{
	sample->nseen++;
	if (sample->nrows < sample->nrows_max)
	{
		sample->rows[sample->nrows++] = ExecCopySlotHeapTuple(slot);
		return;
	}
	if (sample->nskip < 0)
		sample->nskip = reservoir_get_next_S(&sample->state, sample->nseen - 1,
											 sample->nrows_max);
	if (sample->nskip-- <= 0)
	{
		int			victim = (int) (sample->nrows_max *
									hw_sampler_fract(&sample->state));

		heap_freetuple(sample->rows[victim]);
		sample->rows[victim] = ExecCopySlotHeapTuple(slot);
	}
}

static HwPager *
open_pager(const HwForeignTable *foreign, HwSession *session,
		   HwTupleMaker *maker, HwOwned *owned)
{
	HwQuestion	question = {0};
	HwBinding  *bindings;
	int			nbindings;
	HwStatus	status;
	bool		is_whole;
	long		nlookups;

	nbindings = hw_bindings_evaluate(foreign, NIL, NIL, NULL, &bindings,
									 &is_whole);
	question.columns = hw_tuple_columns(maker, &question.ncolumns);
	if (!hw_question_set(foreign, session, bindings, nbindings, &question,
						 &nlookups))
		return NULL;
	hw_status_clear(&status);
	owned->object = hw_pager_open(hw_session_client(session), &question,
								  &status);
	if (owned->object == NULL)
		hw_report_scan(foreign, &status);
	return owned->object;
}

static int
acquire_sample_rows(Relation relation, int elevel, HeapTuple *rows,
					int targrows, double *totalrows, double *totaldeadrows)
{
	HwForeignTable *foreign = hw_table_of_relation(relation);
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(RelationGetDescr(relation), &TTSOpsVirtual);
	HwTupleMaker *maker = hw_tuple_open(foreign, RelationGetDescr(relation),
										all_attributes(foreign));
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext,
													  "hwbss_fdw row",
													  ALLOCSET_SMALL_SIZES);
	HwSession  *session = hw_session_pin(GetUserId(), foreign->serverid,
										 CurrentMemoryContext);
	HwOwned    *owned = hw_own_prepare(CurrentMemoryContext, release_pager);
	HwPager    *pager = open_pager(foreign, session, maker, owned);
	Sample		sample = {.rows = rows, .nrows_max = targrows, .nskip = -1};
	HwPagerState state;

	reservoir_init_selection_state(&sample.state, targrows);
	while (pager && (state = hw_pager_next(pager)) != HW_PAGER_END)
	{
		MemoryContext before;
		HwStatus	warning;
		HwSkipped	skipped;

		if (hw_pager_take_warning(pager, &warning))
			hw_report_drift(foreign, &warning);
		while (hw_pager_take_skipped(pager, &skipped))
			hw_report_skipped(foreign, skipped.project, skipped.region,
							  skipped.nrows, skipped.status);

		if (state == HW_PAGER_FAILED)
			hw_report_scan(foreign, hw_pager_status(pager));
		if (state == HW_PAGER_WAIT)
		{
			hw_wait_until(session, pager_is_ready, pager);
			continue;
		}
		CHECK_FOR_INTERRUPTS();
		before = MemoryContextSwitchTo(row_context);
		hw_tuple_store(maker, pager, slot);
		MemoryContextSwitchTo(before);
		sample_row(&sample, slot);
		ExecClearTuple(slot);
		MemoryContextReset(row_context);
	}
	hw_own_release(owned);
	ExecDropSingleTupleTableSlot(slot);
	*totalrows = sample.nseen;
	*totaldeadrows = 0;
	ereport(elevel,
			(errmsg("\"%s\": foreign table has %.0f rows; %d rows in sample",
					foreign->relname, sample.nseen, sample.nrows)));
	return sample.nrows;
}

bool
hwAnalyzeForeignTable(Relation relation, AcquireSampleRowsFunc *func,
					  BlockNumber *totalpages)
{
	double		nrows = RelationGetForm(relation)->reltuples;
	int32		width = get_relation_data_width(RelationGetRelid(relation),
												NULL);

	/*
	 * What a partition's share in its parent's sample is measured by: pages
	 * that the rows of the ANALYZE before would take.  Zero would say that the
	 * table is empty.
	 */
	*totalpages = (BlockNumber) Max(ceil(nrows * width / BLCKSZ), 1);
	*func = acquire_sample_rows;
	return true;
}
