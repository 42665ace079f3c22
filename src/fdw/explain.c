/*-------------------------------------------------------------------------
 *
 * explain.c
 *	  What EXPLAIN shows of a foreign scan.
 *
 * Method and path template, what is sent and what is not; with ANALYZE what
 * it took.  No host, no secret, and plain EXPLAIN sends nothing.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/explain.h"

#include "fdw/conditions.h"
#include "fdw/count.h"
#include "fdw/question.h"
#include "fdw/scan.h"
#include "mb/pg_wchar.h"
#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/ruleutils.h"

static const char *
spelled(const HwParam *param, const char *value, bool in_short)
{
	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
	{
		if (strcmp(s->reply, value) == 0)
			return in_short ? s->short_request : s->long_request;
	}
	return value;
}

/* Is the value sent in the short spelling, as far as is known? */
static bool
is_short(const HwScan *scan)
{
	HwPagerStats stats;

	hw_scan_stats(scan, &stats);
	if (stats.dialect_is_known)
		return stats.dialect == HW_DIALECT_SHORT;
	return strcmp(scan->foreign->options->status_spelling, "short") == 0;
}

/* Constants in the request's spelling; false when they cannot be sent. */
static bool
append_constants(const HwScan *scan, const HwCondition *condition,
				 List *texts, StringInfo out)
{
	const char *value;
	bool		is_whole;
	ListCell   *lc;

	if (texts == NIL)
		appendStringInfoString(out, "NULL");
	texts = hw_condition_sendable(scan->foreign, condition, texts, &is_whole);
	if (!is_whole && texts == NIL)
		return false;
	foreach(lc, texts)
	{
		value = spelled(condition->param, lfirst(lc), is_short(scan));
		appendStringInfo(out, "%s%s", lc == list_head(texts) ? "" : " | ",
						 pg_any_to_server(value, strlen(value), PG_UTF8));
	}
	return list_length(texts) <= HW_STRANDS_MAX;
}

/* "name = value" of a condition, or why it is not sent. */
static bool
describe_condition(ForeignScanState *node, ExplainState *es,
				   const HwScan *scan, const HwCondition *condition,
				   StringInfo text)
{
	List	   *context;
	List	   *texts;
	const char *separator = "";
	ListCell   *lv;
	ListCell   *la;

	if (hw_condition_constants(condition, &texts))
	{
		appendStringInfo(text, "%s = ", condition->param->name);
		return append_constants(scan, condition, texts, text);
	}
	appendStringInfo(text, "%s %s ", condition->param->name,
					 condition->is_negated ? "<>" : "=");
	context = set_deparse_context_plan(es->deparse_cxt, node->ss.ps.plan,
									   NIL);
	forboth(lv, condition->values, la, condition->are_arrays)
	{
		appendStringInfo(text, !lfirst_int(la) ? "%s%s" :
						 condition->is_negated ? "%sALL (%s)" : "%sANY (%s)",
						 separator, deparse_expression(lfirst(lv), context,
													   es->verbose, false));
		separator = " | ";
	}
	if (condition->nvalues_max > 0)
		appendStringInfo(text, " (up to %d)", condition->nvalues_max);
	return true;
}

static bool
has_condition(List *conditions, const HwParam *param)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		if (((HwCondition *) lfirst(lc))->param == param)
			return true;
	}
	return false;
}

/*
 * The values of a complete set that are left when another column with
 * constants tells this one.
 */
static List *
narrowed_set(const HwForeignTable *foreign, List *conditions,
			 const HwParam *param)
{
	const HwColumn *column = hw_column_find(foreign->table, param->column);
	List	   *set = NIL;
	ListCell   *lc;
	ListCell   *lt;

	for (int i = 0; param->complete_set[i]; i++)
		set = lappend(set, makeString(pstrdup(param->complete_set[i])));
	foreach(lc, conditions)
	{
		const HwCondition *condition = lfirst(lc);
		List	   *derived = NIL;
		List	   *texts;

		if (column == NULL || column->derive_from == NULL ||
			strcmp(column->derive_from, condition->column->name) != 0 ||
			!hw_condition_constants(condition, &texts) || texts == NIL)
			continue;
		foreach(lt, texts)
		{
			const char *value = hw_column_derive(column, lfirst(lt));

			if (value == NULL)
				break;
			derived = lappend(derived, makeString(pstrdup(value)));
		}
		if (lt == NULL)
			set = list_intersection(set, derived);
	}
	return set;
}

/* Params that the query does not set: options, complete sets, fallbacks. */
static List *
describe_defaults(const HwForeignTable *foreign, List *conditions)
{
	List	   *sent = NIL;

	for (const HwParam *param = foreign->api->params; param && param->name;
		 param++)
	{
		const char *value = NULL;
		StringInfoData text;

		if (has_condition(conditions, param) || param->place != HW_IN_QUERY)
			continue;
		if (param->option)
			value = hw_option_text(foreign->options, param->option);
		if (value == NULL)
			value = param->fallback;
		initStringInfo(&text);
		appendStringInfo(&text, "%s = ", param->name);
		if (value)
			appendStringInfoString(&text, value);
		else if (param->complete_set && hw_table_asks_all(foreign->table))
		{
			List	   *set = narrowed_set(foreign, conditions, param);
			ListCell   *lc;

			foreach(lc, set)
				appendStringInfo(&text, "%s%s",
								 lc == list_head(set) ? "" : " | ",
								 strVal(lfirst(lc)));
		}
		else
			continue;
		sent = lappend(sent, text.data);
	}
	return sent;
}

