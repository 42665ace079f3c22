/*-------------------------------------------------------------------------
 *
 * test_projects.c
 *	  What IAM is asked about projects and the account, and what of its answers
 *	  is believed.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/projects.h"
#include "core/text.h"
#include "tap.h"

#define ONE "{\"id\":\"p-1\",\"name\":\"ap-southeast-1\",\"enabled\":true}"

static HwProjects *
take(const char *body, HwStatus *status)
{
	hw_status_clear(status);
	return hw_projects_read(body, strlen(body), status);
}

static void
test_list(void)
{
	HwStatus	status;
	HwProjects *projects = take(
		"{\"links\":{\"next\":null},\"projects\":[" ONE
		",{\"id\":\"P_2\",\"name\":\"ap-southeast-1_dev_x\",\"enabled\":false,\"description\":\"\"}"
		",{\"id\":\"3\",\"name\":\"cn-north-4\"}]}", &status);

	ok(projects != NULL, "a list of projects");
	is_int(projects->count, 3, "with all of them");
	is_string(projects->list[0].id, "p-1", "its ID");
	is_string(projects->list[0].name, "ap-southeast-1", "its name");
	ok(projects->list[0].is_enabled, "is enabled");
	is_int((long long) hw_project_region_length(&projects->list[0]), 14,
		   "the region is the name");
	is_string(projects->list[1].id, "P_2", "a project within a region");
	ok(!projects->list[1].is_enabled, "is not enabled");
	is_int((long long) hw_project_region_length(&projects->list[1]), 14,
		   "the region is the start of the name");
	ok(projects->list[2].is_enabled, "enabled unless it is said not to be");
	hw_projects_free(projects);

	projects = take("{\"projects\":[]}", &status);
	ok(projects && projects->count == 0, "an empty list");
	hw_projects_free(projects);
	hw_projects_free(NULL);
}

static void
is_refused(const char *body, HwKind kind, const char *text)
{
	HwStatus	status;
	HwProjects *projects = take(body, &status);

	ok(projects == NULL && status.kind == kind &&
	   strstr(status.text, text) != NULL, "refused, %s: %.60s", text, body);
	if (projects == NULL && strstr(status.text, text) == NULL)
		diag("%s", status.text);
	hw_projects_free(projects);
}

static void
test_refused(void)
{
	HwText		body;

	is_refused("", HW_BAD_REPLY, "empty body");
	is_refused("<html>", HW_BAD_REPLY, "no value");
	is_refused("{}", HW_BAD_REPLY, "no list \"projects\"");
	is_refused("[" ONE "]", HW_BAD_REPLY, "no list \"projects\"");
	is_refused("{\"projects\":" ONE "}", HW_BAD_REPLY, "no list \"projects\"");
	is_refused("{\"projects\":[" ONE "],\"links\":{\"next\":\"https://x\"}}",
			   HW_BAD_REPLY, "goes on on another page");
	is_refused("{\"projects\":null}", HW_BAD_REPLY, "no list \"projects\"");
	is_refused("{\"projects\":[7]}", HW_BAD_REPLY, "\"id\"");
	is_refused("{\"projects\":[" ONE ",{\"name\":\"x\"}]}", HW_BAD_REPLY,
			   "\"id\"");
	is_refused("{\"projects\":[{\"id\":\"\",\"name\":\"x\"}]}", HW_BAD_REPLY,
			   "\"id\"");
	is_refused("{\"projects\":[{\"id\":12,\"name\":\"x\"}]}", HW_BAD_REPLY,
			   "\"id\"");
	is_refused("{\"projects\":[{\"id\":\"../../v3\",\"name\":\"x\"}]}",
			   HW_BAD_REPLY, "\"id\"");
	is_refused("{\"projects\":[{\"id\":\"a\\r\\nX-Evil: 1\",\"name\":\"x\"}]}",
			   HW_BAD_REPLY, "\"id\"");
	is_refused("{\"projects\":[{\"id\":\"a\"}]}", HW_BAD_REPLY, "\"name\"");
	is_refused("{\"projects\":[{\"id\":\"a\",\"name\":\"_dev\"}]}",
			   HW_BAD_REPLY, "\"name\"");
	is_refused("{\"projects\":[{\"id\":\"a\",\"name\":\"x\\r\\nX-Evil: 1_dev\"}]}",
			   HW_BAD_REPLY, "\"name\"");
	is_refused("{\"projects\":[{\"id\":\"a\",\"name\":\"evil.example.com/\"}]}",
			   HW_BAD_REPLY, "\"name\"");
	is_refused("{\"projects\":[{\"id\":\"a\",\"name\":\"\xc3\xa9\"}]}",
			   HW_BAD_REPLY, "\"name\"");

	/* What follows the region is never sent. */
	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"projects\":[{\"id\":\"a\",\"name\":\"x_\xc3\xa9 /\\r\"}");
	hw_text_puts(&body, "]}");
	{
		HwStatus	status;
		HwProjects *projects = take(hw_text_string(&body), &status);

		ok(projects && hw_project_region_length(&projects->list[0]) == 1,
		   "any name behind the region");
		hw_projects_free(projects);
	}
	hw_text_reset(&body);
	for (int i = 0; i < 300; i++)
		hw_text_putc(&body, 'x');
	{
		char		text[1000];

		snprintf(text, sizeof(text),
				 "{\"projects\":[{\"id\":\"%s\",\"name\":\"x\"}]}",
				 hw_text_string(&body));
		is_refused(text, HW_BAD_REPLY, "\"id\"");
		snprintf(text, sizeof(text),
				 "{\"projects\":[{\"id\":\"a\",\"name\":\"%s\"}]}",
				 hw_text_string(&body));
		is_refused(text, HW_BAD_REPLY, "\"name\"");
	}
	hw_text_free(&body);
}

