/*-------------------------------------------------------------------------
 *
 * test_json.c
 *	  What is read, what is refused and where, and how numbers survive.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "core/json.h"
#include "core/number.h"
#include "core/stop.h"
#include "tap.h"

/* Parses a copy of the exact length, so that a look beyond it is found. */
static HwJson *
parse(const char *body, size_t length, HwStatus *status)
{
	char	   *copy = malloc(length + 1);
	HwJson	   *json;

	hw_status_clear(status);
	memcpy(copy + 1, body, length);
	json = hw_json_parse(copy + 1, length, status);
	free(copy);
	return json;
}

static void
prints_bytes(const char *body, size_t length, const char *expected)
{
	HwStatus	status;
	HwJson	   *json = parse(body, length, &status);
	HwText		text;

	hw_text_init(&text, 0);
	if (json)
		hw_json_print(hw_json_root(json), &text);
	is_string(json ? hw_text_string(&text) : status.text, expected,
			  "reads %.60s", body);
	hw_text_free(&text);
	hw_json_free(json);
}

static void
prints(const char *body, const char *expected)
{
	prints_bytes(body, strlen(body), expected);
}

static void
refuses_bytes(const char *body, size_t length, HwKind kind,
			  const char *reason)
{
	HwStatus	status;
	HwJson	   *json = parse(body, length, &status);

	ok(json == NULL && status.kind == kind, "refuses %.60s", body);
	is_string(status.text, reason, "and says why");
	hw_json_free(json);
}

static void
refuses(const char *body, const char *reason)
{
	refuses_bytes(body, strlen(body), HW_BAD_REPLY, reason);
}

static void
test_reading(void)
{
	static const char body[] =
		"{\"total_num\": 2, \"data_list\": [{\"id\": \"a\", \"ok\": true},"
		" {\"id\": null, \"ok\": false}], \"Total_num\": -1.50}";
	HwStatus	status;
	HwJson	   *json = parse(body, strlen(body), &status);
	const HwNode *root;
	const HwNode *list;
	const HwNode *row;

	if (!ok(json != NULL, "a reply is read"))
		return;
	root = hw_json_root(json);
	is_int(hw_json_kind(root), HW_NODE_OBJECT, "its root is an object");
	ok(hw_json_name(root) == NULL, "without a name");
	ok(hw_json_text(root) == NULL, "and without a text");
	is_string(hw_json_text(hw_json_find(root, "total_num")), "2", "a number");
	is_string(hw_json_text(hw_json_find(root, "Total_num")), "-1.50",
			  "names differ by case, numbers keep their zeros");
	ok(hw_json_find(root, "TOTAL_NUM") == NULL, "an absent name");
	ok(hw_json_find(root, "total_nu") == NULL, "a beginning of one");
	ok(hw_json_find(NULL, "x") == NULL, "nothing has no members");

	list = hw_json_find(root, "data_list");
	is_int(hw_json_kind(list), HW_NODE_ARRAY, "a list");
	ok(hw_json_find(list, "id") == NULL, "has no members");
	row = hw_json_child(list);
	ok(hw_json_name(row) == NULL, "an element has no name");
	is_string(hw_json_name(hw_json_child(row)), "id", "a member has");
	is_string(hw_json_text(hw_json_find(row, "id")), "a", "a string");
	is_int(hw_json_kind(hw_json_find(row, "ok")), HW_NODE_TRUE, "true");
	ok(hw_json_text(hw_json_find(row, "ok")) == NULL, "has no text");
	row = hw_json_next(row);
	is_int(hw_json_kind(hw_json_find(row, "id")), HW_NODE_NULL, "null");
	is_int(hw_json_kind(hw_json_find(row, "ok")), HW_NODE_FALSE, "false");
	ok(hw_json_next(row) == NULL, "the last element");
	hw_json_free(json);
	hw_json_free(NULL);
}

static int	nasked;

static bool
at_third(void)
{
	return ++nasked == 3;
}

/* A long body is given up when somebody asks for that. */
static void
test_stopped(void)
{
	HwText		body;
	HwStatus	status;

	hw_text_init(&body, 0);
	hw_text_puts(&body, "[0");
	for (int i = 0; i < 4 * HW_STOP_EVERY; i++)
		hw_text_puts(&body, ",0");
	hw_text_puts(&body, "]");
	hw_stop_asked = at_third;
	ok(parse(body.data, body.length, &status) == NULL &&
	   status.kind == HW_STOPPED, "a long body is given up");
	is_int(nasked, 3, "at once");
	hw_stop_asked = NULL;
	hw_json_free(parse(body.data, body.length, &status));
	is_int(status.kind, HW_OK, "when nobody asks, it is read");
	hw_text_free(&body);
}

