/*-------------------------------------------------------------------------
 *
 * client.c
 *	  What one set of credentials keeps between requests.
 *
 *-------------------------------------------------------------------------
 */
#include "core/client.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/retry.h"
#include "core/send.h"
#include "core/sign.h"
#include "core/verdict.h"

/*
 * Replies kept for reuse may take this much; the oldest go first.  A full page
 * of 200 quotas is some 80 kB, so this is about 200 pages.
 */
#define KEPT_BYTES_MAX ((size_t) 16 << 20)

/*
 * A transfer that timed out although nobody drove the engine for this long
 * (a cursor left open) did not fail: it is sent again.
 */
#define UNATTENDED_MS 2000

typedef enum FetchState
{
	FETCH_QUEUED,				/* to be sent when it may be */
	FETCH_SENT,
	FETCH_WAITING,				/* to be sent again at .due_ms */
	FETCH_DONE
} FetchState;

struct HwFetch
{
	HwFetch    *next;
	HwClient   *client;
	int			nholders;
	FetchState	state;
	HwRequest	request;
	HwDigest	key;
	HwFetchOptions options;
	char	   *ca_file;		/* own copies of the options' texts */
	char	   *proxy;
	char	   *iam_endpoint;
	char	   *domain_id;
	HwExchange *exchange;		/* while sent */
	HwRetry		retry;
	long		generation;		/* of the secret it was sent with */
	bool		has_retried_auth;
	bool		was_repeated;	/* for having been left alone */
	bool		is_spoiled;
	bool		is_expired;		/* for other statements */
	long long	due_ms;
	long long	done_ms;
	HwStatus	status;			/* last outcome */
	char	   *body;
	size_t		body_bytes;
	HwCounters	counters;
};

struct HwClient
{
	HwEngine   *engine;
	HwAuth	   *auth;
	HwHasher   *hasher;
	long		nsignins;		/* requests and bytes counted already */
	long long	signin_bytes;
	bool		is_accepted;	/* a service has taken the credentials */
	HwFetch    *fetches;		/* oldest first, as they are sent */
	HwFetch   **end;			/* where the next one goes */
	size_t		kept_bytes;
	long		ndone;
	HwCounters	counters;
	long long	driven_ms;		/* when last */
	unsigned long chance;		/* state of the jitter's generator */
};

HwClient *
hw_client_open(const HwCredentials *credentials, HwRests *rests,
			   HwStatus *status)
{
	HwClient   *client = calloc(1, sizeof(HwClient));

	if (client == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}

	client->end = &client->fetches;

	/*
	 * Sessions that begin at the same time must not wait in step.  A small
	 * seed would begin with small numbers: spread its bits.
	 */
	client->chance = (((unsigned long) hw_engine_now() ^
					   ((unsigned long) getpid() << 32)) *
					  0x9e3779b97f4a7c15UL) | 1;
	client->hasher = hw_hasher_open();
	client->auth = hw_auth_open(credentials, rests);
	if (client->hasher == NULL || client->auth == NULL)
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	else
		client->engine = hw_engine_open(status);
	if (client->engine == NULL)
	{
		hw_client_close(client);
		return NULL;
	}
	return client;
}

static void
fetch_free(HwFetch *fetch)
{
	if (fetch->exchange)
		hw_exchange_free(fetch->exchange);
	hw_request_free(&fetch->request);
	free(fetch->ca_file);
	free(fetch->proxy);
	free(fetch->iam_endpoint);
	free(fetch->domain_id);
	free(fetch->body);
	free(fetch);
}

static bool
is_anyone_queued(const HwClient *client)
{
	for (const HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->state == FETCH_QUEUED)
			return true;
	}
	return false;
}

static void
fetch_remove(HwClient *client, HwFetch *fetch)
{
	HwFetch   **link = &client->fetches;
	bool		was_queued = fetch->state == FETCH_QUEUED;

	while (*link != fetch)
		link = &(*link)->next;
	*link = fetch->next;
	if (fetch->next == NULL)
		client->end = link;
	client->kept_bytes -= fetch->body_bytes;
	fetch_free(fetch);
	if (was_queued && !is_anyone_queued(client))
		hw_auth_abandon(client->auth);
}

