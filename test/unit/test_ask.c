/*-------------------------------------------------------------------------
 *
 * test_ask.c
 *	  The request of each API, byte for byte, and what is refused.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/ask.h"
#include "tap.h"

#define PROJECT "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

static const HwService *service;
static const HwApi *api;

static void
use(const char *table)
{
	hw_table_find(table, &api, &service);
}

/* Pairs of name and value, NULL at the end. */
static bool
ask(HwRequest *request, const char *url, const char *scope_id,
	HwCursor cursor, const char *const *pairs, HwStatus *status)
{
	HwAsked		asked[40];
	HwBase		base;
	const char *reason;
	int			n = 0;

	for (; *pairs; pairs += 2, n++)
	{
		asked[n].param = hw_param_find(api, pairs[0]);
		asked[n].value = pairs[1];
		if (asked[n].param == NULL)
			abort();
	}
	asked[n].param = NULL;
	hw_status_clear(status);
	hw_request_init(request, "GET");
	if (!hw_url_base(url, &base, &reason))
		abort();
	return hw_ask(service, api, &base, asked, scope_id, cursor, request,
				  status);
}

#define PAIRS(...) ((const char *const[]) {__VA_ARGS__, NULL, NULL})
#define NO_PAIRS ((const char *const[]) {NULL})
#define NO_PAGE ((HwCursor) {0, 0})

static void
is_asked(const char *url, HwCursor cursor, const char *const *pairs,
		 const char *method, const char *expected)
{
	HwRequest	request;
	HwStatus	status;
	HwText		text;

	hw_text_init(&text, 0);
	ok(ask(&request, url, NULL, cursor, pairs, &status), "%s", expected);
	is_string(request.method, method, "its method");
	hw_request_url(&request, &text);
	is_string(hw_text_string(&text), expected, "its URL");
	is_int((long long) request.body.length, 0, "its body is empty");
	is_string(hw_request_find(&request, "Content-Type"), "application/json",
			  "which is JSON all the same");
	hw_text_free(&text);
	hw_request_free(&request);
}

static void
test_urls(void)
{
	use("bss_consumption_quota");
	is_asked("https://bss-intl.myhuaweicloud.com", NO_PAGE, NO_PAIRS, "GET",
			 "https://bss-intl.myhuaweicloud.com"
			 "/v2/partners/credit/consumption-quota");
	use("bss_expenditure_quota");
	is_asked("https://bss-intl.myhuaweicloud.com/", NO_PAGE, NO_PAIRS, "GET",
			 "https://bss-intl.myhuaweicloud.com"
			 "/v2/accounts/customer-accounts/expenditure-quota");
	use("bss_package_usages");
	is_asked("http://127.0.0.1:8080/case/a=b;c=d", NO_PAGE,
			 PAIRS("X-Language", "zh_CN"), "POST",
			 "http://127.0.0.1:8080/case/a%3Db%3Bc%3Dd"
			 "/v2/payments/free-resources/usages/query");

	/* The query is in the order of the names, as the signature wants it. */
	use("hss_quotas");
	is_asked("https://hss.ap-southeast-1.myhuaweicloud.com",
			 (HwCursor) {400, 200},
			 PAIRS("version", "hss.version.basic", "project_id", PROJECT,
				   "enterprise_project_id", "all_granted_eps",
				   "category", "host_resource",
				   "quota_status", "QUOTA_STATUS_NORMAL"), "GET",
			 "https://hss.ap-southeast-1.myhuaweicloud.com/v5/" PROJECT
			 "/billing/quotas-detail?category=host_resource"
			 "&enterprise_project_id=all_granted_eps&limit=200&offset=400"
			 "&quota_status=QUOTA_STATUS_NORMAL&version=hss.version.basic");
	is_asked("https://h", (HwCursor) {0, 10},
			 PAIRS("project_id", "a_B-9", "region", "ap-southeast-1",
				   "host_name", "k\xc3\xb6ln &=+/?%~.*'\""), "GET",
			 "https://h/v5/a_B-9/billing/quotas-detail?host_name="
			 "k%C3%B6ln%20%26%3D%2B%2F%3F%25~.%2A%27%22&limit=10&offset=0");
	is_asked("https://h", (HwCursor) {2000000, 200},
			 PAIRS("project_id", "p"), "GET",
			 "https://h/v5/p/billing/quotas-detail?limit=200&offset=2000000");
	is_asked("https://h", NO_PAGE, PAIRS("project_id", "p",
										 "host_name", ""), "GET",
			 "https://h/v5/p/billing/quotas-detail?host_name=");
	is_asked("https://h/x%20y/", NO_PAGE, PAIRS("project_id", "p"), "GET",
			 "https://h/x%20y/v5/p/billing/quotas-detail");
}

