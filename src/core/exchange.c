/*-------------------------------------------------------------------------
 *
 * exchange.c
 *	  One HTTP request and its reply.
 *
 * A callback is a guest in libcurl's house: it copies bytes, notes a fact and
 * returns a code.
 *
 *-------------------------------------------------------------------------
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/engine_internal.h"

/*
 * The gateway's own limit for all headers of a request is 128 kB; replies stay
 * far below it.  A server that sends more is not the API.
 */
#define HEADER_BYTES_MAX (256 * 1024)
#define HEADERS_MAX 1000

/* --- callbacks ------------------------------------------------------- */

static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	HwExchange *x = arg;

	if (!hw_text_append(&x->body, data, size * count))
	{
		x->abort_kind = x->body.is_too_large ? HW_TOO_LARGE
			: HW_OUT_OF_MEMORY;
		return CURL_WRITEFUNC_ERROR;
	}
	return size * count;
}

/* The value when a line is the named header, else NULL. */
static const char *
header_value(const char *line, size_t length, const char *name,
			 size_t *value_length)
{
	size_t		name_length = strlen(name);

	if (length <= name_length || line[name_length] != ':' ||
		strncasecmp(line, name, name_length) != 0)
		return NULL;
	line += name_length + 1;
	length -= name_length + 1;
	while (length > 0 && (*line == ' ' || *line == '\t'))
		line++, length--;
	while (length > 0 && strchr(" \t\r\n", line[length - 1]))
		length--;
	*value_length = length;
	return line;
}

static void
keep_header(HwReply *reply, const char *line, size_t length)
{
	const struct
	{
		const char *name;
		char	   *buffer;
		size_t		size;
	}			kept[] = {
		{"X-IAM-Trace-Id", reply->request_id, sizeof(reply->request_id)},
		{"X-Request-Id", reply->request_id, sizeof(reply->request_id)},
		{"Retry-After", reply->retry_after, sizeof(reply->retry_after)},
		{"Content-Type", reply->content_type, sizeof(reply->content_type)},
	};
	size_t		value_length;
	const char *value;
	char		date[64];

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
	{
		value = header_value(line, length, kept[i].name, &value_length);
		if (value)
			hw_status_copy(kept[i].buffer, kept[i].size, value, value_length);
	}
	value = header_value(line, length, "X-Subject-Token", &value_length);
	if (value && value_length < sizeof(reply->subject_token))
	{
		memcpy(reply->subject_token, value, value_length);
		reply->subject_token[value_length] = '\0';
	}
	value = header_value(line, length, "Date", &value_length);
	if (value)
	{
		hw_status_copy(date, sizeof(date), value, value_length);
		reply->date = curl_getdate(date, NULL);
		if (reply->date < 0)
			reply->date = 0;
	}
}

/* Forgets the headers of an interim reply, such as 100 Continue. */
static void
forget_headers(HwReply *reply)
{
	reply->request_id[0] = reply->retry_after[0] = '\0';
	reply->content_type[0] = reply->subject_token[0] = '\0';
	reply->date = 0;
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	HwExchange *x = arg;
	size_t		length = size * count;

	x->header_bytes += length;
	if (x->header_bytes > HEADER_BYTES_MAX || ++x->nheaders > HEADERS_MAX)
	{
		x->abort_kind = HW_TOO_LARGE;
		return CURL_WRITEFUNC_ERROR;
	}
	if (length >= 5 && memcmp(data, "HTTP/", 5) == 0)
		forget_headers(&x->reply);
	else
		keep_header(&x->reply, data, length);
	return length;
}

/* Private, loopback, link-local and other addresses that are nobody's. */
static bool
is_public_ipv4(unsigned long a)
{
	static const struct
	{
		unsigned long net;
		unsigned long mask;
	}			reserved[] = {
		{0x00000000, 0xff000000}, {0x0a000000, 0xff000000},
		{0x64400000, 0xffc00000}, {0x7f000000, 0xff000000},
		{0xa9fe0000, 0xffff0000}, {0xac100000, 0xfff00000},
		{0xc0000000, 0xffffff00}, {0xc0a80000, 0xffff0000},
		{0xc6120000, 0xfffe0000}, {0xe0000000, 0xe0000000},
	};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
	{
		if ((a & reserved[i].mask) == reserved[i].net)
			return false;
	}
	return true;
}

static bool
is_public_ipv6(const unsigned char *a)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	static const unsigned char zeroes[12] = {0};

	if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0 ||
		memcmp(a, zeroes, 12) == 0)
		return is_public_ipv4((unsigned long) a[12] << 24 | a[13] << 16 |
							  a[14] << 8 | a[15]);

	/* Only 2000::/3 is handed out; 2002::/16 wraps an IPv4 address. */
	if ((a[0] & 0xe0) != 0x20)
		return false;
	if (a[0] == 0x20 && a[1] == 0x02)
		return is_public_ipv4((unsigned long) a[2] << 24 | a[3] << 16 |
							  a[4] << 8 | a[5]);
	return true;
}

