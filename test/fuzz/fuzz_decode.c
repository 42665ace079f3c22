/*-------------------------------------------------------------------------
 *
 * fuzz_decode.c
 *	  Replies to rows, for each table of the catalogue.
 *
 * An input is a letter that chooses the table, a letter that chooses among
 * its columns, and the body.  Read with all columns and with some, the rows
 * must be the same; and elements, rows and cells must be those that a walk
 * over the tree finds.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "core/decode.h"
#include "core/verdict.h"
#include "fuzz.h"

#define COLUMNS_MAX 64

static const char *const own_values[] = {"normal", "host_resource"};

typedef struct Reading
{
	HwForm	   *form;
	HwPage	   *page;
	HwStatus	status;
} Reading;

/* What the pager would pass: values that were asked for, conditions. */
static void
read_body(Reading *reading, const FuzzTable *which,
		  const HwColumn *const *columns, int ncolumns, const char *body,
		  size_t size)
{
	HwAsked		asked[3] = {{0}};
	HwExpected	expected[2];
	int			nexpected = 0;

	if (which->api->params && which->service == &hw_hss)
	{
		asked[0].param = hw_param_find(which->api, "project_id");
		asked[0].value = "p-1";
		asked[1].param = hw_param_find(which->api, "category");
		asked[1].value = own_values[1];
	}
	for (int i = 0; i < 2; i++)
	{
		const HwColumn *column = hw_column_find(which->table,
												i ? "category" :
												"quota_status");

		if (column)
			expected[nexpected++] = (HwExpected) {column, own_values, 2,
			own_values[i], i == 0};
	}
	hw_status_clear(&reading->status);
	reading->form = hw_form_open(which->api, which->table, columns, ncolumns);
	require(reading->form != NULL, "no form");
	reading->page = hw_decode(reading->form, body, size,
							  asked[0].param ? asked : NULL, expected,
							  nexpected, &reading->status);
	if (reading->page == NULL)
		fuzz_require_failure(&reading->status);
}

static void
let_go(Reading *reading)
{
	hw_page_free(reading->page);
	hw_form_close(reading->form);
}

/* --- one page ------------------------------------------------------- */

static void
require_cell(const HwColumn *column, const HwCell *cell)
{
	const char *text = cell->text;
	HwStatus	status;
	HwJson	   *json;

	if (text == NULL)
	{
		require(cell->length == 0, "a NULL with a length");
		return;
	}
	require(cell->kind != HW_NODE_NULL, "a null with a text: %s", text);
	require(strlen(text) == cell->length, "the length of \"%s\" is %zu",
			text, cell->length);
	require(fuzz_is_utf8(text, cell->length), "a cell not UTF-8: %s", text);
	if ((column->type == HW_INT4 || column->type == HW_INT8) &&
		column->reading == HW_AS_IS)
	{
		size_t		sign = *text == '-' || *text == '+';

		require(text[sign] && strspn(text + sign, "0123456789") ==
				cell->length - sign, "integer \"%s\"", text);
	}
	if (column->type == HW_JSONB)
	{
		json = hw_json_parse(text, cell->length, &status);
		require(json != NULL, "JSON \"%s\": %s", text, status.text);
		require(hw_json_kind(hw_json_root(json)) == cell->kind,
				"JSON \"%s\" was another kind", text);
		hw_json_free(json);
	}
}

/* Nothing in it but that it is a success. */
static bool
is_void(const HwNode *root)
{
	for (const HwNode *n = hw_json_child(root); n; n = hw_json_next(n))
	{
		if (strcmp(hw_json_name(n), "error_code") != 0 &&
			strcmp(hw_json_name(n), "error_msg") != 0)
			return false;
	}
	return true;
}

/* How many rows an element has to have. */
static int
count_rows(const HwTable *table, const HwNode *element)
{
	const HwNode *list;
	int			count = 0;

	if (table->flatten == NULL)
		return 1;
	list = hw_json_find(element, table->flatten);
	for (list = list ? hw_json_child(list) : NULL; list;
		 list = hw_json_next(list))
		count++;
	return count;
}

static void
require_element(const FuzzTable *which, const HwElement *element,
				const HwNode *node)
{
	const HwTable *table = which->table;
	const HwNode *key = table->key ? hw_json_find(node, table->key) : NULL;
	const char *text = key ? hw_json_text(key) : NULL;

	require(element->node == node, "an element is out of order");
	require(element->nrows == count_rows(table, node),
			"an element has %d rows", element->nrows);
	require(!element->is_dropped, "an element is dropped");
	if (text && text[0])
		require(element->key && strcmp(element->key, text) == 0,
				"the key of %s is %s", text, element->key);
	else
		require(element->key == NULL, "a key from nowhere: %s", element->key);
	if (hw_column_find(table, "quota_status"))
	{
		const HwNode *status = hw_json_find(node, "quota_status");
		const char *value = status ? hw_json_text(status) : NULL;
		bool		matches = value && (strcmp(value, own_values[0]) == 0 ||
										strcmp(value, own_values[1]) == 0);

		require(((element->mismatches & 1) == 0) == matches,
				"\"%s\" is judged wrongly", value ? value : "NULL");
	}
	require((element->mismatches & ~1U) == 0, "a hint became a condition");
}

