/*-------------------------------------------------------------------------
 *
 * dialect.c
 *	  In which spelling values are sent, and which one is understood where.
 *
 *-------------------------------------------------------------------------
 */
#include "core/dialect.h"

#include <stdlib.h>
#include <string.h>

HwDialect
hw_dialect_other(HwDialect dialect)
{
	return dialect == HW_DIALECT_LONG ? HW_DIALECT_SHORT : HW_DIALECT_LONG;
}

/* --- values --------------------------------------------------------- */

static bool
is_spelled(const HwBinding *binding)
{
	return binding->is_condition && binding->param->spellings != NULL;
}

unsigned
hw_dialect_params(const HwLists *lists)
{
	unsigned	bits = 0;

	for (int i = 0; i < lists->nbindings; i++)
	{
		if (is_spelled(&lists->bindings[i]))
			bits |= 1U << (lists->bindings[i].param - lists->api->params);
	}
	return bits;
}

bool
hw_dialect_matters(const HwLists *lists)
{
	return hw_dialect_params(lists) != 0;
}

/*
 * May the binding's value be left out when the service refuses it?  Not if
 * another list would be asked for then, one without the wanted rows.
 */
static bool
is_optional(const HwBinding *binding)
{
	const HwParam *param = binding->param;

	return binding->is_condition && param->place == HW_IN_QUERY &&
		param->complete_set == NULL &&
		(binding->otherwise == NULL ||
		 (param->fallback && strcmp(binding->otherwise, param->fallback) == 0));
}

bool
hw_dialect_has_optional(const HwLists *lists)
{
	for (int i = 0; i < lists->nbindings; i++)
	{
		if (is_optional(&lists->bindings[i]))
			return true;
	}
	return false;
}

unsigned
hw_dialect_spelled(const HwLists *lists, const HwExpected *expected,
				   int nexpected)
{
	unsigned	bits = 0;

	for (int e = 0; e < nexpected; e++)
	{
		for (int i = 0; i < lists->nbindings; i++)
		{
			if (is_spelled(&lists->bindings[i]) &&
				strcmp(lists->bindings[i].param->column,
					   expected[e].column->name) == 0)
				bits |= 1U << e;
		}
	}
	return bits;
}

static const char *
spell(const HwParam *param, const char *value, HwDialect dialect)
{
	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
	{
		if (strcmp(s->reply, value) == 0)
			return dialect == HW_DIALECT_SHORT ? s->short_request
				: s->long_request;
	}
	return value;
}

void
hw_dialect_values(const HwLists *lists, const int *choices,
				  HwDialect dialect, HwAsked *asked, HwAsked *sent)
{
	int			nsent = 0;

	for (int i = 0; i < lists->nbindings; i++)
	{
		const HwBinding *binding = &lists->bindings[i];
		const HwParam *param = binding->param;
		const char *value = binding->values[choices[i]];

		asked[i].param = param;
		asked[i].value = value;
		if (dialect == HW_DIALECT_BARE && is_optional(binding))
			value = param->fallback;
		else
			value = spell(param, value, dialect);
		if (value == NULL)
			continue;
		sent[nsent].param = param;
		sent[nsent++].value = value;
	}
	asked[lists->nbindings].param = NULL;
	sent[nsent].param = NULL;
}

/* --- editions ------------------------------------------------------- */

bool
hw_editions_open(HwEditions *editions, int nlocations,
				 const char *const *endpoints, HwDialect dialect,
				 const HwLearnt *learnt, unsigned params)
{
	editions->nlocations = 0;
	editions->at = calloc(nlocations + 1, sizeof(HwEdition));
	if (editions->at == NULL)
		return false;
	for (int i = 0; i < nlocations; i++)
	{
		HwEdition  *edition = &editions->at[i];

		edition->endpoint = strdup(endpoints[i]);
		if (edition->endpoint == NULL)
			return false;
		editions->nlocations++;
		edition->dialect = dialect;
		if (dialect == HW_DIALECT_AUTO && learnt)
		{
			edition->dialect = learnt[i].dialect;
			edition->is_known = edition->dialect != HW_DIALECT_AUTO &&
				(params & ~learnt[i].params) == 0;
		}
		if (edition->dialect == HW_DIALECT_AUTO)
			edition->dialect = HW_DIALECT_LONG;
	}
	return true;
}

void
hw_editions_close(HwEditions *editions)
{
	for (int i = 0; i < editions->nlocations; i++)
		free(editions->at[i].endpoint);
	free(editions->at);
	editions->at = NULL;
	editions->nlocations = 0;
}

bool
hw_editions_share(const HwEditions *editions, int a, int b)
{
	return strcmp(editions->at[a].endpoint, editions->at[b].endpoint) == 0;
}

void
hw_editions_learn(HwEditions *editions, int location, HwDialect dialect)
{
	for (int i = 0; i < editions->nlocations; i++)
	{
		if (!hw_editions_share(editions, i, location))
			continue;
		editions->at[i].dialect = dialect;
		editions->at[i].is_known = true;
	}
}
