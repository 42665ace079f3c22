/*-------------------------------------------------------------------------
 *
 * request.c
 *	  One HTTP request, before authentication.
 *
 * Headers may hold tokens, so their values are overwritten when they go.
 *
 *-------------------------------------------------------------------------
 */
#include "core/request.h"

#include <stdlib.h>
#include <string.h>

static int	find_header(const HwRequest *request, const char *name);
static bool is_token(const char *name);
static char *copy(const char *text, size_t length);
static void discard(char *text);

void
hw_request_init(HwRequest *request, const char *method)
{
	memset(request, 0, sizeof(*request));
	request->method = method;
	hw_text_init(&request->path, 0);
	hw_text_init(&request->query, 0);
	hw_text_init(&request->body, 0);
}

void
hw_request_free(HwRequest *request)
{
	int			i;

	for (i = 0; i < request->nheaders; i++)
	{
		free(request->headers[i].name);
		discard(request->headers[i].value);
	}
	request->nheaders = 0;
	hw_text_free(&request->path);
	hw_text_free(&request->query);
	hw_text_wipe(&request->body);	/* a password, when it asks for a token */
}

bool
hw_request_header(HwRequest *request, const char *name, const char *value,
				  bool is_signed, HwStatus *status)
{
	int			at = find_header(request, name);
	size_t		length;
	size_t		i;
	HwHeader	header;

	if (!is_token(name))
		return hw_status_set(status, HW_INTERNAL,
							 "\"%s\" cannot be the name of a header", name);
	value += strspn(value, " \t");
	length = strlen(value);
	while (length > 0 && strchr(" \t", value[length - 1]))
		length--;
	for (i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char) value[i];

		/* The value may be a secret: it must not be told. */
		if (c < 0x20 || c == 0x7f)
			return hw_status_set(status, HW_BAD_VALUE,
								 "header \"%s\" has control characters",
								 name);
	}
	if (at < 0 && request->nheaders == HW_REQUEST_HEADERS_MAX)
		return hw_status_set(status, HW_INTERNAL,
							 "no place for header \"%s\"", name);

	header.name = copy(name, strlen(name));
	header.value = copy(value, length);
	header.is_signed = is_signed;
	if (header.name == NULL || header.value == NULL)
	{
		free(header.name);
		discard(header.value);
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	}
	if (at < 0)
		at = request->nheaders++;
	else
	{
		free(request->headers[at].name);
		discard(request->headers[at].value);
	}
	request->headers[at] = header;
	return true;
}

const char *
hw_request_find(const HwRequest *request, const char *name)
{
	int			at = find_header(request, name);

	return at < 0 ? NULL : request->headers[at].value;
}

bool
hw_request_target(HwRequest *request, const HwBase *base, const char *path,
				  HwStatus *status)
{
	_Static_assert(sizeof(request->host) == sizeof(base->host),
				   "a base's host must fit");

	request->is_https = base->is_https;
	request->is_loopback = base->is_loopback;
	memcpy(request->host, base->host, sizeof(request->host));
	hw_text_reset(&request->path);
	hw_text_puts(&request->path, base->prefix);
	if (!hw_text_puts(&request->path, path))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

bool
hw_request_url(const HwRequest *request, HwText *out)
{
	hw_text_puts(out, request->is_https ? "https://" : "http://");
	hw_text_puts(out, request->host);
	hw_url_path(out, hw_text_string(&request->path));
	if (request->query.length > 0)
	{
		hw_text_putc(out, '?');
		hw_text_append(out, request->query.data, request->query.length);
	}
	return !out->has_failed;
}

/*
 * Line ends part the pieces: no method, URL or header has one, and the body
 * comes last.  Headers stand in the order they were set.
 */
bool
hw_request_key(const HwRequest *request, HwText *out)
{
	int			i;

	hw_text_puts(out, request->method);
	hw_text_putc(out, ' ');
	hw_request_url(request, out);
	hw_text_putc(out, '\n');
	for (i = 0; i < request->nheaders; i++)
	{
		hw_text_puts(out, request->headers[i].name);
		hw_text_putc(out, ':');
		hw_text_puts(out, request->headers[i].value);
		hw_text_putc(out, '\n');
	}
	hw_text_putc(out, '\n');
	return hw_text_append(out, hw_text_string(&request->body),
						  request->body.length);
}

static int
find_header(const HwRequest *request, const char *name)
{
	int			i;

	for (i = 0; i < request->nheaders; i++)
	{
		if (hw_text_compare(request->headers[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* RFC 9110, section 5.6.2. */
static bool
is_token(const char *name)
{
	return *name != '\0' &&
		name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
					"!#$%&'*+-.^_`|~")] == '\0';
}

static char *
copy(const char *text, size_t length)
{
	char	   *result = malloc(length + 1);

	if (result == NULL)
		return NULL;
	memcpy(result, text, length);
	result[length] = '\0';
	return result;
}

static void
discard(char *text)
{
	if (text)
		hw_text_cleanse(text, strlen(text));
	free(text);
}
