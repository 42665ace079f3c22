/*-------------------------------------------------------------------------
 *
 * test_locale.c
 *	  The other tests once more, where 1.5 is written 1,5.
 *
 * A server may run under any locale, and libraries that read or print numbers
 * follow it.  The locale is made for this test; without localedef and its
 * sources (Debian: locales) the test is skipped.
 *
 *-------------------------------------------------------------------------
 */
#include <libgen.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define LOCALE "de_DE.UTF-8"

/* Programs that need no server, as their neighbours. */
static const char *const programs[] = {"test_json", "test_decode",
"test_text", "test_status", "test_verdict", "test_url", "test_request",
"test_sign", "test_ask", "test_retry", "test_auth", NULL};

/* The status of a program, whose output is kept to itself. */
static int
run(const char *program, char *const *arguments)
{
	pid_t		pid = fork();
	int			status;

	if (pid == 0)
	{
		if (freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w",
														 stderr))
			execvp(program, arguments);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

/* Makes the locale in a directory, which becomes that of all locales. */
static bool
make_locale(const char *directory)
{
	char		path[200];
	char	   *arguments[] = {"localedef", "-i", "de_DE", "-f", "UTF-8", path,
	NULL};

	snprintf(path, sizeof(path), "%s/" LOCALE, directory);
	setenv("LOCPATH", directory, 1);
	setenv("LC_ALL", LOCALE, 1);
	return run(arguments[0], arguments) == 0 && setlocale(LC_ALL, "");
}

static void
remove_tree(const char *directory)
{
	char		copy[100];
	char	   *arguments[] = {"rm", "-rf", copy, NULL};

	snprintf(copy, sizeof(copy), "%s", directory);
	run(arguments[0], arguments);
}

int
main(int argc, char **argv)
{
	char		directory[] = "/tmp/hwbss-locale.XXXXXX";
	char		number[10];
	const char *neighbours = dirname(argv[0]);

	(void) argc;
	if (mkdtemp(directory) == NULL)
		return 1;
	if (!make_locale(directory))
	{
		remove_tree(directory);
		puts("1..0 # SKIP no localedef, or no sources of " LOCALE);
		return 0;
	}
	snprintf(number, sizeof(number), "%.1f", 1.5);
	is_string(number, "1,5", "a number under " LOCALE);
	for (int i = 0; programs[i]; i++)
	{
		char		path[1000];
		char	   *arguments[] = {path, NULL};

		snprintf(path, sizeof(path), "%s/%s", neighbours, programs[i]);
		is_int(run(path, arguments), 0, "%s", programs[i]);
	}
	remove_tree(directory);
	return done();
}
