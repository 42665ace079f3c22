/*-------------------------------------------------------------------------
 *
 * fuzz_retry.c
 *	  How long to wait: Retry-After, limits in texts, and the arithmetic.
 *
 * Lines: a Retry-After header; now, in seconds; a text of a service; then
 * kind, HTTP status, attempts, waited, budget, wait asked for, chance in
 * percent, as numbers.  Second opinions are strptime in the C locale and
 * regular expressions.
 *
 *-------------------------------------------------------------------------
 */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/retry.h"
#include "fuzz.h"

#define WEEK_MS (7LL * 24 * 3600 * 1000)

/* The parts in brackets; false when text does not match. */
static bool
match(regex_t *compiled, const char *pattern, const char *text,
	  regmatch_t parts[5])
{
	if (compiled->re_nsub == 0)
		require(regcomp(compiled, pattern, REG_EXTENDED) == 0, "%s", pattern);
	return regexec(compiled, text, 5, parts, 0) == 0;
}

static long long
expected_after(const char *value, long long now)
{
	static regex_t seconds;
	static regex_t date;
	regmatch_t	parts[5];
	struct tm	tm = {0};
	long long	left;

	if (match(&seconds, "^[ \t]*0*([0-9]+)[ \t]*$", value, parts))
	{
		if (parts[1].rm_eo - parts[1].rm_so > 9)
			return WEEK_MS;
		left = atoll(value + parts[1].rm_so);
		return left * 1000 < WEEK_MS ? left * 1000 : WEEK_MS;
	}
	if (!match(&date, "^[ \t]*((Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
			   "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
			   "[0-9]{2}:[0-9]{2}:[0-9]{2}) GMT[ \t]*$", value, parts))
		return -1;
	/* glibc has room for two leap seconds, HTTP for one. */
	if (strptime(value + parts[1].rm_so, "%a, %d %b %Y %H:%M:%S", &tm) !=
		value + parts[1].rm_eo || tm.tm_sec > 60)
		return -1;
	left = (long long) timegm(&tm) - now;
	if (left <= 0)
		return 0;
	return left * 1000 < WEEK_MS ? left * 1000 : WEEK_MS;
}

static void
check_policy(const char *text)
{
	static regex_t policy;
	static const char *const units[] = {"second", "minute", "hour"};
	static const long long unit_ms[] = {1000, 60000, 3600000};
	regmatch_t	parts[5];
	long		share = -1;
	long		window = -1;
	bool		got = hw_retry_policy(text, &share, &window);
	const char *p = text;

	for (; match(&policy, "limit:0*([0-9]{1,9}),time:0*([0-9]{1,9}) "
				 "(second|minute|hour)", p, parts); p += parts[0].rm_so + 1)
	{
		long long	calls = atoll(p + parts[1].rm_so);
		long long	ms = atoll(p + parts[2].rm_so);
		int			u = 0;

		while (strncmp(p + parts[3].rm_so, units[u], strlen(units[u])) != 0)
			u++;
		ms *= unit_ms[u];
		if (calls == 0 || ms == 0 || ms > WEEK_MS)
			continue;
		require(got && window == ms && share == (ms + calls - 1) / calls,
				"\"%s\" is read as %ld in %ld", text, share, window);
		return;
	}
	require(!got, "a policy in \"%s\"", text);
}

static void
check_delay(const FuzzLines *lines)
{
	long		number[7] = {0};
	HwRetry		retry;
	HwStatus	status;
	long		budget;
	long		delay;

	for (int i = 0; i < 7; i++)
		number[i] = atol(fuzz_line(lines, 3 + i)) % 1000000000;
	hw_status_clear(&status);
	status.kind = (HwKind) (labs(number[0]) % (HW_INTERNAL + 1));
	status.http = (int) labs(number[1]);
	retry.nattempts = (int) labs(number[2]);
	retry.waited_ms = labs(number[3]);
	budget = labs(number[4]);
	status.wait_ms = number[5] < 0 ? -1 : number[5];
	delay = hw_retry_delay(&retry, &status, budget,
						   (double) (labs(number[6]) % 100) / 100);

	require(delay >= -1 && delay <= budget, "a delay of %ld", delay);
	require(delay < 0 || retry.waited_ms + delay <= budget,
			"the budget is exceeded");
	require(delay < 0 || delay >= status.wait_ms,
			"the answer said %ld, not %ld", status.wait_ms, delay);
	if (delay >= 0)
	{
		bool		is_throttled = status.kind == HW_THROTTLED;

		require(is_throttled || status.kind == HW_NO_CONNECTION ||
				status.kind == HW_TIMED_OUT ||
				status.kind == HW_SERVER_ERROR, "kind %d is repeated",
				status.kind);
		require(is_throttled || retry.nattempts <= 5, "%d attempts",
				retry.nattempts);
		require(!is_throttled || delay >= 500, "no pause: %ld", delay);

		/* What the answer asked for is spread by a tenth, and by 0.4 s. */
		require(is_throttled || delay <= 30000 ||
				delay <= status.wait_ms + status.wait_ms / 10,
				"a delay of %ld", delay);
		require(is_throttled || delay <= 30000 ||
				delay <= status.wait_ms + 400, "a delay of %ld", delay);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	long long	now;
	long long	expected;
	long		got;

	fuzz_lines(data, size, &lines);
	now = llabs(atoll(fuzz_line(&lines, 1)) % 10000000000LL);
	expected = expected_after(fuzz_line(&lines, 0), now);
	got = hw_retry_after(fuzz_line(&lines, 0), now);
	require(got == expected, "\"%s\" is read as %ld, not %lld",
			fuzz_line(&lines, 0), got, expected);
	check_policy(fuzz_line(&lines, 2));
	check_delay(&lines);
	fuzz_lines_free(&lines);
	return 0;
}
