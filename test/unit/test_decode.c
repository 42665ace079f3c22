/*-------------------------------------------------------------------------
 *
 * test_decode.c
 *	  Rows out of replies: those of the documents, odd ones, broken ones.
 *
 * A page is compared as text: rows in lines, cells between bars, NULL as ~.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/decode.h"
#include "tap.h"

#define COLUMNS_MAX 32

/* The examples of the documents, letter for letter but for blanks. */
static const char consumption[] =
	"{\"consumption_quota\": \"10000\", \"amount\": \"10.18\","
	"\"coupon_amount\": \"10.03\", \"due_amount\": \"500.28\","
	"\"unbilled_amount\": \"100.01\", \"used_consumption_quota\": \"580.08\","
	"\"measure_id\": 1, \"currency\": \"USD\"}";
static const char expenditure[] =
	"{\"granting_amount\": 200.0, \"granting_amount_used\": 122.0,"
	"\"percentage_granting_amount_used\": 0.61, \"measure_id\": 1,"
	"\"currency\": \"USD\"}";
static const char packages[] =
	"{\"package_usage_infos\": [{\"order_instance_id\": \"01154-119701448-0\","
	"\"resource_type_name\": \"cdn.cdn.flow\", \"quota_reuse_mode\": 1,"
	"\"quota_reuse_cycle\": 1, \"quota_reuse_cycle_type\": 1,"
	"\"start_time\": \"2019-12-26T02:00:00Z\","
	"\"end_time\": \"2019-12-26T02:24:11Z\", \"balance\": 100, \"total\": 100,"
	"\"measurement_name\": \"Byte\", \"region_code\": \"global-cbc-1\"}]}";
static const char quotas[] =
	"{\"data_list\" : [ {\"charging_mode\" : \"packet_cycle\","
	"\"expire_time\" : -1,"
	"\"host_id\" : \"71a15ecc-049f-4cca-bd28-5e90aca1817f\","
	"\"host_name\" : \"zhangxiaodong2\", \"quota_status\" : \"normal\","
	"\"resource_id\" : \"af4d08ad-2b60-4916-a5cf-8d6a23956dda\","
	"\"shared_quota\" : \"shared\", \"tags\" : [ {\"key\" : \"Service\","
	"\"value\" : \"HSS\"} ], \"used_status\" : \"used\","
	"\"version\" : \"hss.version.wtp\"} ], \"expired_num\" : 0,"
	"\"freeze_num\" : 0, \"idle_num\" : 20, \"normal_num\" : 60,"
	"\"on_demand_num\" : 0, \"packet_cycle_num\" : 60,"
	"\"quota_statistics_list\" : [ {\"total_num\" : 8,"
	"\"version\" : \"hss.version.basic\"} ], \"total_num\" : 60,"
	"\"used_num\" : 40}";

static const HwService *service;
static const HwApi *api;
static const HwTable *table;
static HwForm *form;
static HwAsked asked[4];

/* A form for columns named with blanks between; "*" for all. */
static HwForm *
open_form(const char *names)
{
	const HwColumn *columns[COLUMNS_MAX];
	int			ncolumns = 0;
	char		name[100];
	int			length;

	if (strcmp(names, "*") == 0)
	{
		for (const HwColumn *c = table->columns; c->name; c++)
			columns[ncolumns++] = c;
	}
	else
	{
		for (; sscanf(names, "%99s%n", name, &length) == 1; names += length)
		{
			columns[ncolumns] = hw_column_find(table, name);
			if (columns[ncolumns++] == NULL)
				abort();
		}
	}
	return hw_form_open(api, table, columns, ncolumns);
}

static void
use(const char *name, const char *columns)
{
	hw_form_close(form);
	table = hw_table_find(name, &api, &service);
	form = open_form(columns);
	memset(asked, 0, sizeof(asked));
	if (strcmp(service->name, "hss") == 0)
	{
		asked[0] = (HwAsked) {hw_param_find(api, "project_id"), "p-1"};
		asked[1] = (HwAsked) {hw_param_find(api, "category"),
		"host_resource"};
		asked[2] = (HwAsked) {hw_param_find(api, "region"), "r-1"};
	}
}

/* Reads a copy of the exact length, so that a look beyond it is found. */
static HwPage *
decode(const char *body, size_t length, const HwExpected *expected,
	   int nexpected, HwStatus *status)
{
	char	   *copy = malloc(length + 1);
	HwPage	   *page;

	hw_status_clear(status);
	memcpy(copy + 1, body, length);
	page = hw_decode(form, copy + 1, length, asked, expected, nexpected,
					 status);
	free(copy);
	return page;
}