void
hw_client_close(HwClient *client)
{
	if (client == NULL)
		return;
	while (client->fetches)
		fetch_remove(client, client->fetches);
	hw_auth_close(client->auth);
	if (client->hasher)
		hw_hasher_close(client->hasher);
	if (client->engine)
		hw_engine_close(client->engine);
	free(client);
}

int
hw_client_fd(const HwClient *client)
{
	return hw_engine_fd(client->engine);
}

int
hw_client_descriptors(const HwClient *client)
{
	return hw_engine_descriptors(client->engine);
}

const HwAuth *
hw_client_auth(const HwClient *client)
{
	return client->auth;
}

const char *
hw_client_scope_id(HwClient *client, bool is_project)
{
	return hw_auth_scope_id(client->auth, is_project);
}

const HwCounters *
hw_client_counters(const HwClient *client)
{
	return &client->counters;
}

/* --- keeping replies ------------------------------------------------ */

static bool
is_reusable(const HwFetch *fetch, const HwFetchOptions *options)
{
	if (fetch->is_spoiled)
		return false;
	if (options->statement && fetch->options.statement == options->statement)
		return fetch->state != FETCH_DONE || fetch->status.kind == HW_OK;
	return options->reuse_ms > 0 && fetch->state == FETCH_DONE &&
		fetch->status.kind == HW_OK && !fetch->is_expired &&
		fetch->done_ms >= options->not_before_ms &&
		hw_engine_now() - fetch->done_ms <= options->reuse_ms;
}

/* Is there a reason to keep a reply nobody holds? */
static bool
is_worth_keeping(const HwFetch *fetch)
{
	return fetch->state == FETCH_DONE && fetch->status.kind == HW_OK &&
		!fetch->is_spoiled &&
		(fetch->options.statement ||
		 (fetch->options.reuse_ms > 0 && !fetch->is_expired &&
		  hw_engine_now() - fetch->done_ms <= fetch->options.reuse_ms));
}

/* Lets go of what nobody holds: the useless, and the oldest above the limit. */
static void
trim(HwClient *client)
{
	HwFetch    *fetch = client->fetches;

	while (fetch)
	{
		HwFetch    *next = fetch->next;

		if (fetch->nholders == 0 && !is_worth_keeping(fetch))
			fetch_remove(client, fetch);
		fetch = next;
	}
	while (client->kept_bytes > KEPT_BYTES_MAX)
	{
		HwFetch    *oldest = client->fetches;

		while (oldest && oldest->nholders > 0)
			oldest = oldest->next;
		if (oldest == NULL)
			break;
		fetch_remove(client, oldest);
	}
}

void
hw_client_end_statement(HwClient *client, unsigned long statement)
{
	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->options.statement == statement)
			fetch->options.statement = 0;
	}
	trim(client);
}

void
hw_client_expire(HwClient *client)
{
	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
		fetch->is_expired |= fetch->state == FETCH_DONE;
	trim(client);
}

/* --- sending -------------------------------------------------------- */

static double
next_chance(HwClient *client)
{
	/* Marsaglia's xorshift: spreading retries needs no secrecy. */
	client->chance ^= client->chance << 13;
	client->chance ^= client->chance >> 7;
	client->chance ^= client->chance << 17;
	return (double) (client->chance >> 11) / (double) (1UL << 53);
}

/* The status says how it ended. */
static void
fetch_end(HwFetch *fetch)
{
	fetch->state = FETCH_DONE;
	fetch->done_ms = hw_engine_now();
	fetch->client->ndone++;
}

static void
fetch_send(HwFetch *fetch)
{
	HwClient   *client = fetch->client;

	if (hw_auth_apply(client->auth, &fetch->request, time(NULL),
					  &fetch->status))
		fetch->exchange = hw_send(client->engine, &fetch->request,
								  &fetch->options.transport, &fetch->status);
	hw_auth_strip(&fetch->request);
	if (fetch->exchange == NULL)
	{
		fetch_end(fetch);
		return;
	}
	fetch->generation = hw_auth_generation(client->auth, &fetch->request);
	fetch->state = FETCH_SENT;
	fetch->retry.nattempts++;
	fetch->counters.nrequests++;
	client->counters.nrequests++;
	if (fetch->retry.nattempts > 1)
	{
		fetch->counters.nretries++;
		client->counters.nretries++;
	}
}

