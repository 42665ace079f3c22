/*-------------------------------------------------------------------------
 *
 * tap.h
 *	  Test results as TAP, the Test Anything Protocol.
 *
 * A test program calls these in any order and ends with "return done();".
 * Each check prints its line at once, so that a crash shows how far it came,
 * and returns whether it passed.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TAP_H
#define HW_TAP_H

#include <stdbool.h>

extern bool ok(bool passed, const char *name,...)
			__attribute__((format(printf, 2, 3)));

/* NULL equals NULL only. */
extern bool is_string(const char *got, const char *expected,
					  const char *name,...)
			__attribute__((format(printf, 3, 4)));
extern bool is_int(long long got, long long expected, const char *name,...)
			__attribute__((format(printf, 3, 4)));

/* A remark for whoever reads the output; after a failure, on stderr. */
extern void diag(const char *format,...)
			__attribute__((format(printf, 1, 2)));

/* Prints the plan; the exit code of the program. */
extern int	done(void);

#endif							/* HW_TAP_H */
