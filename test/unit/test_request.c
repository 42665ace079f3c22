/*-------------------------------------------------------------------------
 *
 * test_request.c
 *	  Requests: their headers, URLs and keys.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "core/request.h"
#include "tap.h"

static void
test_headers(void)
{
	HwRequest	request;
	HwStatus	status;
	char		name[20];
	int			i;

	hw_status_clear(&status);
	hw_request_init(&request, "GET");
	ok(hw_request_find(&request, "X-Language") == NULL, "no header at first");
	ok(hw_request_header(&request, "X-Language", " \t en_US \t", true,
						 &status), "a header");
	is_string(hw_request_find(&request, "x-LANGUAGE"), "en_US",
			  "is found case-blind, without blanks around");
	is_string(request.headers[0].name, "X-Language", "keeps its name's case");
	ok(request.headers[0].is_signed, "and whether it is signed");
	ok(hw_request_header(&request, "x-language", "zh_CN", false, &status),
	   "the same header again");
	is_int(request.nheaders, 1, "replaces the first");
	is_string(hw_request_find(&request, "X-Language"), "zh_CN", "value");
	is_string(request.headers[0].name, "x-language", "name");
	ok(!request.headers[0].is_signed, "and flag");
	ok(hw_request_header(&request, "X-Note", "a  b \xe5\x80\xbc", true,
						 &status), "blanks inside, and UTF-8");
	is_string(hw_request_find(&request, "X-Note"), "a  b \xe5\x80\xbc",
			  "stay");
	ok(hw_request_header(&request, "X-Empty", "  ", true, &status) &&
	   strcmp(hw_request_find(&request, "X-Empty"), "") == 0,
	   "a value of blanks is empty");

	ok(!hw_request_header(&request, "X-Token", "SECRET\r\nX: y", true,
						  &status), "no line end in a value");
	is_int(status.kind, HW_BAD_VALUE, "is a value's fault");
	ok(strstr(status.text, "X-Token") != NULL, "names the header");
	ok(strstr(status.text, "SECRET") == NULL, "but does not tell the value");
	ok(!hw_request_header(&request, "X-A", "a\tb", true, &status), "no tab");
	ok(!hw_request_header(&request, "X-A", "a\x7f", true, &status), "no DEL");
	ok(!hw_request_header(&request, "X-Language", "a\nb", true, &status) &&
	   strcmp(hw_request_find(&request, "X-Language"), "zh_CN") == 0,
	   "a refused value replaces nothing");
	ok(!hw_request_header(&request, "", "a", true, &status) &&
	   !hw_request_header(&request, "X A", "a", true, &status) &&
	   !hw_request_header(&request, "X:", "a", true, &status) &&
	   !hw_request_header(&request, "X\n", "a", true, &status),
	   "names are tokens");
	is_int(status.kind, HW_INTERNAL, "or it is our fault");

	for (i = request.nheaders; i < HW_REQUEST_HEADERS_MAX; i++)
	{
		snprintf(name, sizeof(name), "X-%d", i);
		hw_request_header(&request, name, "v", false, &status);
	}
	is_int(request.nheaders, HW_REQUEST_HEADERS_MAX, "all places taken");
	ok(!hw_request_header(&request, "X-More", "v", true, &status),
	   "one more has no place");
	ok(hw_request_header(&request, "X-Note", "v", true, &status),
	   "but one may be replaced");
	hw_request_free(&request);
	hw_request_free(&request);
	is_int(request.nheaders, 0, "freed twice");
}

static void
add_url(const char *url, const char *path, const char *query,
		const char *expected)
{
	HwRequest	request;
	HwStatus	status;
	HwBase		base;
	const char *reason;
	HwText		text;

	hw_text_init(&text, 0);
	hw_request_init(&request, "GET");
	ok(hw_url_base(url, &base, &reason) &&
	   hw_request_target(&request, &base, "/overwritten", &status) &&
	   hw_request_target(&request, &base, path, &status) &&
	   hw_text_puts(&request.query, query) &&
	   hw_request_url(&request, &text), "a target under %s", url);
	is_string(hw_text_string(&text), expected, "its URL");
	ok(request.is_https == base.is_https &&
	   request.is_loopback == base.is_loopback &&
	   strcmp(request.host, base.host) == 0, "and its host");
	hw_text_free(&text);
	hw_request_free(&request);
}

static void
test_url(void)
{
	add_url("https://h", "/v2/x", "", "https://h/v2/x");
	add_url("http://127.0.0.1:8080/a%20b/", "/v2/x", "a=1&b=",
			"http://127.0.0.1:8080/a%20b/v2/x?a=1&b=");
	add_url("https://[::1]:1", "", "a=1", "https://[::1]:1/?a=1");
}

typedef struct Sample
{
	const char *method;
	const char *url;
	const char *path;
	const char *query;
	const char *header;
	const char *value;
	const char *body;
	bool		fails;			/* set when memory ran out */
} Sample;

