/*-------------------------------------------------------------------------
 *
 * verdict.c
 *	  What an HTTP status and a body mean.
 *
 * Sources: the error sections of the documents in the catalogue; API Gateway,
 * Error Codes; IAM API Reference, Obtaining a User Token.
 *
 *-------------------------------------------------------------------------
 */
#include "core/verdict.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Objects nested deeper than this are not searched for a code. */
#define SEARCH_DEPTH_MAX 4

static const char *const code_names[] = {
	"error_code", "errorCode", "code", NULL
};
static const char *const text_names[] = {
	"error_msg", "errorMsg", "error_description", "message", "error_message",
	"title", NULL
};

/*
 * Codes that mean something else than their HTTP status says.  The prefix
 * before the dot is compared as well, but for APIG and APIGW, which are two
 * names of one gateway.
 */
static const struct
{
	const char *code;
	HwKind		kind;
}			known_codes[] = {
	{"APIGW.0307", HW_TOKEN_EXPIRED},
	{"APIGW.0308", HW_THROTTLED},
	{"APIGW.0101", HW_NOT_FOUND},
	{"CBC.0100", HW_BAD_REQUEST},
	{"CBC.0101", HW_BAD_REQUEST},
	{"CBC.0150", HW_WRONG_SITE},
	{"CBC.0156", HW_WRONG_SITE},
	{"CBC.0151", HW_DENIED},
	{"CBC.0155", HW_DENIED},
	{"CBC.0154", HW_TOKEN_EXPIRED},
	{"CBC.0250", HW_THROTTLED},
	{"CBC.99007197", HW_THROTTLED},
	{"HSS.0010", HW_DENIED},
	{"HSS.0013", HW_DENIED},
	{"00000010", HW_DENIED},
	{"00000013", HW_DENIED},
	{NULL, HW_OK}
};

/* Texts that split code 0301, in lower case; the first that is found counts. */
static const struct
{
	const char *part;
	HwKind		kind;
}			known_texts[] = {
	{"failed to reach the limit", HW_LOCKED_OUT},
	{"signature expired", HW_CLOCK_WRONG},
	{"token must be updated", HW_TOKEN_EXPIRED},
	{"token expires", HW_TOKEN_EXPIRED},
	{"token expired", HW_TOKEN_EXPIRED},
	{"token is expired", HW_TOKEN_EXPIRED},
	{"decrypt token fail", HW_TOKEN_EXPIRED},
	{"x-auth-token not found", HW_TOKEN_EXPIRED},
	{NULL, HW_OK}
};

static const HwNode *
find_first(const HwNode *object, const char *const *names)
{
	for (; *names; names++)
	{
		const HwNode *node = hw_json_find(object, *names);
		const char *text = node ? hw_json_text(node) : NULL;

		if (text && text[0])
			return node;
	}
	return NULL;
}

/*
 * The object that holds one of the names: the reply, its "error", or another
 * one inside.
 */
static const HwNode *
find_holder(const HwNode *object, const char *const *names, int depth)
{
	const HwNode *error = NULL;
	const HwNode *found = NULL;

	if (hw_json_kind(object) != HW_NODE_OBJECT || depth > SEARCH_DEPTH_MAX)
		return NULL;
	if (find_first(object, names))
		return object;
	error = hw_json_find(object, "error");
	if (error)
		found = find_holder(error, names, depth + 1);
	for (const HwNode *inner = hw_json_child(object); inner && !found;
		 inner = hw_json_next(inner))
	{
		if (inner != error)
			found = find_holder(inner, names, depth + 1);
	}
	return found;
}

/* Whether text begins with part, which is in lower case, in any locale. */
static bool
begins_with(const char *text, const char *part)
{
	for (; *part; text++, part++)
	{
		char		c = *text;

		if (c >= 'A' && c <= 'Z')
			c = (char) (c - 'A' + 'a');
		if (c != *part)
			return false;
	}
	return true;
}

/* The first such place, or NULL. */
static const char *
find_part(const char *text, const char *part)
{
	for (; *text; text++)
	{
		if (begins_with(text, part))
			return text;
	}
	return NULL;
}

static HwKind
kind_of_code(const char *code)
{
	char		gateway[64];

	if (strncmp(code, "APIG.", 5) == 0)
	{
		snprintf(gateway, sizeof(gateway), "APIGW.%s", code + 5);
		code = gateway;
	}
	for (int i = 0; known_codes[i].code; i++)
	{
		if (strcmp(known_codes[i].code, code) == 0)
			return known_codes[i].kind;
	}
	return HW_OK;
}

