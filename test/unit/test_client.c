/*-------------------------------------------------------------------------
 *
 * test_client.c
 *	  Fetches over real HTTP: sharing, reuse, repeats, refused keys.
 *
 * The simulator is a child process.  Nothing here sleeps: the program waits
 * for the client's descriptor, and counts the requests that were received.
 *
 *-------------------------------------------------------------------------
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "core/ask.h"
#include "core/client.h"
#include "core/json.h"
#include "tap.h"

#define PROJECT "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

/* Longer than anything here takes, shorter than anyone's patience. */
#define PATIENCE_MS 20000

/* Wake-ups that a simple request may take; a busy loop takes thousands. */
#define DRIVES_MAX 10

static const HwCredentials keys = {
	.access_key = "SIMAK0EVERYTHING0000",
	.secret_key = "simSkEverything/+0123456789abcdefghijklmn",
};
static const HwCredentials wrong_keys = {
	.access_key = "SIMAK0CUSTOMER000000",
	.secret_key = "wrong",
};
static const HwCredentials expired_token = {
	.token = "simTokenProject-expired-0123456789abcdef",
};

static const HwCredentials password = {
	.user_name = "sim-user",
	.password = "sim-Password/1",
	.domain_name = "sim-account",
};
static const HwCredentials wrong_password = {
	.user_name = "sim-user",
	.password = "wrong",
	.domain_name = "sim-account",
};
static HwCredentials metadata = {.source = HW_SOURCE_METADATA};

static int	port;
static char base_url[100];
static HwClient *client;
static HwRests *rests;
static int	ndrives;			/* of the last wait */
static HwFetchOptions options = {
	.transport = {
		.connect_timeout_ms = 5000,
		.request_timeout_ms = 10000,
		.body_bytes_max = 64 << 20,
		.allows_http = true
	}
};

/* --- the simulator --------------------------------------------------- */

static pid_t sim_pid;
static int	sim_input;

/* False when there is no python3. */
static bool
sim_start(void)
{
	const char *root = getenv("HWBSS_SOURCE");
	int			input[2];
	int			output[2];
	char		line[100] = "";
	size_t		length = 0;

	if (pipe(input) != 0 || pipe(output) != 0)
		abort();
	sim_pid = fork();
	if (sim_pid == 0)
	{
		dup2(input[0], 0);
		dup2(output[1], 1);
		for (int fd = 3; fd < 100; fd++)
			close(fd);
		setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
		if (root == NULL || chdir(root) == 0)
			execlp("python3", "python3", "test/sim/simulator.py", NULL);
		_exit(127);
	}
	close(input[0]);
	close(output[1]);
	sim_input = input[1];
	while (length < sizeof(line) - 1 &&
		   read(output[0], line + length, 1) == 1 && line[length] != '\n')
		length++;
	close(output[0]);
	return sscanf(line, "port %d", &port) == 1;
}

static void
sim_stop(void)
{
	close(sim_input);
	waitpid(sim_pid, NULL, 0);
}

/* One control request; the answer's body goes to out. */
static void
sim_control(const char *method, const char *target, const char *body,
			HwText *out)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	.sin_port = htons(port)};
	int			fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	HwText		head;
	char		buffer[8192];
	ssize_t		got;
	const char *end;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	hw_text_init(&head, 0);
	hw_text_printf(&head, "%s %s HTTP/1.1\r\nHost: sim\r\n"
				   "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
				   method, target, strlen(body), body);
	if (connect(fd, (struct sockaddr *) &address, sizeof(address)) != 0 ||
		write(fd, head.data, head.length) != (ssize_t) head.length)
		abort();
	hw_text_reset(&head);
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		hw_text_append(&head, buffer, got);
	close(fd);
	end = strstr(hw_text_string(&head), "\r\n\r\n");
	if (end == NULL || strncmp(head.data, "HTTP/1.1 200", 12) != 0)
	{
		diag("%s %s: %s", method, target, hw_text_string(&head));
		abort();
	}
	if (out)
		hw_text_puts(out, end + 4);
	hw_text_free(&head);
}

static int
sim_count(void)
{
	HwText		text;
	int			count;

	hw_text_init(&text, 0);
	sim_control("GET", "/_log?n=count", "", &text);
	count = atoi(hw_text_string(&text));
	hw_text_free(&text);
	return count;
}

