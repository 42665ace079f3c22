/*-------------------------------------------------------------------------
 *
 * test_catalog.c
 *	  The catalogue holds together, and says what the documents say.
 *
 * The lists of fields below are written from the four documents' tables, in
 * their order, not from the catalogue.
 *
 *-------------------------------------------------------------------------
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"
#include "core/pager.h"
#include "tap.h"

typedef struct Document
{
	const char *table;
	const char *service;
	const char *api;
	HwMethod	method;
	const char *path;
	const char *date;
	const char *columns;		/* blanks between */
	const char *ours;			/* columns that no document has */
} Document;

static const Document documents[] = {
	{
		"bss_consumption_quota", "bss", "consumption_quota", HW_GET,
		"/v2/partners/credit/consumption-quota", "2024-08-02",
		"consumption_quota amount coupon_amount due_amount unbilled_amount "
		"used_consumption_quota currency measure_id",
		""
	},
	{
		"bss_expenditure_quota", "bss", "expenditure_quota", HW_GET,
		"/v2/accounts/customer-accounts/expenditure-quota", "2025-08-28",
		"granting_amount granting_amount_used "
		"percentage_granting_amount_used measure_id currency",
		""
	},
	{
		"bss_package_usages", "bss", "package_usages", HW_POST,
		"/v2/payments/free-resources/usages/query", "2023-12-13",
		"order_instance_id resource_type_name quota_reuse_mode "
		"quota_reuse_cycle quota_reuse_cycle_type start_time end_time balance "
		"total measurement_name region_code",
		""
	},
	{
		"hss_quotas", "hss", "quotas_detail", HW_GET,
		"/v5/{project_id}/billing/quotas-detail", "2024-11-19",
		"resource_id version quota_status used_status host_id host_name "
		"charging_mode tags expire_time shared_quota enterprise_project_id "
		"enterprise_project_name",
		"create_time category project_id region"
	},
	{
		"hss_quota_tags", "hss", "quotas_detail", HW_GET,
		"/v5/{project_id}/billing/quotas-detail", "2024-11-19",
		"key value",
		"resource_id category project_id region"
	},
	{
		"hss_quota_statistics", "hss", "quotas_detail", HW_GET,
		"/v5/{project_id}/billing/quotas-detail", "2024-11-19",
		"version total_num",
		"project_id region"
	},
	{
		"hss_quota_summary", "hss", "quotas_detail", HW_GET,
		"/v5/{project_id}/billing/quotas-detail", "2024-11-19",
		"packet_cycle_num on_demand_num used_num idle_num normal_num "
		"expired_num freeze_num total_num",
		"project_id region"
	},
};

#define NDOCUMENTS ((int) (sizeof(documents) / sizeof(documents[0])))

/* Params of table 2 of "Querying Quota Details" with their request words. */
static const struct
{
	const char *name;
	HwPlace		place;
	const char *words;			/* NULL: free text */
}			quota_params[] = {
	{"project_id", HW_IN_PATH, NULL},
	{"region", HW_IN_HEADER, NULL},
	{"enterprise_project_id", HW_IN_QUERY, NULL},
	{"version", HW_IN_QUERY,
		"hss.version.basic hss.version.advanced hss.version.enterprise "
	"hss.version.premium hss.version.wtp hss.version.container.enterprise"},
	{"category", HW_IN_QUERY, "host_resource container_resource"},
	{"quota_status", HW_IN_QUERY,
	"QUOTA_STATUS_NORMAL QUOTA_STATUS_EXPIRED QUOTA_STATUS_FREEZE"},
	{"used_status", HW_IN_QUERY, "USED_STATUS_IDLE USED_STATUS_USED"},
	{"host_name", HW_IN_QUERY, NULL},
	{"resource_id", HW_IN_QUERY, NULL},
	{"charging_mode", HW_IN_QUERY, "packet_cycle on_demand"},
};

#define NQUOTA_PARAMS \
	((int) (sizeof(quota_params) / sizeof(quota_params[0])))

static bool
is_among(const char *list, const char *word)
{
	size_t		length = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p++)
	{
		if ((p == list || p[-1] == ' ') &&
			(p[length] == ' ' || p[length] == '\0'))
			return true;
	}
	return false;
}

