/*-------------------------------------------------------------------------
 *
 * catalog.c
 *	  Finding services, tables, columns and params by name.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/catalog.h"

#include <string.h>

const HwService *const hw_services[] = {&hw_bss, &hw_hss, NULL};

const HwService *
hw_service_find(const char *name)
{
	for (const HwService *const *service = hw_services; *service; service++)
	{
		if (strcmp((*service)->name, name) == 0)
			return *service;
	}
	return NULL;
}

const HwTable *
hw_table_find(const char *name, const HwApi **api, const HwService **service)
{
	for (const HwService *const *s = hw_services; *s; s++)
	{
		for (const HwApi *a = (*s)->apis; a->name; a++)
		{
			for (const HwTable *t = a->tables; t->name; t++)
			{
				if (strcmp(t->name, name) == 0)
				{
					*api = a;
					*service = *s;
					return t;
				}
			}
		}
	}
	return NULL;
}

const HwColumn *
hw_column_find(const HwTable *table, const char *name)
{
	for (const HwColumn *column = table->columns; column->name; column++)
	{
		if (strcmp(column->name, name) == 0)
			return column;
	}
	return NULL;
}

const HwParam *
hw_param_find(const HwApi *api, const char *name)
{
	for (const HwParam *param = api->params; param && param->name; param++)
	{
		if (strcmp(param->name, name) == 0)
			return param;
	}
	return NULL;
}

const HwParam *
hw_param_of_column(const HwApi *api, const HwTable *table, const char *column)
{
	/* Params filter the elements of a list, so only its tables have them. */
	if (hw_column_find(table, column) == NULL)
		return NULL;
	for (const HwParam *param = api->params; param && param->name; param++)
	{
		if (param->column && strcmp(param->column, column) == 0 &&
			(table->key || param->is_location))
			return param;
	}
	return NULL;
}

bool
hw_table_asks_all(const HwTable *table)
{
	return table->key != NULL || table->merge != HW_NO_MERGE;
}

const char *
hw_column_derive(const HwColumn *column, const char *value)
{
	for (const HwDerive *derive = column->derive; derive && derive->from;
		 derive++)
	{
		if (strcmp(derive->from, value) == 0)
			return derive->to;
	}
	return NULL;
}