static HwKind
kind_of_http(int http)
{
	switch (http)
	{
		case 401:
			return HW_UNAUTHORIZED;
		case 403:
			return HW_DENIED;
		case 404:
		case 410:
			return HW_NOT_FOUND;
		case 429:
			return HW_THROTTLED;
		default:
			break;
	}
	if (http >= 500)
		return HW_SERVER_ERROR;
	return http >= 400 ? HW_BAD_REQUEST : HW_BAD_REPLY;
}

static void
judge(HwStatus *status)
{
	HwKind		by_code = kind_of_code(status->code);

	status->kind = kind_of_http(status->http);
	if (by_code != HW_OK)
		status->kind = by_code;
	if (status->http == 429)
		status->kind = HW_THROTTLED;
	else if (status->http == 401)
	{
		for (int i = 0; known_texts[i].part; i++)
		{
			if (find_part(status->text, known_texts[i].part))
			{
				status->kind = known_texts[i].kind;
				break;
			}
		}
	}
}

/* The length of a marker that stands at p as a word of its own, or 0. */
static size_t
marker_at(const char *text, const char *p)
{
	static const char *const markers[] = {
		"access=", "access key", "accesskey", "signature=", "ak:", "ak ", "ak=",
		NULL
	};
	static const char *const headers[] = {
		"x-auth-token", "x-security-token", "x-subject-token", NULL
	};

	if (p > text && isalnum((unsigned char) p[-1]))
		return 0;
	for (int i = 0; markers[i]; i++)
	{
		size_t		length = strlen(markers[i]);

		if (!begins_with(p, markers[i]))
			continue;
		/* "access key ID ..." */
		if (p[length - 1] == 'y' || p[length - 1] == 'Y')
		{
			const char *id = p + length + strspn(p + length, " _-");

			if (begins_with(id, "id") && !isalnum((unsigned char) id[2]))
				length = (size_t) (id + 2 - p);
		}
		return length;
	}
	/* "x-auth-token not found" tells nothing. */
	for (int i = 0; headers[i]; i++)
	{
		size_t		length = strlen(headers[i]);

		if (begins_with(p, headers[i]) && p[length] &&
			strchr(":=\"'", p[length]))
			return length;
	}
	return 0;
}

/*
 * A refused signature may be answered with the key and with the canonical
 * request, which holds all headers, and what stands in front of a service may
 * show the headers it got: the word behind such a marker is starred,
 * and everything behind the canonical request is cut off.  Markers are looked
 * for in a copy, since one may be what another one stars ("access key AK x").
 */
static void
mask(char *text)
{
	char		source[HW_STATUS_TEXT_MAX + 1];
	const char *canonical = find_part(text, "canonical");

	if (canonical)
	{
		char	   *rest = text + (canonical - text) + strlen("canonical");

		snprintf(rest, strlen(rest) >= 5 ? 6 : 1, " ****");
	}
	memcpy(source, text, strlen(text) + 1);
	for (const char *p = source; *p; p++)
	{
		size_t		length = marker_at(source, p);
		size_t		word;

		if (length == 0)
			continue;
		length += strspn(p + length, " :=\"'");
		word = strcspn(p + length, " ,;\"'");
		memset(text + (p - source) + length, '*', word);
	}
}

/* Code and text of one object; the words of another if it has none. */
static bool
take(const HwNode *root, HwStatus *status)
{
	const HwNode *holder = find_holder(root, code_names, 0);
	const HwNode *node;
	const char *text;

	if (holder)
	{
		text = hw_json_text(find_first(holder, code_names));
		hw_status_copy(status->code, sizeof(status->code), text, strlen(text));
	}
	if (holder == NULL || find_first(holder, text_names) == NULL)
	{
		const HwNode *other = find_holder(root, text_names, 0);

		holder = other ? other : holder;
	}
	node = holder ? find_first(holder, text_names) : NULL;
	if (node)
	{
		text = hw_json_text(node);
		hw_status_copy(status->text, sizeof(status->text), text, strlen(text));
	}
	return holder != NULL;
}

void
hw_verdict_refusal(int http, const char *body, size_t body_bytes,
				   HwStatus *status)
{
	HwStatus	ignored;
	HwJson	   *json = hw_json_parse(body, body_bytes, &ignored);

	status->http = http;
	status->code[0] = status->text[0] = '\0';
	if (json == NULL || !take(hw_json_root(json), status))
		hw_status_copy(status->text, 201, body ? body : "", body_bytes);
	judge(status);
	mask(status->text);
	hw_json_free(json);
}

bool
hw_verdict_hidden(const HwNode *root, HwStatus *status)
{
	static const char *const names[] = {"error_code", "errorCode", NULL};
	const HwNode *code = find_first(root, names);

	if (code == NULL || strcmp(hw_json_text(code), "CBC.0000") == 0)
		return true;

	take(root, status);
	status->kind = kind_of_code(status->code);
	if (status->kind == HW_OK)
		status->kind = HW_HIDDEN_FAILURE;
	mask(status->text);
	return false;
}
