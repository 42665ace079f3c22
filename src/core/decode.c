/*-------------------------------------------------------------------------
 *
 * decode.c
 *	  Rows out of a JSON reply.
 *
 * Unknown fields are passed over, since services add them without notice;
 * absent fields and nulls are NULL.  A field whose kind cannot be its column's
 * is an error that names its place, never a NULL.
 *
 *-------------------------------------------------------------------------
 */
#include "core/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/stop.h"
#include "core/verdict.h"

/* More fields than any table of the catalogue has, with key and lists. */
#define FIELDS_MAX 32

/* Children of an object whose place is remembered from the last one. */
#define HINTS_MAX 64

/* Expected values, each a bit of HwElement.mismatches. */
#define EXPECTED_MAX 32

/* Text of all JSON cells of a page; bodies are bounded far below. */
#define PRINTED_BYTES_MAX ((size_t) 1 << 30)

/* Fields looked for in one kind of object. */
typedef struct Fields
{
	const char *names[FIELDS_MAX];
	int			count;
} Fields;

/* One object with its fields found. */
typedef struct Found
{
	const HwNode *nodes[FIELDS_MAX];
	const HwNode *last;			/* first child of the object before */
	int			hints[HINTS_MAX];
} Found;

/* Where a column's value comes from. */
typedef struct Source
{
	const HwColumn *column;
	bool		in_entry;		/* of the flattened list, else the element */
	int			field;			/* index in Fields, -1 for none */
} Source;

struct HwForm
{
	const HwApi *api;
	const HwTable *table;
	Fields		element;
	Fields		entry;
	Source	   *sources;		/* the wanted columns */
	int			nsources;
	int			key;			/* fields of the element, -1 for none */
	int			list;
};

typedef struct Decoder
{
	const HwForm *form;
	HwPage	   *page;
	const HwAsked *asked;
	const HwExpected *expected;
	int			nexpected;
	int			expected_fields[EXPECTED_MAX];	/* of the element, -1 for none */
	int			elements_max;
	int			rows_max;
	Found		element;
	Found		entry;
	HwStatus   *status;
} Decoder;

/* --- forms ---------------------------------------------------------- */

static int
field_add(Fields *fields, const char *name)
{
	for (int i = 0; i < fields->count; i++)
	{
		if (strcmp(fields->names[i], name) == 0)
			return i;
	}
	if (fields->count == FIELDS_MAX)
		return -1;
	fields->names[fields->count] = name;
	return fields->count++;
}

static Source
source_of(HwForm *form, const HwColumn *column)
{
	Source		source = {.column = column, .field = -1};
	const char *name = column->json ? column->json : column->name;

	if (column->derive_from)
		source.field = field_add(&form->element, column->derive_from);
	else if (column->from_param)
		source.field = -1;
	else if (name[0] == '^')
		source.field = field_add(&form->element, name + 1);
	else
	{
		source.in_entry = form->table->flatten != NULL;
		source.field = field_add(source.in_entry ? &form->entry
								 : &form->element, name);
	}
	return source;
}

HwForm *
hw_form_open(const HwApi *api, const HwTable *table,
			 const HwColumn *const *columns, int ncolumns)
{
	HwForm	   *form = calloc(1, sizeof(HwForm));

	if (form == NULL)
		return NULL;
	form->api = api;
	form->table = table;
	form->sources = calloc(ncolumns > 0 ? ncolumns : 1, sizeof(Source));
	if (form->sources == NULL)
	{
		free(form);
		return NULL;
	}

	/* All of the table's, so that conditions and the check of an object that
	 * is another API's reply find theirs too. */
	for (const HwColumn *column = table->columns; column->name; column++)
		(void) source_of(form, column);
	for (int i = 0; i < ncolumns; i++)
		form->sources[i] = source_of(form, columns[i]);
	form->nsources = ncolumns;
	form->key = table->key ? field_add(&form->element, table->key) : -1;
	form->list = table->flatten ? field_add(&form->element, table->flatten)
		: -1;
	return form;
}

void
hw_form_close(HwForm *form)
{
	if (form)
		free(form->sources);
	free(form);
}

const HwColumn *
hw_form_column(const HwForm *form, int cell)
{
	return form->sources[cell].column;
}

/* --- finding fields ------------------------------------------------- */

