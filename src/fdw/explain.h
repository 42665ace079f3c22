/*-------------------------------------------------------------------------
 *
 * explain.h
 *	  What EXPLAIN shows of a foreign scan.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_EXPLAIN_H
#define HW_EXPLAIN_H

#include "postgres.h"

#include "fdw/compat.h"
#include "nodes/execnodes.h"

extern void hwExplainForeignScan(ForeignScanState *node, ExplainState *es);

#endif							/* HW_EXPLAIN_H */
