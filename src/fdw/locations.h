/*-------------------------------------------------------------------------
 *
 * locations.h
 *	  Where a table is read: which projects, in which regions, at which hosts.
 *
 * A query's own values come first, then options, then IAM, which is asked for
 * what is missing: once per session for what stays as it is, once per statement
 * for all projects there are.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_LOCATIONS_H
#define HW_LOCATIONS_H

#include "postgres.h"

#include "core/lists.h"
#include "fdw/session.h"
#include "fdw/table.h"

typedef struct HwLocations
{
	HwBinding  *bindings;		/* those given, with values of params that say
								 * where put together location by location */
	int			nbindings;
	const char **endpoints;		/* of each location */
	int			count;
	long		nrequests;		/* sent to IAM */
} HwLocations;

/*
 * Settles where to read.  Waits for IAM when it has to be asked; ERROR when
 * there is no answer, none of that name, or several.  Lives in the current
 * memory context.  False when nothing can match.
 */
extern bool hw_locations_settle(const HwForeignTable *foreign,
								HwSession *session,
								const HwBinding *bindings, int nbindings,
								HwLocations *locations);

/* The same without asking anyone: false also when IAM would be asked. */
extern bool hw_locations_guess(const HwForeignTable *foreign,
							   const HwBinding *bindings, int nbindings,
							   HwLocations *locations);

/* Locations that a read is likely to have when the query names none. */
extern int	hw_locations_count(const HwForeignTable *foreign);

/*
 * Whether conditions and options tell where to read, though it may take asking
 * IAM.
 */
extern bool hw_locations_are_told(const HwForeignTable *foreign,
								  bool has_project, bool has_region);

#endif							/* HW_LOCATIONS_H */