static bool
is_public(const struct curl_sockaddr *address)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	if (address->family == AF_INET)
	{
		memcpy(&in4, &address->addr, sizeof(in4));
		return is_public_ipv4(ntohl(in4.sin_addr.s_addr));
	}
	if (address->family == AF_INET6)
	{
		memcpy(&in6, &address->addr, sizeof(in6));
		return is_public_ipv6(in6.sin6_addr.s6_addr);
	}
	return false;
}

static curl_socket_t
on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	HwExchange *x = arg;

	(void) purpose;
	if (x->refuses_private && !is_public(address))
	{
		x->was_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
				  address->protocol);
}

/* --- setting up ------------------------------------------------------ */

#define SET(option, value) \
	do { \
		if (curl_easy_setopt(x->easy, option, value) != CURLE_OK) \
			return hw_status_set(status, HW_INTERNAL, \
								 "libcurl refused option %s", #option); \
	} while (0)

static bool
set_security(HwExchange *x, const HwTransport *transport, HwStatus *status)
{
	SET(CURLOPT_PROTOCOLS_STR, transport->allows_http ? "http,https"
		: "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	SET(CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (transport->ca_file)
	{
		SET(CURLOPT_CAINFO, transport->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}

	/* An empty text: not even the environment's proxy. */
	SET(CURLOPT_PROXY, transport->proxy ? transport->proxy : "");
	x->refuses_private = transport->refuses_private && !transport->proxy;
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(CURLOPT_OPENSOCKETDATA, x);
	return true;
}

static bool
set_behaviour(HwExchange *x, const HwTransport *transport, HwStatus *status)
{
	SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	SET(CURLOPT_QUICK_EXIT, 1L);
#endif
	SET(CURLOPT_PRIVATE, x);
	SET(CURLOPT_ERRORBUFFER, x->error);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, x);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, x);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, transport->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, transport->request_timeout_ms);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_PIPEWAIT, 1L);
	SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	SET(CURLOPT_USERAGENT, "hwbss_fdw");
	SET(CURLOPT_PATH_AS_IS, 1L);
	return true;
}

static bool
add_header(HwExchange *x, const char *line)
{
	struct curl_slist *list = curl_slist_append(x->headers, line);

	if (list == NULL)
		return false;
	x->headers = list;
	return true;
}

/* "Name:" would remove a header; libcurl sends an empty one for "Name;". */
static bool
add_request_header(HwExchange *x, const char *line)
{
	const char *colon = strchr(line, ':');
	char	   *empty;
	bool		done;

	if (colon == NULL || strspn(colon + 1, " ") != strlen(colon + 1))
		return add_header(x, line);
	empty = strdup(line);
	if (empty == NULL)
		return false;
	empty[colon - line] = ';';
	empty[colon - line + 1] = '\0';
	done = add_header(x, empty);
	free(empty);
	return done;
}

static bool
set_request(HwExchange *x, const HwWire *wire, HwStatus *status)
{
	bool		has_type = false;

	SET(CURLOPT_URL, wire->url);
	for (int i = 0; wire->headers && wire->headers[i]; i++)
	{
		has_type |= strncasecmp(wire->headers[i], "content-type:", 13) == 0;
		if (!add_request_header(x, wire->headers[i]))
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	}
	if (strcmp(wire->method, "GET") != 0)
	{
		x->request_body = malloc(wire->body_bytes + 1);
		if (x->request_body == NULL || !add_header(x, "Expect:") ||
			(!has_type && !add_header(x, "Content-Type:")))
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		memcpy(x->request_body, wire->body ? wire->body : "",
			   wire->body_bytes);
		x->request_body[wire->body_bytes] = '\0';

		/* A size of its own, or libcurl would read standard input. */
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) wire->body_bytes);
		SET(CURLOPT_POSTFIELDS, x->request_body);
		SET(CURLOPT_CUSTOMREQUEST, wire->method);
	}
	SET(CURLOPT_HTTPHEADER, x->headers);
	return true;
}

HwExchange *
hw_exchange_start(HwEngine *engine, const HwWire *wire,
				  const HwTransport *transport, HwStatus *status)
{
	HwExchange *x = calloc(1, sizeof(HwExchange));

	if (x == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	x->engine = engine;
	x->next = engine->exchanges;
	engine->exchanges = x;
	hw_text_init(&x->body, transport->body_bytes_max);
	hw_status_clear(&x->reply.status);
	x->easy = curl_easy_init();
	if (x->easy == NULL)
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	else if (set_security(x, transport, status) &&
			 set_behaviour(x, transport, status) &&
			 set_request(x, wire, status))
	{
		if (!engine->is_broken &&
			curl_multi_add_handle(engine->multi, x->easy) == CURLM_OK)
		{
			x->is_added = true;
			return x;
		}
		hw_status_set(status, HW_INTERNAL, "the HTTP engine has failed");
	}
	hw_exchange_free(x);
	return NULL;
}

/* --- ending ---------------------------------------------------------- */

/* The phase in which a time-out struck, by libcurl's own clock. */
static const char *
phase_of(CURL *easy)
{
	curl_off_t	looked_up = 0;
	curl_off_t	connected = 0;
	curl_off_t	secured = 0;
	curl_off_t	answered = 0;
	char	   *scheme = NULL;

	curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up);
	curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
	curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &secured);
	curl_easy_getinfo(easy, CURLINFO_STARTTRANSFER_TIME_T, &answered);
	curl_easy_getinfo(easy, CURLINFO_SCHEME, &scheme);
	if (looked_up == 0)
		return "looking up the host's name";
	if (connected == 0)
		return "connecting";
	if (secured == 0 && scheme && strcasecmp(scheme, "https") == 0)
		return "setting up TLS";
	return answered == 0 ? "waiting for the answer" : "reading the answer";
}

