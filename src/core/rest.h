/*-------------------------------------------------------------------------
 *
 * rest.h
 *	  Keys and passwords that were refused, and rest.
 *
 * More than five failures in a row bar a key, or lock a user, so that one that
 * was refused rests for five minutes, whichever client of the process it was
 * refused to.  What is kept of a secret is a digest.
 *
 * Source: BSS FAQ, "AK access failed to reach the limit"; IAM API Reference on
 * locked users.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_REST_H
#define HW_REST_H

#include <stdbool.h>
#include <time.h>

#include "core/status.h"

#define HW_REST_SECONDS 300

typedef struct HwRests HwRests;

extern HwRests *hw_rests_open(void);	/* NULL: out of memory */
extern void hw_rests_close(HwRests *rests);

/*
 * From now (seconds since 1970) on, what the texts say rests.  Some of them
 * may be NULL.  The status is the refusal.
 */
extern void hw_rests_add(HwRests *rests, const char *const *texts, int ntexts,
						 const HwStatus *status, time_t now);

/*
 * Whether it rests: then *status becomes the refusal, with how long it is not
 * tried yet.
 */
extern bool hw_rests_find(HwRests *rests, const char *const *texts,
						  int ntexts, time_t now, HwStatus *status);

/*
 * Seconds until then, 0 when it is over.  A clock that has been set back makes
 * no rest longer than one from now on: *until is set back with it.
 */
extern long hw_rest_left(time_t *until, time_t now);

/* All may be tried again. */
extern void hw_rests_forget(HwRests *rests);

#endif							/* HW_REST_H */
