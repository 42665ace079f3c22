/*-------------------------------------------------------------------------
 *
 * recheck.h
 *	  Rows of a statement that waited for a lock, looked at once more.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_RECHECK_H
#define HW_RECHECK_H

#include "postgres.h"

#include "nodes/execnodes.h"

/*
 * Called by the executor while it judges a changed row anew (EvalPlanQual);
 * foreign/fdwapi.h says when.  Sends nothing, but for counts.
 */
extern bool hwRecheckForeignScan(ForeignScanState *node,
								 TupleTableSlot *slot);

#endif							/* HW_RECHECK_H */
