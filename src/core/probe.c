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
#include "core/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ask.h"
#include "core/json.h"
#include "core/verdict.h"

/* The calls, in their order. */
enum
{
	CALL_HOST,					/* category=host_resource */
	CALL_CONTAINER,				/* category=container_resource */
	CALL_PLAIN,					/* neither category nor enterprise project */
	CALL_LONG,					/* status, version and charging mode */
	CALL_SHORT					/* the same in the other spelling */
};

#define PAGE_SIZE 200

/* From here on an integer is milliseconds; see HW_EPOCH. */
#define MILLISECONDS_FROM 100000000000LL

typedef struct Call
{
	bool		was_made;		/* and was answered, if only with a refusal */
	HwStatus	status;			/* HW_OK, or how it was refused */
	HwJson	   *json;
	const HwNode *rows;			/* NULL when there is no such list */
	int			nrows;
	long long	total;			/* -1 when there is none */
} Call;

struct HwProbe
{
	HwClient   *client;
	HwProbeTarget target;
	HwBase		base;
	Call		calls[HW_PROBE_CALLS];
	int			ncalls;			/* answered so far */
	HwFetch    *fetch;
	bool		was_throttled;
	bool		has_failed;		/* a call that says nothing of the service */
	bool		is_over;
	HwStatus	status;
	const HwNode *sample;		/* a row whose values are asked for */
	bool		is_narrow;		/* with its version and charging mode */
	HwFact		facts[16];
	int			nfacts;
};

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

static const char *
text_of(const HwNode *row, const char *name)
{
	const HwNode *node = row ? hw_json_find(row, name) : NULL;

	return node ? hw_json_text(node) : NULL;
}

static bool
is_container(const HwNode *row)
{
	const char *version = text_of(row, "version");

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
	const char *value = text_of(row, "quota_status");

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
		bool		is_host = !is_container(probe->sample);

		add(params, "category", is_host ? "host_resource"
			: "container_resource");
		add(params, "quota_status",
			status_word(probe, probe->sample, call == CALL_LONG));
		if (probe->is_narrow)
			add(params, "charging_mode",
				text_of(probe->sample, "charging_mode"));
		if (probe->is_narrow && is_host)
			add(params, "version", text_of(probe->sample, "version"));
	}
	params->asked[params->nasked].param = NULL;
}

static bool
send(HwProbe *probe)
{
	Params		params = {.nasked = 0};
	HwCursor	cursor = {.offset = 0, .limit = PAGE_SIZE};
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
read_reply(Call *call, const char *body, size_t bytes)
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
	const char *x = text_of(a, name);
	const char *y = text_of(b, name);

	return x == NULL || y == NULL || strcmp(x, y) != 0;
}

/*
 * How much a row's values tell apart: rows of another state that share its
 * version and charging mode show a state that is ignored even under those
 * filters; any other difference shows a filter that is ignored.
 */
