/*-------------------------------------------------------------------------
 *
 * text.h
 *	  A growing byte buffer with a limit.
 *
 * Failure sticks: after one append has failed, later ones do nothing, so a
 * caller may append many times and check once.  The bytes are always followed
 * by a zero byte, which is not counted.  Memory is malloc'd; hw_text_free (or
 * hw_text_wipe, for secrets) releases it and makes the buffer empty again.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TEXT_H
#define HW_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct HwText
{
	char	   *data;			/* owned; NULL while nothing was appended */
	size_t		length;
	size_t		capacity;
	size_t		length_max;		/* 0 means SIZE_MAX / 4 */
	bool		has_failed;		/* sticky: out of memory or too large */
	bool		is_too_large;	/* the limit was the reason */
	bool		is_secret;		/* overwritten wherever it leaves memory; set
								 * after hw_text_init */
} HwText;

extern void hw_text_init(HwText *text, size_t length_max);
extern bool hw_text_append(HwText *text, const char *data, size_t length);
extern bool hw_text_puts(HwText *text, const char *string);
extern bool hw_text_putc(HwText *text, char c);
extern bool hw_text_printf(HwText *text, const char *format,...)
			__attribute__((format(printf, 2, 3)));

/* Forgets the bytes and a failure, keeps the memory. */
extern void hw_text_reset(HwText *text);
extern void hw_text_free(HwText *text);

/* As hw_text_free, overwriting the bytes first. */
extern void hw_text_wipe(HwText *text);

/* The bytes as a string, "" when there are none; valid until the next call. */
extern const char *hw_text_string(const HwText *text);

/*
 * Bytes of the UTF-8 character at the start of text: 1 to 4, or 0 when there
 * is none (overlong, surrogate, beyond U+10FFFF, cut short, no bytes).
 */
extern size_t hw_text_character(const char *text, size_t length);

/* As strcasecmp, for ASCII letters only, whatever the locale. */
extern int	hw_text_compare(const char *left, const char *right);

/* memset to zero that no compiler leaves out. */
extern void hw_text_cleanse(void *memory, size_t size);

#endif							/* HW_TEXT_H */
