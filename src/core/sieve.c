/*-------------------------------------------------------------------------
 *
 * sieve.c
 *	  Which elements of the pages of several lists are handed out.
 *
 *-------------------------------------------------------------------------
 */
#include "core/sieve.h"

#include <stdlib.h>
#include <string.h>

#include "core/seen.h"

typedef struct List
{
	HwSifted	sifted;
	char	   *last_key;		/* owned; first key of the page before */
	int			last_count;		/* and how many elements it had */
} List;

struct HwSieve
{
	const HwTable *table;
	HwSeen	   *seen;			/* owned */
	HwText		key;			/* room for the key being looked up */
	List	   *lists;			/* owned */
	int			nlists;
};

HwSieve *
hw_sieve_open(const HwTable *table, int nlists)
{
	HwSieve    *sieve = calloc(1, sizeof(HwSieve));

	if (sieve == NULL)
		return NULL;
	sieve->table = table;
	hw_text_init(&sieve->key, 0);
	sieve->seen = hw_seen_open();
	sieve->lists = calloc(nlists + 1, sizeof(List));
	if (sieve->seen && sieve->lists)
	{
		sieve->nlists = nlists;
		return sieve;
	}
	hw_sieve_close(sieve);
	return NULL;
}

void
hw_sieve_close(HwSieve *sieve)
{
	if (sieve == NULL)
		return;
	for (int i = 0; sieve->lists && i < sieve->nlists; i++)
		free(sieve->lists[i].last_key);
	free(sieve->lists);
	if (sieve->seen)
		hw_seen_close(sieve->seen);
	hw_text_free(&sieve->key);
	free(sieve);
}

const HwSifted *
hw_sieve_list(const HwSieve *sieve, int list)
{
	return &sieve->lists[list].sifted;
}

/* --- elements ------------------------------------------------------- */

/* A key is unique within its project. */
static HwSeenResult
note_key(HwSieve *sieve, int list, const char *key, const HwAsked *asked)
{
	while (asked->param && asked->param->place != HW_IN_PATH)
		asked++;
	hw_text_reset(&sieve->key);
	hw_text_puts(&sieve->key, asked->param ? asked->value : "");
	hw_text_putc(&sieve->key, '/');
	if (!hw_text_puts(&sieve->key, key))
		return HW_SEEN_FAILED;
	return hw_seen_note(sieve->seen, sieve->key.data, sieve->key.length, list);
}

/* Notes the name of a row that is new as a whole. */
static HwSeenResult
note_name(HwSieve *sieve, int list, const char *name, const HwAsked *asked,
		  HwText *room)
{
	hw_text_reset(room);
	if (!hw_text_puts(room, "name/") || !hw_text_puts(room, name))
		return HW_SEEN_FAILED;
	return note_key(sieve, list, hw_text_string(room), asked);
}

/*
 * The row itself is the key; twice in one list it is two rows.  A new one with
 * the name of another: the lists have changed.
 */
static HwSeenResult
note_row(HwSieve *sieve, int list, const HwElement *element,
		 const HwAsked *asked, bool *is_changed)
{
	HwSeenResult result = HW_SEEN_FAILED;
	HwSeenResult named = HW_SEEN_NEW;
	const HwNode *name = hw_json_find(element->node,
									  sieve->table->columns[0].name);
	HwText		row;

	hw_text_init(&row, 0);
	if (hw_json_print(element->node, &row))
		result = note_key(sieve, list, hw_text_string(&row), asked);
	if (result == HW_SEEN_NEW && name && hw_json_text(name))
		named = note_name(sieve, list, hw_json_text(name), asked, &row);
	hw_text_free(&row);
	*is_changed = named == HW_SEEN_ELSEWHERE;
	if (named == HW_SEEN_FAILED)
		return HW_SEEN_FAILED;
	return result == HW_SEEN_HERE ? HW_SEEN_NEW : result;
}

static bool
sift(HwSieve *sieve, int list, HwElement *element, const HwAsked *asked,
	 HwSeenResult *result, HwStatus *status)
{
	HwSifted   *sifted = &sieve->lists[list].sifted;
	bool		is_changed = false;

	*result = HW_SEEN_NEW;
	if (sieve->table->merge == HW_UNION)
		*result = note_row(sieve, list, element, asked, &is_changed);
	else if (element->key)
		*result = note_key(sieve, list, element->key, asked);
	if (*result == HW_SEEN_FAILED)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");

	sifted->nrepeated += *result == HW_SEEN_ELSEWHERE;
	sifted->ndropped += element->mismatches != 0;
	sifted->lacks_key |= element->key == NULL;
	sifted->is_doubtful |= *result != HW_SEEN_NEW || element->mismatches ||
		!element->carries_own;
	element->is_dropped = *result != HW_SEEN_NEW || element->mismatches ||
		is_changed || (element->key == NULL && sieve->table->key &&
					   !element->carries_own);
	if (is_changed)
		hw_status_set(status, HW_DRIFTED,
					  "the counters changed while they were read");
	return true;
}

/* --- pages ---------------------------------------------------------- */

/* Is this the page before once more?  A shifted list is not. */
static bool
repeats_last(const List *list, const HwPage *page)
{
	return list->last_key && page->elements[0].key &&
		page->nelements == list->last_count &&
		strcmp(list->last_key, page->elements[0].key) == 0;
}

static bool
remember_page(List *list, const HwPage *page)
{
	const char *key = page->nelements > 0 ? page->elements[0].key : NULL;

	free(list->last_key);
	list->last_key = key ? strdup(key) : NULL;
	list->last_count = page->nelements;
	return key == NULL || list->last_key;
}

bool
hw_sieve_page(HwSieve *sieve, int list, HwPage *page, const HwAsked *asked,
			  long offset, HwStatus *status)
{
	int			nhere = 0;
	const char *repeated = NULL;

	hw_status_clear(status);
	for (int i = 0; i < page->nelements; i++)
	{
		HwElement  *element = &page->elements[i];
		HwSeenResult result;

		if (!sift(sieve, list, element, asked, &result, status))
			return false;
		if (result == HW_SEEN_HERE)
		{
			nhere++;
			repeated = element->key;
		}
	}
	if (nhere > 0 && nhere == page->nelements && offset > 0 &&
		repeats_last(&sieve->lists[list], page))
		return hw_status_set(status, HW_STUCK, "the page at offset %ld "
							 "repeats rows of the pages before", offset);
	if (!remember_page(&sieve->lists[list], page))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	if (nhere > 0)
		hw_status_set(status, HW_DRIFTED, "%s \"%.100s\" came twice",
					  sieve->table->key, repeated);
	return true;
}
