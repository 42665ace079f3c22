/*-------------------------------------------------------------------------
 *
 * test_engine.c
 *	  The HTTP engine against servers that misbehave in scripted ways.
 *
 * Each server is a process of its own, with one more per connection; what it
 * does is chosen by the path asked for.  Nothing here sleeps: the program
 * waits for the engine's descriptor, and counts how often it was woken.
 *
 *-------------------------------------------------------------------------
 */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "core/address.h"
#include "core/engine.h"
#include "tap.h"

/* Wake-ups that a simple request may take; a busy loop takes thousands. */
#define DRIVES_MAX 10

/* Longer than anything here takes, shorter than anyone's patience. */
#define PATIENCE_MS 20000

typedef enum Manner
{
	SPEAKS_HTTP,				/* whatever the client speaks */
	RESETS,						/* after the first byte */
	STAYS_SILENT
} Manner;

typedef struct Server
{
	pid_t		pid;
	int			port;
} Server;

static void check_plain(void);
static void check_request(void);
static void check_reply(void);
static void check_limits(void);
static void check_broken(void);
static void check_timeouts(void);
static void check_names(void);
static void check_refused(void);
static void check_crowd(void);
static void check_freed(void);
static void check_waiting(void);
static void check_lost(void);
static void check_tls(void);
static void check_memory(void);
static void check_addresses(void);

static HwEngine *engine;		/* of the check that runs */
static Server http;
static int	ndrives;			/* of the last exchange */
static HwTransport transport = {
	.connect_timeout_ms = 5000,
	.request_timeout_ms = 10000,
	.body_bytes_max = 50000,
	.allows_http = true
};

/* --- a resolver that can hang --------------------------------------- */

static pthread_mutex_t slow_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t slow_end = PTHREAD_COND_INITIALIZER;
static bool slow_may_end;

/* libcurl finds this one: the program's names come before a library's. */
int
getaddrinfo(const char *restrict name, const char *restrict service,
			const struct addrinfo *restrict hints,
			struct addrinfo **restrict result)
{
	static int	(*real) (const char *, const char *, const struct addrinfo *,
						 struct addrinfo **);

	if (strcmp(name, "slow.test") == 0)
	{
		pthread_mutex_lock(&slow_lock);
		while (!slow_may_end)
			pthread_cond_wait(&slow_end, &slow_lock);
		pthread_mutex_unlock(&slow_lock);
		return EAI_FAIL;
	}
	if (strcmp(name, "missing.test") == 0)
		return EAI_NONAME;
	if (real == NULL)
		*(void **) &real = dlsym(RTLD_NEXT, "getaddrinfo");
	return real(strcmp(name, "inside.test") == 0 ? "127.0.0.1" : name,
				service, hints, result);
}

/* --- servers -------------------------------------------------------- */

static void
say(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void
say_bytes(int fd, const void *bytes, size_t length)
{
	if (send(fd, bytes, length, MSG_NOSIGNAL) < 0)
		_exit(0);
}

static void
say_gzip(int fd, const void *bytes, size_t length)
{
	char		head[200];

	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n"
			 "Content-Encoding: gzip\r\n\r\n", length);
	say(fd, head);
	say_bytes(fd, bytes, length);
}

static void
reset(int fd)
{
	struct linger linger = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
	_exit(0);
}

/* Until the client goes. */
static void
stay_silent(int fd)
{
	char		buffer[1000];

	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		;
	_exit(0);
}

static void
repeat(int fd, const char *text)
{
	for (;;)
		say(fd, text);
}

static void
say_name(int fd, const char *name, size_t value_bytes)
{
	char	   *value = malloc(value_bytes + 1);

	if (value == NULL)
		_exit(1);
	memset(value, 'x', value_bytes);
	value[value_bytes] = '\0';
	say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n");
	say(fd, name);
	say(fd, ": ");
	say(fd, value);
	say(fd, "\r\n\r\nok");
	free(value);
}

/* "a compressed answer, answer, answer" */
static const unsigned char compressed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b,
	0x54, 0x48, 0xce, 0xcf, 0x2d, 0x28, 0x4a, 0x2d, 0x2e, 0x4e, 0x4d,
	0x51, 0x48, 0xcc, 0x2b, 0x2e, 0x4f, 0x2d, 0xd2, 0x41, 0xa3, 0x01,
	0x9e, 0x37, 0x6f, 0xc7, 0x23, 0x00, 0x00, 0x00
};

/* 100,000 zero bytes; a hundred of them in the middle of this are zero. */
static const unsigned char bomb_head[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed,
	0xc1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf5, 0x4f, 0x6d,
	0x0d, 0x0f, 0xa0
};
static const unsigned char bomb_tail[] = {
	0x80, 0x57, 0x03, 0x7d, 0x95, 0x11, 0xd4, 0xa0, 0x86, 0x01, 0x00
};
#define BOMB_BYTES 132

