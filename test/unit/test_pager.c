/*-------------------------------------------------------------------------
 *
 * test_pager.c
 *	  Whole lists over real HTTP, compared with the simulator's own data.
 *
 * Each behaviour that the documents leave open is a setting of the simulator;
 * under each of them the rows must be the same, only the number of requests
 * may differ.  Nothing here sleeps.
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
#include "core/json.h"
#include "core/pager.h"
#include "core/url.h"
#include "tap.h"

#define PROJECT "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
#define OTHER_PROJECT "1b2c3d4e5f60718293a4b5c6d7e8f90a"

/* Longer than anything here takes, shorter than anyone's patience. */
#define PATIENCE_MS 20000

#define CONDITIONS_MAX 4

/* A param and its values, NULL at the end; "?" in front: not a condition. */
typedef struct Condition
{
	const char *param;
	const char *values[5];
} Condition;

/* What came of a question. */
typedef struct Outcome
{
	HwPagerState state;
	HwStatus	status;
	HwPagerStats stats;
	HwText		rows;			/* keys, in lines */
	long		nrows;
	int			nreceived;		/* requests, says the simulator; with more
								 * than one at a time, says the pager */
	bool		has_warning;
	HwStatus	warning;
} Outcome;

static const HwCredentials keys = {
	.access_key = "SIMAK0EVERYTHING0000",
	.secret_key = "simSkEverything/+0123456789abcdefghijklmn",
};

static int	port;
static HwClient *client;
static HwRests *rests;

/* The question that tests change; ask_again() puts it back. */
static HwQuestion question;
static const char *table_name;
static const char *column_names;
static Condition conditions[CONDITIONS_MAX + 1];

/* Settings of a second place, which has OTHER_PROJECT; NULL: none. */
static const char *other_settings;

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

/*
 * The requests under a case.  What an earlier one gave up may still be on its
 * way to the simulator.
 */
static int
sim_count(const char *settings)
{
	HwText		target;
	HwText		text;
	int			count;

	hw_text_init(&target, 0);
	hw_text_init(&text, 0);
	hw_text_puts(&target, "/_log?n=count&path=/case/");
	hw_url_escape(&target, settings, strlen(settings));
	hw_text_putc(&target, '/');
	sim_control("GET", hw_text_string(&target), "", &text);
	count = atoi(hw_text_string(&text));
	hw_text_free(&target);
	hw_text_free(&text);
	return count;
}

/* Those of the other place, too. */
static int
sim_count_all(const char *settings)
{
	return sim_count(settings) +
		(other_settings ? sim_count(other_settings) : 0);
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

/* --- questions -------------------------------------------------------- */

/* Back to: all quotas of the project, in both categories. */
static void
ask_anew(void)
{
	memset(&question, 0, sizeof(question));
	memset(conditions, 0, sizeof(conditions));
	other_settings = NULL;
	table_name = "hss_quotas";
	column_names = "resource_id";
	question.scope_id = PROJECT;
	question.page_size = 200;
	question.window = 1;
	question.dialect = HW_DIALECT_AUTO;
	question.fetch.transport.connect_timeout_ms = 5000;
	question.fetch.transport.request_timeout_ms = 10000;
	question.fetch.transport.body_bytes_max = 64 << 20;
	question.fetch.transport.allows_http = true;
}

static void
where(const char *param, const char *a, const char *b)
{
	Condition  *condition = conditions;

	while (condition->param)
		condition++;
	condition->param = param;
	condition->values[0] = a;
	condition->values[1] = b;
}

/* Opens a pager for the question under a case of the simulator. */
static HwPager *
open_pager(HwClient *by, const char *settings, HwStatus *status)
{
	const HwColumn *columns[20];
	HwBinding	bindings[CONDITIONS_MAX + 1];
	static const char *const projects[] = {PROJECT, OTHER_PROJECT, NULL};
	char		url[600];
	char		other_url[600];
	char		name[100];
	const char *p = column_names;
	int			length;

	if (question.api == NULL)
		question.table = hw_table_find(table_name, &question.api,
									   &question.service);
	question.ncolumns = 0;
	for (; sscanf(p, "%99s%n", name, &length) == 1; p += length)
		columns[question.ncolumns++] = hw_column_find(question.table, name);
	question.columns = columns;
	question.nbindings = 0;
	memset(bindings, 0, sizeof(bindings));
	if (hw_param_find(question.api, "project_id"))
	{
		bindings[0].param = hw_param_find(question.api, "project_id");
		bindings[0].values = projects;
		bindings[0].nvalues = other_settings ? 2 : 1;
		question.nbindings = 1;
	}
	for (Condition *c = conditions; c->param; c++)
	{
		HwBinding  *binding = &bindings[question.nbindings++];

		binding->is_condition = c->param[0] != '?';
		binding->param = hw_param_find(question.api,
									   c->param + !binding->is_condition);
		binding->values = c->values;
		while (c->values[binding->nvalues])
			binding->nvalues++;
	}
	question.bindings = bindings;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/case/%s", port, settings);
	snprintf(other_url, sizeof(other_url), "http://127.0.0.1:%d/case/%s", port,
			 other_settings ? other_settings : "");
	question.endpoints = (const char *const[]) {url, other_url};
	hw_status_clear(status);
	return hw_pager_open(by, &question, status);
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
	hw_client_attend(by);
	return hw_client_drive(by, &status);
}

/* The next row, or why there is none. */
static HwPagerState
next(HwClient *by, HwPager *pager)
{
	HwStatus	status;
	HwPagerState state = hw_pager_next(pager);

	while (state == HW_PAGER_WAIT)
	{
		if (!hw_client_drive(by, &status))
			return HW_PAGER_FAILED;
		while (!hw_pager_is_ready(pager))
		{
			if (!turn(by))
				return HW_PAGER_FAILED;
		}
		state = hw_pager_next(pager);
	}
	return state;
}

static void
take_row(const HwPager *pager, HwText *rows)
{
	const HwCell *row = hw_pager_row(pager);

	for (int i = 0; i < question.ncolumns; i++)
	{
		if (i > 0)
			hw_text_putc(rows, '|');
		hw_text_puts(rows, row[i].text ? row[i].text : "~");
	}
	hw_text_putc(rows, '\n');
}

/* Reads the whole list. */
static void
run(const char *settings, Outcome *outcome)
{
	HwPager    *pager;
	int			before = sim_count_all(settings);

	memset(outcome, 0, sizeof(*outcome));
	hw_text_init(&outcome->rows, 0);
	pager = open_pager(client, settings, &outcome->status);
	if (pager == NULL)
	{
		outcome->state = HW_PAGER_FAILED;
		return;
	}
	while ((outcome->state = next(client, pager)) == HW_PAGER_ROW)
	{
		take_row(pager, &outcome->rows);
		outcome->nrows++;
	}
	if (outcome->state == HW_PAGER_FAILED)
		outcome->status = *hw_pager_status(pager);
	hw_pager_cancel(pager);
	hw_pager_stats(pager, &outcome->stats);
	outcome->has_warning = hw_pager_take_warning(pager, &outcome->warning);
	if (outcome->has_warning && hw_pager_take_warning(pager,
													  &outcome->warning))
		ok(false, "a warning is taken once");
	hw_pager_free(pager);

	/* What was given up may still be on its way to the simulator. */
	outcome->nreceived = question.window > 1 ?
		(int) outcome->stats.counters.nrequests :
		sim_count_all(settings) - before;
}

static bool
is_among(const Condition *condition, const char *text)
{
	for (int i = 0; text && condition->values[i]; i++)
	{
		if (strcmp(condition->values[i], text) == 0)
			return true;
	}
	return false;
}

/* Appends the keys of a category's rows that meet the conditions. */
static void
expect_category(const HwNode *list, const char *category, HwText *rows)
{
	for (const HwNode *entry = hw_json_child(list); entry;
		 entry = hw_json_next(entry))
	{
		const HwNode *row = hw_json_find(entry, "row");
		bool		is_in = true;

		if (strcmp(hw_json_text(hw_json_find(entry, "project")), PROJECT) ||
			strcmp(hw_json_text(hw_json_find(entry, "category")), category))
			continue;
		for (const Condition *c = conditions; c->param; c++)
		{
			const char *name = c->param + (c->param[0] == '?');
			const HwNode *node = hw_json_find(row, name);

			if (strcmp(name, "category") == 0)
				is_in &= is_among(c, category);
			else
				is_in &= node && is_among(c, hw_json_text(node));
		}
		if (is_in)
			hw_text_printf(rows, "%s\n",
						   hw_json_text(hw_json_find(row, "resource_id")));
	}
}

/*
 * What the simulator says there is, hosts first.  Only the number of quotas
 * decides on them, so the data of the last number are kept.
 */
static void
expect(const char *settings, HwText *rows)
{
	static HwJson *data;
	static int	of_number = -1;
	const char *setting = strstr(settings, "quotas=");
	int			number = setting ? atoi(setting + strlen("quotas=")) : 100;

	if (of_number != number)
	{
		char		target[100];
		HwText		text;
		HwStatus	status;

		hw_json_free(data);
		hw_text_init(&text, 0);
		snprintf(target, sizeof(target), "/case/quotas=%d/_data?part=quotas",
				 number);
		sim_control("GET", target, "", &text);
		data = hw_json_parse(text.data, text.length, &status);
		of_number = number;
		hw_text_free(&text);
	}
	hw_text_init(rows, 0);
	expect_category(hw_json_root(data), "host_resource", rows);
	expect_category(hw_json_root(data), "container_resource", rows);
}

static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The lines in order. */
static void
sort(HwText *text)
{
	char	   *lines[5000];
	int			nlines = 0;
	char	   *copy = strdup(hw_text_string(text));
	char	   *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line && nlines < 5000;
		 line = strtok_r(NULL, "\n", &save))
		lines[nlines++] = line;
	qsort(lines, nlines, sizeof(lines[0]), compare_lines);
	hw_text_reset(text);
	for (int i = 0; i < nlines; i++)
		hw_text_printf(text, "%s\n", lines[i]);
	free(copy);
}

