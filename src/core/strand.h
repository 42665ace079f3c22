/*-------------------------------------------------------------------------
 *
 * strand.h
 *	  One list on its way: the pages that were asked for, and where it goes on.
 *
 * The offset of the next page is the number of rows received, never of those
 * asked for: a service may hand out fewer than the limit.  A list ends with an
 * empty page, or with a page below the limit that reaches the total; the total
 * alone ends nothing, since it is not documented what it counts, and one below
 * the rows that have come counts something else.
 *
 * Knows neither how a page is asked for nor what is in it.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_STRAND_H
#define HW_STRAND_H

#include "core/ask.h"
#include "core/client.h"
#include "core/lists.h"
#include "core/trial.h"

/* Most pages of a list in flight; the window option is below. */
#define HW_SLOTS_MAX 64

/* A page that was asked for. */
typedef struct HwSlot
{
	HwFetch    *fetch;			/* owned */
	HwCursor	cursor;
	bool		is_reused;		/* nothing had to be sent */
} HwSlot;

typedef struct HwStrand
{
	/* How it is asked for; the strand itself does not look at these. */
	int			list;			/* its place in HwLists */
	int			location;
	int			choices[HW_ASKED_MAX];	/* index of each binding's value */
	HwTrial		trial;
	bool		was_listless;	/* its list was left out; without conditions
								 * it shows whether it has that name */
	HwPage	   *part;			/* owned; waits for those of its group */

	/* What has come. */
	bool		is_settled;		/* the first page has been accepted */
	bool		is_done;
	bool		is_whole;		/* its end was seen */
	long long	total;			/* -1 while none is known */
	long		nreceived;
	int			npages;
	long long	last_ms;		/* when the page before came */

	/* What is on its way. */
	HwSlot		slots[HW_SLOTS_MAX];	/* in the order of their offsets */
	int			nslots;
	long		offset;			/* of the next page to ask for */
	bool		is_paged;
	int			page_size;
	int			step;			/* rows a full page turned out to have */
	bool		is_steady;		/* pages have come with that many */

	/* What was let go has cost this. */
	HwCounters	spent;
	long		ncached;		/* pages that needed no request */
	long		cache_age_ms;	/* of the oldest such page */
} HwStrand;

/*
 * Sets up a zeroed strand, apart from how it is asked for.  is_paged: the list
 * comes in pages.
 */
extern void hw_strand_init(HwStrand *strand, bool is_paged, int page_size);

/* Gives the list up, with all that was kept of it. */
extern void hw_strand_abandon(HwStrand *strand);

/* Gives up the pages that are on their way. */
extern void hw_strand_drop(HwStrand *strand);

/* The same, to ask for the list from its beginning. */
extern void hw_strand_restart(HwStrand *strand);

/* Nothing more is wanted of the list; is_whole: nor is there more. */
extern void hw_strand_end(HwStrand *strand, bool is_whole);

/* May one more page be asked for before the last has come? */
extern bool hw_strand_can_ask_ahead(const HwStrand *strand);

/* The page at the strand's offset was asked for; takes the fetch over. */
extern void hw_strand_add(HwStrand *strand, HwFetch *fetch, HwCursor cursor,
						  bool is_reused);

/* Lets the first slot go, whose reply has been read. */
extern void hw_strand_shift(HwStrand *strand);

/* Where the list goes on after a page with so many elements. */
extern void hw_strand_move_on(HwStrand *strand, int nelements,
							  HwCursor cursor);

/* Adds what all requests of the strand have cost so far. */
extern void hw_strand_add_counters(const HwStrand *strand, HwCounters *sum);

/* How many pages it will have been in the end; -1 while that is unknown. */
extern long hw_strand_pages_expected(const HwStrand *strand,
									 long offset_max);

#endif							/* HW_STRAND_H */
