/*-------------------------------------------------------------------------
 *
 * locations.c
 *	  Where a table is read: which projects, in which regions, at which hosts.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/locations.h"

#include "core/seen.h"
#include "fdw/compat.h"
#include "fdw/conditions.h"
#include "fdw/endpoint.h"
#include "fdw/lookup.h"
#include "fdw/report.h"
#include "fdw/texts.h"
#include "miscadmin.h"

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
	const char *project_id;		/* of the options, or beside the key */
	bool		is_unknown;		/* IAM would have to be asked */
	long		nrequests;
} Search;

/*
 * The projects of one name, or all, as IAM told this session, if need be in
 * this statement; NULL when nobody is to be asked.
 */
static const HwProjects *
find_projects(Search *search, const char *region, const char *name,
			  bool in_statement)
{
	search->is_unknown |= search->session == NULL;
	if (search->session == NULL)
		return NULL;
	return hw_lookup_projects(search->foreign, search->session, region, name,
							  in_statement, &search->nrequests);
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

		if (search->project_id && options->region &&
			strcmp(options->region, region) == 0)
		{
			locations = add_location(locations, search->project_id, region);
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

static void
no_project(const Search *search, List *regions)
{
	StringInfoData names;
	ListCell   *lc;

	initStringInfo(&names);
	foreach(lc, regions)
		appendStringInfo(&names, "%s %s", names.len == 0 ?
						 (list_length(regions) > 1 ? " in regions" :
						  " in region") : ",", (char *) lfirst(lc));
	unknown_project(search, "any project",
					psprintf("IAM lists no project that is enabled%s.",
							 names.data));
}

/* It would be missing, although somebody named it. */
static void
refuse_left_out(const Search *search, const char *project, const char *region)
{
	ereport(ERROR,
			(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
			 errmsg("could not read project \"%s\" by foreign table \"%s\"",
					project, search->foreign->relname),
			 errdetail("It lies in region \"%s\", which option \"regions\" leaves out.",
					   region),
			 errhint("Add the region to option \"regions\", or a condition on column \"region\" to the query.")));
}

/*
 * Those of the given projects, or of all that are enabled, that lie in one of
 * the regions; in whichever when there are none.  A project does not change its
 * region, but new ones come: to know all, IAM is asked in each statement.
 * Only regions of the query may leave out a project that is named.
 */
static List *
projects_in_regions(Search *search, List *wanted, List *regions,
					bool query_has_regions)
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

		if (wanted ? !hw_texts_have(wanted, project->id) :
			!project->is_enabled || !hw_project_has_region(project))
			continue;
		if (regions == NIL || hw_texts_have(regions, region))
			locations = add_location(locations, project->id, region);
		else if (wanted && !query_has_regions)
			refuse_left_out(search, project->id, region);
	}
	if (wanted == NIL && locations == NIL)
		no_project(search, regions);
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
option_projects(const HwOptions *options, const char *project_id)
{
	if (options->projects)
		return is_auto(options) ? NIL : split(options->projects);
	return project_id ? list_make1((char *) project_id) : NIL;
}

/*
 * What the query says of the project or the region, and not the options; NULL
 * when it says nothing.
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
			: projects_in_regions(search, projects, in, regions != NIL);

	/* Projects of the options lie in the region of the options. */
	is_at_home = list_length(in) <= 1 &&
		(regions == NIL || (options->regions == NULL &&
							(options->region == NULL ||
							 strcmp(options->region, linitial(in)) == 0)));
	projects = option_projects(options, search->project_id);
	if (projects && is_at_home)
		return combine(projects, in);
	if (options->projects || (projects && options->region == NULL))
		return projects_in_regions(search, projects, in, regions != NIL);
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
	HwBinding	binding = {.param = param,.is_condition = is_condition};
	const char **values = palloc0(sizeof(char *) *
								  (list_length(locations) + 1));
	ListCell   *lc;

	foreach(lc, locations)
	{
		const Location *location = lfirst(lc);
		const char *value = param->place == HW_IN_PATH ?
			location->project : location->region;

		if (value == NULL)
			return;				/* nothing tells it: it is not sent */
		values[binding.nvalues++] = value;
	}
	binding.values = values;
	settled->bindings[settled->nbindings++] = binding;
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
	for (int i = 0; i < nbindings; i++)
	{
		if (!bindings[i].param->is_location)
			settled->bindings[settled->nbindings++] = bindings[i];
	}
	foreach(lc, locations)
		settled->endpoints[settled->count++] =
			hw_endpoint_of(search->foreign->options,
								search->foreign->service,
								((Location *) lfirst(lc))->region,
								search->server);
}

/* A service of the account has one place. */
static void
put_site(const HwForeignTable *foreign, const HwBinding *bindings,
		 int nbindings, HwLocations *settled)
{
	settled->bindings = (HwBinding *) bindings;
	settled->nbindings = nbindings;
	settled->endpoints = palloc(sizeof(char *));
	settled->endpoints[0] = foreign->endpoint;
	settled->count = 1;
}

/*
 * The places that conditions and options name.  Conditions that only narrow
 * name none, as long as something else does.
 */
static List *
find_locations(Search *search, const HwBinding *project,
			   const HwBinding *region)
{
	const HwBinding *asked_project = project && project->narrows ?
		NULL : project;
	const HwBinding *asked_region = region && region->narrows ?
		NULL : region;

	if ((asked_project != project || asked_region != region) &&
		hw_locations_are_told(search->foreign, asked_project != NULL,
							  asked_region != NULL))
		return narrow(settle(search, texts_of(asked_project),
							 texts_of(asked_region)), project, region);
	return settle(search, texts_of(project), texts_of(region));
}

static bool
settle_all(Search *search, const HwBinding *bindings, int nbindings,
		   HwLocations *settled)
{
	List	   *locations;

	memset(settled, 0, sizeof(*settled));
	if (search->foreign->service->scope != HW_PROJECT_SCOPE)
	{
		put_site(search->foreign, bindings, nbindings, settled);
		return true;
	}
	search->project_id = search->foreign->options->project_id;
	if (search->project_id == NULL && search->session)
		search->project_id = hw_lookup_scope_id(search->foreign,
												search->session, true);
	locations = find_locations(search,
							   condition_on(bindings, nbindings, HW_IN_PATH),
							   condition_on(bindings, nbindings,
											HW_IN_HEADER));
	if (search->is_unknown || locations == NIL)
		return false;
	put_locations(search, locations, bindings, nbindings, settled);
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
				   list_length(option_projects(options,
											   options->project_id))), 1);
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
