/*-------------------------------------------------------------------------
 *
 * fuzz.h
 *	  What all fuzz targets share.
 *
 * A target feeds bytes that libFuzzer makes up to one piece of the core, and
 * compares what comes out with a second, plain computation of the same thing.
 * Where they differ it says so and aborts; libFuzzer keeps the bytes.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FUZZ_H
#define HW_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program with a message unless is_true. */
extern void require(bool is_true, const char *format,...)
			__attribute__((format(printf, 2, 3)));

/*
 * The lines of an input: fields, for targets that want several texts.  In a
 * line \n, \r, \0 and \\ stand for the bytes that they name.  Each is a block
 * of memory of its own with a zero byte behind it, so that ASan sees any look
 * beyond.
 */
#define FUZZ_LINES_MAX 40

typedef struct FuzzLines
{
	char	   *text[FUZZ_LINES_MAX];
	size_t		length[FUZZ_LINES_MAX];
	int			count;
} FuzzLines;

extern void fuzz_lines(const uint8_t *data, size_t size, FuzzLines *lines);
extern void fuzz_lines_free(FuzzLines *lines);

/* A line, or "" when there are fewer. */
extern const char *fuzz_line(const FuzzLines *lines, int index);

/* A copy without a zero byte behind it; free() it. */
extern char *fuzz_copy(const uint8_t *data, size_t size);

/* By iconv's reading. */
extern bool fuzz_is_utf8(const char *text, size_t length);

/*
 * Requires what status.h promises of a failure: a kind that outsiders can
 * cause, and texts that may be printed.
 */
extern void fuzz_require_failure(const HwStatus *status);
extern void fuzz_require_printable(const char *text, const char *what);

#endif							/* HW_FUZZ_H */