static void
show(const HwPage *page, HwText *out)
{
	for (int r = 0; r < page->nrows; r++)
	{
		for (int c = 0; c < page->ncells; c++)
		{
			const HwCell *cell = &page->cells[r * page->ncells + c];

			if (c > 0)
				hw_text_putc(out, '|');
			hw_text_puts(out, cell->text ? cell->text : "~");
			if (cell->length != (cell->text ? strlen(cell->text) : 0))
				hw_text_puts(out, "(wrong length)");
		}
		hw_text_putc(out, '\n');
	}
}

static void
reads(const char *body, const char *expected)
{
	HwStatus	status;
	HwText		text;
	HwPage	   *page = decode(body, strlen(body), NULL, 0, &status);

	hw_text_init(&text, 0);
	if (page)
		show(page, &text);
	else
		hw_text_printf(&text, "%d: %s", status.kind, status.text);
	is_string(hw_text_string(&text), expected, "%.100s", body);
	hw_text_free(&text);
	hw_page_free(page);
}

static void
refuses(const char *body, HwKind kind, const char *text, const char *place)
{
	HwStatus	status;
	HwPage	   *page = decode(body, strlen(body), NULL, 0, &status);

	ok(page == NULL, "refuses %.100s", body);
	is_int(status.kind, kind, "its kind");
	if (text)
		is_string(status.text, text, "and says why");
	is_string(status.place, place, "and where");
	hw_page_free(page);
}

static void
test_examples(void)
{
	HwStatus	status;
	HwPage	   *page;

	use("bss_consumption_quota", "*");
	reads(consumption, "10000|10.18|10.03|500.28|100.01|580.08|USD|1\n");
	use("bss_expenditure_quota", "*");
	reads(expenditure, "200.0|122.0|0.61|1|USD\n");
	use("bss_package_usages", "*");
	reads(packages, "01154-119701448-0|cdn.cdn.flow|1|1|1|"
		  "2019-12-26T02:00:00Z|2019-12-26T02:24:11Z|100|100|Byte|"
		  "global-cbc-1\n");
	use("hss_quotas", "*");
	reads(quotas, "af4d08ad-2b60-4916-a5cf-8d6a23956dda|hss.version.wtp|"
		  "normal|used|71a15ecc-049f-4cca-bd28-5e90aca1817f|zhangxiaodong2|"
		  "packet_cycle|[{\"key\":\"Service\",\"value\":\"HSS\"}]|-1|shared|"
		  "~|~|~|host_resource|p-1|r-1\n");
	page = decode(quotas, strlen(quotas), NULL, 0, &status);
	is_int(page->total, 60, "its total");
	is_int(page->nelements, 1, "its element");
	is_string(page->elements[0].key, "af4d08ad-2b60-4916-a5cf-8d6a23956dda",
			  "with its key");
	hw_page_free(page);
	use("hss_quota_tags", "*");
	reads(quotas, "af4d08ad-2b60-4916-a5cf-8d6a23956dda|Service|HSS|"
		  "host_resource|p-1|r-1\n");
	use("hss_quota_statistics", "*");
	reads(quotas, "hss.version.basic|8|p-1|r-1\n");
	use("hss_quota_summary", "*");
	reads(quotas, "60|0|40|20|60|0|0|60|p-1|r-1\n");
}