static void
set_timed_out(HwExchange *x)
{
	curl_off_t	total_us = 0;

	curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	hw_status_set(&x->reply.status, HW_TIMED_OUT,
				  "timed out after %.1f s while %s", (double) total_us / 1e6,
				  phase_of(x->easy));
}

static HwKind
kind_of_code(CURLcode code)
{
	switch (code)
	{
		case CURLE_OUT_OF_MEMORY:
			return HW_OUT_OF_MEMORY;
		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_SSL_CIPHER:
		case CURLE_SSL_ISSUER_ERROR:
		case CURLE_SSL_INVALIDCERTSTATUS:
			return HW_TLS_FAILED;
		case CURLE_BAD_CONTENT_ENCODING:
		case CURLE_WEIRD_SERVER_REPLY:
		case CURLE_UNSUPPORTED_PROTOCOL:
			return HW_BAD_REPLY;
		case CURLE_BAD_FUNCTION_ARGUMENT:
		case CURLE_URL_MALFORMAT:
		case CURLE_FAILED_INIT:
			return HW_INTERNAL;
		default:
			return HW_NO_CONNECTION;
	}
}

static void
set_failure(HwExchange *x, CURLcode code)
{
	HwStatus   *status = &x->reply.status;
	const char *text = x->error[0] ? x->error : curl_easy_strerror(code);

	if (x->abort_kind == HW_TOO_LARGE && x->body.is_too_large)
		hw_status_set(status, HW_TOO_LARGE,
					  "the reply is larger than %zu bytes",
					  x->body.length_max);
	else if (x->abort_kind == HW_TOO_LARGE)
		hw_status_set(status, HW_TOO_LARGE,
					  "the headers of the reply are larger than %d bytes or more than %d",
					  HEADER_BYTES_MAX, HEADERS_MAX);
	else if (x->abort_kind != HW_OK)
		hw_status_set(status, x->abort_kind, "out of memory");
	else if (x->was_refused)
		hw_status_set(status, HW_NO_CONNECTION,
					  "the host has an address that is not public");
	else if (code == CURLE_OPERATION_TIMEDOUT)
		set_timed_out(x);
	else if (code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM)
		hw_status_set(status, HW_NO_CONNECTION, "%s", text);
	else
		hw_status_set(status, kind_of_code(code), "%s", text);
}

void
hw_exchange_finish(HwExchange *x, CURLcode code)
{
	HwReply    *reply = &x->reply;
	long		http = 0;
	curl_off_t	bytes = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &http);
	curl_easy_getinfo(x->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	reply->http = (int) http;
	reply->wire_bytes = bytes;
	if (code != CURLE_OK)
		set_failure(x, code);
	reply->body = x->body.data;
	reply->body_bytes = x->body.length;
	x->is_done = true;
}

void
hw_exchange_abandon(HwExchange *x)
{
	hw_status_set(&x->reply.status, HW_INTERNAL, "the HTTP engine has failed");
	x->is_done = true;
}

bool
hw_exchange_is_done(const HwExchange *x)
{
	return x->is_done;
}

const HwReply *
hw_exchange_reply(const HwExchange *x)
{
	return x->is_done ? &x->reply : NULL;
}

char *
hw_exchange_take_body(HwExchange *x, size_t *bytes)
{
	char	   *body = x->body.data;

	*bytes = x->body.length;
	x->body.data = NULL;
	hw_text_free(&x->body);
	x->reply.body = NULL;
	x->reply.body_bytes = 0;
	return body;
}

/* Headers carry signatures and tokens. */
static void
wipe_headers(struct curl_slist *list)
{
	for (struct curl_slist *item = list; item; item = item->next)
		OPENSSL_cleanse(item->data, strlen(item->data));
	curl_slist_free_all(list);
}

void
hw_exchange_free(HwExchange *x)
{
	HwExchange **link;

	if (x == NULL)
		return;
	for (link = &x->engine->exchanges; *link != x; link = &(*link)->next)
		;
	*link = x->next;
	if (x->easy)
	{
		if (x->is_added)
			curl_multi_remove_handle(x->engine->multi, x->easy);
		curl_easy_cleanup(x->easy);
	}
	wipe_headers(x->headers);
	OPENSSL_cleanse(x->reply.subject_token, sizeof(x->reply.subject_token));
	hw_text_free(&x->body);
	free(x->request_body);
	free(x);
}
