/*-------------------------------------------------------------------------
 *
 * import.c
 *	  IMPORT FOREIGN SCHEMA.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/import.h"

#include "fdw/compat.h"
#include "foreign/foreign.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"

/* The schema that holds the tables of all services. */
#define ALL_SERVICES "huaweicloud"

const char *
hw_type_name(HwType type)
{
	switch (type)
	{
		case HW_TEXT:
			return "text";
		case HW_INT4:
			return "integer";
		case HW_INT8:
			return "bigint";
		case HW_NUMERIC:
			return "numeric";
		case HW_TIMESTAMPTZ:
			return "timestamp with time zone";
		case HW_JSONB:
			return "jsonb";
	}
	pg_unreachable();
}

static void
unknown_schema(const char *name)
{
	StringInfoData all;

	initStringInfo(&all);
	for (const HwService *const *s = hw_services; *s; s++)
		appendStringInfo(&all, "\"%s\" (%s), ", (*s)->name, (*s)->title);
	ereport(ERROR,
			(errcode(ERRCODE_FDW_SCHEMA_NOT_FOUND),
			 errmsg("there is no foreign schema \"%s\"", name),
			 errhint("The foreign schemas are %sand \"" ALL_SERVICES "\" (all of them).",
					 all.data)));
}

static char *
create_table(const HwTable *table, const ImportForeignSchemaStmt *stmt)
{
	StringInfoData sql;
	const char *separator = "";

	initStringInfo(&sql);
	appendStringInfo(&sql, "CREATE FOREIGN TABLE %s.%s (",
					 quote_identifier(stmt->local_schema),
					 quote_identifier(table->name));
	for (const HwColumn *column = table->columns; column->name; column++)
	{
		appendStringInfo(&sql, "%s%s pg_catalog.%s", separator,
						 quote_identifier(column->name),
						 column->type == HW_TIMESTAMPTZ ? "timestamptz" :
						 column->type == HW_INT4 ? "int4" :
						 column->type == HW_INT8 ? "int8" :
						 hw_type_name(column->type));
		separator = ", ";
	}
	appendStringInfo(&sql, ") SERVER %s OPTIONS (\"table\" %s)",
					 quote_identifier(stmt->server_name),
					 quote_literal_cstr(table->name));
	return sql.data;
}

static bool
is_wanted(const HwTable *table, const ImportForeignSchemaStmt *stmt)
{
	ListCell   *lc;
	bool		is_listed = false;

	foreach(lc, stmt->table_list)
	{
		RangeVar   *name = lfirst_node(RangeVar, lc);

		is_listed |= strcmp(name->relname, table->name) == 0;
	}
	switch (stmt->list_type)
	{
		case FDW_IMPORT_SCHEMA_LIMIT_TO:
			return is_listed;
		case FDW_IMPORT_SCHEMA_EXCEPT:
			return !is_listed;
		case FDW_IMPORT_SCHEMA_ALL:
			break;
	}
	return true;
}

List *
hwImportForeignSchema(ImportForeignSchemaStmt *stmt, Oid serverid)
{
	const char *schema = stmt->remote_schema;
	List	   *commands = NIL;

	if (stmt->options)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
				 errmsg("invalid option \"%s\"",
						((DefElem *) linitial(stmt->options))->defname),
				 errhint("IMPORT FOREIGN SCHEMA has no options here.")));
	if (strcmp(schema, ALL_SERVICES) != 0 && !hw_service_find(schema))
		unknown_schema(schema);
	for (const HwService *const *s = hw_services; *s; s++)
	{
		if (strcmp(schema, ALL_SERVICES) != 0 &&
			strcmp(schema, (*s)->name) != 0)
			continue;
		for (const HwApi *api = (*s)->apis; api->name; api++)
		{
			for (const HwTable *table = api->tables; table->name; table++)
			{
				if (is_wanted(table, stmt))
					commands = lappend(commands, create_table(table, stmt));
			}
		}
	}
	return commands;
}
