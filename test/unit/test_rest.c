/*-------------------------------------------------------------------------
 *
 * test_rest.c
 *	  Tests of core/rest.
 *
 * The clock is an argument, so five minutes pass at once.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "core/rest.h"
#include "tap.h"

#define NOW 1735787045

static HwRests *rests;

static void
add(const char *a, const char *b, time_t now)
{
	HwStatus	status;

	hw_status_clear(&status);
	hw_status_set(&status, HW_UNAUTHORIZED, "refused at %ld", (long) now);
	hw_rests_add(rests, (const char *const[]) {a, b}, 2, &status, now);
}

static bool
find(const char *a, const char *b, time_t now, HwStatus *status)
{
	return hw_rests_find(rests, (const char *const[]) {a, b}, 2, now, status);
}

static void
test_texts(void)
{
	HwStatus	status;

	ok(!find("key", "secret", NOW, &status), "nothing rests");
	add("key", "secret", NOW);
	ok(find("key", "secret", NOW, &status), "what was refused does");
	is_int(status.kind, HW_UNAUTHORIZED, "with the refusal");
	is_string(status.text, "refused at 1735787045", "and its words");
	is_int(status.wait_ms, 300000, "for five minutes");
	ok(!find("key", "other", NOW, &status), "another secret does not");
	ok(!find("keys", "ecret", NOW, &status), "nor texts split elsewhere");
	ok(!find("key", NULL, NOW, &status), "nor without one");

	add(NULL, "", NOW);
	ok(find(NULL, "", NOW, &status), "no text, and an empty one");
	ok(!find("", NULL, NOW, &status), "are not the same");
	hw_rests_forget(rests);
	ok(!find("key", "secret", NOW, &status), "forgotten");
}

static void
test_times(void)
{
	HwStatus	status;

	add("key", "secret", NOW);
	ok(find("key", "secret", NOW + 299, &status), "a second before the end");
	is_int(status.wait_ms, 1000, "which is told");
	ok(!find("key", "secret", NOW + 300, &status), "the end");
	add("key", "secret", NOW + 200);
	ok(find("key", "secret", NOW + 499, &status), "refused again");
	is_string(status.text, "refused at 1735787245", "which counts");

	/* The clock is set back by a day. */
	ok(find("key", "secret", NOW - 86400, &status), "it rests on");
	is_int(status.wait_ms, 300000, "for five minutes, not for a day");
	ok(find("key", "secret", NOW - 86400 + 299, &status) &&
	   !find("key", "secret", NOW - 86400 + 300, &status),
	   "by the new time");
	hw_rests_forget(rests);
}

/* The newest 32 of many. */
static void
test_room(void)
{
	HwStatus	status;
	char		key[20];
	int			nfound = 0;

	for (int i = 0; i < 40; i++)
	{
		snprintf(key, sizeof(key), "key%d", i);
		add(key, "secret", NOW + i);
		add("again", "secret", NOW + i);
	}
	for (int i = 9; i < 40; i++)
	{
		snprintf(key, sizeof(key), "key%d", i);
		nfound += find(key, "secret", NOW + 50, &status);
	}
	is_int(nfound, 31, "the last ones are known");
	ok(find("again", "secret", NOW + 50, &status), "one takes one place");
	hw_rests_forget(rests);
}

/* What cannot be told from others rests with them. */
static bool
rest_alone(void *arg __attribute__((unused)))
{
	HwRests    *own = hw_rests_open();
	const char *const texts[] = {"key", "secret"};
	HwStatus	status;
	bool		does_rest = false;

	if (own == NULL)
		return false;
	hw_status_clear(&status);
	hw_rests_add(own, texts, 2, &status, NOW);
	does_rest = hw_rests_find(own, texts, 2, NOW, &status);
	ok(does_rest, "it rests, whatever memory there is");
	hw_rests_close(own);
	return does_rest && !alloc_has_failed();
}

int
main(void)
{
	rests = hw_rests_open();
	test_texts();
	test_times();
	test_room();
	hw_rests_close(rests);
	hw_rests_close(NULL);
	alloc_torture(rest_alone, NULL, "a refused key");
	return done();
}
