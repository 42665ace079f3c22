/*-------------------------------------------------------------------------
 *
 * texts.c
 *	  Lists of texts that may be long: a query can compare with a million.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/texts.h"

#include "common/hashfn.h"
#include "fdw/compat.h"
#include "miscadmin.h"

/* Up to here a look at each text is quicker than a table. */
#define FEW 16

/* Open addressing; at most half of the places are taken. */
typedef struct Table
{
	const char **places;
	Size		mask;			/* a power of two, less one */
} Table;

static void
table_open(Table *table, int ntexts)
{
	Size		size = 2 * FEW;

	while (size < (Size) ntexts * 2)
		size *= 2;
	table->places = MemoryContextAllocExtended(CurrentMemoryContext,
											   size * sizeof(char *),
											   MCXT_ALLOC_HUGE |
											   MCXT_ALLOC_ZERO);
	table->mask = size - 1;
}

/* Where the text is, or where it would be. */
static const char **
table_find(const Table *table, const char *text)
{
	Size		at = hash_bytes((const unsigned char *) text,
								(int) strlen(text));

	CHECK_FOR_INTERRUPTS();
	while (table->places[at & table->mask] &&
		   strcmp(table->places[at & table->mask], text) != 0)
		at++;
	return &table->places[at & table->mask];
}

bool
hw_texts_have(const List *texts, const char *text)
{
	ListCell   *lc;

	foreach(lc, texts)
	{
		if (strcmp(lfirst(lc), text) == 0)
			return true;
	}
	return false;
}

List *
hw_texts_distinct(List *texts)
{
	List	   *distinct = NIL;
	Table		table;
	ListCell   *lc;

	if (list_length(texts) <= FEW)
	{
		foreach(lc, texts)
		{
			if (!hw_texts_have(distinct, lfirst(lc)))
				distinct = lappend(distinct, lfirst(lc));
		}
		return distinct;
	}
	table_open(&table, list_length(texts));
	foreach(lc, texts)
	{
		const char **place = table_find(&table, lfirst(lc));

		if (*place)
			continue;
		*place = lfirst(lc);
		distinct = lappend(distinct, lfirst(lc));
	}
	pfree(table.places);
	return distinct;
}

List *
hw_texts_common(List *texts, List *others)
{
	List	   *common = NIL;
	Table		table;
	ListCell   *lc;

	if (list_length(others) <= FEW)
	{
		foreach(lc, texts)
		{
			CHECK_FOR_INTERRUPTS();
			if (hw_texts_have(others, lfirst(lc)))
				common = lappend(common, lfirst(lc));
		}
		return common;
	}
	table_open(&table, list_length(others));
	foreach(lc, others)
		*table_find(&table, lfirst(lc)) = lfirst(lc);
	foreach(lc, texts)
	{
		if (*table_find(&table, lfirst(lc)))
			common = lappend(common, lfirst(lc));
	}
	pfree(table.places);
	return common;
}