static void
answer(int fd, const char *path, const char *request, size_t length,
	   int connection)
{
	char		head[400];

	if (strcmp(path, "/plain") == 0)
	{
		snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n"
				 "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n"
				 "Content-Type: application/json; charset=utf-8\r\n"
				 "X-Request-Id: connection-%d\r\nx-iam-trace-id: other\r\n"
				 "Retry-After:  7 \r\nContent-Length: 5\r\n\r\nhello",
				 connection);
		say(fd, head);
	}
	else if (strcmp(path, "/echo") == 0)
	{
		snprintf(head, sizeof(head),
				 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", length);
		say(fd, head);
		say_bytes(fd, request, length);
	}
	else if (strcmp(path, "/gzip") == 0)
		say_gzip(fd, compressed, sizeof(compressed));
	else if (strcmp(path, "/bomb") == 0)
	{
		unsigned char bomb[BOMB_BYTES] = {0};

		memcpy(bomb, bomb_head, sizeof(bomb_head));
		memcpy(bomb + BOMB_BYTES - sizeof(bomb_tail), bomb_tail,
			   sizeof(bomb_tail));
		say_gzip(fd, bomb, sizeof(bomb));
	}
	else if (strcmp(path, "/not-gzip") == 0)
		say_gzip(fd, "no gzip at all", 14);
	else if (strcmp(path, "/announced") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nstart");
		stay_silent(fd);
	}
	else if (strcmp(path, "/exact") == 0)
	{
		char		body[50000];

		memset(body, 'e', sizeof(body));
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n");
		say_bytes(fd, body, sizeof(body));
	}
	else if (strcmp(path, "/endless") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		repeat(fd, "00000a\r\n0123456789\r\n");
	}
	else if (strcmp(path, "/endless-head") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\n");
		repeat(fd, "X-More: of the same\r\n");
	}
	else if (strcmp(path, "/large-head") == 0)
	{
		char		line[8000];

		memset(line, 'l', sizeof(line));
		memcpy(line, "X-More: ", 8);
		memcpy(line + sizeof(line) - 3, "\r\n", 3);
		say(fd, "HTTP/1.1 200 OK\r\n");
		repeat(fd, line);
	}
	else if (strcmp(path, "/endless-line") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nX-More: ");
		repeat(fd, "of the same, ");
	}
	else if (strcmp(path, "/endless-interim") == 0)
		repeat(fd, "HTTP/1.1 102 Processing\r\n\r\n");
	else if (strcmp(path, "/interim") == 0)
		say(fd, "HTTP/1.1 100 Continue\r\nX-Request-Id: interim\r\n"
			"X-Subject-Token: interim\r\nRetry-After: 1\r\n\r\n"
			"HTTP/1.1 200 OK\r\nX-IAM-Trace-Id: trace\r\n"
			"Content-Length: 5\r\n\r\nfinal");
	else if (strcmp(path, "/interim-only") == 0)
	{
		say(fd, "HTTP/1.1 100 Continue\r\n\r\n");
		close(fd);
		_exit(0);
	}
	else if (strcmp(path, "/switch") == 0)
	{
		say(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n"
			"Connection: Upgrade\r\n\r\n{}");
		close(fd);
		_exit(0);
	}
	else if (strcmp(path, "/status") == 0)
		say(fd, "HTTP/2 2009\r\nContent-Length: 2\r\n\r\n{}");
	else if (strcmp(path, "/status-1") == 0)
		say(fd, "HTTP/1.1 2009 OK\r\nContent-Length: 2\r\n\r\n{}");
	else if (strcmp(path, "/status-late") == 0)
		say(fd, "HTTP/2+18446744073307 200 OK\r\nContent-Length: 2\r\n\r\n{}");
	else if (strcmp(path, "/status-long") == 0)
		say(fd, "HTTP/274407318 200 OK\r\nContent-Length: 2\r\n\r\n{}");
	else if (strcmp(path, "/status-bare") == 0)
		say(fd, "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}");
	else if (strcmp(path, "/trailer") == 0)
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			"X-Request-Id: head\r\n\r\n4\r\nbody\r\n0\r\n"
			"X-Request-Id: trailer\r\nX-Subject-Token: trailer\r\n\r\n");
	else if (strcmp(path, "/trailer-status") == 0)
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
			"X-Request-Id: head\r\n\r\n4\r\nbody\r\n0\r\n"
			"HTTP/1.1 200 OK: x\r\nX-Request-Id: trailer\r\n"
			"X-Subject-Token: trailer\r\n\r\n");
	else if (strcmp(path, "/token") == 0)
		say_name(fd, "X-Subject-Token", 16384);
	else if (strcmp(path, "/token-odd") == 0)
		say(fd, "HTTP/1.1 201 Created\r\nX-Subject-Token: a\rb\r\n"
			"Retry-After: 7\x01\r\nContent-Length: 0\r\n\r\n");
	else if (strcmp(path, "/token-long") == 0)
		say_name(fd, "X-Subject-Token", 16385);
	else if (strcmp(path, "/request-id-long") == 0)
		say_name(fd, "X-Request-Id", 500);
	else if (strcmp(path, "/retry-after-long") == 0)
		say_name(fd, "Retry-After", 500);
	else if (strcmp(path, "/redirect") == 0)
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /plain\r\n"
			"Content-Length: 4\r\n\r\naway");
	else if (strcmp(path, "/refused") == 0)
		say(fd, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\n"
			"Content-Length: 4\r\n\r\nslow");
	else if (strncmp(path, "proxied-", 8) == 0)
	{
		snprintf(head, sizeof(head), "HTTP/1.1 %.3s No\r\n"
				 "Content-Length: 0\r\n\r\n", path + 8);
		say(fd, head);
	}
	else if (strcmp(path, "/nothing") == 0)
		say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
	else if (strcmp(path, "/bad-chunk") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			"4\r\nbody\r\nzz\r\nmore\r\n");
		stay_silent(fd);
	}
	else if (strcmp(path, "/not-http") == 0)
	{
		say(fd, "SSH-2.0-OpenSSH\r\n");
		stay_silent(fd);
	}
	else if (strcmp(path, "/cut") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
		close(fd);
		_exit(0);
	}
	else if (strcmp(path, "/cut-chunk") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			"40\r\nonly this");
		close(fd);
		_exit(0);
	}
	else if (strcmp(path, "/cut-head") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
		reset(fd);
	}
	else if (strcmp(path, "/close") == 0)
	{
		close(fd);
		_exit(0);
	}
	else if (strcmp(path, "/reset") == 0)
		reset(fd);
	else if (strcmp(path, "/half") == 0)
	{
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
		stay_silent(fd);
	}
	else
		stay_silent(fd);
}

