/*-------------------------------------------------------------------------
 *
 * test_seen.c
 *	  The set of keys: many of them, their strands, and its memory.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "core/seen.h"
#include "tap.h"

#define MANY 1000000

static HwSeenResult
note(HwSeen *seen, const char *key, int strand)
{
	return hw_seen_note(seen, key, strlen(key), strand);
}

static void
test_strands(void)
{
	HwSeen	   *seen = hw_seen_open();
	size_t		bytes = hw_seen_bytes(seen);

	is_int(note(seen, "a", 0), HW_SEEN_NEW, "a key");
	is_int(note(seen, "a", 0), HW_SEEN_HERE, "again");
	is_int(note(seen, "a", 1), HW_SEEN_ELSEWHERE, "in another strand");
	is_int(note(seen, "a", 1), HW_SEEN_ELSEWHERE,
		   "it stays where it was seen first");
	is_int(note(seen, "a", 0), HW_SEEN_HERE, "there it is known");
	is_int(note(seen, "b", HW_SEEN_STRANDS_MAX - 1), HW_SEEN_NEW,
		   "a key of the last strand");
	is_int(note(seen, "b", HW_SEEN_STRANDS_MAX - 1), HW_SEEN_HERE, "again");
	is_int(note(seen, "b", 0), HW_SEEN_ELSEWHERE, "in the first strand");
	is_int(note(seen, "b", HW_SEEN_STRANDS_MAX - 2), HW_SEEN_ELSEWHERE,
		   "in the one before the last");
	is_int(note(seen, "A", 0), HW_SEEN_NEW, "case tells keys apart");
	is_int(hw_seen_note(seen, "", 0, 0), HW_SEEN_NEW, "no bytes are a key");
	is_int(hw_seen_note(seen, "\0", 1, 0), HW_SEEN_NEW, "and so is a zero");
	is_int(hw_seen_note(seen, "", 0, 3), HW_SEEN_ELSEWHERE, "again");
	is_int(hw_seen_note(seen, "ab", 1, 0), HW_SEEN_HERE,
		   "only the length's bytes count");
	is_int((long long) hw_seen_bytes(seen), (long long) bytes,
		   "few keys take no more memory");
	ok(bytes > 0 && bytes <= 64 * 1024, "%zu bytes at first", bytes);
	hw_seen_close(seen);
	hw_seen_close(NULL);
}

static void
test_many(void)
{
	HwSeen	   *seen = hw_seen_open();
	HwSeen	   *small = hw_seen_open();
	long		nwrong = 0;
	size_t		bytes;
	size_t		before = hw_seen_bytes(seen);
	int			ngrown = 0;
	char		key[64];
	struct timespec began;
	struct timespec ended;

	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < MANY; i++)
	{
		snprintf(key, sizeof(key), "project/%08x-0000-4916-a5cf-%012d", i, i);
		nwrong += note(seen, key, i % HW_SEEN_STRANDS_MAX) != HW_SEEN_NEW;
		if (hw_seen_bytes(seen) != before)
		{
			before = hw_seen_bytes(seen);
			ngrown++;
		}
	}
	is_int(nwrong, 0, "a million keys are new");
	bytes = hw_seen_bytes(seen);

	/* 16 bytes each; a table that doubles is at least two fifths full. */
	ok(bytes >= MANY * 16UL && bytes <= MANY * 40UL,
	   "in %zu bytes", bytes);
	ok(ngrown >= 8 && ngrown <= 16, "it has grown %d times", ngrown);
	for (int i = 0; i < MANY; i++)
	{
		int			strand = i % HW_SEEN_STRANDS_MAX;
		bool		is_other = i % 7 == 0;

		snprintf(key, sizeof(key), "project/%08x-0000-4916-a5cf-%012d", i, i);
		nwrong += note(seen, key, is_other ? (strand + 1) %
					   HW_SEEN_STRANDS_MAX : strand) !=
			(is_other ? HW_SEEN_ELSEWHERE : HW_SEEN_HERE);
	}
	is_int(nwrong, 0, "growth forgets no key and no strand");
	is_int((long long) hw_seen_bytes(seen), (long long) bytes,
		   "and known keys take no memory");
	clock_gettime(CLOCK_MONOTONIC, &ended);
	ok(ended.tv_sec - began.tv_sec < 60, "within a minute");
	is_int(note(small, key, 0), HW_SEEN_NEW, "sets do not share keys");
	hw_seen_close(small);
	hw_seen_close(seen);
}

/* Enough keys for the set to grow twice. */
static bool
fill(void *arg)
{
	HwSeen	   *seen = hw_seen_open();
	bool		result = true;
	char		key[20];

	(void) arg;
	if (seen == NULL)
		return false;
	for (int i = 0; i < 1000 && result; i++)
	{
		snprintf(key, sizeof(key), "%d", i);
		result = note(seen, key, i) == HW_SEEN_NEW;
	}
	hw_seen_close(seen);
	return result;
}

static void
test_memory(void)
{
	HwSeen	   *seen = hw_seen_open();
	char		key[20];
	int			nkeys = 0;
	int			nwrong = 0;
	HwSeenResult result;

	alloc_torture(fill, NULL, "a set that grows");

	/* A set that could not grow still knows what it has. */
	alloc_fail_from(1);
	do
	{
		snprintf(key, sizeof(key), "%d", nkeys);
		result = note(seen, key, 1);
		nkeys++;
	} while (result == HW_SEEN_NEW && nkeys < 100000);
	alloc_fail_at(0);
	is_int(result, HW_SEEN_FAILED, "no memory to grow");
	nkeys--;
	for (int i = 0; i < nkeys; i++)
	{
		snprintf(key, sizeof(key), "%d", i);
		nwrong += note(seen, key, 1) != HW_SEEN_HERE;
	}
	is_int(nwrong, 0, "loses none of %d keys", nkeys);
	snprintf(key, sizeof(key), "%d", nkeys);
	is_int(note(seen, key, 1), HW_SEEN_NEW,
		   "and takes the next when there is memory");
	hw_seen_close(seen);
}

int
main(void)
{
	test_strands();
	test_many();
	test_memory();
	return done();
}