static void
test_accepted(void)
{
	char		digits[500];
	char		body[1200];
	size_t		length;

	prints("{}", "{}");
	prints("[]", "[]");
	prints(" \t\r\n[ ] \n", "[]");
	prints("null", "null");
	prints("true", "true");
	prints("false", "false");
	prints("\"x\"", "\"x\"");
	prints("0", "0");
	prints("-0", "-0");
	prints("-0.0", "-0.0");
	prints("7 ", "7");
	prints("[1,-2.50,1E+3,1e-3,0.10,123456789012345678.91,9007199254740993]",
		   "[1,-2.50,1E+3,1e-3,0.10,123456789012345678.91,9007199254740993]");
	prints("[1e999,{\"a\" : 4294967296 , \"b\":[ [ 5 ] ]}]",
		   "[1e999,{\"a\":4294967296,\"b\":[[5]]}]");
	prints("{\"s\":\"not 12 \\\" -3\",\"a\":1,\"t\":true,\"l\":[1,{\"x\":2}]}",
		   "{\"s\":\"not 12 \\\" -3\",\"a\":1,\"t\":true,\"l\":[1,{\"x\":2}]}");
	prints("{\"12\":34,\"-5\":\"67\"}", "{\"12\":34,\"-5\":\"67\"}");
	prints("{\"\":{\"\":1}}", "{\"\":{\"\":1}}");
	prints("{\"Amount\":1,\"amount\":2}", "{\"Amount\":1,\"amount\":2}");
	prints("[{\"a\":1},{\"a\":2}]", "[{\"a\":1},{\"a\":2}]");

	/* Escapes are undone; only what JSON wants escaped is again. */
	prints("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		   "\"\\\"\\\\/\\u0008\\u000C\\u000A\\u000D\\u0009\"");
	prints("\"\\u0041\\u00e9\\u4E2d\\uD83D\\ude00\"",
		   "\"A\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"");
	prints("\"\\u001f\\u007f\"", "\"\\u001F\x7f\"");
	prints("\"\xe4\xb8\xbb\xe6\x9c\xba, caf\xc3\xa9 \xf0\x9f\x98\x80\"",
		   "\"\xe4\xb8\xbb\xe6\x9c\xba, caf\xc3\xa9 \xf0\x9f\x98\x80\"");
	prints("\"\\\\u0000\"", "\"\\\\u0000\"");
	prints("\"a\\nbcdefghijklm\\u00e9nop\\ud83d\\ude00qrstuvwxyz\\\"\"",
		   "\"a\\u000Abcdefghijklm\xc3\xa9nop\xf0\x9f\x98\x80qrstuvwxyz\\\"\"");
	prints("{\"\\u0061b\":[\"\\t\",-1.5,2,\"\\n\"],\"c\":0.10}",
		   "{\"ab\":[\"\\u0009\",-1.5,2,\"\\u000A\"],\"c\":0.10}");
	prints("\"\\ufeff\"", "\"\xef\xbb\xbf\"");

	/* Libraries read up to 63 digits, some of them. */
	memset(digits, '7', sizeof(digits));
	length = (size_t) snprintf(body, sizeof(body), "[%.400s.%.400s,1]",
							   digits, digits);
	prints_bytes(body, length, body);
}

/* Each byte of a string at each distance from a word's edge. */
static void
test_strings(void)
{
	static const struct
	{
		const char *bytes;
		const char *reason;		/* NULL: fine */
	}			cases[] = {
		{"x", NULL},
		{"\xc3\xa9", NULL},
		{"\xf0\x9f\x98\x80", NULL},
		{"\\n", NULL},
		{"\x7f", NULL},
		{"\xff", "invalid UTF-8"},
		{"\xc3", "invalid UTF-8"},
		{"\xed\xa0\x80", "invalid UTF-8"},
		{"\xc0\x80", "invalid UTF-8"},
		{"\x1f", "a control character"},
		{"\n", "a control character"},
		{"\\x", "an invalid escape"},
		{"\\u12g4", "an invalid escape"},
		{"\\u0000", "U+0000"},
		{"\\ud800", "an unpaired surrogate"},
		{"\\udc00", "an unpaired surrogate"},
		{"\\udc00\\udc00", "an unpaired surrogate"},
		{"\\ud800\\ud800", "an unpaired surrogate"},
		{"\\ud800\\u0041", "an unpaired surrogate"},
		{"\\ud800x", "an unpaired surrogate"},
	};
	size_t		i;
	size_t		before;
	size_t		after;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		int			nwrong = 0;

		for (before = 0; before < 20; before++)
		{
			for (after = 0; after < 20; after++)
			{
				char		body[100];
				char		reason[100] = "";
				HwStatus	status;
				HwJson	   *json;

				snprintf(body, sizeof(body), "\"%.*s%s%.*s\"",
						 (int) before, "abcdefghijklmnopqrstuvwxyz",
						 cases[i].bytes,
						 (int) after, "abcdefghijklmnopqrstuvwxyz");
				/* A lone lead byte must not take the quote for its tail. */
				json = parse(body, strlen(body), &status);
				if (cases[i].reason)
					snprintf(reason, sizeof(reason), "%s at byte %zu",
							 cases[i].reason, before + 2);
				if ((json == NULL) != (cases[i].reason != NULL) ||
					strcmp(status.text, reason) != 0)
				{
					if (nwrong++ == 0)
						diag("%s: \"%s\", not \"%s\"", body, status.text,
							 reason);
				}
				hw_json_free(json);
			}
		}
		is_int(nwrong, 0, "%s in a string, everywhere", cases[i].bytes);
	}
}

