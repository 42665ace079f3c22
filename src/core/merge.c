/*-------------------------------------------------------------------------
 *
 * merge.c
 *	  Counters that were asked for value by value, put together.
 *
 * Answers that differ are parts, unless their lists overlap.  Answers that are
 * equal may be the whole, or parts that happen to be equal; then the reply's
 * other lists are evidence.
 *
 *-------------------------------------------------------------------------
 */
#include "core/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef enum Finding
{
	IS_WHOLE,
	IS_PART,
	IS_UNKNOWN
} Finding;

static long long
counter(const HwNode *object, const char *name)
{
	const HwNode *node = object ? hw_json_find(object, name) : NULL;
	long long	number;

	return node && hw_json_integer(node, &number) ? number : 0;
}

/* Do all answers count the same?  And is there anything to count? */
static bool
are_equal(const HwTable *table, HwPage *const *pages, int npages,
		  bool *are_zero)
{
	bool		are_same = true;

	*are_zero = true;
	for (const HwColumn *column = table->columns; column->name; column++)
	{
		long long	first = counter(pages[0]->elements[0].node, column->name);

		if (column->from_param)
			continue;
		for (int i = 0; i < npages; i++)
		{
			long long	number = counter(pages[i]->elements[0].node,
										 column->name);

			are_same &= number == first;
			*are_zero &= number == 0;
		}
	}
	return are_same;
}

/* Are the lists of two replies equal, text for text? */
static bool
are_same_lists(const HwNode *a, const HwNode *b, bool *has_failed)
{
	HwText		text_a;
	HwText		text_b;
	bool		are_same;

	hw_text_init(&text_a, 0);
	hw_text_init(&text_b, 0);
	if (a)
		hw_json_print(a, &text_a);
	if (b)
		hw_json_print(b, &text_b);
	*has_failed |= text_a.has_failed || text_b.has_failed;
	are_same = strcmp(hw_text_string(&text_a), hw_text_string(&text_b)) == 0;
	hw_text_free(&text_a);
	hw_text_free(&text_b);
	return are_same;
}

/*
 * The list of totals by kind: when it adds up to the reply's own total, it
 * counts what the counters count, and whether it follows the filter they do.
 */
static Finding
ask_parts(const HwApi *api, const HwTable *table, HwPage *const *pages,
		  int npages, bool *has_failed)
{
	bool		are_same = true;
	const HwNode *first = NULL;

	for (int i = 0; i < npages; i++)
	{
		const HwNode *root = pages[i]->elements[0].node;
		const HwNode *list = table->parts ? hw_json_find(root, table->parts)
			: NULL;
		long long	sum = 0;

		if (list == NULL || hw_json_kind(list) != HW_NODE_ARRAY)
			return IS_UNKNOWN;
		for (const HwNode *part = hw_json_child(list); part;
			 part = hw_json_next(part))
		{
			if (__builtin_add_overflow(sum, counter(part, api->paging.total),
									   &sum))
				return IS_UNKNOWN;
		}
		if (sum != counter(root, api->paging.total))
			return IS_UNKNOWN;
		if (i == 0)
			first = list;
		are_same &= are_same_lists(first, list, has_failed);
	}
	return are_same ? IS_WHOLE : IS_PART;
}

/* The list of rows that the counters are about, by the API's keyed table. */
static const HwNode *
rows_of(const HwApi *api, const HwNode *root)
{
	for (const HwTable *table = api->tables; table->name; table++)
	{
		if (table->key && table->rows)
			return hw_json_find(root, table->rows);
	}
	return NULL;
}

/*
 * The rows: a page below its limit shows all there are of one value.  If the
 * total is more than that, it counts other values too.
 */
static Finding
ask_rows(const HwApi *api, HwPage *const *pages, int npages, int limit,
		 bool *has_failed)
{
	Finding		finding = IS_UNKNOWN;

	for (int i = 0; i < npages; i++)
	{
		const HwNode *root = pages[i]->elements[0].node;
		const HwNode *rows = rows_of(api, root);
		const HwNode *first = rows_of(api, pages[0]->elements[0].node);
		long long	total = counter(root, api->paging.total);
		int			nrows = 0;

		if (rows == NULL || hw_json_kind(rows) != HW_NODE_ARRAY)
			return IS_UNKNOWN;
		for (const HwNode *row = hw_json_child(rows); row;
			 row = hw_json_next(row))
			nrows++;
		if (i > 0 && nrows > 0 && are_same_lists(first, rows, has_failed))
			return IS_WHOLE;	/* the filter itself was ignored */
		if (nrows >= limit)
			continue;
		if (total > nrows)
			return IS_WHOLE;
		finding = IS_PART;
	}
	return finding;
}

/*
 * The sum of one cell over all answers.  has_number tells whether any has
 * one; false when the sum or a part of it does not fit.
 */
static bool
sum_cell(HwPage *const *pages, int npages, int cell, long long *sum,
		 bool *has_number)
{
	*sum = 0;
	*has_number = false;
	for (int i = 0; i < npages; i++)
	{
		const char *text = pages[i]->cells[cell].text;
		long long	part;

		if (text == NULL)
			continue;
		errno = 0;
		part = strtoll(text, NULL, 10);
		if (errno == ERANGE || __builtin_add_overflow(*sum, part, sum))
			return false;
		*has_number = true;
	}
	return true;
}

/* The field that names a kind: the first column of the list's own table. */
static const char *
kind_field(const HwApi *api, const char *list)
{
	for (const HwTable *table = api->tables; table->name; table++)
	{
		if (table->rows && strcmp(table->rows, list) == 0)
			return table->columns[0].name;
	}
	return "";
}

