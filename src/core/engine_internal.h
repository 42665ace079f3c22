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

/* CURLOPT_PROTOCOLS_STR came with 7.85; Debian 12 has 7.88. */
_Static_assert(LIBCURL_VERSION_NUM >= 0x075500,
			   "libcurl 7.85 or later is needed");

struct HwEngine
{
	CURLM	   *multi;
	int			epoll_fd;
	int			curl_timer_fd;
	int			wake_timer_fd;
	int			nsockets;		/* watched by the epoll set */
	bool		is_broken;
	HwExchange *exchanges;		/* all that are not freed */
};

struct HwExchange
{
	HwEngine   *engine;
	HwExchange *next;
	CURL	   *easy;
	struct curl_slist *headers;
	HwText		body;
	char	   *request_body;
	size_t		header_bytes;
	int			nheaders;
	bool		refuses_private;
	bool		was_refused;	/* the address was not public */
	HwKind		abort_kind;		/* why a callback gave up */
	bool		is_done;
	bool		is_added;		/* to the multi handle */
	HwReply		reply;
	char		error[CURL_ERROR_SIZE];
};

/* Fills the reply of a transfer that has ended. */
extern void hw_exchange_finish(HwExchange *exchange, CURLcode code);

/* The same for one that the engine had to give up. */
extern void hw_exchange_abandon(HwExchange *exchange);

#endif							/* HW_ENGINE_INTERNAL_H */
