/*-------------------------------------------------------------------------
 *
 * lists.c
 *	  Which lists a question asks for: one for each combination of values.
 *
 *-------------------------------------------------------------------------
 */
#include "core/lists.h"

#include <stdlib.h>
#include <string.h>

#include "core/seen.h"

static bool
copy_text(const char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	return text == NULL || *copy != NULL;
}

static bool
copy_binding(HwLists *lists, const HwBinding *binding)
{
	HwBinding  *copy = &lists->bindings[lists->nbindings];
	const char **values = calloc(binding->nvalues + 1, sizeof(char *));

	if (values == NULL)
		return false;
	*copy = *binding;
	copy->values = values;
	lists->nbindings++;

	/* Nothing of the caller's may stay behind when a copy fails. */
	copy->otherwise = NULL;
	for (int i = 0; i < binding->nvalues; i++)
	{
		if (!copy_text(&values[i], binding->values[i]))
			return false;
	}
	return copy_text(&copy->otherwise, binding->otherwise);
}

static bool
is_bound(const HwLists *lists, const HwParam *param)
{
	for (int i = 0; i < lists->nbindings; i++)
	{
		if (lists->bindings[i].param == param)
			return true;
	}
	return false;
}

static int
count_values(const char *const *values)
{
	int			count = 0;

	while (values[count])
		count++;
	return count;
}

static bool
bind_defaults(HwLists *lists, const HwApi *api)
{
	for (const HwParam *param = api->params; param && param->name; param++)
	{
		HwBinding	binding = {.param = param};

		if (is_bound(lists, param))
			continue;
		if (param->complete_set && hw_table_asks_all(lists->table))
		{
			binding.values = param->complete_set;
			binding.nvalues = count_values(param->complete_set);
		}
		else if (param->fallback)
		{
			binding.values = &param->fallback;
			binding.nvalues = 1;
		}
		else
			continue;
		if (!copy_binding(lists, &binding))
			return false;
	}
	return true;
}

static bool
count_lists(HwLists *lists, HwStatus *status)
{
	lists->nlists = lists->group = lists->nlocations = 1;
	for (int i = 0; i < lists->nbindings; i++)
	{
		int			nvalues = lists->bindings[i].nvalues;

		if (lists->bindings[i].param->is_location)
		{
			lists->nlists = lists->nlists / lists->nlocations;
			lists->nlocations = nvalues;
		}
		if (i >= lists->nasked)
			lists->group *= nvalues;
		lists->nlists *= nvalues;
		if (lists->nlists > HW_SEEN_STRANDS_MAX)
			return hw_status_set(status, HW_TOO_LARGE,
								 "the query asks for more than %d lists",
								 HW_SEEN_STRANDS_MAX);
	}
	return true;
}

bool
hw_lists_open(HwLists *lists, const HwApi *api, const HwTable *table,
			  const HwBinding *bindings, int nbindings, HwStatus *status)
{
	memset(lists, 0, sizeof(*lists));
	lists->api = api;
	lists->table = table;
	for (int i = 0; i < nbindings; i++)
	{
		if (!copy_binding(lists, &bindings[i]))
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		lists->is_lookup |= bindings[i].is_condition && table->key &&
			strcmp(bindings[i].param->column, table->key) == 0;
	}
	lists->nasked = lists->nbindings;
	if (!bind_defaults(lists, api))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return count_lists(lists, status);
}

void
hw_lists_close(HwLists *lists)
{
	for (int i = 0; i < lists->nbindings; i++)
	{
		for (int j = 0; j < lists->bindings[i].nvalues; j++)
			free((char *) lists->bindings[i].values[j]);
		free((char **) lists->bindings[i].values);
		free((char *) lists->bindings[i].otherwise);
	}
	lists->nbindings = 0;
}

void
hw_lists_choose(const HwLists *lists, int list, int *choices)
{
	/* The location is outermost, so that a group of lists stays together. */
	for (int i = lists->nbindings - 1; i >= 0; i--)
	{
		if (lists->bindings[i].param->is_location)
			continue;
		choices[i] = list % lists->bindings[i].nvalues;
		list /= lists->bindings[i].nvalues;
	}
	for (int i = 0; i < lists->nbindings; i++)
	{
		if (lists->bindings[i].param->is_location)
			choices[i] = list;
	}
}

int
hw_lists_location(const HwLists *lists, int list)
{
	return list / (lists->nlists / lists->nlocations);
}

bool
hw_lists_contradict(const HwLists *lists, const int *choices)
{
	for (int i = 0; i < lists->nbindings; i++)
	{
		const HwBinding *told = &lists->bindings[i];
		const HwColumn *column = told->param->column ?
			hw_column_find(lists->table, told->param->column) : NULL;

		if (column == NULL || column->derive_from == NULL)
			continue;
		for (int j = 0; j < lists->nbindings; j++)
		{
			const HwBinding *tells = &lists->bindings[j];
			const char *derived;

			if (!tells->is_condition || tells->param->column == NULL ||
				strcmp(tells->param->column, column->derive_from) != 0)
				continue;
			derived = hw_column_derive(column, tells->values[choices[j]]);
			if (derived && strcmp(derived, told->values[choices[i]]) != 0)
				return true;
		}
	}
	return false;
}

int
hw_lists_expect(const HwLists *lists, const int *choices,
				HwExpected *expected)
{
	int			nexpected = 0;

	for (int i = 0; i < lists->nbindings; i++)
	{
		const HwBinding *binding = &lists->bindings[i];
		const HwColumn *column;

		if (binding->param->column == NULL ||
			(!binding->is_condition && binding->nvalues == 1))
			continue;
		column = hw_column_find(lists->table, binding->param->column);
		if (column == NULL)
			continue;
		expected[nexpected].column = column;
		expected[nexpected].values = binding->values;
		expected[nexpected].nvalues = binding->nvalues;
		expected[nexpected].own = binding->values[choices[i]];
		expected[nexpected].is_condition = binding->is_condition;
		nexpected++;
	}
	return nexpected;
}

bool
hw_lists_name(const HwLists *lists, const int *choices, HwText *name)
{
	const HwParam *last = NULL;

	/* In the order of the API: bindings come in any. */
	for (int n = 0; n < lists->nbindings; n++)
	{
		int			next = -1;

		for (int i = 0; i < lists->nbindings; i++)
		{
			const HwParam *param = lists->bindings[i].param;

			if ((last == NULL || param > last) &&
				(next < 0 || param < lists->bindings[next].param))
				next = i;
		}
		if (next < 0)
			break;				/* no param is bound twice */
		last = lists->bindings[next].param;
		if (!hw_text_printf(name, "%s=%s\n", last->name,
							lists->bindings[next].values[choices[next]]))
			return false;
	}
	return true;
}