/* Absent and null are NULL; numbers and texts each serve for the other. */
static void
test_numbers(void)
{
	use("bss_consumption_quota", "amount measure_id");
	reads("{\"amount\":\"1.50\",\"measure_id\":1}", "1.50|1\n");
	reads("{\"amount\":1.50,\"measure_id\":\"1\"}", "1.50|1\n");
	reads("{\"amount\":null,\"measure_id\":null}", "~|~\n");
	reads("{\"currency\":\"USD\"}", "~|~\n");
	reads("{\"amount\":\"\",\"measure_id\":\"\"}", "~|~\n");
	reads("{\"amount\":\" \\t\",\"measure_id\":\"\\n\"}", "~|~\n");
	reads("{\"amount\":\" -7.10 \",\"measure_id\":\"\\t1\\r\\n\"}",
		  "-7.10|1\n");
	reads("{\"amount\":123456789012345678901234567890.123456789,"
		  "\"measure_id\":9007199254740993}",
		  "123456789012345678901234567890.123456789|9007199254740993\n");
	reads("{\"amount\":1E+3,\"measure_id\":1e3}", "1E+3|1000\n");
	reads("{\"amount\":-0.0,\"measure_id\":1.0}", "-0.0|1\n");
	reads("{\"amount\":\"1e-30\",\"measure_id\":\"12.0e1\"}", "1e-30|120\n");
	reads("{\"amount\":0,\"measure_id\":-0}", "0|-0\n");
	reads("{\"amount\":0,\"measure_id\":-0.0}", "0|0\n");
	reads("{\"amount\":1,\"measure_id\":99999999999999999999}",
		  "1|99999999999999999999\n");

	refuses("{\"measure_id\":1.5}", HW_BAD_VALUE,
			"field \"measure_id\" is not an integer", "");
	refuses("{\"measure_id\":1e-1}", HW_BAD_VALUE,
			"field \"measure_id\" is not an integer", "");
	refuses("{\"measure_id\":1e400}", HW_BAD_VALUE,
			"field \"measure_id\" is not an integer", "");
	refuses("{\"measure_id\":\"1.5\"}", HW_BAD_VALUE,
			"field \"measure_id\" is not an integer", "");
	refuses("{\"measure_id\":\"soon\"}", HW_BAD_VALUE,
			"field \"measure_id\" is not a number", "");
	refuses("{\"measure_id\":true}", HW_BAD_VALUE,
			"field \"measure_id\" is not a number", "");
	refuses("{\"measure_id\":[1]}", HW_BAD_VALUE,
			"field \"measure_id\" is a list", "");
	refuses("{\"amount\":{\"value\":1}}", HW_BAD_VALUE,
			"field \"amount\" is an object", "");
	refuses("{\"amount\":false}", HW_BAD_VALUE,
			"field \"amount\" is not a number", "");
	refuses("{\"amount\":\"1 000\"}", HW_BAD_VALUE,
			"field \"amount\" is not a number", "");
	refuses("{\"amount\":\"1,5\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"NaN\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"Infinity\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"-inf\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"0x10\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"1_0\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"-\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\".\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"e5\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"1e\"}", HW_BAD_VALUE, NULL, "");
	refuses("{\"amount\":\"1 USD\"}", HW_BAD_VALUE, NULL, "");

	/* What is not asked for is not looked at. */
	use("bss_consumption_quota", "currency");
	reads("{\"amount\":[],\"currency\":\"USD\"}", "USD\n");
	use("bss_consumption_quota", "");
	reads(consumption, "\n");
}

static void
test_texts(void)
{
	use("bss_consumption_quota", "currency");
	reads("{\"currency\":\"\"}", "\n");
	reads("{\"currency\":null}", "~\n");
	reads("{\"currency\":7.10}", "7.10\n");
	reads("{\"currency\":true}", "true\n");
	reads("{\"currency\":false}", "false\n");
	reads("{\"currency\":\"a\\u4e2d\\ud83d\\ude00|\\\\\"}",
		  "a\xe4\xb8\xad\xf0\x9f\x98\x80|\\\n");
	reads("{\"currency\":\" x \"}", " x \n");
	refuses("{\"currency\":[\"USD\"]}", HW_BAD_VALUE,
			"field \"currency\" is a list", "");
	refuses("{\"currency\":{}}", HW_BAD_VALUE,
			"field \"currency\" is an object", "");

	use("bss_package_usages", "start_time total");
	reads("{\"package_usage_infos\":[{\"start_time\":\"\",\"total\":1},"
		  "{\"start_time\":null},{\"start_time\":\"2025-01-01T00:00:00Z\"},"
		  "{}]}", "~|1\n~|~\n2025-01-01T00:00:00Z|~\n~|~\n");
	refuses("{\"package_usage_infos\":[{},{\"total\":\"x\"}]}", HW_BAD_VALUE,
			"field \"total\" is not a number", "package_usage_infos[1]");
	refuses("{\"package_usage_infos\":[{},{},{\"start_time\":{}}]}",
			HW_BAD_VALUE, "field \"start_time\" is an object",
			"package_usage_infos[2]");

	use("hss_quotas", "expire_time create_time");
	reads("{\"data_list\":[{\"expire_time\":-1},"
		  "{\"expire_time\":\"1735689600000\",\"create_time\":1.7356896E12},"
		  "{\"expire_time\":\"\",\"create_time\":1735689600}]}",
		  "-1|~\n1735689600000|1735689600000\n~|1735689600\n");
	refuses("{\"data_list\":[{\"expire_time\":1735689600000.5}]}",
			HW_BAD_VALUE, "field \"expire_time\" is not an integer",
			"data_list[0]");
	refuses("{\"data_list\":[{\"create_time\":\"2025-01-01\"}]}",
			HW_BAD_VALUE, "field \"create_time\" is not a number",
			"data_list[0]");
}

