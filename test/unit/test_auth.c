/*-------------------------------------------------------------------------
 *
 * test_auth.c
 *	  What credentials make of a request, and what they learn from refusals.
 *
 * The clock is an argument, so five minutes pass at once.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/auth.h"
#include "core/sign.h"
#include "tap.h"

/* 2025-01-02T03:04:05Z */
#define NOW ((time_t) 1735787045)

static const HwCredentials keys = {
	.access_key = "AKEXAMPLE",
	.secret_key = "SKEXAMPLE",
};
static const HwCredentials other_secret = {
	.access_key = "AKEXAMPLE",
	.secret_key = "SKELSE",
};
static const HwCredentials temporary = {
	.access_key = "AKEXAMPLE",
	.secret_key = "SKEXAMPLE",
	.security_token = "STEXAMPLE",
};
static const HwCredentials token = {.token = "TOKENEXAMPLE"};

static HwRests *rests;

static void
make(HwRequest *request)
{
	HwStatus	status;
	HwBase		base;
	const char *reason;

	hw_request_init(request, "GET");
	if (!hw_url_base("https://hss.example.org", &base, &reason) ||
		!hw_request_target(request, &base, "/v5/p/x", &status) ||
		!hw_request_header(request, "Content-Type", "application/json", false,
						   &status) ||
		!hw_request_header(request, "X-Project-Id", "p", true, &status))
		abort();
}

/* What is done before each attempt; credentials that are here need no engine. */
static bool
apply(HwAuth *auth, HwRequest *request, time_t now, HwStatus *status)
{
	HwSigninPlace place = {0};

	return hw_auth_ready(auth, NULL, request, &place, now,
						 status) == HW_SIGNIN_READY &&
		hw_auth_apply(auth, request, now, status);
}

/* The same after an attempt that was made with the secret of now. */
static bool
learn(HwAuth *auth, HwStatus *status, time_t now, time_t reply_date,
	  bool has_retried)
{
	HwRequest	request;
	HwAttempt	attempt = {&request, 0, reply_date, has_retried};
	HwSigninPlace place = {0};
	HwStatus	ignored;

	hw_request_init(&request, "GET");
	(void) hw_auth_ready(auth, NULL, &request, &place, now, &ignored);
	attempt.generation = hw_auth_generation(auth, &request);
	return hw_auth_learn(auth, &attempt, status, now);
}

/* What the signer alone makes of the same request at the same time. */
static void
sign_alone(const char *date, const char *security_token, HwText *text)
{
	HwRequest	request;
	HwStatus	status;

	make(&request);
	if (!hw_request_header(&request, "X-Sdk-Date", date, true, &status) ||
		(security_token &&
		 !hw_request_header(&request, "X-Security-Token", security_token, true,
							&status)) ||
		!hw_sign(&request, "AKEXAMPLE", "SKEXAMPLE", text, NULL, &status))
		abort();
	hw_request_free(&request);
}

