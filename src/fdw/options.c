/*-------------------------------------------------------------------------
 *
 * options.c
 *	  The options of servers, user mappings, tables and columns.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/options.h"

#include "access/reloptions.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_foreign_table.h"
#include "catalog/pg_user_mapping.h"
#include "commands/defrem.h"
#include "fdw/compat.h"
#include "fdw/endpoint.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#define SERVER_OR_TABLE (HW_ON_SERVER | HW_ON_TABLE)
#define FIELD(name) offsetof(HwOptions, name)

static const char *const site_words[] = {"intl", "cn", "eu", NULL};
static const char *const language_words[] = {"en_US", "zh_CN", NULL};
static const char *const spelling_words[] = {"auto", "long", "short", NULL};
static const char *const source_words[] = {
	"environment", "profile", "metadata", "chain", NULL
};
static const char *const project_error_words[] = {"error", "skip", NULL};
static const char *const drift_words[] = {"error", "warning", "ignore", NULL};

const HwOption hw_option_table[] = {
	{"endpoint", HW_ON_SERVER, HW_OPTION_URL, .offset = FIELD(endpoint),
	.help = "Base URL for all services, instead of those of the region"},
	{"bss_endpoint", HW_ON_SERVER, HW_OPTION_URL,
		.offset = FIELD(bss_endpoint),
	.help = "Base URL of billing (BSS)"},
	{"hss_endpoint", HW_ON_SERVER, HW_OPTION_URL,
		.offset = FIELD(hss_endpoint),
	.help = "Base URL of host security (HSS)"},
	{"iam_endpoint", HW_ON_SERVER, HW_OPTION_URL,
		.offset = FIELD(iam_endpoint),
	.help = "Base URL of identity and access management (IAM)"},
	{"region", SERVER_OR_TABLE, HW_OPTION_ID, .offset = FIELD(region),
	.help = "Region, such as ap-southeast-1; chooses the HSS endpoint"},
	{"site", HW_ON_SERVER, HW_OPTION_WORD, .words = site_words,
		.offset = FIELD(site),
	.help = "Web site the account belongs to; chooses the BSS endpoint (default: eu for region eu-west-101, otherwise intl)"},
	{"project_id", SERVER_OR_TABLE, HW_OPTION_ID,
		.offset = FIELD(project_id),
	.help = "Project that HSS is asked about unless a query names one"},
	{"projects", SERVER_OR_TABLE, HW_OPTION_IDS, .max = 8192,
		.offset = FIELD(projects),
	.help = "Projects that HSS is asked about unless a query names some, instead of project_id: IDs with commas between them, or auto for all that are enabled in the regions"},
	{"regions", SERVER_OR_TABLE, HW_OPTION_IDS, .max = 8192,
		.offset = FIELD(regions),
	.help = "Regions that HSS is asked in unless a query names some, instead of region: IDs with commas between them"},
	{"on_project_error", SERVER_OR_TABLE, HW_OPTION_WORD,
		.words = project_error_words, .fallback = "error",
		.offset = FIELD(on_project_error),
	.help = "What to do when one of several projects cannot be read: error, or skip, which leaves its rows out with a warning"},
	{"domain_id", HW_ON_SERVER, HW_OPTION_ID, .offset = FIELD(domain_id),
	.help = "Account ID, sent to BSS as X-Domain-Id with signed requests, or auto to ask IAM for it once a session"},
	{"enterprise_project_id", SERVER_OR_TABLE, HW_OPTION_STRING, .max = 256,
		.fallback = "all_granted_eps", .offset = FIELD(enterprise_project_id),
	.help = "Enterprise project that HSS is asked about unless a query names one"},
	{"language", SERVER_OR_TABLE, HW_OPTION_WORD, .words = language_words,
		.fallback = "en_US", .offset = FIELD(language),
	.help = "Language of names in BSS replies"},
	{"page_size", SERVER_OR_TABLE, HW_OPTION_INT, .min = 1, .max = 1000,
		.fallback = "200", .offset = FIELD(page_size),
	.help = "Rows asked for per request, within what the API allows (HSS: 10 to 200)"},
	{"prefetch", SERVER_OR_TABLE, HW_OPTION_INT, .min = 1, .max = 64,
		.fallback = "4", .offset = FIELD(prefetch),
	.help = "Pages of one scan that may be on their way at a time"},
	{"async_capable", SERVER_OR_TABLE, HW_OPTION_BOOL, .fallback = "true",
		.offset = FIELD(async_capable),
	.help = "Allows this table to be read at the same time as other parts of a UNION ALL or of a partitioned table"},
	{"connect_timeout", HW_ON_SERVER, HW_OPTION_TIME, .min = 1,
		.max = 3600000, .fallback = "10s", .offset = FIELD(connect_timeout),
	.help = "Time to connect, TLS included"},
	{"request_timeout", SERVER_OR_TABLE, HW_OPTION_TIME, .min = 1,
		.max = 86400000, .fallback = "60s", .offset = FIELD(request_timeout),
	.help = "Time for one request and its reply"},
	{"retry_budget", SERVER_OR_TABLE, HW_OPTION_TIME, .min = 0,
		.max = 86400000, .fallback = "120s", .offset = FIELD(retry_budget),
	.help = "Time that each request may spend waiting to be tried again; a list of many pages, one request each, may wait longer in all (statement_timeout bounds that)"},
	{"cache_ttl", SERVER_OR_TABLE, HW_OPTION_TIME, .min = 0,
		.max = 86400000, .fallback = "0", .offset = FIELD(cache_ttl),
	.help = "Age up to which a session may use a reply again for an equal request"},
	{"max_response_size", SERVER_OR_TABLE, HW_OPTION_SIZE, .min = 1024,
		.max = 1073741824, .fallback = "64MB",
		.offset = FIELD(max_response_size),
	.help = "Largest reply accepted, counted after decompression"},
	{"ca_file", HW_ON_SERVER, HW_OPTION_PATH,
		.needs = HW_NEEDS_FILE_READER, .offset = FIELD(ca_file),
	.help = "File on the database server with the certificates to trust instead of the system's"},
	{"proxy", HW_ON_SERVER, HW_OPTION_PROXY, .max = 1000,
		.needs = HW_NEEDS_FILE_READER,
		.offset = FIELD(proxy),
	.help = "HTTP proxy, such as http://proxy.example.com:3128"},
	{"allow_insecure", HW_ON_SERVER, HW_OPTION_BOOL, .fallback = "false",
		.needs = HW_NEEDS_SUPERUSER,
		.offset = FIELD(allow_insecure),
	.help = "Allows endpoints with plain http on a loopback address, for tests"},
	{"status_spelling", SERVER_OR_TABLE, HW_OPTION_WORD,
		.words = spelling_words, .fallback = "auto",
		.offset = FIELD(status_spelling),
	.help = "How quota_status and used_status are asked for: long (QUOTA_STATUS_NORMAL), short (normal), or as the first page shows"},
	{"on_drift", SERVER_OR_TABLE, HW_OPTION_WORD, .words = drift_words,
		.fallback = "error", .offset = FIELD(on_drift),
	.help = "What to do when a list changes while it is read"},
	{"trust_total", SERVER_OR_TABLE, HW_OPTION_BOOL, .fallback = "false",
		.offset = FIELD(trust_total),
	.help = "Takes count(*) of long lists from the service's totals, as far as their first pages bear them out; wrong if totals count something else than the list"},
	{"table", HW_ON_TABLE, HW_OPTION_STRING, .max = 63, .offset = FIELD(table),
	.help = "Name of the table in the catalog (default: the foreign table's own name)"},
	{"column_name", HW_ON_COLUMN, HW_OPTION_STRING, .max = 63,
	.help = "Name of the column in the catalog (default: the column's own name)"},
	{"access_key", HW_ON_MAPPING, HW_OPTION_HEADER, .is_secret = true,
		.max = 200,
	.help = "Access key (AK)"},
	{"secret_key", HW_ON_MAPPING, HW_OPTION_STRING, .is_secret = true,
		.max = 1000,
	.help = "Secret access key (SK)"},
	{"security_token", HW_ON_MAPPING, HW_OPTION_HEADER, .is_secret = true,
		.max = 32768,
	.help = "Security token that belongs to a temporary access key"},
	{"token", HW_ON_MAPPING, HW_OPTION_HEADER, .is_secret = true,
		.max = 32768,
	.help = "IAM token, instead of keys: of a project for HSS, of the account for BSS"},
	{"user_name", HW_ON_MAPPING, HW_OPTION_STRING, .max = 256,
	.help = "Name of an IAM user, who signs in with a password; not that of a HUAWEI ID"},
	{"user_id", HW_ON_MAPPING, HW_OPTION_ID,
	.help = "ID of an IAM user, instead of the name"},
	{"password", HW_ON_MAPPING, HW_OPTION_STRING, .is_secret = true,
		.max = 1000,
	.help = "Password of the IAM user"},
	{"domain_name", HW_ON_MAPPING, HW_OPTION_STRING, .max = 256,
	.help = "Name of the account that the IAM user belongs to"},
	{"credential_source", HW_ON_MAPPING, HW_OPTION_WORD,
		.words = source_words, .needs = HW_NEEDS_SUPERUSER,
	.help = "Where the database server finds keys of its own: environment, profile, metadata, or chain for the first that has some"},
	{"profile_path", HW_ON_MAPPING, HW_OPTION_PATH,
		.needs = HW_NEEDS_SUPERUSER,
	.help = "Credentials file for credential_source profile or chain (default: where the official SDKs look)"},
	{0}
};

/* --- names ---------------------------------------------------------- */