static long
count_lines(const HwText *text)
{
	long		count = 0;

	for (const char *p = hw_text_string(text); *p; p++)
		count += *p == '\n';
	return count;
}

/*
 * Reads the list and compares it.  nrequests of -1: whatever.  Returns the
 * number of requests.
 */
static int
reads_as(const char *settings, bool in_order, int nrequests)
{
	Outcome		outcome;
	HwText		expected;
	int			nreceived;

	run(settings, &outcome);
	expect(settings, &expected);
	if (!in_order)
	{
		sort(&outcome.rows);
		sort(&expected);
	}
	if (!ok(outcome.state == HW_PAGER_END &&
			strcmp(hw_text_string(&outcome.rows),
				   hw_text_string(&expected)) == 0,
			"%s: %ld rows", settings, count_lines(&expected)))
		diag("got %ld rows, state %d, kind %d, \"%s\"", outcome.nrows,
			 outcome.state, outcome.status.kind, outcome.status.text);
	if (nrequests >= 0)
		is_int(outcome.nreceived, nrequests, "requests");
	if (question.window <= 1 &&
		outcome.stats.counters.nrequests != outcome.nreceived)
		is_int(outcome.stats.counters.nrequests, outcome.nreceived,
			   "requests are counted as they are received");
	if (outcome.stats.nrows != outcome.nrows)
		is_int(outcome.stats.nrows, outcome.nrows, "rows are counted");
	nreceived = outcome.nreceived;
	hw_text_free(&outcome.rows);
	hw_text_free(&expected);
	return nreceived;
}

/* How many quotas there must be for so many of hosts. */
static int
quotas_for(int nhosts)
{
	int			n = 0;

	for (int hosts = 0; hosts < nhosts; n++)
		hosts += n % 5 != 1 && n % 5 != 3;
	return n;
}

static char *
settings_of(const char *format, int number)
{
	static char buffers[4][400];
	static int	next_buffer;
	char	   *buffer = buffers[next_buffer++ % 4];

	snprintf(buffer, sizeof(buffers[0]), format, number);
	return buffer;
}

/* --- lists ------------------------------------------------------------ */

