/*-------------------------------------------------------------------------
 *
 * plan.c
 *	  Sizes, paths and plans of foreign scans.
 *
 * Requests are what a scan costs: HSS allows five a minute.  Planning sends
 * none.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/plan.h"

#include <math.h>

#include "access/sysattr.h"
#include "catalog/pg_type.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/locations.h"
#include "fdw/totals.h"
#include "fdw/upper.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/paths.h"
#include "optimizer/planmain.h"
#include "optimizer/restrictinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/selfuncs.h"

/* Of a scan that will find a required value missing; it fails at once. */
#define MISSING_COST 1e15

/* Rows of a list that has never been analyzed or read. */
#define ROWS_DEFAULT 1000.0

/* Elements of an array that is not known yet, as the server takes it. */
#define ARRAY_LENGTH_DEFAULT 10

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

const HwParam *
hw_plan_missing(const HwForeignTable *foreign, List *conditions)
{
	const HwParam *region = hw_param_find(foreign->api, "region");
	bool		has_region = region && has_condition(conditions, region);

	for (const HwParam *param = foreign->api->params; param && param->name;
		 param++)
	{
		if (param->is_required &&
			!hw_locations_are_told(foreign, has_condition(conditions, param),
								   has_region))
			return param;
	}
	return NULL;
}

/*
 * Rows of the lists that the conditions ask for, -1 when never read so; and
 * how many lists, which is left alone when that is not known yet.
 */
static double
remembered_rows(const HwRelInfo *info, List *conditions, double *nlists)
{
	HwBinding  *bindings;
	int			nbindings;
	HwLocations locations;

	if (info->foreign->table->key == NULL ||
		hw_plan_missing(info->foreign, conditions))
		return -1;
	nbindings = hw_bindings_of_constants(info->foreign, conditions,
										 &bindings);
	if (nbindings < 0 ||
		!hw_locations_guess(info->foreign, bindings, nbindings, &locations))
		return -1;
	return hw_totals_find(info->foreign, info->userid, locations.bindings,
						  locations.nbindings, nlists);
}

static double
rows_of_table(const HwRelInfo *info)
{
	double		nlists;
	double		rows = remembered_rows(info, NIL, &nlists);

	if (rows >= 0)
		return rows;
	if (info->reltuples >= 0)
		return info->reltuples;
	return info->foreign->table->rows ? ROWS_DEFAULT : 1;
}

static void
classify(PlannerInfo *root, RelOptInfo *baserel, HwRelInfo *info)
{
	ListCell   *lc;

	foreach(lc, baserel->baserestrictinfo)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		HwCondition *condition;

		condition = hw_condition_of_clause(root, info->foreign,
										   baserel->relid, NULL,
										   rinfo->clause);
		if (condition)
		{
			info->sent = lappend(info->sent, rinfo);
			info->conditions = lappend(info->conditions, condition);
		}
		else
			info->local = lappend(info->local, rinfo);
	}
}

void
hwGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
					Oid foreigntableid)
{
	HwRelInfo  *info = palloc0(sizeof(HwRelInfo));
	double		nlists;
	double		rows;

	baserel->fdw_private = info;
	info->foreign = hw_table_open(foreigntableid);
	info->userid = OidIsValid(baserel->userid) ? baserel->userid
		: GetUserId();
	info->reltuples = baserel->tuples;
	info->has_limit = root->limit_tuples > 0 && root->parse->sortClause == NIL;
	classify(root, baserel, info);

	baserel->tuples = rows_of_table(info);
	set_baserel_size_estimates(root, baserel);
	rows = remembered_rows(info, info->conditions, &nlists);
	if (rows >= 0)
		baserel->rows = clamp_row_est(rows *
									  clauselist_selectivity(root, info->local,
															 baserel->relid,
															 JOIN_INNER,
															 NULL));
}

/* --- requests ------------------------------------------------------- */

