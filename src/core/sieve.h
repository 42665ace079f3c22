/*-------------------------------------------------------------------------
 *
 * sieve.h
 *	  Which elements of the pages of several lists are handed out.
 *
 * An element goes out with the first list that brings it, known by its key
 * within its project; one that breaks a condition does not go out at all.
 * What comes again shows that lists overlap, that they changed while they were
 * read, or that the service does not page.
 *
 * Knows nothing of requests, nor what becomes of a reader whose lists changed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SIEVE_H
#define HW_SIEVE_H

#include "core/decode.h"
#include "core/status.h"

typedef struct HwSieve HwSieve;

/* What the pages of one list were like. */
typedef struct HwSifted
{
	long		ndropped;		/* elements that break a condition */
	long		nrepeated;		/* elements of lists before */
	bool		is_doubtful;	/* elements came again, or are not what was
								 * asked for */
	bool		lacks_key;		/* an element has no key */
} HwSifted;

/* For lists that are numbered from 0; NULL when out of memory. */
extern HwSieve *hw_sieve_open(const HwTable *table, int nlists);
extern void hw_sieve_close(HwSieve *sieve);

/*
 * Decides which elements of a list's next page, which begins at offset, are
 * handed out.  asked are the values of the list, as rows carry them.  False
 * and a status on failure.  True and HW_DRIFTED when the lists have changed:
 * what is handed out may be neither of before nor of after.
 */
extern bool hw_sieve_page(HwSieve *sieve, int list, HwPage *page,
						  const HwAsked *asked, long offset,
						  HwStatus *status);

extern const HwSifted *hw_sieve_list(const HwSieve *sieve, int list);

#endif							/* HW_SIEVE_H */
