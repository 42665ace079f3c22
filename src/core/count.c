/*-------------------------------------------------------------------------
 *
 * count.c
 *	  How many rows lists have, as their totals say.
 *
 *-------------------------------------------------------------------------
 */
#include "core/count.h"

#include <string.h>

bool
hw_count_is_strict(const HwBinding *bindings, int nbindings)
{
	for (int i = 0; i < nbindings; i++)
	{
		if (!bindings[i].is_condition)
			continue;
		if (!bindings[i].param->is_exact)
			return false;
		for (int j = 0; j < bindings[i].nvalues; j++)
		{
			for (const char *const *loose = bindings[i].param->loose;
				 loose && *loose; loose++)
			{
				if (strcmp(*loose, bindings[i].values[j]) == 0)
					return false;
			}
		}
	}
	return true;
}

/*
 * A page below the limit that is not the end of its list: the service hands
 * out fewer at a time, or the total is of something else.
 */
static bool
count_list(const HwCensus *census, int limit, long long *count)
{
	*count = census->is_whole ? census->nreceived : census->total;
	return !census->is_doubtful &&
		(census->is_whole || (census->nreceived >= limit &&
							  census->total >= census->nreceived));
}

/* Has a list before this one, that goes on too, the very same total? */
static bool
is_repeated(const HwPager *pager, int list, const HwCensus *census)
{
	for (int i = 0; i < list && !census->is_whole; i++)
	{
		HwCensus	other;

		hw_pager_census(pager, i, &other);
		if (!other.is_whole && other.total == census->total)
			return true;
	}
	return false;
}

bool
hw_count_lists(const HwPager *pager, bool needs_keys, long long *counts)
{
	const HwLists *lists = hw_pager_lists(pager);

	for (int i = 0; i < lists->nlists; i++)
	{
		HwCensus	census;

		hw_pager_census(pager, i, &census);
		if (!count_list(&census, hw_pager_page_size(pager), &counts[i]) ||
			(needs_keys && census.lacks_key) ||
			is_repeated(pager, i, &census))
			return false;
	}
	return true;
}
