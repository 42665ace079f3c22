/*-------------------------------------------------------------------------
 *
 * recheck.c
 *	  Rows of a statement that waited for a lock, looked at once more.
 *
 * The executor does not read the list again: it brings back the row that the
 * statement had, and all clauses are its own to check.  What it brings back
 * is mended here.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/recheck.h"

#include "access/table.h"
#include "executor/executor.h"
#include "fdw/compat.h"
#include "fdw/count.h"
#include "fdw/scan.h"
#include "utils/rel.h"

/*
 * Servers before 14.20, 15.15, 16.11, 17.7 and 18.1 ask for each row that a
 * count in a subquery gives; a slot left empty would be a NULL instead of the
 * count.
 */
static bool
count_row(ForeignScanState *node)
{
	ExprContext *econtext = node->ss.ps.ps_ExprContext;
	MemoryContext before;
	TupleTableSlot *row;

	before = MemoryContextSwitchTo(econtext->ecxt_per_tuple_memory);
	row = hw_count_next(node);
	MemoryContextSwitchTo(before);
	return !TupIsNull(row);
}

/* The table whose partition or child is scanned, or InvalidOid. */
static Oid
find_parent(ForeignScanState *node)
{
	EState	   *estate = node->ss.ps.state;
	Index		relid = ((Scan *) node->ss.ps.plan)->scanrelid;
	const ExecAuxRowMark *mark =
		estate->es_epq_active->relsubs_rowmark[relid - 1];

	const RangeTblEntry *parent;

	if (mark == NULL || mark->rowmark->prti == mark->rowmark->rti)
		return InvalidOid;
	parent = exec_rt_fetch(mark->rowmark->prti, estate);
	return parent->rtekind == RTE_RELATION ? parent->relid : InvalidOid;
}

static int
find_attribute(TupleDesc tupdesc, const char *name)
{
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tupdesc, i);

		if (!attribute->attisdropped &&
			strcmp(NameStr(attribute->attname), name) == 0)
			return i;
	}
	return -1;
}

/*
 * A partition's row comes back with its columns in the order of the parent's,
 * taken for its own where the types allow that.
 */
static void
sort_columns(TupleTableSlot *slot, TupleDesc own, TupleDesc parent)
{
	Datum	   *values = palloc(sizeof(Datum) * own->natts);
	bool	   *nulls = palloc(sizeof(bool) * own->natts);

	memcpy(values, slot->tts_values, sizeof(Datum) * own->natts);
	memcpy(nulls, slot->tts_isnull, sizeof(bool) * own->natts);
	for (int i = 0; i < own->natts; i++)
	{
		int			from = TupleDescAttr(own, i)->attisdropped ? -1 :
			find_attribute(parent, NameStr(TupleDescAttr(own, i)->attname));

		if (from >= own->natts)
			elog(ERROR, "column \"%s\" of a changed row is out of reach",
				 NameStr(TupleDescAttr(own, i)->attname));
		slot->tts_values[i] = from < 0 ? (Datum) 0 : values[from];
		slot->tts_isnull[i] = from < 0 || nulls[from];
	}
	pfree(values);
	pfree(nulls);
}

bool
hwRecheckForeignScan(ForeignScanState *node, TupleTableSlot *slot)
{
	const HwScan *scan = node->fdw_state;
	Oid			parent;

	if (scan->counted)
		return count_row(node);
	parent = find_parent(node);
	if (OidIsValid(parent))
	{
		Relation	relation = table_open(parent, NoLock);

		slot_getallattrs(slot);
		sort_columns(slot, RelationGetDescr(node->ss.ss_currentRelation),
					 RelationGetDescr(relation));
		table_close(relation, NoLock);
	}
	slot->tts_tableOid = RelationGetRelid(node->ss.ss_currentRelation);
	return true;
}