static void
test_sizes(void)
{
	static const int sizes[] = {0, 1, 9, 10, 199, 200, 201, 400, 401, 1000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
	{
		int			nhosts = sizes[i];

		/* A full page does not tell whether it was the last. */
		ask_anew();
		where("category", "host_resource", NULL);
		reads_as(settings_of("quotas=%d", quotas_for(nhosts)), true,
				 nhosts / 200 + 1);
		ask_anew();
		question.window = 4;
		reads_as(settings_of("quotas=%d", nhosts), true, -1);
		question.page_size = 10;
		question.window = 1;
		reads_as(settings_of("quotas=%d", nhosts), true, -1);
	}

	/* All columns, whatever the spelling of numbers and the order. */
	ask_anew();
	column_names = "resource_id version tags expire_time category project_id";
	for (int i = 0; i < 6; i++)
	{
		static const char *const same[] = {
			"quotas=300", "quotas=300;field_order=data_last",
			"quotas=300;numbers=string", "quotas=300;numbers=float",
			"quotas=300;chunked=1", "quotas=300;gzip=1;close=1"
		};
		static HwText first;
		Outcome		outcome;

		run(same[i], &outcome);
		if (i == 0)
			first = outcome.rows;
		else
		{
			ok(outcome.state == HW_PAGER_END &&
			   strcmp(hw_text_string(&outcome.rows),
					  hw_text_string(&first)) == 0, "%s", same[i]);
			hw_text_free(&outcome.rows);
		}
		if (i == 5)
			hw_text_free(&first);
	}
}

static void
test_services(void)
{
	static const char *const totals[] = {"filtered", "all", "absent", "null",
	"low", "high", "zero"};

	/* Short pages cost requests, never rows. */
	ask_anew();
	reads_as("quotas=1000;clamp=50", true, 20);
	question.window = 4;
	reads_as("quotas=1000;clamp=50", true, 20);
	question.window = 1;
	reads_as("quotas=1000;limit_max=clamp;clamp=199", true, 7);

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i++)
	{
		char		settings[100];

		for (int n = 0; n <= 400; n += 200)
		{
			for (int window = 1; window <= 4; window += 3)
			{
				ask_anew();
				question.window = window;
				snprintf(settings, sizeof(settings), "quotas=%d;totals=%s",
						 quotas_for(n), totals[i]);
				reads_as(settings, true, -1);
				snprintf(settings, sizeof(settings), "quotas=%d;totals=%s",
						 n + 7, totals[i]);
				reads_as(settings, true, -1);
				snprintf(settings, sizeof(settings),
						 "quotas=%d;totals=%s;clamp=33", n + 7, totals[i]);
				reads_as(settings, true, -1);
			}
		}
	}

	ask_anew();
	reads_as("quotas=300;category=ignore", false, -1);
	question.window = 8;
	question.page_size = 10;
	reads_as("quotas=300;category=ignore", false, -1);
	where("category", "host_resource", NULL);
	reads_as("quotas=300;category=ignore", true, -1);
	conditions[0].values[0] = "container_resource";
	reads_as("quotas=300;category=ignore", true, -1);
	conditions[0].values[1] = "host_resource";
	reads_as("quotas=300;category=ignore", false, -1);
}

static void
test_short_pages(void)
{
	int			one;
	int			four;

	ask_anew();
	one = reads_as("quotas=3000;short_pages=30", true, -1);
	question.window = 4;
	four = reads_as("quotas=3000;short_pages=30", true, -1);
	diag("%d requests with a window of 1, %d with 4", one, four);

	/* What is asked ahead in vain stays in proportion. */
	ok(four <= 2 * one, "a window of 4 does not waste requests");
}

static void
test_windows(void)
{
	Outcome		first;
	Outcome		outcome;

	ask_anew();
	question.page_size = 10;
	run("quotas=400;id=window", &first);
	is_int(first.nrows, 400, "window 1 reads all");
	for (int window = 2; window <= 8; window++)
	{
		question.window = window;
		run("quotas=400;id=window", &outcome);
		ok(outcome.state == HW_PAGER_END &&
		   strcmp(hw_text_string(&outcome.rows),
				  hw_text_string(&first.rows)) == 0,
		   "window %d: the same rows in the same order", window);
		ok(outcome.nreceived <= first.nreceived + 2 * window,
		   "with %d requests, not %d", outcome.nreceived, first.nreceived);
		is_int(outcome.stats.nstrands, 2, "two strands");
		hw_text_free(&outcome.rows);
	}
	hw_text_free(&first.rows);
	question.window = 1000;
	reads_as("quotas=400;id=window", true, -1);
	question.window = 0;
	reads_as("quotas=400;id=window", true, -1);

	/* Pages that come in another order than they were asked for. */
	question.window = 4;
	reads_as("quotas=400;delay_page=10:100", true, -1);
	reads_as("quotas=400;delay_page=0:50", true, -1);
}

static void
test_goal(void)
{
	HwPager    *pager;
	HwStatus	status;
	int			before = sim_count("quotas=1000;id=goal");

	/* Five rows of many: one request of the smallest size. */
	ask_anew();
	question.row_goal = 5;
	question.window = 8;
	pager = open_pager(client, "quotas=1000;id=goal", &status);
	for (int i = 0; i < 5; i++)
		is_int(next(client, pager), HW_PAGER_ROW, "row %d", i + 1);
	hw_pager_free(pager);
	is_int(sim_count("quotas=1000;id=goal") - before, 1,
		   "five rows are one request");

	/* A wrong goal costs requests, never rows. */
	for (int goal = 1; goal <= 1001; goal += 250)
	{
		question.row_goal = goal;
		reads_as("quotas=1000;id=goal", true, -1);
	}
	ask_anew();
	question.row_goal = 150;
	where("category", "host_resource", NULL);
	reads_as("quotas=200", true, 1);
}

/* --- lists that change ------------------------------------------------ */

static void
is_stopped(const char *settings, HwKind kind)
{
	Outcome		outcome;

	run(settings, &outcome);
	is_int(outcome.state, HW_PAGER_FAILED, "%s fails", settings);
	is_int(outcome.status.kind, kind, "its kind, after %ld rows: %s",
		   outcome.nrows, outcome.status.text);
	ok(!outcome.has_warning, "no warning besides");
	hw_text_free(&outcome.rows);
}

/* Ends well, without duplicates; with a warning or not. */
static void
is_survived(const char *settings, bool has_warning)
{
	Outcome		outcome;
	const char *last = "";
	char	   *copy;
	char	   *save = NULL;
	int			ntwice = 0;

	run(settings, &outcome);
	if (!ok(outcome.state == HW_PAGER_END, "%s is survived", settings))
		diag("kind %d, \"%s\"", outcome.status.kind, outcome.status.text);
	is_int(outcome.has_warning, has_warning, "with a warning or not");
	if (outcome.has_warning)
		is_int(outcome.warning.kind, HW_DRIFTED, "of its kind: %s",
			   outcome.warning.text);
	sort(&outcome.rows);
	copy = strdup(hw_text_string(&outcome.rows));
	for (char *line = strtok_r(copy, "\n", &save); line;
		 line = strtok_r(NULL, "\n", &save))
	{
		ntwice += strcmp(line, last) == 0;
		last = line;
	}
	is_int(ntwice, 0, "no row comes twice");
	free(copy);
	hw_text_free(&outcome.rows);
}

