/*-------------------------------------------------------------------------
 *
 * count.h
 *	  Executing a count from totals.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FDW_COUNT_H
#define HW_FDW_COUNT_H

#include "postgres.h"

#include "fdw/compat.h"
#include "nodes/execnodes.h"

/* Begins and continues a scan that counts; the other callbacks are scan.c's. */
extern void hw_count_begin(ForeignScanState *node, int eflags);
extern TupleTableSlot *hw_count_next(ForeignScanState *node);

/* What EXPLAIN says of it. */
extern void hw_count_explain(ForeignScanState *node, ExplainState *es);

#endif							/* HW_FDW_COUNT_H */
