/*-------------------------------------------------------------------------
 *
 * table.c
 *	  What a foreign table stands for.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/table.h"

#include "access/table.h"
#include "catalog/pg_attribute.h"
#include "commands/defrem.h"
#include "fdw/compat.h"
#include "fdw/endpoint.h"
#include "utils/lsyscache.h"

static const char *
next_column(void *state)
{
	const HwColumn **next = state;

	return (*next)->name ? (*next)++->name : NULL;
}

static void
unknown_table(const char *relname, const char *name)
{
	int			index = 0;
	const char *closest = hw_closest(name, hw_next_table_name, &index);

	ereport(ERROR,
			(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
			 errmsg("foreign table \"%s\" stands for no table of the catalog",
					relname),
			 errdetail("There is no table \"%s\".", name),
			 closest ?
			 errhint("Perhaps you meant option \"table\" with value \"%s\".",
					 closest) :
			 errhint("Set option \"table\" of the foreign table; SELECT * FROM hwbss_fdw_tables() lists the names.")));
}

static const HwColumn *
column_of_attribute(HwForeignTable *foreign, Form_pg_attribute attribute)
{
	const char *name = NameStr(attribute->attname);
	List	   *options = GetForeignColumnOptions(foreign->relid,
												  attribute->attnum);
	const HwColumn *column;
	const HwColumn *next = foreign->table->columns;
	const char *closest;
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *def = lfirst_node(DefElem, lc);

		if (strcmp(def->defname, "column_name") == 0)
			name = defGetString(def);
	}
	column = hw_column_find(foreign->table, name);
	if (column)
		return column;
	closest = hw_closest(name, next_column, &next);
	ereport(ERROR,
			(errcode(ERRCODE_FDW_COLUMN_NAME_NOT_FOUND),
			 errmsg("column \"%s\" of foreign table \"%s\" is unknown to the catalog",
					NameStr(attribute->attname), foreign->relname),
			 errdetail("Table \"%s\" has no column \"%s\".",
					   foreign->table->name, name),
			 closest ?
			 errhint("Perhaps you meant the column \"%s\".", closest) :
			 errhint("SELECT * FROM hwbss_fdw_columns() lists all columns; option \"column_name\" maps a column of another name.")));
}

/* What options say of a service of regions, a query may say instead. */
static const char *
find_endpoint(const HwForeignTable *foreign, ForeignServer *server)
{
	const HwOptions *options = foreign->options;

	if (foreign->service->scope == HW_PROJECT_SCOPE &&
		options->region == NULL && options->endpoint == NULL &&
		hw_option_text(options, foreign->service->endpoint_option) == NULL)
		return NULL;
	return hw_endpoint_of(options, foreign->service, options->region,
						  server);
}

HwForeignTable *
hw_table_of_relation(Relation relation)
{
	HwForeignTable *foreign = palloc0(sizeof(HwForeignTable));
	TupleDesc	tupdesc = RelationGetDescr(relation);
	ForeignTable *table;
	ForeignServer *server;
	const char *name;

	foreign->relid = RelationGetRelid(relation);
	foreign->relname = pstrdup(RelationGetRelationName(relation));
	table = GetForeignTable(foreign->relid);
	server = GetForeignServer(table->serverid);
	foreign->serverid = server->serverid;
	foreign->servername = server->servername;
	foreign->options = hw_options_of_table(table, server);

	name = foreign->options->table ? foreign->options->table
		: foreign->relname;
	foreign->table = hw_table_find(name, &foreign->api, &foreign->service);
	if (foreign->table == NULL)
		unknown_table(foreign->relname, name);

	foreign->natts = tupdesc->natts;
	foreign->columns = palloc0(sizeof(HwColumn *) * Max(tupdesc->natts, 1));
	for (int i = 0; i < tupdesc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(tupdesc, i);

		if (!attribute->attisdropped)
			foreign->columns[i] = column_of_attribute(foreign, attribute);
	}
	foreign->endpoint = find_endpoint(foreign, server);
	return foreign;
}

HwForeignTable *
hw_table_open(Oid relid)
{
	/* The planner or executor holds a lock already. */
	Relation	relation = table_open(relid, NoLock);
	HwForeignTable *foreign = hw_table_of_relation(relation);

	table_close(relation, NoLock);
	return foreign;
}
