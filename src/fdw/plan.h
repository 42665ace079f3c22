/*-------------------------------------------------------------------------
 *
 * plan.h
 *	  Sizes, paths and plans of foreign scans; what a plan says to the scan.
 *
 * A plan holds names and expressions only: no option values, no secrets, no
 * pointers, so that it may be cached and outlive what it was made from.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PLAN_H
#define HW_PLAN_H

#include "postgres.h"

#include "fdw/table.h"
#include "foreign/fdwapi.h"
#include "nodes/plannodes.h"

extern void hwGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
								Oid foreigntableid);
extern void hwGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
							  Oid foreigntableid);
extern ForeignScan *hwGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel,
									 Oid foreigntableid,
									 ForeignPath *best_path, List *tlist,
									 List *scan_clauses, Plan *outer_plan);

/* What a plan says, read back from its fdw_private and fdw_exprs. */
typedef struct HwPlan
{
	List	   *conditions;		/* of HwCondition; values are expressions of
								 * fdw_exprs, in the same order */
	List	   *attributes;		/* integers: attribute numbers to fill */
	List	   *local;			/* strings: columns and reasons of clauses
								 * that are not sent */
	double		row_goal;		/* 0 for all rows */
} HwPlan;

extern HwPlan *hw_plan_read(const HwForeignTable *foreign,
							ForeignScan *scan);

/* Which scans of a statement may be read again, or read the same. */
typedef enum HwRepeats
{
	HW_READ_ONCE,
	HW_READ_ALIKE,				/* several scans, each read once */
	HW_READ_AGAIN				/* some scan may be started over */
} HwRepeats;

extern HwRepeats hw_plan_repeats(const PlannedStmt *stmt);

#endif							/* HW_PLAN_H */