static void
test_drift(void)
{
	static const char *const kinds[] = {"total", "duplicate", "insert",
	"delete", NULL};
	char		settings[200];
	char		single[200];

	ask_anew();
	is_stopped("quotas=1000;page=repeat", HW_STUCK);
	question.window = 8;
	is_stopped("quotas=1000;page=repeat", HW_STUCK);
	question.on_drift = HW_DRIFT_IGNORE;
	is_stopped("quotas=1000;page=repeat", HW_STUCK);
	is_stopped("quotas=1000;page=repeat;totals=absent", HW_STUCK);
	is_stopped("quotas=1000;page=repeat;clamp=50", HW_STUCK);
	ask_anew();
	reads_as("quotas=300;page=repeat", true, 2);

	for (int i = 0; kinds[i]; i++)
	{
		for (int window = 1; window <= 4; window += 3)
		{
			ask_anew();
			question.window = window;
			snprintf(settings, sizeof(settings),
					 "quotas=1000;drift=%s;drift_from=200;id=%d", kinds[i],
					 window);
			question.on_drift = HW_DRIFT_ERROR;
			is_stopped(settings, HW_DRIFTED);
			question.on_drift = HW_DRIFT_WARNING;
			is_survived(settings, true);
			question.on_drift = HW_DRIFT_IGNORE;
			is_survived(settings, false);
		}
	}
	ask_anew();
	question.on_drift = HW_DRIFT_IGNORE;
	reads_as("quotas=1000;drift=duplicate;drift_from=300", true, -1);

	/*
	 * A new first row pushes the last of a full page onto a page of its own:
	 * that is drift, and not a service that ignores the offset.
	 */
	ask_anew();
	where("category", "host_resource", NULL);
	snprintf(single, sizeof(single),
			 "quotas=%d;drift=insert;drift_from=200", quotas_for(200));
	question.on_drift = HW_DRIFT_ERROR;
	is_stopped(single, HW_DRIFTED);
	question.on_drift = HW_DRIFT_IGNORE;
	is_survived(single, false);
}

/* --- spellings -------------------------------------------------------- */

static void
test_spellings(void)
{
	static const char *const spellings[] = {"both", "long", "short"};
	static const char *const unknowns[] = {"reject", "ignore", "empty"};
	static const char *const states[] = {"normal", "expired", "freeze"};
	static const char *const uses[] = {"idle", "used"};
	HwLearnt	learnt = {.params = ~0U};
	char		settings[200];

	for (int s = 0; s < 3; s++)
	{
		for (int u = 0; u < 3; u++)
		{
			/* One more request finds out, if there are rows to tell. */
			snprintf(settings, sizeof(settings),
					 "quotas=300;spelling=%s;unknown=%s", spellings[s],
					 unknowns[u]);
			for (int i = 0; i < 3; i++)
			{
				for (int window = 1; window <= 4; window += 3)
				{
					ask_anew();
					question.window = window;
					where("quota_status", states[i], NULL);
					reads_as(settings, true, s == 2 ? 3 : 2);
				}
			}
			for (int i = 0; i < 2; i++)
			{
				ask_anew();
				where("used_status", uses[i], NULL);
				reads_as(settings, true, s == 2 ? 3 : 2);
				where("quota_status", "normal", NULL);
				reads_as(settings, true, s == 2 ? 3 : 2);
				where("category", "container_resource", NULL);
				reads_as(settings, true, s == 2 ? 2 : 1);
			}

			/* Small lists: none, some or all rows match. */
			for (int n = 0; n <= 12; n += 2)
			{
				snprintf(settings, sizeof(settings),
						 "quotas=%d;spelling=%s;unknown=%s", n, spellings[s],
						 unknowns[u]);
				for (int i = 0; i < 3; i++)
				{
					ask_anew();
					where("quota_status", states[i], NULL);
					where("used_status", uses[n / 2 % 2], NULL);
					reads_as(settings, true, -1);
				}
			}

			/* Many pages. */
			snprintf(settings, sizeof(settings),
					 "quotas=1000;spelling=%s;unknown=%s", spellings[s],
					 unknowns[u]);
			ask_anew();
			question.window = 3;
			question.page_size = 20;
			where("quota_status", "normal", NULL);
			reads_as(settings, true, -1);

			/* In lists no row may come twice. */
			snprintf(settings, sizeof(settings),
					 "quotas=300;spelling=%s;unknown=%s", spellings[s],
					 unknowns[u]);
			for (int window = 1; window <= 4; window += 3)
			{
				ask_anew();
				question.window = window;
				where("quota_status", "normal", "freeze");
				reads_as(settings, false, -1);
				where("used_status", "used", "idle");
				reads_as(settings, false, -1);
				ask_anew();
				question.window = window;
				where("used_status", "used", "idle");
				reads_as(settings, false, -1);
			}

			/* A spelling that was found out before saves the first try. */
			ask_anew();
			where("quota_status", "expired", NULL);
			learnt.dialect = s == 1 ? HW_DIALECT_LONG : HW_DIALECT_SHORT;
			question.learnt = &learnt;
			reads_as(settings, true, 2);

			/* The service has changed since: what it says counts. */
			if (s == 0 || strcmp(unknowns[u], "empty") == 0)
				continue;
			learnt.dialect = s == 1 ? HW_DIALECT_SHORT : HW_DIALECT_LONG;
			reads_as(settings, true, 3);
			where("used_status", "used", "idle");
			reads_as(settings, false, -1);
		}
	}
}

/* A spelling that is told is not changed. */
static void
test_told(void)
{
	Outcome		outcome;

	ask_anew();
	where("quota_status", "normal", NULL);
	question.dialect = HW_DIALECT_LONG;
	reads_as("quotas=300;spelling=long", true, 2);
	reads_as("quotas=300;spelling=both", true, 2);
	is_stopped("quotas=300;spelling=short", HW_BAD_REQUEST);
	reads_as("quotas=300;spelling=short;unknown=ignore", true, 2);
	question.dialect = HW_DIALECT_SHORT;
	reads_as("quotas=300;spelling=short", true, 2);
	is_stopped("quotas=300;spelling=long", HW_BAD_REQUEST);

	/* What was found out is told. */
	ask_anew();
	where("quota_status", "normal", NULL);
	run("quotas=300;spelling=short", &outcome);
	is_int(outcome.stats.dialect, HW_DIALECT_SHORT, "the short one");
	ok(outcome.stats.dialect_is_known, "is known");
	hw_text_free(&outcome.rows);
	run("quotas=0;spelling=both", &outcome);
	ok(!outcome.stats.dialect_is_known, "no row, no knowledge");
	hw_text_free(&outcome.rows);
	ask_anew();
	run("quotas=300;spelling=short", &outcome);
	is_int(outcome.stats.dialect, HW_DIALECT_AUTO, "nothing to spell");
	ok(!outcome.stats.dialect_is_known, "nothing to know");
	hw_text_free(&outcome.rows);
}

