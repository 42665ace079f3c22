/*-------------------------------------------------------------------------
 *
 * report.c
 *	  From a status of the core to words for the user.
 *
 * The message says what could not be done, the detail what the service or the
 * network said, the hint what to do about it.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/report.h"

#include "fdw/compat.h"
#include "mb/pg_wchar.h"
#include "pgtime.h"

static int
sqlstate_of(HwKind kind)
{
	switch (kind)
	{
		case HW_OUT_OF_MEMORY:
			return ERRCODE_FDW_OUT_OF_MEMORY;
		case HW_NO_CONNECTION:
		case HW_TIMED_OUT:
		case HW_TLS_FAILED:
			return ERRCODE_FDW_UNABLE_TO_ESTABLISH_CONNECTION;
		case HW_BODY_TOO_LARGE:
		case HW_TOO_LARGE:
		case HW_OFFSET_EXCEEDED:
			return ERRCODE_PROGRAM_LIMIT_EXCEEDED;
		case HW_BAD_REPLY:
		case HW_SERVER_ERROR:
		case HW_HIDDEN_FAILURE:
		case HW_STUCK:
			return ERRCODE_FDW_UNABLE_TO_CREATE_REPLY;
		case HW_BAD_REQUEST:
			return ERRCODE_FDW_UNABLE_TO_CREATE_EXECUTION;
		case HW_NOT_FOUND:
			return ERRCODE_FDW_TABLE_NOT_FOUND;
		case HW_UNAUTHORIZED:
		case HW_TOKEN_EXPIRED:
		case HW_CLOCK_WRONG:
		case HW_LOCKED_OUT:
		case HW_KEY_EXPIRED:
		case HW_LOGIN_REFUSED:
		case HW_LOGIN_LOCKED:
		case HW_LOGIN_NEEDS_CODE:
		case HW_SCOPE_REFUSED:
		case HW_LOGIN_RESTS:
		case HW_NO_CREDENTIALS:
			return ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION;
		case HW_NOT_ALLOWED:
		case HW_DENIED:
		case HW_WRONG_SITE:
			return ERRCODE_INSUFFICIENT_PRIVILEGE;
		case HW_THROTTLED:
			return ERRCODE_CONFIGURATION_LIMIT_EXCEEDED;
		case HW_BAD_VALUE:
			return ERRCODE_FDW_INVALID_DATA_TYPE;
		case HW_DRIFTED:
			return ERRCODE_T_R_SERIALIZATION_FAILURE;
		case HW_STOPPED:
			return ERRCODE_QUERY_CANCELED;
		case HW_OK:
		case HW_INTERNAL:
			break;
	}
	return ERRCODE_FDW_ERROR;
}

/*
 * Text from the service in the database's encoding.  An error about an error
 * would hide the first, so what cannot be converted is replaced.
 */
static char *
to_server(const char *text)
{
	char	   *copy;

	if (GetDatabaseEncoding() == PG_UTF8)
		return pstrdup(text);
	copy = pstrdup(text);
	for (char *p = copy; *p; p++)
	{
		if (IS_HIGHBIT_SET(*p))
			*p = '?';
	}
	return copy;
}

/* Did the network fail, and not what came over it? */
static bool
is_unreached(HwKind kind)
{
	return kind == HW_NO_CONNECTION || kind == HW_NOT_ALLOWED ||
		kind == HW_TIMED_OUT || kind == HW_TLS_FAILED;
}

/* Both clocks, and how far they are apart. */
static void
append_clocks(StringInfo detail, const HwStatus *status)
{
	pg_time_t	ours = (pg_time_t) status->our_time;
	pg_time_t	theirs = (pg_time_t) status->their_time;
	long long	apart = status->their_time - status->our_time;
	char		our_text[64];
	char		their_text[64];

	pg_strftime(our_text, sizeof(our_text), "%Y-%m-%d %H:%M:%S UTC",
				pg_gmtime(&ours));
	pg_strftime(their_text, sizeof(their_text), "%Y-%m-%d %H:%M:%S UTC",
				pg_gmtime(&theirs));
	appendStringInfo(detail, " The database server's clock says %s, the service's %s",
					 our_text, their_text);
	if (apart == 0)
		appendStringInfoString(detail, ": they agree.");
	else
		appendStringInfo(detail, ", which is %lld s %s.",
						 apart < 0 ? -apart : apart,
						 apart < 0 ? "behind" : "ahead");
}

