/*-------------------------------------------------------------------------
 *
 * fuzz_url.c
 *	  Base URLs, and what is built from them.
 *
 * Lines: a base URL; a path behind it; then names and values of parameters.
 * What is accepted as a base and written out again is the same base, and
 * libcurl, the only reader that counts, sees the parts that went in.
 *
 *-------------------------------------------------------------------------
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "core/address.h"
#include "core/url.h"
#include "fuzz.h"
#include "wire.h"

static void
require_base(const HwBase *base)
{
	size_t		length = strlen(base->prefix);

	require(base->host[0] && base->name[0], "a base without a host");
	for (const char *p = base->host; *p; p++)
		require(strchr("abcdefghijklmnopqrstuvwxyz0123456789-._[]:", *p),
				"host \"%s\"", base->host);
	require(fuzz_is_utf8(base->prefix, length), "a prefix not UTF-8");
	require(length == 0 || (base->prefix[0] == '/' &&
							base->prefix[length - 1] != '/'),
			"prefix \"%s\"", base->prefix);
	for (const unsigned char *p = (const unsigned char *) base->prefix; *p;
		 p++)
		require(*p >= 0x20 && *p != 0x7f && *p != '\\', "prefix \"%s\"",
				base->prefix);
	if (strcmp(base->name, "localhost") != 0)
		require(base->is_loopback ==
				(hw_address_network_text(base->name) == HW_NETWORK_LOOPBACK),
				"\"%s\" is %sthis machine", base->name,
				base->is_loopback ? "" : "not ");
}

/* Written out and read again, it is the same. */
static void
require_round_trip(const HwBase *base)
{
	HwText		url;
	HwBase		again;
	const char *reason;

	hw_text_init(&url, 0);
	hw_text_puts(&url, base->is_https ? "https://" : "http://");
	hw_text_puts(&url, base->host);
	hw_url_path(&url, base->prefix);
	require(hw_url_base(url.data, &again, &reason), "%s: %s", url.data,
			reason);
	require(again.is_https == base->is_https &&
			again.is_loopback == base->is_loopback &&
			strcmp(again.host, base->host) == 0 &&
			strcmp(again.name, base->name) == 0 &&
			strcmp(again.prefix, base->prefix) == 0, "%s is another base",
			url.data);
	hw_text_free(&url);
}

static void
check_request(const HwBase *base, const FuzzLines *lines)
{
	HwPair		pairs[FUZZ_LINES_MAX];
	int			npairs = 0;
	HwRequest	request;
	HwStatus	status;
	HwText		path;

	for (int i = 2; i < lines->count; i += 2)
	{
		pairs[npairs].name = lines->text[i];
		pairs[npairs++].value = fuzz_line(lines, i + 1);
	}
	hw_text_init(&path, 0);
	hw_text_printf(&path, "%s/%s", base->prefix, fuzz_line(lines, 1));
	hw_request_init(&request, "GET");
	require(hw_request_target(&request, base, path.data + strlen(base->prefix),
							  &status), "no target");
	require(hw_url_query(&request.query, pairs, npairs), "no query");
	for (int i = 1; i < npairs; i++)
		require(strcmp(pairs[i - 1].name, pairs[i].name) < 0 ||
				(strcmp(pairs[i - 1].name, pairs[i].name) == 0 &&
				 strcmp(pairs[i - 1].value, pairs[i].value) <= 0),
				"pairs are not sorted");
	require_url(&request, base, path.data, pairs, npairs);
	hw_request_free(&request);
	hw_text_free(&path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	HwBase		base;
	const char *reason = NULL;

	fuzz_lines(data, size, &lines);
	if (hw_url_base(fuzz_line(&lines, 0), &base, &reason))
	{
		require_base(&base);
		require_round_trip(&base);
		check_request(&base, &lines);
	}
	else
		require(reason && strcmp(reason, "memory ran out") != 0, "%s",
				reason ? reason : "no reason");
	fuzz_lines_free(&lines);
	return 0;
}
