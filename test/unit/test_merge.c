/*-------------------------------------------------------------------------
 *
 * test_merge.c
 *	  Counters of several replies: which are parts, which are the whole.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "core/merge.h"
#include "tap.h"

#define BODIES_MAX 3

static const HwApi *api;
static const HwTable *table;

typedef struct Case
{
	const char *bodies[BODIES_MAX];
	int			limit;
} Case;

/*
 * Merges the columns total_num, used_num and project_id.  The status, or the
 * cells of the first page between bars.
 */
static bool
merge(const Case *c, HwText *out, HwStatus *status)
{
	static const char *const names[] = {"total_num", "used_num", "project_id"};
	const HwColumn *columns[3];
	const HwAsked asked[] = {{hw_param_find(api, "project_id"), "p-1"}, {0}};
	HwForm	   *form;
	HwPage	   *pages[BODIES_MAX] = {0};
	int			npages = 0;
	bool		is_good;

	for (int i = 0; i < 3; i++)
		columns[i] = hw_column_find(table, names[i]);
	hw_status_clear(status);
	form = hw_form_open(api, table, columns, 3);
	is_good = form != NULL;
	while (is_good && npages < BODIES_MAX && c->bodies[npages])
	{
		const char *body = c->bodies[npages];

		pages[npages] = hw_decode(form, body, strlen(body), asked, NULL, 0,
								  status);
		is_good = pages[npages++] != NULL;
	}
	is_good = is_good && hw_merge_pages(api, table, form, pages, npages,
										c->limit, status);
	for (int i = 0; is_good && i < 3; i++)
		is_good = hw_text_printf(out, "|%s", pages[0]->cells[i].text ?
								 pages[0]->cells[i].text : "~");
	while (npages > 0)
		hw_page_free(pages[--npages]);
	hw_form_close(form);
	return is_good;
}

static void
merges(const Case *c, const char *expected, const char *name)
{
	HwText		text;
	HwStatus	status;

	hw_text_init(&text, 0);
	if (!merge(c, &text, &status))
	{
		hw_text_reset(&text);
		hw_text_printf(&text, "%d: %s", status.kind, status.text);
	}
	is_string(hw_text_string(&text), expected, "%s", name);
	hw_text_free(&text);
}

#define MERGES(expected, name, ...) \
	merges(&(Case) {{__VA_ARGS__}, 10}, expected, name)

static char too_large[80];
static char unknown[120];
static char changed[80];

static void
test_parts(void)
{
	MERGES("|5|1|p-1", "answers that differ are added",
		   "{\"total_num\":2,\"used_num\":1}", "{\"total_num\":3}");
	MERGES("|7|0|p-1", "three of them, too",
		   "{\"total_num\":1,\"used_num\":0}", "{\"total_num\":2}",
		   "{\"total_num\":4,\"used_num\":\"0\"}");
	MERGES("|3|~|p-1", "a number as text counts, and nobody's is NULL",
		   "{\"total_num\":\"1\",\"used_num\":null}",
		   "{\"total_num\":2.0,\"used_num\":null}");
	MERGES("|0|~|p-1", "nothing twice is nothing",
		   "{\"total_num\":0}", "{\"total_num\":0}");
	MERGES("|9223372036854775807|~|p-1", "as much as fits",
		   "{\"total_num\":9223372036854775806}", "{\"total_num\":1}");
	MERGES(too_large, "a sum that does not fit is no sum",
		   "{\"total_num\":9223372036854775807}", "{\"total_num\":1}");
	MERGES(too_large, "nor is one of a part that does not",
		   "{\"total_num\":-9223372036854775809,\"used_num\":1}",
		   "{\"total_num\":1}");
}

