/*-------------------------------------------------------------------------
 *
 * probe.h
 *	  hwbss_fdw_probe(): which reading of the documents a service follows.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FDW_PROBE_H
#define HW_FDW_PROBE_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/execnodes.h"

/*
 * Asks the HSS of a server, with the credentials of the current role, and puts
 * one row per fact into the result.
 */
extern void hw_probe_server(const char *servername, ReturnSetInfo *result);

#endif							/* HW_FDW_PROBE_H */