/* Does a kind have a number in two lists?  Parts have none in common. */
static bool
share_kind(const HwApi *api, const char *field, const HwNode *a,
		   const HwNode *b)
{
	for (const HwNode *x = a ? hw_json_child(a) : NULL; x; x = hw_json_next(x))
	{
		const HwNode *kind = hw_json_find(x, field);
		const char *name = kind ? hw_json_text(kind) : NULL;

		for (const HwNode *y = b ? hw_json_child(b) : NULL; y && name;
			 y = hw_json_next(y))
		{
			const HwNode *other = hw_json_find(y, field);
			const char *text = other ? hw_json_text(other) : NULL;

			if (text && strcmp(name, text) == 0 &&
				counter(x, api->paging.total) > 0 &&
				counter(y, api->paging.total) > 0)
				return true;
		}
	}
	return false;
}

/*
 * Answers that differ are parts, unless their lists overlap: then each is the
 * whole, and it changed between the two.
 */
static bool
have_changed(const HwApi *api, const HwTable *table, HwPage *const *pages,
			 int npages, bool *has_failed)
{
	const HwNode *first = pages[0]->elements[0].node;
	const HwNode *rows = rows_of(api, first);

	for (int i = 1; i < npages; i++)
	{
		const HwNode *root = pages[i]->elements[0].node;

		if (table->parts &&
			share_kind(api, kind_field(api, table->parts),
					   hw_json_find(first, table->parts),
					   hw_json_find(root, table->parts)))
			return true;
		if (rows && hw_json_child(rows) &&
			are_same_lists(rows, rows_of(api, root), has_failed))
			return true;
	}
	return false;
}

/*
 * The list of totals by kind may count everything although the counters follow
 * the filter: then it is the same in all answers, and they add up to it.
 */
static bool
add_up_to_list(const HwApi *api, const HwTable *table, HwPage *const *pages,
			   int npages, bool *has_failed)
{
	const HwNode *first = table->parts ?
		hw_json_find(pages[0]->elements[0].node, table->parts) : NULL;
	long long	left = 0;

	if (first == NULL || hw_json_kind(first) != HW_NODE_ARRAY)
		return false;
	for (const HwNode *part = hw_json_child(first); part;
		 part = hw_json_next(part))
	{
		if (__builtin_add_overflow(left, counter(part, api->paging.total),
								   &left))
			return false;
	}
	for (int i = 0; i < npages; i++)
	{
		const HwNode *root = pages[i]->elements[0].node;

		if (!are_same_lists(first, hw_json_find(root, table->parts),
							has_failed) ||
			__builtin_sub_overflow(left, counter(root, api->paging.total),
								   &left))
			return false;
	}
	return left == 0;
}

static bool
add_cells(const HwForm *form, HwPage *const *pages, int npages,
		  HwStatus *status)
{
	HwPage	   *page = pages[0];
	HwText		printed;

	/* A buffer of its own: cells still point into the page's. */
	hw_text_init(&printed, 0);
	for (int c = 0; c < page->ncells; c++)
	{
		HwCell	   *cell = &page->cells[c];
		const HwColumn *column = hw_form_column(form, c);
		long long	sum;

		cell->is_printed = false;
		if (column->from_param)
			continue;
		if (!sum_cell(pages, npages, c, &sum, &cell->is_printed))
		{
			hw_text_free(&printed);
			return hw_status_set(status, HW_BAD_VALUE,
								 "field \"%s\" is out of range",
								 column->name);
		}
		if (!cell->is_printed)
			continue;
		cell->kind = HW_NODE_NUMBER;
		cell->offset = printed.length;
		hw_text_printf(&printed, "%lld", sum);
		cell->length = printed.length - cell->offset;
		hw_text_putc(&printed, '\0');
	}
	hw_text_free(&page->printed);
	page->printed = printed;
	if (printed.has_failed)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	for (int c = 0; c < page->ncells; c++)
	{
		if (page->cells[c].is_printed)
			page->cells[c].text = printed.data + page->cells[c].offset;
	}
	return true;
}

bool
hw_merge_pages(const HwApi *api, const HwTable *table, const HwForm *form,
			   HwPage **pages, int npages, int limit, HwStatus *status)
{
	Finding		finding = IS_PART;
	bool		are_zero;
	bool		has_failed = false;
	bool		have_drifted = false;

	for (int i = 0; i < npages; i++)
	{
		if (pages[i] == NULL || pages[i]->nelements != 1)
			return hw_status_set(status, HW_BAD_REPLY,
								 "a reply without counters");
	}
	if (npages > 1 && add_up_to_list(api, table, pages, npages, &has_failed))
		finding = IS_PART;
	else if (are_equal(table, pages, npages, &are_zero))
	{
		finding = are_zero ? IS_WHOLE
			: ask_parts(api, table, pages, npages, &has_failed);
		if (finding == IS_UNKNOWN)
			finding = ask_rows(api, pages, npages, limit, &has_failed);
	}
	else
		have_drifted = have_changed(api, table, pages, npages, &has_failed);
	if (has_failed)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	if (have_drifted)
		return hw_status_set(status, HW_DRIFTED,
							 "the counters changed while they were read");
	if (finding == IS_UNKNOWN)
		return hw_status_set(status, HW_BAD_REPLY,
							 "the replies do not tell whether each counts everything or only its own part");
	return finding == IS_WHOLE || add_cells(form, pages, npages, status);
}