static int
field_find(const Fields *fields, const char *name)
{
	for (int i = 0; i < fields->count; i++)
	{
		if (strcmp(fields->names[i], name) == 0)
			return i;
	}
	return -1;
}

/*
 * Notes which child is which field.  Objects of one list mostly name their
 * members in the same order, so the one before is a good guess.
 */
static int
find_fields(const Fields *fields, const HwNode *object, Found *found)
{
	const HwNode *before = found->last;
	int			place = 0;
	int			nfound = 0;

	memset(found->nodes, 0, sizeof(found->nodes[0]) * fields->count);
	found->last = hw_json_child(object);
	for (const HwNode *child = found->last; child;
		 child = hw_json_next(child), place++)
	{
		const char *name = hw_json_name(child);
		int			field;

		if (before && place < HINTS_MAX &&
			before->name_length == child->name_length &&
			memcmp(before->name, name, child->name_length) == 0)
			field = found->hints[place];
		else
			field = field_find(fields, name);
		if (place < HINTS_MAX)
			found->hints[place] = field;
		if (field >= 0)
		{
			found->nodes[field] = child;
			nfound++;
		}
		before = before ? hw_json_next(before) : NULL;
	}
	return nfound;
}

/* --- cells ---------------------------------------------------------- */

static bool
bad_value(Decoder *decoder, const HwColumn *column, const char *what)
{
	return hw_status_set(decoder->status, HW_BAD_VALUE,
						 "field \"%s\" %s", column->name, what);
}

/* An optional sign, digits, fraction and exponent: no NaN, no hexadecimal. */
static bool
is_number(const char *text)
{
	size_t		whole;
	size_t		part = 0;

	text += (*text == '-' || *text == '+');
	whole = strspn(text, "0123456789");
	text += whole;
	if (*text == '.')
	{
		part = strspn(text + 1, "0123456789");
		text += 1 + part;
	}
	if (whole + part == 0)
		return false;
	if (*text == 'e' || *text == 'E')
	{
		text++;
		text += (*text == '-' || *text == '+');
		whole = strspn(text, "0123456789");
		if (whole == 0)
			return false;
		text += whole;
	}
	return *text == '\0';
}

/* Puts a text of our own making behind the page's printed texts. */
static bool
cell_print(Decoder *decoder, HwCell *cell, const HwNode *node,
		   const char *text, size_t length)
{
	HwText	   *out = &decoder->page->printed;

	cell->is_printed = true;
	cell->offset = out->length;
	if (node)
		hw_json_print(node, out);
	else
		hw_text_append(out, text, length);
	cell->length = out->length - cell->offset;
	if (!hw_text_putc(out, '\0'))
		return hw_status_set(decoder->status,
							 out->is_too_large ? HW_TOO_LARGE
							 : HW_OUT_OF_MEMORY,
							 "the JSON values of one page are too large");
	return true;
}

/* Amounts come as numbers in one API and as strings in the next. */
static bool
cell_number(Decoder *decoder, const HwColumn *column, const HwNode *node,
			HwCell *cell)
{
	const char *text = hw_json_text(node);
	size_t		length;
	HwPlain		plain;

	if (text == NULL)
		return bad_value(decoder, column, "is not a number");
	text += strspn(text, " \t\r\n");
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n", text[length - 1]))
		length--;
	if (length == 0)
		return true;			/* an empty text is no amount: NULL */

	if (text[length] != '\0')
	{
		if (!cell_print(decoder, cell, NULL, text, length))
			return false;
		text = decoder->page->printed.data + cell->offset;
	}
	if (!is_number(text))
		return bad_value(decoder, column, "is not a number");
	if (column->type != HW_NUMERIC && strpbrk(text, ".eE"))
	{
		if (!hw_number_plain(text, plain))
			return bad_value(decoder, column, "is not an integer");
		return cell_print(decoder, cell, NULL, plain, strlen(plain));
	}
	cell->text = text;
	cell->length = length;
	return true;
}

/*
 * The text of a field as its column's type reads it; a cell of kind
 * HW_NODE_NULL when there is none.
 */
