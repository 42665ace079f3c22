/*-------------------------------------------------------------------------
 *
 * wire.c
 *	  What libcurl makes of a URL that was built here.
 *
 *-------------------------------------------------------------------------
 */
#include "wire.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static char *
part(CURLU *handle, CURLUPart what, unsigned flags)
{
	char	   *text = NULL;

	(void) curl_url_get(handle, what, &text, flags);
	return text;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Every pair is there, none twice, in whatever order. */
static void
require_query(char *query, const HwPair *pairs, int npairs)
{
	char	   *got[64];
	char	   *expected[64];
	int			count = 0;

	for (char *p = query ? strtok(query, "&") : NULL; p; p = strtok(NULL, "&"))
	{
		char	   *equals = strchr(p, '=');
		char	   *name;
		char	   *value;

		require(equals != NULL && count < 64, "a pair without =: %s", p);
		*equals = '\0';
		name = curl_easy_unescape(NULL, p, 0, NULL);
		value = curl_easy_unescape(NULL, equals + 1, 0, NULL);
		require(asprintf(&got[count], "%s\n%s", name, value) > 0, "asprintf");
		curl_free(name);
		curl_free(value);
		count++;
	}
	require(count == npairs, "%d pairs became %d", npairs, count);
	for (int i = 0; i < npairs; i++)
		require(asprintf(&expected[i], "%s\n%s", pairs[i].name,
						 pairs[i].value) > 0, "asprintf");
	qsort(got, (size_t) count, sizeof(char *), compare_texts);
	qsort(expected, (size_t) count, sizeof(char *), compare_texts);
	for (int i = 0; i < count; i++)
	{
		require(strcmp(got[i], expected[i]) == 0, "\"%s\" became \"%s\"",
				expected[i], got[i]);
		free(got[i]);
		free(expected[i]);
	}
}

void
require_url(const HwRequest *request, const HwBase *base,
			const char *expected_path, const HwPair *pairs, int npairs)
{
	CURLU	   *handle = curl_url();
	HwText		url;
	char	   *scheme;
	char	   *host;
	char	   *port;
	char	   *path;
	char	   *decoded;
	char	   *query;
	char		authority[300];

	hw_text_init(&url, 0);
	require(hw_request_url(request, &url), "no URL");
	require(strlen(url.data) == url.length, "a URL with a zero byte");
	for (const char *p = url.data; *p; p++)
		require(*p > 0x20 && *p < 0x7f, "a URL with odd bytes: %s", url.data);
	require(handle && curl_url_set(handle, CURLUPART_URL, url.data,
								   CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) ==
			CURLUE_OK, "libcurl refuses %s", url.data);

	scheme = part(handle, CURLUPART_SCHEME, 0);
	host = part(handle, CURLUPART_HOST, 0);
	port = part(handle, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
	path = part(handle, CURLUPART_PATH, 0);
	query = part(handle, CURLUPART_QUERY, 0);
	require(strcmp(scheme, base->is_https ? "https" : "http") == 0,
			"scheme %s", scheme);
	snprintf(authority, sizeof(authority), "%s%s%s", host, port ? ":" : "",
			 port ? port : "");
	require(strcmp(authority, base->host) == 0, "host %s became %s",
			base->host, authority);
	require(part(handle, CURLUPART_USER, 0) == NULL &&
			part(handle, CURLUPART_FRAGMENT, 0) == NULL, "too many parts: %s",
			url.data);
	decoded = curl_easy_unescape(NULL, path, 0, NULL);
	require(strcmp(decoded, expected_path) == 0, "path %s became %s",
			expected_path, decoded);
	require_query(query, pairs, npairs);

	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(decoded);
	curl_free(query);
	curl_url_cleanup(handle);
	hw_text_free(&url);
}

void
require_headers(const HwRequest *request)
{
	for (int i = 0; i < request->nheaders; i++)
	{
		const char *name = request->headers[i].name;
		const char *value = request->headers[i].value;
		size_t		length = strlen(value);

		for (const char *p = name; *p; p++)
			require(*p > 0x20 && *p < 0x7f && !strchr(":()<>@,;\"/[]?={}", *p),
					"a header named \"%s\"", name);
		require(name[0] != '\0', "a header without a name");
		for (const unsigned char *p = (const unsigned char *) value; *p; p++)
			require(*p >= 0x20 && *p != 0x7f, "header \"%s\" has byte %d",
					name, *p);
		require(length == 0 || (!strchr(" \t", value[0]) &&
								!strchr(" \t", value[length - 1])),
				"header \"%s\" has blanks around", name);
		for (int j = 0; j < i; j++)
			require(strcasecmp(name, request->headers[j].name) != 0,
					"header \"%s\" is there twice", name);
	}
}