static HwProjects *
take_many(int count)
{
	HwStatus	status;
	HwText		body;
	HwProjects *projects;

	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"projects\":[" ONE);
	for (int i = 1; i < count; i++)
		hw_text_puts(&body, "," ONE);
	hw_text_puts(&body, "]}");
	projects = take(hw_text_string(&body), &status);
	hw_text_free(&body);
	is_int(status.kind, projects ? HW_OK : HW_TOO_LARGE, "%d projects",
		   count);
	return projects;
}

static void
test_many(void)
{
	HwProjects *projects = take_many(HW_PROJECTS_MAX);

	ok(projects && projects->count == HW_PROJECTS_MAX, "as many as there may be");
	hw_projects_free(projects);
	projects = take_many(HW_PROJECTS_MAX + 1);
	ok(projects == NULL, "and one more");
	hw_projects_free(projects);
}

static bool
ask(const char *name, const char *expected)
{
	HwBase		base;
	HwRequest	request;
	HwStatus	status;
	HwText		url;
	const char *reason;
	bool		done;

	hw_status_clear(&status);
	if (!hw_url_base("https://iam.example.com/sub", &base, &reason))
		return false;
	hw_request_init(&request, "POST");
	hw_text_init(&url, 0);
	done = hw_projects_ask(&base, name, &request, &status) &&
		hw_request_url(&request, &url);
	if (done && expected)
	{
		is_string(hw_text_string(&url), expected, "asks for %s",
				  name ? name : "all projects");
		is_string(request.method, "GET", "with GET");
		is_string(request.project, "", "for the account");
	}
	hw_text_free(&url);
	hw_request_free(&request);
	return done;
}

static void
test_ask(void)
{
	ok(ask(NULL, "https://iam.example.com/sub/v3/projects"), "all projects");
	ok(ask("ap-southeast-1",
		   "https://iam.example.com/sub/v3/projects?name=ap-southeast-1"),
	   "those of a name");
	ok(ask("x&enabled=1\r\n/..",
		   "https://iam.example.com/sub/v3/projects?name=x%26enabled%3D1%0D%0A%2F.."),
	   "a name is one value, whatever it has");
}

/* --- the account ----------------------------------------------------- */

static int
take_account(const char *body, size_t room, HwText *ids, HwStatus *status)
{
	hw_status_clear(status);
	hw_text_init(ids, room);
	return hw_account_read(body, strlen(body), ids, status);
}