static void
make_key(Sample *sample, HwText *key)
{
	HwRequest	request;
	HwStatus	status;
	HwBase		base;
	const char *reason;

	hw_request_init(&request, sample->method);
	sample->fails = !hw_url_base(sample->url, &base, &reason) ||
		!hw_request_target(&request, &base, sample->path, &status) ||
		!hw_text_puts(&request.query, sample->query) ||
		!hw_text_puts(&request.body, sample->body) ||
		!hw_request_header(&request, sample->header, sample->value, true,
						   &status) ||
		!hw_request_header(&request, "X-Other", "o", true, &status) ||
		!hw_request_header(&request, "X-Other", "p", true, &status) ||
		!hw_request_key(&request, key);
	hw_request_free(&request);
}

static void
test_key(void)
{
	static const Sample samples[] = {
		{"GET", "https://h", "/x", "a=1", "X-A", "b", "", false},
		{"POST", "https://h", "/x", "a=1", "X-A", "b", "", false},
		{"GET", "http://h", "/x", "a=1", "X-A", "b", "", false},
		{"GET", "https://h:80", "/x", "a=1", "X-A", "b", "", false},
		{"GET", "https://h", "/xx", "a=1", "X-A", "b", "", false},
		{"GET", "https://h", "/x", "a=2", "X-A", "b", "", false},
		{"GET", "https://h", "/x", "", "X-A", "b", "", false},
		{"GET", "https://h", "/x?a=1", "", "X-A", "b", "", false},
		{"GET", "https://h", "/x", "a=1", "X-B", "b", "", false},
		{"GET", "https://h", "/x", "a=1", "X-A", "c", "", false},
		{"GET", "https://h", "/x", "a=1", "X-A", "", "b", false},
		{"GET", "https://h", "/x", "a=1", "X-A", "b", "X-C:d\n", false},
	};
	const int	count = (int) (sizeof(samples) / sizeof(samples[0]));
	int			i;
	int			j;
	int			nwrong = 0;
	HwRequest	first;
	HwRequest	second;
	HwStatus	status;
	HwText		key;
	HwText		other;

	for (i = 0; i < count; i++)
	{
		for (j = 0; j < count; j++)
		{
			Sample		a = samples[i];
			Sample		b = samples[j];
			HwText		left;
			HwText		right;

			hw_text_init(&left, 0);
			hw_text_init(&right, 0);
			make_key(&a, &left);
			make_key(&b, &right);
			if (a.fails || b.fails ||
				(i == j) != (left.length == right.length &&
							 memcmp(left.data, right.data, left.length) == 0))
				nwrong++;
			hw_text_free(&left);
			hw_text_free(&right);
		}
	}
	is_int(nwrong, 0, "keys are equal for equal requests only");

	/* A body that reads like one more header. */
	hw_request_init(&first, "GET");
	hw_request_init(&second, "GET");
	hw_text_init(&key, 0);
	hw_text_init(&other, 0);
	ok(hw_request_header(&first, "X-A", "b", true, &status) &&
	   hw_text_puts(&first.body, "X-C:d\n\n") &&
	   hw_request_header(&second, "X-A", "b", true, &status) &&
	   hw_request_header(&second, "X-C", "d", true, &status) &&
	   hw_text_puts(&second.body, "\n") &&
	   hw_request_key(&first, &key) && hw_request_key(&second, &other),
	   "two more keys");
	ok(strcmp(key.data, other.data) != 0,
	   "a body is never taken for a header");
	hw_text_free(&key);
	hw_text_free(&other);
	hw_request_free(&first);
	hw_request_free(&second);
}

static bool
build(void *arg)
{
	Sample		sample = {"POST", "https://h/a", "/x", "a=1", "X-A", "b",
	"{}", false};
	HwText		key;

	(void) arg;
	hw_text_init(&key, 0);
	make_key(&sample, &key);
	hw_text_free(&key);
	return !sample.fails;
}

int
main(void)
{
	test_headers();
	test_url();
	test_key();
	alloc_torture(build, NULL, "request");
	return done();
}
