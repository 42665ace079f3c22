/*-------------------------------------------------------------------------
 *
 * upper.h
 *	  count(*) as a scan of its own, which asks for totals instead of rows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_UPPER_H
#define HW_UPPER_H

#include "postgres.h"

#include "foreign/fdwapi.h"
#include "nodes/plannodes.h"

/* What a column of such a scan is. */
typedef enum HwOutput
{
	HW_OUT_GROUP,
	HW_OUT_COUNT,
	HW_OUT_COUNT_KEY			/* rows with a key */
} HwOutput;

extern void hwGetForeignUpperPaths(PlannerInfo *root, UpperRelationKind stage,
								   RelOptInfo *input, RelOptInfo *output,
								   void *extra);

/* The plan of such a path; outer_plan reads and counts. */
extern ForeignScan *hw_upper_plan(ForeignPath *path, List *tlist,
								  Plan *outer_plan);

#endif							/* HW_UPPER_H */
