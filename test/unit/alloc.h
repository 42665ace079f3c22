/*-------------------------------------------------------------------------
 *
 * alloc.h
 *	  Allocations that fail on demand.
 *
 * The linker redirects our own calls of malloc, calloc, realloc, strdup and
 * strndup here (-Wl,--wrap=malloc and so on); those inside shared libraries
 * stay as they are.  One thread only.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ALLOC_H
#define HW_ALLOC_H

#include <stdbool.h>

/* Lets the nth allocation from now on fail, 1 being the next; 0 for none. */
extern void alloc_fail_at(long nth);

/* The same, and all that come after it. */
extern void alloc_fail_from(long nth);

/* Allocations since the last of these calls. */
extern long alloc_count(void);

/* Whether one of them was made to fail. */
extern bool alloc_has_failed(void);

/*
 * Runs an action with its first allocation failing, its second, and so on,
 * until it gets by; once with only that one failing, once with all later ones
 * too.  The action frees what it made, and tells whether it succeeded: it must
 * not when an allocation failed, and it must when none did.  One check.
 */
extern bool alloc_torture(bool (*action) (void *arg), void *arg,
						  const char *name);

#endif							/* HW_ALLOC_H */
