/*-------------------------------------------------------------------------
 *
 * probe.c
 *	  hwbss_fdw_probe(): which reading of the documents a service follows.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/probe.h"

#include "catalog/pg_foreign_server.h"
#include "core/probe.h"
#include "fdw/compat.h"
#include "fdw/endpoint.h"
#include "fdw/options.h"
#include "fdw/report.h"
#include "fdw/session.h"
#include "fdw/wait.h"
#include "foreign/foreign.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"

/* The API whose documents contradict each other. */
#define PROBED_TABLE "hss_quotas"

static void
release_probe(void *object)
{
	hw_probe_free(object);
}

static bool
probe_is_ready(const void *arg)
{
	return hw_probe_is_ready(arg);
}

static void
set_target(ForeignServer *server, HwSession *session, HwProbeTarget *target)
{
	HwOptions  *options = hw_options_of_table(NULL, server);

	(void) hw_table_find(PROBED_TABLE, &target->api, &target->service);
	if (options->project_id == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_FDW_OPTION_NAME_NOT_FOUND),
				 errmsg("server \"%s\" has no project", server->servername),
				 errhint("Set option \"project_id\" of the server.")));
	target->endpoint = hw_endpoint_of(options, target->service,
									  options->region, server);
	target->project_id = options->project_id;
	target->enterprise_project_id =
		pg_server_to_any(options->enterprise_project_id,
						 strlen(options->enterprise_project_id), PG_UTF8);
	target->names_scope =
		hw_auth_signs(hw_client_auth(hw_session_client(session)));
	hw_options_transport(options, server, target->endpoint, &target->fetch);

	/* Throttling is an answer here, not a reason to wait. */
	target->fetch.retry_budget_ms = 0;
	target->fetch.reuse_ms = 0;
}

static void
put_facts(const HwProbe *probe, ReturnSetInfo *result)
{
	const HwFact *fact;

	for (int i = 0; (fact = hw_probe_fact(probe, i)) != NULL; i++)
	{
		Datum		values[4];
		bool		nulls[4] = {false, false, false, fact->option[0] == '\0'};

		values[0] = CStringGetTextDatum(fact->name);
		values[1] = CStringGetTextDatum(fact->documents);
		values[2] = CStringGetTextDatum(fact->seen);
		values[3] = CStringGetTextDatum(fact->option);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
}

void
hw_probe_server(const char *servername, ReturnSetInfo *result)
{
	ForeignServer *server = GetForeignServerByName(servername, false);
	AclResult	allowed;
	HwSession  *session;
	HwOwned    *owned;
	HwProbe    *probe;
	HwProbeTarget target = {0};
	HwStatus	status;

	allowed = hw_server_aclcheck(server->serverid, GetUserId(), ACL_USAGE);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_FOREIGN_SERVER, server->servername);

	/* In a context of its own, the probe goes before the session's pin. */
	session = hw_session_pin(GetUserId(), server->serverid,
							 CurrentMemoryContext);
	owned = hw_own_prepare(CurrentMemoryContext, release_probe);
	set_target(server, session, &target);
	hw_status_clear(&status);
	owned->object = probe = hw_probe_open(hw_session_client(session), &target,
										  &status);
	if (probe == NULL)
		hw_report_probe(servername, target.api, &status);
	for (;;)
	{
		switch (hw_probe_step(probe))
		{
			case HW_PROBE_WAIT:
				hw_wait_until(session, probe_is_ready, probe);
				continue;
			case HW_PROBE_FAILED:
				hw_report_probe(servername, target.api,
								hw_probe_status(probe));
			case HW_PROBE_END:
				break;
		}
		break;
	}
	put_facts(probe, result);
	hw_own_release(owned);
}
