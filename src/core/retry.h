/*-------------------------------------------------------------------------
 *
 * retry.h
 *	  Whether and when a failed request is tried again.
 *
 * All APIs of the catalogue only read, the POST ones too, so each attempt is
 * safe to repeat.  Pure arithmetic: time and chance come in as arguments.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_RETRY_H
#define HW_RETRY_H

#include "core/status.h"

typedef struct HwRetry
{
	int			nattempts;		/* made so far */
	long		waited_ms;		/* spent waiting so far */
} HwRetry;

/*
 * Reads "limit:5,time:1 minute" (or second, hour) out of a throttling text:
 * the time of one call in milliseconds (12000 here), and the whole window.
 * False when the text has no such policy.
 */
extern bool hw_retry_policy(const char *text, long *share_ms, long *window_ms);

/*
 * Reads a Retry-After header: seconds, or an HTTP date measured against now
 * (seconds since 1970).  Milliseconds, or -1 when it is neither.
 */
extern long hw_retry_after(const char *value, long long now);

/*
 * How long to wait before the next attempt, in milliseconds; -1 for never.
 * chance is in [0, 1).  budget_ms is what all waits for one request may sum
 * up to: a list of many pages may be throttled at each of them and still be
 * worth its time, which statement_timeout bounds.  A wait that would exceed
 * the budget is refused rather than shortened.
 *
 * Repeated: no connection, time-outs, 500 (two repeats), 502, 503, 504,
 * throttling, and a body that ends early (HW_NO_CONNECTION).  Never: anything
 * else.  Throttling waits as long as the answer says, at least half a second,
 * else two seconds doubling up to a minute; the budget alone ends it.  Other
 * failures wait exponentially from 0.5 s up to 30 s with full jitter, or as
 * long as the answer says if that is more, at most five repeats.  Waits that
 * would be equal in all sessions become up to a tenth longer by chance, at
 * most 0.4 s, as far as the budget goes.
 */
extern long hw_retry_delay(const HwRetry *retry, const HwStatus *status,
						   long budget_ms, double chance);

#endif							/* HW_RETRY_H */
