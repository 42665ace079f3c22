/*-------------------------------------------------------------------------
 *
 * count.c
 *	  Executing a count from totals.
 *
 * Totals that are not borne out by the pages they come with are not used: the
 * plan below reads the rows and counts them.  It asks for the same first
 * pages, which are here already.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/count.h"

#include "core/count.h"
#include "fdw/conditions.h"
#include "fdw/report.h"
#include "fdw/scan.h"
#include "fdw/upper.h"
#include "fdw/wait.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* One row of the result. */
typedef struct Tally
{
	const char *value;			/* UTF-8; NULL without GROUP BY */
	long long	count;
} Tally;

typedef struct HwCounted
{
	const HwParam *param;		/* that GROUP BY is over, or NULL */
	bool		needs_keys;
	bool		is_read;		/* the totals were not believed */
	Tally		groups[HW_STRANDS_MAX];
	int			ngroups;
	int			next;			/* to be handed out */
} HwCounted;

void
hw_count_begin(ForeignScanState *node, int eflags)
{
	ForeignScan *plan = (ForeignScan *) node->ss.ps.plan;
	EState	   *estate = node->ss.ps.state;
	HwScan	   *scan = palloc0(sizeof(HwScan));
	HwCounted  *counted = palloc0(sizeof(HwCounted));
	RangeTblEntry *rte = exec_rt_fetch(hw_scan_relid(plan), estate);

	node->fdw_state = scan;
	scan->counted = counted;
	scan->foreign = hw_table_open(rte->relid);
	scan->plan = hw_plan_read(scan->foreign, plan);
	if (scan->plan->group)
		counted->param = hw_param_of_column(scan->foreign->api,
											scan->foreign->table,
											scan->plan->group);
	counted->needs_keys = list_member_int(scan->plan->outputs,
										  HW_OUT_COUNT_KEY);
	if (eflags & EXEC_FLAG_EXPLAIN_ONLY)
		return;
	scan->userid = hw_check_as_user(plan, estate);
	if (!OidIsValid(scan->userid))
		scan->userid = GetUserId();
	scan->values = ExecInitExprList(plan->fdw_exprs, &node->ss.ps);

	/* The plan below may ask for the same. */
	scan->repeats = HW_READ_AGAIN;
	scan->binding_context = AllocSetContextCreate(estate->es_query_cxt,
												  "hwbss_fdw count",
												  ALLOCSET_SMALL_SIZES);
}

/* --- asking ---------------------------------------------------------- */

static bool
is_ready(const void *arg)
{
	return hw_scan_is_ready((HwScan *) arg);
}

/*
 * Asks for the first page of each list; the pager stays open.  False when one
 * was skipped: the plan below will say so.
 */
static bool
take_census(ForeignScanState *node, const HwBinding *bindings, int nbindings)
{
	HwScan	   *scan = node->fdw_state;
	HwQuestion	question = {.is_census = true};
	HwPagerState state;
	HwStatus	warning;
	HwSkipped	skipped;

	if (!hw_scan_ask(scan, node->ss.ps.state, bindings, nbindings, &question))
		return false;
	while ((state = hw_pager_next(scan->pager)) != HW_PAGER_END)
	{
		if (hw_pager_take_warning(scan->pager, &warning))
			hw_report_drift(scan->foreign, &warning);
		if (state == HW_PAGER_FAILED)
			hw_report_scan(scan->foreign, hw_pager_status(scan->pager));
		if (state == HW_PAGER_WAIT)
			hw_wait_until(scan->session, is_ready, scan);
	}
	return !hw_pager_take_skipped(scan->pager, &skipped);
}

/* Adds a list's rows to the group of its value; false when that is too much. */
static bool
add_rows(HwCounted *counted, const char *value, long long count)
{
	int			i = 0;

	while (i < counted->ngroups && value &&
		   strcmp(counted->groups[i].value, value) != 0)
		i++;
	if (i == HW_STRANDS_MAX)
		return false;
	if (i == counted->ngroups)
	{
		counted->groups[i].value = value ? pstrdup(value) : NULL;
		counted->groups[i].count = 0;
		counted->ngroups++;
	}
	counted->groups[i].count += count;
	return true;
}

/* The value that all rows of a list have in the column of a param. */
static const char *
value_of_list(const HwLists *lists, int list, const HwParam *param)
{
	int			choices[HW_ASKED_MAX];

	hw_lists_choose(lists, list, choices);
	for (int i = 0; i < lists->nbindings; i++)
	{
		if (lists->bindings[i].param == param)
			return lists->bindings[i].values[choices[i]];
	}
	return NULL;
}

/*
 * Counts the rows that the bindings ask for, group by group.  False when the
 * totals are not believed.
 */
static bool
count_bindings(ForeignScanState *node, const HwBinding *bindings,
			   int nbindings)
{
	HwScan	   *scan = node->fdw_state;
	HwCounted  *counted = scan->counted;
	const HwLists *lists;
	long long  *counts;
	bool		is_believed;

	if (!take_census(node, bindings, nbindings))
	{
		hw_scan_stop(scan);
		return false;
	}
	lists = hw_pager_lists(scan->pager);
	counts = palloc(sizeof(*counts) * Max(lists->nlists, 1));
	is_believed = hw_count_lists(scan->pager, counted->needs_keys, counts);
	for (int i = 0; i < lists->nlists && is_believed; i++)
	{
		const char *value = counted->param ?
			value_of_list(lists, i, counted->param) : NULL;

		is_believed = (value || counted->param == NULL) &&
			add_rows(counted, value, counts[i]);
	}
	hw_scan_stop(scan);
	return is_believed;
}