/* A name further away than this is not what was meant. */
#define DISTANCE_MAX 4

List *
hw_all_closest(const char *name, const char *(*next) (void *state),
			   void *state)
{
	List	   *closest = NIL;
	const char *candidate;
	int			length = strlen(name);
	int			best = Min(DISTANCE_MAX, length / 2);

	if (length > 255)
		return NIL;
	while ((candidate = next(state)) != NULL)
	{
		int			distance;

		distance = varstr_levenshtein_less_equal(name, length, candidate,
												 strlen(candidate), 1, 1, 1,
												 best, true);
		if (distance < best)
			closest = NIL;
		if (distance <= best)
		{
			best = distance;
			closest = lappend(closest, (char *) candidate);
		}
	}
	return closest;
}

const char *
hw_closest(const char *name, const char *(*next) (void *state), void *state)
{
	List	   *closest = hw_all_closest(name, next, state);

	return closest ? linitial(closest) : NULL;
}

const char *
hw_next_table_name(void *state)
{
	int		   *index = state;
	int			i = 0;

	for (const HwService *const *s = hw_services; *s; s++)
	{
		for (const HwApi *a = (*s)->apis; a->name; a++)
		{
			for (const HwTable *t = a->tables; t->name; t++)
			{
				if (i++ == *index)
				{
					(*index)++;
					return t->name;
				}
			}
		}
	}
	return NULL;
}

