/*-------------------------------------------------------------------------
 *
 * probe.c
 *	  Asks a live service which reading of the HSS documents is true.
 *
 * A call that is throttled ends the probing: what is known by then is said,
 * and of the rest that it was not asked.
 *
 *-------------------------------------------------------------------------
 */
#include "core/probe_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/ask.h"
#include "core/verdict.h"

/* --- asking ---------------------------------------------------------- */

HwProbe *
hw_probe_open(HwClient *client, const HwProbeTarget *target, HwStatus *status)
{
	HwProbe    *probe = calloc(1, sizeof(HwProbe));
	const char *reason;

	if (probe == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	probe->client = client;
	probe->target = *target;
	if (!hw_url_base(target->endpoint, &probe->base, &reason))
	{
		hw_status_set(status, HW_INTERNAL, "the endpoint is no URL: %s",
					  reason);
		free(probe);
		return NULL;
	}
	return probe;
}

void
hw_probe_free(HwProbe *probe)
{
	if (probe == NULL)
		return;
	if (probe->fetch)
		hw_fetch_release(probe->fetch);
	for (int i = 0; i < HW_PROBE_CALLS; i++)
		hw_json_free(probe->calls[i].json);
	free(probe);
}

const char *
hw_probe_text(const HwNode *row, const char *name)
{
	const HwNode *node = row ? hw_json_find(row, name) : NULL;

	return node ? hw_json_text(node) : NULL;
}

bool
hw_probe_is_container(const HwNode *row)
{
	const char *version = hw_probe_text(row, "version");

	return version && strncmp(version, "hss.version.container", 21) == 0;
}

/* Params of a call; the list ends with a NULL param. */
typedef struct Params
{
	const HwApi *api;
	HwAsked		asked[12];
	int			nasked;
} Params;

static void
add(Params *params, const char *name, const char *value)
{
	const HwParam *param = hw_param_find(params->api, name);

	if (param == NULL || value == NULL)
		return;
	params->asked[params->nasked].param = param;
	params->asked[params->nasked++].value = value;
}

/* A row's state in the spelling of a call; NULL when it has none. */
static const char *
status_word(const HwProbe *probe, const HwNode *row, bool is_long)
{
	const HwParam *param = hw_param_find(probe->target.api, "quota_status");
	const char *value = hw_probe_text(row, "quota_status");

	for (const HwSpelling *s = param ? param->spellings : NULL;
		 s && s->reply && value; s++)
	{
		if (strcmp(s->reply, value) == 0)
			return is_long ? s->long_request : s->short_request;
	}
	return NULL;
}

static void
set_params(const HwProbe *probe, Params *params)
{
	int			call = probe->ncalls;

	params->api = probe->target.api;
	add(params, "project_id", probe->target.project_id);
	if (call != CALL_PLAIN)
		add(params, "enterprise_project_id",
			probe->target.enterprise_project_id);
	if (call == CALL_HOST)
		add(params, "category", "host_resource");
	else if (call == CALL_CONTAINER)
		add(params, "category", "container_resource");
	else if (call != CALL_PLAIN)
	{
		/* The version of a container cannot always be asked for. */
		bool		is_host = !hw_probe_is_container(probe->sample);

		add(params, "category", is_host ? "host_resource"
			: "container_resource");
		add(params, "quota_status",
			status_word(probe, probe->sample, call == CALL_LONG));
		if (probe->is_narrow)
			add(params, "charging_mode",
				hw_probe_text(probe->sample, "charging_mode"));
		if (probe->is_narrow && is_host)
			add(params, "version", hw_probe_text(probe->sample, "version"));
	}
	params->asked[params->nasked].param = NULL;
}

static bool
send(HwProbe *probe)
{
	Params		params = {.nasked = 0};
	HwCursor	cursor = {.offset = 0, .limit = HW_PROBE_PAGE_SIZE};
	HwRequest	request;
	bool		is_reused;

	set_params(probe, &params);
	hw_request_init(&request, "GET");
	if (hw_ask(probe->target.service, probe->target.api, &probe->base,
			   params.asked,
			   probe->target.names_scope ? probe->target.project_id : NULL,
			   cursor, &request, &probe->status))
		probe->fetch = hw_client_fetch(probe->client, &request,
									   &probe->target.fetch, &is_reused,
									   &probe->status);
	hw_request_free(&request);
	return probe->fetch != NULL;
}

/* --- reading --------------------------------------------------------- */

static void
read_reply(HwProbeCall *call, const char *body, size_t bytes)
{
	const HwNode *root;
	const HwNode *total;

	call->total = -1;
	call->json = hw_json_parse(body, bytes, &call->status);
	if (call->json == NULL)
		return;
	root = hw_json_root(call->json);
	if (!hw_verdict_hidden(root, &call->status))
		return;
	call->rows = hw_json_find(root, "data_list");
	if (call->rows && hw_json_kind(call->rows) != HW_NODE_ARRAY)
		call->rows = NULL;
	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
		call->nrows++;
	total = hw_json_find(root, "total_num");
	if (total == NULL || !hw_json_integer(total, &call->total))
		call->total = -1;
}

static bool
differ(const HwNode *a, const HwNode *b, const char *name)
{
	const char *x = hw_probe_text(a, name);
	const char *y = hw_probe_text(b, name);

	return x == NULL || y == NULL || strcmp(x, y) != 0;
}

/*
 * How much a row's values tell apart: rows of another state that share its
 * version and charging mode show a state that is ignored even under those
 * filters; any other difference shows a filter that is ignored.
 */
static void
weigh_sample(const HwProbeCall *call, const HwNode *row, int *nalike, int *nothers)
{
	*nalike = *nothers = 0;
	for (const HwNode *other = hw_json_child(call->rows); other;
		 other = hw_json_next(other))
	{
		bool		is_other = (!hw_probe_is_container(row) &&
								differ(row, other, "version")) ||
			differ(row, other, "charging_mode");

		*nothers += is_other;
		*nalike += !is_other && differ(row, other, "quota_status");
	}
}

/* Is a row's value one of those that the documents let ask for? */
static bool
has_word(const HwProbe *probe, const HwNode *row, const char *name)
{
	const HwParam *param = hw_param_find(probe->target.api, name);
	const char *value = hw_probe_text(row, name);

	for (const char *const *word = param ? param->words : NULL;
		 word && *word && value; word++)
	{
		if (strcmp(*word, value) == 0)
			return true;
	}
	return false;
}

/* The row whose values are asked for, so that an ignored filter shows. */
static void
choose_sample(HwProbe *probe, const HwProbeCall *call)
{
	int			best = -1;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
	{
		int			nalike;
		int			nothers;
		int			score;

		if (!status_word(probe, row, true))
			continue;
		weigh_sample(call, row, &nalike, &nothers);
		if (!has_word(probe, row, "charging_mode") ||
			!(hw_probe_is_container(row) || has_word(probe, row, "version")))
			nalike = 0;
		score = (nalike > 0 ? 1000000 : 0) + nothers;
		if (score <= best)
			continue;
		best = score;
		probe->sample = row;
		probe->is_narrow = nalike > 0;
	}
}

/* Does a failure say how the service takes the call? */
static bool
is_refusal(const HwStatus *status)
{
	return status->kind == HW_BAD_REQUEST || status->kind == HW_DENIED ||
		status->kind == HW_NOT_FOUND || status->kind == HW_HIDDEN_FAILURE;
}

static void
take(HwProbe *probe)
{
	HwProbeCall *call = &probe->calls[probe->ncalls];
	const char *body;
	size_t		bytes;

	call->was_made = true;
	call->status = *hw_fetch_status(probe->fetch);
	body = hw_fetch_body(probe->fetch, &bytes);
	if (call->status.kind == HW_OK)
		read_reply(call, body, bytes);
	hw_fetch_release(probe->fetch);
	probe->fetch = NULL;
	if (call->status.kind != HW_OK && !is_refusal(&call->status))
	{
		call->was_made = false;
		probe->was_throttled |= call->status.kind == HW_THROTTLED;
		probe->has_failed |= call->status.kind != HW_THROTTLED;
	}
	probe->ncalls++;
	if (probe->ncalls == CALL_LONG)
	{
		choose_sample(probe, &probe->calls[CALL_HOST]);
		if (probe->sample == NULL)
			choose_sample(probe, &probe->calls[CALL_CONTAINER]);
	}
}

HwProbeState
hw_probe_step(HwProbe *probe)
{
	while (!probe->is_over)
	{
		if (probe->fetch == NULL && !send(probe))
			return HW_PROBE_FAILED;
		if (!hw_fetch_is_done(probe->fetch))
			return HW_PROBE_WAIT;
		take(probe);
		if (probe->ncalls == 1 && probe->calls[0].status.kind != HW_OK)
		{
			probe->status = probe->calls[0].status;
			return HW_PROBE_FAILED;
		}
		probe->is_over = probe->was_throttled ||
			probe->ncalls == HW_PROBE_CALLS ||
			(probe->ncalls == CALL_LONG && probe->sample == NULL);
	}
	if (probe->nfacts == 0)
		hw_probe_conclude(probe);
	return HW_PROBE_END;
}

bool
hw_probe_is_ready(const HwProbe *probe)
{
	return probe->fetch == NULL || hw_fetch_is_done(probe->fetch);
}

const HwStatus *
hw_probe_status(const HwProbe *probe)
{
	return &probe->status;
}

const HwFact *
hw_probe_fact(const HwProbe *probe, int index)
{
	return index < probe->nfacts ? &probe->facts[index] : NULL;
}