static void
serve_connection(int fd, Manner manner, int connection)
{
	char		request[20000];
	size_t		length = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (manner == STAYS_SILENT)
		stay_silent(fd);
	for (;;)
	{
		ssize_t		got = recv(fd, request + length,
							   sizeof(request) - 1 - length, 0);
		char	   *end;
		char	   *announced;
		char		path[100];
		size_t		whole;

		if (got <= 0)
			_exit(0);
		length += (size_t) got;
		request[length] = '\0';
		if (manner == RESETS)
			reset(fd);
		if (request[0] == 0x16)
		{
			say(fd, "HTTP/1.1 400 Bad Request\r\n\r\nplain http, please");
			_exit(0);
		}
		end = strstr(request, "\r\n\r\n");
		if (end == NULL)
			continue;
		announced = strstr(request, "Content-Length: ");
		whole = (size_t) (end + 4 - request) +
			(announced && announced < end ? strtoul(announced + 16, NULL, 10) : 0);
		if (length < whole || sscanf(request, "%*s %99[^ ?]", path) != 1)
			continue;
		answer(fd, path, request, length, connection);
		length = 0;
	}
}

/* A socket that listens on a free port. */
static int
listen_somewhere(int backlog, int *port)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t	size = sizeof(in);
	int			fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *) &in, sizeof(in)) != 0 ||
		listen(fd, backlog) != 0 ||
		getsockname(fd, (struct sockaddr *) &in, &size) != 0)
	{
		diag("no port to listen on");
		exit(1);
	}
	*port = ntohs(in.sin_port);
	return fd;
}

static Server
serve(Manner manner)
{
	Server		server;
	int			listener = listen_somewhere(200, &server.port);

	server.pid = fork();
	if (server.pid == 0)
	{
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGCHLD, SIG_IGN);
		for (int connection = 1;; connection++)
		{
			int			fd = accept(listener, NULL, NULL);

			if (fd >= 0 && fork() == 0)
			{
				close(listener);
				serve_connection(fd, manner, connection);
			}
			close(fd);
		}
	}
	close(listener);
	return server;
}

static void
end_server(const Server *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
}

/* --- a client ------------------------------------------------------- */

static int
count_descriptors(void)
{
	DIR		   *directory = opendir("/proc/self/fd");
	int			count = 0;

	while (directory && readdir(directory))
		count++;
	if (directory)
		closedir(directory);
	return count;
}

static bool
is_readable(int fd, int timeout_ms)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};

	return poll(&waiting, 1, timeout_ms) == 1;
}

static HwExchange *
start_at(const char *method, const char *url, const char *const *headers,
		 const char *body)
{
	HwStatus	status;
	HwWire		wire = {.method = method, .url = url, .headers = headers,
		.body = body, .body_bytes = body ? strlen(body) : 0};
	HwExchange *x;

	hw_status_clear(&status);
	x = hw_exchange_start(engine, &wire, &transport, &status);
	if (x == NULL)
		diag("%s: not started: %s", url, status.text);
	return x;
}

static HwExchange *
start(const char *path)
{
	char		url[200];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", http.port, path);
	return start_at("GET", url, NULL, NULL);
}

/* False when it never ends. */
static bool
await(HwExchange *x)
{
	HwStatus	status;

	hw_status_clear(&status);
	for (ndrives = 0; x && !hw_exchange_is_done(x); ndrives++)
	{
		if (!is_readable(hw_engine_fd(engine), PATIENCE_MS))
		{
			diag("nothing happens any more");
			return false;
		}
		if (!hw_engine_drive(engine, &status))
			diag("engine failed: %s", status.text);
	}
	return x != NULL;
}

static HwExchange *
get(const char *path)
{
	HwExchange *x = start(path);

	if (!await(x))
		exit(1);
	return x;
}

/* The exchange ends with this kind and this in its text. */
static void
ends_with(HwExchange *x, HwKind kind, const char *words, const char *name)
{
	const HwReply *reply;

	if (!await(x))
	{
		ok(false, "%s", name);
		return;
	}
	reply = hw_exchange_reply(x);
	if (!ok(reply->status.kind == kind &&
			strstr(reply->status.text, words) &&
			(kind == HW_OK || (reply->body_bytes == 0 &&
							   reply->subject_token[0] == '\0')),
			"%s", name))
		diag("kind %d, text \"%s\"", (int) reply->status.kind,
			 reply->status.text);
	hw_exchange_free(x);
}

static void
refuses_url(const char *url, const char *words, const char *name)
{
	HwStatus	status;
	HwWire		wire = {.method = "GET", .url = url};
	HwExchange *x;

	hw_status_clear(&status);
	x = hw_exchange_start(engine, &wire, &transport, &status);
	if (!ok(x == NULL && status.kind != HW_OK && strstr(status.text, words),
			"%s", name))
		diag("text \"%s\"", status.text);
	hw_exchange_free(x);
}

static void
run(void (*check) (void))
{
	HwStatus	status;

	hw_status_clear(&status);
	engine = hw_engine_open(&status);
	if (engine == NULL)
	{
		ok(false, "an engine opens: %s", status.text);
		return;
	}
	check();
	hw_engine_close(engine);
	engine = NULL;
}

int
main(void)
{
	Server		first;
	int			before;

	signal(SIGPIPE, SIG_IGN);
	first = http = serve(SPEAKS_HTTP);
	check_addresses();

	run(check_plain);			/* libcurl opens what it keeps for good */
	before = count_descriptors();
	run(check_plain);
	run(check_request);
	run(check_reply);
	run(check_limits);
	run(check_broken);
	run(check_timeouts);
	run(check_refused);
	run(check_crowd);
	run(check_freed);
	run(check_waiting);
	run(check_lost);
	run(check_tls);
	check_memory();
	is_int(count_descriptors(), before, "no descriptor stays open");

	/* Last: libcurl's thread keeps one until its look-up has ended. */
	run(check_names);

	end_server(&first);
	return done();
}

/* --- checks --------------------------------------------------------- */

