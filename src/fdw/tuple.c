/*-------------------------------------------------------------------------
 *
 * tuple.c
 *	  From cells of a reply to values of a slot.
 *
 * A column that is declared with the catalogue's type gets the catalogue's
 * reading (times, infinity); one declared otherwise gets the service's own
 * text through its type's input function.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/tuple.h"

#include "catalog/pg_type.h"
#include "fdw/compat.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

/*
 * Integers from here on are milliseconds, below it seconds: 10^11 seconds are
 * the year 5138, 10^11 milliseconds are March 1973.
 */
#define MILLISECONDS_FROM INT64CONST(100000000000)

#define EPOCH_SHIFT_US \
	(((int64) POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * USECS_PER_DAY)

typedef struct TupleColumn
{
	AttrNumber	attno;
	const char *name;
	const HwColumn *column;
	Oid			type;			/* as declared */
	Oid			base;			/* below its domains */
	int32		typmod;
	int32		base_typmod;
	void	   *domain;			/* cache of domain_check */
	Oid			ioparam;
	FmgrInfo	input;
} TupleColumn;

struct HwTupleMaker
{
	const HwForeignTable *foreign;
	int			natts;
	int			ncolumns;
	TupleColumn *columns;
	const HwColumn **catalog;	/* the same, for the form */
	const HwPager *pager;		/* during hw_tuple_store */
	const TupleColumn *current;
};

/*
 * The column as the decoder is to read it.  What is declared with another type
 * than the catalogue's is not held to the catalogue's: its type judges it.
 */
static const HwColumn *
column_as_declared(const HwColumn *column, Oid base)
{
	HwColumn   *copy;
	HwType		type;

	if (column->type == HW_JSONB || column->type == HW_TEXT)
		return column;
	switch (base)
	{
		case INT2OID:
		case INT4OID:
		case INT8OID:
			if (column->type != HW_NUMERIC)
				return column;
			type = HW_TEXT;
			break;
		case NUMERICOID:
		case FLOAT4OID:
		case FLOAT8OID:
			type = HW_NUMERIC;
			break;
		case TIMESTAMPTZOID:
		case TIMESTAMPOID:
		case DATEOID:
			return column;
		default:
			type = HW_TEXT;
			break;
	}
	copy = palloc(sizeof(HwColumn));
	*copy = *column;
	copy->type = type;
	copy->reading = type == HW_TEXT ? HW_AS_IS : column->reading;
	return copy;
}

HwTupleMaker *
hw_tuple_open(const HwForeignTable *foreign, TupleDesc tupdesc,
			  List *attributes)
{
	HwTupleMaker *maker = palloc0(sizeof(HwTupleMaker));
	ListCell   *lc;

	maker->foreign = foreign;
	maker->natts = tupdesc->natts;
	maker->columns = palloc0(sizeof(TupleColumn) *
							 Max(list_length(attributes), 1));
	maker->catalog = palloc0(sizeof(HwColumn *) *
							 Max(list_length(attributes), 1));
	foreach(lc, attributes)
	{
		TupleColumn *column = &maker->columns[maker->ncolumns];
		Form_pg_attribute attribute = TupleDescAttr(tupdesc,
													lfirst_int(lc) - 1);
		Oid			input;

		column->attno = attribute->attnum;
		column->name = pstrdup(NameStr(attribute->attname));
		column->type = attribute->atttypid;
		column->base_typmod = attribute->atttypmod;
		column->base = getBaseTypeAndTypmod(attribute->atttypid,
											&column->base_typmod);
		column->column =
			column_as_declared(foreign->columns[attribute->attnum - 1],
							   column->base);
		column->typmod = attribute->atttypmod;
		getTypeInputInfo(column->type, &input, &column->ioparam);
		fmgr_info(input, &column->input);
		maker->catalog[maker->ncolumns++] = column->column;
	}
	return maker;
}

const HwColumn *const *
hw_tuple_columns(const HwTupleMaker *maker, int *ncolumns)
{
	*ncolumns = maker->ncolumns;
	return maker->catalog;
}

static void
conversion_context(void *arg)
{
	const HwTupleMaker *maker = arg;
	char		place[200];

	if (maker->current == NULL)
		return;
	hw_pager_place(maker->pager, place, sizeof(place));
	errcontext("column \"%s\" of foreign table \"%s\", %s",
			   maker->current->name, maker->foreign->relname, place);
}

/* --- times ---------------------------------------------------------- */

static void
time_out_of_range(const char *value)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("time out of range: \"%s\"", value),
			 errdetail("The value counts seconds or milliseconds since 1970.")));
}

/* False for NULL: no time was set. */
static bool
read_epoch(const HwColumn *column, const char *value, TimestampTz *time)
{
	int64		number;
	char	   *end;

	if (column->infinity && strcmp(column->infinity, value) == 0)
	{
		TIMESTAMP_NOEND(*time);
		return true;
	}
	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno != 0 || *end != '\0' || number < 0)
		time_out_of_range(value);
	if (number == 0)
		return false;
	if (number < MILLISECONDS_FROM)
		number *= 1000;
	if (number > PG_INT64_MAX / 1000)
		time_out_of_range(value);
	*time = number * 1000 - EPOCH_SHIFT_US;
	if (!IS_VALID_TIMESTAMP(*time))
		time_out_of_range(value);
	return true;
}

