/*-------------------------------------------------------------------------
 *
 * fuzz_reply.c
 *	  Whatever a server may answer, through libcurl and the engine.
 *
 * The input is what the server sends before it closes the connection.  No
 * network is needed: libcurl's connection is one end of a pair of sockets,
 * since the names that a program defines come before those of the C library.
 *
 *-------------------------------------------------------------------------
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/engine.h"
#include "core/retry.h"
#include "core/verdict.h"
#include "fuzz.h"

#define BODY_BYTES_MAX 2000
#define SOCKETS_MAX 16

/* The server's ends, and what is to be said on each. */
static int	clients[SOCKETS_MAX];
static int	servers[SOCKETS_MAX];
static int	nsockets;
static const uint8_t *answer;
static size_t answer_bytes;

/* --- the network ---------------------------------------------------- */

int
socket(int domain, int type, int protocol)
{
	int			ends[2];
	int			size = 1 << 20;

	(void) domain;
	(void) protocol;

	/* Later than 8.14, each multi handle asks in this way for IPv6. */
	if ((type & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) != SOCK_STREAM)
	{
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (nsockets == SOCKETS_MAX ||
		socketpair(AF_UNIX, type, 0, ends) != 0)
	{
		errno = EMFILE;
		return -1;
	}
	setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	clients[nsockets] = ends[0];
	servers[nsockets++] = ends[1];
	return ends[0];
}

/* The answer is there before the request: libcurl reads after it has sent. */
int
connect(int fd, const struct sockaddr *address, socklen_t length)
{
	(void) address;
	(void) length;
	for (int i = 0; i < nsockets; i++)
	{
		if (clients[i] != fd)
			continue;
		require(write(servers[i], answer, answer_bytes) ==
				(ssize_t) answer_bytes, "the answer is too long");
		shutdown(servers[i], SHUT_WR);
		return 0;
	}
	errno = EBADF;
	return -1;
}

static int
name_socket(struct sockaddr *address, socklen_t *length)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (*length > sizeof(in))
		*length = sizeof(in);
	memcpy(address, &in, *length);
	return 0;
}

int
getpeername(int fd, struct sockaddr *restrict address,
			socklen_t *restrict length)
{
	(void) fd;
	return name_socket(address, length);
}

int
getsockname(int fd, struct sockaddr *restrict address,
			socklen_t *restrict length)
{
	(void) fd;
	return name_socket(address, length);
}

/* --- what was said -------------------------------------------------- */

/* One request, as it ought to be, on each connection. */
static void
require_request(int fd)
{
	char		request[4096];
	ssize_t		got = read(fd, request, sizeof(request) - 1);
	char	   *end;

	if (got <= 0)
		return;					/* it was given up before */
	request[got] = '\0';
	end = strstr(request, "\r\n\r\n");
	require(strncmp(request, "GET /v2/x?a=b HTTP/1.1\r\n"
					"Host: 127.0.0.1:8080\r\n", 46) == 0 && end &&
			end[4] == '\0' && strstr(request, "X-Language: en_US\r\n") &&
			strstr(request, "X-Empty:\r\n"), "a request: %s", request);
}

/* Printed in messages, or parsed further. */
static void
require_head(const HwReply *reply)
{
	require(memchr(reply->request_id, 0, sizeof(reply->request_id)) &&
			memchr(reply->retry_after, 0, sizeof(reply->retry_after)) &&
			memchr(reply->content_type, 0, sizeof(reply->content_type)) &&
			memchr(reply->subject_token, 0, sizeof(reply->subject_token)),
			"a text without an end");
	fuzz_require_printable(reply->request_id, "the request id");
	fuzz_require_printable(reply->content_type, "the type");
	require(!strpbrk(reply->subject_token, "\r\n") &&
			!strpbrk(reply->retry_after, "\r\n"), "a line break");
	require(reply->date >= 0, "a date of %ld", (long) reply->date);
	require(hw_retry_after(reply->retry_after, 1700000000) >= -1,
			"Retry-After");
}

/* Not encoded, a body is what stands at the end of the answer. */
static void
require_body(const HwReply *reply)
{
	char	   *text = strndup((const char *) answer, answer_bytes);
	HwStatus	status;

	require(reply->body_bytes <= BODY_BYTES_MAX, "a body of %zu bytes",
			reply->body_bytes);
	if (reply->body_bytes > 0)
	{
		require(reply->body[reply->body_bytes] == '\0', "a body's end");
		if (strcasestr(text, "encoding") == NULL &&
			strlen(text) == answer_bytes)
			require(memmem(answer, answer_bytes, reply->body,
						   reply->body_bytes) != NULL,
					"a body from nowhere");
	}
	hw_status_clear(&status);
	if (reply->http >= 400)
	{
		hw_verdict_refusal(reply->http, reply->body, reply->body_bytes,
						   &status);
		fuzz_require_failure(&status);
	}
	free(text);
}

static void
require_reply(const HwReply *reply)
{
	require(reply != NULL, "done without a reply");
	require_head(reply);
	if (reply->status.kind == HW_OK)
	{
		require(reply->http >= 100 && reply->http <= 999, "HTTP %d",
				reply->http);
		require_body(reply);
		return;
	}
	/* Until 8.6 libcurl reports an endless header line as out of memory. */
	if (reply->status.kind != HW_OUT_OF_MEMORY)
		fuzz_require_failure(&reply->status);
}

/* Moves the exchange to its end, which comes without anybody's help. */
static void
finish(HwEngine *engine, const HwExchange *exchange)
{
	HwStatus	status;
	int			turns = 0;

	while (!hw_exchange_is_done(exchange))
	{
		struct pollfd poll_fd = {hw_engine_fd(engine), POLLIN, 0};

		require(poll(&poll_fd, 1, 8000) == 1 && turns++ < 1000,
				"the exchange hangs");
		require(hw_engine_drive(engine, &status), "the engine broke: %s",
				status.text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const HwTransport transport = {
		.connect_timeout_ms = 5000,
		.request_timeout_ms = 5000,
		.body_bytes_max = BODY_BYTES_MAX,
		.allows_http = true
	};
	static const char *const headers[] = {"X-Language: en_US", "X-Empty:",
	NULL};
	static const HwWire wire = {.method = "GET",
		.url = "http://127.0.0.1:8080/v2/x?a=b",
	.headers = headers};
	HwStatus	status;
	HwEngine   *engine = hw_engine_open(&status);
	HwExchange *exchange;

	/* What an answer says of itself is far below the sockets' buffers. */
	if (size > 60000)
		size = 60000;
	answer = data;
	answer_bytes = size;
	nsockets = 0;

	require(engine != NULL, "no engine: %s", status.text);
	exchange = hw_exchange_start(engine, &wire, &transport, &status);
	require(exchange != NULL, "no exchange: %s", status.text);
	finish(engine, exchange);
	require_reply(hw_exchange_reply(exchange));
	hw_exchange_free(exchange);
	hw_engine_close(engine);

	require(nsockets >= 1, "nothing was connected");
	while (nsockets > 0)
	{
		nsockets--;
		require_request(servers[nsockets]);
		close(servers[nsockets]);
		require(fcntl(clients[nsockets], F_GETFD) == -1,
				"a socket was left open");
	}
	return 0;
}