static int
count_words(const char *list)
{
	int			count = *list != '\0';

	for (; *list; list++)
		count += *list == ' ';
	return count;
}

static bool
is_name(const char *name)
{
	return name[0] >= 'a' && name[0] <= 'z' &&
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name)
		&& strlen(name) < 64;
}

/* One sentence: a capital or a value in front, one full stop, at the end. */
static bool
is_sentence(const char *text)
{
	size_t		length = text ? strlen(text) : 0;

	if (length < 5 || text[length - 1] != '.' || isspace((int) text[0]) ||
		strchr(text, '\n') || strstr(text, "  ") || strstr(text, ".."))
		return false;
	for (size_t i = 0; i + 2 < length; i++)
	{
		if (strchr(".!?", text[i]) && text[i + 1] == ' ' &&
			isupper((int) text[i + 2]))
			return false;
	}
	return true;
}

/* "BSS, Querying Consumption Quota, 2024-08-02" */
static bool
has_date(const char *source)
{
	static const char shape[] = ", 0000-00-00";
	size_t		length = source ? strlen(source) : 0;

	if (length <= sizeof(shape))
		return false;
	source += length - (sizeof(shape) - 1);
	for (int i = 0; shape[i]; i++)
	{
		if (shape[i] == '0' ? !isdigit((int) source[i])
			: source[i] != shape[i])
			return false;
	}
	return true;
}

static void
check_column(const HwApi *api, const HwTable *table, const HwColumn *column)
{
	char		where[200];

	snprintf(where, sizeof(where), "%s.%s", table->name, column->name);
	ok(is_name(column->name), "%s: a name of SQL", where);
	ok(is_sentence(column->help), "%s: help is one sentence", where);
	for (const HwColumn *other = table->columns; other != column; other++)
	{
		if (strcmp(other->name, column->name) == 0)
			ok(false, "%s: only once", where);
	}
	ok(hw_column_find(table, column->name) == column, "%s: is found", where);
	if (column->from_param)
		ok(hw_param_find(api, column->from_param) != NULL,
		   "%s: is filled from a param that is there", where);
	if (column->json && column->json[0] == '^')
		ok(table->flatten != NULL && column->json[1],
		   "%s: only flattened lists have an element around", where);
	if (column->reading == HW_EPOCH || column->reading == HW_UTC)
		is_int(column->type, HW_TIMESTAMPTZ, "%s: times are times", where);
	if (column->infinity)
		is_int(column->reading, HW_EPOCH, "%s: endless times are read from "
			   "integers", where);
	ok((column->derive_from == NULL) == (column->derive == NULL),
	   "%s: derives from something by something", where);
	if (column->derive_from)
	{
		const HwApi *a = api;
		bool		is_field = false;

		ok(column->from_param != NULL, "%s: has a value without the field",
		   where);
		for (const HwTable *t = a->tables; t->name; t++)
			is_field |= t->rows && table->rows &&
				strcmp(t->rows, table->rows) == 0 && !t->flatten &&
				hw_column_find(t, column->derive_from) != NULL;
		ok(is_field, "%s: derives from a field of its element", where);
		for (const HwDerive *d = column->derive; d && d->from; d++)
		{
			ok(d->to != NULL && strcmp(hw_column_derive(column, d->from),
									   d->to) == 0,
			   "%s: %s has one meaning", where, d->from);
		}
		ok(hw_column_derive(column, "no such value") == NULL,
		   "%s: others have none", where);
	}
}