static void
test_account(void)
{
	static const struct
	{
		const char *body;
		int			count;
		const char *ids;		/* or what is wrong */
	}			cases[] = {
		{"{\"domains\":[{\"id\":\"d1\",\"name\":\"a\"}],\"links\":{\"next\":null}}", 1, "d1"},
		{"{\"domains\":[{\"id\":\"d1\"},{\"id\":\"d-2\"}]}", 2, "d1, d-2"},
		{"{\"domains\":[]}", 0, ""},
		{"{\"domains\":[{\"id\":\"d1\"}],\"links\":{\"next\":\"x\"}}", -1,
		"goes on on another page"},
		{"{\"domains\":[{\"id\":\"d1\"},{\"name\":\"a\"}]}", -1,
		"an account without valid \"id\""},
		{"{\"domains\":[{\"id\":\"a\\r\\nX: 1\"}]}", -1, "without valid \"id\""},
		{"{\"domains\":[{\"id\":7}]}", -1, "without valid \"id\""},
		{"{\"domains\":[null]}", -1, "without valid \"id\""},
		{"{\"domains\":null}", -1, "no list \"domains\""},
		{"{\"projects\":[]}", -1, "no list \"domains\""},
		{"[]", -1, "no list \"domains\""},
		{"", -1, "empty body"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HwStatus	status;
		HwText		ids;
		int			count = take_account(cases[i].body, 0, &ids, &status);

		is_int(count, cases[i].count, "accounts of %s", cases[i].body);
		if (count >= 0)
			is_string(hw_text_string(&ids), cases[i].ids, "their IDs");
		else
			ok(strstr(status.text, cases[i].ids) != NULL &&
			   status.kind == HW_BAD_REPLY, "refused: %s", status.text);
		hw_text_free(&ids);
	}
}

static void
test_many_accounts(void)
{
	HwStatus	status;
	HwText		ids;

	is_int(take_account("{\"domains\":[{\"id\":\"d1\"},{\"id\":\"d2\"}]}", 5,
						&ids, &status), -1, "no room for all IDs");
	is_int(status.kind, HW_TOO_LARGE, "is too large");
	is_string(status.text, "the reply has 2 accounts", "and says so");
	hw_text_free(&ids);
}

static bool
take_accounts(void *arg)
{
	HwStatus	status;
	HwText		ids;
	int			count = take_account(arg, 0, &ids, &status);

	if (count < 0 && status.kind != HW_OUT_OF_MEMORY)
		diag("kind %d: %s", status.kind, status.text);
	hw_text_free(&ids);
	return count >= 0;
}

static bool
ask_account(void *arg)
{
	HwStatus	status;
	HwRequest	request;
	HwBase		base;
	const char *reason;
	HwText		url;
	bool		done;

	if (!hw_url_base(arg, &base, &reason))
		return false;
	hw_request_init(&request, "POST");
	hw_text_init(&url, 0);
	done = hw_account_ask(&base, &request, &status) &&
		hw_request_url(&request, &url);
	if (done)
		done = strcmp(hw_text_string(&url),
					  "https://iam.example.com/v3/auth/domains") == 0 &&
			strcmp(request.method, "GET") == 0 && request.project[0] == '\0';
	hw_text_free(&url);
	hw_request_free(&request);
	return done;
}

static bool
take_some(void *arg)
{
	HwStatus	status;
	HwProjects *projects = take(arg, &status);

	if (projects == NULL && status.kind != HW_OUT_OF_MEMORY)
		diag("kind %d: %s", status.kind, status.text);
	hw_projects_free(projects);
	return projects != NULL;
}

static bool
ask_one(void *arg)
{
	return ask(arg, NULL);
}

int
main(void)
{
	test_list();
	test_refused();
	test_many();
	test_ask();
	test_account();
	test_many_accounts();
	ok(ask_account("https://iam.example.com"), "asks for the account");
	alloc_torture(take_accounts, "{\"domains\":[{\"id\":\"d1\"},{\"id\":\"d2\"}]}",
				  "reading accounts");
	alloc_torture(ask_account, "https://iam.example.com",
				  "asking for the account");
	alloc_torture(take_some, "{\"projects\":[" ONE "," ONE "]}",
				  "reading projects");
	alloc_torture(ask_one, "ap-southeast-1", "asking for projects");
	return done();
}