static void
require_page(const FuzzTable *which, const Reading *reading)
{
	const HwPage *page = reading->page;
	const HwTable *table = which->table;
	const HwNode *root = page->json ? hw_json_root(page->json) : NULL;
	const HwNode *node = root;
	int			nrows = 0;
	int			nelements = 0;

	if (table->rows)
	{
		node = root ? hw_json_find(root, table->rows) : NULL;
		node = node ? hw_json_child(node) : NULL;
	}
	else if (node && (hw_json_kind(node) == HW_NODE_NULL || is_void(node)))
		node = NULL;			/* may_be_blank, may_be_empty */
	for (; node; node = table->rows ? hw_json_next(node) : NULL)
	{
		const HwElement *element = &page->elements[nelements];

		require(nelements++ < page->nelements, "an element is missing");
		require(element->first_row == nrows, "rows are not in order");
		require_element(which, element, node);
		nrows += element->nrows;
	}
	require(nelements == page->nelements, "%d elements too many",
			page->nelements - nelements);
	require(nrows == page->nrows, "%d rows are in no element",
			page->nrows - nrows);
	require(page->total >= -1, "a total of %lld", page->total);
	for (int i = 0; i < page->nrows * page->ncells; i++)
		require_cell(hw_form_column(reading->form, i % page->ncells),
					 &page->cells[i]);
}

/* --- two readings --------------------------------------------------- */

static bool
is_same_cell(const HwCell *a, const HwCell *b)
{
	return a->kind == b->kind && a->length == b->length &&
		(a->text == NULL) == (b->text == NULL) &&
		(a->text == NULL || memcmp(a->text, b->text, a->length) == 0);
}

/* Every second column, backwards: the same cells in other places. */
static void
require_same_cells(const FuzzTable *which, const Reading *all,
				   unsigned choice, const char *body, size_t size)
{
	const HwColumn *columns[COLUMNS_MAX];
	int			places[COLUMNS_MAX];
	int			ncolumns = 0;
	Reading		some;

	for (int i = which->ncolumns - 1; i >= 0; i--)
	{
		if ((choice >> i % 7) & 1)
		{
			columns[ncolumns] = &which->table->columns[i];
			places[ncolumns++] = i;
		}
	}
	read_body(&some, which, columns, ncolumns, body, size);
	require(some.page != NULL || all->page == NULL,
			"some columns fail where all do not: %s", some.status.text);
	if (all->page)
	{
		require(some.page->nrows == all->page->nrows &&
				some.page->nelements == all->page->nelements &&
				some.page->total == all->page->total,
				"rows depend on columns");
		for (int r = 0; r < some.page->nrows; r++)
			for (int c = 0; c < ncolumns; c++)
				require(is_same_cell(&some.page->cells[r * ncolumns + c],
									 &all->page->cells[r * which->ncolumns +
													   places[c]]),
						"cells of %s differ", columns[c]->name);
	}
	let_go(&some);
}

/* A body that was cut off is refused, unless the rest was blanks. */
static void
require_whole(const FuzzTable *which, const HwColumn *const *columns,
			  const char *body, size_t size, size_t cut)
{
	char	   *prefix = fuzz_copy((const uint8_t *) body, cut);
	Reading		reading;

	read_body(&reading, which, columns, which->ncolumns, prefix, cut);
	if (cut > 0 && cut < size)
	{
		size_t		rest = cut;

		while (rest < size && strchr(" \t\r\n", body[rest]) && body[rest])
			rest++;
		require(reading.page == NULL || rest == size,
				"%zu of %zu bytes were enough", cut, size);
	}
	let_go(&reading);
	free(prefix);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzTable	which;
	const HwColumn *columns[COLUMNS_MAX];
	char	   *body;
	Reading		all;

	if (size < 2)
		return 0;
	which = fuzz_table(data[0]);
	for (int i = 0; i < which.ncolumns; i++)
		columns[i] = &which.table->columns[i];
	body = fuzz_copy(data + 2, size - 2);

	read_body(&all, &which, columns, which.ncolumns, body, size - 2);
	if (all.page)
	{
		require_page(&which, &all);
		require_whole(&which, columns, body, size - 2,
					  size > 2 ? (data[1] * 37u) % (size - 2) : 0);
	}
	require_same_cells(&which, &all, data[1], body, size - 2);
	let_go(&all);
	free(body);
	return 0;
}