static int
place_of_catalog(Oid catalog)
{
	switch (catalog)
	{
		case ForeignServerRelationId:
			return HW_ON_SERVER;
		case UserMappingRelationId:
			return HW_ON_MAPPING;
		case ForeignTableRelationId:
			return HW_ON_TABLE;
		case AttributeRelationId:
			return HW_ON_COLUMN;
		default:
			return 0;			/* the wrapper itself has none */
	}
}

static const char *
place_name(int where)
{
	if (where & HW_ON_SERVER)
		return where & HW_ON_TABLE ? "a server or foreign table" : "a server";
	if (where & HW_ON_MAPPING)
		return "a user mapping";
	return where & HW_ON_TABLE ? "a foreign table" : "a column";
}

typedef struct NextOption
{
	const HwOption *option;
	int			where;
} NextOption;

static const char *
next_option(void *state)
{
	NextOption *next = state;

	for (; next->option->name; next->option++)
	{
		if (next->option->where & next->where)
			return (next->option++)->name;
	}
	return NULL;
}

static void
unknown_option(const char *name, int where)
{
	NextOption	state = {hw_option_table, where};
	const char *closest = hw_closest(name, next_option, &state);
	const char *elsewhere;
	StringInfoData all;
	const char *valid;

	initStringInfo(&all);
	state.option = hw_option_table;
	while ((valid = next_option(&state)) != NULL)
		appendStringInfo(&all, "%s%s", all.len ? ", " : "", valid);

	/* Nothing like it here: perhaps it belongs elsewhere. */
	state = (NextOption) {hw_option_table, ~0};
	elsewhere = closest ? NULL : hw_closest(name, next_option, &state);
	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		if (strcmp(option->name, elsewhere ? elsewhere : name) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
					 errmsg("invalid option \"%s\"", name),
					 errhint("Option \"%s\" is an option of %s.",
							 option->name, place_name(option->where))));
	}
	ereport(ERROR,
			(errcode(ERRCODE_FDW_INVALID_OPTION_NAME),
			 errmsg("invalid option \"%s\"", name),
			 closest ?
			 errhint("Perhaps you meant the option \"%s\".", closest) :
			 all.len ? errhint("Valid options in this context are: %s.",
							   all.data) :
			 errhint("There are no valid options in this context.")));
}