static int
count_descriptors(void)
{
	DIR		   *dir = opendir("/proc/self/fd");
	int			count = 0;

	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

/* --- fetches --------------------------------------------------------- */

/* A page of quotas under a case of the simulator. */
static HwFetch *
fetch_at(HwClient *by, const char *settings, long offset, bool *is_reused)
{
	const HwApi *api;
	const HwService *service;
	HwAsked		asked[] = {{NULL, PROJECT}, {NULL, "host_resource"},
	{NULL, NULL}};
	HwCursor	cursor = {offset, 10};
	HwRequest	request;
	HwStatus	status;
	HwBase		base;
	HwFetch    *fetch;
	const char *reason;
	char		url[600];

	hw_table_find("hss_quotas", &api, &service);
	asked[0].param = hw_param_find(api, "project_id");
	asked[1].param = hw_param_find(api, "category");
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/case/%s", port, settings);
	hw_request_init(&request, "GET");
	if (!hw_url_base(url, &base, &reason))
		abort();
	if (!hw_ask(service, api, &base, asked,
				hw_auth_signs(hw_client_auth(by)) ? PROJECT : NULL, cursor,
				&request, &status))
	{
		hw_request_free(&request);
		return NULL;
	}
	fetch = hw_client_fetch(by, &request, &options, is_reused, &status);
	ok(request.nheaders == 0 && request.path.data == NULL,
	   "the request was taken over");
	hw_request_free(&request);
	return fetch;
}

static HwFetch *
fetch_page(const char *settings, bool *is_reused)
{
	return fetch_at(client, settings, 0, is_reused);
}

/* Waits for the client's descriptor and drives it. */
static bool
turn(HwClient *by)
{
	struct pollfd fd = {.fd = hw_client_fd(by), .events = POLLIN};
	HwStatus	status;

	if (poll(&fd, 1, PATIENCE_MS) != 1)
	{
		ok(false, "nothing happens");
		return false;
	}
	ndrives++;
	hw_client_attend(by);
	return hw_client_drive(by, &status);
}

static void
wait_for(HwFetch *fetch)
{
	HwStatus	status;

	ndrives = 1;
	hw_client_drive(client, &status);
	while (!hw_fetch_is_done(fetch) && turn(client))
		;
}

/* Fetches, waits, tells what came of it, releases. */
static void
is_fetched(const char *settings, HwKind kind, int nrequests)
{
	HwCounters	counters;
	bool		is_reused;
	int			before = sim_count();
	HwFetch    *fetch = fetch_page(settings, &is_reused);
	size_t		bytes;
	const char *body;

	wait_for(fetch);
	hw_fetch_counters(fetch, &counters);
	body = hw_fetch_body(fetch, &bytes);
	is_int(hw_fetch_status(fetch)->kind, kind, "%s", settings);
	is_int(sim_count() - before, nrequests, "requests that were received");
	is_int(counters.nrequests, nrequests, "requests that were counted");
	is_int(bytes > 0, kind == HW_OK, "a body, or none: %.30s", body);
	hw_fetch_release(fetch);
}

static void
open_client(const HwCredentials *credentials)
{
	HwStatus	status;

	if (client)
		hw_client_close(client);
	hw_rests_forget(rests);
	client = hw_client_open(credentials, rests, &status);
	options.statement = 0;
	options.reuse_ms = 0;
	options.retry_budget_ms = 0;
}

/* --- sharing and reuse ----------------------------------------------- */

static void
test_plain(void)
{
	HwStatus	status;
	bool		is_reused = true;
	HwFetch    *fetch;
	HwCounters	counters;
	const HwStatus *why;
	size_t		bytes;
	const char *body;

	open_client(&keys);
	ok(hw_auth_signs(hw_client_auth(client)), "its keys sign");
	fetch = fetch_page("id=plain", &is_reused);
	ok(!is_reused && !hw_fetch_is_done(fetch), "a fetch");
	is_int(hw_client_counters(client)->nrequests, 0,
		   "sends nothing before the client is driven");
	wait_for(fetch);
	is_int(hw_fetch_status(fetch)->kind, HW_OK, "is answered");
	is_int(hw_fetch_status(fetch)->http, 200, "with success");
	ok(hw_fetch_status(fetch)->request_id[0] != '\0', "and an id");
	body = hw_fetch_body(fetch, &bytes);
	ok(bytes > 100 && strstr(body, "data_list") != NULL &&
	   strlen(body) == bytes, "its body");
	ok(ndrives <= DRIVES_MAX, "after %d wake-ups", ndrives);
	is_int(hw_fetch_wait_ms(fetch, &why), -1, "it does not wait");
	ok(hw_fetch_age_ms(fetch) >= 0, "it has an age");
	hw_fetch_counters(fetch, &counters);
	is_int(counters.nrequests, 1, "one request");
	is_int(counters.nretries, 0, "no repeat");
	ok(counters.bytes >= (long long) bytes, "%lld bytes received",
	   counters.bytes);
	ok(hw_client_drive(client, &status), "driven without need");
	hw_fetch_release(fetch);
}

static void
test_sharing(void)
{
	bool		is_reused;
	HwFetch    *first;
	HwFetch    *second;
	int			before = sim_count();
	size_t		bytes;
	const char *body;

	open_client(&keys);
	options.statement = 1;
	first = fetch_page("id=share", &is_reused);
	second = fetch_page("id=share", &is_reused);
	ok(is_reused, "a request of the same text in the same statement");
	ok(first == second, "is the same fetch");
	wait_for(second);
	body = hw_fetch_body(second, &bytes);
	hw_fetch_release(first);
	ok(strstr(body, "data_list") != NULL, "of which each holder has its own");
	hw_fetch_release(second);
	second = fetch_page("id=share", &is_reused);
	ok(is_reused && hw_fetch_is_done(second), "released, it is kept");
	hw_fetch_release(second);
	is_int(sim_count() - before, 1, "one request for all");
	is_int(hw_client_counters(client)->nreused, 2, "two were spared");

	first = fetch_at(client, "id=share", 10, &is_reused);
	ok(!is_reused, "another text is another request");
	second = fetch_page("id=other", &is_reused);
	ok(!is_reused, "and so is another host or path");
	wait_for(first);
	wait_for(second);
	hw_fetch_release(first);
	hw_fetch_release(second);

	options.statement = 2;
	first = fetch_page("id=share", &is_reused);
	ok(!is_reused, "another statement does not share");
	hw_fetch_release(first);
	options.statement = 0;
	first = fetch_page("id=share", &is_reused);
	second = fetch_page("id=share", &is_reused);
	ok(!is_reused && first != second, "nor does none");
	hw_fetch_release(first);
	hw_fetch_release(second);

	options.statement = 1;
	first = fetch_page("id=share", &is_reused);
	ok(is_reused, "the first statement still has it");
	hw_client_end_statement(client, 1);
	ok(strstr(hw_fetch_body(first, &bytes), "data_list") != NULL,
	   "a reply outlives its statement while it is held");
	second = fetch_page("id=share", &is_reused);
	ok(!is_reused, "but nobody else gets it");
	hw_fetch_release(first);
	hw_fetch_release(second);
	hw_client_end_statement(client, 1);
	hw_client_end_statement(client, 77);
	first = fetch_at(client, "id=share", 10, &is_reused);
	ok(!is_reused, "what nobody held went with the statement");
	hw_fetch_release(first);
}

static void
test_reuse(void)
{
	bool		is_reused;
	HwFetch    *first;
	HwFetch    *second;

	open_client(&keys);
	options.statement = 1;
	options.reuse_ms = 60000;
	first = fetch_page("id=reuse", &is_reused);
	options.statement = 2;
	second = fetch_page("id=reuse", &is_reused);
	ok(!is_reused, "what is on its way is for its own statement");
	wait_for(first);
	wait_for(second);
	hw_fetch_release(first);
	hw_fetch_release(second);
	hw_client_end_statement(client, 1);
	hw_client_end_statement(client, 2);

	options.statement = 3;
	first = fetch_page("id=reuse", &is_reused);
	ok(is_reused && hw_fetch_is_done(first), "what came is for all");
	ok(hw_fetch_age_ms(first) >= 0 && hw_fetch_age_ms(first) < 60000,
	   "and tells its age");
	hw_fetch_release(first);
	options.statement = 0;
	first = fetch_page("id=reuse", &is_reused);
	ok(is_reused, "also without a statement");
	hw_fetch_release(first);
	options.reuse_ms = 0;
	first = fetch_page("id=reuse", &is_reused);
	ok(!is_reused, "unless a reader wants it fresh");
	hw_fetch_release(first);

	/* A page is not older than the one before it. */
	options.reuse_ms = 60000;
	first = fetch_page("id=before", &is_reused);
	wait_for(first);
	options.not_before_ms = hw_fetch_done_ms(first);
	second = fetch_page("id=before", &is_reused);
	ok(is_reused, "a reply as old as the page before is used");
	hw_fetch_release(second);
	options.not_before_ms++;
	second = fetch_page("id=before", &is_reused);
	ok(!is_reused, "an older one is not");
	wait_for(second);
	options.not_before_ms = 0;
	hw_fetch_release(first);
	hw_fetch_release(second);

	/* What is known to have changed is for those who have it. */
	hw_client_expire(client);
	first = fetch_page("id=before", &is_reused);
	ok(!is_reused, "nor what has changed since");
	hw_fetch_release(first);

	/* A reply that has become too old: no longer than two ticks. */
	options.reuse_ms = 1;
	first = fetch_page("id=old", &is_reused);
	wait_for(first);
	while (hw_fetch_age_ms(first) <= 1)
		;
	second = fetch_page("id=old", &is_reused);
	ok(!is_reused, "old replies are not used");
	hw_fetch_release(first);
	hw_fetch_release(second);

	/* Spoilt for others, not for those who hold it. */
	options.reuse_ms = 60000;
	options.statement = 4;
	first = fetch_page("id=spoil", &is_reused);
	wait_for(first);
	hw_fetch_spoil(first);
	second = fetch_page("id=spoil", &is_reused);
	ok(!is_reused, "a spoilt reply is not used");
	wait_for(second);
	hw_fetch_release(first);
	hw_fetch_release(second);
	first = fetch_page("id=spoil", &is_reused);
	ok(is_reused, "the one that came instead is");
	hw_fetch_release(first);
}

/* The connection on which the last request with these words arrived. */
static long long
connection_of(const char *words)
{
	HwText		text;
	HwStatus	status;
	HwJson	   *log;
	long long	connection = -1;

	hw_text_init(&text, 0);
	sim_control("GET", "/_log", "", &text);
	log = hw_json_parse(text.data, text.length, &status);
	for (const HwNode *entry = hw_json_child(hw_json_root(log)); entry;
		 entry = hw_json_next(entry))
	{
		if (strstr(hw_json_text(hw_json_find(entry, "target")), words))
			hw_json_integer(hw_json_find(entry, "connection"), &connection);
	}
	hw_json_free(log);
	hw_text_free(&text);
	return connection;
}

/* What was asked for first gets the connection that is there. */
static void
test_order(void)
{
	HwFetch    *fetches[4];
	bool		is_reused;

	open_client(&keys);
	is_fetched("id=warm", HW_OK, 1);
	for (int i = 0; i < 4; i++)
		fetches[i] = fetch_at(client, "id=order", i * 10L, &is_reused);
	for (int i = 0; i < 4; i++)
		wait_for(fetches[i]);
	for (int i = 0; i < 4; i++)
		hw_fetch_release(fetches[i]);
	is_int(connection_of("id=order/v5/" PROJECT
						 "/billing/quotas-detail?category=host_resource&"
						 "limit=10&offset=0"), connection_of("id=warm"),
		   "the first of four requests has the open connection");
	ok(connection_of("offset=30") != connection_of("id=warm"),
	   "the last has not");
}

static void
test_failures_shared(void)
{
	bool		is_reused;
	HwFetch    *first;
	HwFetch    *second;

	open_client(&keys);
	options.statement = 1;
	options.reuse_ms = 60000;
	first = fetch_page("id=fail;fail=0302x1", &is_reused);
	second = fetch_page("id=fail;fail=0302x1", &is_reused);
	ok(is_reused, "while nobody knows better, a request is shared");
	wait_for(first);
	is_int(hw_fetch_status(second)->kind, HW_DENIED, "and its failure too");
	is_string(hw_fetch_status(second)->code, "APIGW.0302", "with its code");
	hw_fetch_release(first);
	hw_fetch_release(second);
	first = fetch_page("id=fail;fail=0302x1", &is_reused);
	ok(!is_reused, "but a failure is not kept");
	wait_for(first);
	is_int(hw_fetch_status(first)->kind, HW_OK, "the next is answered");
	hw_fetch_release(first);
}

/* Replies take 16 MB at most; the oldest go first. */
static void
test_kept(void)
{
	bool		is_reused;
	HwFetch    *fetch;
	HwFetch    *held;

	open_client(&keys);
	options.reuse_ms = 60000;
	for (int i = 0; i < 4; i++)
	{
		fetch = fetch_at(client, "id=kept;big_body=5000000", i * 10,
						 &is_reused);
		wait_for(fetch);
		hw_fetch_release(fetch);
	}
	fetch = fetch_at(client, "id=kept;big_body=5000000", 0, &is_reused);
	ok(!is_reused, "the oldest of 20 MB is gone");
	hw_fetch_release(fetch);
	for (int i = 1; i < 4; i++)
	{
		fetch = fetch_at(client, "id=kept;big_body=5000000", i * 10,
						 &is_reused);
		ok(is_reused, "the others are here");
		hw_fetch_release(fetch);
	}
	held = fetch_at(client, "id=kept;big_body=20000000", 0, &is_reused);
	wait_for(held);
	fetch = fetch_page("id=small", &is_reused);
	wait_for(fetch);
	hw_fetch_release(fetch);
	fetch = fetch_at(client, "id=kept;big_body=20000000", 0, &is_reused);
	ok(is_reused && fetch == held, "what is held is not let go");
	hw_fetch_release(fetch);
	hw_fetch_release(held);
	fetch = fetch_at(client, "id=kept;big_body=20000000", 0, &is_reused);
	ok(!is_reused, "afterwards it is");
	hw_fetch_release(fetch);
}

/* --- repeats --------------------------------------------------------- */

static void
test_repeats(void)
{
	const HwCounters *all;
	HwCounters	counters;
	HwFetch    *fetch;
	const HwStatus *why;
	bool		is_reused;

	open_client(&keys);
	options.retry_budget_ms = 60000;
	all = hw_client_counters(client);
	is_fetched("id=r1;fail=500x1", HW_OK, 2);
	is_int(all->nretries, 1, "one of them a repeat");
	is_fetched("id=r2;fail=500x2", HW_OK, 3);
	is_fetched("id=r3;fail=500", HW_SERVER_ERROR, 3);
	is_fetched("id=r5;fail=truncatex1", HW_OK, 2);
	is_fetched("id=r6;fail=html502x1", HW_OK, 2);
	is_fetched("id=r7;fail=plain503x1", HW_OK, 2);
	is_fetched("id=r8;fail=504x1", HW_OK, 2);

	/* On a connection of its own: on one in use curl itself tries again. */
	open_client(&keys);
	options.retry_budget_ms = 60000;
	is_fetched("id=r4;fail=reset_beforex1", HW_OK, 2);

	/* These are not worth another try. */
	is_fetched("id=n1;fail=400x1", HW_BAD_REQUEST, 1);
	is_fetched("id=n2;fail=403x1", HW_DENIED, 1);
	is_fetched("id=n3;fail=404x1", HW_NOT_FOUND, 1);
	is_fetched("id=n4;fail=HSS.0013x1", HW_DENIED, 1);
	is_fetched("id=n5;fail=CBC.0150x1", HW_WRONG_SITE, 1);
	is_fetched("id=n6;fail=redirectx1", HW_BAD_REPLY, 1);

	/* Throttling waits as long as the answer says, at least half a second. */
	options.retry_budget_ms = 1000;
	fetch = fetch_page("id=t1;fail=429x1;retry_after=1", &is_reused);
	wait_for(fetch);
	hw_fetch_counters(fetch, &counters);
	is_int(hw_fetch_status(fetch)->kind, HW_OK, "429, then 200");
	is_int(counters.nrequests, 2, "two requests");
	is_int(counters.nretries, 1, "one repeat");
	ok(counters.waited_ms >= 1000 && counters.waited_ms <= 1100,
	   "after as long as the answer said");
	ok(ndrives <= 3 * DRIVES_MAX, "with %d wake-ups", ndrives);
	hw_fetch_release(fetch);
	options.retry_budget_ms = 999;
	is_fetched("id=t2;fail=429x1;retry_after=1", HW_THROTTLED, 1);
	options.retry_budget_ms = 600;
	is_fetched("id=t3;fail=429x1;retry_after=0", HW_OK, 2);
	is_fetched("id=t4;fail=429;retry_after=0", HW_THROTTLED, 2);
	options.retry_budget_ms = 11999;
	is_fetched("id=t5;fail=429x1", HW_THROTTLED, 1);
	options.retry_budget_ms = 1999;
	is_fetched("id=t6;fail=CBC.0250x1", HW_THROTTLED, 1);

	/* While it waits, it says how long and why. */
	options.retry_budget_ms = 60000;
	fetch = fetch_page("id=t7;fail=429", &is_reused);
	while (hw_fetch_wait_ms(fetch, &why) < 0 && !hw_fetch_is_done(fetch))
	{
		HwStatus	status;

		hw_client_drive(client, &status);
		if (hw_fetch_wait_ms(fetch, &why) < 0 && !turn(client))
			break;
	}
	ok(hw_fetch_wait_ms(fetch, &why) > 11000 &&
	   hw_fetch_wait_ms(fetch, &why) <= 12400,
	   "5 calls a minute are one in 12 seconds");
	is_int(why->kind, HW_THROTTLED, "it waits because of this");
	is_string(why->code, "APIGW.0308", "with its code");
	{
		struct pollfd fd = {.fd = hw_client_fd(client), .events = POLLIN};
		HwStatus	status;

		hw_client_drive(client, &status);
		is_int(poll(&fd, 1, 0), 0, "and wakes nobody meanwhile");
	}
	hw_fetch_release(fetch);
}

/* Sessions that fail together must not come back together. */
static void
test_jitter(void)
{
	long		least = 1000000;
	long		most = 0;

	for (int i = 0; i < 20; i++)
	{
		HwFetch    *fetch;
		HwCounters	counters;
		HwStatus	status;
		char		settings[50];
		bool		is_reused;
		const HwStatus *why;

		open_client(&keys);
		options.retry_budget_ms = 60000;
		snprintf(settings, sizeof(settings), "id=jitter%d;fail=500x1", i);
		fetch = fetch_page(settings, &is_reused);
		hw_client_drive(client, &status);
		while (hw_fetch_wait_ms(fetch, &why) < 0 && !hw_fetch_is_done(fetch) &&
			   turn(client))
			;
		hw_fetch_counters(fetch, &counters);
		if (counters.waited_ms < least)
			least = counters.waited_ms;
		if (counters.waited_ms > most)
			most = counters.waited_ms;
		hw_fetch_release(fetch);
	}
	ok(most - least > 100 && most > 200,
	   "first repeats of 20 clients wait from %ld to %ld ms", least, most);
}

/* --- time ------------------------------------------------------------ */

/*
 * A server that says nothing: the time-out ends it, although nobody had a
 * reason to drive the client until then.
 */
static void
test_silence(void)
{
	HwFetch    *fetches[8];
	HwFetch    *fetch;
	HwStatus	status;
	bool		is_reused;
	int			ndone = 0;
	int			nwrong = 0;

	open_client(&keys);
	options.retry_budget_ms = -1;	/* not even a wait of no length */
	is_fetched("id=loud", HW_OK, 1);
	options.transport.request_timeout_ms = 2500;
	for (int i = 0; i < 8; i++)
		fetches[i] = fetch_at(client, "id=silent;hang=before_headers", i * 10,
							  &is_reused);
	ndrives = 0;
	hw_client_drive(client, &status);
	while (ndone < 8 && hw_client_counters(client)->nrequests <= 9 &&
		   turn(client))
	{
		ndone = 0;
		for (int i = 0; i < 8; i++)
			ndone += hw_fetch_is_done(fetches[i]);
	}
	is_int(ndone, 8, "a silent server is given up");
	for (int i = 0; i < 8; i++)
	{
		nwrong += hw_fetch_status(fetches[i])->kind != HW_TIMED_OUT;
		hw_fetch_release(fetches[i]);
	}
	is_int(nwrong, 0, "since time is up");
	is_int(hw_client_counters(client)->nrequests, 9,
		   "and none is sent again");

	/*
	 * An answer that was here in time, but nobody looked: this program waits
	 * for the simulator, as a backend does for the user of a cursor.
	 */
	open_client(&keys);
	options.transport.request_timeout_ms = 500;
	fetch = fetch_page("id=unattended", &is_reused);
	{
		HwStatus	status;

		hw_client_drive(client, &status);
		sim_control("GET", "/_wait?requests=100000&seconds=3", "", NULL);
	}
	wait_for(fetch);
	is_int(hw_fetch_status(fetch)->kind, HW_OK,
		   "a time-out that nobody watched is no failure");
	hw_fetch_release(fetch);
	options.transport.request_timeout_ms = 10000;
}

/* --- credentials ----------------------------------------------------- */

static void
test_credentials(void)
{
	int			before;
	HwFetch    *fetch;
	bool		is_reused;

	options.retry_budget_ms = 60000;
	open_client(&wrong_keys);
	is_fetched("id=wrong", HW_UNAUTHORIZED, 1);
	before = sim_count();
	fetch = fetch_page("id=wrong", &is_reused);
	wait_for(fetch);
	is_int(hw_fetch_status(fetch)->kind, HW_LOCKED_OUT,
		   "a refused key is not tried again");
	ok(strncmp(hw_fetch_status(fetch)->code, "APIG", 4) == 0 &&
	   hw_fetch_status(fetch)->text[0] != '\0', "and the refusal is told");
	is_int(sim_count() - before, 0, "nor sent");
	ok(strstr(hw_fetch_status(fetch)->text, wrong_keys.access_key) == NULL,
	   "without the key: %s", hw_fetch_status(fetch)->text);
	hw_fetch_release(fetch);

	open_client(&expired_token);
	ok(!hw_auth_signs(hw_client_auth(client)), "a token does not sign");
	is_fetched("id=expired", HW_TOKEN_EXPIRED, 1);
	is_fetched("id=expired", HW_TOKEN_EXPIRED, 1);

	/* A clock that is off is set by the reply's date, once. */
	open_client(&keys);
	sim_control("POST", "/_clock", "{\"offset\": 7200}", NULL);
	is_fetched("id=clock", HW_OK, 2);
	is_fetched("id=clock", HW_OK, 1);
	sim_control("POST", "/_clock", "{\"offset\": 0}", NULL);
	is_fetched("id=clock", HW_OK, 2);
	is_fetched("id=clock", HW_OK, 1);
}

/* Many requests, one login; one refusal tells them all. */
static void
test_password(const HwCredentials *credentials, int nrequests, HwKind kind)
{
	HwFetch    *fetches[8];
	bool		is_reused;
	int			before = sim_count();
	int			nwrong = 0;

	open_client(credentials);
	options.iam_endpoint = base_url;
	for (int i = 0; i < 8; i++)
		fetches[i] = fetch_at(client, "id=password", i * 10, &is_reused);
	for (int i = 0; i < 8; i++)
		wait_for(fetches[i]);
	for (int i = 0; i < 8; i++)
	{
		HwKind		got = hw_fetch_status(fetches[i])->kind;

		nwrong += got != kind && !(kind != HW_OK && got == HW_LOGIN_RESTS);
		hw_fetch_release(fetches[i]);
	}
	is_int(nwrong, 0, "eight requests come to the same end");
	is_int(sim_count() - before, nrequests, "after %d requests", nrequests);
	is_int(hw_client_counters(client)->nrequests, nrequests, "all counted");
}

/* A login that nobody waits for any more is given up, and begun anew. */
static void
test_login_released(void)
{
	bool		is_reused;
	HwFetch    *fetch;
	HwStatus	status;
	char		slow[200];
	int			before = sim_count();
	int			idle;

	open_client(&password);
	idle = hw_client_descriptors(client);
	snprintf(slow, sizeof(slow), "%s/case/fail_on=iam;hang=before_headers",
			 base_url);
	options.iam_endpoint = slow;
	fetch = fetch_page("id=slow", &is_reused);
	while (sim_count() == before && hw_client_drive(client, &status))
	{
		struct pollfd fd = {.fd = hw_client_fd(client), .events = POLLIN};

		poll(&fd, 1, 20);
	}
	ok(hw_client_descriptors(client) > idle, "a login is on its way");
	hw_fetch_release(fetch);
	is_int(hw_client_descriptors(client), idle, "released, it is none");
	options.iam_endpoint = base_url;
	fetch = fetch_page("id=slow", &is_reused);
	wait_for(fetch);
	is_int(hw_fetch_status(fetch)->kind, HW_OK, "the next one signs in");
	hw_fetch_release(fetch);
	is_int(sim_count() - before, 3, "with a login of its own");
}

/*
 * Memory runs out, once, while the metadata service is asked for the key a
 * second time.  What has been got of it by then does not outlive the failure,
 * and the next fetch begins anew.
 */
static void
test_signin_given_up(void)
{
	char		endpoint[200];
	HwCredentials credentials = metadata;
	int			nfailed = 0;

	credentials.metadata_endpoint = endpoint;
	for (int n = 1; n <= 60; n++)
	{
		HwFetch    *fetch;
		HwStatus	status;
		bool		is_reused;

		snprintf(endpoint, sizeof(endpoint),
				 "%s/case/fail_on=all;fail=503x1;fail_at=2;retry_after=0;id=up%d",
				 base_url, n);
		open_client(&credentials);
		options.retry_budget_ms = 10000;
		fetch = fetch_page("id=up;quotas=10", &is_reused);
		hw_client_drive(client, &status);
		while (hw_client_counters(client)->nrequests < 2 && turn(client))
			;
		alloc_fail_at(n);
		while (!hw_fetch_is_done(fetch) && turn(client))
			;
		alloc_fail_at(0);
		if (hw_fetch_status(fetch)->kind == HW_OUT_OF_MEMORY)
			nfailed++;
		hw_fetch_release(fetch);
		fetch = fetch_page("id=up;quotas=10", &is_reused);
		wait_for(fetch);
		is_int(hw_fetch_status(fetch)->kind, HW_OK,
			   "good after allocation %d", n);
		hw_fetch_release(fetch);
	}
	ok(nfailed > 10, "%d allocations mattered", nfailed);
}

/* --- giving up ------------------------------------------------------- */

static void
test_released(void)
{
	int			before;
	HwFetch    *fetches[8];
	bool		is_reused;

	open_client(&keys);
	before = count_descriptors();

	/*
	 * Without TLS libcurl learns from the first reply that each request needs
	 * a connection of its own.
	 */
	sim_control("POST", "/_log", "", NULL);
	is_int(hw_client_descriptors(client), 5, "descriptors of an idle client");
	is_fetched("id=first", HW_OK, 1);
	for (int i = 0; i < 8; i++)
		fetches[i] = fetch_at(client, "id=hang;hang=before_headers", i * 10,
							  &is_reused);
	for (int i = 0; i < 200 && sim_count() < 9; i++)
	{
		struct pollfd fd = {.fd = hw_client_fd(client), .events = POLLIN};
		HwStatus	status;

		hw_client_drive(client, &status);
		poll(&fd, 1, 20);
	}
	is_int(sim_count(), 9, "eight are on their way");
	is_int(hw_client_counters(client)->nrequests, 9, "and counted");
	ok(hw_client_descriptors(client) > 5, "which takes descriptors: %d",
	   hw_client_descriptors(client));
	is_int(count_descriptors() - before,
		   hw_client_descriptors(client) - 5, "as many as it says");
	for (int i = 0; i < 8; i++)
		hw_fetch_release(fetches[i]);
	is_int(count_descriptors() - before,
		   hw_client_descriptors(client) - 5, "released: as it says");
	is_int(hw_client_descriptors(client), 5, "none is left");
	is_fetched("id=after", HW_OK, 1);
	hw_client_close(client);
	client = NULL;
	/* Newer libcurl wakes itself with one descriptor instead of two. */
	before -= count_descriptors();
	ok(before == 4 || before == 5, "closed: none at all");
	hw_client_close(NULL);
}

static bool
torture(void *arg)
{
	HwStatus	status;
	HwClient   *own = hw_client_open(arg, rests, &status);
	HwFetch    *fetch = NULL;
	bool		is_reused;
	bool		result = false;
	char		settings[100];
	static int	n;

	if (own == NULL)
		return false;
	snprintf(settings, sizeof(settings), "id=torture%d;quotas=10", n++);
	{
		const HwApi *api;
		const HwService *service;
		HwAsked		asked[] = {{NULL, PROJECT}, {NULL, NULL}};
		HwRequest	request;
		HwBase		base;
		const char *reason;
		char		url[200];

		hw_table_find("hss_quotas", &api, &service);
		asked[0].param = hw_param_find(api, "project_id");
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/case/%s", port,
				 settings);
		hw_request_init(&request, "GET");
		if (hw_url_base(url, &base, &reason) &&
			hw_ask(service, api, &base, asked,
				   hw_auth_signs(hw_client_auth(own)) ? PROJECT : NULL,
				   (HwCursor) {0, 10}, &request, &status))
			fetch = hw_client_fetch(own, &request, &options, &is_reused,
									&status);
		hw_request_free(&request);
	}
	if (fetch)
	{
		bool		is_sound = hw_client_drive(own, &status);

		while (is_sound && !hw_fetch_is_done(fetch))
			is_sound = turn(own);
		result = is_sound && hw_fetch_status(fetch)->kind == HW_OK;
		if (is_sound && !result &&
			hw_fetch_status(fetch)->kind != HW_OUT_OF_MEMORY)
			diag("out of memory is told as %d: %s",
				 hw_fetch_status(fetch)->kind, hw_fetch_status(fetch)->text);
		hw_fetch_release(fetch);
	}
	hw_client_close(own);
	return result;
}

int
main(void)
{
	if (!sim_start())
	{
		sim_stop();
		printf("1..0 # SKIP python3 does not run the simulator\n");
		return 0;
	}
	snprintf(base_url, sizeof(base_url), "http://127.0.0.1:%d", port);
	metadata.metadata_endpoint = base_url;
	rests = hw_rests_open();
	test_plain();
	test_sharing();
	test_reuse();
	test_order();
	test_failures_shared();
	test_kept();
	test_repeats();
	test_jitter();
	test_silence();
	test_credentials();
	test_password(&password, 9, HW_OK);
	test_password(&metadata, 10, HW_OK);
	test_password(&wrong_password, 1, HW_LOGIN_REFUSED);
	test_login_released();
	test_signin_given_up();
	test_released();
	options.statement = 0;
	options.reuse_ms = 0;
	options.retry_budget_ms = 0;
	options.transport.ca_file = "/etc/ssl/certs/ca-certificates.crt";
	alloc_torture(torture, (void *) &keys, "a fetch over HTTP");
	options.iam_endpoint = base_url;
	alloc_torture(torture, (void *) &password, "one with a password");
	alloc_torture(torture, (void *) &metadata, "one with keys of the machine");
	hw_rests_close(rests);
	sim_stop();
	return done();
}
