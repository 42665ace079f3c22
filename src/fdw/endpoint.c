/*-------------------------------------------------------------------------
 *
 * endpoint.c
 *	  At which base URL a service is reached.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/endpoint.h"

#include "catalog/endpoints.h"
#include "core/overrides.h"
#include "core/url.h"
#include "fdw/compat.h"
#include "fdw/own.h"
#include "miscadmin.h"

static HwSite
site_of(const HwOptions *options, const char *region)
{
	HwSite		site = hw_site_of_region(region);

	if (options->site)
		(void) hw_site_find(options->site, &site);
	return site;
}

/* --- the environment ------------------------------------------------ */

typedef struct Override
{
	HwText		variable;
	HwText		url;
} Override;

static void
override_free(void *object)
{
	Override   *override = object;

	hw_text_free(&override->variable);
	hw_text_free(&override->url);
}

static void
check_override(const Override *override)
{
	HwBase		base;
	const char *reason;

	if (override->variable.has_failed || override->url.has_failed)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OUT_OF_MEMORY),
				 errmsg("out of memory")));
	if (!hw_url_base(hw_text_string(&override->url), &base, &reason))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid endpoint in environment variable \"%s\"",
						hw_text_string(&override->variable)),
				 errdetail("It must be a URL such as https://host, but %s.",
						   reason),
				 errhint("Correct the environment of the database server's process, or set the endpoint as an option of the server.")));
}

/* Whoever owns the server would send the key of its users there. */
static const char *
find_override(const HwService *service, const char *region, HwSite site,
			  ForeignServer *server)
{
	const char *name = service->name;
	MemoryContext context;
	HwOwned    *owned;
	Override   *override;
	const char *url = NULL;

	hw_endpoint_sdk_names(&name, &region, site);
	if ((region == NULL && service != &hw_iam) ||
		!superuser_arg(server->owner))
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext, "hwbss_fdw endpoint",
									ALLOCSET_SMALL_SIZES);
	owned = hw_own_prepare(context, override_free);
	override = MemoryContextAllocZero(context, sizeof(Override));
	hw_text_init(&override->variable, 0);
	hw_text_init(&override->url, 0);
	owned->object = override;
	if (hw_override_find(name, region, &override->variable, &override->url))
	{
		check_override(override);
		url = pstrdup(hw_text_string(&override->url));
	}
	MemoryContextDelete(context);
	return url;
}

/* --- what is known -------------------------------------------------- */

typedef struct NextRegion
{
	const HwEndpoint *endpoint;
	const char *service;
} NextRegion;

static const char *
next_region(void *state)
{
	NextRegion *next = state;

	while (next->endpoint->service &&
		   strcmp(next->endpoint->service, next->service) != 0)
		next->endpoint++;
	return next->endpoint->service ? (next->endpoint++)->region : NULL;
}

static void
unknown_region(const HwService *service, const char *region)
{
	NextRegion	next = {hw_endpoints(), service->name};
	List	   *near = hw_all_closest(region, next_region, &next);
	StringInfoData names;
	ListCell   *lc;

	initStringInfo(&names);
	foreach(lc, near)
		appendStringInfo(&names, "%s%s", names.len == 0 ? "" :
						 lnext(near, lc) ? ", " : " or ",
						 (char *) lfirst(lc));
	ereport(ERROR,
			(errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND),
			 errmsg("no endpoint of %s is known for region \"%s\"",
					service->title, region),
			 near ?
			 errhint("Perhaps you meant the region %s; for another region set option \"%s\" of the server.",
					 names.data, service->endpoint_option) :
			 errhint("Set option \"%s\" of the server.",
					 service->endpoint_option)));
}

const char *
hw_endpoint_of(const HwOptions *options, const HwService *service,
			   const char *region, ForeignServer *server)
{
	const char *url = hw_option_text(options, service->endpoint_option);
	HwSite		site = site_of(options, region);

	if (url == NULL)
		url = options->endpoint;
	if (url == NULL)
		url = find_override(service, region, site, server);
	if (url == NULL)
		url = hw_endpoint_find(service->name, region, site);
	if (url)
		return url;
	if (region == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND),
				 errmsg("server \"%s\" has no region", server->servername),
				 errdetail("%s is a service of a region.", service->title),
				 errhint("Set option \"region\" of the server or foreign table, or option \"%s\" of the server.",
						 service->endpoint_option)));
	unknown_region(service, region);
	pg_unreachable();
}

const char *
hw_endpoint_of_iam(const HwOptions *options, const char *region,
				   ForeignServer *server)
{
	HwSite		site;
	const char *url;

	if (options->iam_endpoint)
		return options->iam_endpoint;
	if (options->endpoint)
		return options->endpoint;
	if (region == NULL)
		region = options->region;
	site = site_of(options, region);
	url = find_override(&hw_iam, region, site, server);
	return url ? url : hw_endpoint_find("iam", region, site);
}
