/*-------------------------------------------------------------------------
 *
 * test_retry.c
 *	  Whether and when a failed request is tried again.
 *
 *-------------------------------------------------------------------------
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/retry.h"
#include "tap.h"

static void
has_policy(const char *text, long share, long window)
{
	long		share_ms = -1;
	long		window_ms = -1;
	bool		result = hw_retry_policy(text, &share_ms, &window_ms);

	ok(result == (share >= 0), "policy in \"%.70s\"", text);
	if (result)
	{
		is_int(share_ms, share, "share");
		is_int(window_ms, window, "window");
	}
}

static void
test_policy(void)
{
	has_policy("The throttling threshold has been reached: policy user over "
			   "ratelimit,limit:5,time:1 minute", 12000, 60000);
	has_policy("limit:20,time:1 second", 50, 1000);
	has_policy("limit:7,time:2 hours", 1028572, 7200000);
	has_policy("limit:x, then limit:1,time:30 seconds.", 30000, 30000);
	has_policy("limit:100000,time:1 second", 1, 1000);
	has_policy("", -1, 0);
	has_policy("limit:", -1, 0);
	has_policy("limit:5", -1, 0);
	has_policy("limit:5,time:", -1, 0);
	has_policy("limit:5,time:1", -1, 0);
	has_policy("limit:5,time:1 ", -1, 0);
	has_policy("limit:5,time:1 fortnight", -1, 0);
	has_policy("limit:0,time:1 minute", -1, 0);
	has_policy("limit:5,time:0 minute", -1, 0);
	has_policy("limit:-5,time:1 minute", -1, 0);
	has_policy("limit:99999999999999999999,time:1 minute", -1, 0);
	has_policy("limit:1,time:99999999999999999999 hour", -1, 0);
	has_policy("limit:1,time:999999999 hour", -1, 0);
}

static void
waits(const char *value, long long now, long expected)
{
	is_int(hw_retry_after(value, now), expected, "Retry-After \"%s\"", value);
}

static void
test_after(void)
{
	const long	most = 7L * 24 * 3600 * 1000;

	waits("0", 0, 0);
	waits("120", 0, 120000);
	waits(" 7\t", 0, 7000);
	waits("604801", 0, most);
	waits("99999999999999999999999", 0, most);
	waits("", 0, -1);
	waits("1.5", 0, -1);
	waits("-1", 0, -1);
	waits("5 seconds", 0, -1);
	waits("soon", 0, -1);
	waits("0000000000000", 0, 0);
	waits("000000000000030", 0, 30000);
	waits("unM, 06 Nov 1994 08:49:37 GMT", 0, -1);
	waits("Mon, 06 anF 1994 08:49:37 GMT", 0, -1);

	waits("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 - 5, 5000);
	waits("Sun, 06 Nov 1994 08:49:37 GMT ", 784111777, 0);
	waits("Sun, 06 Nov 1994 08:49:37 GMT", 784111777 + 100, 0);
	waits("Sun, 06 Nov 1994 08:49:37 GMT", 0, most);
	waits("Thu, 01 Jan 1970 00:00:01 GMT", 0, 1000);
	waits("Thu, 29 Feb 2024 23:59:59 GMT", 1709251199 - 1, 1000);
	waits("Fri, 01 Mar 2024 00:00:00 GMT", 1709251200 - 1, 1000);
	waits("Wed, 31 Dec 2025 23:59:60 GMT", 1767225600 - 1, 1000);
	waits("Mon, 01 Mar 2100 00:00:00 GMT", 4107542400 - 1, 1000);
	waits("Tue, 29 Feb 2000 12:00:00 GMT", 951825600 - 1, 1000);

	waits("Sunday, 06-Nov-94 08:49:37 GMT", 0, -1);
	waits("Sun Nov  6 08:49:37 1994", 0, -1);
	waits("Sun, 06 Nov 1994 08:49:37", 0, -1);
	waits("Sun, 06 Nov 1994 08:49:37 CET", 0, -1);
	waits("Sun, 06 Nov 1994 08:49:37 GMT x", 0, -1);
	waits("Sun, 06 Now 1994 08:49:37 GMT", 0, -1);
	waits("Sun, 06 ovD 1994 08:49:37 GMT", 0, -1);
	waits("Xyz, 06 Nov 1994 08:49:37 GMT", 0, -1);
	waits("Sun, 00 Nov 1994 08:49:37 GMT", 0, -1);
	waits("Sun, 32 Nov 1994 08:49:37 GMT", 0, -1);
	waits("Sun, 06 Nov 1994 24:49:37 GMT", 0, -1);
	waits("Sun, 06 Nov 1994 08:60:37 GMT", 0, -1);
	waits("Sun, 06 Nov 1994 08:49:61 GMT", 0, -1);
}

static long
delay(HwKind kind, int http, int nattempts, long wait_ms, double chance)
{
	HwRetry		retry = {nattempts, 0};
	HwStatus	status;

	hw_status_clear(&status);
	status.kind = kind;
	status.http = http;
	status.wait_ms = wait_ms;
	return hw_retry_delay(&retry, &status, 1000000, chance);
}

static void
test_delay(void)
{
	static const long full[] = {500, 1000, 2000, 4000, 8000};
	static const long throttled[] = {
		2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000
	};
	HwStatus	status;
	HwRetry		retry = {1, 0};
	int			i;
	int			kind;

	for (i = 0; i < 5; i++)
	{
		is_int(delay(HW_NO_CONNECTION, 0, i + 1, -1, 0.5), full[i] / 2,
			   "no connection, repeat %d", i + 1);
		is_int(delay(HW_SERVER_ERROR, 503, i + 1, -1, 0.999999),
			   full[i] - 1, "503, repeat %d", i + 1);
	}
	is_int(delay(HW_TIMED_OUT, 0, 1, -1, 0), 0, "jitter is full");
	is_int(delay(HW_TIMED_OUT, 0, 5, -1, 0), 0, "the fifth repeat");
	is_int(delay(HW_TIMED_OUT, 0, 6, -1, 0), -1, "no sixth");
	is_int(delay(HW_NO_CONNECTION, 200, 6, -1, 0), -1, "nor of a cut body");
	is_int(delay(HW_SERVER_ERROR, 502, 6, -1, 0), -1, "nor of 502");
	is_int(delay(HW_SERVER_ERROR, 504, 5, -1, 0.5), 4000, "504");
	is_int(delay(HW_SERVER_ERROR, 500, 1, -1, 0.5), 250, "500 once");
	is_int(delay(HW_SERVER_ERROR, 500, 2, -1, 0.5), 500, "500 twice");
	is_int(delay(HW_SERVER_ERROR, 500, 3, -1, 0.5), -1, "500 not again");
	is_int(delay(HW_SERVER_ERROR, 501, 1, -1, 0.5), -1, "501 never");
	is_int(delay(HW_SERVER_ERROR, 505, 1, -1, 0.5), -1, "505 never");
	is_int(delay(HW_SERVER_ERROR, 503, 1, 7000, 0.5), 7200,
		   "503 that says how long");
	is_int(delay(HW_SERVER_ERROR, 503, 5, 100, 0.5), 4000,
		   "or less than we wait anyway");

	for (i = 0; i < 8; i++)
		is_int(delay(HW_THROTTLED, 429, i + 1, -1, 0), throttled[i],
			   "throttled, repeat %d", i + 1);
	is_int(delay(HW_THROTTLED, 429, INT_MAX, -1, 0), 60000,
		   "throttled for ever");
	is_int(delay(HW_THROTTLED, 429, 3, 12000, 0), 12000,
		   "throttled, told how long");
	is_int(delay(HW_THROTTLED, 429, 3, 3000, 0.5), 3150,
		   "sessions told the same do not come back in step");
	is_int(delay(HW_THROTTLED, 429, 3, 60000, 0.5), 60200,
		   "though not much later");
	is_int(delay(HW_THROTTLED, 429, 1, -1, 0.5), 2100, "nor told nothing");
	is_int(delay(HW_THROTTLED, 429, 3, 0, 0), 500, "told not to wait");
	is_int(delay(HW_THROTTLED, 429, 0, -1, 0), 2000, "no attempt counted");

	for (kind = HW_OK; kind <= HW_INTERNAL; kind++)
	{
		if (kind == HW_NO_CONNECTION || kind == HW_TIMED_OUT ||
			kind == HW_SERVER_ERROR || kind == HW_THROTTLED)
			continue;
		is_int(delay((HwKind) kind, 503, 1, 0, 0), -1, "kind %d never", kind);
	}

	hw_status_clear(&status);
	status.kind = HW_THROTTLED;
	is_int(hw_retry_delay(&retry, &status, 2000, 0), 2000,
		   "a wait that just fits the budget");
	is_int(hw_retry_delay(&retry, &status, 2100, 0.999), 2099,
		   "chance takes what is left of it");
	is_int(hw_retry_delay(&retry, &status, 2000, 0.999), 2000,
		   "and no more");
	is_int(hw_retry_delay(&retry, &status, 1999, 0), -1,
		   "one that does not");
	retry.waited_ms = 58000;
	is_int(hw_retry_delay(&retry, &status, 60000, 0), 2000,
		   "with what was waited before");
	retry.waited_ms = 58001;
	is_int(hw_retry_delay(&retry, &status, 60000, 0), -1,
		   "and not beyond");
	status.wait_ms = LONG_MAX;
	is_int(hw_retry_delay(&retry, &status, 60000, 0), -1, "an endless wait");
	is_int(hw_retry_delay(&retry, &status, 0, 0), -1, "no budget");
}

int
main(void)
{
	test_policy();
	test_after();
	test_delay();
	return done();
}
