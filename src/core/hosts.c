/*-------------------------------------------------------------------------
 *
 * hosts.c
 *	  Lists of host names with wildcards.
 *
 *-------------------------------------------------------------------------
 */
#include "core/hosts.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r\n"
#define HOST_BYTES "abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:*"

static const char *next_pattern(const char **list, size_t *length);
static bool matches(const char *pattern, const char *end, const char *host);
static char lower(char c);

bool
hw_hosts_is_list(const char *list)
{
	size_t		length;

	if (list[strspn(list, BLANKS)] == '\0')
		return true;
	do
	{
		const char *pattern = next_pattern(&list, &length);

		if (length == 0 || strspn(pattern, HOST_BYTES) < length)
			return false;
	} while (*list++ == ',');
	return true;
}

bool
hw_hosts_allow(const char *list, const char *host)
{
	if (*host == '\0')
		return false;
	do
	{
		size_t		length;
		const char *pattern = next_pattern(&list, &length);
		const char *end = pattern + length;
		const char *dot = host;

		if (length == 1 && *pattern == '*')
			return true;
		if (length < 2 || memcmp(pattern, "*.", 2) != 0)
		{
			if (length > 0 && matches(pattern, end, host))
				return true;
			continue;
		}
		/* Every dot but a leading one may be where the labels end. */
		while (*host != '.' && (dot = strchr(dot, '.')) != NULL)
		{
			if (matches(pattern + 1, end, dot++))
				return true;
		}
	} while (*list++ == ',');
	return false;
}

/* The bytes up to a comma or the end, where list points afterwards. */
static const char *
next_pattern(const char **list, size_t *length)
{
	const char *pattern = *list + strspn(*list, BLANKS);

	*list = pattern + strcspn(pattern, ",");
	*length = (size_t) (*list - pattern);
	while (*length > 0 && strchr(BLANKS, pattern[*length - 1]))
		--*length;
	return pattern;
}

/* The last asterisk alone may take back what it has swallowed. */
static bool
matches(const char *pattern, const char *end, const char *host)
{
	const char *asterisk = NULL;
	const char *swallowed = NULL;

	while (*host)
	{
		if (pattern < end && *pattern == '*')
		{
			asterisk = ++pattern;
			swallowed = host;
		}
		else if (pattern < end && lower(*pattern) == lower(*host))
		{
			pattern++;
			host++;
		}
		else if (asterisk && *swallowed != '.')
		{
			pattern = asterisk;
			host = ++swallowed;
		}
		else
			return false;
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c - 'A' + 'a') : c;
}