/* Values that a condition asks for, as far as can be told; at least 1. */
static double
count_values(const HwCondition *condition)
{
	List	   *texts;
	double		count = 0;
	ListCell   *lv;
	ListCell   *la;

	if (hw_condition_constants(condition, &texts))
		return Max(list_length(texts), 1);
	forboth(lv, condition->values, la, condition->are_arrays)
		count += lfirst_int(la) ? ARRAY_LENGTH_DEFAULT : 1;
	return condition->is_negated ? 1 : count;
}

/* Is it known before execution how many values a condition has at most? */
static bool
is_countable(const HwCondition *condition)
{
	List	   *texts;

	return hw_condition_constants(condition, &texts) ||
		!list_member_int(condition->are_arrays, true);
}

/* Has it more values than are to be sent? */
static bool
is_left_out(const HwCondition *condition)
{
	return condition->nvalues_max > 0 &&
		count_values(condition) > condition->nvalues_max;
}

/* How many values a column may have, as far as the documents say; or 0. */
static double
count_words(const HwParam *param)
{
	double		count = 0;

	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
		count++;
	for (const char *const *w = param->words; w && *w; w++)
		count++;
	return count;
}

/*
 * The part of a table that conditions ask for.  Without statistics the server
 * would take any text for rare; the documents know better.
 */
static double
selectivity_of(PlannerInfo *root, RelOptInfo *baserel, List *conditions,
			   List *clauses)
{
	HwRelInfo  *info = baserel->fdw_private;
	double		selectivity = 1;
	ListCell   *lc;

	if (info->reltuples >= 0)
	{
		List	   *sent = NIL;
		ListCell   *lr;

		forboth(lc, conditions, lr, clauses)
		{
			if (!is_left_out(lfirst(lc)))
				sent = lappend(sent, lfirst(lr));
		}
		return clauselist_selectivity(root, sent, baserel->relid, JOIN_INNER,
									  NULL);
	}
	foreach(lc, conditions)
	{
		const HwCondition *condition = lfirst(lc);
		double		nvalues = count_values(condition);
		double		nwords = count_words(condition->param);

		if (is_left_out(condition))
			continue;
		selectivity *= Min(1, nwords > 0 ? nvalues / nwords :
						   nvalues / DEFAULT_NUM_DISTINCT);
	}
	return selectivity;
}

/* Requests for a list of so many rows, asked for in so many strands. */
static double
requests_of_rows(const HwForeignTable *foreign, double rows, double strands)
{
	double		page_size = foreign->options->page_size;

	if (foreign->api->paging.style != HW_OFFSET ||
		foreign->table->key == NULL)
		return strands;
	if (page_size > foreign->api->paging.size_max)
		page_size = foreign->api->paging.size_max;
	return strands + floor(rows / page_size);
}

/* Lists that are asked for one by one. */
static double
strands_of_table(const HwForeignTable *foreign, List *conditions)
{
	double		strands = 1;
	double		nlocations = 0;

	for (const HwParam *param = foreign->api->params; param && param->name;
		 param++)
	{
		double		count = 0;
		ListCell   *lc;

		while (hw_table_asks_all(foreign->table) && param->complete_set &&
			   param->complete_set[(int) count])
			count++;
		foreach(lc, conditions)
		{
			const HwCondition *condition = lfirst(lc);

			if (condition->param == param && !is_left_out(condition))
				count = count == 0 ? count_values(condition) :
					Min(count, count_values(condition));
		}
		if (param->is_location)
			nlocations = Max(nlocations, count);
		else
			strands *= Max(count, 1);
	}
	return strands * (nlocations > 0 ? nlocations :
					  hw_locations_count(foreign));
}

/* Does a param take its value from a clause of this path? */
static bool
is_looked_up(const HwForeignTable *foreign, List *conditions)
{
	ListCell   *lc;

	foreach(lc, conditions)
	{
		const HwCondition *condition = lfirst(lc);

		if (!is_left_out(condition) && foreign->table->key &&
			strcmp(condition->column->name, foreign->table->key) == 0)
			return true;
	}
	return false;
}

/*
 * An option says which list a full read is of; a look-up must not read another
 * one, or the plan would decide the answer.
 */