static void
test_json(void)
{
	use("hss_quotas", "tags");
	reads("{\"data_list\":[{\"tags\":[{\"key\" : \"a\",\"n\" : 1.10},"
		  " 1E+2 , 123456789012345678901]},{\"tags\":null},{},{\"tags\":[]},"
		  "{\"tags\":\"text\"},{\"tags\":-0.0},{\"tags\":true},"
		  "{\"tags\":{\"x\":{}}}]}",
		  "[{\"key\":\"a\",\"n\":1.10},1E+2,123456789012345678901]\n~\n~\n"
		  "[]\n\"text\"\n-0.0\ntrue\n{\"x\":{}}\n");
	reads("{\"data_list\":[{\"tags\":\"a\\n\\u0001\\\"\"}]}",
		  "\"a\\u000A\\u0001\\\"\"\n");
}

static void
test_flatten(void)
{
	HwStatus	status;
	HwPage	   *page;
	static const char body[] = "{\"data_list\":["
		"{\"resource_id\":\"a\",\"tags\":[{\"key\":\"k1\",\"value\":\"v1\"},"
		"{\"value\":\"\",\"key\":\"k2\"},{\"key\":null},{}]},"
		"{\"resource_id\":\"b\",\"tags\":null},{\"resource_id\":\"c\"},"
		"{\"resource_id\":\"d\",\"tags\":[]},"
		"{\"tags\":[{\"value\":5}],\"version\":\"hss.version.container\"}]}";

	use("hss_quota_tags", "resource_id key value category");
	reads(body, "a|k1|v1|host_resource\na|k2||host_resource\n"
		  "a|~|~|host_resource\na|~|~|host_resource\n"
		  "~|~|5|container_resource\n");
	page = decode(body, strlen(body), NULL, 0, &status);
	is_int(page->nelements, 5, "five elements");
	is_int(page->elements[0].nrows, 4, "rows of the first");
	is_int(page->elements[1].nrows, 0, "of null");
	is_int(page->elements[2].nrows, 0, "of no list");
	is_int(page->elements[3].nrows, 0, "of an empty list");
	is_int(page->elements[4].first_row, 4, "place of the last");
	is_int(page->elements[4].nrows, 1, "its row");
	hw_page_free(page);

	refuses("{\"data_list\":[{\"tags\":[]},{\"tags\":{}}]}", HW_BAD_VALUE,
			"field \"tags\" is not a list", "data_list[1]");
	refuses("{\"data_list\":[{\"tags\":\"x\"}]}", HW_BAD_VALUE,
			"field \"tags\" is not a list", "data_list[0]");
	refuses("{\"data_list\":[{\"tags\":[{},7]}]}", HW_BAD_VALUE,
			"entry 1 of list \"tags\" is not an object", "data_list[0]");
	refuses("{\"data_list\":[{\"tags\":[null]}]}", HW_BAD_VALUE,
			"entry 0 of list \"tags\" is not an object", "data_list[0]");
	refuses("{\"data_list\":[{\"tags\":[{\"key\":[]}]}]}", HW_BAD_VALUE,
			"field \"key\" is a list", "data_list[0]");
}

/* Derived from the edition, else what was asked for, else NULL. */
static void
test_derived(void)
{
	static const char body[] = "{\"data_list\":["
		"{\"version\":\"hss.version.basic\"},"
		"{\"version\":\"hss.version.container\"},"
		"{\"version\":\"hss.version.container.enterprise\"},"
		"{\"version\":\"hss.version.new\"},{\"version\":null},{}]}";

	use("hss_quotas", "category project_id");
	reads(body, "host_resource|p-1\ncontainer_resource|p-1\n"
		  "container_resource|p-1\nhost_resource|p-1\nhost_resource|p-1\n"
		  "host_resource|p-1\n");
	asked[1].value = "container_resource";
	reads(body, "host_resource|p-1\ncontainer_resource|p-1\n"
		  "container_resource|p-1\ncontainer_resource|p-1\n"
		  "container_resource|p-1\ncontainer_resource|p-1\n");
	asked[0].param = NULL;
	reads(body, "host_resource|~\ncontainer_resource|~\n"
		  "container_resource|~\n~|~\n~|~\n~|~\n");

	/* A field of the name of a column that is asked for is no value. */
	use("hss_quotas", "project_id category");
	reads("{\"data_list\":[{\"project_id\":\"x\",\"category\":\"y\"}]}",
		  "p-1|host_resource\n");
}