/* --- values --------------------------------------------------------- */

/*
 * A secret is named, never shown, and so is a URL that may hold one; control
 * characters would break the message.
 */
static void
bad_value(const HwOption *option, const char *value, const char *detail)
{
	bool		is_shown = !option->is_secret && strchr(value, '@') == NULL;

	for (const char *p = value; *p; p++)
		is_shown &= (unsigned char) *p >= ' ' && *p != 0x7f;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 is_shown ?
			 errmsg("invalid value for option \"%s\": \"%s\"", option->name,
					value) :
			 errmsg("invalid value for option \"%s\"", option->name),
			 errdetail("%s", detail)));
}

static const char *
words_text(const char *const *words)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoString(&text, "Valid values are ");
	for (int i = 0; words[i]; i++)
		appendStringInfo(&text, "%s\"%s\"",
						 i == 0 ? "" : words[i + 1] ? ", " : " and ",
						 words[i]);
	appendStringInfoChar(&text, '.');
	return text.data;
}

/* A number without a unit, in any form that parse_int() reads. */
static bool
is_bare_number(const char *value)
{
	char	   *end;

	(void) strtod(value, &end);
	return end > value && end[strspn(end, " \t")] == '\0';
}

/* The number that a value stands for, in the unit the option is kept in. */
static long
parse_number(const HwOption *option, const char *value)
{
	const char *text = value;
	int			flags = 0;
	int			number;
	const char *hint = NULL;
	bool		is_bool;

	if (option->type == HW_OPTION_BOOL)
	{
		if (!parse_bool(value, &is_bool))
			bad_value(option, value, "It must be a Boolean.");
		return is_bool;
	}
	if (option->type == HW_OPTION_TIME)
	{
		/* Without a unit these are seconds, as in libpq. */
		if (is_bare_number(value))
			text = psprintf("%ss", value);
		flags = GUC_UNIT_MS;
	}
	else if (option->type == HW_OPTION_SIZE)
		flags = GUC_UNIT_BYTE;
	if (!parse_int(text, &number, flags, &hint))
		bad_value(option, value, hint ? hint : "It must be an integer.");
	if (number < option->min || number > option->max)
		bad_value(option, value,
				  psprintf("It must be between %ld and %ld%s.", option->min,
						   option->max,
						   option->type == HW_OPTION_TIME ? " ms" :
						   option->type == HW_OPTION_SIZE ? " bytes" : ""));
	return number;
}

static void
check_url(const HwOption *option, const char *value)
{
	HwBase		base;
	const char *reason;

	if (!hw_url_base(value, &base, &reason))
		bad_value(option, value,
				  psprintf("It must be a URL such as %s, but %s.",
						   option->type == HW_OPTION_PROXY ?
						   "http://host:port" :
						   "https://host or https://host:port/prefix",
						   reason));
}