static void
check_plain(void)
{
	HwExchange *x;
	const HwReply *reply;
	char	   *body;
	size_t		bytes;
	char		name[200];
	int			descriptors = hw_engine_descriptors(engine);

	ok(!is_readable(hw_engine_fd(engine), 0), "a new engine is silent");
	x = start("/plain?secret=1");
	ok(x && hw_exchange_reply(x) == NULL, "no reply before it is done");
	if (!await(x))
		exit(1);
	reply = hw_exchange_reply(x);
	diag("a first request takes %d drives", ndrives);
	ok(ndrives <= DRIVES_MAX, "a request takes few drives");
	ok(!is_readable(hw_engine_fd(engine), 0), "a finished engine is silent");
	is_int(reply->status.kind, HW_OK, "plain GET");
	is_int(reply->http, 200, "status code");
	is_string(reply->body, "hello", "body");
	is_int((long long) reply->body_bytes, 5, "length of the body");
	is_int(reply->wire_bytes, 5, "bytes received");
	is_string(reply->content_type, "application/json; charset=utf-8",
			  "content type");
	is_string(reply->retry_after, "7", "Retry-After without blanks");
	is_int(reply->date, 784887151, "date");
	snprintf(name, sizeof(name), "%s", reply->request_id);
	ok(strncmp(name, "connection-", 11) == 0, "the request id wins over the trace id");
	is_int(hw_engine_descriptors(engine), descriptors + 1,
		   "an idle connection is counted");
	body = hw_exchange_take_body(x, &bytes);
	is_string(body, "hello", "the body can be taken");
	is_int((long long) bytes, 5, "with its length");
	is_int((long long) reply->body_bytes, 0, "and is gone from the reply");
	free(body);
	body = hw_exchange_take_body(x, &bytes);
	ok(body == NULL && bytes == 0, "it can be taken once");
	hw_exchange_free(x);

	x = get("/plain");
	diag("another request takes %d drives", ndrives);
	is_string(hw_exchange_reply(x)->request_id, name,
			  "the connection is used again");
	ok(ndrives <= DRIVES_MAX, "with few drives");
	hw_exchange_free(x);
	hw_exchange_free(NULL);
	ok(true, "nothing can be freed");
}

static void
check_request(void)
{
	static const char *const get_headers[] = {
		"Authorization: SDK-HMAC-SHA256 Access=a, Signature=b",
		"X-Empty:", "X-Blank: ", "Host: named.example", NULL
	};
	static const char *const post_headers[] = {
		"content-type: application/json", NULL
	};
	static const char *const broken[][2] = {
		{"X-Bad: a\r\nX-Worse: b", NULL}, {"no colon", NULL}, {": none", NULL}
	};
	char		url[200];
	char		expected[1000];
	HwExchange *x;

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/echo?a=%%2F&b=../c",
			 http.port);
	x = start_at("GET", url, get_headers, NULL);
	if (!await(x))
		exit(1);
	is_string(hw_exchange_reply(x)->body,
			  "GET /echo?a=%2F&b=../c HTTP/1.1\r\n"
			  "Host: named.example\r\n"
			  "User-Agent: hwbss_fdw\r\n"
			  "Accept: */*\r\n"
			  "Accept-Encoding: gzip\r\n"
			  "Authorization: SDK-HMAC-SHA256 Access=a, Signature=b\r\n"
			  "X-Empty:\r\n"
			  "X-Blank:\r\n\r\n",
			  "a GET request to the byte");
	hw_exchange_free(x);

	x = start_at("POST", url, NULL, NULL);
	if (!await(x))
		exit(1);
	snprintf(expected, sizeof(expected),
			 "POST /echo?a=%%2F&b=../c HTTP/1.1\r\n"
			 "Host: 127.0.0.1:%d\r\n"
			 "User-Agent: hwbss_fdw\r\n"
			 "Accept: */*\r\n"
			 "Accept-Encoding: gzip\r\n"
			 "Content-Length: 0\r\n\r\n", http.port);
	is_string(hw_exchange_reply(x)->body, expected, "a POST without a body");
	hw_exchange_free(x);

	{
		char		body[5001];

		/* Long enough for curl to ask whether it may send it. */
		memset(body, 'b', 5000);
		body[5000] = '\0';
		x = start_at("POST", url, post_headers, body);
		memset(body, 'X', 5000);
		if (!await(x))
			exit(1);
		ok(strstr(hw_exchange_reply(x)->body,
				  "content-type: application/json\r\n"
				  "Content-Length: 5000\r\n\r\nbbbbb"),
		   "a POST with a body, which was copied");
		ok(!strstr(hw_exchange_reply(x)->body, "Expect"),
		   "nobody is asked to continue");
		hw_exchange_free(x);
	}
	x = start_at("PUT", url, post_headers, "{}");
	if (!await(x))
		exit(1);
	ok(strncmp(hw_exchange_reply(x)->body, "PUT /echo", 9) == 0 &&
	   strstr(hw_exchange_reply(x)->body, "\r\n\r\n{}"), "another method");
	hw_exchange_free(x);

	for (int i = 0; i < 3; i++)
	{
		HwStatus	status;
		HwWire		wire = {.method = "GET", .url = url, .headers = broken[i]};

		hw_status_clear(&status);
		x = hw_exchange_start(engine, &wire, &transport, &status);
		ok(x == NULL && status.kind == HW_INTERNAL && !strstr(status.text, "Bad"),
		   "invalid header %d is not sent", i);
		hw_exchange_free(x);
	}
}