static void
check_table(const HwService *service, const HwApi *api, const HwTable *table)
{
	const HwApi *found_api = NULL;
	const HwService *found_service = NULL;
	size_t		length = strlen(service->name);

	ok(is_name(table->name), "%s: a name of SQL", table->name);
	ok(strncmp(table->name, service->name, length) == 0 &&
	   table->name[length] == '_', "%s: begins with its service",
	   table->name);
	ok(is_sentence(table->help), "%s: help is one sentence", table->name);
	ok(hw_table_find(table->name, &found_api, &found_service) == table &&
	   found_api == api && found_service == service,
	   "%s: the name is unique", table->name);
	ok(table->key == NULL || table->rows != NULL,
	   "%s: only lists have keys", table->name);
	ok(table->flatten == NULL || table->rows != NULL,
	   "%s: only lists of lists are flattened", table->name);
	ok(table->merge != HW_SUM || table->rows == NULL,
	   "%s: only objects are added", table->name);
	ok(table->merge != HW_UNION || (table->rows && !table->key),
	   "%s: only lists without keys are united", table->name);
	ok(table->parts == NULL || table->merge == HW_SUM,
	   "%s: parts are of sums", table->name);
	is_int(hw_table_asks_all(table), table->key || table->merge,
		   "%s: whether all values are asked for", table->name);
	if (table->merge == HW_SUM)
	{
		for (const HwColumn *c = table->columns; c->name; c++)
			ok(c->from_param || c->type == HW_INT4 || c->type == HW_INT8,
			   "%s.%s: can be added", table->name, c->name);
	}
	if (table->key && !table->flatten)
		ok(hw_column_find(table, table->key) != NULL,
		   "%s: its key is a column", table->name);
	for (const HwColumn *c = table->columns; c->name; c++)
		check_column(api, table, c);
}

static void
check_param(const HwApi *api, const HwParam *param)
{
	char		where[200];
	char		braces[100];
	bool		is_known = false;

	snprintf(where, sizeof(where), "%s, %s", api->name, param->name);
	ok(hw_param_find(api, param->name) == param, "%s: only once", where);
	for (const HwTable *table = api->tables; param->column && table->name;
		 table++)
	{
		if (!table->key || hw_column_find(table, param->column) == NULL)
			continue;
		is_known = true;
		ok(hw_param_of_column(api, table, param->column) == param,
		   "%s: is set by %s.%s", where, table->name, param->column);
	}
	if (param->column)
		ok(is_known, "%s: its column is one of a keyed table", where);
	ok(param->column || param->option || param->fallback,
	   "%s: something sets it", where);

	snprintf(braces, sizeof(braces), "{%s}", param->name);
	is_int(strstr(api->path, braces) != NULL, param->place == HW_IN_PATH,
		   "%s: is in the path or not", where);
	if (param->place == HW_IN_PATH)
	{
		ok(param->is_required, "%s: no path without it", where);
		is_int(param->shape, HW_ID, "%s: cannot leave its segment", where);
	}
	is_int(param->shape == HW_WORDS, param->words || param->spellings,
		   "%s: words, or spellings of words", where);
	ok(!param->words || !param->spellings, "%s: but not both", where);
	for (int i = 0; param->complete_set && param->complete_set[i]; i++)
	{
		bool		is_word = false;

		for (int j = 0; param->words && param->words[j]; j++)
			is_word |= strcmp(param->words[j], param->complete_set[i]) == 0;
		for (const HwSpelling *s = param->spellings; s && s->reply; s++)
			is_word |= strcmp(s->reply, param->complete_set[i]) == 0;
		ok(is_word, "%s: %s of the complete set is a word", where,
		   param->complete_set[i]);
	}
	for (const HwSpelling *s = param->spellings; s && s->reply; s++)
		ok(s->long_request && s->short_request &&
		   strcmp(s->long_request, s->short_request) != 0,
		   "%s: %s has two spellings", where, s->reply);
	if (param->reserved && param->fallback)
		is_string(param->fallback, param->reserved,
				  "%s: what stands for all is no row's value", where);
}