static void
test_keys(void)
{
	HwStatus	status;
	HwPage	   *page;
	static const char body[] = "{\"data_list\":[{\"resource_id\":\"a\"},"
		"{\"resource_id\":\"\"},{\"resource_id\":null},{},"
		"{\"resource_id\":17},{\"resource_id\":\"\\u00e9\"}]}";
	static const char *const keys[] = {"a", NULL, NULL, NULL, "17",
	"\xc3\xa9"};

	/* Also when the column is not wanted. */
	use("hss_quotas", "version");
	page = decode(body, strlen(body), NULL, 0, &status);
	for (int i = 0; i < 6; i++)
		is_string(page->elements[i].key, keys[i], "key %d", i);
	hw_page_free(page);
	use("hss_quota_statistics", "version");
	page = decode(quotas, strlen(quotas), NULL, 0, &status);
	ok(page->elements[0].key == NULL, "no key in a list without");
	hw_page_free(page);
}

static void
is_judged(const char *element, unsigned mismatches, bool carries_own)
{
	static const char *const states[] = {"normal", "expired"};
	static const char *const category[] = {"host_resource"};
	static const char *const ids[] = {"x"};
	static const char *const projects[] = {"p-1", "p-2"};
	HwExpected	expected[] = {
		{.values = states, .nvalues = 2, .own = "normal",
		.is_condition = true},
		{.values = category, .nvalues = 1, .own = "host_resource",
		.is_condition = true},
		{.values = ids, .nvalues = 1, .own = "x", .is_condition = false},
		{.values = projects, .nvalues = 2, .own = "p-1",
		.is_condition = true},
	};
	char		body[300];
	HwStatus	status;
	HwPage	   *page;

	expected[0].column = hw_column_find(table, "quota_status");
	expected[1].column = hw_column_find(table, "category");
	expected[2].column = hw_column_find(table, "resource_id");
	expected[3].column = hw_column_find(table, "project_id");
	snprintf(body, sizeof(body), "{\"data_list\":[%s]}", element);
	page = decode(body, strlen(body), expected, 4, &status);
	is_int(page->elements[0].mismatches, mismatches, "%s", element);
	is_int(page->elements[0].carries_own, carries_own, "its own values");
	ok(!page->elements[0].is_dropped, "nothing is dropped here");
	hw_page_free(page);
}

static void
test_conditions(void)
{
	/* Conditions look at fields, wanted or not. */
	use("hss_quotas", "host_name");
	is_judged("{\"quota_status\":\"normal\",\"resource_id\":\"x\","
			  "\"version\":\"hss.version.basic\"}", 0, true);
	is_judged("{\"quota_status\":\"normal\",\"resource_id\":\"x\"}", 0, true);
	is_judged("{\"quota_status\":\"expired\",\"resource_id\":\"x\"}", 0,
			  false);
	is_judged("{\"quota_status\":\"freeze\",\"resource_id\":\"x\"}", 1,
			  false);
	is_judged("{\"quota_status\":\"Normal\",\"resource_id\":\"x\"}", 1,
			  false);
	is_judged("{\"quota_status\":null,\"resource_id\":\"x\"}", 1, false);
	is_judged("{\"quota_status\":[],\"resource_id\":\"x\"}", 1, false);
	is_judged("{\"resource_id\":\"x\"}", 1, false);
	is_judged("{\"quota_status\":\"normal\",\"resource_id\":\"y\"}", 0,
			  false);
	is_judged("{\"quota_status\":\"normal\"}", 0, false);
	is_judged("{\"quota_status\":\"normal\",\"resource_id\":\"x\","
			  "\"version\":\"hss.version.container\"}", 2, false);
	is_judged("{\"version\":\"hss.version.container\"}", 3, false);
	is_judged("{\"quota_status\":\"normal\",\"resource_id\":\"x\","
			  "\"version\":\"hss.version.new\"}", 0, true);
}

static void
test_totals(void)
{
	static const struct
	{
		const char *text;
		long long	total;
	}			cases[] = {
		{"\"total_num\":60,", 60},
		{"\"total_num\":0,", 0},
		{"\"total_num\":\"60\",", 60},
		{"\"total_num\":6E1,", 60},
		{"\"total_num\":60.0,", 60},
		{"\"total_num\":4294967296,", 4294967296LL},
		{"", -1},
		{"\"total_num\":null,", -1},
		{"\"total_num\":-1,", -1},
		{"\"total_num\":-5,", -1},
		{"\"total_num\":1.5,", -1},
		{"\"total_num\":\"many\",", -1},
		{"\"total_num\":\"\",", -1},
		{"\"total_num\":[],", -1},
		{"\"total_num\":true,", -1},
		{"\"total_num\":99999999999999999999,", -1},
		{"\"Total_num\":5,", -1},
	};

	use("hss_quotas", "version");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		body[100];
		HwStatus	status;
		HwPage	   *page;

		snprintf(body, sizeof(body), "{%s\"data_list\":[]}", cases[i].text);
		page = decode(body, strlen(body), NULL, 0, &status);
		is_int(page ? page->total : -2, cases[i].total, "total of %s", body);
		hw_page_free(page);
	}
	use("bss_package_usages", "total");
	{
		HwStatus	status;
		HwPage	   *page = decode(packages, strlen(packages), NULL, 0,
								  &status);

		is_int(page->total, -1, "an API without totals has none");
		hw_page_free(page);
	}
}

