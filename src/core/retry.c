/*-------------------------------------------------------------------------
 *
 * retry.c
 *	  Whether and when a failed request is tried again.
 *
 * Repeats can make an overload worse: so their number and their time are
 * bounded, and chance spreads those of many sessions.
 *
 *-------------------------------------------------------------------------
 */
#include "core/retry.h"

#include <limits.h>
#include <string.h>

#define REPEATS_MAX 5

/* Some answers of 500 are about the request, and will not change. */
#define REPEATS_500_MAX 2

#define BACKOFF_MS 500L
#define BACKOFF_MS_MAX 30000L

/* Gateways count calls a minute; no longer wait can be needed. */
#define THROTTLED_MS 2000L
#define THROTTLED_MS_MAX 60000L

/*
 * What an answer tells one session it tells all that asked at the same time:
 * each waits up to a tenth longer, by chance, though not much.
 */
#define SPREAD_MS_MAX 400L

/* Longest time taken from an answer: a week is as good as never. */
#define ANSWER_SECONDS_MAX (7L * 24 * 3600)

static bool read_number(const char **text, long *value);
static bool read_policy(const char *text, long *share_ms, long *window_ms);
static bool read_date(const char *text, long long *seconds);
static int	index_of_name(const char *names, const char *text);
static long doubled(long start, int times, long most);
static long spread(long delay, long left, double chance);
static bool is_repeatable(const HwStatus *status, int nrepeats);

bool
hw_retry_policy(const char *text, long *share_ms, long *window_ms)
{
	const char *at = text;

	/* The word occurs in other places: "policy user over ratelimit,limit:5" */
	while ((at = strstr(at, "limit:")) != NULL)
	{
		at += strlen("limit:");
		if (read_policy(at, share_ms, window_ms))
			return true;
	}
	return false;
}

long
hw_retry_after(const char *value, long long now)
{
	const char *p = value + strspn(value, " \t");
	long		seconds;
	long long	when;

	if (*p >= '0' && *p <= '9')
	{
		bool		is_short = read_number(&p, &seconds);

		if (p[strspn(p, " \t")] != '\0')
			return -1;
		if (!is_short || seconds > ANSWER_SECONDS_MAX)
			seconds = ANSWER_SECONDS_MAX;
		return seconds * 1000;
	}
	if (!read_date(p, &when))
		return -1;
	if (when <= now)
		return 0;
	if (when - now > ANSWER_SECONDS_MAX)
		return ANSWER_SECONDS_MAX * 1000;
	return (long) (when - now) * 1000;
}

long
hw_retry_delay(const HwRetry *retry, const HwStatus *status, long budget_ms,
			   double chance)
{
	int			nrepeats = retry->nattempts > 0 ? retry->nattempts - 1 : 0;
	long		left = budget_ms - retry->waited_ms;
	long		delay;

	if (budget_ms <= 0 || !is_repeatable(status, nrepeats))
		return -1;
	if (status->kind == HW_THROTTLED)
	{
		/* A wait of nothing would not end before the budget does. */
		delay = status->wait_ms;
		if (delay < 0)
			delay = doubled(THROTTLED_MS, nrepeats, THROTTLED_MS_MAX);
		else if (delay < BACKOFF_MS)
			delay = BACKOFF_MS;
		delay = spread(delay, left, chance);
	}
	else
	{
		delay = (long) (chance * (double) doubled(BACKOFF_MS, nrepeats,
												  BACKOFF_MS_MAX));
		if (delay < status->wait_ms)
			delay = spread(status->wait_ms, left, chance);
	}
	if (delay > left)
		return -1;
	return delay;
}

/* Digits at *text, which moves behind them; false when there are too many. */
static bool
read_number(const char **text, long *value)
{
	const char *begin = *text;
	const char *first;

	*value = 0;
	while (**text == '0')
		++*text;
	for (first = *text; **text >= '0' && **text <= '9'; ++*text)
	{
		if (*text - first < 9)
			*value = *value * 10 + (**text - '0');
	}
	return *text > begin && *text - first <= 9;
}