static void
weigh_sample(const Call *call, const HwNode *row, int *nalike, int *nothers)
{
	*nalike = *nothers = 0;
	for (const HwNode *other = hw_json_child(call->rows); other;
		 other = hw_json_next(other))
	{
		bool		is_other = (!is_container(row) &&
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
	const char *value = text_of(row, name);

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
choose_sample(HwProbe *probe, const Call *call)
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
			!(is_container(row) || has_word(probe, row, "version")))
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
	Call	   *call = &probe->calls[probe->ncalls];
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

static void conclude(HwProbe *probe);

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
		conclude(probe);
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

/* --- concluding ------------------------------------------------------ */

static HwFact *
new_fact(HwProbe *probe, const char *name, const char *documents,
		 const char *seen)
{
	HwFact	   *fact = &probe->facts[probe->nfacts++];

	fact->name = name;
	fact->documents = documents;
	snprintf(fact->seen, sizeof(fact->seen), "%s", seen);
	return fact;
}

static int
count_containers(const Call *call)
{
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
		count += is_container(row);
	return count;
}

/* Rows of a call that belong to an enterprise project other than 0. */
static int
count_other_projects(const Call *call)
{
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
	{
		const char *project = text_of(row, "enterprise_project_id");

		count += project && project[0] && strcmp(project, "0") != 0;
	}
	return count;
}

/* Rows of a call that do not carry the sample's value of a field. */
static int
count_different(const HwProbe *probe, const Call *call, const char *name)
{
	const char *wanted = text_of(probe->sample, name);
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row && wanted; row = hw_json_next(row))
	{
		const char *value = text_of(row, name);

		count += value == NULL || strcmp(value, wanted) != 0;
	}
	return count;
}

static const char *
not_asked(const HwProbe *probe)
{
	return probe->was_throttled ?
		"not asked: the service throttled the calls; try again in a minute" :
		probe->has_failed ? "not answered: a call failed; try again" :
		"not visible: there is no quota to try it with";
}

/* How a call with a spelling was answered. */
typedef enum Answer
{
	UNDERSTOOD,
	IGNORED,
	EMPTY,
	REFUSED,
	NOT_ASKED
} Answer;

static Answer
answer_of(const HwProbe *probe, int index)
{
	const Call *call = &probe->calls[index];

	if (!call->was_made)
		return NOT_ASKED;
	if (call->status.kind != HW_OK)
		return REFUSED;
	if (call->nrows == 0)
		return EMPTY;
	return count_different(probe, call, "quota_status") > 0 ? IGNORED
		: UNDERSTOOD;
}

static const char *const answer_words[] = {
	"understood", "ignored", "answered with nothing", "refused", "not asked"
};

/*
 * Rows of one state only are no evidence: a filter that is ignored would give
 * the same.
 */
static bool
has_variety(const HwProbe *probe)
{
	return count_different(probe, &probe->calls[CALL_HOST],
						   "quota_status") > 0 ||
		count_different(probe, &probe->calls[CALL_CONTAINER],
						"quota_status") > 0;
}

static void
conclude_spelling(HwProbe *probe)
{
	Answer		in_long = answer_of(probe, CALL_LONG);
	Answer		in_short = answer_of(probe, CALL_SHORT);
	Answer		not_known = in_long != UNDERSTOOD ? in_long : in_short;
	HwFact	   *fact;

	fact = new_fact(probe, "request spelling of quota_status and used_status",
					"QUOTA_STATUS_NORMAL (2024-11-19) or normal (2025-08 on)",
					not_asked(probe));
	if (in_long != NOT_ASKED && in_short != NOT_ASKED)
	{
		const char *use = in_long == UNDERSTOOD ? "long" :
			in_short == UNDERSTOOD ? "short" : NULL;

		snprintf(fact->seen, sizeof(fact->seen),
				 "long: %s; short: %s%s", answer_words[in_long],
				 answer_words[in_short],
				 has_variety(probe) ? "" : " (all quotas have one state)");
		if (use)
			snprintf(fact->option, sizeof(fact->option),
					 "status_spelling '%s'", use);
	}
	fact = new_fact(probe, "a filter value the service does not know",
					"not documented", not_asked(probe));
	if (in_long != NOT_ASKED && in_short != NOT_ASKED)
		snprintf(fact->seen, sizeof(fact->seen), "%s",
				 not_known == UNDERSTOOD ?
				 "not visible: both spellings are known" :
				 answer_words[not_known]);
}

static void
conclude_category(HwProbe *probe)
{
	const Call *host = &probe->calls[CALL_HOST];
	const Call *container = &probe->calls[CALL_CONTAINER];
	const Call *plain = &probe->calls[CALL_PLAIN];
	bool		is_visible = count_containers(container) > 0 ||
		count_containers(host) > 0;
	bool		is_ignored = count_containers(host) > 0;
	HwFact	   *fact;

	fact = new_fact(probe, "filter category",
					"host_resource or container_resource", not_asked(probe));
	if (container->was_made)
		snprintf(fact->seen, sizeof(fact->seen), "%s",
				 container->status.kind != HW_OK ? "refused" :
				 !is_visible ? "not visible: there are no container quotas" :
				 is_ignored ? "ignored" : "honoured");

	fact = new_fact(probe, "request without category",
					"no default named; elsewhere: host quotas only",
					not_asked(probe));
	if (plain->was_made)
		snprintf(fact->seen, sizeof(fact->seen), "%s",
				 plain->status.kind != HW_OK ? "refused" :
				 !is_visible ? "not visible: there are no container quotas" :
				 is_ignored || count_containers(plain) > 0 ?
				 "all quotas" : "host quotas only");
}

static void
conclude_projects(HwProbe *probe)
{
	const Call *plain = &probe->calls[CALL_PLAIN];
	int			nother = count_other_projects(&probe->calls[CALL_HOST]) +
		count_other_projects(&probe->calls[CALL_CONTAINER]);
	HwFact	   *fact;

	fact = new_fact(probe, "request without enterprise_project_id",
					"project 0 only; all with all_granted_eps",
					not_asked(probe));
	if (!plain->was_made)
		return;
	snprintf(fact->seen, sizeof(fact->seen), "%s",
			 plain->status.kind != HW_OK ? "refused" :
			 nother == 0 ? "not visible: all quotas are in project 0" :
			 count_other_projects(plain) > 0 ? "all enterprise projects" :
			 "project 0 only");
}

/* The largest total of a call with filters. */
static long long
largest_total(const HwProbe *probe)
{
	long long	largest = -1;

	for (int i = 0; i < HW_PROBE_CALLS; i++)
	{
		if (i != CALL_PLAIN && probe->calls[i].total > largest)
			largest = probe->calls[i].total;
	}
	return largest;
}

/*
 * A page below the limit shows all rows of its filters, unless pages are cut.
 * One whose total is its number of rows, and less than another total, shows
 * that totals follow the filters; then a page with fewer rows than its total
 * was cut.
 */
static void
conclude_totals(HwProbe *probe)
{
	const Call *host = &probe->calls[CALL_HOST];
	const Call *larger = NULL;
	bool		follows = false;
	bool		is_full = false;
	HwFact	   *fact;

	for (int i = 0; i < HW_PROBE_CALLS; i++)
	{
		const Call *call = &probe->calls[i];

		if (!call->was_made || call->status.kind != HW_OK ||
			call->nrows == 0 || i == CALL_PLAIN)
			continue;
		is_full |= call->nrows == PAGE_SIZE;
		follows |= call->nrows < PAGE_SIZE && call->total == call->nrows &&
			call->total < largest_total(probe);
		if (call->nrows < PAGE_SIZE && call->total > call->nrows && !larger)
			larger = call;
	}

	fact = new_fact(probe, "total_num under filters", "not documented",
					"not visible: no page shows all rows of its filters");
	if (host->total < 0)
		snprintf(fact->seen, sizeof(fact->seen), "there is no total_num");
	else if (follows)
		snprintf(fact->seen, sizeof(fact->seen), "follows the filters");
	else if (larger)
		snprintf(fact->seen, sizeof(fact->seen),
				 "ignores the filters: %lld for %d rows", larger->total,
				 larger->nrows);

	fact = new_fact(probe, "limit 200", "10 to 200 (2025-12)",
					"not visible: fewer than 200 quotas");
	if (is_full)
		snprintf(fact->seen, sizeof(fact->seen), "honoured");
	else if (follows && larger)
	{
		snprintf(fact->seen, sizeof(fact->seen), "cut to %d rows",
				 larger->nrows);
		snprintf(fact->option, sizeof(fact->option), "page_size '%d'",
				 larger->nrows);
	}
}

static void
count_times(const Call *call, int *nseconds, int *nmilliseconds)
{
	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
	{
		const HwNode *node = hw_json_find(row, "expire_time");
		long long	time;

		if (node == NULL || !hw_json_integer(node, &time) || time <= 0)
			continue;
		if (time >= MILLISECONDS_FROM)
			(*nmilliseconds)++;
		else
			(*nseconds)++;
	}
}

static void
conclude_times(HwProbe *probe)
{
	int			nseconds = 0;
	int			nmilliseconds = 0;
	HwFact	   *fact;

	count_times(&probe->calls[CALL_HOST], &nseconds, &nmilliseconds);
	count_times(&probe->calls[CALL_CONTAINER], &nseconds, &nmilliseconds);
	fact = new_fact(probe, "unit of expire_time", "Long, -1 for never", "");
	snprintf(fact->seen, sizeof(fact->seen), "%s",
			 nseconds && nmilliseconds ? "seconds and milliseconds" :
			 nseconds ? "seconds" :
			 nmilliseconds ? "milliseconds" :
			 "not visible: no quota expires");
}

static void
conclude_filters(HwProbe *probe)
{
	Answer		in_long = answer_of(probe, CALL_LONG);
	int			index = in_long == UNDERSTOOD || in_long == IGNORED ?
		CALL_LONG : CALL_SHORT;
	const Call *call = &probe->calls[index];
	static const char *const names[] = {"version", "charging_mode"};
	HwFact	   *fact;
	bool		is_ignored = false;

	fact = new_fact(probe, "filters version and charging_mode",
					"documented as filters", not_asked(probe));
	if (!call->was_made)
		return;
	if (call->status.kind != HW_OK || call->nrows == 0 || !probe->is_narrow)
	{
		snprintf(fact->seen, sizeof(fact->seen), "%s",
				 probe->is_narrow ?
				 "not visible: neither spelling was answered" :
				 "not visible: no quotas differ in their state alone");
		return;
	}
	fact->seen[0] = '\0';
	for (int i = 0; i < 2; i++)
	{
		size_t		length = strlen(fact->seen);

		/* A container's version is not asked for. */
		if (i == 0 && is_container(probe->sample))
			continue;
		if (count_different(probe, call, names[i]) > 0)
		{
			snprintf(fact->seen + length, sizeof(fact->seen) - length,
					 "%s%s", is_ignored ? ", " : "ignored: ", names[i]);
			is_ignored = true;
		}
	}
	if (!is_ignored)
		snprintf(fact->seen, sizeof(fact->seen), "honoured");
}

static void
conclude_editions(HwProbe *probe)
{
	bool		has_short = false;
	bool		has_long = false;
	HwFact	   *fact;

	fact = new_fact(probe, "edition of container quotas in rows",
					"hss.version.container (2024-11-19) or hss.version.container.enterprise",
					not_asked(probe));
	if (!probe->calls[CALL_CONTAINER].was_made)
		return;
	for (int i = CALL_HOST; i <= CALL_CONTAINER; i++)
	{
		const HwNode *rows = probe->calls[i].rows;

		for (const HwNode *row = rows ? hw_json_child(rows) : NULL; row;
			 row = hw_json_next(row))
		{
			const char *version = text_of(row, "version");

			has_short |= version && strcmp(version, "hss.version.container") == 0;
			has_long |= version && is_container(row) && strlen(version) > 21;
		}
	}
	snprintf(fact->seen, sizeof(fact->seen), "%s",
			 has_short && has_long ? "both" :
			 has_short ? "hss.version.container" :
			 has_long ? "hss.version.container.enterprise" :
			 "not visible: there are no container quotas");
}

static void
conclude(HwProbe *probe)
{
	HwFact	   *fact;

	conclude_spelling(probe);
	conclude_category(probe);
	conclude_projects(probe);
	conclude_totals(probe);
	conclude_times(probe);
	conclude_filters(probe);
	conclude_editions(probe);
	fact = new_fact(probe, "calls made", "at most 5 a minute (HSS)", "");
	snprintf(fact->seen, sizeof(fact->seen), "%d", probe->ncalls);
}
