/*-------------------------------------------------------------------------
 *
 * auth.h
 *	  What credentials make of a request, and what refusals teach.
 *
 * Owns the secrets: they live in memory that is wiped when it is given back,
 * and in the headers of a request only while it is being sent.  A key or a
 * password that was refused rests for a while; see rest.h.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_AUTH_H
#define HW_AUTH_H

#include <time.h>

#include "core/credentials.h"
#include "core/engine.h"
#include "core/request.h"
#include "core/rest.h"
#include "core/signin.h"
#include "core/status.h"

typedef struct HwAuth HwAuth;

/*
 * Copies the credentials; NULL when out of memory.  What was refused to others
 * who share the rests, which outlive it, counts here, too.
 */
extern HwAuth *hw_auth_open(const HwCredentials *credentials, HwRests *rests);
extern void hw_auth_close(HwAuth *auth);	/* wipes */

/* Whether requests are signed, and so have to name their project or account. */
extern bool hw_auth_signs(const HwAuth *auth);

/*
 * The ID of the project, or of the account, that environment or file name
 * beside the key; NULL when they do not.  Valid until the client is driven.
 */
extern const char *hw_auth_scope_id(HwAuth *auth, bool is_project);

/*
 * Whether a request can be sent now (seconds since 1970).  When not yet, what
 * is missing is on its way: drive the engine, call hw_auth_step, ask again.
 */
extern HwSigninState hw_auth_ready(HwAuth *auth, HwEngine *engine,
								   const HwRequest *request,
								   const HwSigninPlace *place, time_t now,
								   HwStatus *status);

/*
 * Takes in what has arrived; see hw_signin_step.  To be called once after each
 * turn of the engine; hw_auth_settle once all who wait have been told.
 */
extern void hw_auth_step(HwAuth *auth, HwEngine *engine, time_t now,
						 double chance, bool was_unattended,
						 long long *wake_ms);
extern void hw_auth_settle(HwAuth *auth);

/* Nobody waits any more for what is on its way. */
extern void hw_auth_abandon(HwAuth *auth);

/* Milliseconds until a repeat of such a request, and why; -1 for none. */
extern long hw_auth_wait_ms(const HwAuth *auth, const HwStatus **why);

/* Requests sent to sign in, and bytes received. */
extern void hw_auth_counters(const HwAuth *auth, long *nrequests,
							 long long *bytes);

/*
 * Adds the headers that authenticate a request sent now, which hw_auth_ready
 * has let pass; hw_auth_strip takes them away again and wipes them.
 */
extern bool hw_auth_apply(HwAuth *auth, HwRequest *request, time_t now,
						  HwStatus *status);
extern void hw_auth_strip(HwRequest *request);

/* Which of the secrets that there have been a request would carry. */
extern long hw_auth_generation(const HwAuth *auth, const HwRequest *request);

/* What became of an attempt. */
typedef struct HwAttempt
{
	const HwRequest *request;
	long		generation;		/* of the secret it carried */
	time_t		reply_date;		/* 0 when the reply had none */
	bool		has_retried;	/* had a second attempt already */
} HwAttempt;

/*
 * Learns from an answer.  True when one more attempt makes sense at once: the
 * clock was off and has been set, or the token was dead and there may be a new
 * one.
 */
extern bool hw_auth_learn(HwAuth *auth, const HwAttempt *attempt,
						  HwStatus *status, time_t now);

#endif							/* HW_AUTH_H */
