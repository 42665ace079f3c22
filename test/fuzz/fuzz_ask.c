/*-------------------------------------------------------------------------
 *
 * fuzz_ask.c
 *	  The request of each API of the catalogue for any values.
 *
 * Lines: a letter that chooses the table and offset and limit behind it; the
 * id of the project or account; the values of the API's params.  Whatever can
 * be asked for arrives as it was meant; the rest is refused.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "core/ask.h"
#include "fuzz.h"
#include "wire.h"

static const char id_bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz"
"ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";

static const char *
value_of(const HwAsked *asked, const char *name)
{
	while (asked->param && strcmp(asked->param->name, name) != 0)
		asked++;
	return asked->param ? asked->value : NULL;
}

/* Blanks around a header's value are cut off, so they may be any. */
static bool
is_header(const char *value)
{
	size_t		length;

	value += strspn(value, " \t");
	length = strlen(value);
	while (length > 0 && strchr(" \t", value[length - 1]))
		length--;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char) value[i] < 0x20 || value[i] == 0x7f)
			return false;
	return true;
}

/* Refused is what no request can carry, and nothing else. */
static bool
can_be_asked(const HwAsked *asked, const char *scope_id)
{
	if (!is_header(scope_id))
		return false;
	for (; asked->param; asked++)
	{
		if (asked->param->place == HW_IN_PATH &&
			(strspn(asked->value, id_bytes) != strlen(asked->value) ||
			 strlen(asked->value) >= sizeof(((HwRequest *) NULL)->project)))
			return false;
		if (asked->param->place == HW_IN_HEADER && !is_header(asked->value))
			return false;
	}
	return true;
}

/* A header has the value without blanks around it. */
static void
require_header(const HwRequest *request, const char *name, const char *value)
{
	const char *got = hw_request_find(request, name);
	size_t		length;

	value += strspn(value, " \t");
	length = strlen(value);
	while (length > 0 && strchr(" \t", value[length - 1]))
		length--;
	require(got && strlen(got) == length && strncmp(got, value, length) == 0,
			"header %s became \"%s\"", name, got ? got : "nothing");
}

static void
require_request(const FuzzTable *which, const HwRequest *request,
				const HwBase *base, const HwAsked *asked, HwCursor cursor,
				const char *scope_id)
{
	char		path[8192];
	char	   *out = path;
	HwPair		pairs[32];
	int			npairs = 0;
	char		numbers[2][24];

	out = stpcpy(out, base->prefix);
	for (const char *p = which->api->path; *p; p++)
	{
		char		name[64];

		if (*p != '{')
		{
			*out++ = *p;
			continue;
		}
		require(sscanf(p, "{%63[^}]}", name) == 1, "path %s",
				which->api->path);
		out = stpcpy(out, value_of(asked, name));
		p = strchr(p, '}');
	}
	*out = '\0';
	for (const HwAsked *a = asked; a->param; a++)
	{
		if (a->param->place == HW_IN_QUERY)
			pairs[npairs++] = (HwPair) {a->param->name, a->value};
		else if (a->param->place == HW_IN_HEADER)
			require_header(request, a->param->name, a->value);
	}
	if (cursor.limit > 0)
	{
		snprintf(numbers[0], sizeof(numbers[0]), "%ld", cursor.offset);
		snprintf(numbers[1], sizeof(numbers[1]), "%d", cursor.limit);
		pairs[npairs++] = (HwPair) {which->api->paging.offset, numbers[0]};
		pairs[npairs++] = (HwPair) {which->api->paging.limit, numbers[1]};
	}
	if (scope_id[0])
		require_header(request, which->service->scope == HW_PROJECT_SCOPE ?
					   "X-Project-Id" : "X-Domain-Id", scope_id);
	require_url(request, base, path, pairs, npairs);
	require_headers(request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	FuzzTable	which;
	HwBase		base;
	const char *reason;
	HwAsked		asked[FUZZ_LINES_MAX + 1] = {{0}};
	int			nasked = 0;
	HwCursor	cursor = {0};
	HwRequest	request;
	HwStatus	status;
	bool		has_path = true;

	fuzz_lines(data, size, &lines);
	which = fuzz_table((unsigned char) fuzz_line(&lines, 0)[0]);
	if (which.api->paging.style == HW_OFFSET && lines.count > 0 &&
		lines.length[0] > 0)
		(void) sscanf(lines.text[0] + 1, "%9ld %9d", &cursor.offset,
					  &cursor.limit);
	for (const HwParam *param = which.api->params; param && param->name;
		 param++)
	{
		const char *value = fuzz_line(&lines, nasked + 2);

		asked[nasked++] = (HwAsked) {param, value};
		has_path &= param->place != HW_IN_PATH ||
			(value[0] && strlen(value) < 4000);
	}
	require(hw_url_base("https://hss.example.com:8443/api%20x", &base,
						&reason), "%s", reason);
	hw_request_init(&request, "GET");
	if (has_path)
	{
		bool		is_asked = hw_ask(which.service, which.api, &base, asked,
									  fuzz_line(&lines, 1), cursor, &request,
									  &status);

		require(is_asked == can_be_asked(asked, fuzz_line(&lines, 1)),
				"was %sasked: %s", is_asked ? "" : "not ",
				is_asked ? "" : status.text);
		if (is_asked)
			require_request(&which, &request, &base, asked, cursor,
							fuzz_line(&lines, 1));
	}
	hw_request_free(&request);
	fuzz_lines_free(&lines);
	return 0;
}