static void
check_reply(void)
{
	HwExchange *x = get("/gzip");
	const HwReply *reply = hw_exchange_reply(x);
	char	   *body;
	size_t		bytes;

	is_string(reply->body, "a compressed answer, answer, answer", "gzip");
	is_int(reply->wire_bytes, (long long) sizeof(compressed),
		   "bytes before decompression");
	hw_exchange_free(x);

	x = get("/interim");
	reply = hw_exchange_reply(x);
	is_int(reply->http, 200, "an interim answer is passed over");
	is_string(reply->body, "final", "its successor's body");
	is_string(reply->request_id, "trace", "an interim request id is forgotten");
	is_string(reply->subject_token, "", "and an interim token");
	is_string(reply->retry_after, "", "and an interim wait");
	hw_exchange_free(x);

	x = get("/trailer");
	reply = hw_exchange_reply(x);
	is_string(reply->body, "body", "chunks are joined");
	is_string(reply->request_id, "head", "a trailer is no header");
	is_string(reply->subject_token, "", "nor a token");
	hw_exchange_free(x);
	x = get("/trailer-status");
	is_string(hw_exchange_reply(x)->request_id, "head",
			  "nor is one that looks like a head");
	is_string(hw_exchange_reply(x)->subject_token, "", "so no token from it");
	hw_exchange_free(x);

	x = get("/token");
	is_int((long long) strlen(hw_exchange_reply(x)->subject_token), 16384,
		   "a long token is kept whole");
	hw_exchange_free(x);
	x = get("/token-odd");
	reply = hw_exchange_reply(x);
	is_string(reply->subject_token, "", "a token with a line end is none");
	is_string(reply->retry_after, "", "nor is such a time to wait");
	hw_exchange_free(x);
	ends_with(get("/token-long"), HW_TOO_LARGE, "16384", "a longer one is not cut");

	x = get("/request-id-long");
	is_int((long long) strlen(hw_exchange_reply(x)->request_id), 128,
		   "a long request id is cut");
	hw_exchange_free(x);
	x = get("/retry-after-long");
	is_string(hw_exchange_reply(x)->retry_after, "", "a long wait is dropped");
	hw_exchange_free(x);

	x = get("/redirect");
	reply = hw_exchange_reply(x);
	is_int(reply->http, 302, "a redirect is not followed");
	is_string(reply->body, "away", "but delivered");
	hw_exchange_free(x);

	x = get("/refused");
	reply = hw_exchange_reply(x);
	ok(reply->status.kind == HW_OK && reply->http == 429 &&
	   reply->status.http == 429, "a refusal is a reply");
	is_string(reply->body, "slow", "with a body");
	hw_exchange_free(x);

	x = get("/nothing");
	is_int(hw_exchange_reply(x)->http, 204, "no body at all");
	is_string(hw_exchange_reply(x)->body, "", "is an empty one");
	body = hw_exchange_take_body(x, &bytes);
	ok(body == NULL && bytes == 0, "that cannot be taken");
	hw_exchange_free(x);
}

static void
check_limits(void)
{
	HwExchange *x = get("/exact");

	is_int((long long) hw_exchange_reply(x)->body_bytes, 50000,
		   "a body that just fits");
	hw_exchange_free(x);
	ends_with(start("/announced"), HW_BODY_TOO_LARGE, "50000 bytes",
			  "an announced length above the limit is not waited for");
	ends_with(start("/endless"), HW_BODY_TOO_LARGE, "body is larger than 50000",
			  "an endless body");
	ends_with(start("/bomb"), HW_BODY_TOO_LARGE, "body is larger than 50000",
			  "the limit holds after decompression");
	ends_with(start("/endless-head"), HW_TOO_LARGE, "1000 lines",
			  "endless header lines");
	ends_with(start("/large-head"), HW_TOO_LARGE, "262144 bytes",
			  "too many header bytes");
	ends_with(start("/endless-line"), HW_TOO_LARGE, "header",
			  "an endless header line");
	ends_with(start("/endless-interim"), HW_TOO_LARGE, "header",
			  "endless interim answers");
}

static void
check_broken(void)
{
	int			port;
	char		url[200];
	HwExchange *x;

	ends_with(start("/cut"), HW_NO_CONNECTION, "", "a body that is cut short");
	ends_with(start("/cut-chunk"), HW_NO_CONNECTION, "", "a chunk that is");
	ends_with(start("/cut-head"), HW_NO_CONNECTION, "", "a header that is");
	ends_with(start("/close"), HW_NO_CONNECTION, "", "no answer at all");
	ends_with(start("/reset"), HW_NO_CONNECTION, "", "a reset before the answer");
	x = get("/interim-only");
	is_int(hw_exchange_reply(x)->http, 0, "an interim answer is none");
	ends_with(x, HW_NO_CONNECTION, "", "when nothing follows it");
	ends_with(start("/switch"), HW_BAD_REPLY, "interim",
			  "another protocol that nobody asked for");
	ends_with(start("/status"), HW_BAD_REPLY, "three digits",
			  "a status of four digits");
	ends_with(start("/status-late"), HW_BAD_REPLY, "three digits",
			  "a number where none belongs");
	ends_with(start("/status-long"), HW_BAD_REPLY, "three digits",
			  "a version of many digits");
	ends_with(start("/status-1"), HW_BAD_REPLY, "HTTP",
			  "one that libcurl may find out itself");
	ends_with(start("/status-bare"), HW_OK, "", "a status without a phrase");
	ends_with(start("/bad-chunk"), HW_BAD_REPLY, "chunk", "a chunk of size zz");
	ends_with(start("/not-gzip"), HW_BAD_REPLY, "", "gzip that is none");
	ends_with(start("/not-http"), HW_BAD_REPLY, "HTTP/0.9", "an answer that is not HTTP");

	x = get("/plain");
	is_int(hw_exchange_reply(x)->http, 200, "the engine is as good as before");
	hw_exchange_free(x);

	close(listen_somewhere(1, &port));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	ends_with(start_at("GET", url, NULL, NULL), HW_NO_CONNECTION, "127.0.0.1",
			  "a port nobody listens on");
	ends_with(start_at("GET", "https://missing.test/?secret", NULL, NULL),
			  HW_NO_CONNECTION, "missing.test", "a name that is not there");
}

