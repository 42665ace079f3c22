/*-------------------------------------------------------------------------
 *
 * conditions.c
 *	  From clauses of a query to values of params.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/conditions.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "fdw/compat.h"
#include "fdw/endpoint.h"
#include "fdw/texts.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

/* --- clauses -------------------------------------------------------- */

static Node *
strip_relabel(Node *node)
{
	while (node && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

const HwColumn *
hw_condition_column(const HwForeignTable *foreign, Index varno, Node *node)
{
	Var		   *var = (Var *) strip_relabel(node);
	int32		typmod;
	Oid			type;

	if (var == NULL || !IsA(var, Var) || var->varno != varno ||
		var->varlevelsup != 0 || var->varattno < 1 ||
		var->varattno > foreign->natts)
		return NULL;

	/* A shortened, padded or converted text is not what the service sent. */
	typmod = var->vartypmod;
	type = getBaseTypeAndTypmod(var->vartype, &typmod);
	if ((type != TEXTOID && type != VARCHAROID) || typmod >= 0)
		return NULL;
	return foreign->columns[var->varattno - 1];
}

/* Can the operand be evaluated before the foreign table's rows are known? */
static bool
is_evaluable(PlannerInfo *root, Index varno, Relids outer, Node *node)
{
	Relids		used = pull_varnos(root, node);

	return !bms_is_member(varno, used) && bms_is_subset(used, outer) &&
		!contain_volatile_functions(node) && !contain_subplans(node);
}

/* Compares text under a collation where only equal bytes are equal. */
static bool
is_text_comparison(Oid function, Oid wanted, Oid collation)
{
	return function == wanted && OidIsValid(collation) &&
		get_collation_isdeterministic(collation);
}

const char *const *
hw_column_closed_set(const HwParam *param, const HwColumn *column)
{
	if (column->from_param == NULL ||
		strcmp(column->from_param, param->name) != 0)
		return NULL;
	return param->complete_set;
}

/*
 * A condition on a column.  A service that matches loosely could answer two
 * values with one row; and what has none of some values may have one that
 * nobody knows, except where the set is closed.
 */
static HwCondition *
make_condition(const HwForeignTable *foreign, const HwColumn *column,
			   Node *value, bool is_array, bool is_negated)
{
	const HwParam *param;
	HwCondition *condition;

	param = hw_param_of_column(foreign->api, foreign->table, column->name);
	if (param == NULL || (is_array && !param->is_exact) ||
		(is_negated && hw_column_closed_set(param, column) == NULL))
		return NULL;
	condition = palloc0(sizeof(HwCondition));
	condition->param = param;
	condition->column = column;
	condition->values = list_make1(value);
	condition->are_arrays = list_make1_int(is_array);
	condition->is_negated = is_negated;
	return condition;
}

static HwCondition *
condition_of_operator(PlannerInfo *root, const HwForeignTable *foreign,
					  Index varno, Relids outer, OpExpr *op)
{
	Node	   *sides[2];
	bool		is_negated;

	if (list_length(op->args) != 2)
		return NULL;
	set_opfuncid(op);
	is_negated = op->opfuncid == F_TEXTNE;
	if (!is_text_comparison(op->opfuncid, is_negated ? F_TEXTNE : F_TEXTEQ,
							op->inputcollid))
		return NULL;
	sides[0] = linitial(op->args);
	sides[1] = lsecond(op->args);
	for (int i = 0; i < 2; i++)
	{
		const HwColumn *column = hw_condition_column(foreign, varno, sides[i]);

		if (column && is_evaluable(root, varno, outer, sides[1 - i]))
			return make_condition(foreign, column, sides[1 - i], false,
								  is_negated);
	}
	return NULL;
}

/* = ANY, or <> ALL. */
static HwCondition *
condition_of_array(PlannerInfo *root, const HwForeignTable *foreign,
				   Index varno, Relids outer, ScalarArrayOpExpr *op)
{
	const HwColumn *column;
	Node	   *array = lsecond(op->args);

	set_sa_opfuncid(op);
	if (!is_text_comparison(op->opfuncid, op->useOr ? F_TEXTEQ : F_TEXTNE,
							op->inputcollid))
		return NULL;
	column = hw_condition_column(foreign, varno, linitial(op->args));
	if (column == NULL || !is_evaluable(root, varno, outer, array))
		return NULL;
	return make_condition(foreign, column, array, true, !op->useOr);
}

/* Alternatives that are all equalities of one column. */
static HwCondition *
condition_of_or(PlannerInfo *root, const HwForeignTable *foreign,
				Index varno, Relids outer, BoolExpr *or)
{
	HwCondition *all = NULL;
	ListCell   *lc;

	foreach(lc, or->args)
	{
		HwCondition *one = hw_condition_of_clause(root, foreign, varno, outer,
												  lfirst(lc));

		if (one == NULL || one->is_negated || !one->param->is_exact ||
			(all && all->param != one->param))
			return NULL;
		if (all == NULL)
			all = one;
		else
		{
			all->values = list_concat(all->values, one->values);
			all->are_arrays = list_concat(all->are_arrays, one->are_arrays);
		}
	}
	return all;
}

HwCondition *
hw_condition_of_clause(PlannerInfo *root, const HwForeignTable *foreign,
					   Index varno, Relids outer, Expr *clause)
{
	if (IsA(clause, OpExpr))
		return condition_of_operator(root, foreign, varno, outer,
									 (OpExpr *) clause);
	if (IsA(clause, ScalarArrayOpExpr))
		return condition_of_array(root, foreign, varno, outer,
								  (ScalarArrayOpExpr *) clause);
	if (is_orclause(clause))
		return condition_of_or(root, foreign, varno, outer,
							   (BoolExpr *) clause);
	return NULL;
}

/* --- why not -------------------------------------------------------- */

const char *
hw_condition_reason(const HwForeignTable *foreign, Index varno, Expr *clause)
{
	Relids		used = NULL;
	bool		has_param = false;

	if (contain_volatile_functions((Node *) clause))
		return "volatile";
	pull_varattnos((Node *) clause, varno, &used);
	for (int i = -1; (i = bms_next_member(used, i)) >= 0;)
	{
		int			attno = i + FirstLowInvalidHeapAttributeNumber;

		if (attno >= 1 && attno <= foreign->natts &&
			foreign->columns[attno - 1] &&
			hw_param_of_column(foreign->api, foreign->table,
							   foreign->columns[attno - 1]->name))
			has_param = true;
	}
	return has_param ? "not an equality that can be sent" : "no parameter";
}

/* --- values --------------------------------------------------------- */

static bool
is_word(const HwParam *param, const char *value)
{
	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
	{
		if (strcmp(s->reply, value) == 0)
			return true;
	}
	for (const char *const *w = param->words; w && *w; w++)
	{
		if (strcmp(*w, value) == 0)
			return true;
	}
	return false;
}

/*
 * A service that trims, escapes or expands a pattern might answer too little.
 */
static bool
is_plain(const char *value)
{
	size_t		length = strlen(value);

	if (isspace((unsigned char) value[0]) ||
		isspace((unsigned char) value[length - 1]))
		return false;
	for (const char *p = value; *p; p++)
	{
		if ((unsigned char) *p < ' ' || *p == 0x7f || strchr("%_\\*?", *p))
			return false;
	}
	return true;
}

static int
utf8_characters(const char *value)
{
	int			count = 0;

	for (; *value; value++)
		count += (*value & 0xc0) != 0x80;
	return count;
}

bool
hw_value_is_sendable(const HwParam *param, const char *value)
{
	int			length = utf8_characters(value);

	if (value[0] == '\0' ||
		!pg_verify_mbstr(PG_UTF8, value, (int) strlen(value), true) ||
		(param->length_max > 0 && length > param->length_max) ||
		(param->reserved && strcmp(param->reserved, value) == 0))
		return false;
	switch (param->shape)
	{
		case HW_WORDS:
			return is_word(param, value);
		case HW_ID:
			return strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz"
						  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") == strlen(value);
		case HW_PLAIN:
			return is_plain(value);
		case HW_ANY_TEXT:
			break;
	}
	return true;
}

/* --- bindings ------------------------------------------------------- */

/* Values under construction; a param without conditions has none. */
typedef struct Values
{
	bool		is_bound;
	bool		is_condition;
	bool		is_fixed;		/* by something else than other tables' rows */
	List	   *texts;			/* of char * in UTF-8 */
} Values;

static char *
to_utf8(char *value)
{
	/* Bytes without an encoding are what they are; see hw_value_is_sendable. */
	if (GetDatabaseEncoding() == PG_SQL_ASCII)
		return value;
	return pg_server_to_any(value, strlen(value), PG_UTF8);
}

/*
 * Adds the values of one alternative; nulls equal nothing.  True in has_null
 * when there was one.
 */
static List *
add_texts(List *texts, Datum datum, bool is_null, bool is_array,
		  bool *has_null)
{
	Datum	   *elements;
	bool	   *nulls;
	int			nelements;

	*has_null |= is_null;
	if (is_null)
		return texts;
	if (!is_array)
		return lappend(texts, to_utf8(TextDatumGetCString(datum)));
	deconstruct_array(DatumGetArrayTypeP(datum), TEXTOID, -1, false,
					  TYPALIGN_INT, &elements, &nulls, &nelements);
	for (int i = 0; i < nelements; i++)
	{
		CHECK_FOR_INTERRUPTS();
		*has_null |= nulls[i];
		if (!nulls[i])
			texts = lappend(texts, to_utf8(TextDatumGetCString(elements[i])));
	}
	return texts;
}

/*
 * What the texts leave of a closed set; the distinct texts themselves without
 * one.
 */
static List *
close_texts(const HwCondition *condition, List *texts)
{
	const char *const *set = hw_column_closed_set(condition->param,
												  condition->column);
	List	   *closed = NIL;

	if (set == NULL)
		return hw_texts_distinct(texts);
	for (; *set; set++)
	{
		if (hw_texts_have(texts, *set) != condition->is_negated)
			closed = lappend(closed, pstrdup(*set));
	}
	return closed;
}

/*
 * The distinct values that rows may have, NIL when none can match.  *position
 * moves on by the condition's.
 */
static List *
condition_texts(const HwCondition *condition, List *values, int *position,
				ExprContext *econtext)
{
	List	   *texts = NIL;
	bool		has_null = false;
	ListCell   *lc;

	foreach(lc, condition->are_arrays)
	{
		ExprState  *value = list_nth(values, (*position)++);
		bool		is_null;
		Datum		datum = ExecEvalExprSwitchContext(value, econtext,
													  &is_null);

		texts = add_texts(texts, datum, is_null, lfirst_int(lc), &has_null);
	}

	/* Whether a value is none of some, of which one is null, is unknown. */
	if (condition->is_negated && has_null)
		return NIL;
	return close_texts(condition, texts);
}

bool
hw_condition_constants(const HwCondition *condition, List **texts)
{
	bool		has_null = false;
	ListCell   *lv;
	ListCell   *la;

	*texts = NIL;
	forboth(lv, condition->values, la, condition->are_arrays)
	{
		Const	   *constant = (Const *) strip_relabel(lfirst(lv));

		if (!IsA(constant, Const))
			return false;
		*texts = add_texts(*texts, constant->constvalue,
						   constant->constisnull, lfirst_int(la), &has_null);
	}
	*texts = condition->is_negated && has_null ? NIL :
		close_texts(condition, *texts);
	return true;
}

static void
intersect(Values *values, List *texts, bool is_condition)
{
	values->texts = values->is_bound ? hw_texts_common(values->texts, texts)
		: texts;
	values->is_bound = true;
	values->is_condition |= is_condition;
}

/* What an option of the table or server sets, in UTF-8, or NULL. */
static const char *
value_of_option(const HwForeignTable *foreign, const HwParam *param)
{
	const char *value = param->option ?
		hw_option_text(foreign->options, param->option) : NULL;

	return value ? to_utf8(pstrdup(value)) : NULL;
}

/* The list that an option of the table or server asks for, or NULL. */
static const char *
list_of_option(const HwForeignTable *foreign, const HwParam *param)
{
	const char *value = param->is_location ? NULL :
		value_of_option(foreign, param);

	if (value && param->reserved && strcmp(value, param->reserved) == 0)
		return NULL;
	return value;
}

List *
hw_condition_sendable(const HwForeignTable *foreign,
					  const HwCondition *condition, List *texts,
					  bool *is_whole)
{
	const HwParam *param = condition->param;
	const char *option = list_of_option(foreign, param);
	List	   *sendable = NIL;
	ListCell   *lc;

	*is_whole = true;
	foreach(lc, texts)
	{
		if (hw_value_is_sendable(param, lfirst(lc)))
			sendable = lappend(sendable, lfirst(lc));
		else
			*is_whole &= param->is_location;
	}
	if (*is_whole)
		return sendable;
	if (option == NULL || sendable == NIL)
		return NIL;
	if (!hw_texts_have(sendable, option))
		sendable = lappend(sendable, pstrdup(option));
	return sendable;
}

/*
 * Adds a condition's values to its param's; where a param says where to read,
 * no row can have values that cannot be sent.  False when rows that break the
 * condition may be asked for.
 */
static bool
bind_condition(const HwForeignTable *foreign, const HwCondition *condition,
			   List *texts, Values *values)
{
	bool		is_whole;
	List	   *sendable = hw_condition_sendable(foreign, condition, texts,
												 &is_whole);

	if (!is_whole && sendable == NIL)
		return false;
	if (condition->nvalues_max > 0 &&
		list_length(sendable) > condition->nvalues_max)
		return false;
	intersect(values, sendable, is_whole);
	values->is_fixed |= !condition->narrows;
	return is_whole;
}

/*
 * A column that is told by another one: if all values of the other tell it,
 * nothing else need be asked for.
 */
static void
bind_derived(const HwForeignTable *foreign, const HwCondition *condition,
			 List *texts, Values *all)
{
	for (const HwColumn *column = foreign->table->columns; column->name;
		 column++)
	{
		const HwParam *param;
		List	   *derived = NIL;
		ListCell   *lc;

		if (column->derive_from == NULL ||
			strcmp(column->derive_from, condition->column->name) != 0)
			continue;
		param = hw_param_of_column(foreign->api, foreign->table, column->name);
		foreach(lc, texts)
		{
			const char *value = hw_column_derive(column, lfirst(lc));

			if (value == NULL)
				break;
			if (!hw_texts_have(derived, value))
				derived = lappend(derived, pstrdup(value));
		}
		if (param && lc == NULL)
			intersect(&all[param - foreign->api->params], derived, false);
	}
}

/*
 * Lists whose product is too large are read whole and filtered locally.  False
 * when there are any.
 */
static bool
cap_strands(const HwForeignTable *foreign, Values *all)
{
	const HwApi *api = foreign->api;
	bool		is_whole = true;

	for (;;)
	{
		long		product = 1;
		int			largest = -1;

		for (int i = 0; api->params[i].name; i++)
		{
			/* Without its values an option's would be asked for instead. */
			if (!all[i].is_bound || api->params[i].is_location ||
				list_of_option(foreign, &api->params[i]))
				continue;
			product *= list_length(all[i].texts);
			if (largest < 0 || list_length(all[i].texts) >
				list_length(all[largest].texts))
				largest = i;
		}
		if (product <= HW_STRANDS_MAX)
			return is_whole;
		all[largest].is_bound = is_whole = false;
	}
}

void
hw_conditions_require(const HwForeignTable *foreign, const HwParam *param)
{
	/* What chooses the host comes first. */
	if (foreign->endpoint == NULL)
		(void) hw_endpoint_of(foreign->options, foreign->service, NULL,
							  GetForeignServer(foreign->serverid));
	ereport(ERROR,
			(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
			 errmsg("could not read foreign table \"%s\"", foreign->relname),
			 errdetail("API \"%s\" needs a value for \"%s\".",
					   foreign->api->name, param->name),
			 errhint("Set option \"%s\" or \"region\" of the server or foreign table, or add a condition on column \"%s\" or \"region\".",
					 param->option, param->column)));
}

/*
 * One binding for each param that a condition or an option sets.  Options that
 * say where to read are left to locations.c.
 */
static int
make_bindings(const HwForeignTable *foreign, const Values *all,
			  HwBinding **bindings)
{
	const HwParam *params = foreign->api->params;
	int			nbindings = 0;

	*bindings = palloc0(sizeof(HwBinding) * HW_ASKED_MAX);
	for (int i = 0; params[i].name; i++)
	{
		HwBinding  *binding = &(*bindings)[nbindings];
		const char *option = value_of_option(foreign, &params[i]);
		const char **texts;
		ListCell   *lc;

		if (!all[i].is_bound && (option == NULL || params[i].is_location))
			continue;
		binding->param = &params[i];
		binding->otherwise = option;
		binding->is_condition = all[i].is_bound && all[i].is_condition;
		binding->narrows = binding->is_condition && !all[i].is_fixed;
		if (!all[i].is_bound)
			texts = &(*bindings)[nbindings].otherwise;
		else
			texts = palloc0(sizeof(char *) *
							(list_length(all[i].texts) + 1));
		binding->values = texts;
		binding->nvalues = all[i].is_bound ? 0 : 1;
		foreach(lc, all[i].is_bound ? all[i].texts : NIL)
			texts[binding->nvalues++] = lfirst(lc);
		nbindings++;
	}
	return nbindings;
}

/*
 * The bindings of conditions; their values, or NIL for those that are all
 * constants.
 */
static int
make_all_bindings(const HwForeignTable *foreign, List *conditions,
				  List *values, ExprContext *econtext, HwBinding **bindings,
				  bool *is_whole)
{
	static const HwParam no_params[] = {{0}};
	const HwParam *params = foreign->api->params ? foreign->api->params
		: no_params;
	Values		all[HW_ASKED_MAX] = {{0}};
	int			position = 0;
	ListCell   *lc;

	*bindings = NULL;
	*is_whole = true;
	if (params == no_params)
		return 0;
	foreach(lc, conditions)
	{
		const HwCondition *condition = lfirst(lc);
		List	   *texts;

		if (values == NIL)
			(void) hw_condition_constants(condition, &texts);
		else
			texts = condition_texts(condition, values, &position, econtext);
		if (texts == NIL)
			return -1;			/* compared with NULL, or with no value */
		*is_whole &= bind_condition(foreign, condition, texts,
									&all[condition->param - params]);
		bind_derived(foreign, condition, texts, all);
	}
	for (int i = 0; params[i].name; i++)
	{
		if (all[i].is_bound && all[i].texts == NIL)
			return -1;			/* contradictory */
	}
	*is_whole &= cap_strands(foreign, all);
	return make_bindings(foreign, all, bindings);
}

int
hw_bindings_evaluate(const HwForeignTable *foreign, List *conditions,
					 List *values, ExprContext *econtext,
					 HwBinding **bindings, bool *is_whole)
{
	return make_all_bindings(foreign, conditions, values, econtext, bindings,
							 is_whole);
}

int
hw_bindings_of_constants(const HwForeignTable *foreign, List *conditions,
						 HwBinding **bindings)
{
	bool		is_whole;
	ListCell   *lc;

	foreach(lc, conditions)
	{
		List	   *texts;

		if (!hw_condition_constants(lfirst(lc), &texts))
			return -2;
	}
	return make_all_bindings(foreign, conditions, NIL, NULL, bindings,
							 &is_whole);
}

bool
hw_bindings_equal(const HwBinding *a, int na, const HwBinding *b, int nb)
{
	if (na != nb)
		return false;
	for (int i = 0; i < na; i++)
	{
		if (a[i].param != b[i].param || a[i].nvalues != b[i].nvalues ||
			a[i].is_condition != b[i].is_condition ||
			a[i].narrows != b[i].narrows)
			return false;
		for (int j = 0; j < a[i].nvalues; j++)
		{
			if (strcmp(a[i].values[j], b[i].values[j]) != 0)
				return false;
		}
	}
	return true;
}