/* Sends it if its credentials are there; false when it goes on waiting. */
static bool
fetch_try(HwFetch *fetch)
{
	HwSigninPlace place = {
		.iam_endpoint = fetch->iam_endpoint,
		.domain_id = fetch->domain_id,
		.transport = &fetch->options.transport,
		.retry_budget_ms = fetch->options.retry_budget_ms
	};
	HwClient   *client = fetch->client;

	hw_status_clear(&fetch->status);
	switch (hw_auth_ready(client->auth, client->engine, &fetch->request,
						  &place, time(NULL), &fetch->status))
	{
		case HW_SIGNIN_READY:
			fetch_send(fetch);
			break;
		case HW_SIGNIN_WAIT:
			fetch->state = FETCH_QUEUED;
			return false;
		case HW_SIGNIN_FAILED:
			fetch_end(fetch);
			break;
	}
	return true;
}

/*
 * Whether an answer shows that the credentials are good.  What a gateway says
 * before it has looked at them shows nothing.
 */
static bool
is_acceptance(const HwStatus *status)
{
	return status->http >= 200 && status->http < 500 && status->http != 401 &&
		status->http != 429;
}

/* What a reply means, before anyone has read its rows. */
static void
fetch_judge(HwFetch *fetch, const HwReply *reply)
{
	HwStatus   *status = &fetch->status;

	*status = reply->status;
	status->http = reply->http;
	status->wait_ms = -1;
	if (status->kind == HW_OK && (reply->http < 200 || reply->http > 299))
		hw_verdict_refusal(reply->http, reply->body, reply->body_bytes,
						   status);
	hw_status_copy(status->request_id, sizeof(status->request_id),
				   reply->request_id, strlen(reply->request_id));
	if (status->kind == HW_THROTTLED || status->kind == HW_SERVER_ERROR)
	{
		long		share_ms;
		long		window_ms;

		if (reply->retry_after[0])
			status->wait_ms = hw_retry_after(reply->retry_after, time(NULL));
		if (status->wait_ms < 0 &&
			hw_retry_policy(status->text, &share_ms, &window_ms))
			status->wait_ms = share_ms;
	}
}

/* True when the credentials have changed, so that one more attempt is due. */
static bool
fetch_learn(HwFetch *fetch, time_t reply_date)
{
	HwAttempt	attempt = {
		.request = &fetch->request,
		.generation = fetch->generation,
		.reply_date = reply_date,
		.has_retried = fetch->has_retried_auth
	};

	if (is_acceptance(&fetch->status))
		fetch->client->is_accepted = true;
	return hw_auth_learn(fetch->client->auth, &attempt, &fetch->status,
						 time(NULL));
}

/* Decides what follows an attempt that failed. */
static void
fetch_retry(HwFetch *fetch, time_t reply_date, bool was_unattended)
{
	HwClient   *client = fetch->client;
	long		delay_ms;

	if (was_unattended && fetch->status.kind == HW_TIMED_OUT &&
		!fetch->was_repeated)
	{
		fetch->was_repeated = true;
		fetch->state = FETCH_QUEUED;
		fetch->retry.nattempts--;
		return;
	}
	if (fetch_learn(fetch, reply_date))
	{
		fetch->has_retried_auth = true;
		fetch->state = FETCH_QUEUED;
		return;
	}
	delay_ms = hw_retry_delay(&fetch->retry, &fetch->status,
							  fetch->options.retry_budget_ms,
							  next_chance(client));
	if (delay_ms < 0)
	{
		fetch_end(fetch);
		return;
	}
	fetch->retry.waited_ms += delay_ms;
	fetch->counters.waited_ms += delay_ms;
	client->counters.waited_ms += delay_ms;
	fetch->due_ms = hw_engine_now() + delay_ms;
	fetch->state = FETCH_WAITING;
}