/* Each place may be of another edition: what one has shown is its own. */
static void
test_editions(void)
{
	static const char *const spellings[] = {"long", "short"};
	static const char *const unknowns[] = {"reject", "ignore", "empty"};
	char		here[100];
	char		there[100];
	Outcome		outcome;
	long		nrows;

	ask_anew();
	where("quota_status", "normal", NULL);
	other_settings = "quotas=60";
	run("quotas=60", &outcome);
	nrows = outcome.nrows;
	hw_text_free(&outcome.rows);
	for (int s = 0; s < 2; s++)
	{
		for (int u = 0; u < 9; u++)
		{
			snprintf(here, sizeof(here), "quotas=60;spelling=%s;unknown=%s",
					 spellings[s], unknowns[u / 3]);
			snprintf(there, sizeof(there), "quotas=60;spelling=%s;unknown=%s",
					 spellings[!s], unknowns[u % 3]);
			other_settings = there;
			question.window = u % 2 ? 4 : 1;
			run(here, &outcome);
			ok(outcome.state == HW_PAGER_END && outcome.nrows == nrows,
			   "%s and %s: %ld rows", here, there, outcome.nrows);
			hw_text_free(&outcome.rows);
			is_int(outcome.stats.dialect,
				   s == 0 ? HW_DIALECT_LONG : HW_DIALECT_SHORT,
				   "what is told is of the first place");
		}
	}

	/* What was found out before is kept for each of them. */
	question.learnt = (const HwLearnt[])
	{{HW_DIALECT_LONG, ~0U}, {HW_DIALECT_SHORT, ~0U}};
	other_settings = "quotas=60;spelling=short;unknown=empty";
	run("quotas=60;spelling=long;unknown=empty", &outcome);
	ok(outcome.nrows == nrows && outcome.stats.counters.nrequests == 4,
	   "%ld rows in %ld requests", outcome.nrows,
	   outcome.stats.counters.nrequests);
	hw_text_free(&outcome.rows);
}

/* What one place refuses in both spellings, another is still asked for. */
static void
test_refused_here(void)
{
	Outcome		outcome;

	ask_anew();
	where("quota_status", "normal", NULL);
	other_settings = "quotas=60";
	run("quotas=60;fail=400x2;id=refused_here", &outcome);
	ok(outcome.state == HW_PAGER_END && outcome.stats.nunfiltered == 2,
	   "%ld rows; %d of %d lists are read without the condition",
	   outcome.nrows, outcome.stats.nunfiltered, outcome.stats.nstrands);
	is_int(outcome.nreceived, 6, "requests");
	hw_text_free(&outcome.rows);
}

/* One of two states has no effect: what shows of it is not the other's. */
static void
test_deaf(void)
{
	static const char *const spellings[] = {"both", "long", "short"};
	static const char *const unknowns[] = {"reject", "ignore", "empty"};
	static const char *const deaf[] = {"quota_status", "used_status"};
	static const char *const uses[] = {"idle", "used"};
	char		settings[200];

	/* Rows that match are on later pages: these are few of many. */
	for (int i = 0; i < 36; i++)
	{
		snprintf(settings, sizeof(settings),
				 "quotas=1000;spelling=%s;unknown=%s;deaf=%s",
				 spellings[i % 3], unknowns[i / 3 % 3], deaf[i / 9 % 2]);
		ask_anew();
		question.page_size = 10;
		where("quota_status", "freeze", NULL);
		where("used_status", uses[i / 18], NULL);
		where("charging_mode", "packet_cycle", NULL);
		reads_as(settings, true, -1);
	}
}

/* What has been learnt of one state is not taken for the other's. */
static void
test_learnt_apart(void)
{
	HwLearnt	learnt = {.dialect = HW_DIALECT_LONG};
	const char *settings =
		"quotas=100;deaf=quota_status;spelling=short;unknown=empty";

	ask_anew();
	question.table = hw_table_find(table_name, &question.api,
								   &question.service);
	learnt.params = 1U << (hw_param_find(question.api, "quota_status") -
						   question.api->params);
	question.learnt = &learnt;
	where("used_status", "used", NULL);
	reads_as(settings, true, 3);
	where("quota_status", "normal", NULL);
	reads_as(settings, true, -1);
	ask_anew();
	question.learnt = &learnt;
	where("quota_status", "normal", NULL);
	reads_as("quotas=100;spelling=long;unknown=empty", true, 2);
}

/*
 * Nothing matches, and the spelling that the service knows says so.  The other
 * one is ignored; the list it brings must not be read to its end.
 */
static void
test_nothing(void)
{
	ask_anew();
	where("quota_status", "freeze", NULL);
	where("host_name", "nobody", NULL);
	reads_as("quotas=3000;spelling=both;unknown=ignore", true, -1);
	reads_as("quotas=3000;spelling=long;unknown=empty", true, -1);

	/* There are 24 hosts of this name, and none of them is frozen. */
	ask_anew();
	question.page_size = 10;
	where("quota_status", "freeze", NULL);
	where("host_name", "o'brien", NULL);
	where("category", "host_resource", NULL);
	reads_as("quotas=2000;spelling=both", true, 2);
	reads_as("quotas=2000;spelling=long;unknown=reject", true, 2);
	reads_as("quotas=2000;spelling=long;unknown=ignore", true, 2);
	reads_as("quotas=2000;spelling=short;unknown=reject", true, 2);
	reads_as("quotas=2000;spelling=short;unknown=ignore", true, 2);
	reads_as("quotas=2000;spelling=long;unknown=empty", true, 2);
	reads_as("quotas=2000;spelling=short;unknown=empty", true, 2);

	/* The ignored page has shown that the list goes by its name. */
	reads_as("quotas=2000;spelling=short;unknown=ignore;empty_list=absent;"
			 "totals=all", true, 2);
}

/* Refused in any spelling, it is left out, and rows are sifted here. */
/* An empty list may be left out, and totals may count what was not asked for. */
static void
test_listless(void)
{
	ask_anew();
	reads_as("quotas=0;empty_list=absent", true, 2);
	reads_as("quotas=1;empty_list=absent", true, 2);
	reads_as("quotas=1;empty_list=absent;totals=all", true, 2);
	reads_as("quotas=1;empty_list=null;totals=all", true, 2);

	/* One that is null has its name. */
	where("category", "container_resource", NULL);
	reads_as("quotas=1;empty_list=null;totals=all", true, 1);
	ask_anew();

	/* Another request tells whether the list has its name at all. */
	where("host_name", "nobody", NULL);
	reads_as("empty_list=null", true, 2);
	reads_as("empty_list=null;totals=all", true, 2);
	reads_as("empty_list=absent;totals=all", true, 3);
	where("category", "host_resource", NULL);
	reads_as("empty_list=absent;totals=all", true, 2);
	where("quota_status", "normal", NULL);
	reads_as("empty_list=absent;totals=all;spelling=short;unknown=empty",
			 true, 3);

	/* If that is refused, nothing is known: there is a row to be found. */
	ask_anew();
	where("quota_status", "freeze", NULL);
	reads_as("quotas=7;empty_list=absent;totals=all;spelling=short;"
			 "unknown=empty;id=listless", true, -1);
	is_stopped("quotas=7;empty_list=absent;totals=all;spelling=short;"
			   "unknown=empty;fail=400x1;fail_at=3;id=listless",
			   HW_BAD_REQUEST);

	/* Rows are counted, and there is no list: not an answer. */
	ask_anew();
	is_stopped("reply=list_missing", HW_BAD_REPLY);
	where("host_name", "nobody", NULL);
	is_stopped("reply=list_missing", HW_BAD_REPLY);
	where("quota_status", "normal", NULL);
	is_stopped("reply=list_missing", HW_BAD_REPLY);
	ask_anew();
	question.dialect = HW_DIALECT_SHORT;
	where("quota_status", "normal", NULL);
	is_stopped("reply=list_missing", HW_BAD_REPLY);
}

