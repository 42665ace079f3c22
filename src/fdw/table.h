/*-------------------------------------------------------------------------
 *
 * table.h
 *	  What a foreign table stands for: its entry in the catalogue, the entry's
 *	  column behind each of its columns, and the options in force.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TABLE_H
#define HW_TABLE_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "fdw/options.h"
#include "utils/rel.h"

typedef struct HwForeignTable
{
	Oid			relid;
	char	   *relname;
	Oid			serverid;
	char	   *servername;
	const HwService *service;
	const HwApi *api;
	const HwTable *table;
	int			natts;
	const HwColumn **columns;	/* by attribute number - 1; NULL: dropped */
	HwOptions  *options;
	const char *endpoint;		/* base URL of the service; NULL when it is one
								 * of regions and no option tells the region */
} HwForeignTable;

/*
 * Looks a foreign table up.  ERROR when the catalogue has no such table or
 * column (with the closest one as a hint), or the region is unknown.
 */
extern HwForeignTable *hw_table_open(Oid relid);

/* The same for a relation that is open already. */
extern HwForeignTable *hw_table_of_relation(Relation relation);

#endif							/* HW_TABLE_H */
