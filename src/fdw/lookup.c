/*-------------------------------------------------------------------------
 *
 * lookup.c
 *	  Projects and account that no option names: those beside the key, in
 *	  environment or file, or those that IAM tells.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/lookup.h"

#include "core/projects.h"
#include "fdw/compat.h"
#include "fdw/endpoint.h"
#include "fdw/report.h"
#include "fdw/wait.h"
#include "utils/memutils.h"

/* IDs of accounts in a message: there should be one, of 32 digits. */
#define ACCOUNTS_BYTES_MAX 1000

/* One question to IAM. */
typedef struct Lookup
{
	const HwForeignTable *foreign;
	HwSession  *session;
	const char *endpoint;
	const char *name;			/* of the projects; NULL: all */
	bool		is_of_account;
	MemoryContext context;		/* the reply goes with it */
	HwStatus	status;
} Lookup;

static void
lookup_begin(Lookup *lookup)
{
	lookup->context = AllocSetContextCreate(CurrentMemoryContext,
											"hwbss_fdw look-up",
											ALLOCSET_SMALL_SIZES);
	hw_status_clear(&lookup->status);
}

/* ERROR when something has failed. */
static void
lookup_end(const Lookup *lookup)
{
	if (lookup->status.kind != HW_OK)
		hw_report_lookup(lookup->foreign, lookup->is_of_account ?
						 HW_IAM_ACCOUNT : HW_IAM_PROJECTS, &lookup->status);
	MemoryContextDelete(lookup->context);
}

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

static const HwFetch *
lookup_send(Lookup *lookup)
{
	HwOwned    *owned = hw_own_prepare(lookup->context, release_fetch);
	HwFetchOptions options = {0};
	HwStatus   *status = &lookup->status;
	HwRequest	request;
	HwBase		base;
	const char *reason;
	bool		is_made;
	bool		is_reused;

	hw_options_transport(lookup->foreign->options,
						 GetForeignServer(lookup->foreign->serverid),
						 lookup->endpoint, &options);
	if (!hw_url_base(lookup->endpoint, &base, &reason))
	{
		hw_status_set(status, HW_INTERNAL, "the endpoint is no URL: %s",
					  reason);
		return NULL;
	}
	hw_request_init(&request, "GET");
	is_made = lookup->is_of_account ?
		hw_account_ask(&base, &request, status) :
		hw_projects_ask(&base, lookup->name, &request, status);
	if (is_made)
		owned->object = hw_client_fetch(hw_session_client(lookup->session),
										&request, &options, &is_reused,
										status);
	hw_request_free(&request);
	return owned->object;
}

/* Waits for the body of the reply; NULL when there is none. */
static const char *
lookup_ask(Lookup *lookup, size_t *bytes, long *nrequests)
{
	const HwFetch *fetch = lookup_send(lookup);
	HwCounters	counters;

	if (fetch == NULL)
		return NULL;
	hw_wait_until(lookup->session, fetch_is_ready, fetch);
	hw_fetch_counters(fetch, &counters);
	*nrequests += counters.nrequests;
	lookup->status = *hw_fetch_status(fetch);
	return lookup->status.kind == HW_OK ? hw_fetch_body(fetch, bytes) : NULL;
}

const char *
hw_lookup_scope_id(const HwForeignTable *foreign, HwSession *session,
				   bool is_project)
{
	const char *id = hw_client_scope_id(hw_session_client(session),
										is_project);

	if (id == NULL)
		return NULL;
	if (!hw_projects_is_id(id, strlen(id)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("invalid %s ID beside the key for server \"%s\"",
						is_project ? "project" : "account",
						foreign->servername),
				 errdetail("It must consist of letters, digits, hyphens and underscores."),
				 errhint("Correct %s or the credentials file of the database server's process, or set option \"%s\".",
						 is_project ? "HUAWEICLOUD_SDK_PROJECT_ID" :
						 "HUAWEICLOUD_SDK_DOMAIN_ID",
						 is_project ? "project_id" : "domain_id")));
	return pstrdup(id);
}

const HwProjects *
hw_lookup_projects(const HwForeignTable *foreign, HwSession *session,
				   const char *region, const char *name, bool in_statement,
				   long *nrequests)
{
	Lookup		lookup = {.foreign = foreign,.session = session,.name = name};
	const HwProjects *known;
	HwProjects *projects = NULL;
	const char *body;
	size_t		bytes;

	lookup.endpoint =
		hw_endpoint_of_iam(foreign->options, region,
						   GetForeignServer(foreign->serverid));
	known = hw_session_projects(session, lookup.endpoint, name, in_statement);
	if (known)
		return known;
	lookup_begin(&lookup);
	body = lookup_ask(&lookup, &bytes, nrequests);
	if (body)
		projects = hw_projects_read(body, bytes, &lookup.status);
	lookup_end(&lookup);
	return hw_session_keep_projects(session, lookup.endpoint, name, projects);
}

const char *
hw_lookup_account(const HwForeignTable *foreign, HwSession *session,
				  long *nrequests)
{
	Lookup		lookup = {.foreign = foreign,.session = session,
	.is_of_account = true};
	const char *known = hw_session_account(session);
	HwText		ids;
	const char *body;
	size_t		bytes;
	int			count = -1;
	char		found[ACCOUNTS_BYTES_MAX + 1];

	if (known)
		return known;
	lookup.endpoint =
		hw_endpoint_of_iam(foreign->options, NULL,
						   GetForeignServer(foreign->serverid));
	lookup_begin(&lookup);
	hw_text_init(&ids, ACCOUNTS_BYTES_MAX);
	body = lookup_ask(&lookup, &bytes, nrequests);
	if (body)
		count = hw_account_read(body, bytes, &ids, &lookup.status);
	strlcpy(found, hw_text_string(&ids), sizeof(found));
	hw_text_free(&ids);
	lookup_end(&lookup);
	if (count != 1)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_DYNAMIC_PARAMETER_VALUE_NEEDED),
				 errmsg("could not find the account for foreign table \"%s\"",
						foreign->relname),
				 count == 0 ?
				 errdetail("IAM lists no account for the user mapping's key.") :
				 errdetail("IAM lists %d accounts: %s.", count, found),
				 errhint("Set option \"domain_id\" of server \"%s\" to the account's ID.",
						 foreign->servername)));
	return hw_session_keep_account(session, found);
}