static void
test_bare(void)
{
	Outcome		outcome;

	ask_anew();
	where("charging_mode", "on_demand", NULL);
	reads_as("quotas=300", true, 2);
	run("quotas=300;fail=400x1;id=bare", &outcome);
	ok(outcome.state == HW_PAGER_END && outcome.nreceived == 3,
	   "a refused value is left out: %ld rows, %d requests", outcome.nrows,
	   outcome.nreceived);
	ok(outcome.stats.ndropped > 0, "%ld rows are dropped here",
	   outcome.stats.ndropped);
	hw_text_free(&outcome.rows);
	ask_anew();
	is_stopped("quotas=300;fail=400", HW_BAD_REQUEST);
	where("quota_status", "normal", NULL);
	is_stopped("quotas=300;fail=400", HW_BAD_REQUEST);
}

/* --- other conditions ------------------------------------------------- */

static void
test_conditions(void)
{
	HwText		all;
	char		id[100];

	/* A key is in one list only. */
	ask_anew();
	expect("quotas=300", &all);
	snprintf(id, sizeof(id), "%.36s", hw_text_string(&all));
	where("resource_id", id, NULL);
	reads_as("quotas=300", true, 1);
	snprintf(id, sizeof(id), "%.36s", all.data + all.length - 37);
	reads_as("quotas=300", true, 2);
	conditions[0].values[0] = "no-such-id";
	reads_as("quotas=300", true, 2);
	conditions[0].values[0] = id;
	conditions[0].values[1] = "no-such-id";
	reads_as("quotas=300", false, 4);
	hw_text_free(&all);

	ask_anew();
	where("host_name", "web-01", NULL);
	reads_as("quotas=1000", true, 2);
	reads_as("quotas=1000;host_name=casefold", true, 2);
	reads_as("quotas=1000;host_name=substring", true, 2);
	ask_anew();
	where("enterprise_project_id", "ep-1", "ep-2");
	reads_as("quotas=300", false, 4);
	ask_anew();

	/* An edition tells its category: the list of the other one is empty. */
	where("version", "hss.version.container.enterprise", NULL);
	reads_as("quotas=300", true, 1);
	where("category", "host_resource", NULL);
	reads_as("quotas=300", true, 0);
	ask_anew();
	where("version", "hss.version.container.enterprise",
		  "hss.version.basic");
	reads_as("quotas=300", false, 2);

	/* No value: nothing can match, and nothing is asked. */
	ask_anew();
	where("version", NULL, NULL);
	reads_as("quotas=300", true, 0);

	/* Options are no conditions: they are sent, and rows are not sifted. */
	ask_anew();
	where("?enterprise_project_id", "ep-1", NULL);
	reads_as("quotas=300", true, 2);
}

/* A service that ignores what is asked by: all rows come, and are sifted. */
static void
test_ignored_key(void)
{
	HwApi		deaf;
	HwParam		params[HW_ASKED_MAX + 1];
	int			nparams = 0;
	HwText		all;
	char		first[40];
	char		later[40];

	ask_anew();
	expect("quotas=300", &all);
	snprintf(first, sizeof(first), "%.36s", all.data);
	snprintf(later, sizeof(later), "%.36s", all.data + 15 * 37);
	hw_text_free(&all);
	question.table = hw_table_find("hss_quotas", &question.api,
								   &question.service);
	deaf = *question.api;
	for (const HwParam *param = deaf.params; param->name; param++)
	{
		params[nparams] = *param;
		if (strcmp(param->name, "resource_id") == 0)
			params[nparams].name = "x_ignored";
		nparams++;
	}
	memset(&params[nparams], 0, sizeof(params[0]));
	deaf.params = params;
	question.api = &deaf;
	question.page_size = 10;

	/* The values are those of the param's column. */
	for (int i = 0; i < 2; i++)
	{
		HwText		expected;
		Outcome		outcome;

		memset(conditions, 0, sizeof(conditions));
		where("x_ignored", i ? first : later, i ? later : first);
		run("quotas=300;unknown_param=ignore", &outcome);
		hw_text_init(&expected, 0);
		hw_text_printf(&expected, "%s\n%s\n", first, later);
		sort(&expected);
		sort(&outcome.rows);
		is_string(hw_text_string(&outcome.rows), hw_text_string(&expected),
				  "both keys are found, with %d requests", outcome.nreceived);
		hw_text_free(&expected);
		hw_text_free(&outcome.rows);
	}
}

static void
is_table(const char *name, const char *columns, const char *settings,
		 int nrequests, const char *expected)
{
	Outcome		outcome;

	ask_anew();
	table_name = name;
	column_names = columns;
	run(settings, &outcome);
	if (!ok(outcome.state == HW_PAGER_END, "%s, %s", name, settings))
		diag("kind %d, \"%s\"", outcome.status.kind, outcome.status.text);
	is_int(outcome.nreceived, nrequests, "requests");
	if (expected)
		is_string(hw_text_string(&outcome.rows), expected, "its rows");
	hw_text_free(&outcome.rows);
}

static void
test_tables(void)
{
	Outcome		outcome;

	/* The example shows one row of 60, whatever the category. */
	is_table("hss_quotas", "resource_id category project_id", "sample=1", 4,
			 "af4d08ad-2b60-4916-a5cf-8d6a23956dda|host_resource|" PROJECT
			 "\n");
	ask_anew();
	table_name = "bss_consumption_quota";
	column_names = "amount used_consumption_quota";
	question.scope_id = NULL;
	run("sample=1", &outcome);
	is_string(hw_text_string(&outcome.rows), "10.18|580.08\n",
			  "an object is a row");
	hw_text_free(&outcome.rows);
	table_name = "bss_package_usages";
	question.api = NULL;
	column_names = "order_instance_id balance";
	run("packages=36", &outcome);
	is_int(outcome.nrows, 36, "packages come in one piece");
	is_int(outcome.nreceived, 1, "with one request");
	hw_text_free(&outcome.rows);
	table_name = "bss_expenditure_quota";
	question.api = NULL;
	column_names = "currency";
	run("expenditure=reseller_nobody", &outcome);
	ok(outcome.state == HW_PAGER_END && outcome.nrows == 0,
	   "no body is no row");
	hw_text_free(&outcome.rows);

	/* Counters are the same whether they follow the filter or not. */
	is_table("hss_quota_summary", "total_num", "quotas=300", 2, "300\n");
	is_table("hss_quota_summary", "total_num", "quotas=300;totals=all", 2,
			 "300\n");
	is_table("hss_quota_summary", "total_num", "quotas=300;category=ignore",
			 2, "300\n");
	is_table("hss_quota_summary", "total_num", "quotas=0", 2, "0\n");
	is_table("hss_quota_tags", "resource_id key value", "quotas=300", 2,
			 NULL);
}