static void
fetch_collect(HwFetch *fetch, bool was_unattended)
{
	HwClient   *client = fetch->client;
	const HwReply *reply = hw_exchange_reply(fetch->exchange);
	time_t		date = reply->date;

	fetch->counters.bytes += reply->wire_bytes;
	client->counters.bytes += reply->wire_bytes;
	fetch_judge(fetch, reply);
	if (fetch->status.kind == HW_OK)
	{
		(void) fetch_learn(fetch, date);
		fetch->body = hw_exchange_take_body(fetch->exchange,
											&fetch->body_bytes);
		client->kept_bytes += fetch->body_bytes;
		fetch_end(fetch);
	}
	else
		fetch_retry(fetch, date, was_unattended);
	hw_exchange_free(fetch->exchange);
	fetch->exchange = NULL;
}

static bool
is_due(const HwFetch *fetch, long long now_ms)
{
	return fetch->state == FETCH_QUEUED ||
		(fetch->state == FETCH_WAITING && fetch->due_ms <= now_ms);
}

/* The only one that may be sent while the credentials are unproven. */
static const HwFetch *
find_trial(const HwClient *client, long long now_ms)
{
	const HwFetch *first = NULL;

	for (const HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->state == FETCH_SENT)
			return fetch;
		if (first == NULL && is_due(fetch, now_ms))
			first = fetch;
	}
	return first;
}

/*
 * Sends what is due, one at a time while the credentials are unproven.  True
 * when anything was sent, or has failed.
 */
static bool
send_due(HwClient *client, long long now_ms)
{
	const HwFetch *trial = find_trial(client, now_ms);
	bool		has_moved = false;

	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (is_due(fetch, now_ms) && (client->is_accepted || fetch == trial))
			has_moved |= fetch_try(fetch);
	}
	return has_moved;
}

/* Requests for keys and tokens count like all others. */
static long
count_signins(HwClient *client)
{
	long		nrequests;
	long long	bytes;
	long		nnew;

	hw_auth_counters(client->auth, &nrequests, &bytes);
	nnew = nrequests - client->nsignins;
	client->counters.nrequests += nnew;
	client->counters.bytes += bytes - client->signin_bytes;
	client->nsignins = nrequests;
	client->signin_bytes = bytes;
	return nnew;
}

/*
 * Takes in what has arrived and sends what is due.  True when something was
 * done, so that the engine has to be driven again.
 */
static bool
step(HwClient *client, bool was_unattended, long long *wake_ms)
{
	long long	now_ms = hw_engine_now();
	bool		has_moved;

	*wake_ms = 0;
	hw_auth_step(client->auth, client->engine, time(NULL),
				 next_chance(client), was_unattended, wake_ms);
	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->state == FETCH_SENT && hw_exchange_is_done(fetch->exchange))
			fetch_collect(fetch, was_unattended);
	}
	has_moved = send_due(client, now_ms);

	/* All who waited for a key or token have heard that there is none. */
	if (!is_anyone_queued(client))
		hw_auth_settle(client->auth);
	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->state == FETCH_WAITING &&
			(*wake_ms == 0 || fetch->due_ms < *wake_ms))
			*wake_ms = fetch->due_ms;
	}
	return count_signins(client) > 0 || has_moved;
}

bool
hw_client_drive(HwClient *client, HwStatus *status)
{
	bool		was_unattended;
	long long	wake_ms;

	was_unattended = hw_engine_now() - client->driven_ms > UNATTENDED_MS;

	/*
	 * What the engine finishes must be taken in before this returns: nothing
	 * makes the descriptor readable for it again.
	 */
	do
	{
		if (!hw_engine_drive(client->engine, status))
		{
			hw_auth_abandon(client->auth);
			for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
			{
				if (fetch->state == FETCH_DONE)
					continue;
				fetch->status = *status;
				fetch_end(fetch);
			}
			return false;
		}
	} while (step(client, was_unattended, &wake_ms));
	client->driven_ms = hw_engine_now();
	if (!hw_engine_wake_at(client->engine, wake_ms))
		return hw_status_set(status, HW_INTERNAL, "could not set a timer");
	return true;
}

long
hw_client_done(const HwClient *client)
{
	return client->ndone;
}

void
hw_client_attend(HwClient *client)
{
	client->driven_ms = hw_engine_now();
}

/* --- fetches -------------------------------------------------------- */