/* Times without a zone are UTC, whatever the session's time zone is. */
static char *
add_utc(const char *value)
{
	const char *clock = strpbrk(value, "T ");

	if (!isdigit((unsigned char) value[0]))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_DATETIME_FORMAT),
				 errmsg("invalid time: \"%s\"", value),
				 errdetail("It must be in ISO 8601 format.")));
	if (clock == NULL)
		return psprintf("%s 00:00:00Z", value);
	if (strpbrk(clock, "Z+-") == NULL)
		return psprintf("%sZ", value);
	return pstrdup(value);
}

static bool
is_time_type(Oid type)
{
	return type == TIMESTAMPTZOID || type == TIMESTAMPOID || type == DATEOID;
}

/*
 * Applies a precision and a domain's checks to a time.  Never by way of text:
 * a zone's abbreviation need not mean the same when it is read back.
 */
static Datum
restrict_time(TupleColumn *column, Datum value)
{
	if (column->base_typmod >= 0 && column->base != DATEOID)
		value = DirectFunctionCall2(timestamptz_scale, value,
									Int32GetDatum(column->base_typmod));
	if (column->type != column->base)
		domain_check(value, false, column->type, &column->domain,
					 column->input.fn_mcxt);
	return value;
}

/* A domain may forbid NULL: its input function decides. */
static void
check_null(TupleColumn *column)
{
	if (column->type != column->base)
		(void) InputFunctionCall(&column->input, NULL, column->ioparam,
								 column->typmod);
}

/* True when the catalogue's reading gave the value. */
static bool
read_time(TupleColumn *column, const HwCell *cell, Datum *value,
		  bool *is_null)
{
	bool		is_epoch = column->column->reading == HW_EPOCH ||
		(column->column->reading == HW_UTC && cell->kind == HW_NODE_NUMBER);
	TimestampTz time;

	if (!is_time_type(column->base))
		return false;
	if (is_epoch)
	{
		*is_null = !read_epoch(column->column, cell->text, &time);
		if (*is_null)
		{
			check_null(column);
			return true;
		}
	}
	else if (column->column->reading == HW_UTC)
		time = DatumGetTimestampTz(DirectFunctionCall3(timestamptz_in,
													   CStringGetDatum(add_utc(cell->text)),
													   ObjectIdGetDatum(InvalidOid),
													   Int32GetDatum(-1)));
	else
		return false;

	/* A timestamp without time zone and a date are UTC's. */
	if (column->base == DATEOID)
		*value = DirectFunctionCall1(timestamp_date, TimestampGetDatum(time));
	else
		*value = TimestampTzGetDatum(time);
	*value = restrict_time(column, *value);
	return true;
}

/* --- values --------------------------------------------------------- */

/* The cell's text in the database's encoding, zero-terminated. */
static char *
server_text(const HwCell *cell, size_t *length)
{
	char	   *text = (char *) cell->text;

	*length = cell->length;
	if (GetDatabaseEncoding() == PG_UTF8)
		return text;
	text = pg_any_to_server(text, cell->length, PG_UTF8);
	*length = strlen(text);
	return text;
}

static bool
read_integer(const TupleColumn *column, const HwCell *cell, Datum *value)
{
	int64		number;
	char	   *end;

	if (column->type != INT4OID && column->type != INT8OID)
		return false;
	errno = 0;
	number = strtoll(cell->text, &end, 10);
	if (errno != 0 || *end != '\0' || end == cell->text ||
		(column->type == INT4OID &&
		 (number < PG_INT32_MIN || number > PG_INT32_MAX)))
		return false;			/* the input function finds the words */
	*value = column->type == INT4OID ? Int32GetDatum((int32) number)
		: Int64GetDatum(number);
	return true;
}

static Datum
read_cell(TupleColumn *column, const HwCell *cell, bool *is_null)
{
	Datum		value = (Datum) 0;
	char	   *text;
	size_t		length;

	if (column->column->reading != HW_AS_IS &&
		read_time(column, cell, &value, is_null))
		return value;
	if (read_integer(column, cell, &value))
		return value;
	text = server_text(cell, &length);
	if (column->type == TEXTOID)
		return PointerGetDatum(cstring_to_text_with_len(text, length));
	return InputFunctionCall(&column->input, text, column->ioparam,
							 column->typmod);
}

void
hw_tuple_store(HwTupleMaker *maker, const HwPager *pager,
			   TupleTableSlot *slot)
{
	const HwCell *cells = hw_pager_row(pager);
	ErrorContextCallback context = {.callback = conversion_context,
	.arg = maker};

	maker->pager = pager;
	context.previous = error_context_stack;
	error_context_stack = &context;
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, sizeof(bool) * maker->natts);
	memset(slot->tts_values, 0, sizeof(Datum) * maker->natts);
	for (int i = 0; i < maker->ncolumns; i++)
	{
		TupleColumn *column = &maker->columns[i];
		bool		is_null = false;

		maker->current = column;
		if (cells[i].text == NULL)
		{
			check_null(column);
			continue;
		}
		slot->tts_values[column->attno - 1] = read_cell(column, &cells[i],
														&is_null);
		slot->tts_isnull[column->attno - 1] = is_null;
	}
	maker->current = NULL;
	error_context_stack = context.previous;
	ExecStoreVirtualTuple(slot);
}
