/*-------------------------------------------------------------------------
 *
 * engine.c
 *	  HTTP without blocking: many exchanges behind one descriptor.
 *
 * An exchange is queued, active (its handle is in the multi handle) or done
 * (its handle is gone, the reply stays).  No more are active than there may
 * be connections, so that none spends its timeouts waiting for its turn.
 *
 *-------------------------------------------------------------------------
 */
#include "core/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine_internal.h"
#include "core/memory.h"
#include "core/outcome.h"

static pthread_once_t init_once = PTHREAD_ONCE_INIT;
static CURLcode init_result;
static int	init_features;

static void init(void);
static bool open_share(HwEngine *engine, HwStatus *status);
static void admit(HwEngine *engine);
static void collect(HwEngine *engine);
static void give_up(HwEngine *engine);
static void finish(HwExchange *x, CURLcode rc);
static bool judge(HwExchange *x, CURLcode rc);
static void detach(HwExchange *x);

/* --- engines -------------------------------------------------------- */

HwEngine *
hw_engine_open(HwStatus *status)
{
	HwEngine   *engine;

	pthread_once(&init_once, init);
	if (init_result != CURLE_OK)
	{
		hw_status_set(status, HW_INTERNAL, "could not initialize libcurl: %s",
					  init_result == CURLE_FAILED_INIT ?
					  "it is too old, or failed" :
					  curl_easy_strerror(init_result));
		return NULL;
	}
	engine = calloc(1, sizeof(*engine));
	if (engine == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	hw_status_clear(&engine->failure);
	if (!open_share(engine, status) ||
		!hw_loop_open(&engine->loop, HW_ENGINE_CONNECTIONS_MAX, status))
	{
		curl_share_cleanup(engine->share);
		free(engine);
		return NULL;
	}
	return engine;
}

void
hw_engine_close(HwEngine *engine)
{
	if (engine == NULL)
		return;
	hw_loop_close(&engine->loop);	/* calls on_close */
	curl_share_cleanup(engine->share);
	free(engine);
}

int
hw_engine_fd(const HwEngine *engine)
{
	return engine->loop.epoll_fd;
}

bool
hw_engine_drive(HwEngine *engine, HwStatus *status)
{
	if (engine->failure.kind == HW_OK)
	{
		hw_loop_turn(&engine->loop);
		collect(engine);
		admit(engine);
		if (engine->loop.failure)
			give_up(engine);
	}
	if (engine->failure.kind != HW_OK)
		*status = engine->failure;
	return engine->failure.kind == HW_OK;
}

bool
hw_engine_wake_at(HwEngine *engine, long long at_ms)
{
	return hw_loop_wake_at(&engine->loop, at_ms);
}

long long
hw_engine_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
hw_engine_descriptors(const HwEngine *engine)
{
	return HW_LOOP_DESCRIPTORS + engine->nsockets;
}

/* --- exchanges ------------------------------------------------------ */

HwExchange *
hw_exchange_start(HwEngine *engine, const HwWire *wire,
				  const HwTransport *transport, HwStatus *status)
{
	HwExchange *x;

	if (engine->failure.kind != HW_OK)
	{
		*status = engine->failure;
		return NULL;
	}
	x = calloc(1, sizeof(*x));
	if (x == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	hw_status_clear(&x->reply.status);
	hw_text_init(&x->body, transport->body_bytes_max);
	x->body.is_secret = transport->has_secret_body;
	x->engine = engine;
	x->announced = -1;
	x->fd = -1;
	x->previous = engine->last;
	if (engine->last)
		engine->last->next = x;
	else
		engine->first = x;
	engine->last = x;

	x->easy = curl_easy_init();
	if (x->easy == NULL)
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	if (x->easy == NULL ||
		!hw_exchange_prepare(x, wire, transport, init_features, status))
	{
		hw_exchange_free(x);
		return NULL;
	}
	admit(engine);
	return x;
}

bool
hw_exchange_is_done(const HwExchange *x)
{
	return x->state == EXCHANGE_DONE;
}

const HwReply *
hw_exchange_reply(const HwExchange *x)
{
	return x->state == EXCHANGE_DONE ? &x->reply : NULL;
}

char *
hw_exchange_take_body(HwExchange *x, size_t *bytes)
{
	char	   *data;

	*bytes = 0;
	if (x->state != EXCHANGE_DONE || x->body.length == 0)
		return NULL;
	data = x->body.data;
	*bytes = x->body.length;
	hw_text_init(&x->body, 0);
	x->reply.body = "";
	x->reply.body_bytes = 0;
	return data;
}

void
hw_exchange_free(HwExchange *x)
{
	HwEngine   *engine;

	if (x == NULL)
		return;
	engine = x->engine;
	detach(x);
	if (x->previous)
		x->previous->next = x->next;
	else
		engine->first = x->next;
	if (x->next)
		x->next->previous = x->previous;
	else
		engine->last = x->previous;
	hw_text_free(&x->body);
	hw_text_cleanse(&x->reply, sizeof(x->reply));
	free(x);
}

/* --- life of an exchange -------------------------------------------- */

static void
init(void)
{
	const curl_version_info_data *info;

	init_result = hw_memory_init_curl();
	if (init_result != CURLE_OK)
		return;
	/* What is loaded need not be what we were compiled with. */
	info = curl_version_info(CURLVERSION_NOW);
	if (info->version_num < CURL_VERSION_MIN)
		init_result = CURLE_FAILED_INIT;
	init_features = info->features;
}

/*
 * A connection that replaces one the server has closed goes on with its TLS
 * session: a round trip less.  One thread alone drives an engine, so that
 * nothing has to be locked.
 */
static bool
open_share(HwEngine *engine, HwStatus *status)
{
	CURLSHcode	rc;

	engine->share = curl_share_init();
	if (engine->share == NULL)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	rc = curl_share_setopt(engine->share, CURLSHOPT_SHARE,
						   CURL_LOCK_DATA_SSL_SESSION);
	if (rc == CURLSHE_NOMEM)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	if (rc != CURLSHE_OK && rc != CURLSHE_NOT_BUILT_IN)
		return hw_status_set(status, HW_INTERNAL,
							 "could not share TLS sessions: %s",
							 curl_share_strerror(rc));
	return true;
}

/* Makes queued exchanges active while there are connections for them. */
static void
admit(HwEngine *engine)
{
	for (HwExchange *x = engine->first;
		 x && engine->nactive < HW_ENGINE_CONNECTIONS_MAX; x = x->next)
	{
		CURLMcode	rc;

		if (x->state != EXCHANGE_QUEUED)
			continue;
		/* Sets curl's timer, so the descriptor becomes readable. */
		rc = curl_multi_add_handle(engine->loop.multi, x->easy);
		x->state = EXCHANGE_ACTIVE;
		engine->nactive++;
		if (rc != CURLM_OK)
		{
			finish(x, rc == CURLM_OUT_OF_MEMORY ?
				   CURLE_OUT_OF_MEMORY : CURLE_FAILED_INIT);
			hw_loop_poke(&engine->loop);
		}
	}
}

static void
collect(HwEngine *engine)
{
	CURLMsg    *message;
	int			nleft;

	while ((message = curl_multi_info_read(engine->loop.multi, &nleft)))
	{
		char	   *private = NULL;

		if (message->msg == CURLMSG_DONE &&
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
							  &private) == CURLE_OK && private)
			finish((HwExchange *) private, message->data.result);
	}
}

static void
give_up(HwEngine *engine)
{
	hw_status_set(&engine->failure, HW_INTERNAL, "libcurl failed: %s",
				  engine->loop.failure);
	for (HwExchange *x = engine->first; x; x = x->next)
	{
		if (x->state == EXCHANGE_DONE)
			continue;
		detach(x);
		x->state = EXCHANGE_DONE;
		hw_text_free(&x->body);
		hw_exchange_forget_head(x);
		x->reply.body = "";
		x->reply.status = engine->failure;
	}
}

static void
finish(HwExchange *x, CURLcode rc)
{
	HwReply    *reply = &x->reply;
	curl_off_t	bytes = 0;
	long		http = 0;

	if (curl_easy_getinfo(x->easy, CURLINFO_SIZE_DOWNLOAD_T,
						  &bytes) == CURLE_OK)
		reply->wire_bytes = bytes;
	if (curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &http) == CURLE_OK)
		reply->http = http < 200 ? 0 : (int) http;	/* 1xx: interim */
	if (x->date[0])
	{
		reply->date = curl_getdate(x->date, NULL);
		if (reply->date < 0)
			reply->date = 0;
	}
	if (!judge(x, rc))
	{
		hw_text_free(&x->body);
		hw_text_cleanse(reply->subject_token, sizeof(reply->subject_token));
	}
	reply->status.http = reply->http;
	hw_status_copy(reply->status.request_id,
				   sizeof(reply->status.request_id),
				   reply->request_id, strlen(reply->request_id));
	reply->body = hw_text_string(&x->body);
	reply->body_bytes = x->body.length;
	detach(x);
	x->state = EXCHANGE_DONE;
}

