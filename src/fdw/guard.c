/*-------------------------------------------------------------------------
 *
 * guard.c
 *	  Who may send what where.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/guard.h"

#include "catalog/endpoints.h"
#include "catalog/pg_authid.h"
#include "commands/defrem.h"
#include "core/hosts.h"
#include "core/metadata.h"
#include "core/url.h"
#include "fdw/compat.h"
#include "fdw/options.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"

static char *allowed_hosts = NULL;
static char *metadata_endpoint = NULL;

static bool
check_allowed_hosts(char **newval, void **extra, GucSource source)
{
	if (hw_hosts_is_list(*newval))
		return true;
	GUC_check_errdetail("It must be a list of host names, which may have asterisks, without schemes and paths.");
	return false;
}

static bool
check_metadata_endpoint(char **newval, void **extra, GucSource source)
{
	HwBase		base;
	const char *reason;

	if (hw_url_base(*newval, &base, &reason))
		return true;
	GUC_check_errdetail("It must be a URL, but %s.", reason);
	return false;
}

const char *
hw_guard_metadata_endpoint(void)
{
	return metadata_endpoint;
}

void
hw_guard_init(void)
{
	DefineCustomStringVariable("hwbss_fdw.allowed_hosts",
							   "Hosts that foreign servers of roles other than superusers may have.",
							   "An asterisk stands for part of a label, a leading one for any number of labels.",
							   &allowed_hosts,
							   HW_HOSTS_DEFAULT,
							   PGC_SUSET,
							   GUC_LIST_INPUT,
							   check_allowed_hosts, NULL, NULL);
	DefineCustomStringVariable("hwbss_fdw.metadata_endpoint",
							   "Metadata service that credential_source metadata asks for keys.",
							   "Anything but the default is for tests.",
							   &metadata_endpoint,
							   HW_METADATA_ENDPOINT,
							   PGC_SUSET,
							   GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE,
							   check_metadata_endpoint, NULL, NULL);
	MarkGUCPrefixReserved("hwbss_fdw");
}

static bool
has_what_it_needs(Oid role, HwNeeds needs)
{
	switch (needs)
	{
		case HW_NEEDS_NOTHING:
			return true;
		case HW_NEEDS_FILE_READER:
			return has_privs_of_role(role, ROLE_PG_READ_SERVER_FILES);
		case HW_NEEDS_SUPERUSER:
			break;
	}
	return superuser_arg(role);
}

static const char *
who_may(HwNeeds needs)
{
	return needs == HW_NEEDS_SUPERUSER ? "superusers" :
		"superusers and members of \"pg_read_server_files\"";
}

/*
 * The first of the options that a role has not the rights for, or NULL.  A
 * switch that is off asks for nothing.
 */
static const HwOption *
find_forbidden(List *options, int where, Oid role)
{
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *def = lfirst_node(DefElem, lc);
		bool		is_on = true;

		for (const HwOption *option = hw_option_table; option->name; option++)
		{
			if (!(option->where & where) ||
				strcmp(option->name, def->defname) != 0)
				continue;
			if (option->type == HW_OPTION_BOOL)
				(void) parse_bool(defGetString(def), &is_on);
			if (is_on && !has_what_it_needs(role, option->needs))
				return option;
		}
	}
	return NULL;
}

static bool
is_allowed_host(const char *url, HwBase *base)
{
	const char *reason;

	return hw_url_base(url, base, &reason) &&
		hw_hosts_allow(allowed_hosts, base->name);
}

void
hw_guard_options(List *options, int where)
{
	const HwOption *forbidden = find_forbidden(options, where, GetUserId());
	ListCell   *lc;

	if (forbidden)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to set option \"%s\"",
						forbidden->name),
				 where == HW_ON_MAPPING ?
				 errdetail("It lends the identity of the database server, so only %s may set it.",
						   who_may(forbidden->needs)) :
				 errdetail("Only %s may set it.", who_may(forbidden->needs))));
	if (superuser())
		return;
	foreach(lc, options)
	{
		DefElem    *def = lfirst_node(DefElem, lc);
		HwBase		base;

		if (hw_option_is_url(def->defname) &&
			!is_allowed_host(defGetString(def), &base))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied to set option \"%s\"",
							def->defname),
					 errdetail("Host \"%s\" is not among those of setting \"hwbss_fdw.allowed_hosts\".",
							   base.name),
					 errhint("A superuser may set the option, or allow the host.")));
	}
}

/* The owner must do without what only others may have. */
static void
check_owner(ForeignServer *server)
{
	const HwOption *forbidden = find_forbidden(server->options, HW_ON_SERVER,
											   server->owner);

	if (forbidden)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to use option \"%s\" of server \"%s\"",
						forbidden->name, server->servername),
				 errdetail("Only servers of %s may have it; this one belongs to role \"%s\".",
						   who_may(forbidden->needs),
						   GetUserNameFromId(server->owner, false)),
				 errhint("Drop the option, or let a superuser own the server.")));
}

bool
hw_guard_allows(ForeignServer *server, const char *endpoint)
{
	HwBase		base;

	return superuser_arg(server->owner) || is_allowed_host(endpoint, &base);
}

void
hw_guard_transport(ForeignServer *server, const char *endpoint,
				   HwTransport *transport)
{
	HwBase		base;

	if (superuser_arg(server->owner))
		return;
	check_owner(server);
	if (!is_allowed_host(endpoint, &base))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied to connect to host \"%s\"",
						base.name),
				 errdetail("Server \"%s\" belongs to role \"%s\", and the host is not among those of setting \"hwbss_fdw.allowed_hosts\".",
						   server->servername,
						   GetUserNameFromId(server->owner, false)),
				 errhint("A superuser may allow the host, or own the server.")));
	transport->allows_http = false;
	transport->refuses_private = true;
}
