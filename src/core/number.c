/*-------------------------------------------------------------------------
 *
 * number.c
 *	  Integers told by the texts of numbers.
 *
 *-------------------------------------------------------------------------
 */
#include "core/number.h"

#include <stddef.h>
#include <string.h>

/* Longest exponent that is worth adding up; any longer one is out of reach. */
#define EXPONENT_MAX 100000000L

/* A number's text, taken apart. */
typedef struct Parts
{
	bool		is_negative;
	const char *first;			/* first and last digit that is not 0; NULL */
	const char *last;			/* when there is none */
	long		ndigits;		/* from first to last */
	long		nzeros;			/* behind last */
	long		nfraction;		/* behind the point */
	long		exponent;
} Parts;

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void
count_digit(Parts *parts, const char *p)
{
	if (*p == '0')
	{
		parts->nzeros += parts->first != NULL;
		return;
	}
	if (parts->first == NULL)
		parts->first = p;
	parts->last = p;
	parts->ndigits += parts->nzeros + 1;
	parts->nzeros = 0;
}

/* Behind the digits, of which there has to be one; otherwise NULL. */
static const char *
read_digits(Parts *parts, const char *p)
{
	if (!is_digit(*p))
		return NULL;
	while (is_digit(*p))
		count_digit(parts, p++);
	return p;
}

/* Behind the exponent; NULL when it is none. */
static const char *
read_exponent(Parts *parts, const char *p)
{
	bool		is_negative = *p == '-';

	if (*p == '-' || *p == '+')
		p++;
	if (!is_digit(*p))
		return NULL;
	for (; is_digit(*p); p++)
	{
		if (parts->exponent < EXPONENT_MAX)
			parts->exponent = parts->exponent * 10 + (*p - '0');
	}
	if (is_negative)
		parts->exponent = -parts->exponent;
	return p;
}

static bool
read_parts(Parts *parts, const char *p)
{
	if (*p == '-')
	{
		parts->is_negative = true;
		p++;
	}
	if (*p == '0' && is_digit(p[1]))
		return false;
	p = read_digits(parts, p);
	if (p && *p == '.')
	{
		const char *fraction = p + 1;

		p = read_digits(parts, fraction);
		parts->nfraction = p ? p - fraction : 0;
	}
	if (p && (*p == 'e' || *p == 'E'))
		p = read_exponent(parts, p + 1);
	return p && *p == '\0';
}

bool
hw_number_plain(const char *number, HwPlain plain)
{
	Parts		parts = {0};
	char	   *out = plain;
	long		nzeros;

	if (!read_parts(&parts, number))
		return false;
	if (parts.first == NULL)
	{
		memcpy(plain, "0", sizeof("0"));
		return true;
	}
	nzeros = parts.nzeros + parts.exponent - parts.nfraction;
	if (nzeros < 0 || parts.ndigits > HW_NUMBER_DIGITS_MAX ||
		nzeros > HW_NUMBER_DIGITS_MAX - parts.ndigits)
		return false;
	if (parts.is_negative)
		*out++ = '-';
	for (const char *p = parts.first; p <= parts.last; p++)
	{
		if (*p != '.')
			*out++ = *p;
	}
	memset(out, '0', (size_t) nzeros);
	out[nzeros] = '\0';
	return true;
}

bool
hw_number_integer(const char *number, long long *value)
{
	HwPlain		plain;
	const char *digit = plain;
	long long	result = 0;
	bool		is_negative;

	if (!hw_number_plain(number, plain))
		return false;
	is_negative = *digit == '-';
	if (is_negative)
		digit++;

	/* Downwards, since the smallest number has no counterpart. */
	for (; *digit; digit++)
	{
		if (__builtin_mul_overflow(result, 10LL, &result) ||
			__builtin_sub_overflow(result, (long long) (*digit - '0'),
								   &result))
			return false;
	}
	if (!is_negative && __builtin_sub_overflow(0LL, result, &result))
		return false;
	*value = result;
	return true;
}