static void
test_keys(const HwCredentials *credentials)
{
	HwAuth	   *auth = hw_auth_open(credentials, rests);
	HwRequest	request;
	HwStatus	status;
	HwText		expected;
	HwText		before;
	HwText		after;
	int			nheaders;

	hw_text_init(&expected, 0);
	hw_text_init(&before, 0);
	hw_text_init(&after, 0);
	ok(hw_auth_signs(auth), "keys sign");
	make(&request);
	nheaders = request.nheaders;
	hw_request_key(&request, &before);
	hw_status_clear(&status);
	ok(apply(auth, &request, NOW, &status), "a signed request");
	is_string(hw_request_find(&request, "X-Sdk-Date"), "20250102T030405Z",
			  "its date");
	is_string(hw_request_find(&request, "X-Security-Token"),
			  credentials->security_token, "its security token, or none");
	ok(hw_request_find(&request, "X-Auth-Token") == NULL, "no token");
	sign_alone("20250102T030405Z", credentials->security_token, &expected);
	is_string(hw_request_find(&request, "Authorization"),
			  hw_text_string(&expected), "its signature");
	ok(strstr(hw_text_string(&expected), "x-project-id") != NULL &&
	   (strstr(hw_text_string(&expected), "x-security-token") != NULL) ==
	   (credentials->security_token != NULL), "covers these headers");
	for (int i = 0; i < request.nheaders; i++)
		ok(strstr(request.headers[i].value, "SKEXAMPLE") == NULL,
		   "%s does not tell the secret", request.headers[i].name);

	/* Once more, later: nothing of the first is left. */
	ok(apply(auth, &request, NOW + 1, &status), "applied twice");
	is_int(request.nheaders, nheaders + 2 +
		   (credentials->security_token != NULL), "replaces its headers");
	hw_text_reset(&expected);
	sign_alone("20250102T030406Z", credentials->security_token, &expected);
	is_string(hw_request_find(&request, "Authorization"),
			  hw_text_string(&expected), "and signs anew");

	hw_auth_strip(&request);
	hw_request_key(&request, &after);
	is_string(hw_text_string(&after), hw_text_string(&before),
			  "stripped, it is as it was");
	hw_auth_strip(&request);
	is_int(request.nheaders, nheaders, "twice");

	hw_text_free(&expected);
	hw_text_free(&before);
	hw_text_free(&after);
	hw_request_free(&request);
	hw_auth_close(auth);
}

static void
test_token(void)
{
	HwAuth	   *auth = hw_auth_open(&token, rests);
	HwRequest	request;
	HwStatus	status;

	hw_status_clear(&status);
	ok(!hw_auth_signs(auth), "a token does not sign");
	make(&request);
	ok(apply(auth, &request, NOW, &status), "a request with a token");
	is_string(hw_request_find(&request, "X-Auth-Token"), "TOKENEXAMPLE",
			  "carries it");
	ok(hw_request_find(&request, "Authorization") == NULL &&
	   hw_request_find(&request, "X-Sdk-Date") == NULL, "and nothing else");
	hw_auth_strip(&request);
	is_int(request.nheaders, 2, "stripped");
	ok(hw_request_find(&request, "X-Auth-Token") == NULL, "of the token");

	/* It is not locked out, and has no clock. */
	status.kind = HW_UNAUTHORIZED;
	ok(!learn(auth, &status, NOW, NOW, false), "a refused token");
	ok(apply(auth, &request, NOW, &status), "may be tried again");
	status.kind = HW_CLOCK_WRONG;
	ok(!learn(auth, &status, NOW, NOW + 3600, false),
	   "a token has no clock");
	hw_request_free(&request);
	hw_auth_close(auth);
}

/* Headers that the caller set are not ours to keep either. */
static void
test_strip(void)
{
	HwRequest	request;
	HwStatus	status;

	make(&request);
	hw_request_header(&request, "AUTHORIZATION", "x", false, &status);
	hw_request_header(&request, "x-auth-token", "x", false, &status);
	hw_request_header(&request, "x-SDK-date", "x", false, &status);
	hw_request_header(&request, "X-security-token", "x", false, &status);
	hw_request_header(&request, "X-Language", "en_US", false, &status);
	hw_auth_strip(&request);
	is_int(request.nheaders, 3, "stripped, whatever their case");
	is_string(hw_request_find(&request, "X-Language"), "en_US",
			  "others stay");
	is_string(hw_request_find(&request, "Content-Type"), "application/json",
			  "in their place");
	hw_request_free(&request);
	hw_request_init(&request, "GET");
	hw_auth_strip(&request);
	is_int(request.nheaders, 0, "nothing to strip");
	hw_request_free(&request);
}

