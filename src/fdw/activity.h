/*-------------------------------------------------------------------------
 *
 * activity.h
 *	  What a long scan is doing, for other sessions to see.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ACTIVITY_H
#define HW_ACTIVITY_H

#include "postgres.h"

#include "fdw/scan.h"
#include "nodes/execnodes.h"

/* Shows how far a scan is, and whether it has to wait from now on. */
extern void hw_activity_report(const HwScan *scan, bool is_waiting);

/* The scan is over: what is shown of it goes. */
extern void hw_activity_end(const HwScan *scan);

/*
 * Adds a row for each scan of this database that the current role may see;
 * for hwbss_fdw_activity().
 */
extern void hw_activity_list(ReturnSetInfo *result);

#endif							/* HW_ACTIVITY_H */