static bool
is_set_by_option(const HwForeignTable *foreign, const HwParam *param)
{
	const char *value = param->option ?
		hw_option_text(foreign->options, param->option) : NULL;

	/* Where to read, values of other tables only narrow. */
	return value && !param->is_location && (param->reserved == NULL ||
					 strcmp(value, param->reserved) != 0);
}

/* Is a param set by a subquery that runs once, for a query or one around it? */
static bool
is_of_init_plan(const PlannerInfo *root, int paramid)
{
	for (; root; root = root->parent_root)
	{
		ListCell   *lc;

		foreach(lc, root->init_plans)
		{
			if (list_member_int(lfirst_node(SubPlan, lc)->setParam, paramid))
				return true;
		}
	}
	return false;
}

static bool
has_correlated_param(Node *node, void *root)
{
	if (node == NULL)
		return false;
	if (IsA(node, Param))
		return ((Param *) node)->paramkind == PARAM_EXEC &&
			!is_of_init_plan(root, ((Param *) node)->paramid);
	return expression_tree_walker(node, has_correlated_param, root);
}

bool
hw_plan_is_correlated(PlannerInfo *root, const HwCondition *condition)
{
	return has_correlated_param((Node *) condition->values, root);
}

/*
 * Do a condition's values come from rows of other tables?  The answer must not
 * depend on whether a subquery became a join, so its correlated values are
 * among them.
 */
static bool
is_of_rows(PlannerInfo *root, RelOptInfo *baserel,
		   const HwCondition *condition, Expr *clause)
{
	HwRelInfo  *info = baserel->fdw_private;

	return hw_plan_is_correlated(root, condition) ||
		!hw_condition_of_clause(root, info->foreign, baserel->relid, NULL,
								clause);
}

/* A look-up stops at the list that has the key: the first of two, or not. */
double
hw_plan_requests(PlannerInfo *root, RelOptInfo *baserel, List *conditions,
				 List *clauses, double *rows, double *strands)
{
	HwRelInfo  *info = baserel->fdw_private;

	*strands = strands_of_table(info->foreign, conditions);
	*rows = remembered_rows(info, conditions, strands);
	if (is_looked_up(info->foreign, conditions))
		*strands = (*strands + 1) / 2;
	if (*rows < 0)
		*rows = clamp_row_est(baserel->tuples *
							  selectivity_of(root, baserel, conditions,
											 clauses));
	return requests_of_rows(info->foreign, *rows, *strands);
}

/*
 * How many values of a condition may be sent before it is better to read what
 * they leave out: so many rows in so many lists.
 */
static int
break_even(const HwForeignTable *foreign, const HwCondition *condition,
		   double rows, double strands)
{
	double		nwords = count_words(condition->param);
	int			nvalues = HW_STRANDS_MAX;

	if (nwords == 0)
		nwords = DEFAULT_NUM_DISTINCT;
	while (nvalues > 1 &&
		   requests_of_rows(foreign, rows * Min(1, nvalues / nwords),
							strands * nvalues) >
		   requests_of_rows(foreign, rows, strands))
		nvalues--;
	return nvalues;
}

/*
 * Whether a condition of several values may be left to the local filter.  An
 * option's value must not take the place of a path's or of the query's own,
 * nor a fallback, which the key may have no rights for.
 */
static bool
is_optional(const HwForeignTable *foreign, const HwCondition *condition)
{
	List	   *texts;
	ListCell   *lc;

	(void) hw_condition_constants(condition, &texts);
	foreach(lc, texts)
	{
		if (!hw_value_is_sendable(condition->param, lfirst(lc)))
			return false;
	}
	return condition->param->place == HW_IN_QUERY &&
		condition->param->complete_set == NULL &&
		condition->param->fallback == NULL &&
		!is_set_by_option(foreign, condition->param) &&
		(list_length(condition->values) > 1 ||
		 linitial_int(condition->are_arrays));
}

