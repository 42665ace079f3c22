/*-------------------------------------------------------------------------
 *
 * question.c
 *	  What the options of a foreign table and its session say to a pager.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/question.h"

#include "fdw/compat.h"
#include "fdw/locations.h"
#include "fdw/lookup.h"

static HwOnDrift
on_drift(const HwOptions *options)
{
	if (strcmp(options->on_drift, "warning") == 0)
		return HW_DRIFT_WARNING;
	if (strcmp(options->on_drift, "ignore") == 0)
		return HW_DRIFT_IGNORE;
	return HW_DRIFT_ERROR;
}

int
hw_question_page_size(const HwForeignTable *foreign)
{
	const HwPaging *paging = &foreign->api->paging;
	long		size = foreign->options->page_size;

	if (size > paging->size_max)
		size = paging->size_max;
	return (int) Max(size, paging->size_min);
}

/* The spelling to begin with: the user's, or what was understood before. */
static void
set_dialect(const HwForeignTable *foreign, HwSession *session, int nlocations,
			HwQuestion *question)
{
	const char *spelling = foreign->options->status_spelling;
	HwLearnt   *learnt;

	if (strcmp(spelling, "long") == 0)
		question->dialect = HW_DIALECT_LONG;
	else if (strcmp(spelling, "short") == 0)
		question->dialect = HW_DIALECT_SHORT;
	else
	{
		question->dialect = HW_DIALECT_AUTO;
		learnt = palloc(sizeof(HwLearnt) * nlocations);
		for (int i = 0; i < nlocations; i++)
			learnt[i] = hw_session_learnt(session, foreign->api,
										  question->endpoints[i]);
		question->learnt = learnt;
	}
}

/*
 * What the header of the scope is to name; NULL leaves it out, since a token
 * has its scope.  Which project is asked, the pager takes from the path.
 */
static const char *
scope_id(const HwForeignTable *foreign, HwSession *session, long *nrequests)
{
	bool		asks = hw_options_asks_account(foreign->options);
	const char *id;

	if (!hw_auth_signs(hw_client_auth(hw_session_client(session))))
		return NULL;
	if (foreign->service->scope == HW_PROJECT_SCOPE)
		return "project";
	if (foreign->options->domain_id && !asks)
		return foreign->options->domain_id;
	id = hw_lookup_scope_id(foreign, session, false);
	return id || !asks ? id : hw_lookup_account(foreign, session, nrequests);
}

bool
hw_question_set(const HwForeignTable *foreign, HwSession *session,
				const HwBinding *bindings, int nbindings,
				HwQuestion *question, long *nrequests)
{
	const HwOptions *options = foreign->options;
	ForeignServer *server = GetForeignServer(foreign->serverid);
	HwLocations locations;
	bool		can_match = hw_locations_settle(foreign, session, bindings,
												nbindings, &locations);

	*nrequests = locations.nrequests;
	if (!can_match)
		return false;
	question->bindings = locations.bindings;
	question->nbindings = locations.nbindings;
	question->endpoints = locations.endpoints;
	question->skips_failed = strcmp(options->on_project_error, "skip") == 0;

	question->service = foreign->service;
	question->api = foreign->api;
	question->table = foreign->table;

	question->scope_id = scope_id(foreign, session, nrequests);
	question->page_size = hw_question_page_size(foreign);
	question->window = (int) options->prefetch;
	question->on_drift = on_drift(options);
	set_dialect(foreign, session, locations.count, question);

	/* May the server send to all of them?  The last one's rules are used. */
	for (int i = 0; i < locations.count; i++)
		hw_options_transport(options, server, locations.endpoints[i],
							 &question->fetch);
	return true;
}