static bool
cell_of_node(Decoder *decoder, const HwColumn *column, const HwNode *node,
			 HwCell *cell)
{
	HwNodeKind	kind = node ? hw_json_kind(node) : HW_NODE_NULL;
	bool		is_epoch = column->reading == HW_EPOCH;

	memset(cell, 0, sizeof(*cell));
	cell->kind = kind;
	if (kind == HW_NODE_NULL)
		return true;
	if (column->type == HW_JSONB)
		return cell_print(decoder, cell, node, NULL, 0);
	if (kind == HW_NODE_ARRAY || kind == HW_NODE_OBJECT)
		return bad_value(decoder, column, kind == HW_NODE_ARRAY ?
						 "is a list" : "is an object");
	if (column->type == HW_NUMERIC || column->type == HW_INT4 ||
		column->type == HW_INT8 || is_epoch)
		return cell_number(decoder, column, node, cell);

	if (kind == HW_NODE_TRUE || kind == HW_NODE_FALSE)
		cell->text = kind == HW_NODE_TRUE ? "true" : "false";
	else
		cell->text = hw_json_text(node);
	cell->length = kind == HW_NODE_STRING || kind == HW_NODE_NUMBER ?
		node->length : strlen(cell->text);
	if (column->reading == HW_UTC && cell->length == 0)
		cell->text = NULL;
	return true;
}

static const char *
asked_value(const Decoder *decoder, const char *param)
{
	for (const HwAsked *asked = decoder->asked; asked && asked->param; asked++)
	{
		if (strcmp(asked->param->name, param) == 0)
			return asked->value;
	}
	return NULL;
}

/* The value a column has for conditions: text as in the reply, or NULL. */
static const char *
column_text(const Decoder *decoder, const HwColumn *column,
			const HwNode *node, bool *is_asked)
{
	const char *text = node ? hw_json_text(node) : NULL;

	*is_asked = false;
	if (column->derive_from)
		text = text ? hw_column_derive(column, text) : NULL;
	if (text == NULL && column->from_param)
	{
		*is_asked = true;
		text = asked_value(decoder, column->from_param);
	}
	return text;
}

static bool
cell_fill(Decoder *decoder, const Source *source, HwCell *cell)
{
	const Found *found = source->in_entry ? &decoder->entry
		: &decoder->element;
	const HwNode *node = source->field >= 0 ? found->nodes[source->field]
		: NULL;
	bool		is_asked;

	if (source->column->from_param == NULL)
		return cell_of_node(decoder, source->column, node, cell);

	memset(cell, 0, sizeof(*cell));
	cell->text = column_text(decoder, source->column, node, &is_asked);
	cell->kind = cell->text ? HW_NODE_STRING : HW_NODE_NULL;
	cell->length = cell->text ? strlen(cell->text) : 0;
	return true;
}

/* --- rows ----------------------------------------------------------- */

static bool
out_of_memory(Decoder *decoder)
{
	return hw_status_set(decoder->status, HW_OUT_OF_MEMORY, "out of memory");
}

static bool
add_row(Decoder *decoder)
{
	HwPage	   *page = decoder->page;
	const HwForm *form = decoder->form;
	HwCell	   *row;

	if (page->nrows == decoder->rows_max)
	{
		int			more = decoder->rows_max ? decoder->rows_max * 2 : 256;
		size_t		width = form->nsources > 0 ? form->nsources : 1;
		HwCell	   *cells = realloc(page->cells, more * width * sizeof(HwCell));

		if (cells == NULL)
			return out_of_memory(decoder);
		page->cells = cells;
		decoder->rows_max = more;
	}
	row = page->cells + (size_t) page->nrows * form->nsources;
	for (int i = 0; i < form->nsources; i++)
	{
		if (!cell_fill(decoder, &form->sources[i], &row[i]))
			return false;
	}
	page->nrows++;
	return true;
}

/* Notes where in an element the expected values stand. */
static void
find_expected(Decoder *decoder)
{
	for (int i = 0; i < decoder->nexpected; i++)
	{
		const HwColumn *column = decoder->expected[i].column;
		const char *name = column->derive_from ? column->derive_from
			: column->json ? column->json + (column->json[0] == '^')
			: column->name;

		decoder->expected_fields[i] = field_find(&decoder->form->element,
												 name);
	}
}