static char *
detail_of(const HwApi *api, const HwStatus *status)
{
	StringInfoData detail;
	char	   *text = to_server(status->text);
	size_t		length = strlen(text);

	initStringInfo(&detail);
	while (length > 0 && strchr(". \n", text[length - 1]))
		text[--length] = '\0';
	if (status->speaker)
		appendStringInfoString(&detail, status->speaker);
	else if (status->kind == HW_NO_CREDENTIALS)
		appendStringInfoString(&detail, "No credentials were found");
	else
		appendStringInfo(&detail, "API \"%s\"", api->name);
	if (status->http == 0)
		appendStringInfo(&detail, "%s: %s.", is_unreached(status->kind) ?
						 " gave no answer" : "", text);
	else
	{
		appendStringInfo(&detail, " answered HTTP %d", status->http);
		if (status->code[0])
			appendStringInfo(&detail, ", %s", to_server(status->code));
		if (status->place[0])
			appendStringInfo(&detail, ", at %s", status->place);
		if (text[0])
			appendStringInfo(&detail, ": %s", text);
		appendStringInfoChar(&detail, '.');
	}
	if (status->request_id[0])
		appendStringInfo(&detail, " Request ID: %s.",
						 to_server(status->request_id));
	if (status->their_time)
		append_clocks(&detail, status);
	return detail.data;
}

static bool
has_text(const HwStatus *status, const char *part)
{
	return strstr(status->text, part) != NULL;
}

/* What to do about a kind of failure; %s is the server. */
static const char *const hints[] = {
	[HW_TIMED_OUT] = "Try again, or raise options \"connect_timeout\" and \"request_timeout\".",
	[HW_NOT_ALLOWED] = "Server \"%s\" does not belong to a superuser: it may connect to public addresses only.",
	[HW_TLS_FAILED] = "If the endpoint has a certificate of your own authority, set option \"ca_file\" of server \"%s\".",
	[HW_BODY_TOO_LARGE] = "Raise option \"max_response_size\", or lower \"page_size\".",
	[HW_OFFSET_EXCEEDED] = "Add conditions that split the list, such as one on \"version\" or \"enterprise_project_id\".",
	[HW_UNAUTHORIZED] = "Check the access key and secret key, or the token, of the user mapping for server \"%s\"; a temporary key needs its security token.",
	[HW_LOCKED_OUT] = "The key was refused; to keep it from being locked, it is not tried again for five minutes. Correct the user mapping for server \"%s\" and run the query again.",
	[HW_TOKEN_EXPIRED] = "Put a new token into the user mapping for server \"%s\"; it must be of the same region and site.",
	[HW_KEY_EXPIRED] = "A temporary access key lives for a time only: put a new one, with its secret key and security token, where the user mapping for server \"%s\" has this one from.",
	[HW_LOGIN_REFUSED] = "Check \"user_name\" (or \"user_id\"), \"password\" and \"domain_name\" of the user mapping for server \"%s\": an IAM user of that account is wanted, not a HUAWEI ID or a federated user.",
	[HW_LOGIN_LOCKED] = "IAM has locked the user for a time; when that is over, correct the password in the user mapping for server \"%s\".",
	[HW_LOGIN_NEEDS_CODE] = "Users with MFA login protection cannot sign in here: put an access key, or another IAM user, into the user mapping for server \"%s\".",
	[HW_SCOPE_REFUSED] = "Check option \"project_id\" of server \"%s\", and whether the IAM user has rights on that project; it is not tried again for five minutes.",
	[HW_LOGIN_RESTS] = "The password was refused; to keep the user from being locked, it is not tried again for five minutes. Correct the user mapping for server \"%s\" and run the query again.",
	[HW_NO_CREDENTIALS] = "Option \"credential_source\" of the user mapping for server \"%s\" says where to look: at files and environment of the database server's process.",
	[HW_CLOCK_WRONG] = "Set the clock of the database server: signatures are valid for 15 minutes.",
	[HW_WRONG_SITE] = "The account belongs to another web site: set option \"site\" of server \"%s\" to intl, cn or eu; an endpoint among its options comes first, and must be that site's.",
	[HW_THROTTLED] = "Wait, or raise option \"retry_budget\".",
	[HW_BAD_REQUEST] = "Check the options of server \"%s\" and the values that the query compares with.",
	[HW_SERVER_ERROR] = "Try again later.",
	[HW_BAD_REPLY] = "Something else than the API may have answered: check the endpoint and the proxy.",
	[HW_STUCK] = "The service ignores the offset: the list cannot be read beyond its first page.",
	[HW_BAD_VALUE] = "Leave the column out of the query, or declare the foreign table's column as text to see the value.",
	[HW_HIDDEN_FAILURE] = "The service failed although it answered HTTP 200; try again, and name the request ID to its support.",
	[HW_DRIFTED] = "Run the query again, or set option \"on_drift\" to warning or ignore."
};

