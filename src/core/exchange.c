/*-------------------------------------------------------------------------
 *
 * exchange.c
 *	  One request: setting it up, and taking in the reply.
 *
 * Callbacks copy bytes, note facts and return codes; they never call curl.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/address.h"
#include "core/engine_internal.h"

/* Announced lengths are believed up to here: growing costs little. */
#define RESERVE_MAX (4 * 1024 * 1024)

static bool check_url(HwExchange *x, const HwWire *wire,
					  const HwTransport *transport, HwStatus *status);
static bool set_headers(HwExchange *x, const HwWire *wire, HwStatus *status);
static bool add_header(HwExchange *x, const char *header, HwStatus *status);
static bool set_request(HwExchange *x, const HwWire *wire, HwStatus *status);
static bool set_transport(HwExchange *x, const HwTransport *transport,
						  int features, HwStatus *status);
static bool set_authorities(HwExchange *x, const char *ca_file,
							HwStatus *status);
static bool refuse_option(HwStatus *status, CURLcode rc, const char *name);
static bool is_allowed(const HwExchange *x, HwNetwork network);
static curl_socket_t on_open(void *arg, curlsocktype purpose,
							 struct curl_sockaddr *address);
static int	on_close(void *arg, curl_socket_t fd);
static int	on_request(void *arg, char *remote, char *local, int remote_port,
					   int local_port);
static size_t on_header(char *data, size_t size, size_t count, void *arg);
static size_t on_body(char *data, size_t size, size_t count, void *arg);
static bool has_three_digits(const char *line, size_t length);
static bool is_interim(const char *line, size_t length);
static bool read_header(HwExchange *x, const char *line, size_t length);
static void keep(char *buffer, size_t size, const char *value, size_t length);

#define SET(option, value) \
	do \
	{ \
		CURLcode	rc_ = curl_easy_setopt(x->easy, option, value); \
		if (rc_ != CURLE_OK) \
			return refuse_option(status, rc_, #option); \
	} while (0)

/* --- setting up ----------------------------------------------------- */

bool
hw_exchange_prepare(HwExchange *x, const HwWire *wire,
					const HwTransport *transport, int features,
					HwStatus *status)
{
	return check_url(x, wire, transport, status) &&
		set_transport(x, transport, features, status) &&
		set_headers(x, wire, status) &&
		set_request(x, wire, status);
}

/* As curl reads the URL, so that nobody else's reading decides. */
static bool
check_url(HwExchange *x, const HwWire *wire, const HwTransport *transport,
		  HwStatus *status)
{
	CURLU	   *url = curl_url();
	char	   *scheme = NULL;
	char	   *host = NULL;
	CURLUcode	rc;
	bool		is_fine = false;

	if (url == NULL)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	rc = curl_url_set(url, CURLUPART_URL, wire->url,
					  CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
	if (rc == CURLUE_OK)
		rc = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(url, CURLUPART_HOST, &host, 0);

	if (rc == CURLUE_OUT_OF_MEMORY)
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	else if (rc != CURLUE_OK)
		hw_status_set(status, HW_INTERNAL, "invalid URL: %s",
					  curl_url_strerror(rc));
	else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
		hw_status_set(status, HW_NOT_ALLOWED, "only https is spoken");
	else
	{
		x->is_https = strcmp(scheme, "https") == 0;
		hw_status_copy(x->host, sizeof(x->host), host, strlen(host));
		x->is_metadata = transport->allows_metadata &&
			hw_address_is_metadata_host(host);
		if (x->is_https || x->is_metadata ||
			(transport->allows_http && hw_address_is_loopback_host(host)))
			is_fine = true;
		else
			hw_status_set(status, HW_NOT_ALLOWED,
						  "host \"%s\" is not to be reached over plain http",
						  x->host);
	}
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(url);
	return is_fine;
}

static bool
set_transport(HwExchange *x, const HwTransport *transport, int features,
			  HwStatus *status)
{
	x->connect_timeout_ms = transport->connect_timeout_ms;
	x->request_timeout_ms = transport->request_timeout_ms;
	x->has_proxy = transport->proxy && transport->proxy[0];
	x->refuses_private = transport->refuses_private;

	SET(CURLOPT_PRIVATE, x);
	SET(CURLOPT_SHARE, x->engine->share);
	SET(CURLOPT_ERRORBUFFER, x->error);
	SET(CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/*
	 * Else freeing a handle waits for its name look-up.  The library that is
	 * there may be older than its header.
	 */
	(void) curl_easy_setopt(x->easy, CURLOPT_QUICK_EXIT, 1L);
#endif

	SET(CURLOPT_PROTOCOLS_STR, x->is_https ? "https" : "http");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
	/* An empty text, unlike none, keeps the environment out. */
	SET(CURLOPT_PROXY, x->has_proxy ? transport->proxy : "");
	SET(CURLOPT_NOPROXY, "");
	SET(CURLOPT_HEADEROPT, (long) CURLHEADER_SEPARATE);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);

	SET(CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (transport->ca_file &&
		!set_authorities(x, transport->ca_file, status))
		return false;

	if (features & CURL_VERSION_HTTP2)
	{
		SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
		SET(CURLOPT_PIPEWAIT, 1L);
	}
	else
		SET(CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
	if (features & CURL_VERSION_LIBZ)
		SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, transport->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, transport->request_timeout_ms);

	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	SET(CURLOPT_OPENSOCKETDATA, x);
	/* Connections outlive the exchange. */
	SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	SET(CURLOPT_CLOSESOCKETDATA, x->engine);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, x);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, x);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, x);
	return true;
}

