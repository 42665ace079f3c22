/*-------------------------------------------------------------------------
 *
 * test_sieve.c
 *	  Which elements go out, and what those that come again are taken for.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/sieve.h"
#include "tap.h"

static const HwApi *api;
static const HwTable *table;
static HwForm *form;
static HwSieve *sieve;

/* Rows must be of this state; the list asks for hosts. */
static const char *const states[] = {"normal"};
static const char *const categories[] = {"host_resource",
"container_resource"};

static void
use(const char *name)
{
	const HwService *service;

	table = hw_table_find(name, &api, &service);
	form = hw_form_open(api, table, &(const HwColumn *) {table->columns}, 1);
	sieve = hw_sieve_open(table, 2);
}

static void
stop(void)
{
	hw_sieve_close(sieve);
	hw_form_close(form);
}

/* What was asked for: a project, and hosts. */
static const HwAsked *
asked_of(const char *project)
{
	static HwAsked asked[3];

	asked[0] = (HwAsked) {hw_param_find(api, "project_id"), project};
	asked[1] = (HwAsked) {hw_param_find(api, "category"), "host_resource"};
	return asked;
}

static HwPage *
decode(const char *project, const char *body)
{
	const HwExpected expected[] = {
		{hw_column_find(table, "quota_status"), states, 1, "normal", true},
		{hw_column_find(table, "category"), categories, 2, "host_resource",
		false},
	};
	HwStatus	status;

	hw_status_clear(&status);
	return hw_decode(form, body, strlen(body), asked_of(project), expected,
					 expected[0].column ? 2 : 0, &status);
}

/* First cells of the elements that go out, and what else there is to say. */
static void
sifts(int list, const char *project, long offset, const char *body,
	  const char *expected, const char *name)
{
	HwPage	   *page = decode(project, body);
	HwStatus	status;
	HwText		out;
	bool		is_good = hw_sieve_page(sieve, list, page, asked_of(project),
										offset, &status);

	hw_text_init(&out, 0);
	for (int i = 0; is_good && i < page->nelements; i++)
	{
		const char *text = page->cells[page->elements[i].first_row].text;

		if (!page->elements[i].is_dropped)
			hw_text_printf(&out, "%s ", text ? text : "~");
	}
	if (status.kind != HW_OK)
		hw_text_printf(&out, "%s: %s", is_good ? "but" : "failed",
					   status.text);
	is_string(hw_text_string(&out), expected, "%s", name);
	ok(is_good ? status.kind == HW_OK || status.kind == HW_DRIFTED
	   : status.kind == HW_STUCK, "of kind %d", status.kind);
	hw_text_free(&out);
	hw_page_free(page);
}

#define LIST(rows) "{\"data_list\":[" rows "]}"
#define ROW(id) "{\"resource_id\":\"" id "\",\"quota_status\":\"normal\"}"
#define FROZEN(id) "{\"resource_id\":\"" id "\",\"quota_status\":\"freeze\"}"
#define CLUSTER "{\"version\":\"hss.version.container.enterprise\"," \
	"\"quota_status\":\"normal\"}"

static void
test_keys(void)
{
	const HwSifted *sifted;

	use("hss_quotas");
	sifts(0, "p", 0, LIST(ROW("a") "," ROW("b")), "a b ", "new keys");
	sifts(1, "p", 0, LIST(ROW("b") "," ROW("c")), "c ",
		  "a key of another list");
	sifts(1, "q", 0, LIST(ROW("b")), "b ", "the same in another project");
	sifted = hw_sieve_list(sieve, 0);
	ok(!sifted->is_doubtful && !sifted->lacks_key && sifted->nrepeated == 0,
	   "the first list is as it should be");
	sifted = hw_sieve_list(sieve, 1);
	ok(sifted->is_doubtful && sifted->nrepeated == 1,
	   "the other one has repeated an element");
	stop();

	use("hss_quotas");
	sifts(0, "p", 0, LIST(FROZEN("a") "," ROW("b")), "b ",
		  "what breaks a condition");
	sifted = hw_sieve_list(sieve, 0);
	ok(sifted->is_doubtful && sifted->ndropped == 1, "is counted");
	sifts(1, "p", 0, LIST(ROW("") "," ROW("")), "  ",
		  "an empty key is none");
	stop();

	/* What has no key is known by the values that were asked for. */
	use("hss_quotas");
	sifts(0, "p", 0, LIST("{\"quota_status\":\"normal\"}," CLUSTER), "~ ",
		  "without a key");
	ok(hw_sieve_list(sieve, 0)->lacks_key, "which is noted");
	stop();
}

static void
test_repeated(void)
{
	use("hss_quotas");
	sifts(0, "p", 0, LIST(ROW("a") "," ROW("b")), "a b ", "a page");
	sifts(0, "p", 2, LIST(ROW("b") "," ROW("c")),
		  "c but: resource_id \"b\" came twice", "a row that moved");
	sifts(0, "p", 4, LIST(ROW("b") "," ROW("c")),
		  "failed: the page at offset 4 repeats rows of the pages before",
		  "the page before");
	stop();

	use("hss_quotas");
	sifts(0, "p", 0, LIST(ROW("a") "," ROW("b")), "a b ", "a page");
	sifts(0, "p", 2, LIST(ROW("b") "," ROW("a")),
		  "but: resource_id \"a\" came twice", "its rows in another order");
	sifts(0, "p", 4, LIST(ROW("b")), "but: resource_id \"b\" came twice",
		  "some of them");
	sifts(0, "p", 5, LIST(""), "", "and none");
	stop();
}

#define COUNTS(rows) "{\"quota_statistics_list\":[" rows "]}"
#define COUNT(name, n) "{\"version\":\"" name "\",\"total_num\":" #n "}"

static void
test_united(void)
{
	use("hss_quota_statistics");
	sifts(0, "p", 0, COUNTS(COUNT("a", 1) "," COUNT("b", 2)), "a b ",
		  "counters");
	sifts(1, "p", 0, COUNTS(COUNT("b", 2) "," COUNT("c", 3)), "c ",
		  "those of another list that are equal");
	sifts(1, "q", 0, COUNTS(COUNT("b", 3)), "b ", "those of another project");
	stop();

	use("hss_quota_statistics");
	sifts(0, "p", 0, COUNTS(COUNT("a", 1) "," COUNT("a", 1)), "a a ",
		  "twice in a list");
	sifts(1, "p", 0, COUNTS(COUNT("a", 2) "," COUNT("b", 1)),
		  "b but: the counters changed while they were read",
		  "another count of the same");
	stop();
}

/* As many names as make the set of keys grow when one of them is noted. */
static bool
torture(void *arg)
{
	HwText	   *body = arg;
	HwPage	   *page = NULL;
	HwStatus	status;
	bool		is_good;

	use("hss_quota_statistics");
	is_good = form && sieve &&
		(page = decode("p", hw_text_string(body))) != NULL &&
		hw_sieve_page(sieve, 0, page, asked_of("p"), 0, &status);
	hw_page_free(page);
	stop();
	return is_good;
}

int
main(void)
{
	HwText		body;

	test_keys();
	test_repeated();
	test_united();

	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"quota_statistics_list\":[{\"total_num\":0}");
	for (int i = 0; i < 300; i++)
		hw_text_printf(&body, "," "{\"version\":\"v%d\"}", i);
	hw_text_puts(&body, "]}");
	alloc_torture(torture, &body, "counters of many editions");
	hw_text_free(&body);
	return done();
}