static void
refuse(HwStatus *status, HwKind kind)
{
	hw_status_clear(status);
	status->kind = kind;
	status->http = 401;
	strcpy(status->code, "APIGW.0301");
	strcpy(status->text, "verify aksk signature fail");
	strcpy(status->request_id, "id-1");
}

static void
test_lock_out(HwKind kind)
{
	HwRests    *apart = hw_rests_open();
	HwAuth	   *auth = hw_auth_open(&keys, rests);
	HwAuth	   *same = hw_auth_open(&keys, rests);
	HwAuth	   *other = hw_auth_open(&keys, apart);
	HwAuth	   *good = hw_auth_open(&other_secret, rests);
	HwRequest	request;
	HwStatus	status;

	make(&request);
	refuse(&status, kind);
	ok(!learn(auth, &status, NOW, NOW, false),
	   "a refused key is not tried at once");
	is_int(status.kind, kind, "the refusal stands");

	hw_status_clear(&status);
	ok(!apply(auth, &request, NOW, &status), "nor in this second");
	is_int(status.kind, HW_LOCKED_OUT, "since it would be locked out");
	is_string(status.code, "APIGW.0301", "with the code");
	is_string(status.text, "verify aksk signature fail", "the text");
	is_string(status.request_id, "id-1", "the id");
	is_int(status.http, 401, "and the HTTP status of the refusal");
	is_int(status.wait_ms, 300000, "for five minutes");
	is_int(request.nheaders, 2, "and the request stays without headers");

	ok(!apply(auth, &request, NOW + 299, &status) &&
	   status.wait_ms == 1000, "a second before they are over");
	ok(!apply(same, &request, NOW, &status) && status.kind == HW_LOCKED_OUT,
	   "whoever has the key");
	ok(apply(good, &request, NOW, &status), "but not with another secret");
	hw_auth_strip(&request);
	ok(apply(other, &request, NOW, &status),
	   "nor where nobody knows of it");
	hw_auth_strip(&request);
	ok(apply(auth, &request, NOW + 300, &status),
	   "five minutes later");
	hw_auth_strip(&request);

	/* Refused again, it waits again. */
	refuse(&status, kind);
	learn(auth, &status, NOW + 300, 0, false);
	ok(!apply(auth, &request, NOW + 599, &status) &&
	   apply(auth, &request, NOW + 600, &status),
	   "five minutes more");
	hw_rests_forget(rests);
	ok(apply(auth, &request, NOW, &status), "or until it is forgotten");
	hw_request_free(&request);
	hw_auth_close(auth);
	hw_auth_close(same);
	hw_auth_close(other);
	hw_auth_close(good);
	hw_rests_close(apart);
}

static void
is_dated(HwAuth *auth, time_t now, const char *date)
{
	HwRequest	request;
	HwStatus	status;

	make(&request);
	ok(apply(auth, &request, now, &status), "signed");
	is_string(hw_request_find(&request, "X-Sdk-Date"), date, "at %s", date);
	hw_request_free(&request);
}

static void
test_clock(void)
{
	HwAuth	   *auth = hw_auth_open(&keys, rests);
	HwStatus	status;

	refuse(&status, HW_CLOCK_WRONG);
	ok(!learn(auth, &status, NOW, 0, false),
	   "a reply without a date teaches nothing");
	is_dated(auth, NOW, "20250102T030405Z");
	ok(learn(auth, &status, NOW, NOW + 3600, false),
	   "we are an hour late");
	is_dated(auth, NOW, "20250102T040405Z");
	is_dated(auth, NOW + 10, "20250102T040415Z");
	ok(!learn(auth, &status, NOW, NOW + 7200, true),
	   "once for a request");
	is_dated(auth, NOW, "20250102T040405Z");

	/* Against our own clock, not the one that was set before. */
	ok(learn(auth, &status, NOW, NOW - 3600, false),
	   "now we are early");
	is_dated(auth, NOW, "20250102T020405Z");
	ok(learn(auth, &status, NOW, NOW, false), "and now right");
	is_dated(auth, NOW, "20250102T030405Z");
	hw_auth_close(auth);
}