/*
 * Whom to trust, and nobody else: where libcurl was built with a directory of
 * the system's authorities, as Debian's is, that would go on to count beside
 * the file.  NULL takes it away, but from 8.21 on it brings it back
 * (lib/vtls/vtls_config.c of libcurl's), so that another has to stand in its
 * place; before, not all TLS libraries take one that cannot be read.
 */
static bool
set_authorities(HwExchange *x, const char *ca_file, HwStatus *status)
{
	static const CURLoption directories[] = {
		CURLOPT_CAPATH, CURLOPT_PROXY_CAPATH
	};
	const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
	const char *none = info->capath && info->version_num >= 0x081500 ?
		"/dev/null" : NULL;

	SET(CURLOPT_CAINFO, ca_file);
	if (x->has_proxy)
		SET(CURLOPT_PROXY_CAINFO, ca_file);
	for (int i = 0; i < 2; i++)
	{
		CURLcode	rc = curl_easy_setopt(x->easy, directories[i], none);

		/* Not all TLS libraries of libcurl's know directories. */
		if (rc != CURLE_OK && rc != CURLE_NOT_BUILT_IN &&
			rc != CURLE_UNKNOWN_OPTION)
			return refuse_option(status, rc, "CURLOPT_CAPATH");
	}
#if LIBCURL_VERSION_NUM >= 0x075700
	/* Else a file that has been replaced would count for another day. */
	curl_easy_setopt(x->easy, CURLOPT_CA_CACHE_TIMEOUT, 0L);
#endif
	return true;
}

static bool
set_headers(HwExchange *x, const HwWire *wire, HwStatus *status)
{
	bool		has_content_type = false;

	for (int i = 0; wire->headers && wire->headers[i]; i++)
	{
		if (!add_header(x, wire->headers[i], status))
			return false;
		if (strncasecmp(wire->headers[i], "Content-Type:", 13) == 0)
			has_content_type = true;
	}
	/* A name without a value takes back what curl would send by itself. */
	for (int i = 0; i < 2; i++)
	{
		struct curl_slist *list;

		if (i == 1 && has_content_type)
			break;
		list = curl_slist_append(x->headers,
								 i == 0 ? "Expect:" : "Content-Type:");
		if (list == NULL)
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		x->headers = list;
	}
	SET(CURLOPT_USERAGENT, "hwbss_fdw");
	SET(CURLOPT_HTTPHEADER, x->headers);
	return true;
}

static bool
add_header(HwExchange *x, const char *header, HwStatus *status)
{
	const char *colon = strchr(header, ':');
	struct curl_slist *list;
	char	   *last;

	/* A line break would smuggle in a header of somebody else's choice. */
	if (colon == NULL || colon == header || strpbrk(header, "\r\n"))
		return hw_status_set(status, HW_INTERNAL, "invalid request header");
	list = curl_slist_append(x->headers, header);
	if (list == NULL)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	x->headers = list;
	if (colon[1 + strspn(colon + 1, " \t")] != '\0')
		return true;

	/* "Name;" is curl's way to send a header without a value. */
	while (list->next)
		list = list->next;
	last = list->data + (colon - header);
	last[0] = ';';
	last[1] = '\0';
	return true;
}