/* --- failures --------------------------------------------------------- */

static void
test_failures(void)
{
	Outcome		outcome;
	HwApi		short_api;

	for (int window = 1; window <= 4; window += 3)
	{
		/* The rows before a page that fails are handed out. */
		ask_anew();
		question.window = window;
		run(settings_of("quotas=1000;fail=403;fail_on=offset=200;id=f%d",
						window), &outcome);
		is_int(outcome.state, HW_PAGER_FAILED, "a page that is refused");
		is_int(outcome.status.kind, HW_DENIED, "fails the list");
		is_int(outcome.nrows, 200, "behind the rows before it");
		hw_text_free(&outcome.rows);

		/* A page that is asked for again is the same page. */
		question.fetch.retry_budget_ms = 60000;
		question.page_size = 50;
		reads_as(settings_of("quotas=300;fail=500x1,truncatex1,503x1;"
							 "fail_at=2;id=g%d", window), true, -1);
		question.fetch.retry_budget_ms = 0;
		run(settings_of("quotas=300;fail=429x1;fail_on=offset=100;"
						"retry_after=1;id=h%d", window), &outcome);
		is_int(outcome.status.kind, HW_THROTTLED, "no time to wait");
		is_int(outcome.nrows, 100, "but rows until then");
		hw_text_free(&outcome.rows);
	}

	ask_anew();
	is_stopped("reply=not_json", HW_BAD_REPLY);
	is_stopped("reply=wrong_api", HW_BAD_REPLY);
	is_stopped("reply=error200", HW_HIDDEN_FAILURE);
	is_stopped("reply=list_object", HW_BAD_VALUE);
	is_stopped("reply=html200", HW_BAD_REPLY);
	is_stopped("reply=list_scalars", HW_BAD_VALUE);
	column_names = "expire_time";
	is_stopped("reply=int_text", HW_BAD_VALUE);

	/* More rows than can be paged to. */
	for (int window = 1; window <= 4; window += 3)
	{
		ask_anew();
		hw_table_find("hss_quotas", &question.api, &question.service);
		question.table = hw_table_find("hss_quotas", &question.api,
									   &question.service);
		short_api = *question.api;
		short_api.paging.offset_max = 300;
		question.api = &short_api;
		question.window = window;
		run("quotas=1000", &outcome);
		is_int(outcome.status.kind, HW_OFFSET_EXCEEDED,
			   "an offset that is too large");
		is_int(outcome.nrows, 400, "comes after the rows before");
		hw_text_free(&outcome.rows);
	}

	/* What cannot be asked. */
	ask_anew();
	question.scope_id = "p\r\nX: y";
	table_name = "bss_package_usages";
	column_names = "total";
	is_stopped("id=header", HW_BAD_VALUE);
}

/* A page is refused in a spelling that the pages before were answered in. */
static void
test_refused_later(void)
{
	Outcome		outcome;

	ask_anew();
	question.page_size = 20;
	where("quota_status", "normal", NULL);
	run("quotas=1000;spelling=short;fail=400;fail_on=offset=20;id=later",
		&outcome);
	is_int(outcome.state, HW_PAGER_FAILED, "the second page is refused");
	is_int(outcome.nrows, 20, "behind the rows of the first");
	is_string(outcome.status.text, "Bad request",
			  "not for the words that its first spelling was refused with");
	hw_text_free(&outcome.rows);
}

static void
test_wait(void)
{
	HwPager    *pager;
	HwStatus	status;
	const HwStatus *why;
	char		place[100];
	HwPagerStats stats;

	ask_anew();
	question.fetch.retry_budget_ms = 60000;
	pager = open_pager(client, "quotas=300;fail=429;id=wait", &status);
	is_int(hw_pager_wait_ms(pager, &why), -1, "nothing to wait for");
	is_int(hw_pager_next(pager), HW_PAGER_WAIT, "a page");
	ok(!hw_pager_is_ready(pager), "is not here yet");
	hw_client_drive(client, &status);
	while (hw_pager_wait_ms(pager, &why) < 0 && turn(client))
		;
	ok(hw_pager_wait_ms(pager, &why) <= 12400, "it will be asked for again");
	is_int(why->kind, HW_THROTTLED, "because of this");
	hw_pager_free(pager);

	/* Lists whose first pages are on their way have cost something. */
	ask_anew();
	question.window = 4;
	pager = open_pager(client, "quotas=300;id=counted", &status);
	is_int(hw_pager_next(pager), HW_PAGER_WAIT, "the pages of two lists");
	hw_client_drive(client, &status);
	hw_pager_stats(pager, &stats);
	is_int(stats.counters.nrequests, 2, "are counted when they are sent");
	hw_pager_free(pager);

	ask_anew();
	pager = open_pager(client, "quotas=300;id=place", &status);
	hw_pager_place(pager, place, sizeof(place));
	is_string(place, "the reply", "no page, no place");
	for (int i = 0; i < 4; i++)
		next(client, pager);
	hw_pager_place(pager, place, sizeof(place));
	is_string(place, "page 1, data_list[3]", "the fourth row's place");
	hw_pager_stats(pager, &stats);
	is_int(stats.nrows, 4, "four rows");
	is_int(stats.total, -1, "of a number not known yet");
	is_int(stats.npages, 1, "a page");
	hw_pager_cancel(pager);
	hw_pager_free(pager);
	hw_pager_free(NULL);

	/* {"data_list":[{"resource_id":"a"}],"total_num":9223372036854775807} */
	pager = open_pager(client, "body=eyJkYXRhX2xpc3QiOlt7InJlc291cmNlX2lkIjoi"
					   "YSJ9XSwidG90YWxfbnVtIjo5MjIzMzcyMDM2ODU0Nzc1ODA3fQ",
					   &status);
	is_int(next(client, pager), HW_PAGER_ROW, "a row of very many");
	hw_pager_stats(pager, &stats);
	ok(stats.npages_expected == -1 || stats.npages_expected > 1000000,
	   "%ld pages", stats.npages_expected);
	hw_pager_free(pager);
}

