/*-------------------------------------------------------------------------
 *
 * strand.c
 *	  One list on its way: the pages that were asked for, and where it goes on.
 *
 *-------------------------------------------------------------------------
 */
#include "core/strand.h"

#include <string.h>

void
hw_strand_init(HwStrand *strand, bool is_paged, int page_size)
{
	strand->is_paged = is_paged;
	strand->page_size = strand->step = page_size;
	strand->total = -1;
}

/* --- slots ---------------------------------------------------------- */

/* What a request that was sent for this strand has cost so far. */
static void
add_counters(HwCounters *sum, const HwSlot *slot)
{
	HwCounters	counters;

	if (slot->is_reused)
		return;
	hw_fetch_counters(slot->fetch, &counters);
	sum->nrequests += counters.nrequests;
	sum->nretries += counters.nretries;
	sum->bytes += counters.bytes;
	sum->waited_ms += counters.waited_ms;
}

static void
release(HwStrand *strand, HwSlot *slot)
{
	add_counters(&strand->spent, slot);
	if (slot->is_reused)
	{
		long		age_ms = hw_fetch_age_ms(slot->fetch);

		strand->ncached++;
		if (age_ms > strand->cache_age_ms)
			strand->cache_age_ms = age_ms;
	}
	hw_fetch_release(slot->fetch);
}

void
hw_strand_add(HwStrand *strand, HwFetch *fetch, HwCursor cursor,
			  bool is_reused)
{
	HwSlot	   *slot = &strand->slots[strand->nslots++];

	slot->fetch = fetch;
	slot->cursor = cursor;
	slot->is_reused = is_reused;
	strand->offset += strand->is_settled ? strand->step : cursor.limit;
}

void
hw_strand_shift(HwStrand *strand)
{
	HwSlot		slot = strand->slots[0];

	strand->last_ms = hw_fetch_done_ms(slot.fetch);
	strand->nslots--;
	memmove(strand->slots, strand->slots + 1,
			strand->nslots * sizeof(HwSlot));
	release(strand, &slot);
}

void
hw_strand_drop(HwStrand *strand)
{
	for (int i = 0; i < strand->nslots; i++)
		release(strand, &strand->slots[i]);
	strand->nslots = 0;
}

void
hw_strand_add_counters(const HwStrand *strand, HwCounters *sum)
{
	sum->nrequests += strand->spent.nrequests;
	sum->nretries += strand->spent.nretries;
	sum->bytes += strand->spent.bytes;
	sum->waited_ms += strand->spent.waited_ms;
	for (int i = 0; i < strand->nslots; i++)
		add_counters(sum, &strand->slots[i]);
}

/* --- the list ------------------------------------------------------- */

void
hw_strand_abandon(HwStrand *strand)
{
	hw_strand_drop(strand);
	hw_trial_free(&strand->trial);
	hw_page_free(strand->part);
	strand->part = NULL;
	strand->is_done = true;
}

void
hw_strand_restart(HwStrand *strand)
{
	hw_strand_drop(strand);
	strand->offset = 0;
	strand->last_ms = 0;
}

void
hw_strand_end(HwStrand *strand, bool is_whole)
{
	hw_strand_drop(strand);
	strand->is_done = true;
	if (is_whole)
		strand->is_settled = strand->is_whole = true;
}

bool
hw_strand_can_ask_ahead(const HwStrand *strand)
{
	if (strand->nslots == 0)
		return true;

	/*
	 * After a page below the limit it is not known whether the service hands
	 * out fewer at a time, or the total counts more than the list has.
	 */
	return strand->is_steady && strand->nslots < HW_SLOTS_MAX &&
		strand->offset < strand->total;
}

void
hw_strand_move_on(HwStrand *strand, int nelements, HwCursor cursor)
{
	long		next = cursor.offset + nelements;

	strand->nreceived += nelements;
	strand->npages++;
	strand->is_settled = true;
	if (!strand->is_paged || nelements == 0 ||
		(nelements < cursor.limit && next == strand->total))
	{
		hw_strand_end(strand, true);
		return;
	}
	if (nelements == cursor.limit)
	{
		strand->is_steady = true;
		strand->step = strand->page_size;
	}
	else
	{
		strand->is_steady = nelements == strand->step;
		strand->step = nelements;
	}
	if (strand->nslots == 0 || strand->slots[0].cursor.offset != next)
	{
		/* What was asked ahead is not what comes next. */
		hw_strand_drop(strand);
		strand->offset = next;
	}
}

long
hw_strand_pages_expected(const HwStrand *strand, long offset_max)
{
	if (strand->is_done)
		return strand->npages;
	if (strand->total >= 0 && strand->step > 0 && strand->total <= offset_max)
		return (long) (strand->total / strand->step) + 1;
	return -1;
}
