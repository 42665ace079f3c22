/*-------------------------------------------------------------------------
 *
 * locations.c
 *	  Where a table is read: which projects, in which regions, at which hosts.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/locations.h"

#include "core/projects.h"
#include "core/seen.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/report.h"
#include "fdw/texts.h"
#include "fdw/wait.h"
#include "miscadmin.h"
#include "utils/memutils.h"

typedef struct Location
{
	const char *project;
	const char *region;			/* NULL when nothing tells it */
} Location;

typedef struct Search
{
	const HwForeignTable *foreign;
	ForeignServer *server;
	HwSession  *session;		/* NULL: nobody is to be asked */
	bool		is_unknown;		/* IAM would have to be asked */
	long		nrequests;
} Search;

/* --- asking IAM ----------------------------------------------------- */

static void
release_fetch(void *object)
{
	hw_fetch_release(object);
}

static bool
fetch_is_ready(const void *arg)
{
	return hw_fetch_is_done(arg);
}

/* Waits for the reply; the fetch goes with the context. */
static const HwFetch *
fetch_projects(Search *search, const char *endpoint, const char *name,
			   MemoryContext context, HwStatus *status)
{
	HwOwned    *owned = hw_own_prepare(context, release_fetch);
	HwFetchOptions options = {0};
	HwRequest	request;
	HwBase		base;
	const char *reason;
	bool		is_reused;
	HwCounters	counters;

	hw_options_transport(search->foreign->options, search->server, endpoint,
						 &options);
	if (!hw_url_base(endpoint, &base, &reason))
	{
		hw_status_set(status, HW_INTERNAL, "the endpoint is no URL: %s",
					  reason);
		return NULL;
	}
	hw_request_init(&request, "GET");
	if (hw_projects_ask(&base, name, &request, status))
		owned->object = hw_client_fetch(hw_session_client(search->session),
										&request, &options, &is_reused,
										status);
	hw_request_free(&request);
	if (owned->object == NULL)
		return NULL;
	hw_wait_until(search->session, fetch_is_ready, owned->object);
	hw_fetch_counters(owned->object, &counters);
	search->nrequests += counters.nrequests;
	*status = *hw_fetch_status(owned->object);
	return owned->object;
}

/*
 * The projects of one name, or all, as IAM told this session, if need be in
 * this statement; NULL when nobody is to be asked.
 */
static const HwProjects *
find_projects(Search *search, const char *region, const char *name,
			  bool in_statement)
{
	const char *endpoint = hw_options_iam_endpoint(search->foreign->options,
												   region);
	const HwProjects *known;
	MemoryContext context;
	const HwFetch *fetch;
	HwProjects *projects = NULL;
	HwStatus	status;

	if (search->session == NULL)
	{
		search->is_unknown = true;
		return NULL;
	}
	known = hw_session_projects(search->session, endpoint, name,
								in_statement);
	if (known)
		return known;
	context = AllocSetContextCreate(CurrentMemoryContext, "hwbss_fdw look-up",
									ALLOCSET_SMALL_SIZES);
	hw_status_clear(&status);
	fetch = fetch_projects(search, endpoint, name, context, &status);
	if (fetch && status.kind == HW_OK)
	{
		size_t		bytes;
		const char *body = hw_fetch_body(fetch, &bytes);

		projects = hw_projects_read(body, bytes, &status);
	}
	if (projects == NULL)
		hw_report_lookup(search->foreign, &status);
	MemoryContextDelete(context);
	return hw_session_keep_projects(search->session, endpoint, name,
									projects);
}

/* --- which projects ------------------------------------------------- */

static List *
add_location(List *locations, const char *project, const char *region)
{
	Location   *location;
	ListCell   *lc;

	foreach(lc, locations)
	{
		location = lfirst(lc);
		if (strcmp(location->project, project) == 0 &&
			(region == NULL || strcmp(location->region, region) == 0))
			return locations;
	}
	location = palloc(sizeof(Location));
	location->project = pstrdup(project);
	location->region = region ? pstrdup(region) : NULL;
	return lappend(locations, location);
}