/*
 * Adds the path that sends the given conditions, each of which stands for the
 * clause (a RestrictInfo) at its place.  Several values are sent if that does
 * not need more requests than to read what they leave out.  The path's
 * fdw_private has the clauses with such a limit, and the limits.
 */
static void
add_scan_path(PlannerInfo *root, RelOptInfo *baserel, List *conditions,
			  List *clauses, double rows, Relids outer)
{
	HwRelInfo  *info = baserel->fdw_private;
	List	   *limited = NIL;
	List	   *limits = NIL;
	double		rows_sent;
	double		strands;
	double		requests = hw_plan_requests(root, baserel, conditions, clauses,
									   &rows_sent, &strands);
	Cost		startup = HW_REQUEST_COST;
	Cost		total;
	ForeignPath *path;

	/* Never the better plan, but perhaps the only one in this join order. */
	if (hw_plan_missing(info->foreign, conditions))
		startup += MISSING_COST;
	for (int i = 0; i < list_length(conditions); i++)
	{
		HwCondition *condition = list_nth(conditions, i);
		RestrictInfo *rinfo = list_nth(clauses, i);
		HwCondition *kept = palloc(sizeof(HwCondition));
		List	   *fewer = list_copy(conditions);
		double		rows_read;
		double		cheaper;

		if (!is_optional(info->foreign, condition))
			continue;
		*kept = *condition;
		kept->nvalues_max = 1;
		lfirst(list_nth_cell(fewer, i)) = kept;
		cheaper = hw_plan_requests(root, baserel, fewer, clauses, &rows_read,
							  &strands);
		if (is_countable(condition) ? cheaper >= requests :
			(kept->nvalues_max = break_even(info->foreign, condition,
											rows_read, strands)) ==
			HW_STRANDS_MAX)
			continue;
		limited = lappend(limited, rinfo->clause);
		limits = lappend_int(limits, kept->nvalues_max);
		conditions = fewer;
		requests = hw_plan_requests(root, baserel, conditions, clauses,
							   &rows_sent, &strands);
	}
	total = requests * HW_REQUEST_COST +
		rows_sent * (cpu_tuple_cost + baserel->baserestrictcost.per_tuple);
	startup += baserel->baserestrictcost.startup;
	total += baserel->baserestrictcost.startup;
	path = hw_foreignscan_path(root, baserel, rows, startup,
							   Max(total, startup), outer);
	path->fdw_private = list_make2(limited, limits);
	add_path(baserel, (Path *) path);
}

/* --- look-ups ------------------------------------------------------- */

/* Argument of is_sendable_member: what to look for, what was tried. */
typedef struct MemberSearch
{
	const HwForeignTable *foreign;
	Expr	   *current;		/* member that clauses were made for */
	List	   *done;
} MemberSearch;

static bool
is_sendable_member(PlannerInfo *root, RelOptInfo *rel,
				   EquivalenceClass *ec, EquivalenceMember *em, void *arg)
{
	MemberSearch *search = arg;
	const HwColumn *column;

	if (search->current)
		return equal(em->em_expr, search->current);
	if (list_member(search->done, em->em_expr))
		return false;
	column = hw_condition_column(search->foreign, rel->relid,
								 (Node *) em->em_expr);
	if (column == NULL || !hw_param_of_column(search->foreign->api,
											  search->foreign->table,
											  column->name))
		return false;
	search->current = em->em_expr;
	return true;
}

/* Notes the parameterization under which a join clause can be sent. */
static List *
add_outer(PlannerInfo *root, RelOptInfo *baserel, RestrictInfo *rinfo,
		  List *outers)
{
	HwRelInfo  *info = baserel->fdw_private;
	Relids		outer;
	ParamPathInfo *param_info;
	HwCondition *condition;

	if (!join_clause_is_movable_to(rinfo, baserel))
		return outers;
	outer = bms_del_member(bms_union(rinfo->clause_relids,
									 baserel->lateral_relids),
						   baserel->relid);
	if (bms_is_empty(outer))
		return outers;
	condition = hw_condition_of_clause(root, info->foreign, baserel->relid,
									   outer, rinfo->clause);
	if (condition == NULL ||
		is_set_by_option(info->foreign, condition->param))
		return outers;
	param_info = get_baserel_parampathinfo(root, baserel, outer);
	return list_append_unique_ptr(outers, param_info);
}

