/*-------------------------------------------------------------------------
 *
 * analyze.h
 *	  ANALYZE of foreign tables.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ANALYZE_H
#define HW_ANALYZE_H

#include "postgres.h"

#include "foreign/fdwapi.h"

extern bool hwAnalyzeForeignTable(Relation relation,
								  AcquireSampleRowsFunc *func,
								  BlockNumber *totalpages);

#endif							/* HW_ANALYZE_H */
