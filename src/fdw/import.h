/*-------------------------------------------------------------------------
 *
 * import.h
 *	  IMPORT FOREIGN SCHEMA.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_IMPORT_H
#define HW_IMPORT_H

#include "postgres.h"

#include "catalog/catalog.h"
#include "nodes/parsenodes.h"

extern List *hwImportForeignSchema(ImportForeignSchemaStmt *stmt,
								   Oid serverid);

/* The SQL name of a catalogue type. */
extern const char *hw_type_name(HwType type);

#endif							/* HW_IMPORT_H */
