/*-------------------------------------------------------------------------
 *
 * test_text.c
 *	  Growing buffers, and the UTF-8 and ASCII helpers beside them.
 *
 *-------------------------------------------------------------------------
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/text.h"
#include "tap.h"

static void
test_append(void)
{
	HwText		text;
	int			i;

	hw_text_init(&text, 0);
	is_string(hw_text_string(&text), "", "empty at first");
	ok(text.data == NULL, "without memory");
	ok(hw_text_append(&text, NULL, 0), "appending nothing works");
	ok(hw_text_puts(&text, "abc") && hw_text_putc(&text, 'd') &&
	   hw_text_append(&text, "e\0f", 3) && hw_text_printf(&text, "%03d", 7),
	   "all ways of appending");
	is_int((long long) text.length, 10, "length counts zero bytes");
	ok(memcmp(text.data, "abcde\0f007", 11) == 0, "bytes and a zero byte");

	hw_text_reset(&text);
	is_string(hw_text_string(&text), "", "empty after a reset");
	ok(text.data != NULL, "but with memory");
	for (i = 0; i < 10000; i++)
		hw_text_putc(&text, (char) ('a' + i % 26));
	is_int((long long) text.length, 10000, "grows");
	for (i = 0; i < 10000 && text.data[i] == 'a' + i % 26; i++)
		;
	is_int(i, 10000, "keeps what it had");
	hw_text_free(&text);
	ok(text.data == NULL && text.length == 0, "empty after a free");
	ok(hw_text_puts(&text, "x"), "and usable");
	hw_text_free(&text);
	hw_text_free(&text);
}

static void
test_printf(void)
{
	HwText		text;
	char		blanks[1000];
	int			width;
	bool		is_fine = true;

	memset(blanks, ' ', sizeof(blanks));
	for (width = 1; width < 600; width++)
	{
		hw_text_init(&text, 0);
		hw_text_puts(&text, "<");
		hw_text_printf(&text, "%*s|", width, "x");
		if (text.length != (size_t) width + 2 || text.data[width] != 'x' ||
			text.data[width + 2] != '\0' ||
			memcmp(text.data + 1, blanks, (size_t) width - 1) != 0)
			is_fine = false;
		hw_text_free(&text);
	}
	ok(is_fine, "printf of each length round the first capacity");
}

static void
test_limit(void)
{
	HwText		text;

	hw_text_init(&text, 5);
	ok(hw_text_puts(&text, "12345"), "up to the limit");
	is_string(text.data, "12345", "with its bytes");
	is_int((long long) text.capacity, 6, "in no more memory than that");
	ok(!hw_text_putc(&text, '6'), "not beyond");
	ok(text.has_failed && text.is_too_large, "told why");
	is_string(hw_text_string(&text), "12345", "the bytes stay");
	hw_text_reset(&text);
	ok(hw_text_puts(&text, "1"), "usable after a reset");
	ok(!hw_text_puts(&text, "23456"), "too much at once");
	ok(!hw_text_puts(&text, "2"), "failure sticks");
	is_string(hw_text_string(&text), "1", "nothing was appended");
	hw_text_free(&text);
	ok(!text.has_failed && text.length_max == 5, "free keeps the limit");

	ok(hw_text_printf(&text, "%s", "12345"), "printf up to the limit");
	ok(!hw_text_printf(&text, "%d", 6) && text.is_too_large,
	   "printf not beyond");
	is_string(hw_text_string(&text), "12345", "and leaves nothing");
	hw_text_free(&text);

	hw_text_init(&text, 0);
	hw_text_puts(&text, "x");
	ok(!hw_text_append(&text, "", SIZE_MAX - 1) && text.is_too_large,
	   "a length that would overflow");
	hw_text_free(&text);

	hw_text_init(&text, 1);
	ok(!hw_text_printf(&text, "%s", "ab") && text.is_too_large,
	   "printf into an empty buffer with a small limit");
	hw_text_free(&text);
}

static void
test_secret(void)
{
	HwText		text;
	int			i;

	hw_text_init(&text, 0);
	text.is_secret = true;
	for (i = 0; i < 3000; i++)
		hw_text_putc(&text, (char) ('a' + i % 26));
	for (i = 0; i < 3000 && text.data[i] == 'a' + i % 26; i++)
		;
	is_int(i, 3000, "a secret grows like any other");
	hw_text_reset(&text);
	ok(text.data[1] == 0 && text.data[2999] == 0, "a reset overwrites it");
	hw_text_free(&text);

	hw_text_init(&text, 0);
	hw_text_puts(&text, "secret");
	hw_text_wipe(&text);
	ok(text.data == NULL, "wiped");
	hw_text_wipe(&text);
}

static bool
append_all(void *arg)
{
	HwText		text;
	int			i;
	bool		result;

	hw_text_init(&text, 0);
	text.is_secret = arg != NULL;
	for (i = 0; i < 300; i++)
	{
		hw_text_puts(&text, "0123456789");
		hw_text_printf(&text, "%0300d", i);
	}
	result = !text.has_failed;
	if (text.has_failed && text.is_too_large)
		result = true;			/* the wrong reason */
	if (result != (text.length == 300 * 310))
		result = !result;
	hw_text_free(&text);
	return result;
}