/* True when the reply is whole. */
static bool
judge(HwExchange *x, CURLcode rc)
{
	HwStatus   *status = &x->reply.status;
	HwOutcome	outcome = {
		.words = x->error,
		.host = x->host,
		.connect_timeout_ms = x->connect_timeout_ms,
		.request_timeout_ms = x->request_timeout_ms,
		.is_https = x->is_https,
		.is_connected = x->was_connected || hw_exchange_has_peer(x->fd),
		.was_sent = x->was_sent,
		.has_head = x->has_head
	};

	switch (x->breach)
	{
		case BREACH_BODY:
			return hw_status_set(status, HW_BODY_TOO_LARGE,
								 "the body is larger than %zu bytes",
								 x->body.length_max);
		case BREACH_HEAD:
			return hw_status_set(status, HW_TOO_LARGE,
								 "the header is larger than %d bytes or %d lines",
								 HEAD_BYTES_MAX, HEAD_LINES_MAX);
		case BREACH_TOKEN:
			return hw_status_set(status, HW_TOO_LARGE,
								 "the token is larger than %zu bytes",
								 sizeof(x->reply.subject_token) - 1);
		case BREACH_LENGTH:
			return hw_status_set(status, HW_BAD_REPLY,
								 "the header announces two lengths");
		case BREACH_STATUS:
			x->reply.http = 0;
			return hw_status_set(status, HW_BAD_REPLY,
								 "the HTTP status is not a number of three digits");
		case BREACH_MEMORY:
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		case BREACH_NONE:
			break;
	}
	if (x->is_kept_away &&
		(rc == CURLE_COULDNT_CONNECT || rc == CURLE_ABORTED_BY_CALLBACK))
		return hw_status_set(status, HW_NOT_ALLOWED,
							 "host \"%s\" resolves to an address that is not %s",
							 x->host,
							 x->is_https || x->refuses_private ?
							 "public" : "this machine's");
	if (!hw_outcome_status(x->easy, rc, &outcome, status))
		return false;

	/* To libcurl, 101 is the end: another protocol has the connection. */
	if (x->reply.http == 0)
		return hw_status_set(status, HW_BAD_REPLY,
							 "the answer ends with an interim one");
	return true;
}

/* Takes an exchange out of curl's hands and lets go of what it sent. */
static void
detach(HwExchange *x)
{
	HwEngine   *engine = x->engine;

	if (x->state == EXCHANGE_ACTIVE)
	{
		curl_multi_remove_handle(engine->loop.multi, x->easy);
		engine->nactive--;
		x->state = EXCHANGE_DONE;
		/* Somebody may be waiting for the place. */
		for (HwExchange *y = engine->first; y; y = y->next)
		{
			if (y->state == EXCHANGE_QUEUED)
			{
				hw_loop_poke(&engine->loop);
				break;
			}
		}
	}
	if (x->easy)
		curl_easy_cleanup(x->easy);
	x->easy = NULL;
	for (struct curl_slist *header = x->headers; header; header = header->next)
		hw_text_cleanse(header->data, strlen(header->data));
	curl_slist_free_all(x->headers);
	x->headers = NULL;
	if (x->sent)
		hw_text_cleanse(x->sent, x->sent_bytes);
	free(x->sent);
	x->sent = NULL;
}
