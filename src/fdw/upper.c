/*-------------------------------------------------------------------------
 *
 * upper.c
 *	  count(*) as a scan of its own, which asks for totals instead of rows.
 *
 * The path has another one below it that reads the rows and counts them, to
 * be run when the totals turn out not to be believed.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/upper.h"

#include "catalog/pg_type.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/plan.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/cost.h"
#include "optimizer/optimizer.h"
#include "optimizer/planmain.h"
#include "optimizer/prep.h"
#include "optimizer/tlist.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* Has the table lists whose elements are its rows, with a total? */
static bool
has_totals(const HwForeignTable *foreign)
{
	return foreign->options->trust_total &&
		foreign->api->paging.style == HW_OFFSET &&
		foreign->api->paging.total && foreign->table->key &&
		foreign->table->flatten == NULL;
}

/* Is the whole WHERE clause sent, for exactly the rows that satisfy it? */
static bool
is_all_sent(PlannerInfo *root, const RelOptInfo *input, const HwRelInfo *info)
{
	ListCell   *lc;

	if (info->local != NIL || root->hasPseudoConstantQuals ||
		!bms_is_empty(input->lateral_relids) ||
		hw_plan_missing(info->foreign, info->conditions))
		return false;
	foreach(lc, info->conditions)
	{
		const HwCondition *condition = lfirst(lc);

		/* Values of rows around it only narrow what options ask for. */
		if (!condition->param->is_exact ||
			(condition->param->option &&
			 hw_plan_is_correlated(root, condition)))
			return false;
	}
	return true;
}

/* Nothing that a count of all rows, by one column at most, would not see. */
static bool
is_plain_query(PlannerInfo *root, const GroupPathExtraData *extra)
{
	const Query *parse = root->parse;

	return parse->hasAggs && parse->groupingSets == NIL &&
		extra->havingQual == NULL &&
		extra->patype == PARTITIONWISE_AGGREGATE_NONE &&
		list_length(parse->groupClause) <= 1;
}

/* The column to group by, if its values are known beforehand. */
static const HwColumn *
group_column(const HwForeignTable *foreign, Index relid, Node *group)
{
	const HwColumn *column = hw_condition_column(foreign, relid, group);
	const HwParam *param = column ?
		hw_param_of_column(foreign->api, foreign->table, column->name) : NULL;

	if (param == NULL || !param->is_closed || !param->is_exact ||
		!OidIsValid(exprCollation(group)) ||
		!get_collation_isdeterministic(exprCollation(group)))
		return NULL;
	return column;
}

/* What an expression of the result is; -1 for anything else. */
static int
output_of(const HwForeignTable *foreign, Index relid, Node *group, Node *node)
{
	const Aggref *aggref = (const Aggref *) node;
	const HwColumn *column;

	if (group && equal(node, group))
		return HW_OUT_GROUP;
	if (!IsA(node, Aggref) || aggref->aggfilter || aggref->aggdistinct ||
		aggref->aggorder || aggref->agglevelsup > 0 ||
		aggref->aggsplit != AGGSPLIT_SIMPLE)
		return -1;
	if (aggref->aggfnoid == F_COUNT_)
		return HW_OUT_COUNT;
	if (aggref->aggfnoid != F_COUNT_ANY)
		return -1;
	column = hw_condition_column(foreign, relid, (Node *)
								 linitial_node(TargetEntry, aggref->args)->expr);
	return column && strcmp(column->name, foreign->table->key) == 0 ?
		HW_OUT_COUNT_KEY : -1;
}

/*
 * What the scan has to bring for the result, column by column; NULL when it
 * cannot.  The server makes the rest of it.
 */
static PathTarget *
target_of(const HwForeignTable *foreign, Index relid, Node *group,
		  const PathTarget *result, List **outputs)
{
	PathTarget *target = create_empty_pathtarget();
	List	   *nodes = pull_var_clause((Node *) result->exprs,
										PVC_INCLUDE_AGGREGATES |
										PVC_RECURSE_WINDOWFUNCS |
										PVC_RECURSE_PLACEHOLDERS);
	ListCell   *lc;

	*outputs = NIL;
	foreach(lc, nodes)
	{
		int			output = output_of(foreign, relid, group, lfirst(lc));

		if (output < 0)
			return NULL;
		if (list_member(target->exprs, lfirst(lc)))
			continue;
		add_column_to_pathtarget(target, lfirst(lc), 0);
		*outputs = lappend_int(*outputs, output);
	}
	return *outputs ? target : NULL;
}