static HwFetch *
find_reusable(HwClient *client, const HwDigest *key,
			  const HwFetchOptions *options)
{
	for (HwFetch *fetch = client->fetches; fetch; fetch = fetch->next)
	{
		if (fetch->key.high == key->high && fetch->key.low == key->low &&
			is_reusable(fetch, options))
			return fetch;
	}
	return NULL;
}

static bool
copy_text(char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	return text == NULL || *copy != NULL;
}

/* Takes the request over, but not when it fails. */
static HwFetch *
fetch_open(HwRequest *request, const HwFetchOptions *options)
{
	HwFetch    *fetch = calloc(1, sizeof(HwFetch));

	if (fetch == NULL)
		return NULL;
	hw_request_init(&fetch->request, request->method);
	fetch->nholders = 1;
	fetch->options = *options;
	if (!copy_text(&fetch->ca_file, options->transport.ca_file) ||
		!copy_text(&fetch->proxy, options->transport.proxy) ||
		!copy_text(&fetch->iam_endpoint, options->iam_endpoint) ||
		!copy_text(&fetch->domain_id, options->domain_id))
	{
		fetch_free(fetch);
		return NULL;
	}
	fetch->options.transport.ca_file = fetch->ca_file;
	fetch->options.transport.proxy = fetch->proxy;
	fetch->request = *request;
	hw_request_init(request, request->method);
	return fetch;
}

HwFetch *
hw_client_fetch(HwClient *client, HwRequest *request,
				const HwFetchOptions *options, bool *is_reused,
				HwStatus *status)
{
	HwFetch    *fetch;
	HwText		text;
	HwDigest	key;
	bool		has_key;

	*is_reused = false;
	hw_text_init(&text, 0);
	has_key = hw_request_key(request, &text) &&
		hw_hasher_digest(client->hasher, hw_text_string(&text), text.length,
						 &key);
	hw_text_free(&text);
	fetch = has_key ? find_reusable(client, &key, options) : NULL;
	if (fetch)
	{
		/* From the cache it becomes the statement's: no later reply then. */
		if (fetch->options.statement == 0)
			fetch->options.statement = options->statement;
		hw_request_free(request);
		if (options->reuse_ms > fetch->options.reuse_ms)
			fetch->options.reuse_ms = options->reuse_ms;
		fetch->nholders++;
		client->counters.nreused++;
		*is_reused = true;
		return fetch;
	}
	fetch = has_key ? fetch_open(request, options) : NULL;
	if (fetch == NULL)
	{
		hw_request_free(request);
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	fetch->client = client;
	fetch->key = key;
	*client->end = fetch;
	client->end = &fetch->next;
	trim(client);
	return fetch;
}

void
hw_fetch_release(HwFetch *fetch)
{
	if (--fetch->nholders > 0)
		return;
	if (is_worth_keeping(fetch))
		trim(fetch->client);
	else
		fetch_remove(fetch->client, fetch);
}

bool
hw_fetch_is_done(const HwFetch *fetch)
{
	return fetch->state == FETCH_DONE;
}

const HwStatus *
hw_fetch_status(const HwFetch *fetch)
{
	return &fetch->status;
}

const char *
hw_fetch_body(const HwFetch *fetch, size_t *bytes)
{
	*bytes = fetch->body_bytes;
	return fetch->body ? fetch->body : "";
}

long long
hw_fetch_done_ms(const HwFetch *fetch)
{
	return fetch->done_ms;
}

void
hw_fetch_spoil(HwFetch *fetch)
{
	fetch->is_spoiled = true;
}

void
hw_fetch_counters(const HwFetch *fetch, HwCounters *counters)
{
	*counters = fetch->counters;
}

long
hw_fetch_age_ms(const HwFetch *fetch)
{
	return fetch->state != FETCH_DONE ? 0 :
		(long) (hw_engine_now() - fetch->done_ms);
}

long
hw_fetch_wait_ms(const HwFetch *fetch, const HwStatus **why)
{
	long long	left = fetch->due_ms - hw_engine_now();

	if (fetch->state == FETCH_QUEUED)
		return hw_auth_wait_ms(fetch->client->auth, why);
	if (fetch->state != FETCH_WAITING)
		return -1;
	*why = &fetch->status;
	return left > 0 ? (long) left : 0;
}