/* "5,time:1 minute" */
static bool
read_policy(const char *text, long *share_ms, long *window_ms)
{
	static const struct
	{
		const char *name;
		long		ms;
	}			units[] =
	{
		{"second", 1000},
		{"minute", 60000},
		{"hour", 3600000}
	};
	long		calls;
	long		count;
	size_t		i;

	if (!read_number(&text, &calls) || calls == 0 ||
		strncmp(text, ",time:", 6) != 0)
		return false;
	text += 6;
	if (!read_number(&text, &count) || count == 0 || *text++ != ' ')
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
	{
		if (strncmp(text, units[i].name, strlen(units[i].name)) != 0)
			continue;
		if (count > ANSWER_SECONDS_MAX * 1000 / units[i].ms)
			return false;
		*window_ms = count * units[i].ms;
		*share_ms = (*window_ms + calls - 1) / calls;
		return true;
	}
	return false;
}

/*
 * "Sun, 06 Nov 1994 08:49:37 GMT", the one form that RFC 9110 lets senders
 * use.  Not strptime, whose names depend on the locale.
 */
static bool
read_date(const char *text, long long *seconds)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const char shape[] = "aaa, 00 aaa 0000 00:00:00 GMT";
	const size_t length = sizeof(shape) - 1;
	int			month;
	int			number[5];
	static const int places[5] = {5, 12, 17, 20, 23};
	long long	year;
	long long	from_march;
	long long	ndays;
	size_t		i;

	for (i = 0; i < length; i++)
	{
		char		c = text[i];
		bool		is_fine;

		if (shape[i] == 'a')
			is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		else if (shape[i] == '0')
			is_fine = c >= '0' && c <= '9';
		else
			is_fine = c == shape[i];
		if (!is_fine)
			return false;
	}
	if (text[length + strspn(text + length, " \t")] != '\0')
		return false;

	month = index_of_name(months, text + 8);
	if (month < 0 || index_of_name(days, text) < 0)
		return false;
	for (i = 0; i < 5; i++)
		number[i] = (text[places[i]] - '0') * 10 + (text[places[i] + 1] - '0');
	if (number[0] < 1 || number[0] > 31 || number[2] > 23 || number[3] > 59 ||
		number[4] > 60)
		return false;

	/*
	 * Years that begin in March have their odd day last.  719468 days passed
	 * from 1 March of year 0 to 1 January 1970.
	 */
	year = number[1] * 100LL + (text[14] - '0') * 10 + (text[15] - '0');
	from_march = (month + 10) % 12;
	if (from_march >= 10)
		year--;
	ndays = year * 365 + year / 4 - year / 100 + year / 400 +
		(from_march * 153 + 2) / 5 + number[0] - 1 - 719468;
	*seconds = ndays * 86400 + number[2] * 3600 + number[3] * 60 + number[4];
	return true;
}

/* Which of the names, of three letters each, text begins with; or -1. */
static int
index_of_name(const char *names, const char *text)
{
	for (int i = 0; names[i * 3]; i++)
	{
		if (memcmp(names + i * 3, text, 3) == 0)
			return i;
	}
	return -1;
}

static long
doubled(long start, int times, long most)
{
	for (; times > 0 && start < most; times--)
		start *= 2;
	return start < most ? start : most;
}

/* Not beyond what is left of the budget, if the delay itself is not. */
static long
spread(long delay, long left, double chance)
{
	long		most = left - delay;
	long		more = delay / 10 < SPREAD_MS_MAX ? delay / 10 : SPREAD_MS_MAX;

	if (most < 0)
		return delay;
	return delay + (long) (chance * (double) (more < most ? more : most));
}

static bool
is_repeatable(const HwStatus *status, int nrepeats)
{
	switch (status->kind)
	{
		case HW_THROTTLED:
			return true;
		case HW_NO_CONNECTION:
		case HW_TIMED_OUT:
			return nrepeats < REPEATS_MAX;
		case HW_SERVER_ERROR:
			if (status->http == 500)
				return nrepeats < REPEATS_500_MAX;
			return status->http >= 502 && status->http <= 504 &&
				nrepeats < REPEATS_MAX;
		default:
			return false;
	}
}