/* Control characters would end a header or a line of a message. */
static void
check_text(const HwOption *option, const char *value)
{
	if (value[0] == '\0')
		bad_value(option, value, "It must not be empty.");
	if (option->max > 0 && strlen(value) > (size_t) option->max)
		bad_value(option, value,
				  psprintf("It must not be longer than %ld bytes.",
						   option->max));
	for (const char *p = value; *p; p++)
	{
		if ((unsigned char) *p < ' ' || *p == 0x7f)
			bad_value(option, value,
					  "It must not contain control characters.");
	}
	if (option->is_secret && (value[0] == ' ' ||
							  value[strlen(value) - 1] == ' '))
		bad_value(option, value, "It must not begin or end with a blank.");
}

static void
check_value(const HwOption *option, const char *value)
{
	check_text(option, value);
	switch (option->type)
	{
		case HW_OPTION_WORD:
			for (int i = 0; option->words[i]; i++)
			{
				if (strcmp(option->words[i], value) == 0)
					return;
			}
			bad_value(option, value, words_text(option->words));
			break;
		case HW_OPTION_BOOL:
		case HW_OPTION_INT:
		case HW_OPTION_TIME:
		case HW_OPTION_SIZE:
			(void) parse_number(option, value);
			break;
		case HW_OPTION_URL:
		case HW_OPTION_PROXY:
			check_url(option, value);
			break;
		case HW_OPTION_ID:
			if (strlen(value) > 256 ||
				strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != strlen(value))
				bad_value(option, value,
						  "It must consist of at most 256 letters, digits, underscores and hyphens.");
			break;
		case HW_OPTION_HEADER:
			for (const char *p = value; *p; p++)
			{
				if (*p <= ' ' || *p > '~' || *p == ',')
					bad_value(option, value,
							  "It must consist of visible ASCII characters other than commas.");
			}
			break;
		case HW_OPTION_IDS:
			if (value[strspn(value, ", ")] == '\0' ||
				strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz"
					   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-, ") != strlen(value))
				bad_value(option, value,
						  "It must be a list of letters, digits, underscores and hyphens, with commas between its members.");
			break;
		case HW_OPTION_PATH:
			if (!is_absolute_path(value))
				bad_value(option, value, "It must be an absolute file name.");
			break;
		case HW_OPTION_STRING:
			break;
	}
}

/* --- combinations --------------------------------------------------- */

static const char *
find_value(List *options, const char *name)
{
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *def = lfirst_node(DefElem, lc);

		if (strcmp(def->defname, name) == 0)
			return defGetString(def);
	}
	return NULL;
}

static void
refuse_http(const char *option, const char *value, bool is_loopback)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid value for option \"%s\": \"%s\"", option, value),
			 errdetail("Plain http would send credentials in the clear."),
			 is_loopback ?
			 errhint("For a test server on this machine, set option \"allow_insecure\" to true.") :
			 errhint("Use https.")));
}

static void
check_server(List *options)
{
	const char *insecure = find_value(options, "allow_insecure");
	bool		allow_insecure = false;

	if (insecure)
		(void) parse_bool(insecure, &allow_insecure);
	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		const char *value = find_value(options, option->name);
		HwBase		base;
		const char *reason;

		if (option->type != HW_OPTION_URL || value == NULL ||
			!hw_url_base(value, &base, &reason) || base.is_https)
			continue;
		if (!base.is_loopback || !allow_insecure)
			refuse_http(option->name, value, base.is_loopback);
	}
}

/* The ways to sign in, by the option that each cannot do without. */
static const struct
{
	const char *option;
	const char *others[4];		/* that go with it */
}			ways[] = {
	{"access_key", {"secret_key", "security_token"}},
	{"token", {NULL}},
	{"password", {"user_name", "user_id", "domain_name"}},
	{"credential_source", {"profile_path"}}
};

/* The first option of a way that is given, or NULL. */
static const char *
option_of_way(List *options, int way)
{
	if (find_value(options, ways[way].option))
		return ways[way].option;
	for (int i = 0; i < 4 && ways[way].others[i]; i++)
	{
		if (find_value(options, ways[way].others[i]))
			return ways[way].others[i];
	}
	return NULL;
}

static void
incomplete_mapping(const char *detail, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("incomplete credentials in user mapping"),
			 errdetail("%s", detail),
			 errhint("%s", hint)));
}

