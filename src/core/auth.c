/*-------------------------------------------------------------------------
 *
 * auth.c
 *	  Credentials, and what they make of a request.
 *
 * Sources: API Request Signing Guide; BSS and HSS FAQ on authentication.
 *
 *-------------------------------------------------------------------------
 */
#include "core/auth.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/sign.h"

/* More than five failures in a row bar a key for this long. */
#define LOCK_OUT_SECONDS 300

struct HwAuth
{
	char	   *access_key;
	char	   *secret_key;
	char	   *security_token;
	char	   *token;
	long		clock_offset;	/* seconds the service is ahead of us */
	time_t		refused_until;	/* no attempt before */
	HwStatus	refusal;		/* the answer that led to it */
};

static const char *const auth_headers[] = {
	"Authorization", "X-Sdk-Date", "X-Security-Token", "X-Auth-Token", NULL
};

static void
wipe(char *secret)
{
	if (secret)
		OPENSSL_cleanse(secret, strlen(secret));
	free(secret);
}

static bool
keep(char **copy, const char *secret)
{
	if (secret == NULL)
		return true;
	*copy = strdup(secret);
	return *copy != NULL;
}

HwAuth *
hw_auth_open(const HwCredentials *credentials)
{
	HwAuth	   *auth = calloc(1, sizeof(HwAuth));

	if (auth == NULL)
		return NULL;
	if (!keep(&auth->access_key, credentials->access_key) ||
		!keep(&auth->secret_key, credentials->secret_key) ||
		!keep(&auth->security_token, credentials->security_token) ||
		!keep(&auth->token, credentials->token))
	{
		hw_auth_close(auth);
		return NULL;
	}
	return auth;
}

void
hw_auth_close(HwAuth *auth)
{
	if (auth == NULL)
		return;
	wipe(auth->access_key);
	wipe(auth->secret_key);
	wipe(auth->security_token);
	wipe(auth->token);
	free(auth);
}

bool
hw_auth_signs(const HwAuth *auth)
{
	return auth->token == NULL;
}

static bool
sign(HwAuth *auth, HwRequest *request, time_t now, HwStatus *status)
{
	char		date[HW_SIGN_DATE_SIZE];
	HwText		authorization;
	bool		done;

	if (!hw_sign_date(now + auth->clock_offset, date))
		return hw_status_set(status, HW_INTERNAL, "the clock is out of range");
	if (!hw_request_header(request, "X-Sdk-Date", date, true, status))
		return false;
	if (auth->security_token &&
		!hw_request_header(request, "X-Security-Token", auth->security_token,
						   true, status))
		return false;

	hw_text_init(&authorization, 0);
	done = hw_sign(request, auth->access_key, auth->secret_key, &authorization,
				   NULL, status) &&
		hw_request_header(request, "Authorization",
						  hw_text_string(&authorization), false, status);
	hw_text_wipe(&authorization);
	return done;
}

bool
hw_auth_apply(HwAuth *auth, HwRequest *request, time_t now, HwStatus *status)
{
	if (now < auth->refused_until)
	{
		*status = auth->refusal;
		status->kind = HW_LOCKED_OUT;
		status->wait_ms = (long) (auth->refused_until - now) * 1000;
		return false;
	}
	if (auth->token)
		return hw_request_header(request, "X-Auth-Token", auth->token, false,
								 status);
	return sign(auth, request, now, status);
}

void
hw_auth_strip(HwRequest *request)
{
	int			kept = 0;

	for (int i = 0; i < request->nheaders; i++)
	{
		HwHeader   *header = &request->headers[i];
		bool		is_auth = false;

		for (int j = 0; auth_headers[j]; j++)
			is_auth |= strcasecmp(header->name, auth_headers[j]) == 0;
		if (is_auth)
		{
			wipe(header->value);
			free(header->name);
		}
		else
			request->headers[kept++] = *header;
	}
	request->nheaders = kept;
}

bool
hw_auth_learn(HwAuth *auth, HwStatus *status, time_t now, time_t reply_date,
			  bool has_retried)
{
	switch (status->kind)
	{
		case HW_CLOCK_WRONG:
			if (auth->token || has_retried || reply_date == 0)
				return false;
			auth->clock_offset = (long) (reply_date - now);
			return true;

		case HW_UNAUTHORIZED:
		case HW_LOCKED_OUT:

			/* A token is not locked out, only keys are. */
			if (auth->token)
				return false;
			auth->refused_until = now + LOCK_OUT_SECONDS;
			auth->refusal = *status;
			return false;

		default:
			return false;
	}
}