/* Every way in which other tables can give values to send. */
static List *
find_outers(PlannerInfo *root, RelOptInfo *baserel)
{
	HwRelInfo  *info = baserel->fdw_private;
	MemberSearch search = {.foreign = info->foreign};
	List	   *outers = NIL;
	ListCell   *lc;

	foreach(lc, baserel->joininfo)
		outers = add_outer(root, baserel, lfirst(lc), outers);
	while (baserel->has_eclass_joins)
	{
		List	   *clauses;

		search.current = NULL;
		clauses = generate_implied_equalities_for_column(root, baserel,
														 is_sendable_member,
														 &search,
														 baserel->lateral_referencers);
		if (search.current == NULL)
			break;
		foreach(lc, clauses)
			outers = add_outer(root, baserel, lfirst(lc), outers);
		search.done = lappend(search.done, search.current);
	}
	return outers;
}

static void
add_lookup_path(PlannerInfo *root, RelOptInfo *baserel,
				ParamPathInfo *param_info)
{
	HwRelInfo  *info = baserel->fdw_private;
	List	   *conditions = list_copy(info->conditions);
	List	   *sent = list_copy(info->sent);
	ListCell   *lc;

	foreach(lc, param_info->ppi_clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		HwCondition *condition;

		condition = hw_condition_of_clause(root, info->foreign,
										   baserel->relid,
										   param_info->ppi_req_outer,
										   rinfo->clause);
		if (condition == NULL)
			continue;
		conditions = lappend(conditions, condition);
		sent = lappend(sent, rinfo);
	}
	add_scan_path(root, baserel, conditions, sent, param_info->ppi_rows,
				  param_info->ppi_req_outer);
}

/* Is there a look-up that is given all that a request needs? */
static bool
has_told_path(RelOptInfo *baserel)
{
	ListCell   *lc;

	foreach(lc, baserel->pathlist)
	{
		if (((Path *) lfirst(lc))->startup_cost < MISSING_COST)
			return true;
	}
	return false;
}

void
hwGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel, Oid foreigntableid)
{
	HwRelInfo  *info = baserel->fdw_private;
	ListCell   *lc;

	List	   *outers = find_outers(root, baserel);
	const HwParam *missing = hw_plan_missing(info->foreign, info->conditions);

	foreach(lc, outers)
		add_lookup_path(root, baserel, lfirst(lc));
	if (missing && !has_told_path(baserel))
		hw_conditions_require(info->foreign, missing);
	add_scan_path(root, baserel, info->conditions, info->sent, baserel->rows,
				  baserel->lateral_relids);
}

bool
hwIsForeignPathAsyncCapable(ForeignPath *path)
{
	const HwRelInfo *info = path->path.parent->fdw_private;

	return IS_SIMPLE_REL(path->path.parent) && !info->has_limit &&
		info->foreign->options->async_capable != 0;
}

/* --- plans ---------------------------------------------------------- */

/* Attributes that the plan's target list or clauses look at. */
static List *
used_attributes(const HwForeignTable *foreign, RelOptInfo *baserel,
				List *clauses)
{
	Bitmapset  *used = NULL;
	List	   *attributes = NIL;
	bool		is_whole;

	pull_varattnos((Node *) baserel->reltarget->exprs, baserel->relid, &used);
	pull_varattnos((Node *) clauses, baserel->relid, &used);
	is_whole = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used);
	for (int attno = 1; attno <= foreign->natts; attno++)
	{
		if (foreign->columns[attno - 1] &&
			(is_whole ||
			 bms_is_member(attno - FirstLowInvalidHeapAttributeNumber, used)))
			attributes = lappend_int(attributes, attno);
	}
	return attributes;
}

