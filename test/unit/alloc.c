/*-------------------------------------------------------------------------
 *
 * alloc.c
 *	  Allocations that fail on demand.
 *
 *-------------------------------------------------------------------------
 */
#include "alloc.h"

#include <curl/curl.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

/* An action that allocates more often than this never ends. */
#define ALLOCATIONS_MAX 100000

extern void *__real_malloc(size_t size);
extern void *__real_calloc(size_t count, size_t size);
extern void *__real_realloc(void *memory, size_t size);
extern char *__real_strdup(const char *text);
extern char *__real_strndup(const char *text, size_t size);

extern void *__wrap_malloc(size_t size);
extern void *__wrap_calloc(size_t count, size_t size);
extern void *__wrap_realloc(void *memory, size_t size);
extern char *__wrap_strdup(const char *text);
extern char *__wrap_strndup(const char *text, size_t size);

static long wanted;				/* 0: none is to fail */
static bool is_lasting;
static long count;
static bool has_failed;

/* Who initialises libcurl first decides whose memory it works with. */
__attribute__((constructor)) static void
leave_libcurl_alone(void)
{
	curl_global_init(CURL_GLOBAL_ALL);
}

static bool
fails(void)
{
	count++;
	if (wanted == 0 || count < wanted || (count > wanted && !is_lasting))
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

static void
begin(long nth, bool lasting)
{
	wanted = nth;
	is_lasting = lasting;
	count = 0;
	has_failed = false;
}

void
alloc_fail_at(long nth)
{
	begin(nth, false);
}

void
alloc_fail_from(long nth)
{
	begin(nth, true);
}

long
alloc_count(void)
{
	return count;
}

bool
alloc_has_failed(void)
{
	return has_failed;
}

bool
alloc_torture(bool (*action) (void *arg), void *arg, const char *name)
{
	int			round;
	long		nth = 0;

	for (round = 0; round < 2; round++)
	{
		for (nth = 1; nth < ALLOCATIONS_MAX; nth++)
		{
			bool		succeeded;
			bool		was_failed;

			begin(nth, round == 1);
			succeeded = action(arg);
			was_failed = has_failed;
			begin(0, false);

			if (succeeded == was_failed)
			{
				ok(false, "%s: allocations failing in turn", name);
				diag("%s although allocation %ld%s %s",
					 succeeded ? "succeeded" : "failed", nth,
					 round == 1 ? " and later" : "",
					 was_failed ? "failed" : "was never reached");
				return false;
			}
			if (!was_failed)
				break;
		}
	}
	/* Without the linker's flags there was nothing to fail. */
	return ok(nth > 1, "%s: %ld allocations failing in turn", name, nth - 1);
}

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t number, size_t size)
{
	return fails() ? NULL : __real_calloc(number, size);
}

void *
__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

char *
__wrap_strdup(const char *text)
{
	return fails() ? NULL : __real_strdup(text);
}

char *
__wrap_strndup(const char *text, size_t size)
{
	return fails() ? NULL : __real_strndup(text, size);
}