/* The plan that reads and counts. */
static Path *
reading_path(PlannerInfo *root, RelOptInfo *input, RelOptInfo *output,
			 PathTarget *target, bool is_grouped)
{
	AggClauseCosts costs = {0};

	get_agg_clause_costs(root, AGGSPLIT_SIMPLE, &costs);
	return (Path *) create_agg_path(root, output, input->cheapest_total_path,
									target,
									is_grouped ? AGG_HASHED : AGG_PLAIN,
									AGGSPLIT_SIMPLE,
									root->parse->groupClause, NIL, &costs,
									is_grouped ? HW_STRANDS_MAX : 1);
}

/* How many values a closed column has. */
static int
count_words(const HwParam *param)
{
	int			count = 0;

	while (param->spellings ? param->spellings[count].reply != NULL :
		   param->words[count] != NULL)
		count++;
	return count;
}

/*
 * Requests of a count: a page for each list, and, when the values of a group
 * are all that the documents name, those of the lists without them.
 */
static double
count_requests(const HwRelInfo *info, const HwColumn *column, double strands)
{
	const HwParam *param;
	ListCell   *lc;

	if (column == NULL)
		return strands;
	param = hw_param_of_column(info->foreign->api, info->foreign->table,
							   column->name);
	if (param->complete_set)
		return strands;
	foreach(lc, info->conditions)
	{
		if (((HwCondition *) lfirst(lc))->param == param)
			return strands;
	}
	return strands * (count_words(param) + 1);
}

static void
add_count_path(PlannerInfo *root, RelOptInfo *input, RelOptInfo *output,
			   const HwColumn *column, PathTarget *target, List *outputs)
{
	HwRelInfo  *info = input->fdw_private;
	double		rows;
	double		strands;
	double		reading = hw_plan_requests(root, input, info->conditions,
										   info->sent, &rows, &strands);
	double		counting = count_requests(info, column, strands);
	List	   *names = NIL;
	List	   *values = NIL;
	List	   *private;
	ListCell   *lc;

	/*
	 * Lists of one page are the same to ask for, and are counted row by row in
	 * either way.  Groups take totals on trust where a read would not.
	 */
	if (counting > reading || (counting == reading && counting > strands))
		return;
	foreach(lc, info->conditions)
		hw_plan_write(lfirst(lc), &names, &values);
	private = list_make2(makeDefElem("conditions", (Node *) names, -1),
						 makeDefElem("outputs", (Node *) outputs, -1));
	if (column)
		private = lappend(private,
						  makeDefElem("group", (Node *)
									  makeString(pstrdup(column->name)), -1));
	add_path(output, (Path *)
			 hw_upper_path(root, output, output->reltarget,
						   column ? count_words(hw_param_of_column(info->foreign->api,
																  info->foreign->table,
																  column->name)) : 1,
						   counting * HW_REQUEST_COST,
						   reading_path(root, input, output, target,
										column != NULL),
						   list_make3(private, values,
									  make_tlist_from_pathtarget(target))));
}

void
hwGetForeignUpperPaths(PlannerInfo *root, UpperRelationKind stage,
					   RelOptInfo *input, RelOptInfo *output, void *extra)
{
	HwRelInfo  *info = input->fdw_private;
	const HwColumn *column = NULL;
	Node	   *group = NULL;
	PathTarget *target;
	List	   *outputs;

	if (stage != UPPERREL_GROUP_AGG || info == NULL ||
		input->reloptkind != RELOPT_BASEREL || !has_totals(info->foreign) ||
		!is_all_sent(root, input, info) || !is_plain_query(root, extra))
		return;
	if (root->parse->groupClause != NIL)
	{
		group = get_sortgroupclause_expr(linitial(root->parse->groupClause),
										 root->parse->targetList);
		column = group_column(info->foreign, input->relid, group);
		if (column == NULL || !IsA(group, Var))
			return;
	}
	target = target_of(info->foreign, input->relid, group, output->reltarget,
					   &outputs);
	if (target)
		add_count_path(root, input, output, column, target, outputs);
}

ForeignScan *
hw_upper_plan(ForeignPath *path, List *tlist, Plan *outer_plan)
{
	return make_foreignscan(tlist, NIL, 0, lsecond(path->fdw_private),
							linitial(path->fdw_private),
							lthird(path->fdw_private), NIL, outer_plan);
}