static void
check_timeouts(void)
{
	Server		silent = serve(STAYS_SILENT);
	HwTransport saved = transport;
	char		url[200];
	int			fillers[8];
	int			port;
	int			listener;
	struct sockaddr_in in = {.sin_family = AF_INET};

	transport.request_timeout_ms = 300;
	ends_with(start("/silent?secret"), HW_TIMED_OUT,
			  "0.3 s while waiting for an answer from \"127.0.0.1\"",
			  "waiting for the answer takes too long");
	ok(ndrives <= DRIVES_MAX, "it was waited for with few drives");
	ends_with(start("/half"), HW_TIMED_OUT, "0.3 s while reading",
			  "reading the answer takes too long");

	/* The queue of a socket nobody accepts from is soon full. */
	transport.request_timeout_ms = 5000;
	transport.connect_timeout_ms = 200;
	listener = listen_somewhere(0, &port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t) port);
	for (int i = 0; i < 8; i++)
	{
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void) !connect(fillers[i], (struct sockaddr *) &in, sizeof(in));
	}
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	ends_with(start_at("GET", url, NULL, NULL), HW_TIMED_OUT,
			  "0.2 s while connecting", "connecting takes too long");
	for (int i = 0; i < 8; i++)
		close(fillers[i]);
	close(listener);

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", silent.port);
	ends_with(start_at("GET", url, NULL, NULL), HW_TIMED_OUT,
			  "0.2 s while agreeing on TLS", "the handshake takes too long");
	transport = saved;
	end_server(&silent);
}

static void
check_names(void)
{
	HwTransport saved = transport;
	int			before;
	long long	started;
	HwExchange *x;

	transport.connect_timeout_ms = 200;
	ends_with(start_at("GET", "https://slow.test/", NULL, NULL), HW_TIMED_OUT,
			  "0.2 s while looking up the name \"slow.test\"",
			  "a name look-up takes too long");
	transport = saved;

	before = hw_engine_descriptors(engine);
	x = start_at("GET", "https://slow.test/", NULL, NULL);
	if (x && is_readable(hw_engine_fd(engine), PATIENCE_MS))
	{
		HwStatus	status;

		hw_engine_drive(engine, &status);
	}
	started = hw_engine_now();
	hw_exchange_free(x);
	ok(hw_engine_now() - started < 1000,
	   "freeing does not wait for a look-up");
	is_int(hw_engine_descriptors(engine), before, "which opened no socket");
	pthread_mutex_lock(&slow_lock);
	slow_may_end = true;
	pthread_cond_broadcast(&slow_end);
	pthread_mutex_unlock(&slow_lock);
}

/* A proxy that was asked for a tunnel and said no. */
static void
check_proxy(void)
{
	static const struct
	{
		int			http;
		HwKind		kind;
	}			cases[] = {
		{302, HW_BAD_REPLY}, {400, HW_BAD_REPLY}, {403, HW_BAD_REPLY},
		{407, HW_BAD_REPLY}, {408, HW_NO_CONNECTION}, {429, HW_NO_CONNECTION},
		{500, HW_NO_CONNECTION}, {502, HW_NO_CONNECTION},
		{503, HW_NO_CONNECTION}, {504, HW_NO_CONNECTION}
	};
	char		proxy[100];
	char		url[100];
	char		words[10];

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", http.port);
	transport.proxy = proxy;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		snprintf(url, sizeof(url), "https://proxied-%d.test/", cases[i].http);
		snprintf(words, sizeof(words), "%d", cases[i].http);
		ends_with(start_at("GET", url, NULL, NULL), cases[i].kind, words,
				  cases[i].kind == HW_BAD_REPLY ?
				  "a proxy that will not change its mind" :
				  "a proxy that may");
	}
}

static void
check_refused(void)
{
	HwTransport saved = transport;
	char		url[200];

	refuses_url("http://example.com/", "plain http", "http to another host");
	refuses_url("http://127.0.0.1.example.com/", "plain http", "a name like an address");
	refuses_url("http://127.0.0.1@example.com/", "URL", "a user like an address");
	refuses_url("http://localhost.example.com/", "plain http", "a name like localhost");
	refuses_url("ftp://127.0.0.1/", "https", "another scheme");
	refuses_url("file:///etc/passwd", "", "a file");
	refuses_url("127.0.0.1/", "URL", "no scheme");
	refuses_url("https://user:word@127.0.0.1/", "URL", "credentials in a URL");
	transport.allows_http = false;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/plain", http.port);
	refuses_url(url, "plain http", "http when it is not allowed");
	transport = saved;

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	ends_with(start("/plain"), HW_OK, "", "the environment names no proxy");
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	transport.proxy = "http://127.0.0.1:1";
	ends_with(start("/plain"), HW_NO_CONNECTION, "", "the transport does");
	check_proxy();
	transport = saved;

	/* The connection is there by now. */
	transport.refuses_private = true;
	ends_with(start("/plain"), HW_NOT_ALLOWED, "\"127.0.0.1\" resolves to an address that is not public",
			  "a connection opened by a lax exchange is not used");
	snprintf(url, sizeof(url), "https://inside.test:%d/plain", http.port);
	ends_with(start_at("GET", url, NULL, NULL), HW_NOT_ALLOWED, "not public",
			  "a private address behind a name");
	snprintf(url, sizeof(url), "https://[::ffff:127.0.0.1]:%d/", http.port);
	ends_with(start_at("GET", url, NULL, NULL), HW_NOT_ALLOWED, "not public",
			  "a private address inside another");
	transport = saved;
}