/* Refusals that say nothing about the key. */
static void
test_others(void)
{
	static const HwKind kinds[] = {
		HW_OK, HW_NO_CONNECTION, HW_TIMED_OUT, HW_BAD_REQUEST, HW_NOT_FOUND,
		HW_TOKEN_EXPIRED, HW_DENIED, HW_WRONG_SITE, HW_THROTTLED,
		HW_SERVER_ERROR, HW_CLOCK_WRONG
	};
	HwAuth	   *auth = hw_auth_open(&keys, rests);
	HwRequest	request;
	HwStatus	status;

	make(&request);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
	{
		refuse(&status, kinds[i]);
		ok(!learn(auth, &status, NOW, 0, false) &&
		   apply(auth, &request, NOW, &status),
		   "kind %d does not bar a key", kinds[i]);
	}
	hw_request_free(&request);
	hw_auth_close(auth);
	hw_auth_close(NULL);
}

/* What a key is blamed for must be its own. */
static void
test_replaced(void)
{
	static const HwCredentials environment = {.source = HW_SOURCE_ENVIRONMENT};
	HwAuth	   *auth = hw_auth_open(&environment, rests);
	HwRequest	request;
	HwStatus	status;
	HwAttempt	attempt = {.request = &request};

	setenv("HUAWEICLOUD_SDK_AK", "AK1", 1);
	setenv("HUAWEICLOUD_SDK_SK", "SK1", 1);
	make(&request);
	ok(apply(auth, &request, NOW, &status), "a key of the environment");
	attempt.generation = hw_auth_generation(auth, &request);
	setenv("HUAWEICLOUD_SDK_AK", "AK2", 1);
	refuse(&status, HW_TOKEN_EXPIRED);
	ok(hw_auth_learn(auth, &attempt, &status, NOW),
	   "which is replaced when it has had its time");
	refuse(&status, HW_TOKEN_EXPIRED);
	ok(hw_auth_learn(auth, &attempt, &status, NOW),
	   "once for all who carried it");
	refuse(&status, HW_UNAUTHORIZED);
	ok(!hw_auth_learn(auth, &attempt, &status, NOW) &&
	   apply(auth, &request, NOW, &status),
	   "another refusal of the old key does not bar the new one");
	attempt.generation = hw_auth_generation(auth, &request);
	refuse(&status, HW_UNAUTHORIZED);
	ok(!hw_auth_learn(auth, &attempt, &status, NOW) &&
	   !apply(auth, &request, NOW, &status), "one of its own does");
	hw_rests_forget(rests);
	unsetenv("HUAWEICLOUD_SDK_AK");
	unsetenv("HUAWEICLOUD_SDK_SK");
	hw_request_free(&request);
	hw_auth_close(auth);
}

static bool
torture(void *arg)
{
	HwAuth	   *auth = hw_auth_open(arg, rests);
	HwRequest	request;
	HwStatus	status;
	HwBase		base;
	const char *reason;
	bool		result = auth != NULL;

	hw_request_init(&request, "GET");
	result = result && hw_url_base("https://h", &base, &reason) &&
		hw_request_target(&request, &base, "/x", &status) &&
		apply(auth, &request, NOW, &status);
	hw_auth_strip(&request);
	hw_request_free(&request);
	hw_auth_close(auth);
	return result;
}

int
main(void)
{
	rests = hw_rests_open();
	test_keys(&keys);
	test_keys(&temporary);
	test_token();
	test_strip();
	test_lock_out(HW_UNAUTHORIZED);
	test_lock_out(HW_LOCKED_OUT);
	test_clock();
	test_others();
	test_replaced();
	alloc_torture(torture, (void *) &temporary, "temporary keys");
	alloc_torture(torture, (void *) &token, "a token");
	hw_rests_close(rests);
	return done();
}