static bool
set_request(HwExchange *x, const HwWire *wire, HwStatus *status)
{
	bool		is_get = strcmp(wire->method, "GET") == 0;
	bool		is_post = strcmp(wire->method, "POST") == 0;

	SET(CURLOPT_URL, wire->url);
	SET(CURLOPT_PATH_AS_IS, 1L);
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);

	if (is_post || wire->body_bytes > 0)
	{
		/* Not COPYPOSTFIELDS: curl would not overwrite its copy. */
		x->sent = malloc(wire->body_bytes + 1);
		if (x->sent == NULL)
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		if (wire->body_bytes > 0)
			memcpy(x->sent, wire->body, wire->body_bytes);
		x->sent[wire->body_bytes] = '\0';
		x->sent_bytes = wire->body_bytes;
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) x->sent_bytes);
		SET(CURLOPT_POSTFIELDS, x->sent);
		if (!is_post)
			SET(CURLOPT_CUSTOMREQUEST, wire->method);
		return true;
	}
	SET(CURLOPT_HTTPGET, 1L);
	if (!is_get)
		SET(CURLOPT_CUSTOMREQUEST, wire->method);
	return true;
}

static bool
refuse_option(HwStatus *status, CURLcode rc, const char *name)
{
	if (rc == CURLE_OUT_OF_MEMORY)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return hw_status_set(status, HW_INTERNAL, "could not set %s: %s", name,
						 curl_easy_strerror(rc));
}

/* --- callbacks ------------------------------------------------------ */

/* What a proxy connects to is its own affair. */
static bool
is_allowed(const HwExchange *x, HwNetwork network)
{
	if (x->is_metadata)
		return true;			/* the host was an address */
	if (!x->is_https && network != HW_NETWORK_LOOPBACK)
		return false;
	return !x->refuses_private || x->has_proxy || network == HW_NETWORK_PUBLIC;
}

static curl_socket_t
on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	HwExchange *x = arg;
	int			fd;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (!is_allowed(x, hw_address_network(&address->addr)))
	{
		x->is_kept_away = true;
		return CURL_SOCKET_BAD;
	}
	fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
				address->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	x->engine->nsockets++;
	x->fd = fd;
	return fd;
}

static int
on_close(void *arg, curl_socket_t fd)
{
	HwEngine   *engine = arg;

	for (HwExchange *x = engine->first; x; x = x->next)
	{
		if (x->fd != fd)
			continue;
		x->was_connected = hw_exchange_has_peer(fd);
		x->fd = -1;
	}
	engine->nsockets--;
	return close(fd);
}

bool
hw_exchange_has_peer(int fd)
{
	struct sockaddr_storage peer;
	socklen_t	length = sizeof(peer);

	return fd >= 0 &&
		getpeername(fd, (struct sockaddr *) &peer, &length) == 0;
}

/* A connection may have been opened by an exchange that is less strict. */
static int
on_request(void *arg, char *remote, char *local, int remote_port,
		   int local_port)
{
	HwExchange *x = arg;

	(void) local;
	(void) remote_port;
	(void) local_port;
	if (is_allowed(x, hw_address_network_text(remote)))
	{
		x->was_sent = true;
		return CURL_PREREQFUNC_OK;
	}
	x->is_kept_away = true;
	return CURL_PREREQFUNC_ABORT;
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	HwExchange *x = arg;
	size_t		length = size * count;

	x->head_bytes += length;
	x->head_lines++;
	if (x->head_bytes > HEAD_BYTES_MAX || x->head_lines > HEAD_LINES_MAX)
	{
		x->breach = BREACH_HEAD;
		return 0;
	}
	/* A trailer may begin like that, too. */
	if (length >= 5 && memcmp(data, "HTTP/", 5) == 0 &&
		(!x->has_head || x->is_interim))
	{
		if (!has_three_digits(data, length))
		{
			x->breach = BREACH_STATUS;
			return 0;
		}
		hw_exchange_forget_head(x);			/* of an interim answer */
		x->is_interim = is_interim(data, length);
		return length;
	}
	while (length > 0 &&
		   (data[length - 1] == '\n' || data[length - 1] == '\r'))
		length--;
	if (length == 0)
		x->has_head = true;
	else if (!x->has_head && !read_header(x, data, length))	/* no trailers */
		return 0;
	return size * count;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Whether a status line is as RFC 9112, section 4, has it.  libcurl's parsers
 * differ: 7.88 reads any number after "HTTP/2", with or without a blank, and
 * what came with 8.0 ("rewrite the status line parser without sscanf") the
 * first three digits of it, so that 2009 would be a success.
 */
static bool
has_three_digits(const char *line, size_t length)
{
	const char *end = line + length;
	const char *p = line + strlen("HTTP/");
	int			digits = 0;

	if (p < end && is_digit(*p))
		p++;
	if (p + 1 < end && *p == '.' && is_digit(p[1]))
		p += 2;
	if (p == end || *p != ' ')
		return false;
	while (p < end && *p == ' ')
		p++;
	while (p < end && is_digit(*p))
	{
		p++;
		digits++;
	}
	return digits == 3;
}

/* Whether a status line, of three digits, says 1xx. */
static bool
is_interim(const char *line, size_t length)
{
	const char *digit = memchr(line, ' ', length);

	while (*digit == ' ')
		digit++;
	return *digit == '1';
}

static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	HwExchange *x = arg;
	HwText	   *body = &x->body;

	if (body->data == NULL && x->announced > 0)
	{
		unsigned long long announced = (unsigned long long) x->announced;

		if (body->length_max > 0 && announced > body->length_max)
		{
			x->breach = BREACH_BODY;
			return 0;
		}
		if (announced > RESERVE_MAX)
			announced = RESERVE_MAX;
		body->data = malloc((size_t) announced + 1);
		if (body->data == NULL)
		{
			x->breach = BREACH_MEMORY;
			return 0;
		}
		body->data[0] = '\0';
		body->capacity = (size_t) announced + 1;
	}
	if (!hw_text_append(body, data, size * count))
	{
		x->breach = body->is_too_large ? BREACH_BODY : BREACH_MEMORY;
		return 0;
	}
	return size * count;
}

