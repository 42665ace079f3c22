/*-------------------------------------------------------------------------
 *
 * test_url.c
 *	  Escapes, canonical paths and queries, base URLs.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "core/url.h"
#include "tap.h"

static void
test_escape(void)
{
	static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789-_.~";
	HwText		text;
	int			c;
	int			nwrong = 0;

	hw_text_init(&text, 0);
	for (c = 0; c < 256; c++)
	{
		char		byte = (char) c;
		char		expected[4];

		hw_text_reset(&text);
		hw_url_escape(&text, &byte, 1);
		if (c && strchr(kept, c))
			snprintf(expected, sizeof(expected), "%c", c);
		else
			snprintf(expected, sizeof(expected), "%%%02X", c);
		if (strcmp(text.data, expected) != 0)
			nwrong++;
	}
	is_int(nwrong, 0, "each byte is escaped or kept");

	hw_text_reset(&text);
	hw_url_escape(&text, "a b%20\xe5\x80\xbc/+c", 12);
	is_string(text.data, "a%20b%2520%E5%80%BC%2F%2Bc", "a mixed text");
	hw_text_reset(&text);
	hw_url_escape(&text, "", 0);
	is_string(hw_text_string(&text), "", "an empty text");
	hw_text_free(&text);
}

static void
is_path(const char *path, const char *expected)
{
	HwText		text;

	hw_text_init(&text, 0);
	hw_url_path(&text, path);
	is_string(hw_text_string(&text), expected, "path \"%s\"", path);
	hw_text_free(&text);
}

static void
test_path(void)
{
	is_path("", "/");
	is_path("/", "/");
	is_path("/v2/a-b_c.d~e", "/v2/a-b_c.d~e");
	is_path("/v5//x/", "/v5//x/");
	is_path("/a b/100%/*@:,=", "/a%20b/100%25/%2A%40%3A%2C%3D");
}

static void
test_query(void)
{
	HwPair		pairs[] = {
		{"offset", "0"}, {"a:", "1"}, {"a0", "2"}, {"k", "b"}, {"k", ""},
		{"k", "A"}, {"\xd0\xba", "&="}, {"B", "\xf0\x9f\x98\x80"},
	};
	HwText		text;

	hw_text_init(&text, 0);
	ok(hw_url_query(&text, pairs, 8), "a query");
	is_string(text.data, "B=%F0%9F%98%80&a0=2&a%3A=1&k=&k=A&k=b&offset=0"
			  "&%D0%BA=%26%3D", "is sorted before it is escaped");
	hw_text_reset(&text);
	ok(hw_url_query(&text, NULL, 0), "no pairs");
	is_string(hw_text_string(&text), "", "make an empty query");
	hw_text_free(&text);
}

static void
splits(const char *url, const char *host, const char *name,
	   const char *prefix, bool is_https, bool is_loopback)
{
	HwBase		base;
	const char *reason = "untouched";

	if (!ok(hw_url_base(url, &base, &reason), "%s is a base URL", url))
	{
		diag("%s", reason);
		return;
	}
	ok(reason == NULL, "without a reason");
	is_string(base.host, host, "host of %s", url);
	is_string(base.name, name, "name of %s", url);
	is_string(base.prefix, prefix, "prefix of %s", url);
	ok(base.is_https == is_https, "scheme of %s", url);
	ok(base.is_loopback == is_loopback, "loopback of %s", url);
}

static void
refuses(const char *url, const char *expected)
{
	HwBase		base;
	const char *reason = NULL;
	bool		result = hw_url_base(url, &base, &reason);

	is_string(result ? "accepted" : reason, expected, "refuses %.60s", url);
}

static void
test_base(void)
{
	char		url[2000];
	char		label[300];

	splits("https://bss-intl.myhuaweicloud.com", "bss-intl.myhuaweicloud.com",
		   "bss-intl.myhuaweicloud.com", "", true, false);
	splits("https://bss-intl.myhuaweicloud.com/", "bss-intl.myhuaweicloud.com",
		   "bss-intl.myhuaweicloud.com", "", true, false);
	splits("HTTPS://BSS.MyHuaweiCloud.COM:443", "bss.myhuaweicloud.com",
		   "bss.myhuaweicloud.com", "", true, false);
	splits("https://h:80", "h:80", "h", "", true, false);
	splits("http://h:80", "h", "h", "", false, false);
	splits("http://h:443/", "h:443", "h", "", false, false);
	splits("https://h:08443/", "h:8443", "h", "", true, false);
	splits("https://h:65535", "h:65535", "h", "", true, false);
	splits("https://h/a/b%20c/%E5%80%BC//", "h", "h", "/a/b c/\xe5\x80\xbc",
		   true, false);
	splits("https://h/a//b", "h", "h", "/a//b", true, false);
	splits("https://h/100%25", "h", "h", "/100%", true, false);
	splits("https://h/a@b:c", "h", "h", "/a@b:c", true, false);
	splits("https://h/.well-known/...", "h", "h", "/.well-known/...", true,
		   false);
	splits("https://xn--bcher-kva.example", "xn--bcher-kva.example",
		   "xn--bcher-kva.example", "", true, false);

	splits("http://127.0.0.1:18080", "127.0.0.1:18080", "127.0.0.1", "",
		   false, true);
	splits("http://127.255.0.9", "127.255.0.9", "127.255.0.9", "", false,
		   true);
	splits("http://128.0.0.1", "128.0.0.1", "128.0.0.1", "", false, false);
	splits("http://LocalHost:1", "localhost:1", "localhost", "", false, true);
	splits("http://[::1]:18080", "[::1]:18080", "::1", "", false, true);
	splits("http://[::FFFF:127.0.0.1]/x", "[::ffff:127.0.0.1]",
		   "::ffff:127.0.0.1", "/x", false, true);
	splits("https://[2001:DB8::1]:443", "[2001:db8::1]", "2001:db8::1", "",
		   true, false);
	splits("http://[::2]", "[::2]", "::2", "", false, false);
	splits("http://[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]",
		   "::ffff:10.0.0.1", "", false, false);
	splits("http://[2001:db8::7f00:1]", "[2001:db8::7f00:1]",
		   "2001:db8::7f00:1", "", false, false);
	splits("http://127.0.0.1.example.com", "127.0.0.1.example.com",
		   "127.0.0.1.example.com", "", false, false);
	splits("http://localhost.example.com", "localhost.example.com",
		   "localhost.example.com", "", false, false);

	refuses("", "it is empty");
	refuses("bss-intl.myhuaweicloud.com", "it has no scheme");
	refuses("//host", "it has no scheme");
	refuses("https:/host", "it has no scheme");
	refuses("ftp://host", "its scheme is neither https nor http");
	refuses("httpss://host", "its scheme is neither https nor http");
	refuses("://host", "its scheme is neither https nor http");
	refuses("file:///etc/passwd", "its scheme is neither https nor http");
	refuses("https://", "it has no host");
	refuses("https:///path", "it has no host");
	refuses("https://:443", "it has no host");
	refuses("https://user@host", "it has a user name");
	refuses("https://user:pass@host/", "it has a user name");
	refuses("https://@host", "it has a user name");
	refuses("https://host?", "it has a query");
	refuses("https://host/?a=b", "it has a query");
	refuses("https://host/#", "it has a fragment");
	refuses("https://host/a b", "it has blanks");
	refuses(" https://host", "it has blanks");
	refuses("https://host\n", "it has control characters");
	refuses("https://host\r\nX: y", "it has control characters");
	refuses("https://ho\tst", "it has control characters");
	refuses("https://host\x7f", "it has control characters");
	refuses("https://host\\@other", "it has a backslash");
	refuses("https://b\xc3\xbc" "cher.example",
			"it has characters outside ASCII");
	refuses("https://host/\xe5\x80\xbc", "it has characters outside ASCII");
	refuses("https://h%6fst", "its host is malformed");
	refuses("https://[fe80::1%25eth0]", "its host is malformed");
	refuses("https://..", "its host is malformed");
	refuses("https://.host", "its host is malformed");
	refuses("https://a..b", "its host is malformed");
	refuses("https://.", "its host is malformed");
	refuses("https://host..", "its host is malformed");
	refuses("https://host..:443/x", "its host is malformed");
	refuses("https://host:0", "its port is not a number from 1 to 65535");
	refuses("https://host:65536", "its port is not a number from 1 to 65535");
	refuses("https://host:80x", "its port is not a number from 1 to 65535");
	refuses("https://host:99999999999999999999",
			"its port is not a number from 1 to 65535");
	refuses("https://host/../x", "its path has dot segments");
	refuses("https://host/a/.", "its path has dot segments");
	refuses("https://host/%2e%2E/x", "its path has dot segments");
	refuses("https://host/a%2Fb", "its path has an escape that cannot be sent");
	refuses("https://host/a%5Cb", "its path has an escape that cannot be sent");
	refuses("https://host/a%00b", "its path has an escape that cannot be sent");
	refuses("https://host/a%0Ab", "its path has an escape that cannot be sent");
	refuses("https://host/a%zz", "its path has a malformed escape");
	refuses("https://host/a%4", "its path has a malformed escape");
	refuses("https://host/a%", "its path has a malformed escape");
	refuses("https://host/%ff",
			"its path has escapes that are no valid UTF-8");

	/* libcurl's own verdicts, whose words are no matter. */
	{
		static const char *const malformed[] = {
			"https://[::1", "https://[]", "https://[", "https://[::1]x",
			"https://[12345::1]", "https://[::g]", "https://ho[st",
			"https://a,b", "https://ho!st", "https://<host>", "https://h:1:2", NULL
		};
		int			i;

		for (i = 0; malformed[i]; i++)
		{
			HwBase		base;
			const char *reason = NULL;

			ok(!hw_url_base(malformed[i], &base, &reason) && reason,
			   "refuses %s", malformed[i]);
		}
	}

	memset(label, 'a', sizeof(label));
	snprintf(url, sizeof(url), "https://%.253s:12345", label);
	ok(hw_url_base(url, &(HwBase) {0}, &(const char *) {NULL}),
	   "the longest host");
	snprintf(url, sizeof(url), "https://%.254s", label);
	refuses(url, "its host is too long");
	snprintf(url, sizeof(url), "https://host/%01022d", 0);
	ok(hw_url_base(url, &(HwBase) {0}, &(const char *) {NULL}),
	   "the longest path");
	snprintf(url, sizeof(url), "https://host/%01023d", 0);
	refuses(url, "its path is too long");
}

static bool
build(void *arg)
{
	HwPair		pairs[] = {{"name", "\xe5\x80\xbc"}, {"a", ""}};
	HwText		text;
	bool		result = true;
	int			i;

	(void) arg;
	hw_text_init(&text, 0);
	for (i = 0; i < 100; i++)
		result = hw_url_path(&text, "/a b/c") &&
			hw_url_query(&text, pairs, 2) && result;
	hw_text_free(&text);
	return result;
}

int
main(void)
{
	test_escape();
	test_path();
	test_query();
	test_base();
	alloc_torture(build, NULL, "url");
	return done();
}