/* Before anything is done for each of them. */
static void
refuse_too_many(const Search *search, List *places)
{
	HwStatus	status;

	if (list_length(places) <= HW_SEEN_STRANDS_MAX)
		return;
	hw_status_clear(&status);
	hw_status_set(&status, HW_TOO_LARGE,
				  "the query asks for more than %d lists",
				  HW_SEEN_STRANDS_MAX);
	hw_report_scan(search->foreign, &status);
}

/* Every project with every region; there is one region, or none. */
static List *
combine(List *projects, List *regions)
{
	List	   *locations = NIL;
	ListCell   *lc;

	foreach(lc, projects)
		locations = add_location(locations, lfirst(lc),
								 regions ? linitial(regions) : NULL);
	return locations;
}

static void
unknown_project(const Search *search, const char *what, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
			 errmsg("could not find %s for foreign table \"%s\"", what,
					search->foreign->relname),
			 errdetail("%s", detail),
			 errhint("Set option \"project_id\" of the server or foreign table, or add a condition on column \"project_id\".")));
}

/* The one project that is named as its region is. */
static const HwProject *
project_of_region(const Search *search, const HwProjects *projects,
				  const char *region)
{
	const HwProject *found = NULL;
	StringInfoData ids;
	int			count = 0;

	initStringInfo(&ids);
	for (int i = 0; i < projects->count; i++)
	{
		const HwProject *project = &projects->list[i];

		if (strcmp(project->name, region) != 0)
			continue;
		found = project;
		appendStringInfo(&ids, "%s%s", count++ ? ", " : "", project->id);
	}
	if (count == 0)
		unknown_project(search, psprintf("the project of region \"%s\"",
										 region),
						"IAM knows no project of that name.");
	if (count > 1)
		unknown_project(search, psprintf("the project of region \"%s\"",
										 region),
						psprintf("IAM knows %d projects of that name: %s.",
								 count, ids.data));
	return found;
}

/* Each region's own project; the options' for the options' region. */
static List *
projects_of_regions(Search *search, List *regions)
{
	const HwOptions *options = search->foreign->options;
	List	   *locations = NIL;
	ListCell   *lc;

	foreach(lc, regions)
	{
		const char *region = lfirst(lc);
		const HwProjects *projects;

		if (options->project_id && options->region &&
			strcmp(options->region, region) == 0)
		{
			locations = add_location(locations, options->project_id, region);
			continue;
		}
		projects = find_projects(search, linitial(regions),
								 list_length(regions) == 1 ? region : NULL,
								 false);
		if (projects == NULL)
			return NIL;
		locations = add_location(locations,
								 project_of_region(search, projects,
												   region)->id, region);
	}
	return locations;
}

/* The first ID that is in no project, or NULL. */
static const char *
first_unknown(const HwProjects *projects, List *ids)
{
	ListCell   *lc;

	foreach(lc, ids)
	{
		bool		is_known = false;

		for (int i = 0; i < projects->count; i++)
			is_known |= strcmp(projects->list[i].id, lfirst(lc)) == 0;
		if (!is_known)
			return lfirst(lc);
	}
	return NULL;
}

/*
 * Those of the given projects, or of all that are enabled, that lie in one of
 * the regions; in any when there are none.  A project does not change its
 * region, but new ones come: to know all, IAM is asked in each statement.
 */
static List *
projects_in_regions(Search *search, List *wanted, List *regions)
{
	const char *place = regions ? linitial(regions) : NULL;
	const HwProjects *all = find_projects(search, place, NULL, wanted == NIL);
	const char *unknown;
	List	   *locations = NIL;

	if (all == NULL)
		return NIL;
	if (first_unknown(all, wanted))
		all = find_projects(search, place, NULL, true);
	unknown = first_unknown(all, wanted);
	if (unknown)
		unknown_project(search,
						psprintf("the region of project \"%s\"", unknown),
						"IAM knows no project of that ID.");
	for (int i = 0; i < all->count; i++)
	{
		const HwProject *project = &all->list[i];
		const char *region = pnstrdup(project->name,
									  hw_project_region_length(project));

		if ((wanted ? hw_texts_have(wanted, project->id) : project->is_enabled) &&
			(regions == NIL || hw_texts_have(regions, region)))
			locations = add_location(locations, project->id, region);
	}
	return locations;
}