/* No rows, or no reply? */
static void
test_empty(void)
{
	use("hss_quotas", "version");
	reads("{\"data_list\":[]}", "");
	reads("{\"data_list\":null,\"total_num\":0}", "");
	reads("{\"total_num\":0}", "");
	reads("{\"quota_statistics_list\":[]}", "");
	reads("{\"data_list\":[{}]}", "~\n");
	refuses("{}", HW_BAD_REPLY, "the reply has none of the fields of API "
			"\"quotas_detail\"", "");
	refuses("", HW_BAD_REPLY,
			"the body is not valid JSON: an empty body", "");
	refuses("null", HW_BAD_REPLY, "the reply is not a JSON object", "");
	refuses("{\"data_list\":{}}", HW_BAD_VALUE,
			"field \"data_list\" is not a list", "");
	refuses("{\"data_list\":\"\"}", HW_BAD_VALUE,
			"field \"data_list\" is not a list", "");
	refuses("{\"data_list\":[{},null]}", HW_BAD_VALUE,
			"an element of the list is not an object", "data_list[1]");
	refuses("{\"data_list\":[[]]}", HW_BAD_VALUE,
			"an element of the list is not an object", "data_list[0]");

	/* May be empty, and may be blank. */
	use("bss_expenditure_quota", "granting_amount");
	reads("{}", "");
	reads("null", "");
	reads("", "");
	reads("{\"granting_amount\":null}", "~\n");
	refuses(" ", HW_BAD_REPLY, NULL, "");
	refuses("[]", HW_BAD_REPLY, "the reply is not a JSON object", "");
	refuses("[{\"granting_amount\":1}]", HW_BAD_REPLY, NULL, "");
	refuses("42", HW_BAD_REPLY, NULL, "");
	refuses("\"text\"", HW_BAD_REPLY, NULL, "");
	refuses("{\"unheard_of\":1}", HW_BAD_REPLY, NULL, "");

	/* May be empty, but not blank. */
	use("bss_package_usages", "total");
	reads("{}", "");
	reads("{\"package_usage_infos\":null}", "");
	reads("{\"package_usage_infos\":[]}", "");
	refuses("null", HW_BAD_REPLY, NULL, "");
	refuses("", HW_BAD_REPLY,
			"the body is not valid JSON: an empty body", "");
	refuses("{\"unheard_of\":[]}", HW_BAD_REPLY, NULL, "");

	/* Neither. */
	use("bss_consumption_quota", "amount");
	refuses("{}", HW_BAD_REPLY, NULL, "");
	refuses("null", HW_BAD_REPLY, NULL, "");
	refuses("", HW_BAD_REPLY, NULL, "");
}

static void
test_refused(void)
{
	/* Another API's reply is not one without rows. */
	use("bss_consumption_quota", "*");
	refuses(packages, HW_BAD_REPLY, NULL, "");
	refuses(quotas, HW_BAD_REPLY, NULL, "");
	use("bss_expenditure_quota", "*");
	refuses(quotas, HW_BAD_REPLY, NULL, "");
	use("bss_package_usages", "*");
	refuses(consumption, HW_BAD_REPLY, NULL, "");
	refuses(quotas, HW_BAD_REPLY, NULL, "");
	use("hss_quotas", "*");
	refuses(packages, HW_BAD_REPLY, "the reply has none of the fields of API "
			"\"quotas_detail\"", "");
	refuses(consumption, HW_BAD_REPLY, NULL, "");
	use("hss_quota_summary", "*");
	refuses(expenditure, HW_BAD_REPLY, NULL, "");

	/* A failure inside a success. */
	use("bss_package_usages", "*");
	refuses("{\"error_code\":\"CBC.5001\",\"error_msg\":\"failed\"}",
			HW_HIDDEN_FAILURE, "failed", "");
	refuses("{\"error_code\":\"CBC.0151\",\"error_msg\":\"denied\","
			"\"package_usage_infos\":[]}", HW_DENIED, "denied", "");
	reads("{\"error_code\":\"CBC.0000\",\"error_msg\":\"Success\","
		  "\"package_usage_infos\":[]}", "");
	use("bss_expenditure_quota", "currency");
	refuses("{\"error_code\":\"CBC.6055\"}", HW_HIDDEN_FAILURE, "", "");
	reads("{\"error_code\":\"CBC.0000\",\"currency\":\"USD\"}", "USD\n");
	reads("{\"error_code\":\"CBC.0000\",\"error_msg\":\"Success\"}", "");
	reads("{\"error_code\":null,\"error_msg\":null}", "");
	refuses("{\"error_msg\":\"failed\"}", HW_BAD_REPLY, NULL, "");
	refuses("{\"error_code\":{},\"error_msg\":null}", HW_BAD_REPLY, NULL, "");
	refuses("{\"error_code\":\"CBC.0000\",\"unheard_of\":1}", HW_BAD_REPLY,
			NULL, "");
	reads("{\"error_code\":null,\"error_msg\":null,\"currency\":\"USD\"}",
		  "USD\n");

	/* Not JSON. */
	refuses("<html></html>", HW_BAD_REPLY,
			"the body is not valid JSON: no value at byte 1", "");
	refuses("{\"currency\":\"U", HW_BAD_REPLY, NULL, "");
	refuses("{\"currency\":\"a\",\"currency\":\"b\"}", HW_BAD_REPLY, NULL,
			"");
	refuses("{\"currency\":\"\xff\"}", HW_BAD_REPLY, NULL, "");
	refuses("{\"currency\":\"\\u0000\"}", HW_BAD_REPLY, NULL, "");
}

