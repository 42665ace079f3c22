/*-------------------------------------------------------------------------
 *
 * async.h
 *	  Foreign scans that wait side by side under Append.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ASYNC_H
#define HW_ASYNC_H

#include "postgres.h"

#include "foreign/fdwapi.h"
#include "nodes/execnodes.h"

/*
 * Called by Append; foreign/fdwapi.h says when.  Nothing here waits, but for
 * scans that found no descriptor to be woken by: those read synchronously.
 */
extern void hwForeignAsyncRequest(AsyncRequest *areq);
extern void hwForeignAsyncConfigureWait(AsyncRequest *areq);
extern void hwForeignAsyncNotify(AsyncRequest *areq);

#endif							/* HW_ASYNC_H */