/* --- what is asked, what is set ------------------------------------- */

static List *
split(const char *list)
{
	List	   *texts = NIL;
	char	   *copy = pstrdup(list);
	char	   *save;

	for (char *text = strtok_r(copy, ", ", &save); text;
		 text = strtok_r(NULL, ", ", &save))
		texts = lappend(texts, text);
	return hw_texts_distinct(texts);
}

static bool
is_auto(const HwOptions *options)
{
	return options->projects && strcmp(options->projects, "auto") == 0;
}

static List *
option_regions(const HwOptions *options)
{
	if (options->regions)
		return split(options->regions);
	return options->region ? list_make1(options->region) : NIL;
}

static List *
option_projects(const HwOptions *options)
{
	if (options->projects)
		return is_auto(options) ? NIL : split(options->projects);
	return options->project_id ? list_make1(options->project_id) : NIL;
}

/*
 * The values of a condition on a location's param; false when there is none,
 * or when it only narrows.
 */
static const HwBinding *
condition_on(const HwBinding *bindings, int nbindings, HwPlace place)
{
	for (int i = 0; i < nbindings; i++)
	{
		if (bindings[i].param->is_location && bindings[i].is_condition &&
			bindings[i].param->place == place)
			return &bindings[i];
	}
	return NULL;
}

static List *
texts_of(const HwBinding *binding)
{
	List	   *texts = NIL;

	for (int i = 0; binding && i < binding->nvalues; i++)
		texts = lappend(texts, (char *) binding->values[i]);
	return texts;
}

/* NIL asks for what the options say. */
static List *
settle(Search *search, List *projects, List *regions)
{
	const HwOptions *options = search->foreign->options;
	List	   *in = regions ? regions : option_regions(options);
	bool		is_at_home;

	refuse_too_many(search, projects);
	refuse_too_many(search, regions);
	if (projects)
		return list_length(in) <= 1 ? combine(projects, in)
			: projects_in_regions(search, projects, in);

	/* Projects of the options lie in the region of the options. */
	is_at_home = list_length(in) <= 1 &&
		(regions == NIL || (options->regions == NULL &&
							(options->region == NULL ||
							 strcmp(options->region, linitial(in)) == 0)));
	projects = option_projects(options);
	if (projects && is_at_home)
		return combine(projects, in);
	if (options->projects || (projects && options->region == NULL))
		return projects_in_regions(search, projects, in);
	if (in == NIL)
		hw_conditions_require(search->foreign,
							  hw_param_find(search->foreign->api,
											"project_id"));
	return projects_of_regions(search, in);
}

/* Leaves those that the values of other tables' rows name. */
static List *
narrow(List *locations, const HwBinding *project, const HwBinding *region)
{
	List	   *projects = texts_of(project);
	List	   *regions = texts_of(region);
	List	   *left = NIL;
	ListCell   *lc;

	foreach(lc, locations)
	{
		Location   *location = lfirst(lc);

		CHECK_FOR_INTERRUPTS();
		if ((project == NULL || hw_texts_have(projects, location->project)) &&
			(region == NULL || (location->region &&
								hw_texts_have(regions, location->region))))
			left = lappend(left, location);
	}
	return left;
}

static void
put_binding(HwLocations *settled, const HwParam *param, List *locations,
			bool is_condition)
{
	HwBinding  *binding = &settled->bindings[settled->nbindings];
	const char **values = palloc0(sizeof(char *) *
								  (list_length(locations) + 1));
	ListCell   *lc;

	binding->param = param;
	binding->is_condition = is_condition;
	foreach(lc, locations)
	{
		const Location *location = lfirst(lc);

		values[binding->nvalues] = param->place == HW_IN_PATH ?
			location->project : location->region;
		if (values[binding->nvalues++] == NULL)
			return;				/* nothing tells it: it is not sent */
	}
	binding->values = values;
	settled->nbindings++;
}