/* Rows whose members change their order, their number and their names. */
static void
test_order(void)
{
	HwText		body;
	HwText		expected;
	unsigned long chance = 12345;
	static const char *const names[] = {"resource_id", "version",
	"host_name", "host_id", "used_status"};

	use("hss_quotas", "resource_id version host_name");
	reads("{\"data_list\":[{\"resource_id\":\"1\",\"version\":\"a\"},"
		  "{\"version\":\"b\",\"resource_id\":\"2\"},"
		  "{\"version\":\"c\"},{},{\"x\":0,\"resource_id\":\"5\"},"
		  "{\"resource_id\":\"6\",\"version\":\"f\",\"host_name\":\"h\"},"
		  "{\"resource_ix\":\"7\",\"version\":\"g\",\"host_name\":\"i\"},"
		  "{\"resource_id\":\"8\"}]}",
		  "1|a|~\n2|b|~\n~|c|~\n~|~|~\n5|~|~\n6|f|h\n~|g|i\n8|~|~\n");

	/* Lists within lists: the hints of one are not those of another. */
	use("hss_quota_tags", "resource_id key value");
	reads("{\"data_list\":[{\"resource_id\":\"1\",\"tags\":[{\"key\":\"a\","
		  "\"value\":\"b\"},{\"value\":\"c\",\"key\":\"d\"}]},"
		  "{\"tags\":[{\"value\":\"e\",\"key\":\"f\"}],"
		  "\"resource_id\":\"2\"},{\"resource_id\":\"3\",\"tags\":"
		  "[{\"x\":1,\"key\":\"g\"},{\"x\":1,\"value\":\"h\"}]}]}",
		  "1|a|b\n1|d|c\n2|f|e\n3|g|~\n3|~|h\n");

	/* At random: members come and go, with up to 130 unknown in between. */
	use("hss_quotas", "resource_id version host_name");
	hw_text_init(&body, 0);
	hw_text_init(&expected, 0);
	hw_text_puts(&body, "{\"data_list\":[");
	for (int row = 0; row < 2000; row++)
	{
		int			order[] = {0, 1, 2, 3, 4};
		bool		has[5] = {false};
		int			nmembers;
		int			nunknown = 0;

		chance = chance * 6364136223846793005UL + 1442695040888963407UL;
		nmembers = (int) ((chance >> 33) % 6);
		if ((chance >> 40) % 8 == 0)
			nunknown = (int) ((chance >> 44) % 131);
		if ((chance >> 52) % 2)
		{
			for (int i = 4; i > 0; i--)
			{
				int			j = (int) ((chance >> (5 + 7 * i)) % (i + 1));
				int			swap = order[i];

				order[i] = order[j];
				order[j] = swap;
			}
		}
		hw_text_puts(&body, row ? ",{" : "{");
		for (int i = 0; i < nunknown; i++)
			hw_text_printf(&body, "\"x%d\":%d,", i, i);
		for (int i = 0; i < nmembers; i++)
		{
			has[order[i]] = true;
			hw_text_printf(&body, "\"%s\":\"%s-%d\",", names[order[i]],
						   names[order[i]], row);
		}
		hw_text_puts(&body, "\"last\":[]}");
		for (int i = 0; i < 3; i++)
		{
			if (i > 0)
				hw_text_putc(&expected, '|');
			if (has[i])
				hw_text_printf(&expected, "%s-%d", names[i], row);
			else
				hw_text_putc(&expected, '~');
		}
		hw_text_putc(&expected, '\n');
	}
	hw_text_puts(&body, "]}");
	reads(hw_text_string(&body), hw_text_string(&expected));
	hw_text_free(&body);
	hw_text_free(&expected);
}