static void
test_headers(void)
{
	HwRequest	request;
	HwStatus	status;

	use("bss_package_usages");
	ok(ask(&request, "https://h", "acct", NO_PAGE,
		   PAIRS("X-Language", "en_US"), &status), "a request of BSS");
	is_string(hw_request_find(&request, "X-Language"), "en_US",
			  "has its header");
	is_string(hw_request_find(&request, "X-Domain-Id"), "acct",
			  "and names the account");
	ok(hw_request_find(&request, "X-Project-Id") == NULL, "but no project");
	for (int i = 0; i < request.nheaders; i++)
		is_int(request.headers[i].is_signed,
			   strcmp(request.headers[i].name, "Content-Type") != 0,
			   "%s is signed or not", request.headers[i].name);
	is_int(request.nheaders, 3, "these three");
	hw_request_free(&request);

	use("hss_quotas");
	ok(ask(&request, "https://h", PROJECT, (HwCursor) {0, 200},
		   PAIRS("project_id", PROJECT, "region", "af-south-1",
				 "category", "host_resource"), &status), "a request of HSS");
	is_string(hw_request_find(&request, "X-Project-Id"), PROJECT,
			  "names the project");
	ok(hw_request_find(&request, "X-Domain-Id") == NULL, "but no account");
	is_string(hw_request_find(&request, "region"), "af-south-1",
			  "and the region");
	ok(hw_request_find(&request, "category") == NULL &&
	   hw_request_find(&request, "project_id") == NULL,
	   "what is elsewhere is no header");
	hw_request_free(&request);

	ok(ask(&request, "https://h", "", NO_PAGE, PAIRS("project_id", "p"),
		   &status) && hw_request_find(&request, "X-Project-Id") == NULL,
	   "an empty id is none");
	hw_request_free(&request);
}

static void
is_refused(const char *const *pairs, const char *scope_id, HwKind kind,
		   const char *secret)
{
	HwRequest	request;
	HwStatus	status;

	HwCursor	cursor = {0, api->paging.size};

	ok(!ask(&request, "https://h", scope_id, cursor, pairs, &status),
	   "refused: %.100s", pairs[1]);
	is_int(status.kind, kind, "its kind");
	ok(status.text[0] != '\0', "it says why: %s", status.text);
	if (secret)
		ok(strstr(status.text, secret) == NULL, "without the value");
	hw_request_free(&request);
}

static void
test_refused(void)
{
	static const char *const paths[] = {
		"a/b", "..", ".", "a?b", "a#b", "a%2Fb", "a b", " a", "a ", "a\nb",
		"\xc3\xa9", "a;b", "a=b", "{project_id}", "a\\b", "a.b", "a:b", NULL
	};
	char		longer[5000];

	use("hss_quotas");
	for (int i = 0; paths[i]; i++)
		is_refused(PAIRS("project_id", paths[i]), NULL, HW_BAD_REQUEST, NULL);
	is_refused(PAIRS("project_id", ""), NULL, HW_INTERNAL, NULL);
	is_refused(PAIRS("category", "host_resource"), NULL, HW_INTERNAL, NULL);
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	is_refused(PAIRS("project_id", longer), NULL, HW_BAD_REQUEST, NULL);

	is_refused(PAIRS("project_id", "p", "region", "r\r\nX-Injected: 1"),
			   NULL, HW_BAD_VALUE, "Injected");
	is_refused(PAIRS("project_id", "p", "region", "r\nX-Injected: 1"),
			   NULL, HW_BAD_VALUE, "Injected");
	is_refused(PAIRS("project_id", "p"), "p\r\nX-Injected: 1", HW_BAD_VALUE,
			   "Injected");
	use("bss_package_usages");
	is_refused(PAIRS("X-Language", "en\x7fUS"), NULL, HW_BAD_VALUE, NULL);
	is_refused(PAIRS("X-Language", "en\tUS"), NULL, HW_BAD_VALUE, NULL);
}

/* The path's name must be whole: "project" is not "project_id". */
static void
test_template(void)
{
	static const HwParam params[] = {
		{.name = "a", .place = HW_IN_PATH},
		{.name = "ab", .place = HW_IN_PATH},
		{0}
	};
	static const HwApi template = {
		.name = "t", .path = "/x/{ab}/y/{a}{ab}", .params = params
	};
	HwAsked		asked[3] = {{&params[0], "1"}, {&params[1], "2"}, {NULL, NULL}};
	HwRequest	request;
	HwStatus	status;
	HwBase		base;
	const char *reason;

	hw_url_base("https://h", &base, &reason);
	hw_request_init(&request, "GET");
	ok(hw_ask(service, &template, &base, asked, NULL, NO_PAGE, &request,
			  &status), "several params in a path");
	is_string(hw_text_string(&request.path), "/x/2/y/12", "each in its place");
	hw_request_free(&request);

	/* A value is not read as a template again. */
	asked[1].value = "{a}";
	hw_request_init(&request, "GET");
	ok(!hw_ask(service, &template, &base, asked, NULL, NO_PAGE, &request,
			   &status), "braces in a value are refused");
	hw_request_free(&request);
}

static bool
torture(void *arg)
{
	HwRequest	request;
	HwStatus	status;
	bool		result;

	(void) arg;
	result = ask(&request, "https://h", PROJECT, (HwCursor) {0, 200},
				 PAIRS("project_id", PROJECT, "region", "af-south-1",
					   "category", "host_resource", "host_name", "x"),
				 &status);
	hw_request_free(&request);
	return result;
}

int
main(void)
{
	test_urls();
	test_headers();
	test_refused();
	test_template();
	use("hss_quotas");
	alloc_torture(torture, NULL, "a request");
	return done();
}