/* "expire_time (no parameter)" for a clause that is not sent. */
static String *
describe_local(const HwForeignTable *foreign, Index varno, Expr *clause)
{
	StringInfoData text;
	Bitmapset  *used = NULL;
	int			member = -1;

	initStringInfo(&text);
	pull_varattnos((Node *) clause, varno, &used);
	while ((member = bms_next_member(used, member)) >= 0)
	{
		int			attno = member + FirstLowInvalidHeapAttributeNumber;

		if (attno >= 1 && attno <= foreign->natts &&
			foreign->columns[attno - 1])
			appendStringInfo(&text, "%s%s", text.len ? ", " : "",
							 foreign->columns[attno - 1]->name);
	}
	if (text.len == 0)
		appendStringInfoString(&text, "row");
	appendStringInfo(&text, " (%s)",
					 hw_condition_reason(foreign, varno, clause));
	return makeString(text.data);
}

/* The number of rows after which the reader is likely to stop, or 0. */
static double
row_goal(PlannerInfo *root, RelOptInfo *baserel, double local_selectivity)
{
	if (root->limit_tuples <= 0 ||
		bms_membership(root->all_baserels) != BMS_SINGLETON ||
		root->parse->sortClause != NIL)
		return 0;
	return ceil(root->limit_tuples / Max(local_selectivity, 1e-6));
}

/* The number of values of a clause that the path wants to be sent, or 0. */
static int
limit_of(const ForeignPath *path, const Expr *clause)
{
	ListCell   *lc;
	ListCell   *ll;

	forboth(lc, (List *) linitial(path->fdw_private),
			ll, (List *) lsecond(path->fdw_private))
	{
		if (equal(lfirst(lc), clause))
			return lfirst_int(ll);
	}
	return 0;
}

void
hw_plan_write(const HwCondition *condition, List **names, List **values)
{
	*names = lappend(*names,
					 list_make5(makeString(pstrdup(condition->column->name)),
								makeInteger(condition->is_negated),
								makeInteger(condition->nvalues_max),
								condition->are_arrays,
								makeInteger(condition->narrows)));
	*values = list_concat(*values, condition->values);
}

ForeignScan *
hwGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel, Oid foreigntableid,
				 ForeignPath *best_path, List *tlist, List *scan_clauses,
				 Plan *outer_plan)
{
	HwRelInfo  *info = baserel->fdw_private;
	const HwForeignTable *foreign;
	List	   *names = NIL;
	List	   *values = NIL;
	List	   *local = NIL;
	List	   *private;
	List	   *clauses = extract_actual_clauses(scan_clauses, false);
	List	   *locals = NIL;
	double		goal;
	ListCell   *lc;

	if (IS_UPPER_REL(baserel))
		return hw_upper_plan(best_path, tlist, outer_plan);
	foreign = info->foreign;
	foreach(lc, scan_clauses)
	{
		RestrictInfo *rinfo = lfirst_node(RestrictInfo, lc);
		HwCondition *condition;
		bool		narrows;

		if (rinfo->pseudoconstant)
			continue;
		condition = hw_condition_of_clause(root, foreign, baserel->relid,
										   PATH_REQ_OUTER(&best_path->path),
										   rinfo->clause);
		narrows = condition &&
			is_of_rows(root, baserel, condition, rinfo->clause);
		if (narrows && is_set_by_option(foreign, condition->param))
			condition = NULL;
		if (condition)
		{
			condition->nvalues_max = limit_of(best_path, rinfo->clause);
			condition->narrows = narrows;
			hw_plan_write(condition, &names, &values);
		}
		else
			local = lappend(local, describe_local(foreign, baserel->relid,
												  rinfo->clause));
		if (condition == NULL || is_left_out(condition))
			locals = lappend(locals, rinfo);
	}
	goal = row_goal(root, baserel,
					clauselist_selectivity(root, locals, baserel->relid,
										   JOIN_INNER, NULL));
	private = list_make4(makeDefElem("conditions", (Node *) names, -1),
						 makeDefElem("attributes", (Node *)
									 used_attributes(foreign, baserel,
													 clauses), -1),
						 makeDefElem("local", (Node *) local, -1),
						 makeDefElem("row_goal", (Node *)
									 makeFloat(psprintf("%.0f", goal)), -1));

	/* All clauses stay: services' filters are not SQL's. */
	return make_foreignscan(tlist, clauses, baserel->relid, values, private,
							NIL, NIL, outer_plan);
}