static void
check_api(const HwService *service, const HwApi *api)
{
	const HwPaging *paging = &api->paging;
	int			nparams = 0;
	int			nbraces = 0;
	int			napis = 0;

	for (const HwApi *other = service->apis; other->name; other++)
		napis += strcmp(other->name, api->name) == 0;
	is_int(napis, 1, "%s: the name is unique in its service", api->name);
	ok(has_date(api->source), "%s: cites a document and its date", api->name);
	ok(api->path[0] == '/' && !strpbrk(api->path, "?# %"),
	   "%s: a path", api->name);
	ok(api->account && api->account[0] && !strchr(api->account, '.'),
	   "%s: says whose credentials it wants, within a sentence", api->name);
	for (const char *p = api->path; *p; p++)
		nbraces += *p == '{';

	for (const HwParam *param = api->params; param && param->name; param++)
	{
		check_param(api, param);
		nparams++;
		nbraces -= param->place == HW_IN_PATH;
	}
	is_int(nbraces, 0, "%s: each brace of the path has a param", api->name);
	ok(nparams <= HW_ASKED_MAX, "%s: %d params have their places", api->name,
	   nparams);

	if (paging->style == HW_OFFSET)
	{
		ok(paging->offset && paging->limit && paging->total,
		   "%s: names of paging", api->name);
		ok(hw_param_find(api, paging->offset) == NULL &&
		   hw_param_find(api, paging->limit) == NULL,
		   "%s: which nobody else sets", api->name);
		ok(paging->size_min >= 1 && paging->size_min <= paging->size &&
		   paging->size <= paging->size_max,
		   "%s: the page's size is in its range", api->name);
		ok(paging->offset_max > paging->size_max,
		   "%s: more than one page can be asked for", api->name);
	}
	else
		ok(!paging->offset && !paging->limit && paging->size == 0,
		   "%s: no paging", api->name);

	ok(api->tables->name != NULL, "%s: has tables", api->name);
	for (const HwTable *table = api->tables; table->name; table++)
		check_table(service, api, table);
}

static void
test_whole(void)
{
	int			ntables = 0;
	int			nservices = 0;

	for (const HwService *const *s = hw_services; *s; s++)
	{
		const HwService *service = *s;

		nservices++;
		ok(hw_service_find(service->name) == service, "service %s",
		   service->name);
		ok(is_name(service->name) && service->title && service->title[0],
		   "%s: named", service->name);
		ok(is_name(service->endpoint_option), "%s: has an option for its "
		   "endpoint", service->name);
		for (const HwApi *api = service->apis; api->name; api++)
		{
			check_api(service, api);
			for (const HwTable *t = api->tables; t->name; t++)
				ntables++;
		}
	}
	is_int(nservices, 2, "two services");
	is_int(ntables, NDOCUMENTS, "and no table without a document");
}

static void
test_documents(void)
{
	for (int i = 0; i < NDOCUMENTS; i++)
	{
		const Document *document = &documents[i];
		const HwApi *api = NULL;
		const HwService *service = NULL;
		const HwTable *table = hw_table_find(document->table, &api, &service);
		int			ncolumns = 0;
		char		word[100];
		const char *p = document->columns;

		if (!ok(table != NULL, "%s is there", document->table))
			continue;
		is_string(service->name, document->service, "its service");
		is_string(api->name, document->api, "its API");
		is_int(api->method, document->method, "its method");
		is_string(api->path, document->path, "its path");
		ok(strstr(api->source, document->date) != NULL,
		   "its document is that of %s", document->date);
		for (const HwColumn *c = table->columns; c->name; c++)
		{
			ncolumns++;
			ok(is_among(document->columns, c->name) ||
			   is_among(document->ours, c->name), "%s.%s is documented",
			   table->name, c->name);
			ok(c->json == NULL || c->json[0] == '^',
			   "and has its name in replies");
		}
		is_int(ncolumns, count_words(document->columns) +
			   count_words(document->ours), "all of them");
		while (sscanf(p, "%99s", word) == 1)
		{
			ok(hw_column_find(table, word) != NULL, "%s.%s is a column",
			   table->name, word);
			p = strstr(p, word) + strlen(word);
		}
	}
}

