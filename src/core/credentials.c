/*-------------------------------------------------------------------------
 *
 * credentials.c
 *	  What a user gave to sign in with, and what came of it.
 *
 *-------------------------------------------------------------------------
 */
#include "core/credentials.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/text.h"

/* The texts of the credentials, which the copy owns. */
#define NTEXTS 10

static void
list_texts(HwCredentials *credentials, const char **texts[NTEXTS])
{
	int			n = 0;

	texts[n++] = &credentials->access_key;
	texts[n++] = &credentials->secret_key;
	texts[n++] = &credentials->security_token;
	texts[n++] = &credentials->token;
	texts[n++] = &credentials->user_name;
	texts[n++] = &credentials->user_id;
	texts[n++] = &credentials->domain_name;
	texts[n++] = &credentials->password;
	texts[n++] = &credentials->profile_path;
	texts[n++] = &credentials->metadata_endpoint;
}

bool
hw_credentials_copy(HwCredentials *copy, const HwCredentials *credentials)
{
	const char **texts[NTEXTS];
	bool		has_failed = false;

	*copy = *credentials;
	list_texts(copy, texts);
	for (int i = 0; i < NTEXTS; i++)
	{
		const char *text = *texts[i];

		*texts[i] = text && !has_failed ? strdup(text) : NULL;
		has_failed |= text != NULL && *texts[i] == NULL;
	}
	if (has_failed)
		hw_credentials_wipe(copy);
	return !has_failed;
}

void
hw_credentials_wipe(HwCredentials *copy)
{
	const char **texts[NTEXTS];

	list_texts(copy, texts);
	for (int i = 0; i < NTEXTS; i++)
	{
		hw_wipe((char *) *texts[i]);
		*texts[i] = NULL;
	}
}

bool
hw_secret_keep(char **copy, const char *text, size_t length)
{
	*copy = text ? strndup(text, length) : NULL;
	return text == NULL || *copy != NULL;
}

void
hw_secret_wipe(HwSecret *secret)
{
	hw_wipe(secret->access_key);
	hw_wipe(secret->secret_key);
	hw_wipe(secret->security_token);
	hw_wipe(secret->token);
	free(secret->project_id);
	free(secret->domain_id);
	memset(secret, 0, sizeof(*secret));
}

void
hw_wipe(char *text)
{
	if (text)
		hw_text_cleanse(text, strlen(text));
	free(text);
}

/* So many digits at *text, which moves behind them. */
static bool
read_digits(const char **text, int ndigits, int *value)
{
	*value = 0;
	for (; ndigits > 0; ndigits--, ++*text)
	{
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (**text - '0');
	}
	return true;
}

static void
skip(const char **text, char c)
{
	if (**text == c)
		++*text;
}

bool
hw_time_read(const char *text, long long *seconds)
{
	struct tm	tm = {0};

	if (!read_digits(&text, 4, &tm.tm_year))
		return false;
	skip(&text, '-');
	if (!read_digits(&text, 2, &tm.tm_mon))
		return false;
	skip(&text, '-');
	if (!read_digits(&text, 2, &tm.tm_mday) || *text++ != 'T' ||
		!read_digits(&text, 2, &tm.tm_hour))
		return false;
	skip(&text, ':');
	if (!read_digits(&text, 2, &tm.tm_min))
		return false;
	skip(&text, ':');
	if (!read_digits(&text, 2, &tm.tm_sec))
		return false;
	if (*text == '.')
		text += 1 + strspn(text + 1, "0123456789");
	if (*text != 'Z' || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 ||
		tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	*seconds = timegm(&tm);
	return true;
}