HwPlan *
hw_plan_read(const HwForeignTable *foreign, ForeignScan *scan)
{
	HwPlan	   *plan = palloc0(sizeof(HwPlan));
	List	   *names = NIL;
	int			position = 0;
	ListCell   *lc;

	foreach(lc, scan->fdw_private)
	{
		DefElem    *def = lfirst_node(DefElem, lc);

		if (strcmp(def->defname, "conditions") == 0)
			names = (List *) def->arg;
		else if (strcmp(def->defname, "attributes") == 0)
			plan->attributes = (List *) def->arg;
		else if (strcmp(def->defname, "local") == 0)
			plan->local = (List *) def->arg;
		else if (strcmp(def->defname, "row_goal") == 0)
			plan->row_goal = floatVal(def->arg);
		else if (strcmp(def->defname, "group") == 0)
			plan->group = strVal(def->arg);
		else if (strcmp(def->defname, "outputs") == 0)
			plan->outputs = (List *) def->arg;
	}
	foreach(lc, names)
	{
		List	   *name = lfirst_node(List, lc);
		HwCondition *condition = palloc0(sizeof(HwCondition));

		condition->column = hw_column_find(foreign->table,
										   strVal(linitial(name)));
		if (condition->column)
			condition->param = hw_param_of_column(foreign->api,
												  foreign->table,
												  condition->column->name);
		condition->is_negated = intVal(lsecond(name)) != 0;
		condition->nvalues_max = intVal(lthird(name));
		condition->are_arrays = lfourth(name);
		condition->narrows = intVal(list_nth(name, 4)) != 0;
		for (int i = 0; i < list_length(condition->are_arrays); i++)
			condition->values = lappend(condition->values,
										list_nth(scan->fdw_exprs, position++));

		/* The table was given another entry since: its plans are redone. */
		if (condition->param == NULL)
			elog(ERROR, "foreign table \"%s\" has changed since it was planned",
				 foreign->relname);
		plan->conditions = lappend(plan->conditions, condition);
	}
	return plan;
}

/* --- repetition ----------------------------------------------------- */

typedef struct Census
{
	int			nscans;			/* foreign scans */
	bool		has_again;		/* a node that starts its input over */
} Census;

static void count_nodes(const Plan *plan, Census *census);

static void
count_list(List *plans, Census *census)
{
	ListCell   *lc;

	foreach(lc, plans)
		count_nodes(lfirst(lc), census);
}

/*
 * Nodes that are not known here are taken to start their input over: that
 * costs memory, the other mistake would cost requests.
 */
static void
count_nodes(const Plan *plan, Census *census)
{
	if (plan == NULL)
		return;
	switch (nodeTag(plan))
	{
		case T_ForeignScan:
			census->nscans++;
			break;
		case T_NestLoop:
		case T_RecursiveUnion:
		case T_CustomScan:
			census->has_again = true;
			break;
		case T_Append:
			count_list(((const Append *) plan)->appendplans, census);
			break;
		case T_MergeAppend:
			count_list(((const MergeAppend *) plan)->mergeplans, census);
			break;
		case T_SubqueryScan:
			count_nodes(((const SubqueryScan *) plan)->subplan, census);
			break;
		default:
			break;
	}
	count_nodes(plan->lefttree, census);
	count_nodes(plan->righttree, census);
}

HwRepeats
hw_plan_repeats(const PlannedStmt *stmt)
{
	Census		census = {0};

	count_nodes(stmt->planTree, &census);
	count_list(stmt->subplans, &census);

	/* A subplan may be evaluated for each row. */
	if (census.has_again || stmt->subplans != NIL)
		return HW_READ_AGAIN;
	return census.nscans > 1 ? HW_READ_ALIKE : HW_READ_ONCE;
}