static void
test_quota_params(void)
{
	const HwService *service;
	const HwApi *api;
	int			nparams = 0;

	hw_table_find("hss_quotas", &api, &service);
	for (const HwParam *param = api->params; param->name; param++)
		nparams++;
	is_int(nparams, NQUOTA_PARAMS, "params of quotas_detail");
	for (int i = 0; i < NQUOTA_PARAMS; i++)
	{
		const HwParam *param = hw_param_find(api, quota_params[i].name);
		const char *words = quota_params[i].words;
		int			count = 0;

		if (!ok(param != NULL, "param %s", quota_params[i].name))
			continue;
		is_int(param->place, quota_params[i].place, "its place");
		is_int(param->shape == HW_WORDS, words != NULL, "fixed words or not");
		for (int j = 0; param->words && param->words[j]; j++, count++)
			ok(is_among(words, param->words[j]), "%s is documented",
			   param->words[j]);
		for (const HwSpelling *s = param->spellings; s && s->reply; s++)
		{
			count++;
			ok(is_among(words, s->long_request), "%s is documented",
			   s->long_request);
			is_string(s->short_request, s->reply,
					  "the short spelling is that of replies");
		}
		is_int(count, words ? count_words(words) : 0, "all of them");
	}
	is_string(hw_param_find(api, "enterprise_project_id")->fallback,
			  "all_granted_eps", "all enterprise projects unless one is set");
	ok(!hw_param_find(api, "host_name")->is_exact,
	   "how names are matched is not documented");
	is_string(api->paging.offset, "offset", "rows are skipped");
	is_string(api->paging.limit, "limit", "and counted");
	is_string(api->paging.total, "total_num", "and there are so many");
	is_int(api->paging.size_max, 200, "at most 200 at a time");
	is_int(api->paging.size_min, 10, "at least 10");
	is_int(api->paging.offset_max, 2000000, "up to two million");
	is_int(service->scope, HW_PROJECT_SCOPE, "HSS is a project's");

	hw_table_find("bss_package_usages", &api, &service);
	is_string(hw_param_find(api, "X-Language")->fallback, "en_US",
			  "the language is always sent");
	is_int(hw_param_find(api, "X-Language")->place, HW_IN_HEADER,
		   "in a header");
	is_int(service->scope, HW_DOMAIN_SCOPE, "BSS is an account's");
	ok(api->successor != NULL, "and will be switched off");
}

/* Money is never a float, and times are never texts. */
static void
test_types(void)
{
	static const struct
	{
		const char *table;
		const char *column;
		HwType		type;
	}			cases[] = {
		{"bss_consumption_quota", "used_consumption_quota", HW_NUMERIC},
		{"bss_consumption_quota", "measure_id", HW_INT4},
		{"bss_consumption_quota", "currency", HW_TEXT},
		{"bss_expenditure_quota", "percentage_granting_amount_used",
		HW_NUMERIC},
		{"bss_package_usages", "balance", HW_NUMERIC},
		{"bss_package_usages", "total", HW_NUMERIC},
		{"bss_package_usages", "quota_reuse_cycle_type", HW_INT4},
		{"bss_package_usages", "start_time", HW_TIMESTAMPTZ},
		{"hss_quotas", "expire_time", HW_TIMESTAMPTZ},
		{"hss_quotas", "create_time", HW_TIMESTAMPTZ},
		{"hss_quotas", "tags", HW_JSONB},
		{"hss_quotas", "enterprise_project_id", HW_TEXT},
		{"hss_quota_summary", "total_num", HW_INT4},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const HwApi *api;
		const HwService *service;
		const HwTable *table = hw_table_find(cases[i].table, &api, &service);

		is_int(hw_column_find(table, cases[i].column)->type, cases[i].type,
			   "type of %s.%s", cases[i].table, cases[i].column);
	}
}

static void
test_absent(void)
{
	const HwApi *api = NULL;
	const HwService *service = NULL;
	const HwTable *quotas = hw_table_find("hss_quotas", &api, &service);
	const HwTable *summary = hw_table_find("hss_quota_summary", &api,
										   &service);
	const HwTable *tags = hw_table_find("hss_quota_tags", &api, &service);

	ok(hw_service_find("") == NULL && hw_service_find("BSS") == NULL &&
	   hw_service_find("hs") == NULL, "no such service");
	ok(hw_table_find("hss_quota", &api, &service) == NULL &&
	   hw_table_find("", &api, &service) == NULL, "no such table");
	ok(hw_column_find(quotas, "Version") == NULL, "no such column");
	ok(hw_param_find(api, "offset") == NULL, "no such param");
	ok(hw_param_of_column(api, quotas, "expire_time") == NULL,
	   "a column that nothing is asked by");
	ok(hw_param_of_column(api, tags, "version") == NULL,
	   "a column of another table");
	ok(hw_param_of_column(api, summary, "total_num") == NULL,
	   "counters are not filtered");
	ok(hw_param_of_column(api, summary, "project_id") != NULL,
	   "but are a project's");
}

int
main(void)
{
	test_whole();
	test_documents();
	test_quota_params();
	test_types();
	test_absent();
	return done();
}