/* More unknown members than places are remembered of. */
static void
test_unknown(void)
{
	HwText		body;

	use("hss_quotas", "resource_id version");
	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"data_list\":[");
	for (int row = 0; row < 3; row++)
	{
		hw_text_puts(&body, row ? ",{" : "{");
		for (int i = 0; i < 200; i++)
		{
			if (i == 63 || i == 64)
				hw_text_printf(&body, "\"%s\":\"%d\",",
							   i == 63 ? "resource_id" : "version", row);
			hw_text_printf(&body, "\"field-%d\":{\"resource_id\":9},", i);
		}
		hw_text_puts(&body, "\"z\":0}");
	}
	hw_text_puts(&body, "],\"added\":{\"data_list\":1},\"total_num\":3}");
	reads(hw_text_string(&body), "0|0\n1|1\n2|2\n");
	hw_text_free(&body);
}

/* Cells point into the page, also when its buffers have grown. */
static void
test_large(void)
{
	HwText		body;
	HwStatus	status;
	HwPage	   *page;
	int			nwrong = 0;

	use("hss_quotas", "tags expire_time resource_id");
	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"data_list\":[");
	for (int i = 0; i < 5000; i++)
		hw_text_printf(&body, "%s{\"resource_id\":\"r%d\",\"tags\":[%d],"
					   "\"expire_time\":%d.0}", i ? "," : "", i, i, i);
	hw_text_puts(&body, "]}");
	page = decode(body.data, body.length, NULL, 0, &status);
	is_int(page->nrows, 5000, "many rows");
	is_int(page->ncells, 3, "of three cells");
	for (int i = 0; i < page->nrows; i++)
	{
		const HwCell *row = page->cells + i * 3;
		char		text[3][20];

		snprintf(text[0], 20, "[%d]", i);
		snprintf(text[1], 20, "%d", i);
		snprintf(text[2], 20, "r%d", i);
		for (int c = 0; c < 3; c++)
			nwrong += strcmp(row[c].text, text[c]) != 0;
		nwrong += row[0].kind != HW_NODE_ARRAY;
		nwrong += row[1].kind != HW_NODE_NUMBER;
		nwrong += row[2].kind != HW_NODE_STRING;
	}
	is_int(nwrong, 0, "each in its place");
	hw_page_free(page);
	hw_text_free(&body);
	is_string(hw_form_column(form, 1)->name, "expire_time",
			  "a form knows its columns");
	hw_page_free(NULL);
	hw_form_close(NULL);
}

static bool
torture(void *arg)
{
	static const char *const values[] = {"normal"};
	const char *body = arg;
	HwForm	   *own = open_form("*");
	HwExpected	expected = {hw_column_find(table, "version"), values, 1,
	"normal", true};
	HwStatus	status;
	HwPage	   *page = NULL;
	bool		result;

	hw_status_clear(&status);
	if (own)
		page = hw_decode(own, body, strlen(body), asked, &expected,
						 expected.column ? 1 : 0, &status);
	result = page != NULL;
	if (own && !page && status.kind != HW_OUT_OF_MEMORY)
	{
		ok(false, "kind %d when out of memory: %s", status.kind, status.text);
		result = true;
	}
	hw_page_free(page);
	hw_form_close(own);
	return result;
}

static void
test_memory(void)
{
	HwText		body;

	use("bss_consumption_quota", "*");
	alloc_torture(torture, (void *) "{\"amount\":\" 1 \",\"measure_id\":1.0}",
				  "an object");
	use("hss_quota_tags", "*");
	alloc_torture(torture, (void *) quotas, "a list in a list");
	use("hss_quotas", "*");
	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"data_list\":[");
	for (int i = 0; i < 600; i++)
		hw_text_printf(&body, "%s{\"tags\":[%d],\"expire_time\":1e3}",
					   i ? "," : "", i);
	hw_text_puts(&body, "]}");
	alloc_torture(torture, (void *) hw_text_string(&body),
				  "a list that grows");
	hw_text_free(&body);
}

int
main(void)
{
	test_examples();
	test_numbers();
	test_texts();
	test_json();
	test_flatten();
	test_derived();
	test_keys();
	test_conditions();
	test_totals();
	test_empty();
	test_refused();
	test_order();
	test_unknown();
	test_large();
	test_memory();
	hw_form_close(form);
	return done();
}
