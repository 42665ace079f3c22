/*-------------------------------------------------------------------------
 *
 * tap.c
 *	  Test results as TAP, the Test Anything Protocol.
 *
 *-------------------------------------------------------------------------
 */
#include "tap.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int	nchecks;
static int	nfailed;
static bool has_failed;			/* the last check */

static FILE *remarks(void);
static bool report(bool passed, const char *name, va_list args);
static void print_text(const char *label, const char *text);

/* The C library keeps a copy of LOCPATH. */
extern const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:argz_add_sep\n";
}

/* Like a server that follows its user's locale (test_locale). */
__attribute__((constructor)) static void
follow_locale(void)
{
	setlocale(LC_ALL, "");
}

bool
ok(bool passed, const char *name,...)
{
	va_list		args;

	va_start(args, name);
	report(passed, name, args);
	va_end(args);
	return passed;
}

bool
is_string(const char *got, const char *expected, const char *name,...)
{
	bool		passed = got && expected ? strcmp(got, expected) == 0 :
		got == expected;
	va_list		args;

	va_start(args, name);
	report(passed, name, args);
	va_end(args);
	if (!passed)
	{
		print_text("     got", got);
		print_text("expected", expected);
	}
	return passed;
}

bool
is_int(long long got, long long expected, const char *name,...)
{
	va_list		args;

	va_start(args, name);
	report(got == expected, name, args);
	va_end(args);
	if (got != expected)
		diag("got %lld, expected %lld", got, expected);
	return got == expected;
}

void
diag(const char *format,...)
{
	va_list		args;

	fprintf(remarks(), "# ");
	va_start(args, format);
	vfprintf(remarks(), format, args);
	va_end(args);
	fprintf(remarks(), "\n");
	fflush(remarks());
}

int
done(void)
{
	printf("1..%d\n", nchecks);
	if (nfailed > 0)
		diag("%d of %d failed", nfailed, nchecks);
	fflush(stdout);
	return nfailed > 0 || nchecks == 0;
}

/* Like Test::More, as prove shows of a failure what goes to stderr alone. */
static FILE *
remarks(void)
{
	return has_failed ? stderr : stdout;
}

/* A '#' in a name would begin a directive. */
static bool
report(bool passed, const char *name, va_list args)
{
	char		line[400];
	char	   *p;

	vsnprintf(line, sizeof(line), name, args);
	for (p = line; *p; p++)
	{
		if (*p == '#' || *p == '\n')
			*p = ' ';
	}
	nchecks++;
	if (!passed)
		nfailed++;
	printf("%sok %d - %s\n", passed ? "" : "not ", nchecks, line);
	fflush(stdout);
	has_failed = !passed;
	if (!passed)
		diag("Failed check %d: %s", nchecks, line);
	return passed;
}

/* With line ends and other odd bytes made visible. */
static void
print_text(const char *label, const char *text)
{
	FILE	   *out = remarks();

	fprintf(out, "# %s: ", label);
	if (text == NULL)
		fprintf(out, "NULL");
	else
	{
		putc('"', out);
		for (; *text; text++)
		{
			if ((unsigned char) *text < 0x20 || *text == 0x7f)
				fprintf(out, "\\x%02x", (unsigned char) *text);
			else
				putc(*text, out);
		}
		putc('"', out);
	}
	putc('\n', out);
	fflush(out);
}
