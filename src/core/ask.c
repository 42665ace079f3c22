/*-------------------------------------------------------------------------
 *
 * ask.c
 *	  The request of one API for given values and a place in its list.
 *
 *-------------------------------------------------------------------------
 */
#include "core/ask.h"

#include <stdio.h>
#include <string.h>

/* More than the params of any API, with offset and limit. */
#define PAIRS_MAX 32

/* The gateway refuses URIs above 32 kB (API Gateway, Error Codes). */
#define PATH_BYTES_MAX 4096

static const char *
value_of(const HwAsked *asked, const char *name, size_t length)
{
	for (; asked->param; asked++)
	{
		if (strncmp(asked->param->name, name, length) == 0 &&
			asked->param->name[length] == '\0')
			return asked->value;
	}
	return NULL;
}

/* Replaces each {param} of the template. */
static bool
fill_path(const HwApi *api, const HwAsked *asked, HwText *path,
		  HwStatus *status)
{
	const char *p = api->path;

	while (*p)
	{
		const char *end;
		const char *value;

		if (*p != '{')
		{
			hw_text_putc(path, *p++);
			continue;
		}
		end = strchr(p, '}');
		value = value_of(asked, p + 1, end - p - 1);
		if (value == NULL || value[0] == '\0')
			return hw_status_set(status, HW_INTERNAL,
								 "path %s lacks a value", api->path);
		if (strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != strlen(value))
			return hw_status_set(status, HW_BAD_REQUEST,
								 "\"%s\" cannot be part of a path", value);
		hw_text_puts(path, value);
		p = end + 1;
	}
	if (path->has_failed)
		return hw_status_set(status, HW_BAD_REQUEST, "the path is too long");
	return true;
}

static bool
fill_query(const HwApi *api, const HwAsked *asked, HwCursor cursor,
		   HwRequest *request, HwStatus *status)
{
	HwPair		pairs[PAIRS_MAX];
	int			npairs = 0;
	char		offset[24];
	char		limit[16];

	for (; asked->param; asked++)
	{
		if (asked->param->place != HW_IN_QUERY)
			continue;
		if (npairs == PAIRS_MAX - 2)
			return hw_status_set(status, HW_INTERNAL, "too many parameters");
		pairs[npairs].name = asked->param->name;
		pairs[npairs++].value = asked->value;
	}
	if (cursor.limit > 0)
	{
		snprintf(offset, sizeof(offset), "%ld", cursor.offset);
		snprintf(limit, sizeof(limit), "%d", cursor.limit);
		pairs[npairs].name = api->paging.offset;
		pairs[npairs++].value = offset;
		pairs[npairs].name = api->paging.limit;
		pairs[npairs++].value = limit;
	}
	if (!hw_url_query(&request->query, pairs, npairs))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

/* The project that the path names is the one whose token is needed. */
static bool
set_project(const HwAsked *asked, HwRequest *request, HwStatus *status)
{
	const char *project = "";
	size_t		length;

	for (; asked->param; asked++)
	{
		if (asked->param->place == HW_IN_PATH)
			project = asked->value;
	}
	length = strlen(project);
	if (length >= sizeof(request->project))
		return hw_status_set(status, HW_BAD_REQUEST,
							 "the project's ID is too long");
	memcpy(request->project, project, length + 1);
	return true;
}

bool
hw_ask(const HwService *service, const HwApi *api, const HwBase *base,
	   const HwAsked *asked, const char *scope_id, HwCursor cursor,
	   HwRequest *request, HwStatus *status)
{
	HwText		path;
	bool		done;

	hw_text_init(&path, PATH_BYTES_MAX);
	request->method = api->method == HW_POST ? "POST" : "GET";
	done = fill_path(api, asked, &path, status) &&
		hw_request_target(request, base, hw_text_string(&path), status) &&
		fill_query(api, asked, cursor, request, status) &&
		hw_request_header(request, "Content-Type", "application/json", false,
						  status);
	hw_text_free(&path);
	if (done && service->scope == HW_PROJECT_SCOPE)
		done = set_project(asked, request, status);
	if (done && scope_id && scope_id[0])
		done = hw_request_header(request,
								 service->scope == HW_PROJECT_SCOPE ?
								 "X-Project-Id" : "X-Domain-Id",
								 scope_id, true, status);
	for (; done && asked->param; asked++)
	{
		if (asked->param->place == HW_IN_HEADER)
			done = hw_request_header(request, asked->param->name,
									 asked->value, true, status);
	}
	return done;
}