/* Are there more constants than the plan wants to be sent? */
static bool
is_left_out(const HwCondition *condition)
{
	List	   *texts;

	return condition->nvalues_max > 0 &&
		hw_condition_constants(condition, &texts) &&
		list_length(texts) > condition->nvalues_max;
}

/* The options that say where to read, unless the query does. */
static void
explain_places(const HwScan *scan, ExplainState *es)
{
	const HwForeignTable *foreign = scan->foreign;
	const HwOptions *options = foreign->options;

	if (foreign->service->scope != HW_PROJECT_SCOPE)
		return;
	if (options->projects)
		ExplainPropertyText("Projects", options->projects, es);
	if (options->regions)
		ExplainPropertyText("Regions", options->regions, es);
}

static void
explain_plan(ForeignScanState *node, ExplainState *es, const HwScan *scan)
{
	const HwForeignTable *foreign = scan->foreign;
	List	   *sent = NIL;
	List	   *not_sent = NIL;
	ListCell   *lc;

	foreach(lc, scan->plan->conditions)
	{
		StringInfoData text;

		initStringInfo(&text);
		if (is_left_out(lfirst(lc)))
			not_sent = lappend(not_sent,
							   psprintf("%s (fewer requests without it)",
										((HwCondition *) lfirst(lc))->column->name));
		else if (describe_condition(node, es, scan, lfirst(lc), &text))
			sent = lappend(sent, text.data);
		else
			not_sent = lappend(not_sent,
							   psprintf("%s (a value that cannot be sent)",
										((HwCondition *) lfirst(lc))->column->name));
	}
	sent = list_concat(sent, describe_defaults(foreign,
											   scan->plan->conditions));
	foreach(lc, scan->plan->local)
		not_sent = lappend(not_sent, strVal(lfirst(lc)));

	ExplainPropertyText("API", psprintf("%s %s",
										foreign->api->method == HW_POST ?
										"POST" : "GET", foreign->api->path),
						es);
	explain_places(scan, es);
	if (sent)
		ExplainPropertyList("Sent", sent, es);
	if (not_sent)
		ExplainPropertyList("Not Sent", not_sent, es);
	if (foreign->api->paging.style == HW_OFFSET && foreign->table->key)
	{
		int			size = hw_question_page_size(foreign);
		double		goal = Max(scan->plan->row_goal,
							   foreign->api->paging.size_min);

		ExplainPropertyInteger("Page Size", NULL, size, es);
		if (scan->plan->row_goal > 0 && goal < size)
			ExplainPropertyInteger("First Page", NULL, (int64) goal, es);
	}
}

static void
explain_run(const HwScan *scan, ExplainState *es)
{
	HwPagerStats stats;

	hw_scan_stats(scan, &stats);
	ExplainPropertyInteger("Requests", NULL, stats.counters.nrequests, es);
	if (scan->nlookups > 0 || es->format != EXPLAIN_FORMAT_TEXT)
		ExplainPropertyInteger("IAM Requests", NULL, scan->nlookups, es);
	ExplainPropertyInteger("Pages", NULL, stats.npages, es);
	ExplainPropertyInteger("Retries", NULL, stats.counters.nretries, es);
	ExplainPropertyInteger("Rows Dropped", NULL, stats.ndropped, es);
	ExplainPropertyInteger("Bytes", NULL, stats.counters.bytes, es);
	if (stats.nrepeated > 0 || es->format != EXPLAIN_FORMAT_TEXT)
		ExplainPropertyInteger("Rows Repeated", NULL, stats.nrepeated, es);
	if (stats.ncached > 0 || es->format != EXPLAIN_FORMAT_TEXT)
		ExplainPropertyInteger("Pages Reused", NULL, stats.ncached, es);
	if (stats.ncached > 0 && scan->foreign->options->cache_ttl > 0)
		ExplainPropertyInteger("Oldest Page", "ms", stats.cache_age_ms, es);
	if (stats.nunfiltered > 0 || es->format != EXPLAIN_FORMAT_TEXT)
		ExplainPropertyInteger("Unfiltered Lists", NULL,
							   stats.nunfiltered, es);
	if (stats.dialect_is_known)
		ExplainPropertyText("Status Spelling",
							stats.dialect == HW_DIALECT_SHORT ? "short" :
							"long", es);
}

void
hwExplainForeignScan(ForeignScanState *node, ExplainState *es)
{
	const HwScan *scan = node->fdw_state;

	if (scan->counted)
		hw_count_explain(node, es);
	explain_plan(node, es, scan);
	if (es->analyze)
		explain_run(scan, es);
}