static void
check_password(List *options)
{
	bool		has_name = find_value(options, "user_name") != NULL;
	bool		has_id = find_value(options, "user_id") != NULL;

	if (has_name && has_id)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("conflicting credentials in user mapping"),
				 errdetail("Options \"user_name\" and \"user_id\" exclude each other.")));
	if (!has_name && !has_id)
		incomplete_mapping("Options \"password\" and \"domain_name\" need \"user_name\" or \"user_id\".",
						   "Name the IAM user that the password is of.");
	if (!find_value(options, "password"))
		incomplete_mapping("Options \"user_name\" and \"user_id\" need \"password\".",
						   "Set all of them in one statement.");
	if (has_name && !find_value(options, "domain_name"))
		incomplete_mapping("Option \"user_name\" needs \"domain_name\".",
						   "Set \"domain_name\" to the name of the account that the IAM user belongs to.");
}

static void
check_source(List *options)
{
	const char *source = find_value(options, "credential_source");

	if (source && (strcmp(source, "profile") == 0 ||
				   strcmp(source, "chain") == 0))
		return;
	if (find_value(options, "profile_path"))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid option \"profile_path\""),
				 errdetail("It belongs to \"credential_source\" profile or chain.")));
}

static void
check_mapping(List *options)
{
	const char *chosen = NULL;

	for (int way = 0; way < (int) lengthof(ways); way++)
	{
		const char *given = option_of_way(options, way);

		if (given && chosen)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("conflicting credentials in user mapping"),
					 errdetail("Options \"%s\" and \"%s\" belong to different ways of signing in.",
							   chosen, given),
					 errhint("Give access_key and secret_key, or token, or a user with password, or credential_source.")));
		if (given)
			chosen = given;
	}
	if (option_of_way(options, 0) && !(find_value(options, "access_key") &&
									   find_value(options, "secret_key")))
		incomplete_mapping("Options \"access_key\" and \"secret_key\" belong together; \"security_token\" goes with both.",
						   "Set all of them in one statement.");
	if (option_of_way(options, 2))
		check_password(options);
	check_source(options);
}

static void
check_table(List *options)
{
	const char *name = find_value(options, "table");
	const HwApi *api;
	const HwService *service;
	int			index = 0;
	const char *closest;

	if (name == NULL || hw_table_find(name, &api, &service))
		return;
	closest = hw_closest(name, hw_next_table_name, &index);
	ereport(ERROR,
			(errcode(ERRCODE_FDW_TABLE_NOT_FOUND),
			 errmsg("there is no table \"%s\" in the catalog", name),
			 closest ? errhint("Perhaps you meant the table \"%s\".", closest) :
			 errhint("SELECT * FROM hwbss_fdw_tables() lists them.")));
}

void
hw_options_validate(List *options, Oid catalog)
{
	int			where = place_of_catalog(catalog);
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *def = lfirst_node(DefElem, lc);
		const HwOption *option = hw_option_table;

		while (option->name && (strcmp(option->name, def->defname) != 0 ||
								!(option->where & where)))
			option++;
		if (option->name == NULL)
			unknown_option(def->defname, where);
		check_value(option, defGetString(def));
	}
	if (where == HW_ON_SERVER)
		check_server(options);
	else if (where == HW_ON_MAPPING)
		check_mapping(options);
	else if (where == HW_ON_TABLE)
		check_table(options);
	hw_guard_options(options, where);
}

/* --- reading -------------------------------------------------------- */

static void
set_option(HwOptions *options, const HwOption *option, const char *value)
{
	char	   *field = (char *) options + option->offset;

	switch (option->type)
	{
		case HW_OPTION_BOOL:
		case HW_OPTION_INT:
		case HW_OPTION_TIME:
		case HW_OPTION_SIZE:
			*(long *) field = parse_number(option, value);
			break;
		default:
			*(char **) field = pstrdup(value);
			break;
	}
}

