/*-------------------------------------------------------------------------
 *
 * fuzz_sign.c
 *	  Signatures against a second computation, step by step as documented.
 *
 * Lines: key; secret; date; method; base URL; path; body; then kind, name and
 * value: q of the query, h of a signed header, u of an unsigned one.  (API
 * Request Signing Guide, "Creating a Canonical Request".)
 *
 *-------------------------------------------------------------------------
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sign.h"
#include "fuzz.h"

/* Text that only grows; a plain stand-in for HwText. */
typedef struct Out
{
	char		text[65536];
	size_t		length;
} Out;

static Out	canonical;
static Out	names;

static void
put(Out *out, const char *text)
{
	size_t		length = strlen(text);

	require(out->length + length < sizeof(out->text), "too long");
	memcpy(out->text + out->length, text, length + 1);
	out->length += length;
}

static void
put_escaped(Out *out, const char *text, const char *kept)
{
	for (; *text; text++)
	{
		char		three[4] = {*text};

		if (!strchr("-_.~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789", *text) && !strchr(kept, *text))
			snprintf(three, sizeof(three), "%%%02X", (unsigned char) *text);
		put(out, three);
	}
}

static void
hex_of(const unsigned char *bytes, char hex[65])
{
	for (int i = 0; i < 32; i++)
		sprintf(hex + 2 * i, "%02x", bytes[i]);
}

static void
sha256(const char *data, size_t length, char hex[65])
{
	unsigned char bytes[32];
	size_t		count;

	require(EVP_Q_digest(NULL, "SHA256", NULL, data, length, bytes, &count),
			"SHA256");
	hex_of(bytes, hex);
}

static void
hmac(const char *key, const char *data, char hex[65])
{
	unsigned char bytes[64];
	size_t		count = 0;

	/* A key of no bytes, but not no key. */
	require(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key, strlen(key),
					  (const unsigned char *) data, strlen(data), bytes,
					  sizeof(bytes), &count) != NULL && count == 32, "HMAC");
	hex_of(bytes, hex);
}

typedef struct Header
{
	char		name[1000];		/* lower case */
	char		value[1000];
} Header;

static int
compare_headers(const void *a, const void *b)
{
	return strcmp(((const Header *) a)->name, ((const Header *) b)->name);
}

static int
compare_pairs(const void *a, const void *b)
{
	const HwPair *const *x = a;
	const HwPair *const *y = b;
	int			order = strcmp((*x)->name, (*y)->name);

	return order ? order : strcmp((*x)->value, (*y)->value);
}

static Header headers[HW_REQUEST_HEADERS_MAX + 1];