static const HwBinding *
find_binding(const HwBinding *bindings, int nbindings, const HwParam *param)
{
	for (int i = 0; i < nbindings; i++)
	{
		if (bindings[i].param == param)
			return &bindings[i];
	}
	return NULL;
}

/* Every value that the documents name, as if a query had asked for them. */
static void
bind_words(const HwParam *param, HwBinding *binding)
{
	const char **values = palloc0(sizeof(char *) * (HW_STRANDS_MAX + 1));
	int			nvalues = 0;

	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
		values[nvalues++] = s->reply;
	for (const char *const *w = param->words; w && *w; w++)
		values[nvalues++] = *w;
	binding->param = param;
	binding->values = values;
	binding->nvalues = nvalues;
	binding->is_condition = true;
}

static long long
sum_groups(HwCounted *counted)
{
	long long	sum = 0;

	for (int i = 0; i < counted->ngroups; i++)
		sum += counted->groups[i].count;
	return sum;
}

/*
 * Groups by all the values that the documents name; there may be rows with
 * others, or with none, unless the groups add up to the list without them.
 */
static bool
count_words(ForeignScanState *node, HwBinding *bindings, int nbindings)
{
	HwCounted  *counted = ((HwScan *) node->fdw_state)->counted;
	const HwParam *param = counted->param;
	long long	whole;

	bind_words(param, &bindings[nbindings]);
	counted->param = NULL;
	if (!count_bindings(node, bindings, nbindings))
	{
		counted->param = param;
		return false;
	}
	whole = sum_groups(counted);
	counted->ngroups = 0;
	counted->param = param;
	return count_bindings(node, bindings, nbindings + 1) &&
		sum_groups(counted) == whole;
}

static bool
count_rows(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	HwCounted  *counted = scan->counted;
	const HwParam *param = counted->param;
	HwBinding  *bindings;
	bool		is_whole;
	int			nbindings = hw_bindings_evaluate(scan->foreign,
												 scan->plan->conditions,
												 scan->values,
												 node->ss.ps.ps_ExprContext,
												 &bindings, &is_whole);

	/* Without GROUP BY there is a row even for no rows. */
	if (param == NULL)
		add_rows(counted, NULL, 0);
	if (nbindings < 0)
		return true;
	if (!is_whole || !hw_count_is_strict(bindings, nbindings))
		return false;
	if (param && param->complete_set == NULL &&
		find_binding(bindings, nbindings, param) == NULL)
		return nbindings < HW_ASKED_MAX - 1 &&
			count_words(node, bindings, nbindings);
	return count_bindings(node, bindings, nbindings);
}

static void
count_start(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	HwCounted  *counted = scan->counted;
	MemoryContext before;

	hw_scan_stop(scan);
	MemoryContextReset(scan->binding_context);
	counted->ngroups = counted->next = 0;
	before = MemoryContextSwitchTo(scan->binding_context);
	scan->is_rescanned = false;
	counted->is_read = !count_rows(node);
	MemoryContextSwitchTo(before);
	scan->is_started = true;
}

/* --- rows ------------------------------------------------------------ */

static void
store_group(const HwScan *scan, const Tally *group, TupleTableSlot *slot)
{
	int			column = 0;
	ListCell   *lc;

	ExecClearTuple(slot);
	foreach(lc, scan->plan->outputs)
	{
		if (lfirst_int(lc) == HW_OUT_GROUP)
			slot->tts_values[column] =
				CStringGetTextDatum(pg_any_to_server(group->value,
													 strlen(group->value),
													 PG_UTF8));
		else
			slot->tts_values[column] = Int64GetDatum(group->count);
		slot->tts_isnull[column++] = false;
	}
	ExecStoreVirtualTuple(slot);
}

/* Nodes run in the query's context; we are called in one for a row. */
static TupleTableSlot *
read_row(ForeignScanState *node)
{
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;
	MemoryContext before;
	TupleTableSlot *row;

	before = MemoryContextSwitchTo(node->ss.ps.state->es_query_cxt);
	row = ExecProcNode(outerPlanState(node));
	MemoryContextSwitchTo(before);
	return TupIsNull(row) ? ExecClearTuple(slot) : ExecCopySlot(slot, row);
}

TupleTableSlot *
hw_count_next(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	HwCounted  *counted = scan->counted;
	TupleTableSlot *slot = node->ss.ss_ScanTupleSlot;

	if (!scan->is_started || scan->is_rescanned)
		count_start(node);
	if (counted->is_read)
		return read_row(node);
	while (counted->next < counted->ngroups)
	{
		const Tally *group = &counted->groups[counted->next++];

		if (group->count > 0 || scan->plan->group == NULL)
		{
			store_group(scan, group, slot);
			return slot;
		}
	}
	return ExecClearTuple(slot);
}

void
hw_count_explain(ForeignScanState *node, ExplainState *es)
{
	const HwScan *scan = node->fdw_state;

	ExplainPropertyText("Count", !es->analyze || !scan->is_started ?
						"from totals, or else read below" :
						scan->counted->is_read ?
						"read below, since the totals are not borne out" :
						"from totals", es);
}