HwOptions *
hw_options_of_table(ForeignTable *table, ForeignServer *server)
{
	HwOptions  *options = palloc0(sizeof(HwOptions));

	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		const char *value = NULL;

		if (!(option->where & SERVER_OR_TABLE))
			continue;
		if (table && (option->where & HW_ON_TABLE))
			value = find_value(table->options, option->name);
		if (value == NULL && (option->where & HW_ON_SERVER))
			value = find_value(server->options, option->name);
		if (value == NULL)
			value = option->fallback;
		if (value)
			set_option(options, option, value);
	}
	return options;
}

bool
hw_option_is_url(const char *name)
{
	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		if (strcmp(option->name, name) == 0)
			return option->type == HW_OPTION_URL;
	}
	return false;
}

const char *
hw_option_text(const HwOptions *options, const char *name)
{
	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		if (strcmp(option->name, name) == 0 &&
			(option->where & SERVER_OR_TABLE) &&
			(option->type == HW_OPTION_STRING ||
			 option->type == HW_OPTION_WORD || option->type == HW_OPTION_ID ||
			 option->type == HW_OPTION_IDS ||
			 option->type == HW_OPTION_URL || option->type == HW_OPTION_PROXY))
			return *(char *const *) ((const char *) options + option->offset);
	}
	return NULL;
}

bool
hw_options_asks_account(const HwOptions *options)
{
	return options->domain_id && strcmp(options->domain_id, "auto") == 0;
}

void
hw_options_transport(const HwOptions *options, ForeignServer *server,
					 const char *endpoint, HwFetchOptions *fetch)
{
	fetch->transport.connect_timeout_ms = options->connect_timeout;
	fetch->transport.request_timeout_ms = options->request_timeout;
	fetch->transport.body_bytes_max = options->max_response_size;
	fetch->transport.ca_file = options->ca_file;
	fetch->transport.proxy = options->proxy;
	fetch->transport.allows_http = options->allow_insecure != 0;
	fetch->retry_budget_ms = options->retry_budget;
	fetch->reuse_ms = options->cache_ttl;
	hw_guard_transport(server, endpoint, &fetch->transport);
	if (!hw_options_asks_account(options))
		fetch->domain_id = options->domain_id;

	/* Whoever does without IAM need not be allowed to reach it. */
	fetch->iam_endpoint = hw_endpoint_of_iam(options, NULL, server);
	if (!hw_guard_allows(server, fetch->iam_endpoint))
		fetch->iam_endpoint = NULL;
}

/* IAM reads UTF-8, whatever the database's encoding. */
static const char *
find_utf8(List *options, const char *name)
{
	const char *value = find_value(options, name);

	return value ? pg_server_to_any(value, strlen(value), PG_UTF8) : NULL;
}

static HwSource
find_source(List *options)
{
	static const HwSource sources[] = {
		HW_SOURCE_ENVIRONMENT, HW_SOURCE_PROFILE, HW_SOURCE_METADATA,
		HW_SOURCE_CHAIN
	};
	const char *source = find_value(options, "credential_source");

	for (int i = 0; source && source_words[i]; i++)
	{
		if (strcmp(source_words[i], source) == 0)
			return sources[i];
	}
	return HW_SOURCE_NONE;
}

void
hw_options_credentials(UserMapping *mapping, ForeignServer *server,
					   HwCredentials *credentials)
{
	List	   *options = mapping->options;

	credentials->access_key = find_value(options, "access_key");
	credentials->secret_key = find_value(options, "secret_key");
	credentials->security_token = find_value(options, "security_token");
	credentials->token = find_value(options, "token");
	credentials->user_name = find_utf8(options, "user_name");
	credentials->user_id = find_value(options, "user_id");
	credentials->domain_name = find_utf8(options, "domain_name");
	credentials->password = find_utf8(options, "password");
	credentials->source = find_source(options);
	credentials->profile_path = find_value(options, "profile_path");
	credentials->metadata_endpoint = hw_guard_metadata_endpoint();
	if (credentials->access_key == NULL && credentials->token == NULL &&
		credentials->password == NULL &&
		credentials->source == HW_SOURCE_NONE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("user mapping for server \"%s\" has no credentials",
						server->servername),
				 errhint("Use ALTER USER MAPPING to add options \"access_key\" and \"secret_key\", or those of another way to sign in.")));
}
