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

#include "fdw/conditions.h"
#include "fdw/table.h"
#include "foreign/fdwapi.h"
#include "nodes/plannodes.h"

/*
 * Cost of one request, in units of a sequential page read.  A round trip of
 * 50 ms is some thousand times a page from memory; what counts is that no plan
 * with more requests ever looks cheaper for doing less local work.
 */
#define HW_REQUEST_COST 10000.0

extern void hwGetForeignRelSize(PlannerInfo *root, RelOptInfo *baserel,
								Oid foreigntableid);
extern void hwGetForeignPaths(PlannerInfo *root, RelOptInfo *baserel,
							  Oid foreigntableid);
extern ForeignScan *hwGetForeignPlan(PlannerInfo *root, RelOptInfo *baserel,
									 Oid foreigntableid,
									 ForeignPath *best_path, List *tlist,
									 List *scan_clauses, Plan *outer_plan);

/* Planner state of one foreign table, in rel->fdw_private. */
typedef struct HwRelInfo
{
	HwForeignTable *foreign;
	Oid			userid;			/* who will read it */
	double		reltuples;		/* -1: never analyzed */
	List	   *sent;			/* RestrictInfos that became conditions */
	List	   *conditions;		/* HwConditions, in the same order */
	List	   *local;			/* RestrictInfos that did not */
	bool		has_limit;		/* the reader stops at some row */
} HwRelInfo;

/* The first param that a request needs and nothing sets, or NULL. */
extern const HwParam *hw_plan_missing(const HwForeignTable *foreign,
									  List *conditions);

/*
 * Requests of a scan that sends the given conditions, which stand for the
 * clauses (RestrictInfos); of how many rows, in how many lists.
 */
extern double hw_plan_requests(PlannerInfo *root, RelOptInfo *baserel,
							   List *conditions, List *clauses, double *rows,
							   double *strands);

/* Adds a condition to a plan: how it is read, and its expressions. */
extern void hw_plan_write(const HwCondition *condition, List **names,
						  List **values);

/*
 * Whether Append may read a path at the same time as others.  Not when a few
 * rows of it are likely to be enough: reading the parts one after the other
 * then takes the fewest requests.
 */
extern bool hwIsForeignPathAsyncCapable(ForeignPath *path);

/* What a plan says, read back from its fdw_private and fdw_exprs. */
typedef struct HwPlan
{
	List	   *conditions;		/* of HwCondition; values are expressions of
								 * fdw_exprs, in the same order */
	List	   *attributes;		/* integers: attribute numbers to fill */
	List	   *local;			/* strings: columns and reasons of clauses
								 * that are not sent */
	double		row_goal;		/* 0 for all rows */

	/* Of a scan that counts: */
	char	   *group;			/* column that it groups by, or NULL */
	List	   *outputs;		/* integers: what its columns are (HwOutput) */
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

/* Do a condition's values come from rows of the query around this one? */
extern bool hw_plan_is_correlated(PlannerInfo *root,
								  const HwCondition *condition);

#endif							/* HW_PLAN_H */
