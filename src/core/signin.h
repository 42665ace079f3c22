/*-------------------------------------------------------------------------
 *
 * signin.h
 *	  One key or token, and how to come by it.
 *
 * Keys and tokens of the mapping are there at once; those of the environment
 * and of files are read when they are first wanted; tokens by password and
 * keys of the metadata service take requests of their own, which run on the
 * client's engine while whoever wants them waits.
 *
 * Time comes in two kinds: now_ms is the engine's monotonic clock, for waits;
 * server_now is the services' own idea of the time, taken from the Date of
 * their replies, in seconds since 1970, by which keys and tokens expire.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SIGNIN_H
#define HW_SIGNIN_H

#include "core/credentials.h"
#include "core/engine.h"

typedef struct HwSignin HwSignin;

typedef enum HwSigninState
{
	HW_SIGNIN_READY,			/* there is a secret */
	HW_SIGNIN_WAIT,				/* not yet: drive the engine, ask again */
	HW_SIGNIN_FAILED
} HwSigninState;

/* Where and how to ask for a token; borrowed during the call. */
typedef struct HwSigninPlace
{
	const char *iam_endpoint;	/* base URL; NULL when none is allowed */
	const char *domain_id;		/* account, if the credentials name none */
	const HwTransport *transport;
	long		retry_budget_ms;
} HwSigninPlace;

/*
 * The secret for a project, or for the account when it is empty.  Borrows the
 * credentials.  NULL when out of memory.
 */
extern HwSignin *hw_signin_open(const HwCredentials *credentials,
								const char *project);
extern void hw_signin_close(HwSignin *signin);	/* wipes */

/*
 * Whether there is a secret to go on with; begins to get one when there is
 * not, or when what there is will soon expire.  After HW_SIGNIN_FAILED the
 * same answer comes until hw_signin_settle, so that all who wait hear it.
 */
extern HwSigninState hw_signin_want(HwSignin *signin, HwEngine *engine,
									const HwSigninPlace *place,
									long long server_now, HwStatus *status);

/* Whether there is a secret that can be used, be it time to renew it or not. */
extern bool hw_signin_is_alive(const HwSignin *signin, long long server_now);

/*
 * Takes in what has arrived; chance in [0, 1) spreads repeats.  was_unattended:
 * nobody drove the engine for so long that a time-out means nothing.  Sets
 * *date to the Date of a reply that came, and *wake_ms to when a repeat is
 * due, if that is earlier (0 stands for never).  Returns why it has given up
 * getting a secret, be there an older one or not; NULL when it has not.
 */
extern const HwStatus *hw_signin_step(HwSignin *signin, HwEngine *engine,
									  long long server_now, double chance,
									  bool was_unattended, time_t *date,
									  long long *wake_ms);
extern void hw_signin_settle(HwSignin *signin);

/* What the step has led to; *failure is filled when it has failed. */
extern HwSigninState hw_signin_outcome(const HwSignin *signin,
									   HwStatus *failure);

/* Nobody waits any more: gives up a request that is on its way. */
extern void hw_signin_abandon(HwSignin *signin);

/*
 * The service says that the secret is dead: lets it go.  True when there may
 * be another one.  A generation that has been replaced since is no matter.
 */
extern bool hw_signin_renew(HwSignin *signin, long generation);

/*
 * Reads environment and file again, which may say something else than before;
 * false when they do not.
 */
extern bool hw_signin_reload(HwSignin *signin);

/*
 * The project, or the account, that environment or file name beside the key,
 * without asking anyone; NULL when they do not.  Valid until the next call for
 * this sign-in.
 */
extern const char *hw_signin_scope_id(HwSignin *signin, bool is_project);

/* Valid while HW_SIGNIN_READY. */
extern const HwSecret *hw_signin_secret(const HwSignin *signin);

/* Counts the secrets there have been, and those that were let go. */
extern long hw_signin_generation(const HwSignin *signin);
extern const char *hw_signin_project(const HwSignin *signin);

/* Requests sent, bytes received. */
extern void hw_signin_counters(const HwSignin *signin, long *nrequests,
							   long long *bytes);
extern bool hw_signin_is_busy(const HwSignin *signin);

/* Milliseconds until a repeat, and why; -1 when it does not wait for one. */
extern long hw_signin_wait_ms(const HwSignin *signin, const HwStatus **why);

#endif							/* HW_SIGNIN_H */