static void
check_crowd(void)
{
	HwExchange *x[50];
	HwExchange *silent[HW_ENGINE_CONNECTIONS_MAX];
	int			nfine = 0;
	int			nmax = 0;
	int			total = 0;

	for (int i = 0; i < 50; i++)
		x[i] = start(i % 2 ? "/plain" : "/gzip");
	for (int i = 0; i < 50; i++)
	{
		await(x[i]);
		total += ndrives;
		if (hw_engine_descriptors(engine) > nmax)
			nmax = hw_engine_descriptors(engine);
		nfine += hw_exchange_reply(x[i])->status.kind == HW_OK &&
			hw_exchange_reply(x[i])->http == 200;
	}
	diag("50 requests take %d drives", total);
	is_int(nfine, 50, "50 requests at once");
	ok(total <= 50 * DRIVES_MAX, "with few drives");
	ok(nmax <= 5 + HW_ENGINE_CONNECTIONS_MAX, "over few connections");
	for (int i = 0; i < 50; i++)
		hw_exchange_free(x[i]);

	/* One that waits for a place gets it when another is given up. */
	for (int i = 0; i < HW_ENGINE_CONNECTIONS_MAX; i++)
		silent[i] = start("/silent");
	x[0] = start("/plain");
	x[1] = start("/plain");
	for (int i = 0; i < 20 && is_readable(hw_engine_fd(engine), 50); i++)
	{
		HwStatus	status;

		hw_engine_drive(engine, &status);
	}
	ok(!hw_exchange_is_done(x[0]), "all places are taken");
	hw_exchange_free(x[1]);
	hw_exchange_free(silent[3]);
	ends_with(x[0], HW_OK, "", "a place that is left is taken");
	for (int i = 0; i < HW_ENGINE_CONNECTIONS_MAX; i++)
	{
		if (i != 3)
			hw_exchange_free(silent[i]);
	}
}

static void
check_freed(void)
{
	int			before = count_descriptors();
	int			counted = hw_engine_descriptors(engine);
	HwStatus	status;
	HwExchange *x = start("/silent");

	hw_exchange_free(x);
	is_int(count_descriptors(), before, "freed before it was sent");

	/* Until all is quiet, then in the middle of a body. */
	for (int i = 0; i < 2; i++)
	{
		x = start(i ? "/half" : "/silent");
		while (is_readable(hw_engine_fd(engine), 100))
			hw_engine_drive(engine, &status);
		ok(x && !hw_exchange_is_done(x), "a server falls silent");
		ok(count_descriptors() > before, "while a connection is open");
		hw_exchange_free(x);
		is_int(count_descriptors(), before, "freeing closes it");
		is_int(hw_engine_descriptors(engine), counted, "and counts it");
	}
}

static void
check_waiting(void)
{
	struct epoll_event event = {.events = EPOLLIN};
	int			outer = epoll_create1(EPOLL_CLOEXEC);
	long long	at_ms = hw_engine_now() + 30;
	HwStatus	status;
	HwExchange *x;
	int			n = 0;

	hw_engine_wake_at(engine, at_ms);
	ok(!is_readable(hw_engine_fd(engine), 0), "a timer is silent at first");
	ok(is_readable(hw_engine_fd(engine), PATIENCE_MS), "then it wakes");
	ok(hw_engine_now() >= at_ms, "not too early");
	hw_engine_drive(engine, &status);
	ok(!is_readable(hw_engine_fd(engine), 0), "once");
	hw_engine_wake_at(engine, at_ms);
	ok(is_readable(hw_engine_fd(engine), 0), "a time that is past wakes at once");
	hw_engine_wake_at(engine, 0);
	ok(!is_readable(hw_engine_fd(engine), 0), "unless it is disarmed");

	epoll_ctl(outer, EPOLL_CTL_ADD, hw_engine_fd(engine), &event);
	x = start("/plain");
	while (x && !hw_exchange_is_done(x) &&
		   epoll_wait(outer, &event, 1, PATIENCE_MS) == 1)
	{
		n++;
		hw_engine_drive(engine, &status);
	}
	ok(x && hw_exchange_is_done(x) && n <= DRIVES_MAX, "a set around it wakes");
	is_int(epoll_wait(outer, &event, 1, 0), 0, "and falls silent");
	hw_exchange_free(x);
	is_int(epoll_wait(outer, &event, 1, 0), 0, "and stays so");
	close(outer);
}

/* What happens when the engine's descriptor is no longer what it was. */
static void
check_lost(void)
{
	HwStatus	status;
	HwExchange *done_before = get("/plain");
	HwExchange *active = start("/silent");
	HwExchange *fresh;
	FILE	   *null = fopen("/dev/null", "r");

	while (is_readable(hw_engine_fd(engine), 100))
		hw_engine_drive(engine, &status);
	fresh = start("/plain");
	if (null == NULL || dup2(fileno(null), hw_engine_fd(engine)) < 0)
		exit(1);
	fclose(null);
	hw_status_clear(&status);
	ok(!hw_engine_drive(engine, &status) && status.kind == HW_INTERNAL,
	   "an engine can be lost");
	ok(active && hw_exchange_is_done(active) &&
	   hw_exchange_reply(active)->status.kind == HW_INTERNAL &&
	   fresh && hw_exchange_is_done(fresh) &&
	   hw_exchange_reply(fresh)->status.kind == HW_INTERNAL,
	   "all that was under way fails");
	is_string(hw_exchange_reply(done_before)->body, "hello",
			  "what was done stays");
	hw_status_clear(&status);
	ok(!hw_engine_drive(engine, &status) && status.kind == HW_INTERNAL,
	   "it stays lost");
	ok(start("/plain") == NULL, "nothing can be started");
	hw_exchange_free(fresh);
	hw_exchange_free(active);
	hw_exchange_free(done_before);
}

/* A server of OpenSSL's, where it is installed; 0 when it is not. */
static Server
serve_tls(char *directory)
{
	Server		server = {0, 0};
	char		command[900];
	int			ends[2];
	FILE	   *output;
	char		line[200];

	if (mkdtemp(directory) == NULL)
		return server;
	snprintf(command, sizeof(command),
			 "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test "
			 "-addext subjectAltName=IP:127.0.0.1 -keyout %s/key -out %s/cert "
			 "2>/dev/null && "
			 "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other "
			 "-keyout /dev/null -out %s/other 2>/dev/null && mkdir %s/system && "
			 "cp %s/cert %s/system/`openssl x509 -hash -noout -in %s/cert`.0",
			 directory, directory, directory, directory, directory, directory,
			 directory);
	if (system(command) != 0 || pipe(ends) != 0)
		return server;
	server.pid = fork();
	if (server.pid == 0)
	{
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (chdir(directory) == 0 && freopen("/dev/null", "w", stderr))
			execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0",
				   "-cert", "cert", "-key", "key", "-www", (char *) NULL);
		_exit(1);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	while (output && server.port == 0 && fgets(line, sizeof(line), output))
		sscanf(line, "ACCEPT %*[^:]:%d", &server.port);
	if (output)
		fclose(output);
	return server;
}

