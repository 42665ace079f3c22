/*-------------------------------------------------------------------------
 *
 * engine.h
 *	  HTTP without blocking: many exchanges behind one descriptor.
 *
 * Knows nothing of JSON, tables or authentication, and nothing of PostgreSQL.
 * An engine owns a curl multi handle, an epoll set and two timers; an exchange
 * is one request and its reply.  The engine must outlive its exchanges.
 *
 * Only hw_engine_drive and hw_exchange_start run libcurl, and libcurl may
 * start threads there: a caller with signal handlers blocks all signals
 * around them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ENGINE_H
#define HW_ENGINE_H

#include <time.h>

#include "core/status.h"
#include "core/text.h"

typedef struct HwEngine HwEngine;
typedef struct HwExchange HwExchange;

/*
 * Connections of one engine at a time.  More requests wait for one; sixteen
 * are more than a service that limits calls by the minute can use.
 */
#define HW_ENGINE_CONNECTIONS_MAX 16

typedef struct HwTransport
{
	long		connect_timeout_ms;
	long		request_timeout_ms; /* whole exchange */
	size_t		body_bytes_max; /* of the decoded body */
	const char *ca_file;		/* NULL: the system's */
	const char *proxy;			/* NULL: none, not even the environment's */
	bool		allows_http;	/* plain http to a loopback host */
	bool		refuses_private;	/* no private, loopback or link-local
									 * address, whatever a name resolves to */
	bool		allows_metadata;	/* plain http to the metadata service */
	bool		has_secret_body;	/* the reply's body is wiped */
} HwTransport;

/* What goes over the wire; borrowed only during hw_exchange_start. */
typedef struct HwWire
{
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value", NULL at the end */
	const char *body;
	size_t		body_bytes;
} HwWire;

typedef struct HwReply
{
	HwStatus	status;			/* HW_OK, or why there is no whole reply */
	int			http;			/* status code, 0 when none arrived */
	const char *body;			/* decoded; owned by the exchange */
	size_t		body_bytes;
	long long	wire_bytes;		/* received, before decompression */
	char		request_id[129];	/* X-Request-Id, or X-IAM-Trace-Id */
	char		retry_after[64];	/* as received, or empty */
	char		subject_token[16385];	/* X-Subject-Token, or empty */
	char		content_type[80];
	time_t		date;			/* Date header, 0 when none */
} HwReply;

/* NULL and a status on failure. */
extern HwEngine *hw_engine_open(HwStatus *status);
extern void hw_engine_close(HwEngine *engine);

/* Readable whenever hw_engine_drive has something to do. */
extern int	hw_engine_fd(const HwEngine *engine);

/*
 * Moves all transfers as far as they go without waiting.  False means the
 * engine is beyond use: every exchange has failed and it must be closed.
 */
extern bool hw_engine_drive(HwEngine *engine, HwStatus *status);

/* Makes the descriptor readable at a time of hw_engine_now; 0 disarms. */
extern bool hw_engine_wake_at(HwEngine *engine, long long at_ms);

/* A monotonic clock in milliseconds. */
extern long long hw_engine_now(void);

/* Descriptors in use: own ones and open sockets. */
extern int	hw_engine_descriptors(const HwEngine *engine);

/* NULL and a status when the exchange could not be set up. */
extern HwExchange *hw_exchange_start(HwEngine *engine, const HwWire *wire,
									 const HwTransport *transport,
									 HwStatus *status);
extern bool hw_exchange_is_done(const HwExchange *exchange);

/* NULL until done; owned by the exchange. */
extern const HwReply *hw_exchange_reply(const HwExchange *exchange);

/*
 * Hands the body's memory to the caller, who frees it with free(); the reply
 * has none afterwards.  NULL when it was empty.
 */
extern char *hw_exchange_take_body(HwExchange *exchange, size_t *bytes);

/* At any time, also mid-flight: never waits. */
extern void hw_exchange_free(HwExchange *exchange);

#endif							/* HW_ENGINE_H */
