/*-------------------------------------------------------------------------
 *
 * client.h
 *	  What one set of credentials keeps between requests.
 *
 * A client owns an engine, the credentials and the replies that may be used
 * again.  A fetch is one request text: sent once, tried again as retry.h says,
 * and shared by all who ask for the same text while it may be reused.
 *
 * Until the service has accepted the credentials, one request at a time goes
 * out: a key that is wrong shall not be refused once for each of many.
 *
 * Only hw_client_drive sends anything; it never waits.  A caller with signal
 * handlers blocks all signals around it, since libcurl may start threads.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_CLIENT_H
#define HW_CLIENT_H

#include "core/auth.h"
#include "core/engine.h"
#include "core/request.h"
#include "core/status.h"

typedef struct HwClient HwClient;
typedef struct HwFetch HwFetch;

typedef struct HwFetchOptions
{
	HwTransport transport;		/* its texts are copied */
	const char *iam_endpoint;	/* where tokens come from; copied */
	const char *domain_id;		/* account of such tokens; copied */
	long		retry_budget_ms;
	long		reuse_ms;		/* cache_ttl: age of a reply that may be
								 * reused across statements; 0 for none */
	long long	not_before_ms;	/* which came when this reply did, or later:
								 * it shall not be older than the page before
								 * it; see hw_fetch_done_ms */
	unsigned long statement;	/* replies are shared within one statement;
								 * 0 for none */
} HwFetchOptions;

/* Counters of all that a client has done. */
typedef struct HwCounters
{
	long		nrequests;		/* sent, retries included */
	long		nretries;
	long		nreused;		/* answered by a reply already here */
	long long	bytes;			/* received, before decompression */
	long		waited_ms;		/* before retries */
} HwCounters;

/* NULL and a status on failure.  The rests outlive the client. */
extern HwClient *hw_client_open(const HwCredentials *credentials,
								HwRests *rests, HwStatus *status);

/* All fetches must have been released. */
extern void hw_client_close(HwClient *client);

/* Readable whenever hw_client_drive has something to do. */
extern int	hw_client_fd(const HwClient *client);
extern int	hw_client_descriptors(const HwClient *client);
extern const HwAuth *hw_client_auth(const HwClient *client);

/* As hw_auth_scope_id. */
extern const char *hw_client_scope_id(HwClient *client, bool is_project);
extern const HwCounters *hw_client_counters(const HwClient *client);

/*
 * Sends what is due and takes in what has arrived.  False when the engine is
 * beyond use: all fetches have failed and the client must be closed.
 */
extern bool hw_client_drive(HwClient *client, HwStatus *status);

/* How many fetches have come to their end so far. */
extern long hw_client_done(const HwClient *client);

/*
 * Says that the caller has been waiting for the descriptor since the last
 * drive.  Time that passes otherwise is not held against a transfer.
 */
extern void hw_client_attend(HwClient *client);

/* Replies kept for this statement alone are let go. */
extern void hw_client_end_statement(HwClient *client,
									unsigned long statement);

/* Later statements shall ask anew for what is here: it has changed. */
extern void hw_client_expire(HwClient *client);

/*
 * Asks for a request's reply, taking the request over (it is empty
 * afterwards, also on failure).  NULL and a status when out of memory.
 * is_reused says that nothing had to be sent for it.
 */
extern HwFetch *hw_client_fetch(HwClient *client, HwRequest *request,
								const HwFetchOptions *options,
								bool *is_reused, HwStatus *status);
extern void hw_fetch_release(HwFetch *fetch);

extern bool hw_fetch_is_done(const HwFetch *fetch);

/* HW_OK, or why there is no reply; valid once done. */
extern const HwStatus *hw_fetch_status(const HwFetch *fetch);

/* The body of a successful reply; lives as long as the fetch is held. */
extern const char *hw_fetch_body(const HwFetch *fetch, size_t *bytes);

/* When the reply came, on the engine's clock; valid once done. */
extern long long hw_fetch_done_ms(const HwFetch *fetch);

/* The reply was of no use: nobody else is to get it. */
extern void hw_fetch_spoil(HwFetch *fetch);

/* Attempts, repeats and bytes so far; age of a reused reply. */
extern void hw_fetch_counters(const HwFetch *fetch, HwCounters *counters);
extern long hw_fetch_age_ms(const HwFetch *fetch);

/*
 * When the fetch is waiting to try again: milliseconds left, and why.  -1
 * when it is not.
 */
extern long hw_fetch_wait_ms(const HwFetch *fetch, const HwStatus **why);

#endif							/* HW_CLIENT_H */
