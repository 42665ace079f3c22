/*-------------------------------------------------------------------------
 *
 * findings.c
 *	  What the answers to a probe's calls show, and what they do not.
 *
 * A page is not the list: it may end at the limit, or where the service cuts
 * it, and shows nothing of what follows.
 *
 *-------------------------------------------------------------------------
 */
#include "core/probe_internal.h"

#include <stdio.h>
#include <string.h>

/* From here on an integer is milliseconds; see HW_EPOCH. */
#define MILLISECONDS_FROM 100000000000LL

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
count_containers(const HwProbeCall *call)
{
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
		count += hw_probe_is_container(row);
	return count;
}

/* Rows without a version are of neither category. */
static int
count_hosts(const HwProbeCall *call)
{
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
		count += hw_probe_text(row, "version") && !hw_probe_is_container(row);
	return count;
}

/* Rows of the largest page: services that cut pages cut them there. */
static int
most_rows(const HwProbe *probe)
{
	int			most = 0;

	for (int i = 0; i < HW_PROBE_CALLS; i++)
	{
		if (probe->calls[i].nrows > most)
			most = probe->calls[i].nrows;
	}
	return most;
}

/* Does a page that came show all rows there are? */
static bool
is_whole(const HwProbe *probe, const HwProbeCall *call)
{
	return call->nrows < most_rows(probe) || call->total == call->nrows;
}

/* Rows of a call that belong to an enterprise project other than 0. */
static int
count_other_projects(const HwProbeCall *call)
{
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row; row = hw_json_next(row))
	{
		const char *project = hw_probe_text(row, "enterprise_project_id");

		count += project && project[0] && strcmp(project, "0") != 0;
	}
	return count;
}

/* Rows of a call that do not carry the sample's value of a field. */
static int
count_different(const HwProbe *probe, const HwProbeCall *call, const char *name)
{
	const char *wanted = hw_probe_text(probe->sample, name);
	int			count = 0;

	for (const HwNode *row = call->rows ? hw_json_child(call->rows) : NULL;
		 row && wanted; row = hw_json_next(row))
	{
		const char *value = hw_probe_text(row, name);

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
	const HwProbeCall *call = &probe->calls[index];

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
	const HwProbeCall *host = &probe->calls[CALL_HOST];
	const HwProbeCall *container = &probe->calls[CALL_CONTAINER];
	const HwProbeCall *plain = &probe->calls[CALL_PLAIN];
	bool		is_ignored = count_containers(host) > 0 ||
		count_hosts(container) > 0;
	bool		is_visible = is_ignored || count_containers(container) > 0;
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
				 is_ignored || count_containers(plain) > 0 ? "all quotas" :
				 is_whole(probe, plain) ? "host quotas only" :
				 "not visible: the first page has host quotas only");
}

static void
conclude_projects(HwProbe *probe)
{
	const HwProbeCall *plain = &probe->calls[CALL_PLAIN];
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
			 count_other_projects(plain) > 0 ? "all enterprise projects" :
			 nother == 0 ? "not visible: all quotas seen are in project 0" :
			 is_whole(probe, plain) ? "project 0 only" :
			 "not visible: the first page has project 0 only");
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
 * A page whose total is its number of rows, and less than another total, shows
 * that totals follow the filters.
 */
static bool
totals_follow(const HwProbe *probe)
{
	for (int i = 0; i < HW_PROBE_CALLS; i++)
	{
		const HwProbeCall *call = &probe->calls[i];

		if (i != CALL_PLAIN && call->nrows > 0 &&
			call->nrows < HW_PROBE_PAGE_SIZE && call->total == call->nrows &&
			call->total < largest_total(probe))
			return true;
	}
	return false;
}

/* The first call with filters whose total cannot be that of its rows. */
static const HwProbeCall *
find_odd_total(const HwProbe *probe)
{
	for (int i = 0; i < HW_PROBE_CALLS; i++)
	{
		const HwProbeCall *call = &probe->calls[i];

		if (i != CALL_PLAIN && call->nrows > 0 && call->total >= 0 &&
			(call->total < call->nrows ||
			 (call->total > call->nrows && is_whole(probe, call))))
			return call;
	}
	return NULL;
}

static void
conclude_totals(HwProbe *probe)
{
	const HwProbeCall *odd = find_odd_total(probe);
	HwFact	   *fact;

	fact = new_fact(probe, "total_num under filters", "not documented",
					"not visible: no page shows all rows of its filters");
	if (probe->calls[CALL_HOST].total < 0)
		snprintf(fact->seen, sizeof(fact->seen), "there is no total_num");
	else if (totals_follow(probe))
		snprintf(fact->seen, sizeof(fact->seen), "follows the filters");
	else if (odd)
		snprintf(fact->seen, sizeof(fact->seen), "%s: %lld for %d rows",
				 odd->total > odd->nrows && odd->total == largest_total(probe) ?
				 "ignores the filters" : "counts something else",
				 odd->total, odd->nrows);
}

/*
 * Are there more rows than a page of that many shows?  Either one page says so
 * of itself, or the two categories end at the same number, and together have
 * fewer rows than are counted.
 */
static bool
is_cut(const HwProbe *probe, int nrows)
{
	const HwProbeCall *host = &probe->calls[CALL_HOST];
	const HwProbeCall *container = &probe->calls[CALL_CONTAINER];

	if (host->nrows != nrows)
		return false;
	return (totals_follow(probe) && host->total > nrows) ||
		(container->nrows == nrows && host->total > 2 * (long long) nrows);
}

static void
conclude_limit(HwProbe *probe)
{
	int			most = most_rows(probe);
	HwFact	   *fact;

	fact = new_fact(probe, "limit 200", "10 to 200 (2025-12)",
					"not visible: no page has 200 rows");
	if (most == HW_PROBE_PAGE_SIZE)
		snprintf(fact->seen, sizeof(fact->seen), "honoured");
	else if (is_cut(probe, most))
	{
		snprintf(fact->seen, sizeof(fact->seen), "cut to %d rows", most);
		if (most >= probe->target.api->paging.size_min)
			snprintf(fact->option, sizeof(fact->option), "page_size '%d'",
					 most);
	}
}

static void
count_times(const HwProbeCall *call, int *nseconds, int *nmilliseconds)
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
	const HwProbeCall *call = &probe->calls[index];
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
		if (i == 0 && hw_probe_is_container(probe->sample))
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
			const char *version = hw_probe_text(row, "version");

			has_short |= version && strcmp(version, "hss.version.container") == 0;
			has_long |= version && hw_probe_is_container(row) && strlen(version) > 21;
		}
	}
	snprintf(fact->seen, sizeof(fact->seen), "%s",
			 has_short && has_long ? "both" :
			 has_short ? "hss.version.container" :
			 has_long ? "hss.version.container.enterprise" :
			 "not visible: there are no container quotas");
}

void
hw_probe_conclude(HwProbe *probe)
{
	HwFact	   *fact;

	conclude_spelling(probe);
	conclude_category(probe);
	conclude_projects(probe);
	conclude_totals(probe);
	conclude_limit(probe);
	conclude_times(probe);
	conclude_filters(probe);
	conclude_editions(probe);
	fact = new_fact(probe, "calls made", "at most 5 a minute (HSS)", "");
	snprintf(fact->seen, sizeof(fact->seen), "%d", probe->ncalls);
}