/* Who was denied what shows in the service's words. */
static char *
hint_of_denial(const char *server, const HwApi *api, const HwStatus *status)
{
	if (has_text(status, "tenant"))
		return psprintf("The token in the user mapping for server \"%s\" must be one of the project that is asked.",
						server);
	if (has_text(status, "all_granted_eps") ||
		strncmp(status->code, "HSS.", 4) == 0 ||
		strncmp(status->code, "000000", 6) == 0)
		return "A user with rights on one enterprise project only must name it: set option \"enterprise_project_id\", or add a condition on that column.";
	if (strcmp(status->code, "CBC.0155") == 0)
		return psprintf("The API wants the credentials of %s; a token must be one of the account, not of a project, and a key may have to name it by option \"domain_id\" (auto asks IAM). Check server \"%s\" and its user mapping.",
						api->account, server);
	return psprintf("The API wants the credentials of %s; check the user mapping for server \"%s\".",
					api->account, server);
}

/* Kinds whose usual advice is about the API, not about signing in. */
static bool
has_own_hint(HwKind kind)
{
	return kind == HW_NO_CONNECTION || kind == HW_NOT_FOUND ||
		kind == HW_DENIED || kind == HW_BAD_REQUEST ||
		kind == HW_BAD_REPLY || kind == HW_NO_CREDENTIALS ||
		kind == HW_NOT_ALLOWED;
}

/* What to do when the one that gives keys and tokens does not. */
static char *
hint_of_signin(const char *server, const HwStatus *status)
{
	if (strcmp(status->speaker, "IAM") != 0)
		return "Keys of a metadata service are there on machines of the cloud only, and only if they have an agency.";
	if (status->kind == HW_NOT_ALLOWED)
		return psprintf("Server \"%s\" does not belong to a superuser: it may connect to hosts of setting \"hwbss_fdw.allowed_hosts\" only, at public addresses.",
						server);
	if (status->kind == HW_DENIED)
		return psprintf("The IAM user of the user mapping for server \"%s\" may not sign in by program: see the rights and access mode of that user.",
						server);
	return psprintf("Check options \"iam_endpoint\", \"region\", \"site\" and \"proxy\" of server \"%s\", and whether the database server can reach IAM.",
					server);
}