static const char *system_path;	/* NULL: as it is */

/*
 * What libcurl reads a directory of authorities with.  Only the one it was
 * built with becomes the test's.
 */
extern int	X509_STORE_load_path(X509_STORE *store, const char *path);

int
X509_STORE_load_path(X509_STORE *store, const char *path)
{
	const char *built_in = curl_version_info(CURLVERSION_NOW)->capath;
	X509_LOOKUP *lookup = X509_STORE_add_lookup(store,
												X509_LOOKUP_hash_dir());

	if (system_path && built_in && strcmp(path, built_in) == 0)
		path = system_path;
	return lookup && X509_LOOKUP_add_dir(lookup, path, X509_FILETYPE_PEM);
}

/* A server of OpenSSL's whose certificate the system vouches for. */
static void
check_authorities(const char *directory, const char *url)
{
	char		path[100];
	char		other[100];

	snprintf(path, sizeof(path), "%s/system", directory);
	snprintf(other, sizeof(other), "%s/other", directory);
	system_path = path;
	transport.ca_file = NULL;
	if (curl_version_info(CURLVERSION_NOW)->capath == NULL)
		diag("skipped: this libcurl has no directory of authorities");
	else
		ends_with(start_at("GET", url, NULL, NULL), HW_OK, "",
				  "one that the system vouches for");
	transport.ca_file = other;
	ends_with(start_at("GET", url, NULL, NULL), HW_TLS_FAILED, "certificate",
			  "which does not count beside a CA file");
	system_path = NULL;
}

static void
remove_tls(const char *directory)
{
	char		command[100];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	ok(system(command) == 0, "nothing is left of it");
}

static void
check_tls(void)
{
	HwTransport saved = transport;
	Server		resetting = serve(RESETS);
	Server		tls;
	char		directory[] = "/tmp/test_engine.XXXXXX";
	char		ca_file[100];
	char		url[200];

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", resetting.port);
	ends_with(start_at("GET", url, NULL, NULL), HW_NO_CONNECTION, "",
			  "a handshake that is reset may work again");
	end_server(&resetting);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", http.port);
	ends_with(start_at("GET", url, NULL, NULL), HW_TLS_FAILED, "",
			  "a server that speaks no TLS does not");

	tls = serve_tls(directory);
	snprintf(ca_file, sizeof(ca_file), "%s/cert", directory);
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/", tls.port);
	if (tls.port == 0)
		diag("skipped: no TLS server (openssl) here");
	else
	{
		ends_with(start_at("GET", url, NULL, NULL), HW_TLS_FAILED, "certificate",
				  "a certificate nobody vouches for");
		check_authorities(directory, url);
		transport.ca_file = ca_file;
		ends_with(start_at("GET", url, NULL, NULL), HW_OK, "",
				  "one that somebody does");
		ok(ndrives <= DRIVES_MAX, "with few drives");
		snprintf(url, sizeof(url), "https://localhost:%d/", tls.port);
		ends_with(start_at("GET", url, NULL, NULL), HW_TLS_FAILED, "",
				  "one of another host");
		transport.ca_file = "/nonexistent";
		ends_with(start_at("GET", url, NULL, NULL), HW_TLS_FAILED, "",
				  "a CA file that is not there");
		end_server(&tls);
	}
	transport = saved;
	remove_tls(directory);
}

static bool
exchange_once(void *arg)
{
	HwStatus	status;
	HwWire		wire = {.method = "POST", .url = arg};
	HwExchange *x = NULL;
	bool		passed = false;

	hw_status_clear(&status);
	engine = hw_engine_open(&status);
	if (engine)
		x = hw_exchange_start(engine, &wire, &transport, &status);
	if (x && await(x))
	{
		passed = hw_exchange_reply(x)->status.kind == HW_OK;
		status = hw_exchange_reply(x)->status;
	}
	hw_exchange_free(x);
	hw_engine_close(engine);
	engine = NULL;
	return passed && status.kind != HW_OUT_OF_MEMORY;
}

static void
check_memory(void)
{
	char		url[200];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/plain", http.port);
	alloc_torture(exchange_once, url, "an exchange without memory");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/trailer", http.port);
	alloc_torture(exchange_once, url, "one of unknown length");
}

static void
check_addresses(void)
{
	static const char *const public[] = {
		"8.8.8.8", "100.63.0.1", "100.128.0.1", "172.32.0.1", "223.255.255.255",
		"2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808",
		"2002:808:808::1"
	};
	static const char *const private[] = {
		"0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255",
		"169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.0.1",
		"224.0.0.1", "255.255.255.255", "::", "fe80::1", "fc00::1", "fd12::1",
		"ff02::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1",
		"64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:a00:1::1",
		"2001::1", "2001:db8::1", "fec0::1", "", "name"
	};
	static const char *const loopback[] = {
		"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"
	};

	for (size_t i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		is_int(hw_address_network_text(public[i]), HW_NETWORK_PUBLIC,
			   "%s is public", public[i]);
	for (size_t i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		is_int(hw_address_network_text(private[i]), HW_NETWORK_PRIVATE,
			   "\"%s\" is not", private[i]);
	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
		is_int(hw_address_network_text(loopback[i]), HW_NETWORK_LOOPBACK,
			   "%s is here", loopback[i]);
	ok(hw_address_is_loopback_host("LocalHost") &&
	   hw_address_is_loopback_host("[::1]") &&
	   hw_address_is_loopback_host("127.1.2.3"), "hosts that are here");
	ok(!hw_address_is_loopback_host("localhost.test") &&
	   !hw_address_is_loopback_host("[]") &&
	   !hw_address_is_loopback_host(""), "hosts that need not be");
}