static void
test_character(void)
{
	static const struct
	{
		const char *bytes;
		size_t		length;
		size_t		expected;
	}			cases[] = {
		{"", 0, 0},
		{"\0", 1, 1},
		{"a", 1, 1},
		{"\x7f", 1, 1},
		{"\x80", 1, 0},
		{"\xbf\x80", 2, 0},
		{"\xc0\x80", 2, 0},
		{"\xc1\xbf", 2, 0},
		{"\xc2\x80", 2, 2},
		{"\xdf\xbf", 2, 2},
		{"\xc2", 1, 0},
		{"\xc2\x7f", 2, 0},
		{"\xc2\xc0", 2, 0},
		{"\xe0\x9f\xbf", 3, 0},
		{"\xe0\xa0\x80", 3, 3},
		{"\xed\x9f\xbf", 3, 3},
		{"\xed\xa0\x80", 3, 0},
		{"\xed\xbf\xbf", 3, 0},
		{"\xee\x80\x80", 3, 3},
		{"\xef\xbf\xbf", 3, 3},
		{"\xe5\x80", 2, 0},
		{"\xe5\x80\x41", 3, 0},
		{"\xf0\x8f\xbf\xbf", 4, 0},
		{"\xf0\x90\x80\x80", 4, 4},
		{"\xf4\x8f\xbf\xbf", 4, 4},
		{"\xf4\x90\x80\x80", 4, 0},
		{"\xf5\x80\x80\x80", 4, 0},
		{"\xf0\x9f\x98", 3, 0},
		{"\xf0\x9f\x98\x41", 4, 0},
		{"\xf0\x9f\x41\x80", 4, 0},
		{"\xff", 1, 0},
	};
	size_t		i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		/* A copy of the exact length: a look beyond it is found. */
		char	   *copy = malloc(cases[i].length + 1);

		memcpy(copy + 1, cases[i].bytes, cases[i].length);
		is_int((long long) hw_text_character(copy + 1, cases[i].length),
			   (long long) cases[i].expected, "UTF-8 case %zu", i);
		free(copy);
	}
}

static void
test_compare(void)
{
	ok(hw_text_compare("X-Project-ID", "x-project-id") == 0, "case-blind");
	ok(hw_text_compare("a", "B") < 0 && hw_text_compare("B", "a") > 0,
	   "order is that of lower case");
	ok(hw_text_compare("a", "ab") < 0 && hw_text_compare("ab", "a") > 0,
	   "a beginning comes first");
	ok(hw_text_compare("[", "{") != 0 && hw_text_compare("@", "`") != 0,
	   "only letters have a case");
	ok(hw_text_compare("\xc3\x84", "\xc3\xa4") != 0, "of ASCII");
}

int
main(void)
{
	int			flag;

	test_append();
	test_printf();
	test_limit();
	test_secret();
	alloc_torture(append_all, NULL, "text");
	alloc_torture(append_all, &flag, "secret text");
	test_character();
	test_compare();
	return done();
}