/* What to do about it, or NULL when there is nothing to advise. */
static char *
hint_of(const char *server, const HwApi *api, const HwStatus *status)
{
	const char *hint = status->kind < lengthof(hints) ?
		hints[status->kind] : NULL;

	if (status->speaker && has_own_hint(status->kind))
		return hint_of_signin(server, status);
	switch (status->kind)
	{
		case HW_NO_CONNECTION:
			if (status->http != 0)
				return "The connection ended before the answer did; try again.";
			return psprintf("Check the endpoint of server \"%s\" and whether the database server can reach it.",
							server);
		case HW_DENIED:
			return hint_of_denial(server, api, status);
		case HW_NOT_FOUND:
			if (api->successor)
				return psprintf("The API has been announced to go offline; its successor is %s.",
								api->successor);
			return "Check options \"region\" and \"project_id\" and the endpoint.";
		default:
			return hint ? psprintf(hint, server) : NULL;
	}
}

static void
report(const char *message, const char *servername, const HwApi *api,
	   const HwStatus *status)
{
	char	   *detail = detail_of(api, status);
	char	   *hint = hint_of(servername, api, status);

	/* What stopped it has its own words. */
	if (status->kind == HW_STOPPED)
		CHECK_FOR_INTERRUPTS();
	ereport(ERROR,
			(errcode(sqlstate_of(status->kind)),
			 errmsg_internal("%s", message),
			 errdetail_internal("%s", detail),
			 hint ? errhint("%s", hint) : 0));
}

void
hw_report_scan(const HwForeignTable *foreign, const HwStatus *status)
{
	report(psprintf(_("could not read foreign table \"%s\""),
					foreign->relname),
		   foreign->servername, foreign->api, status);
	pg_unreachable();
}

void
hw_report_lookup(const HwForeignTable *foreign, const HwApi *api,
				 const HwStatus *status)
{
	report(psprintf(_("could not look up the %s for foreign table \"%s\""),
					api->name, foreign->relname),
		   foreign->servername, api, status);
	pg_unreachable();
}

void
hw_report_skipped(const HwForeignTable *foreign, const char *project,
				  const char *region, long nrows, const HwStatus *status)
{
	char	   *detail = detail_of(foreign->api, status);
	char	   *hint = hint_of(foreign->servername, foreign->api, status);

	if (nrows > 0)
		detail = psprintf("%s %ld of its rows had been read.", detail, nrows);
	ereport(WARNING,
			(errcode(sqlstate_of(status->kind)),
			 region ?
			 errmsg("skipped project \"%s\" in region \"%s\" of foreign table \"%s\"",
					project, region, foreign->relname) :
			 errmsg("skipped project \"%s\" of foreign table \"%s\"",
					project, foreign->relname),
			 errdetail_internal("%s", detail),
			 hint ? errhint("%s", hint) : 0));
}

void
hw_report_probe(const char *servername, const HwApi *api,
				const HwStatus *status)
{
	report(psprintf(_("could not probe the service of server \"%s\""),
					servername),
		   servername, api, status);
	pg_unreachable();
}

void
hw_report_wait(const HwForeignTable *foreign, const HwStatus *why,
			   long wait_ms, long page, long npages)
{
	char	   *pages = npages >= page ?
		psprintf("page %ld of about %ld", page, npages) :
		psprintf("page %ld", page);

	ereport(NOTICE,
			(errmsg("waiting %ld s before asking for %s of foreign table \"%s\" again",
					(wait_ms + 500) / 1000, pages, foreign->relname),
			 errdetail_internal("%s", detail_of(foreign->api, why))));
}

void
hw_report_drift(const HwForeignTable *foreign, const HwStatus *status)
{
	ereport(WARNING,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("foreign table \"%s\" changed while it was read",
					foreign->relname),
			 errdetail_internal("%s.", to_server(status->text)),
			 errhint("Rows may be missing; run the query again.")));
}

void
hw_report_session(const char *servername, const HwStatus *status)
{
	ereport(ERROR,
			(errcode(sqlstate_of(status->kind)),
			 errmsg("could not open a session for server \"%s\"", servername),
			 errdetail_internal("%s.", to_server(status->text))));
}
