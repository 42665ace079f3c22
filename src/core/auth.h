/*-------------------------------------------------------------------------
 *
 * auth.h
 *	  Credentials, and what they make of a request.
 *
 * Owns the secrets: they live in memory that is wiped when it is given back,
 * and in the headers of a request only while it is being sent.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_AUTH_H
#define HW_AUTH_H

#include <time.h>

#include "core/request.h"
#include "core/status.h"

typedef struct HwAuth HwAuth;

/* Borrowed by hw_auth_open, which copies; NULL for what is not given. */
typedef struct HwCredentials
{
	const char *access_key;
	const char *secret_key;
	const char *security_token; /* of temporary keys */
	const char *token;			/* instead of keys */
} HwCredentials;

/* NULL when out of memory. */
extern HwAuth *hw_auth_open(const HwCredentials *credentials);
extern void hw_auth_close(HwAuth *auth);	/* wipes */

/* Whether requests are signed, and so have to name their project or account. */
extern bool hw_auth_signs(const HwAuth *auth);

/*
 * Adds the headers that authenticate a request sent now (seconds since 1970);
 * hw_auth_strip takes them away again and wipes them.  A key that was refused
 * less than five minutes ago is not tried: HW_LOCKED_OUT, since more than five
 * failures in a row bar a key for five minutes.
 */
extern bool hw_auth_apply(HwAuth *auth, HwRequest *request, time_t now,
						  HwStatus *status);
extern void hw_auth_strip(HwRequest *request);

/*
 * Learns from a refusal.  True when one more attempt makes sense at once: the
 * clock was off and has been set by the reply's date (0 when it had none).
 * has_retried says that this request already had such a second attempt.
 */
extern bool hw_auth_learn(HwAuth *auth, HwStatus *status, time_t now,
						  time_t reply_date, bool has_retried);

#endif							/* HW_AUTH_H */
