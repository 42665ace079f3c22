/*-------------------------------------------------------------------------
 *
 * fuzz_hosts.c
 *	  Lists of allowed hosts against a matcher that tries everything.
 *
 * Lines: a list; a host; another list.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/hosts.h"
#include "fuzz.h"

/* Trying everything takes exponential time. */
#define LENGTH_MAX 60
#define ASTERISKS_MAX 5

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
}

/* An asterisk is nothing, or a byte other than a dot and an asterisk. */
static bool
matches(const char *pattern, const char *host)
{
	if (*pattern == '*')
		return matches(pattern + 1, host) ||
			(*host && *host != '.' && matches(pattern, host + 1));
	if (*pattern == '\0' || *host == '\0')
		return *pattern == *host;
	return lower(*pattern) == lower(*host) && matches(pattern + 1, host + 1);
}

static bool
matches_pattern(const char *pattern, const char *host)
{
	if (strcmp(pattern, "*") == 0)
		return true;
	if (strncmp(pattern, "*.", 2) != 0)
		return *pattern && matches(pattern, host);
	for (const char *dot = strchr(host, '.'); dot; dot = strchr(dot + 1, '.'))
		if (host[0] != '.' && matches(pattern + 1, dot))
			return true;
	return false;
}

static void
trim(char *text)
{
	size_t		length = strlen(text);
	size_t		begin = strspn(text, " \t\r\n");

	while (length > begin && strchr(" \t\r\n", text[length - 1]))
		length--;
	text[length] = '\0';
	memmove(text, text + begin, length - begin + 1);
}

static bool
expected(const char *list, const char *host)
{
	char		copy[LENGTH_MAX + 1];
	char	   *rest = strcpy(copy, list);
	char	   *pattern;

	if (*host == '\0')
		return false;
	while ((pattern = strsep(&rest, ",")) != NULL)
	{
		trim(pattern);
		if (matches_pattern(pattern, host))
			return true;
	}
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	const char *list;
	const char *host;
	char		both[2 * LENGTH_MAX + 2];
	int			nasterisks = 0;

	for (size_t i = 0; i < size; i++)
		nasterisks += data[i] == '*';
	if (size > LENGTH_MAX || nasterisks > ASTERISKS_MAX)
		return 0;
	fuzz_lines(data, size, &lines);
	list = fuzz_line(&lines, 0);
	host = fuzz_line(&lines, 1);
	require(hw_hosts_allow(list, host) == expected(list, host),
			"\"%s\" in \"%s\": %d", host, list, !expected(list, host));
	/* A longer list allows what its parts do. */
	snprintf(both, sizeof(both), "%s,%s", list, fuzz_line(&lines, 2));
	require(hw_hosts_allow(both, host) ==
			(expected(list, host) || expected(fuzz_line(&lines, 2), host)),
			"\"%s\" in \"%s\"", host, both);
	require(!hw_hosts_is_list(both) || hw_hosts_is_list(list) ||
			strlen(list) == strspn(list, " \t\r\n"), "a part of \"%s\"",
			both);
	fuzz_lines_free(&lines);
	return 0;
}
