/*-------------------------------------------------------------------------
 *
 * tuple.h
 *	  From cells of a reply to values of a slot.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TUPLE_H
#define HW_TUPLE_H

#include "postgres.h"

#include "core/pager.h"
#include "executor/tuptable.h"
#include "fdw/table.h"

typedef struct HwTupleMaker HwTupleMaker;

/*
 * A maker for the given attributes; cells come in their order.  Lives in the
 * current memory context.
 */
extern HwTupleMaker *hw_tuple_open(const HwForeignTable *foreign,
								   TupleDesc tupdesc, List *attributes);

/* The catalogue's columns of those attributes, for a form. */
extern const HwColumn *const *hw_tuple_columns(const HwTupleMaker *maker,
											   int *ncolumns);

/*
 * Stores the pager's current row as a virtual tuple; its values live in the
 * current memory context.  An ERROR of a type's input function names the
 * column, the table and the value's place.
 */
extern void hw_tuple_store(HwTupleMaker *maker, const HwPager *pager,
						   TupleTableSlot *slot);

#endif							/* HW_TUPLE_H */