static void
put_locations(const Search *search, List *locations,
			  const HwBinding *bindings, int nbindings, HwLocations *settled)
{
	ListCell   *lc;

	settled->bindings = palloc0(sizeof(HwBinding) * HW_ASKED_MAX);
	settled->endpoints = palloc0(sizeof(char *) *
								 (list_length(locations) + 1));
	for (const HwParam *param = search->foreign->api->params;
		 param && param->name; param++)
	{
		if (param->is_location)
			put_binding(settled, param, locations,
						condition_on(bindings, nbindings,
									 param->place) != NULL);
	}
	memset(&settled->bindings[settled->nbindings], 0, sizeof(HwBinding));
	for (int i = 0; i < nbindings; i++)
	{
		if (!bindings[i].param->is_location)
			settled->bindings[settled->nbindings++] = bindings[i];
	}
	foreach(lc, locations)
		settled->endpoints[settled->count++] =
			hw_options_endpoint(search->foreign->options,
								search->foreign->service,
								((Location *) lfirst(lc))->region,
								search->server);
}

static bool
settle_all(Search *search, const HwBinding *bindings, int nbindings,
		   HwLocations *settled)
{
	const HwForeignTable *foreign = search->foreign;
	const HwBinding *project = condition_on(bindings, nbindings, HW_IN_PATH);
	const HwBinding *region = condition_on(bindings, nbindings, HW_IN_HEADER);
	List	   *locations;

	memset(settled, 0, sizeof(*settled));
	if (foreign->service->scope != HW_PROJECT_SCOPE)
	{
		settled->bindings = (HwBinding *) bindings;
		settled->nbindings = nbindings;
		settled->endpoints = palloc(sizeof(char *));
		settled->endpoints[0] = foreign->endpoint;
		settled->count = 1;
		return true;
	}
	if (((project && project->narrows) || (region && region->narrows)) &&
		hw_locations_are_told(foreign, project && !project->narrows,
							  region && !region->narrows))
		locations = narrow(settle(search, project && !project->narrows ?
								  texts_of(project) : NIL,
								  region && !region->narrows ?
								  texts_of(region) : NIL),
						   project, region);
	else
		locations = settle(search, texts_of(project), texts_of(region));
	if (search->is_unknown || locations == NIL)
		return false;
	put_locations(search, locations, bindings, nbindings, settled);
	settled->nrequests = search->nrequests;
	return true;
}

bool
hw_locations_settle(const HwForeignTable *foreign, HwSession *session,
					const HwBinding *bindings, int nbindings,
					HwLocations *locations)
{
	Search		search = {.foreign = foreign, .session = session,
	.server = GetForeignServer(foreign->serverid)};
	bool		done = settle_all(&search, bindings, nbindings, locations);

	locations->nrequests = search.nrequests;
	return done;
}

bool
hw_locations_guess(const HwForeignTable *foreign, const HwBinding *bindings,
				   int nbindings, HwLocations *locations)
{
	Search		search = {.foreign = foreign,
	.server = GetForeignServer(foreign->serverid)};

	return settle_all(&search, bindings, nbindings, locations);
}

int
hw_locations_count(const HwForeignTable *foreign)
{
	const HwOptions *options = foreign->options;

	if (foreign->service->scope != HW_PROJECT_SCOPE)
		return 1;
	return Max(Max(list_length(option_regions(options)),
				   list_length(option_projects(options))), 1);
}

bool
hw_locations_are_told(const HwForeignTable *foreign, bool has_project,
					  bool has_region)
{
	const HwOptions *options = foreign->options;

	return foreign->service->scope != HW_PROJECT_SCOPE || has_project ||
		has_region || options->project_id || options->projects ||
		options->region || options->regions;
}
