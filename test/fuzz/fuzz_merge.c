/*-------------------------------------------------------------------------
 *
 * fuzz_merge.c
 *	  Counters of two or three replies, put together.
 *
 * Lines: a digit, how many rows each reply was asked for; then one body each.
 * Whatever is found out about the replies, each counter of the result is that
 * of all of them or the sum over them, and all counters agree in which.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "core/merge.h"
#include "fuzz.h"

#define PAGES_MAX 3

static const HwApi *api;
static const HwTable *table;
static HwForm *form;

static void
open_form(void)
{
	const HwService *service;
	const HwColumn *columns[16];
	int			count = 0;

	table = hw_table_find("hss_quota_summary", &api, &service);
	while (table->columns[count].name)
	{
		columns[count] = &table->columns[count];
		count++;
	}
	form = hw_form_open(api, table, columns, count);
	require(form != NULL, "no form");
}

/* A cell as a number; wide enough for a sum of three. */
static __int128
number_of(const HwCell *cell, bool *is_wide)
{
	__int128	value = 0;
	const char *p = cell->text;

	*is_wide = false;
	for (p += *p == '-' || *p == '+'; *p; p++)
	{
		value = value * 10 + (*p - '0');
		if (value > ((__int128) 1 << 100))
		{
			*is_wide = true;
			return 0;
		}
	}
	return cell->text[0] == '-' ? -value : value;
}

/* Are the counters of a merged page sums of what went in, or the first? */
static void
require_sums(const HwPage *merged, HwPage *const *pages, int npages)
{
	bool		may_be_first = true;
	bool		may_be_sum = true;

	for (int c = 0; c < merged->ncells; c++)
	{
		const HwCell *cell = &merged->cells[c];
		const HwCell *first = &pages[0]->cells[c];
		__int128	sum = 0;
		bool		has_number = false;
		bool		is_wide = false;

		require(!cell->text || strlen(cell->text) == cell->length,
				"a wrong length");
		may_be_first &= (cell->text == NULL) == (first->text == NULL) &&
			(!cell->text || strcmp(cell->text, first->text) == 0);
		if (hw_form_column(form, c)->from_param)
			continue;
		for (int i = 0; i < npages && !is_wide; i++)
		{
			if (pages[i]->cells[c].text == NULL)
				continue;
			sum += number_of(&pages[i]->cells[c], &is_wide);
			has_number = true;
		}
		if (is_wide || has_number != (cell->text != NULL))
			may_be_sum = false;
		else if (has_number)
			may_be_sum &= sum == number_of(cell, &is_wide) && !is_wide;
	}
	require(may_be_first || may_be_sum, "neither a sum nor a whole");
}

static HwPage *
read_page(const FuzzLines *lines, int index)
{
	static HwAsked asked[2];
	HwStatus	status;

	asked[0].param = hw_param_find(api, "project_id");
	asked[0].value = "p-1";
	hw_status_clear(&status);
	return hw_decode(form, lines->text[index], lines->length[index], asked,
					 NULL, 0, &status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	HwPage	   *pages[PAGES_MAX];
	HwPage	   *before[PAGES_MAX];
	int			npages = 0;
	bool		are_read = true;
	HwStatus	status;

	if (form == NULL)
		open_form();
	fuzz_lines(data, size, &lines);
	while (npages < PAGES_MAX && npages < lines.count - 1)
	{
		pages[npages] = read_page(&lines, npages + 1);
		before[npages] = read_page(&lines, npages + 1);
		are_read &= pages[npages] != NULL;
		npages++;
	}
	if (are_read && npages > 1)
	{
		hw_status_clear(&status);
		if (hw_merge_pages(api, table, form, pages, npages,
						   atoi(fuzz_line(&lines, 0)), &status))
			require_sums(pages[0], before, npages);
		else
			fuzz_require_failure(&status);
	}
	while (npages-- > 0)
	{
		hw_page_free(pages[npages]);
		hw_page_free(before[npages]);
	}
	fuzz_lines_free(&lines);
	return 0;
}