static void
test_refused(void)
{
	HwStatus	status;
	char		deep[200];
	int			i;

	refuses("", "an empty body");
	ok(hw_json_parse(NULL, 0, &status) == NULL, "no body at all");
	refuses(" ", "an end too early at byte 2");
	refuses("{\"a\":1} trailing", "trailing bytes at byte 9");
	refuses("{}{}", "trailing bytes at byte 3");
	refuses("1 2", "trailing bytes at byte 3");
	refuses("{} \xff", "invalid UTF-8 at byte 4");
	refuses("\xef\xbb\xbf{}", "no value at byte 1");
	refuses("<html>", "no value at byte 1");
	refuses("truex", "trailing bytes at byte 5");
	refuses("tru", "no value at byte 1");
	refuses("True", "no value at byte 1");
	refuses("NaN", "no value at byte 1");
	refuses("-Infinity", "a malformed number at byte 1");
	refuses("[nul]", "no value at byte 2");
	refuses("'a'", "no value at byte 1");
	refuses("/* */1", "no value at byte 1");

	refuses("[01]", "a malformed number at byte 2");
	refuses("[-01]", "a malformed number at byte 2");
	refuses("[+1]", "a malformed number at byte 2");
	refuses("[.5]", "a malformed number at byte 2");
	refuses("[5.]", "a malformed number at byte 2");
	refuses("[1.e5]", "a malformed number at byte 2");
	refuses("[1e]", "a malformed number at byte 2");
	refuses("[1e+]", "a malformed number at byte 2");
	refuses("[-]", "a malformed number at byte 2");
	refuses("[1-2]", "a malformed number at byte 2");
	refuses("[1.2.3]", "a malformed number at byte 2");
	refuses("[1e5e5]", "a malformed number at byte 2");
	refuses("[--1]", "a malformed number at byte 2");
	refuses("[0x10]", "no comma or end at byte 3");
	refuses("[1 2]", "no comma or end at byte 4");

	refuses("[", "an end too early at byte 2");
	refuses("[1", "an end too early at byte 3");
	refuses("[1,", "an end too early at byte 4");
	refuses("[1,]", "no value at byte 4");
	refuses("[,1]", "no value at byte 2");
	refuses("[1,,2]", "no value at byte 4");
	refuses("[1}", "no comma or end at byte 3");
	refuses("]", "no value at byte 1");
	refuses("{", "an end too early at byte 2");
	refuses("{\"a\"", "an end too early at byte 5");
	refuses("{\"a\":", "an end too early at byte 6");
	refuses("{\"a\":1", "an end too early at byte 7");
	refuses("{\"a\":1,}", "something else than a name at byte 8");
	refuses("{\"a\" 1}", "no colon behind a name at byte 6");
	refuses("{a:1}", "something else than a name at byte 2");
	refuses("{1:1}", "something else than a name at byte 2");
	refuses("{\"a\":}", "no value at byte 6");
	refuses("{\"a\":1]", "no comma or end at byte 7");
	refuses("{,}", "something else than a name at byte 2");
	refuses("\"abc", "an end too early at byte 5");
	refuses("\"abc\\", "an invalid escape at byte 5");
	refuses("\"\\u12", "an invalid escape at byte 2");
	refuses("\"\\ud83d\\u", "an unpaired surrogate at byte 2");
	refuses("\"\xe5\x80", "invalid UTF-8 at byte 2");
	refuses("[\f1]", "no value at byte 2");
	refuses("[1\v]", "no comma or end at byte 3");

	refuses_bytes("\"a\0b\"", 5, HW_BAD_REPLY, "U+0000 at byte 3");
	refuses_bytes("[1\0]", 4, HW_BAD_REPLY, "U+0000 at byte 3");
	refuses_bytes("[]\0", 3, HW_BAD_REPLY, "U+0000 at byte 3");
	refuses_bytes("\0", 1, HW_BAD_REPLY, "U+0000 at byte 1");
	refuses("{\"a\\u0000\":1}", "U+0000 at byte 4");

	for (i = 0; i < 40; i++)
	{
		deep[i] = '[';
		deep[80 - i] = ']';
	}
	deep[40] = '1';
	prints_bytes(deep + 40 - HW_JSON_DEPTH_MAX, 2 * HW_JSON_DEPTH_MAX + 1,
				 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
	deep[81] = '\0';
	refuses_bytes(deep, 81, HW_TOO_LARGE,
				  "nesting of more than 32 levels at byte 33");
	refuses_bytes(deep + 7, 67, HW_TOO_LARGE,
				  "nesting of more than 32 levels at byte 33");
}

/* Of our own: others may use the machine. */
static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* An object of n members, of which the last has the name of an earlier one. */
static void
make_wide(HwText *body, int n, int again)
{
	int			i;

	hw_text_reset(body);
	hw_text_putc(body, '{');
	for (i = 0; i < n; i++)
		hw_text_printf(body, "\"member-%08lld\":%d,", i * 7919LL % 100000007, i);
	hw_text_printf(body, "\"member-%08lld\":0}", again * 7919LL % 100000007);
}

static void
test_duplicates(void)
{
	static const int widths[] = {1, 2, 16, 47, 48, 49, 200};
	HwText		body;
	HwStatus	status;
	HwJson	   *json;
	double		began;
	double		took;
	size_t		i;

	refuses("{\"a\":1,\"a\":1}", "a second \"a\" in one object at byte 8");
	refuses("{\"a\":1,\"\\u0061\":2}",
			"a second \"a\" in one object at byte 8");
	refuses("{\"\":1,\"\":2}", "a second \"\" in one object at byte 7");
	refuses("{\"x\":\"\\\"a\\\":\",\"b\":[{\"c\":0,\"d\" :{\"e\":0},\"c\":0}]}",
			"a second \"c\" in one object at byte 40");
	refuses("[{\"a\":{\"b\":1,\"b\":2}, \"a\":1}]",
			"a second \"b\" in one object at byte 14");

	hw_text_init(&body, 0);
	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
	{
		char		reason[100];
		const char *last;

		make_wide(&body, widths[i], widths[i]);
		json = parse(body.data, body.length, &status);
		ok(json != NULL, "%d different names", widths[i] + 1);
		hw_json_free(json);
		make_wide(&body, widths[i], widths[i] / 2);
		last = strrchr(body.data, '"') - 15;
		snprintf(reason, sizeof(reason),
				 "a second \"%.15s\" in one object at byte %td",
				 last, last - body.data);
		refuses(body.data, reason);
	}

	/* Of several the first is told, in whatever order they sort. */
	make_wide(&body, 100, 3);
	body.data[body.length - 1] = ',';
	hw_text_puts(&body, "\"member-00000000\":0}");
	refuses(body.data,
			"a second \"member-00023757\" in one object at byte 2092");
	make_wide(&body, 100, 0);
	body.data[body.length - 1] = ',';
	hw_text_puts(&body, "\"member-00023757\":0}");
	refuses(body.data,
			"a second \"member-00000000\" in one object at byte 2092");

	make_wide(&body, 1000000, 1000000);
	began = seconds();
	json = hw_json_parse(body.data, body.length, &status);
	took = seconds() - began;
	ok(json != NULL && took < 30, "a million names take %.1f s", took);
	hw_json_free(json);
	hw_text_free(&body);
}

static void
is_plain(const char *number, const char *expected)
{
	HwPlain		plain = "untouched";
	bool		result = hw_number_plain(number, plain);

	is_string(result ? plain : NULL, expected, "plain integer of %.60s",
			  number);
}

static void
test_plain_integer(void)
{
	char		number[300];

	is_plain("0", "0");
	is_plain("-0", "0");
	is_plain("0.00", "0");
	is_plain("0e99999999999999999999", "0");
	is_plain("7", "7");
	is_plain("-7", "-7");
	is_plain("1.0", "1");
	is_plain("1e3", "1000");
	is_plain("1E+3", "1000");
	is_plain("12e2", "1200");
	is_plain("1.5e1", "15");
	is_plain("1.50e1", "15");
	is_plain("-12.300e3", "-12300");
	is_plain("0.001e3", "1");
	is_plain("100e-2", "1");
	is_plain("1200.00e-2", "12");
	is_plain("1001", "1001");
	is_plain("9007199254740993", "9007199254740993");
	is_plain("1234567890123456789012345678901234567890",
			 "1234567890123456789012345678901234567890");
	is_plain("-1e39", "-1000000000000000000000000000000000000000");
	is_plain("12345678901234567890123456789012345678901", NULL);
	is_plain("1e40", NULL);
	is_plain("1e99999999999999999999", NULL);
	is_plain("1e-99999999999999999999", NULL);
	is_plain("1.5", NULL);
	is_plain("0.1", NULL);
	is_plain("15e-1", NULL);
	is_plain("-0.5e0", NULL);

	is_plain("", NULL);
	is_plain("-", NULL);
	is_plain("+1", NULL);
	is_plain("01", NULL);
	is_plain("-01", NULL);
	is_plain(" 1", NULL);
	is_plain("1 ", NULL);
	is_plain("1.", NULL);
	is_plain(".5", NULL);
	is_plain("1.0.0", NULL);
	is_plain("1e", NULL);
	is_plain("1e+", NULL);
	is_plain("1e1.0", NULL);
	is_plain("1x", NULL);
	is_plain("0x1", NULL);
	is_plain("nan", NULL);

	/* Many zeros cost nothing and mean nothing. */
	snprintf(number, sizeof(number), "1%0100de-100", 0);
	is_plain(number, "1");
	snprintf(number, sizeof(number), "0.%0100d1e101", 0);
	is_plain(number, "1");
}

static void
is_integer(const char *body, bool expected, long long value)
{
	HwStatus	status;
	HwJson	   *json = parse(body, strlen(body), &status);
	long long	got = 42;
	bool		result = hw_json_integer(hw_json_root(json), &got);

	ok(result == expected && got == (expected ? value : 42),
	   "integer of %s", body);
	hw_json_free(json);
}

static void
test_integer(void)
{
	is_integer("1", true, 1);
	is_integer("1.0", true, 1);
	is_integer("1e3", true, 1000);
	is_integer("\"1\"", true, 1);
	is_integer("\"-12.0\"", true, -12);
	is_integer("-0", true, 0);
	is_integer("4294967296", true, 4294967296LL);
	is_integer("9223372036854775807", true, 9223372036854775807LL);
	is_integer("-9223372036854775808", true, -9223372036854775807LL - 1);
	is_integer("9223372036854775808", false, 0);
	is_integer("-9223372036854775809", false, 0);
	is_integer("1e30", false, 0);
	is_integer("1.5", false, 0);
	is_integer("\"\"", false, 0);
	is_integer("\"one\"", false, 0);
	is_integer("null", false, 0);
	is_integer("true", false, 0);
	is_integer("[1]", false, 0);
}

static bool
parse_and_print(void *arg)
{
	const HwText *body = arg;
	HwStatus	status;
	HwJson	   *json;
	HwText		text;
	bool		result = false;

	hw_status_clear(&status);
	hw_text_init(&text, 0);
	json = hw_json_parse(body->data, body->length, &status);
	if (json)
		result = hw_json_print(hw_json_root(json), &text);
	else if (status.kind != HW_OUT_OF_MEMORY)
		result = true;			/* the wrong reason */
	hw_text_free(&text);
	hw_json_free(json);
	return result;
}

static void
test_torture(void)
{
	HwText		body;

	hw_text_init(&body, 0);
	make_wide(&body, 200, 200);
	alloc_torture(parse_and_print, &body, "json");
	hw_text_free(&body);
}

int
main(void)
{
	test_reading();
	test_stopped();
	test_accepted();
	test_strings();
	test_refused();
	test_duplicates();
	test_plain_integer();
	test_integer();
	test_torture();
	return done();
}
