/*-------------------------------------------------------------------------
 *
 * test_status.c
 *	  Statuses: cut, cleaned, and never broken.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "core/status.h"
#include "core/text.h"
#include "tap.h"

static void
copies(const char *text, const char *expected, const char *name)
{
	char		buffer[100];

	hw_status_copy(buffer, sizeof(buffer), text, strlen(text));
	is_string(buffer, expected, "%s", name);
}

static void
test_copy(void)
{
	char		buffer[100];
	char		small[4];

	copies("plain", "plain", "plain text stays");
	copies("a\tb\r\nc\x7f" "d\x1b[0m", "a b  c d [0m",
		   "control characters become blanks");
	copies("a\xc2\x9b" "b\xc2\xa0" "c", "a b\xc2\xa0" "c",
		   "so do those of two bytes, and no others");
	copies("\xe5\x80\xbc\xf0\x9f\x98\x80", "\xe5\x80\xbc\xf0\x9f\x98\x80",
		   "valid UTF-8 stays");
	copies("a\xff\xfe" "b\xc0\x80\xed\xa0\x80", "a??b?????",
		   "bytes that are no UTF-8 become question marks");
	copies("caf\xc3", "caf?", "so does a character that was cut");

	hw_status_copy(buffer, sizeof(buffer), "a\0b", 3);
	is_string(buffer, "a b", "a zero byte becomes a blank");
	hw_status_copy(buffer, sizeof(buffer), "abcdef", 3);
	is_string(buffer, "abc", "length is kept");
	hw_status_copy(buffer, sizeof(buffer), NULL, 0);
	is_string(buffer, "", "nothing gives an empty text");

	hw_status_copy(small, sizeof(small), "abcdef", 6);
	is_string(small, "abc", "cut to the buffer");
	hw_status_copy(small, sizeof(small), "a\xe5\x80\xbc", 4);
	is_string(small, "a", "never cut inside a character");
	hw_status_copy(small, sizeof(small), "\xe5\x80\xbc!", 4);
	is_string(small, "\xe5\x80\xbc", "a character that just fits");
	memset(small, 'x', sizeof(small));
	hw_status_copy(small, 1, "abc", 3);
	is_string(small, "", "a buffer of one byte");
	hw_status_copy(small + 1, 0, "abc", 3);
	ok(small[1] == 'x', "a buffer of no bytes is left alone");
}

static void
test_set(void)
{
	HwStatus	status;
	char		text[3000];
	size_t		at;

	memset(&status, 'x', sizeof(status));
	hw_status_clear(&status);
	is_int(status.kind, HW_OK, "cleared: kind");
	is_int(status.http, 0, "cleared: http");
	is_int(status.wait_ms, -1, "cleared: wait");
	is_string(status.code, "", "cleared: code");
	is_string(status.text, "", "cleared: text");
	is_string(status.request_id, "", "cleared: request id");
	is_string(status.place, "", "cleared: place");

	status.http = 429;
	strcpy(status.code, "APIG.0308");
	strcpy(status.request_id, "id");
	ok(!hw_status_set(&status, HW_THROTTLED, "%d of %s", 5, "calls\n"),
	   "setting returns false");
	is_int(status.kind, HW_THROTTLED, "kind is set");
	is_string(status.text, "5 of calls ", "text is set and cleaned");
	is_int(status.http, 429, "http stays");
	is_string(status.code, "APIG.0308", "code stays");
	is_string(status.request_id, "id", "request id stays");

	hw_status_set(&status, HW_INTERNAL, "<%s>", status.text);
	is_string(status.text, "<5 of calls >", "an argument may be the text");

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	hw_status_set(&status, HW_INTERNAL, "%s", text);
	is_int((long long) strlen(status.text), HW_STATUS_TEXT_MAX,
		   "cut at the limit");

	/* Each start, so that the cut falls on each byte of a character. */
	for (at = 0; at < 3; at++)
	{
		size_t		i;
		bool		is_valid = true;

		for (i = at; i + 3 < sizeof(text); i += 3)
			memcpy(text + i, "\xe5\x80\xbc", 3);
		text[i] = '\0';
		hw_status_set(&status, HW_INTERNAL, "%s", text);
		for (i = 0; status.text[i];)
		{
			size_t		bytes = hw_text_character(status.text + i,
												  strlen(status.text + i));

			if (bytes == 0 || (i >= 3 && bytes != 3))
				is_valid = false;
			i += bytes ? bytes : 1;
		}
		ok(is_valid && i > HW_STATUS_TEXT_MAX - 3,
		   "a long text of wide characters, moved by %zu", at);
	}

	/* Each shrinks to one byte: the draft must be twice as long. */
	for (at = 0; at + 2 < sizeof(text); at += 2)
		memcpy(text + at, "\xc2\x85", 2);
	text[at] = '\0';
	hw_status_set(&status, HW_INTERNAL, "%s", text);
	ok(strspn(status.text, " ") == HW_STATUS_TEXT_MAX &&
	   strlen(status.text) == HW_STATUS_TEXT_MAX,
	   "a text of nothing but wide control characters");
}

int
main(void)
{
	test_copy();
	test_set();
	return done();
}
