/*-------------------------------------------------------------------------
 *
 * text.c
 *	  A growing byte buffer with a limit.
 *
 *-------------------------------------------------------------------------
 */
#include "core/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First allocation: holds most URLs and keys without growing again. */
#define CAPACITY_MIN 256

/* Called through a volatile pointer, a last memset cannot be left out. */
static void *(*const volatile overwrite) (void *, int, size_t) = memset;

static bool fail(HwText *text, bool is_too_large);
static bool is_too_much(const HwText *text, size_t more);
static bool reserve(HwText *text, size_t more);

void
hw_text_init(HwText *text, size_t length_max)
{
	memset(text, 0, sizeof(*text));
	text->length_max = length_max;
}

bool
hw_text_append(HwText *text, const char *data, size_t length)
{
	/* Capacity is never more than the limit and its zero byte. */
	if ((text->has_failed || length >= text->capacity - text->length) &&
		!reserve(text, length))
		return false;
	if (length > 0)
		memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = '\0';
	return true;
}

bool
hw_text_puts(HwText *text, const char *string)
{
	return hw_text_append(text, string, strlen(string));
}

bool
hw_text_putc(HwText *text, char c)
{
	return hw_text_append(text, &c, 1);
}

bool
hw_text_printf(HwText *text, const char *format,...)
{
	va_list		args;
	size_t		room;
	int			needed;

	if (!reserve(text, 0))
		return false;
	room = text->capacity - text->length;
	va_start(args, format);
	needed = vsnprintf(text->data + text->length, room, format, args);
	va_end(args);

	if (needed < 0)
	{
		text->data[text->length] = '\0';
		return fail(text, false);
	}
	if ((size_t) needed >= room)
	{
		text->data[text->length] = '\0';
		if (!reserve(text, (size_t) needed))
			return false;
		va_start(args, format);
		(void) vsnprintf(text->data + text->length, (size_t) needed + 1,
						 format, args);
		va_end(args);
	}
	/* Room may have been there for more than the limit allows. */
	if (is_too_much(text, (size_t) needed))
	{
		text->data[text->length] = '\0';
		return fail(text, true);
	}
	text->length += (size_t) needed;
	return true;
}

void
hw_text_reset(HwText *text)
{
	if (text->data)
	{
		if (text->is_secret)
			hw_text_cleanse(text->data, text->capacity);
		text->data[0] = '\0';
	}
	text->length = 0;
	text->has_failed = false;
	text->is_too_large = false;
}

void
hw_text_free(HwText *text)
{
	if (text->is_secret && text->data)
		hw_text_cleanse(text->data, text->capacity);
	free(text->data);
	text->data = NULL;
	text->length = 0;
	text->capacity = 0;
	text->has_failed = false;
	text->is_too_large = false;
}

void
hw_text_wipe(HwText *text)
{
	if (text->data)
		hw_text_cleanse(text->data, text->capacity);
	hw_text_free(text);
}

const char *
hw_text_string(const HwText *text)
{
	return text->data ? text->data : "";
}

/* Well-formed byte sequences: The Unicode Standard, table 3-7. */
size_t
hw_text_character(const char *text, size_t length)
{
	const unsigned char *s = (const unsigned char *) text;
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	size_t		bytes;
	size_t		i;

	if (length == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		bytes = 2;
	else if ((s[0] & 0xf0) == 0xe0)
	{
		bytes = 3;
		if (s[0] == 0xe0)
			low = 0xa0;			/* below: overlong */
		else if (s[0] == 0xed)
			high = 0x9f;		/* above: surrogates */
	}
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
	{
		bytes = 4;
		if (s[0] == 0xf0)
			low = 0x90;			/* below: overlong */
		else if (s[0] == 0xf4)
			high = 0x8f;		/* above: beyond U+10FFFF */
	}
	else
		return 0;

	if (length < bytes || s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < bytes; i++)
	{
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	}
	return bytes;
}

/* In a Turkish locale strcasecmp finds "ID" and "id" different. */
int
hw_text_compare(const char *left, const char *right)
{
	for (;; left++, right++)
	{
		unsigned char a = (unsigned char) *left;
		unsigned char b = (unsigned char) *right;

		if (a >= 'A' && a <= 'Z')
			a = (unsigned char) (a - 'A' + 'a');
		if (b >= 'A' && b <= 'Z')
			b = (unsigned char) (b - 'A' + 'a');
		if (a != b)
			return a < b ? -1 : 1;
		if (a == '\0')
			return 0;
	}
}

void
hw_text_cleanse(void *memory, size_t size)
{
	overwrite(memory, 0, size);
}

static bool
fail(HwText *text, bool is_too_large)
{
	text->has_failed = true;
	text->is_too_large = is_too_large;
	return false;
}

static size_t
limit_of(const HwText *text)
{
	return text->length_max ? text->length_max : SIZE_MAX / 4;
}

static bool
is_too_much(const HwText *text, size_t more)
{
	size_t		limit = limit_of(text);

	return more > limit || text->length > limit - more;
}

/* Makes room for more bytes and the zero byte. */
static bool
reserve(HwText *text, size_t more)
{
	size_t		limit = limit_of(text);
	size_t		capacity;
	char	   *data;

	if (text->has_failed)
		return false;
	if (is_too_much(text, more))
		return fail(text, true);
	if (text->length + more < text->capacity)
		return true;

	capacity = text->capacity > CAPACITY_MIN / 2 ?
		text->capacity * 2 : CAPACITY_MIN;
	if (capacity <= text->length + more)
		capacity = text->length + more + 1;
	if (capacity > limit)
		capacity = limit + 1;

	if (text->is_secret)
	{
		/* realloc would leave the old bytes behind. */
		data = malloc(capacity);
		if (data && text->data)
		{
			memcpy(data, text->data, text->length + 1);
			hw_text_cleanse(text->data, text->capacity);
			free(text->data);
		}
	}
	else
		data = realloc(text->data, capacity);
	if (data == NULL)
		return fail(text, false);
	if (text->data == NULL)
		data[0] = '\0';
	text->data = data;
	text->capacity = capacity;
	return true;
}
