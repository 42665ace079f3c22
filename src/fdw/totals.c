/*-------------------------------------------------------------------------
 *
 * totals.c
 *	  How many rows lists had when this session last read them.
 *
 * A list is known by who reads it, where, by which API and with which values;
 * so a changed option finds another list or none, and never a wrong one.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/totals.h"

#include "common/hashfn.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

/* When there are more lists than this, all are forgotten. */
#define LISTS_MAX 1024

typedef struct ListKey
{
	Oid			userid;
	Oid			serverid;
	uint64		name[2];		/* two hashes: a mix-up costs an estimate */
} ListKey;

typedef struct ListTotal
{
	ListKey		key;
	double		nrows;
} ListTotal;

static HTAB *totals = NULL;

static void
open_totals(void)
{
	HASHCTL		control = {.keysize = sizeof(ListKey),
		.entrysize = sizeof(ListTotal), .hcxt = CacheMemoryContext};

	if (totals == NULL)
		totals = hash_create("hwbss_fdw totals", 64, &control,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* False when out of memory. */
static bool
make_key(const HwForeignTable *foreign, Oid userid, HwText *name,
		 ListKey *key)
{
	const unsigned char *bytes;

	if (!hw_text_printf(name, "%s\n%s", foreign->api->name,
						foreign->endpoint ? foreign->endpoint : ""))
		return false;
	bytes = (const unsigned char *) name->data;
	memset(key, 0, sizeof(*key));
	key->userid = userid;
	key->serverid = foreign->serverid;
	key->name[0] = hash_bytes_extended(bytes, name->length, 1);
	key->name[1] = hash_bytes_extended(bytes, name->length, 2);
	return true;
}

static void
note(const ListKey *key, double nrows)
{
	ListTotal  *total;
	bool		is_old;

	if (hash_get_num_entries(totals) >= LISTS_MAX)
	{
		hw_totals_forget();
		open_totals();
	}
	total = hash_search(totals, key, HASH_ENTER, &is_old);
	total->nrows = nrows;
}

void
hw_totals_note(const HwForeignTable *foreign, Oid userid,
			   const HwPager *pager)
{
	HwPagerStats stats;

	open_totals();
	hw_pager_stats(pager, &stats);
	for (int i = 0; i < stats.nstrands; i++)
	{
		ListKey		key;
		long long	nrows;
		HwText		name;
		bool		is_known;

		hw_text_init(&name, 0);
		is_known = hw_pager_list(pager, i, &name, &nrows) && nrows >= 0 &&
			make_key(foreign, userid, &name, &key);
		hw_text_free(&name);
		if (is_known)
			note(&key, (double) nrows);
	}
}

/* Nothing in here throws: the lists are the core's. */
static double
sum_lists(const HwForeignTable *foreign, Oid userid, const HwLists *lists,
		  double *nlists)
{
	double		sum = 0;

	*nlists = 0;
	for (int i = 0; i < lists->nlists; i++)
	{
		int			choices[HW_ASKED_MAX];
		ListTotal  *total = NULL;
		ListKey		key;
		HwText		name;

		hw_lists_choose(lists, i, choices);
		if (hw_lists_contradict(lists, choices))
			continue;
		(*nlists)++;
		hw_text_init(&name, 0);
		if (totals && hw_lists_name(lists, choices, &name) &&
			make_key(foreign, userid, &name, &key))
			total = hash_search(totals, &key, HASH_FIND, NULL);
		hw_text_free(&name);
		sum = total && sum >= 0 ? sum + total->nrows : -1;
	}
	return sum;
}

double
hw_totals_find(const HwForeignTable *foreign, Oid userid,
			   const HwBinding *bindings, int nbindings, double *nlists)
{
	HwLists		lists;
	HwStatus	status;
	double		sum = -1;

	*nlists = 1;
	hw_status_clear(&status);
	if (hw_lists_open(&lists, foreign->api, foreign->table, bindings,
					  nbindings, &status))
		sum = sum_lists(foreign, userid, &lists, nlists);
	hw_lists_close(&lists);
	return sum;
}

void
hw_totals_forget(void)
{
	if (totals)
		hash_destroy(totals);
	totals = NULL;
}