static int
list_headers(const HwRequest *request)
{
	int			count = 0;

	if (request->host[0])
	{
		strcpy(headers[count].name, "host");
		strcpy(headers[count++].value, request->host);
	}
	for (int i = 0; i < request->nheaders; i++)
	{
		Header	   *h = &headers[count];
		bool		is_ours;

		snprintf(h->name, sizeof(h->name), "%s", request->headers[i].name);
		for (char *p = h->name; *p; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p += 'a' - 'A';
		snprintf(h->value, sizeof(h->value), "%s", request->headers[i].value);
		is_ours = strcmp(h->name, "x-sdk-date") == 0 ||
			strcmp(h->name, "x-sdk-content-sha256") == 0;
		if (is_ours || (request->headers[i].is_signed &&
						strncmp(h->name, "content-type", 12) != 0 &&
						!strchr(h->name, '_') &&
						strcmp(h->name, "authorization") != 0 &&
						!(strcmp(h->name, "host") == 0 && request->host[0])))
			count++;
	}
	qsort(headers, (size_t) count, sizeof(headers[0]), compare_headers);
	return count;
}

static void
write_canonical(const HwRequest *request, const char *path,
				const HwPair **pairs, int npairs)
{
	int			count = list_headers(request);
	const char *payload = hw_request_find(request, "x-sdk-content-sha256");
	char		hex[65];

	canonical.length = names.length = 0;
	names.text[0] = '\0';
	put(&canonical, request->method);
	put(&canonical, "\n");
	put_escaped(&canonical, path, "/");
	if (canonical.text[canonical.length - 1] != '/')
		put(&canonical, "/");
	put(&canonical, "\n");
	qsort(pairs, (size_t) npairs, sizeof(pairs[0]), compare_pairs);
	for (int i = 0; i < npairs; i++)
	{
		put(&canonical, i ? "&" : "");
		put_escaped(&canonical, pairs[i]->name, "");
		put(&canonical, "=");
		put_escaped(&canonical, pairs[i]->value, "");
	}
	put(&canonical, "\n");
	for (int i = 0; i < count; i++)
	{
		put(&names, i ? ";" : "");
		put(&names, headers[i].name);
		put(&canonical, headers[i].name);
		put(&canonical, ":");
		put(&canonical, headers[i].value);
		put(&canonical, "\n");
	}
	put(&canonical, "\n");
	put(&canonical, names.text);
	put(&canonical, "\n");
	sha256(hw_text_string(&request->body), request->body.length, hex);
	put(&canonical, payload ? payload : hex);
}

static void
require_signature(const HwRequest *request, const char *key,
				  const char *secret, const char *date)
{
	HwText		got;
	HwText		got_canonical;
	HwStatus	status;
	char		hex[65];
	char		to_sign[1200];
	static char expected[80000];

	hw_text_init(&got, 0);
	hw_text_init(&got_canonical, 0);
	require(hw_sign(request, key, secret, &got, &got_canonical, &status),
			"no signature: %s", status.text);
	require(strcmp(hw_text_string(&got_canonical), canonical.text) == 0,
			"canonical request:\n%s\nnot:\n%s", got_canonical.data,
			canonical.text);
	sha256(canonical.text, canonical.length, hex);
	snprintf(to_sign, sizeof(to_sign), "SDK-HMAC-SHA256\n%s\n%s", date, hex);
	hmac(secret, to_sign, hex);
	snprintf(expected, sizeof(expected),
			 "SDK-HMAC-SHA256 Access=%s, SignedHeaders=%s, Signature=%s", key,
			 names.text, hex);
	require(strcmp(hw_text_string(&got), expected) == 0, "%s\nnot:\n%s",
			got.data, expected);
	hw_text_free(&got);
	hw_text_free(&got_canonical);
}

static void
check(const FuzzLines *lines, const HwBase *base)
{
	HwPair		pairs[FUZZ_LINES_MAX];
	const HwPair *sorted[FUZZ_LINES_MAX];
	int			npairs = 0;
	HwRequest	request;
	HwStatus	status;
	HwText		path;
	const char *date;

	hw_request_init(&request, fuzz_line(lines, 3));
	hw_text_init(&path, 0);
	hw_text_printf(&path, "%s%s", base->prefix, fuzz_line(lines, 5));
	hw_request_target(&request, base, fuzz_line(lines, 5), &status);
	if (lines->count > 6)
		hw_text_append(&request.body, lines->text[6], lines->length[6]);
	hw_request_header(&request, "X-Sdk-Date", fuzz_line(lines, 2), true,
					  &status);
	for (int i = 7; i + 2 < lines->count; i += 3)
	{
		if (lines->text[i][0] == 'q')
		{
			pairs[npairs].name = lines->text[i + 1];
			pairs[npairs++].value = lines->text[i + 2];
		}
		else
			(void) hw_request_header(&request, lines->text[i + 1],
									 lines->text[i + 2],
									 lines->text[i][0] == 'h', &status);
	}
	for (int i = 0; i < npairs; i++)
		sorted[i] = &pairs[i];
	date = hw_request_find(&request, "x-sdk-date");
	if (date)
	{
		write_canonical(&request, path.length ? path.data : "/", sorted,
						npairs);
		/* Sorts in place, so only now. */
		require(hw_url_query(&request.query, pairs, npairs), "no query");
		require_signature(&request, fuzz_line(lines, 0), fuzz_line(lines, 1),
						  date);
	}
	else
	{
		HwText		ignored;

		hw_text_init(&ignored, 0);
		require(!hw_sign(&request, "a", "b", &ignored, NULL, &status),
				"signed without a date");
		hw_text_free(&ignored);
	}
	hw_text_free(&path);
	hw_request_free(&request);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	HwBase		base;
	const char *reason;

	/* Within what the plain buffers hold. */
	if (size > 900)
		return 0;
	fuzz_lines(data, size, &lines);
	if (hw_url_base(fuzz_line(&lines, 4), &base, &reason))
		check(&lines, &base);
	fuzz_lines_free(&lines);
	return 0;
}