static void
judge_element(Decoder *decoder, HwElement *element)
{
	element->carries_own = true;
	for (int i = 0; i < decoder->nexpected; i++)
	{
		const HwExpected *expected = &decoder->expected[i];
		int			field = decoder->expected_fields[i];
		const HwNode *node = field >= 0 ? decoder->element.nodes[field] : NULL;
		bool		is_asked;
		const char *text = column_text(decoder, expected->column, node,
									   &is_asked);
		bool		is_among = false;

		for (int j = 0; text && j < expected->nvalues && !is_among; j++)
			is_among = strcmp(expected->values[j], text) == 0;
		if (!is_among && expected->is_condition)
			element->mismatches |= 1U << i;
		element->carries_own &= text && strcmp(expected->own, text) == 0;
	}
}

/* Rows of one element: itself, or one for each entry of its own list. */
static bool
add_rows(Decoder *decoder)
{
	const HwForm *form = decoder->form;
	const HwNode *list;
	int			index = 0;

	if (form->list < 0)
		return add_row(decoder);

	list = decoder->element.nodes[form->list];
	if (list == NULL || hw_json_kind(list) == HW_NODE_NULL)
		return true;
	if (hw_json_kind(list) != HW_NODE_ARRAY)
		return hw_status_set(decoder->status, HW_BAD_VALUE,
							 "field \"%s\" is not a list",
							 form->table->flatten);
	for (const HwNode *entry = hw_json_child(list); entry;
		 entry = hw_json_next(entry), index++)
	{
		if (hw_json_kind(entry) != HW_NODE_OBJECT)
			return hw_status_set(decoder->status, HW_BAD_VALUE,
								 "entry %d of list \"%s\" is not an object",
								 index, form->table->flatten);
		find_fields(&form->entry, entry, &decoder->entry);
		if (!add_row(decoder))
			return false;
	}

	/* The next list's first entry has no predecessor here. */
	decoder->entry.last = NULL;
	return true;
}

static bool
add_element(Decoder *decoder, const HwNode *node)
{
	const HwForm *form = decoder->form;
	HwPage	   *page = decoder->page;
	HwElement  *element;

	if (form->table->rows)
	{
		if (hw_json_kind(node) != HW_NODE_OBJECT)
			return hw_status_set(decoder->status, HW_BAD_VALUE,
								 "an element of the list is not an object");
		find_fields(&form->element, node, &decoder->element);
	}
	if (page->nelements == decoder->elements_max)
	{
		int			more = decoder->elements_max ?
			decoder->elements_max * 2 : 256;
		HwElement  *elements = realloc(page->elements,
									   more * sizeof(HwElement));

		if (elements == NULL)
			return out_of_memory(decoder);
		page->elements = elements;
		decoder->elements_max = more;
	}
	element = &page->elements[page->nelements];
	memset(element, 0, sizeof(*element));
	element->node = node;
	element->first_row = page->nrows;
	if (form->key >= 0 && decoder->element.nodes[form->key])
	{
		element->key = hw_json_text(decoder->element.nodes[form->key]);
		if (element->key && element->key[0] == '\0')
			element->key = NULL;
	}
	judge_element(decoder, element);
	if (!add_rows(decoder))
		return false;
	element->nrows = page->nrows - element->first_row;
	page->nelements++;
	return true;
}

/* Does the reply have any field that this API's replies have? */
static bool
is_recognised(const HwApi *api, const HwNode *root)
{
	if (api->paging.total && hw_json_find(root, api->paging.total))
		return true;
	for (const HwTable *table = api->tables; table->name; table++)
	{
		if (table->rows)
		{
			if (hw_json_find(root, table->rows))
				return true;
			continue;
		}
		for (const HwColumn *column = table->columns; column->name; column++)
		{
			if (!column->from_param && hw_json_find(root, column->name))
				return true;
		}
	}
	return false;
}

/*
 * Has a reply that is no failure nothing to tell, but that it is none?  Words
 * without a code may say anything.
 */
static bool
is_void(const HwNode *root)
{
	bool		has_code = false;
	bool		has_words = false;

	for (const HwNode *child = hw_json_child(root); child;
		 child = hw_json_next(child))
	{
		const char *text = hw_json_text(child);

		if (text == NULL && hw_json_kind(child) != HW_NODE_NULL)
			return false;
		if (strcmp(hw_json_name(child), "error_code") == 0)
			has_code = text && text[0];
		else if (strcmp(hw_json_name(child), "error_msg") == 0)
			has_words = text && text[0];
		else
			return false;
	}
	return has_code || !has_words;
}

