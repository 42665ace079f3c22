/*-------------------------------------------------------------------------
 *
 * decode.h
 *	  Rows out of a JSON reply.
 *
 * Has never heard of HTTP.  A form says which columns a reader wants; with it
 * a body becomes a page: its elements, their rows, their cells.  Cells point
 * into the page, and die with it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_DECODE_H
#define HW_DECODE_H

#include "catalog/catalog.h"
#include "core/json.h"
#include "core/status.h"

typedef struct HwCell
{
	const char *text;			/* UTF-8, zero-terminated; NULL for SQL NULL */
	size_t		length;
	HwNodeKind	kind;			/* what it was in the reply; HW_NODE_STRING for
								 * values that come from the request */
	bool		is_printed;		/* while decoding: text is at .offset */
	size_t		offset;
} HwCell;

/* An element of the reply's list, or the reply itself. */
typedef struct HwElement
{
	const HwNode *node;
	const char *key;			/* value of the table's key field, or NULL */
	int			first_row;
	int			nrows;
	unsigned	mismatches;		/* bit i: condition i does not hold */
	bool		carries_own;	/* has the very values that were asked for */
	bool		is_dropped;		/* set by the reader: not to be handed out */
} HwElement;

typedef struct HwPage
{
	HwJson	   *json;			/* owned; cells point into it */
	HwText		printed;		/* owned; text of JSON cells */
	HwElement  *elements;		/* owned */
	int			nelements;
	HwCell	   *cells;			/* owned; nrows * ncells */
	int			nrows;
	int			ncells;
	long long	total;			/* -1 when the reply has none */
	bool		has_list;		/* the list of rows is there, if only empty or
								 * null */
} HwPage;

/*
 * What elements are expected to carry.  As a condition: one of the values, or
 * the element does not match.  own is the one value asked for in this request.
 * At most 32 of them.
 */
typedef struct HwExpected
{
	const HwColumn *column;
	const char *const *values;	/* UTF-8 */
	int			nvalues;
	const char *own;
	bool		is_condition;
} HwExpected;

/* Value asked for of one param, for columns filled from it. */
typedef struct HwAsked
{
	const HwParam *param;
	const char *value;
} HwAsked;

typedef struct HwForm HwForm;

/*
 * A form for the given columns of a table, in this order; NULL when out of
 * memory.  columns need not outlive the call, the catalogue does.
 */
extern HwForm *hw_form_open(const HwApi *api, const HwTable *table,
							const HwColumn *const *columns, int ncolumns);
extern void hw_form_close(HwForm *form);

/* The column that a row's cell is of. */
extern const HwColumn *hw_form_column(const HwForm *form, int cell);

/*
 * Reads one body.  NULL and a status on failure: not JSON, an error code
 * inside, not this API's reply, a field of an impossible kind (HW_BAD_VALUE
 * with its place).  asked ends with a NULL param.
 */
extern HwPage *hw_decode(const HwForm *form, const char *body, size_t length,
						 const HwAsked *asked, const HwExpected *expected,
						 int nexpected, HwStatus *status);

extern void hw_page_free(HwPage *page);

#endif							/* HW_DECODE_H */