static bool
read_header(HwExchange *x, const char *line, size_t length)
{
	HwReply    *reply = &x->reply;
	const char *value = memchr(line, ':', length);
	char		name[32];
	size_t		name_bytes = value ? (size_t) (value - line) : length;

	if (value == NULL || name_bytes >= sizeof(name))
		return true;
	memcpy(name, line, name_bytes);
	name[name_bytes] = '\0';
	value++;
	length -= name_bytes + 1;
	while (length > 0 && (*value == ' ' || *value == '\t'))
	{
		value++;
		length--;
	}
	while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t'))
		length--;

	if (hw_text_compare(name, "X-Request-Id") == 0 ||
		(hw_text_compare(name, "X-IAM-Trace-Id") == 0 && !x->has_request_id))
	{
		x->has_request_id = hw_text_compare(name, "X-Request-Id") == 0;
		hw_status_copy(reply->request_id, sizeof(reply->request_id),
					   value, length);
	}
	else if (hw_text_compare(name, "X-Subject-Token") == 0)
	{
		if (length >= sizeof(reply->subject_token))
		{
			x->breach = BREACH_TOKEN;
			return false;
		}
		keep(reply->subject_token, sizeof(reply->subject_token), value, length);
	}
	else if (hw_text_compare(name, "Content-Type") == 0)
		hw_status_copy(reply->content_type, sizeof(reply->content_type),
					   value, length);
	else if (hw_text_compare(name, "Retry-After") == 0)
		keep(reply->retry_after, sizeof(reply->retry_after), value, length);
	else if (hw_text_compare(name, "Date") == 0)
		keep(x->date, sizeof(x->date), value, length);
	else if (hw_text_compare(name, "Content-Length") == 0)
	{
		char		digits[20];
		long long	bytes;

		keep(digits, sizeof(digits), value, length);
		bytes = digits[0] >= '0' && digits[0] <= '9' ?
			strtoll(digits, NULL, 10) : -1;

		/* libcurl would believe the last (RFC 9112, section 6.3). */
		if (x->announced >= 0 && bytes != x->announced)
		{
			x->breach = BREACH_LENGTH;
			return false;
		}
		x->announced = bytes;
	}
	return true;
}

/*
 * A value that does not fit is of no use cut short; nor is one with control
 * characters, which some servers and libcurl let pass.
 */
static void
keep(char *buffer, size_t size, const char *value, size_t length)
{
	if (length >= size)
		length = 0;
	for (size_t i = 0; i < length; i++)
	{
		if ((unsigned char) value[i] < 0x20 || value[i] == 0x7f)
			length = 0;
	}
	memcpy(buffer, value, length);
	buffer[length] = '\0';
}

void
hw_exchange_forget_head(HwExchange *x)
{
	HwReply    *reply = &x->reply;

	x->has_head = false;
	x->has_request_id = false;
	x->announced = -1;
	x->date[0] = '\0';
	reply->request_id[0] = '\0';
	reply->retry_after[0] = '\0';
	reply->content_type[0] = '\0';
	hw_text_cleanse(reply->subject_token, sizeof(reply->subject_token));
}
