/*-------------------------------------------------------------------------
 *
 * tally.c
 *	  What a pager tells of the lists it reads, beside their rows.
 *
 * Changes nothing about what is read.
 *
 *-------------------------------------------------------------------------
 */
#include "core/pager_internal.h"

#include <string.h>

/* --- lists ---------------------------------------------------------- */

const HwLists *
hw_pager_lists(const HwPager *pager)
{
	return &pager->lists;
}

int
hw_pager_page_size(const HwPager *pager)
{
	return pager->question.page_size;
}

void
hw_pager_census(const HwPager *pager, int list, HwCensus *census)
{
	const HwStrand *strand = &pager->strands[list];
	const HwSifted *sifted = hw_sieve_list(pager->sieve, list);

	census->nreceived = strand->nreceived;
	census->total = strand->total;
	census->is_whole = strand->is_whole;
	census->lacks_key = sifted->lacks_key;
	census->is_doubtful = sifted->is_doubtful ||
		strand->trial.dialect == HW_DIALECT_BARE;
}

bool
hw_pager_list(const HwPager *pager, int list, HwText *name,
			  long long *nrows)
{
	const HwStrand *strand = &pager->strands[list];

	*nrows = strand->is_done && !pager->question.is_census ? strand->nreceived :
		strand->total >= strand->nreceived ? strand->total : -1;
	return !pager->lists.is_lookup &&
		!pager->skips[strand->location].is_skipped &&
		strand->trial.dialect != HW_DIALECT_BARE &&
		hw_lists_name(&pager->lists, strand->choices, name);
}

/* --- locations ------------------------------------------------------ */

bool
hw_pager_learnt(const HwPager *pager, int location, const char **endpoint,
				HwLearnt *learnt)
{
	const HwEdition *edition = &pager->editions.at[location];

	if (location >= pager->lists.nlocations)
		return false;
	*endpoint = edition->endpoint;
	learnt->params = edition->is_known ? hw_dialect_params(&pager->lists) : 0;
	learnt->dialect = learnt->params ? edition->dialect : HW_DIALECT_AUTO;
	return true;
}

/* The value of a param that says where, at a location; or NULL. */
static const char *
location_value(const HwPager *pager, HwPlace place, int location)
{
	for (int i = 0; i < pager->lists.nbindings; i++)
	{
		const HwBinding *binding = &pager->lists.bindings[i];

		if (binding->param->is_location && binding->param->place == place)
			return binding->values[location];
	}
	return NULL;
}

bool
hw_pager_take_skipped(HwPager *pager, HwSkipped *skipped)
{
	for (int i = 0; i < pager->lists.nlocations; i++)
	{
		HwSkip	   *left_out = &pager->skips[i];

		if (!left_out->is_skipped || left_out->is_told)
			continue;
		left_out->is_told = true;
		skipped->project = location_value(pager, HW_IN_PATH, i);
		skipped->region = location_value(pager, HW_IN_HEADER, i);
		skipped->status = &left_out->status;
		skipped->nrows = 0;
		for (int s = 0; s < pager->nstrands; s++)
		{
			if (pager->strands[s].location == i)
				skipped->nrows += pager->strands[s].nreceived;
		}
		return true;
	}
	return false;
}

/* --- all of it ------------------------------------------------------ */

/* The spelling in use at the first location where it is known. */
static void
tell_dialect(const HwPager *pager, HwPagerStats *stats)
{
	if (!hw_dialect_matters(&pager->lists))
		return;
	for (int i = 0; i < pager->lists.nlocations; i++)
	{
		const HwEdition *edition = &pager->editions.at[i];

		if (i == 0 || edition->is_known)
			stats->dialect = edition->dialect;
		stats->dialect_is_known = edition->is_known;
		if (edition->is_known)
			return;
	}
}

/* -1 when there is a list of which it is not known yet. */
static long
pages_expected(const HwPager *pager)
{
	long		sum = 0;

	for (int s = 0; s < pager->nstrands; s++)
	{
		long		npages =
			hw_strand_pages_expected(&pager->strands[s],
									 pager->question.api->paging.offset_max);

		if (npages < 0)
			return -1;
		sum += npages;
	}
	return sum;
}

void
hw_pager_stats(const HwPager *pager, HwPagerStats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->npages = pager->npages;
	stats->nrows = pager->nrows;
	stats->nstrands = pager->nstrands;
	for (int s = 0; s < pager->nstrands; s++)
	{
		const HwStrand *strand = &pager->strands[s];
		const HwSifted *sifted = hw_sieve_list(pager->sieve, s);

		stats->total += strand->nreceived;
		stats->ndropped += sifted->ndropped;
		stats->nrepeated += sifted->nrepeated;
		stats->nunfiltered += strand->is_settled &&
			strand->trial.dialect == HW_DIALECT_BARE;
		stats->ncached += strand->ncached;
		if (strand->cache_age_ms > stats->cache_age_ms)
			stats->cache_age_ms = strand->cache_age_ms;
		hw_strand_add_counters(strand, &stats->counters);
	}
	if (pager->current < pager->nstrands)
		stats->total = -1;
	stats->npages_expected = pages_expected(pager);
	tell_dialect(pager, stats);
}

long
hw_pager_wait_ms(const HwPager *pager, const HwStatus **why)
{
	const HwStrand *strand;

	if (pager->current >= pager->nstrands)
		return -1;
	strand = &pager->strands[pager->current];
	if (strand->nslots == 0)
		return -1;
	return hw_fetch_wait_ms(strand->slots[0].fetch, why);
}
