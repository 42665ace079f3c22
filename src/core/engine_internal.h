/*-------------------------------------------------------------------------
 *
 * engine_internal.h
 *	  What engine.c and exchange.c share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ENGINE_INTERNAL_H
#define HW_ENGINE_INTERNAL_H

#include <curl/curl.h>

#include "core/engine.h"
#include "core/loop.h"

/* CURLOPT_PROTOCOLS_STR. */
#define CURL_VERSION_MIN 0x075500
_Static_assert(LIBCURL_VERSION_NUM >= CURL_VERSION_MIN,
			   "libcurl 7.85.0 or newer is needed");

/*
 * Of all heads of an exchange together, interim ones included.  A token alone
 * may have 16 kB; 256 kB is what curl's newer releases allow, roughly.
 */
#define HEAD_BYTES_MAX (256 * 1024)
#define HEAD_LINES_MAX 1000

/* Why a callback made curl give up. */
typedef enum HwBreach
{
	BREACH_NONE,
	BREACH_BODY,
	BREACH_HEAD,
	BREACH_TOKEN,
	BREACH_LENGTH,
	BREACH_STATUS,
	BREACH_MEMORY
} HwBreach;

typedef enum HwExchangeState
{
	EXCHANGE_QUEUED,
	EXCHANGE_ACTIVE,
	EXCHANGE_DONE
} HwExchangeState;

struct HwEngine
{
	HwLoop		loop;
	CURLSH	   *share;			/* owned; TLS sessions, which would else go
								 * with the handle of their exchange */
	HwExchange *first;			/* not owned, oldest first */
	HwExchange *last;
	int			nactive;
	int			nsockets;		/* open, idle connections included */
	HwStatus	failure;		/* HW_OK while the engine is usable */
};

struct HwExchange
{
	HwEngine   *engine;			/* outlives the exchange */
	HwExchange *previous;
	HwExchange *next;
	HwExchangeState state;

	/* Until done: */
	CURL	   *easy;			/* owned */
	struct curl_slist *headers; /* owned; holds credentials */
	char	   *sent;			/* owned; the body, may hold credentials */
	size_t		sent_bytes;
	long		connect_timeout_ms;
	long		request_timeout_ms;
	bool		is_https;
	bool		is_metadata;	/* the metadata service, by its address */
	bool		has_proxy;
	bool		refuses_private;
	char		host[256];
	char		error[CURL_ERROR_SIZE];

	/* Noted by callbacks: */
	HwBreach	breach;
	bool		is_kept_away;	/* an address was refused */
	int			fd;				/* the socket opened last, or -1 */
	bool		was_connected;	/* when curl closed that */
	bool		was_sent;		/* the request, or is about to be */
	size_t		head_bytes;
	int			head_lines;
	bool		has_head;
	bool		is_interim;		/* that or the coming head: another follows */
	bool		has_request_id; /* and not merely a trace id */
	long long	announced;		/* Content-Length, or -1 */
	char		date[64];
	HwText		body;

	HwReply		reply;
};

/*
 * Fills the handle of a new exchange: the request, the transport's rules and
 * the callbacks.  features are those of curl_version_info.
 */
extern bool hw_exchange_prepare(HwExchange *x, const HwWire *wire,
								const HwTransport *transport, int features,
								HwStatus *status);

/* Whether a socket, if it is one, reached somebody. */
extern bool hw_exchange_has_peer(int fd);

/* Forgets what the header lines said. */
extern void hw_exchange_forget_head(HwExchange *x);

#endif							/* HW_ENGINE_INTERNAL_H */
