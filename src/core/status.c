/*-------------------------------------------------------------------------
 *
 * status.c
 *	  What went wrong below src/fdw, as a value.
 *
 * Texts end up in error messages and logs, so nothing that could break a line
 * or a terminal gets through, whoever wrote it.
 *
 *-------------------------------------------------------------------------
 */
#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/text.h"

/*
 * Longer than what is kept even if each two-byte control character shrinks to
 * one blank, so that vsnprintf's cut never shows.
 */
#define DRAFT_SIZE (2 * HW_STATUS_TEXT_MAX + 8)

void
hw_status_clear(HwStatus *status)
{
	memset(status, 0, sizeof(*status));
	status->kind = HW_OK;
	status->wait_ms = -1;
}

bool
hw_status_set(HwStatus *status, HwKind kind, const char *format,...)
{
	char		draft[DRAFT_SIZE];	/* arguments may point into status */
	va_list		args;

	va_start(args, format);
	if (vsnprintf(draft, sizeof(draft), format, args) < 0)
		draft[0] = '\0';
	va_end(args);

	status->kind = kind;
	hw_status_copy(status->text, sizeof(status->text), draft, strlen(draft));
	return false;
}

/* The result is never longer than the source, so both may be one buffer. */
void
hw_status_copy(char *buffer, size_t size, const char *text, size_t length)
{
	size_t		used = 0;
	size_t		at = 0;

	if (size == 0)
		return;
	while (at < length)
	{
		size_t		bytes = hw_text_character(text + at, length - at);
		unsigned char first = (unsigned char) text[at];

		if (bytes <= 1)
		{
			if (used + 1 >= size)
				break;
			buffer[used++] = bytes == 0 ? '?' :
				first < 0x20 || first == 0x7f ? ' ' : (char) first;
			at++;
			continue;
		}
		/* U+0080 to U+009F; some terminals take them for escapes. */
		if (first == 0xc2 && (unsigned char) text[at + 1] < 0xa0)
		{
			if (used + 1 >= size)
				break;
			buffer[used++] = ' ';
		}
		else
		{
			if (used + bytes >= size)
				break;
			memmove(buffer + used, text + at, bytes);
			used += bytes;
		}
		at += bytes;
	}
	buffer[used] = '\0';
}