/* Pages of the same text are asked for once. */
static void
test_cached(void)
{
	Outcome		outcome;
	HwPager    *first;
	HwPager    *second;
	HwPagerStats stats;
	HwStatus	status;

	ask_anew();
	question.fetch.statement = 5;
	run("quotas=300;id=cached", &outcome);
	is_int(outcome.nreceived, 2, "the first time");
	is_int(outcome.stats.ncached, 0, "nothing is here");
	hw_text_free(&outcome.rows);
	run("quotas=300;id=cached", &outcome);
	is_int(outcome.nreceived, 0, "the second time");
	is_int(outcome.stats.ncached, 2, "all is");
	is_int(outcome.stats.counters.nrequests, 0, "and nothing is counted");
	is_int(outcome.nrows, 300, "rows");
	hw_text_free(&outcome.rows);

	/* A page that could not be read is asked for again. */
	run("id=cached;reply=not_json", &outcome);
	is_int(outcome.nreceived, 1, "a page of no use");
	hw_text_free(&outcome.rows);
	run("id=cached;reply=not_json", &outcome);
	is_int(outcome.nreceived, 1, "is not kept");
	hw_text_free(&outcome.rows);
	hw_client_end_statement(client, 5);

	/* One that is still on its way has no age. */
	ask_anew();
	question.fetch.statement = 6;
	first = open_pager(client, "quotas=300;id=age", &status);
	second = open_pager(client, "quotas=300;id=age", &status);
	hw_pager_next(first);
	hw_pager_next(second);
	hw_pager_cancel(second);
	hw_pager_stats(second, &stats);
	is_int(stats.ncached, 1, "a page that is asked for already");
	is_int(stats.cache_age_ms, 0, "and is not here yet");
	hw_pager_free(first);
	hw_pager_free(second);
	hw_client_end_statement(client, 6);
}

static void
test_freed(void)
{
	int			before;
	int			spare;
	HwStatus	status;
	Outcome		outcome;

	hw_client_close(client);
	before = count_descriptors();
	client = hw_client_open(&keys, rests, &status);
	/* Newer libcurl wakes itself with one descriptor instead of two. */
	spare = hw_client_descriptors(client) - (count_descriptors() - before);
	ok(spare == 0 || spare == 1, "descriptors of a client");

	/* Freed at each number of rows, with pages on their way. */
	ask_anew();
	question.page_size = 10;
	question.window = 8;
	for (int nrows = 0; nrows < 60; nrows += 7)
	{
		HwPager    *pager = open_pager(client,
									   "quotas=1000;hang=before_headers;"
									   "fail_on=offset=30;id=free", &status);
		int			got = 0;

		while (got < nrows && got < 30 && next(client, pager) == HW_PAGER_ROW)
			got++;
		if (hw_pager_next(pager) == HW_PAGER_WAIT)
			hw_client_drive(client, &status);
		if (nrows % 2)
			hw_pager_cancel(pager);
		hw_pager_free(pager);
		is_int(count_descriptors() - before + spare,
			   hw_client_descriptors(client), "freed after %d rows", got);
		ok(hw_client_drive(client, &status), "and driven again");
	}
	ask_anew();
	run("quotas=300;id=afterwards", &outcome);
	ok(outcome.state == HW_PAGER_END && outcome.nrows == 300,
	   "the client is as good as new");
	hw_text_free(&outcome.rows);
	hw_client_close(client);
	is_int(count_descriptors(), before, "no descriptor is left");
	client = hw_client_open(&keys, rests, &status);
}

/* --- memory ----------------------------------------------------------- */

/* Opening and freeing; nothing is asked. */
static bool
open_only(void *arg)
{
	static const char *const values[] = {"normal", "freeze"};
	HwStatus	status;
	HwBinding	binding = {.values = values, .nvalues = 2,
	.is_condition = true, .otherwise = "all"};
	const HwColumn *columns[1];
	HwPager    *pager;

	(void) arg;
	ask_anew();
	question.table = hw_table_find("hss_quotas", &question.api,
								   &question.service);
	columns[0] = question.table->columns;
	question.columns = columns;
	question.ncolumns = 1;
	binding.param = hw_param_find(question.api, "quota_status");
	question.bindings = &binding;
	question.nbindings = 1;
	question.endpoints = (const char *const[]) {"https://h"};
	question.fetch.transport.ca_file = "ca";
	question.fetch.transport.proxy = "http://proxy";
	pager = hw_pager_open(client, &question, &status);
	hw_pager_free(pager);
	return pager != NULL;
}

static bool
read_all(void *arg)
{
	HwStatus	status;
	HwClient   *own = hw_client_open(&keys, rests, &status);
	HwPager    *pager = own ? open_pager(own, arg, &status) : NULL;
	HwPagerState state = HW_PAGER_FAILED;

	while (pager && (state = next(own, pager)) == HW_PAGER_ROW)
		;
	hw_pager_free(pager);
	hw_client_close(own);
	return state == HW_PAGER_END;
}

static void
test_memory(void)
{
	HwStatus	status;

	ask_anew();
	question.page_size = 10;
	question.window = 3;
	column_names = "resource_id tags expire_time category";
	where("quota_status", "normal", NULL);
	alloc_torture(read_all, (void *) "quotas=40;spelling=short;unknown=ignore",
				  "a list in two spellings");
	ask_anew();
	table_name = "hss_quota_summary";
	column_names = "total_num project_id";
	alloc_torture(read_all, (void *) "quotas=20;id=sum", "counters");
	alloc_torture(read_all, (void *) "quotas=20;totals=all",
				  "counters that do not follow the filter");
	ask_anew();
	table_name = "hss_quota_statistics";
	column_names = "version total_num";
	alloc_torture(read_all, (void *) "quotas=20;id=union", "lists of counters");
	ask_anew();
	question.endpoints = (const char *const[]) {"ftp://h"};
	question.table = hw_table_find("hss_quotas", &question.api,
								   &question.service);
	ok(hw_pager_open(client, &question, &status) == NULL &&
	   status.kind == HW_INTERNAL, "no pager without an endpoint");

	/* Last, since what is freed wrongly ends the program. */
	alloc_torture(open_only, NULL, "a pager that is opened");
}

int
main(void)
{
	HwStatus	status;

	if (!sim_start())
	{
		sim_stop();
		printf("1..0 # SKIP python3 does not run the simulator\n");
		return 0;
	}
	rests = hw_rests_open();
	client = hw_client_open(&keys, rests, &status);
	test_sizes();
	test_services();
	test_short_pages();
	test_windows();
	test_goal();
	test_drift();
	test_spellings();
	test_told();
	test_editions();
	test_refused_here();
	test_deaf();
	test_learnt_apart();
	test_nothing();
	test_listless();
	test_bare();
	test_conditions();
	test_ignored_key();
	test_tables();
	test_failures();
	test_refused_later();
	test_wait();
	test_cached();
	test_freed();
	test_memory();
	hw_client_close(client);
	hw_rests_close(rests);
	sim_stop();
	return done();
}
