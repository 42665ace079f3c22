/*-------------------------------------------------------------------------
 *
 * fuzz.c
 *	  What all fuzz targets share.
 *
 *-------------------------------------------------------------------------
 */
#include "fuzz.h"

#include <iconv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
require(bool is_true, const char *format,...)
{
	va_list		args;

	if (is_true)
		return;
	fputs("not as required: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

static char *
allocate(size_t size)
{
	char	   *memory = malloc(size);

	require(memory != NULL, "no memory");
	return memory;
}

char *
fuzz_copy(const uint8_t *data, size_t size)
{
	char	   *copy = allocate(size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

/* Unescapes one line into memory of exactly its size. */
static char *
line_copy(const uint8_t *data, size_t size, size_t *length)
{
	static const char names[] = "nr0\\";
	static const char bytes[] = "\n\r\0\\";
	char	   *line = allocate(size + 1);
	char	   *copy;

	*length = 0;
	for (size_t i = 0; i < size; i++)
	{
		char		c = (char) data[i];
		const char *name = c == '\\' && i + 1 < size && data[i + 1] ?
			strchr(names, data[i + 1]) : NULL;

		if (name)
		{
			c = bytes[name - names];
			i++;
		}
		line[(*length)++] = c;
	}
	line[*length] = '\0';
	copy = fuzz_copy((const uint8_t *) line, *length + 1);
	free(line);
	return copy;
}

void
fuzz_lines(const uint8_t *data, size_t size, FuzzLines *lines)
{
	lines->count = 0;
	while (size > 0 && lines->count < FUZZ_LINES_MAX)
	{
		const uint8_t *end = memchr(data, '\n', size);
		size_t		bytes = end ? (size_t) (end - data) : size;
		int			at = lines->count++;

		lines->text[at] = line_copy(data, bytes, &lines->length[at]);
		bytes += end != NULL;
		data += bytes;
		size -= bytes;
	}
}

void
fuzz_lines_free(FuzzLines *lines)
{
	while (lines->count > 0)
		free(lines->text[--lines->count]);
}

const char *
fuzz_line(const FuzzLines *lines, int index)
{
	return index < lines->count ? lines->text[index] : "";
}

/* UTF-16 has no room for what Unicode does not have. */
bool
fuzz_is_utf8(const char *text, size_t length)
{
	static iconv_t converter;
	static bool is_open;
	char	   *in = (char *) text;
	char		out[512];

	if (!is_open)
	{
		converter = iconv_open("UTF-16LE", "UTF-8");
		require(converter != (iconv_t) - 1, "iconv knows no UTF-8");
		is_open = true;
	}
	iconv(converter, NULL, NULL, NULL, NULL);
	while (length > 0)
	{
		size_t		before = length;
		char	   *to = out;
		size_t		room = sizeof(out);

		if (iconv(converter, &in, &length, &to, &room) == (size_t) -1 &&
			before == length)
			return false;
	}
	return true;
}

void
fuzz_require_printable(const char *text, const char *what)
{
	require(fuzz_is_utf8(text, strlen(text)), "%s is not UTF-8: %s", what,
			text);
	for (const unsigned char *p = (const unsigned char *) text; *p; p++)
		require(*p >= 0x20 && *p != 0x7f && !(*p == 0xc2 && p[1] < 0xa0),
				"%s has control characters: %s", what, text);
}

void
fuzz_require_failure(const HwStatus *status)
{
	require(status->kind != HW_OK && status->kind != HW_OUT_OF_MEMORY &&
			status->kind != HW_INTERNAL, "a failure of kind %d: %s",
			status->kind, status->text);
	require(memchr(status->text, 0, sizeof(status->text)) &&
			memchr(status->code, 0, sizeof(status->code)) &&
			memchr(status->place, 0, sizeof(status->place)),
			"a text without an end");
	fuzz_require_printable(status->text, "the text");
	fuzz_require_printable(status->code, "the code");
	fuzz_require_printable(status->place, "the place");
}
