/*-------------------------------------------------------------------------
 *
 * pager_internal.h
 *	  What pager.c, ahead.c, arrival.c and tally.c share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PAGER_INTERNAL_H
#define HW_PAGER_INTERNAL_H

#include "core/pager.h"
#include "core/sieve.h"
#include "core/strand.h"

/* Whether and why a location is left out. */
typedef struct HwSkip
{
	bool		is_skipped;
	bool		is_told;
	HwStatus	status;
} HwSkip;

struct HwPager
{
	HwClient   *client;
	HwQuestion	question;		/* its texts are copies */
	HwForm	   *form;			/* owned */
	HwLists		lists;			/* what the strands are of */

	HwBase	   *bases;			/* by location; owned */
	HwEditions	editions;
	HwSkip	   *skips;			/* by location; owned */

	HwStrand   *strands;		/* by list; owned */
	int			nstrands;
	int			current;
	HwSieve    *sieve;			/* owned */
	bool		has_list;		/* a reply has had the list of rows */
	long long	listless;		/* total of replies that had none */
	bool		has_asked;		/* for what the client has yet to send */

	HwPage	   *page;			/* being handed out; owned */
	int			element;
	int			row;			/* in the element; -1 before the first */
	long		npages;			/* handed out so far */
	long		nrows;

	bool		has_failed;
	HwStatus	status;
	bool		has_warning;
	bool		has_warned;
	HwStatus	warning;
};

/* Notes a failure that ends the sequence; false. */
extern bool hw_pager_fail(HwPager *pager, const HwStatus *status);

/* The rows of this page come next; takes it over. */
extern void hw_pager_hand_out(HwPager *pager, HwPage *page);

/* ahead.c: */

/* Rows that the reader still wants; 0 when it wants all. */
extern long hw_pager_rows_wanted(const HwPager *pager);

/* How many rows the first page of a strand is asked for. */
extern int	hw_pager_first_limit(const HwPager *pager,
								 const HwStrand *strand);

/* Asks for what the window has room for; fails if that cannot be asked. */
extern void hw_pager_fill(HwPager *pager);

/* arrival.c: */

/*
 * Takes in what has come for a strand, whose first fetch is done.  Afterwards
 * a page is handed out, or the strand goes on or ends, or the pager fails.
 */
extern void hw_pager_collect(HwPager *pager, HwStrand *strand);

/*
 * When all lists have ended: false, and a failure, if rows were counted in all
 * of the replies and listed in none.
 */
extern bool hw_pager_check_listed(HwPager *pager);

#endif							/* HW_PAGER_INTERNAL_H */