/* Equal answers are judged by the list of totals by edition. */
static void
test_lists(void)
{
#define BASIC(n) "{\"version\":\"hss.version.basic\",\"total_num\":" #n "}"
#define WTP(n) "{\"version\":\"hss.version.wtp\",\"total_num\":" #n "}"
#define REPLY(n, list) "{\"total_num\":" #n ",\"quota_statistics_list\":[" \
	list "]}"
	MERGES("|2|~|p-1", "equal answers with equal lists are the whole",
		   REPLY(2, BASIC(2)), REPLY(2, BASIC(2)));
	MERGES("|4|~|p-1", "with other lists they are parts",
		   REPLY(2, BASIC(2)), REPLY(2, WTP(2)));
	MERGES(unknown, "a list that does not add up tells nothing",
		   REPLY(2, BASIC(1)), REPLY(2, BASIC(1)));
	MERGES(unknown, "nor one whose sum is beyond all numbers",
		   REPLY(2, BASIC(9223372036854775807) "," WTP(1)),
		   REPLY(2, BASIC(9223372036854775807) "," WTP(1)));
	MERGES(changed, "other answers with a common edition have changed",
		   REPLY(2, BASIC(2)), REPLY(3, BASIC(3)));
	MERGES("|5|~|p-1", "one that counts zero is not common",
		   REPLY(2, BASIC(2) "," WTP(0)), REPLY(3, BASIC(0) "," WTP(3)));

	/* The counters follow the filter, and the list does not. */
	MERGES("|5|~|p-1", "parts add up to a list of everything",
		   REPLY(2, BASIC(2) "," WTP(3)), REPLY(3, BASIC(2) "," WTP(3)));
	MERGES("|4|~|p-1", "equal ones too",
		   REPLY(2, BASIC(2) "," WTP(2)), REPLY(2, BASIC(2) "," WTP(2)));
	MERGES(changed, "what does not add up to it has changed",
		   REPLY(2, BASIC(2) "," WTP(3)), REPLY(4, BASIC(2) "," WTP(3)));
}

/* Without such a list, by the rows. */
static void
test_rows(void)
{
#define ROWS(n, rows) "{\"total_num\":" #n ",\"data_list\":[" rows "]}"
#define ROW(id) "{\"resource_id\":\"" id "\"}"
	MERGES("|1|~|p-1", "equal rows: the filter was ignored",
		   ROWS(1, ROW("a")), ROWS(1, ROW("a")));
	MERGES("|2|~|p-1", "all rows of each, and no more counted: parts",
		   ROWS(1, ROW("a")), ROWS(1, ROW("b")));
	MERGES("|2|~|p-1", "fewer rows than counted: the count is of all",
		   ROWS(2, ROW("a")), ROWS(2, ROW("b")));
	MERGES(changed, "other counts with equal rows have changed",
		   ROWS(1, ROW("a")), ROWS(2, ROW("a")));
	MERGES(unknown, "without rows nothing is known",
		   "{\"total_num\":1}", "{\"total_num\":1}");
	merges(&(Case) {{ROWS(2, ROW("a") "," ROW("b")),
					 ROWS(2, ROW("c") "," ROW("d"))}, 2},
		   unknown, "full pages tell nothing");
}

static bool
torture(void *arg)
{
	HwText		text;
	HwStatus	status;
	bool		is_good;

	hw_text_init(&text, 0);
	is_good = merge(arg, &text, &status);
	if (!is_good && status.kind != HW_OUT_OF_MEMORY &&
		status.kind != HW_OK)
		diag("%d: %s", status.kind, status.text);
	hw_text_free(&text);
	return is_good;
}

int
main(void)
{
	const HwService *service;

	table = hw_table_find("hss_quota_summary", &api, &service);
	snprintf(too_large, sizeof(too_large),
			 "%d: field \"total_num\" is out of range", HW_BAD_VALUE);
	snprintf(unknown, sizeof(unknown),
			 "%d: the replies do not tell whether each counts everything or "
			 "only its own part", HW_BAD_REPLY);
	snprintf(changed, sizeof(changed),
			 "%d: the counters changed while they were read", HW_DRIFTED);
	test_parts();
	test_lists();
	test_rows();
	alloc_torture(torture, &(Case) {{REPLY(2, BASIC(2)), REPLY(2, WTP(2))}, 10},
				  "parts");
	alloc_torture(torture, &(Case) {{ROWS(1, ROW("a")), ROWS(1, ROW("b"))}, 10},
				  "rows");
	alloc_torture(torture, &(Case) {{"{\"total_num\":1}",
									 "{\"total_num\":2}"}, 10}, "sums");
	return done();
}
