/*-------------------------------------------------------------------------
 *
 * conditions.h
 *	  From clauses of a query to values of params.
 *
 * At plan time a clause that compares a column with something that does not
 * depend on the table's rows becomes a condition; when the scan begins its
 * value becomes a binding.  A condition may be sent only if the API leaves out
 * no row that SQL would keep; it is rechecked all the same.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_CONDITIONS_H
#define HW_CONDITIONS_H

#include "postgres.h"

#include "fdw/compat.h"
#include "core/pager.h"
#include "executor/executor.h"
#include "fdw/table.h"
#include "nodes/pathnodes.h"

/* Values of one IN list that become requests of their own, at most. */
#define HW_STRANDS_MAX 16

typedef struct HwCondition
{
	const HwParam *param;		/* the catalogue's */
	const HwColumn *column;
	List	   *values;			/* of Expr *: text, or arrays of it */
	List	   *are_arrays;		/* of int, in the same order */
	bool		is_negated;		/* none of the values, instead of one */
	int			nvalues_max;	/* if not 0, more values than these are not
								 * sent: that would need more requests */
	bool		narrows;		/* values come from other tables' rows */
} HwCondition;

/*
 * The condition that a clause stands for, or NULL when it stays local.  The
 * other side may use columns of the relations in outer.
 */
extern HwCondition *hw_condition_of_clause(PlannerInfo *root,
										   const HwForeignTable *foreign,
										   Index varno, Relids outer,
										   Expr *clause);

/* The column of the foreign table that an expression is, or NULL. */
extern const HwColumn *hw_condition_column(const HwForeignTable *foreign,
										   Index varno, Node *node);

/*
 * The values that rows can have in a column that no reply has: it is told by
 * the request, and nothing else can turn up in it.  NULL for other columns,
 * whose services may answer with values that no document names yet.
 */
extern const char *const *hw_column_closed_set(const HwParam *param,
											   const HwColumn *column);

/*
 * The values that rows may have under a condition that has nothing but
 * constants, in UTF-8; NIL when none can match.  False when it has others.
 */
extern bool hw_condition_constants(const HwCondition *condition,
								   List **texts);

/* The reason why a clause stays local, for EXPLAIN; a constant. */
extern const char *hw_condition_reason(const HwForeignTable *foreign,
									   Index varno, Expr *clause);

/*
 * Whether a value can be sent for a param: known to it, in its shape.  UTF-8.
 */
extern bool hw_value_is_sendable(const HwParam *param, const char *value);

/*
 * What is asked for, for the condition's texts: those that can be sent, and the
 * option's list in place of those that no request can carry, which is not in
 * place of the others.  NIL with is_whole false leaves the param alone.
 */
extern List *hw_condition_sendable(const HwForeignTable *foreign,
								   const HwCondition *condition, List *texts,
								   bool *is_whole);

/* ERROR: no request without a value for this param, and nothing sets it. */
pg_noreturn extern void hw_conditions_require(const HwForeignTable *foreign,
								  const HwParam *param);

/*
 * Evaluates the values, which are those of all conditions in a row, and
 * combines them: conditions on one param intersect.  Returns the number of bindings, or -1 when no row can match.  The array and
 * its texts live in the current memory context.  is_whole says
 * that they ask for no row that breaks a condition.
 */
extern int	hw_bindings_evaluate(const HwForeignTable *foreign,
								 List *conditions, List *values,
								 ExprContext *econtext,
								 HwBinding **bindings, bool *is_whole);

/* The same at plan time; -2 when a value is not known yet. */
extern int	hw_bindings_of_constants(const HwForeignTable *foreign,
									 List *conditions, HwBinding **bindings);

/* Do two evaluations ask for the same? */
extern bool hw_bindings_equal(const HwBinding *a, int na,
							  const HwBinding *b, int nb);

#endif							/* HW_CONDITIONS_H */