static void
read_total(Decoder *decoder, const HwNode *root)
{
	const char *name = decoder->form->api->paging.total;
	const HwNode *total = name ? hw_json_find(root, name) : NULL;
	long long	number;

	if (total && hw_json_integer(total, &number) && number >= 0)
		decoder->page->total = number;
}

/* The elements of the reply's list, which may be missing or null. */
static bool
add_list(Decoder *decoder, const HwNode *list)
{
	const char *name = decoder->form->table->rows;
	int			index = 0;

	decoder->page->has_list = list != NULL;
	if (list == NULL || hw_json_kind(list) == HW_NODE_NULL)
		return true;
	if (hw_json_kind(list) != HW_NODE_ARRAY)
		return hw_status_set(decoder->status, HW_BAD_VALUE,
							 "field \"%s\" is not a list", name);
	for (const HwNode *node = hw_json_child(list); node;
		 node = hw_json_next(node), index++)
	{
		if (index % HW_STOP_EVERY == HW_STOP_EVERY - 1 && hw_stop_asked &&
			hw_stop_asked())
			return hw_status_set(decoder->status, HW_STOPPED,
								 "a request to stop");
		if (!add_element(decoder, node))
		{
			snprintf(decoder->status->place, sizeof(decoder->status->place),
					 "%s[%d]", name, index);
			return false;
		}
	}
	return true;
}

static bool
decode_root(Decoder *decoder, const HwNode *root)
{
	const HwForm *form = decoder->form;
	const HwTable *table = form->table;

	if (hw_json_kind(root) == HW_NODE_NULL && table->may_be_blank)
		return true;
	if (hw_json_kind(root) != HW_NODE_OBJECT)
		return hw_status_set(decoder->status, HW_BAD_REPLY,
							 "the reply is not a JSON object");
	if (!hw_verdict_hidden(root, decoder->status))
		return false;
	if (is_void(root) && table->may_be_empty)
		return true;
	if (!is_recognised(form->api, root))
		return hw_status_set(decoder->status, HW_BAD_REPLY,
							 "the reply has none of the fields of API \"%s\"",
							 form->api->name);
	read_total(decoder, root);
	if (table->rows)
		return add_list(decoder, hw_json_find(root, table->rows));
	find_fields(&form->element, root, &decoder->element);
	return add_element(decoder, root);
}

static HwJson *
parse(const char *body, size_t length, HwStatus *status)
{
	HwStatus	reason;
	HwJson	   *json;

	hw_status_clear(&reason);
	json = hw_json_parse(body, length, &reason);
	if (json == NULL && reason.kind == HW_BAD_REPLY)
		hw_status_set(status, reason.kind, "the body is not valid JSON: %s",
					  reason.text);
	else if (json == NULL)
		hw_status_set(status, reason.kind, "%s", reason.text);
	return json;
}

HwPage *
hw_decode(const HwForm *form, const char *body, size_t length,
		  const HwAsked *asked, const HwExpected *expected, int nexpected,
		  HwStatus *status)
{
	Decoder		decoder = {.form = form, .asked = asked,
	.expected = expected, .nexpected = nexpected, .status = status};
	HwPage	   *page = calloc(1, sizeof(HwPage));

	decoder.page = page;
	if (page == NULL)
	{
		out_of_memory(&decoder);
		return NULL;
	}
	hw_text_init(&page->printed, PRINTED_BYTES_MAX);
	page->ncells = form->nsources;
	page->total = -1;
	if (length == 0 && form->table->may_be_blank)
		return page;

	find_expected(&decoder);
	page->json = parse(body, length, status);
	if (page->json == NULL || !decode_root(&decoder, hw_json_root(page->json)))
	{
		hw_page_free(page);
		return NULL;
	}
	for (size_t i = 0; i < (size_t) page->nrows * page->ncells; i++)
	{
		HwCell	   *cell = &page->cells[i];

		if (cell->is_printed)
			cell->text = page->printed.data + cell->offset;
	}
	return page;
}

void
hw_page_free(HwPage *page)
{
	if (page == NULL)
		return;
	hw_json_free(page->json);
	hw_text_free(&page->printed);
	free(page->elements);
	free(page->cells);
	free(page);
}
