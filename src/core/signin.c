/*-------------------------------------------------------------------------
 *
 * signin.c
 *	  One key or token, and how to come by it.
 *
 * Renewal times: the official SDKs fetch new temporary keys when fewer than 40
 * minutes are left; a token lives for 24 hours.
 *
 *-------------------------------------------------------------------------
 */
#include "core/signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/iam.h"
#include "core/metadata.h"
#include "core/retry.h"
#include "core/send.h"
#include "core/source.h"
#include "core/verdict.h"

/* Renewed when so much life is left. */
#define KEY_SECONDS_LEFT 2400
#define TOKEN_SECONDS_LEFT 600

/* A renewal that failed is tried again after so long, or half of what is left. */
#define RENEWAL_PAUSE_SECONDS 60

/* The metadata service is on this machine, or not there (Go SDK: 3 s). */
#define METADATA_TIMEOUT_MS 3000

/* No reply here is longer; a catalog is left out. */
#define BODY_BYTES_MAX (1024 * 1024)

/* IAM answers some bad requests with 500: one repeat is enough. */
#define ATTEMPTS_500_MAX 2

typedef enum Step
{
	STEP_TOKEN,					/* asks IAM */
	STEP_METADATA_TOKEN,
	STEP_METADATA_KEY
} Step;

struct HwSignin
{
	const HwCredentials *credentials;	/* borrowed */
	char	   *project;
	char	   *domain_id;		/* once IAM has told: of the user's account */
	bool		has_named_account;	/* in the last request for a token */
	HwSecret	secret;
	bool		has_secret;
	long		generation;
	long long	renew_at;		/* by the services' clock; 0: never */

	Step		step;
	HwExchange *exchange;		/* while asking */
	char	   *metadata_token;
	bool		has_repeated;	/* for a metadata token that was refused, or
								 * for having been left alone */
	HwRetry		retry;
	long		retry_budget_ms;
	long long	due_ms;			/* when to ask again; 0: not waiting */
	long		nrequests;
	long long	bytes;

	HwStatus	failure;		/* kept until settled, or while waiting */
	bool		has_failed;
	char		reasons[HW_STATUS_TEXT_MAX];	/* of a chain, so far */
};

HwSignin *
hw_signin_open(const HwCredentials *credentials, const char *project)
{
	HwSignin   *signin = calloc(1, sizeof(HwSignin));

	if (signin == NULL)
		return NULL;
	signin->credentials = credentials;
	signin->project = strdup(project);
	if (signin->project == NULL)
	{
		free(signin);
		return NULL;
	}
	return signin;
}

void
hw_signin_close(HwSignin *signin)
{
	if (signin == NULL)
		return;
	hw_signin_abandon(signin);
	hw_secret_wipe(&signin->secret);
	free(signin->project);
	free(signin->domain_id);
	free(signin);
}

static void
forget_metadata_token(HwSignin *signin)
{
	hw_wipe(signin->metadata_token);
	signin->metadata_token = NULL;
}

void
hw_signin_abandon(HwSignin *signin)
{
	if (signin->exchange)
		hw_exchange_free(signin->exchange);
	signin->exchange = NULL;
	signin->has_failed = false; /* there is nobody left to hear it */
	signin->due_ms = 0;
	memset(&signin->retry, 0, sizeof(signin->retry));
	forget_metadata_token(signin);
}

/* --- having a secret ------------------------------------------------ */

static bool
has_password(const HwSignin *signin)
{
	return signin->credentials->password != NULL;
}

/*
 * Takes a secret over.  What came with less life than is to be left is used
 * for half of that.  Without any by our clock, and no reply that says better,
 * the clock is wrong: asking again would bring the same, so that it is used
 * until it is refused.
 */
static void
adopt(HwSignin *signin, HwSecret *secret, long long server_now)
{
	long long	left = secret->expires_at ?
		secret->expires_at - server_now : 0;
	long long	margin = has_password(signin) ?
		TOKEN_SECONDS_LEFT : KEY_SECONDS_LEFT;

	hw_secret_wipe(&signin->secret);
	signin->secret = *secret;
	memset(secret, 0, sizeof(*secret));
	signin->has_secret = true;
	signin->generation++;
	signin->renew_at = 0;
	if (left > 0)
		signin->renew_at = signin->secret.expires_at -
			(left > margin ? margin : left / 2);
	signin->due_ms = 0;
	memset(&signin->retry, 0, sizeof(signin->retry));
}

static bool
is_due(const HwSignin *signin, long long server_now)
{
	return signin->renew_at != 0 && server_now >= signin->renew_at;
}

bool
hw_signin_is_alive(const HwSignin *signin, long long server_now)
{
	return signin->has_secret && (signin->secret.expires_at == 0 ||
								  server_now < signin->secret.expires_at);
}

/*
 * Getting a secret has failed.  One that is still good goes on being used, and
 * is renewed a little later.
 */
static HwSigninState
give_up(HwSignin *signin, long long server_now)
{
	long long	left = signin->secret.expires_at - server_now;

	signin->due_ms = 0;
	memset(&signin->retry, 0, sizeof(signin->retry));
	forget_metadata_token(signin);
	if (signin->has_secret && signin->secret.expires_at && left > 0)
	{
		/* A password that was refused is not to be tried again and again. */
		if (signin->failure.http == 401)
			signin->renew_at = signin->secret.expires_at;
		else
			signin->renew_at = server_now +
				(left / 2 < RENEWAL_PAUSE_SECONDS ? left / 2 + 1 :
				 RENEWAL_PAUSE_SECONDS);
		return HW_SIGNIN_READY;
	}
	signin->has_failed = true;
	return HW_SIGNIN_FAILED;
}

/* --- what is at hand ------------------------------------------------ */

static bool
take_mapping(const HwCredentials *credentials, HwSecret *secret,
			 HwStatus *status)
{
	const char *texts[] = {credentials->access_key, credentials->secret_key,
	credentials->security_token, credentials->token};
	char	  **copies[] = {&secret->access_key, &secret->secret_key,
	&secret->security_token, &secret->token};

	for (int i = 0; i < 4; i++)
	{
		if (!hw_secret_keep(copies[i], texts[i],
							texts[i] ? strlen(texts[i]) : 0))
		{
			hw_secret_wipe(secret);
			return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		}
	}
	return true;
}

static bool
take_profile(const HwSignin *signin, HwSecret *secret, HwStatus *status)
{
	return hw_source_profile(signin->credentials->profile_path,
							 signin->project[0] ? "basic" : "global",
							 secret, status);
}

static void
add_reason(HwSignin *signin, const char *source, const HwStatus *status)
{
	size_t		length = strlen(signin->reasons);

	snprintf(signin->reasons + length, sizeof(signin->reasons) - length,
			 "%s%s: %s", length ? "; " : "", source, status->text);
}

/*
 * What needs no request.  False when there is none; *is_final tells whether
 * that is the end, or the metadata service is still to be asked.
 */
static bool
take_at_hand(HwSignin *signin, HwSecret *secret, bool *is_final,
			 HwStatus *status)
{
	*is_final = true;
	switch (signin->credentials->source)
	{
		case HW_SOURCE_NONE:
			return take_mapping(signin->credentials, secret, status);
		case HW_SOURCE_ENVIRONMENT:
			return hw_source_environment(secret, status);
		case HW_SOURCE_PROFILE:
			return take_profile(signin, secret, status);
		case HW_SOURCE_METADATA:
			break;
		case HW_SOURCE_CHAIN:
			signin->reasons[0] = '\0';
			if (hw_source_environment(secret, status))
				return true;
			if (status->kind != HW_NO_CREDENTIALS)
				return false;
			add_reason(signin, "environment", status);
			if (take_profile(signin, secret, status))
				return true;
			if (status->kind != HW_NO_CREDENTIALS)
				return false;
			add_reason(signin, "profile", status);
			break;
	}
	*is_final = false;
	return false;
}

/* --- asking --------------------------------------------------------- */

static bool
make_request(HwSignin *signin, const HwSigninPlace *place, HwRequest *request,
			 HwStatus *status)
{
	const HwCredentials *credentials = signin->credentials;
	const char *endpoint = credentials->metadata_endpoint ?
		credentials->metadata_endpoint : HW_METADATA_ENDPOINT;
	const char *domain_id = place->domain_id ? place->domain_id :
		signin->domain_id;

	switch (signin->step)
	{
		case STEP_TOKEN:
			if (place->iam_endpoint == NULL)
				return hw_status_set(status, HW_NOT_ALLOWED,
									 "the server may not connect to its host");
			signin->has_named_account = credentials->domain_name ||
				domain_id;
			return hw_iam_ask(credentials, place->iam_endpoint,
							  signin->project, domain_id, request, status);
		case STEP_METADATA_TOKEN:
			return hw_metadata_ask_token(endpoint, request, status);
		case STEP_METADATA_KEY:
			break;
	}
	return hw_metadata_ask_key(endpoint, signin->metadata_token, request,
							   status);
}

/* The metadata service is on this machine's own link: no proxy, no patience. */
static void
set_transport(const HwSignin *signin, const HwSigninPlace *place,
			  HwTransport *transport)
{
	memset(transport, 0, sizeof(*transport));
	if (signin->step == STEP_TOKEN)
		*transport = *place->transport;
	else
	{
		transport->connect_timeout_ms = METADATA_TIMEOUT_MS;
		transport->request_timeout_ms = METADATA_TIMEOUT_MS;
		transport->allows_http = true;
		transport->allows_metadata = true;
	}
	transport->body_bytes_max = BODY_BYTES_MAX;
	transport->has_secret_body = true;
}

static bool
start(HwSignin *signin, HwEngine *engine, const HwSigninPlace *place,
	  HwStatus *status)
{
	HwTransport transport;
	HwRequest	request;

	set_transport(signin, place, &transport);
	hw_request_init(&request, "GET");
	if (make_request(signin, place, &request, status))
		signin->exchange = hw_send(engine, &request, &transport, status);
	hw_request_free(&request);
	if (signin->exchange == NULL)
		return false;
	signin->due_ms = 0;
	signin->retry.nattempts++;
	signin->nrequests++;
	return true;
}

static void
name_speaker(HwSignin *signin, HwStatus *status)
{
	status->speaker = signin->step == STEP_TOKEN ?
		"IAM" : "The metadata service";
}

HwSigninState
hw_signin_want(HwSignin *signin, HwEngine *engine, const HwSigninPlace *place,
			   long long server_now, HwStatus *status)
{
	HwSecret	secret = {0};
	bool		is_final = false;

	if (signin->exchange)
		return HW_SIGNIN_WAIT;
	if (signin->has_failed)
	{
		*status = signin->failure;
		return HW_SIGNIN_FAILED;
	}
	if (signin->due_ms)
	{
		if (signin->due_ms > hw_engine_now())
			return HW_SIGNIN_WAIT;
	}
	else if (signin->has_secret && !is_due(signin, server_now))
		return HW_SIGNIN_READY;
	else if (has_password(signin))
	{
		signin->step = STEP_TOKEN;
		signin->has_repeated = false;
	}
	else if (take_at_hand(signin, &secret, &is_final, status))
	{
		adopt(signin, &secret, server_now);
		return HW_SIGNIN_READY;
	}
	else
	{
		signin->step = STEP_METADATA_TOKEN;
		signin->has_repeated = false;
	}

	signin->retry_budget_ms = place->retry_budget_ms;
	if (!is_final && start(signin, engine, place, status))
		return HW_SIGNIN_WAIT;
	if (!is_final)
		name_speaker(signin, status);
	signin->failure = *status;
	return give_up(signin, server_now);
}

/* --- taking in ------------------------------------------------------ */

/* As strstr, in a text of which we know the letters but not the case. */
static bool
says(const HwStatus *status, const char *word)
{
	return strcasestr(status->text, word) != NULL;
}

/*
 * IAM has one status for all that may be wrong with a login.  Its words tell
 * what to advise; whatever they are, the password is not tried again.
 */
static HwKind
kind_of_login(const HwStatus *status)
{
	if (says(status, "lock"))
		return HW_LOGIN_LOCKED;
	if (says(status, "MFA") || says(status, "verification code") ||
		says(status, "totp"))
		return HW_LOGIN_NEEDS_CODE;
	if (says(status, "project") || says(status, "scope"))
		return HW_SCOPE_REFUSED;
	return HW_LOGIN_REFUSED;
}

static void
judge(HwSignin *signin, const HwReply *reply, HwStatus *status)
{
	*status = reply->status;
	status->wait_ms = -1;
	if (status->kind == HW_OK && (reply->http < 200 || reply->http > 299))
		hw_verdict_refusal(reply->http, reply->body, reply->body_bytes,
						   status);

	/* The body of what is no refusal may be a token or a key. */
	if (status->kind != HW_OK && reply->http < 400 &&
		reply->status.kind == HW_OK)
		status->text[0] = '\0';
	status->http = reply->http;
	hw_status_copy(status->request_id, sizeof(status->request_id),
				   reply->request_id, strlen(reply->request_id));
	if (signin->step == STEP_TOKEN)
	{
		if (reply->http == 401)
			status->kind = kind_of_login(status);
	}
	else if (reply->http >= 400 && reply->http <= 499)
		status->kind = HW_NO_CREDENTIALS;
	if (status->kind == HW_THROTTLED || status->kind == HW_SERVER_ERROR)
		status->wait_ms = hw_retry_after(reply->retry_after, time(NULL));
}

/* Whether the same request is to be sent again at .due_ms. */
static bool
will_repeat(HwSignin *signin, const HwStatus *status, double chance,
			bool was_unattended)
{
	bool		is_ours = signin->step == STEP_TOKEN;
	long		delay_ms;

	if (was_unattended && status->kind == HW_TIMED_OUT &&
		!signin->has_repeated)
	{
		signin->has_repeated = true;
		signin->retry.nattempts--;
		signin->due_ms = hw_engine_now();
		return true;
	}
	/* Where no metadata service is, none will be. */
	if (!is_ours && (status->kind == HW_NO_CONNECTION ||
					 status->kind == HW_TIMED_OUT))
		return false;
	if (status->http == 500 && signin->retry.nattempts >= ATTEMPTS_500_MAX)
		return false;
	delay_ms = hw_retry_delay(&signin->retry, status, signin->retry_budget_ms,
							  chance);
	if (delay_ms < 0)
		return false;
	signin->retry.waited_ms += delay_ms;
	signin->due_ms = hw_engine_now() + delay_ms;
	return true;
}

/*
 * The metadata service's first answer: the token of version 2, or none where
 * there is only version 1.
 */
static bool
take_metadata_token(HwSignin *signin, const HwReply *reply, HwStatus *status)
{
	if (reply->status.kind != HW_OK)
		return false;
	if (reply->http == 404 || reply->http == 405 || reply->http == 503)
		return true;
	if (status->kind != HW_OK)
		return false;
	if (reply->body_bytes == 0 ||
		strlen(reply->body) != reply->body_bytes)
		return hw_status_set(status, HW_BAD_REPLY, "the reply is no token");
	if (!hw_secret_keep(&signin->metadata_token, reply->body,
						strcspn(reply->body, "\r\n")))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

/*
 * Some documents call a token without scope one of the account, some do not:
 * when IAM does not say that it is, it is asked again, for the account that it
 * says is the user's.
 */
static bool
will_name_account(HwSignin *signin, const HwReply *reply)
{
	if (signin->project[0] || signin->has_named_account)
		return false;
	signin->domain_id = hw_iam_account(reply);
	if (signin->domain_id == NULL)
		return false;
	signin->retry.nattempts--;
	signin->due_ms = hw_engine_now();
	return true;
}

/* What a reply leads to: another request at once, at .due_ms, or none. */
typedef enum Next
{
	NEXT_REQUEST,
	NEXT_REPEAT,
	NEXT_SECRET,
	NEXT_FAILURE
} Next;

static Next
read_reply(HwSignin *signin, const HwReply *reply, HwSecret *secret,
		   double chance, bool was_unattended, HwStatus *status)
{
	judge(signin, reply, status);
	if (signin->step == STEP_METADATA_TOKEN &&
		take_metadata_token(signin, reply, status))
	{
		signin->step = STEP_METADATA_KEY;
		return NEXT_REQUEST;
	}
	if (signin->step == STEP_METADATA_KEY && reply->http == 401 &&
		signin->metadata_token && !signin->has_repeated &&
		!says(status, "agency"))
	{
		signin->has_repeated = true;
		signin->step = STEP_METADATA_TOKEN;
		forget_metadata_token(signin);
		return NEXT_REQUEST;
	}
	if (status->kind == HW_OK && signin->step == STEP_TOKEN &&
		will_name_account(signin, reply))
		return NEXT_REPEAT;
	if (status->kind == HW_OK && signin->step == STEP_TOKEN &&
		hw_iam_take(reply, signin->project, secret, status))
		return NEXT_SECRET;
	if (status->kind == HW_OK && signin->step == STEP_METADATA_KEY &&
		hw_metadata_take(reply, secret, status))
		return NEXT_SECRET;
	return will_repeat(signin, status, chance, was_unattended) ?
		NEXT_REPEAT : NEXT_FAILURE;
}

/* All that a chain has found, in one text. */
static void
join_reasons(HwSignin *signin, HwStatus *status)
{
	HwStatus	last = *status;

	if (last.http)
		hw_status_set(&last, last.kind, "HTTP %d%s%s", last.http,
					  last.text[0] ? ", " : "", status->text);
	add_reason(signin, "metadata", &last);
	hw_status_clear(status);
	hw_status_set(status, HW_NO_CREDENTIALS, "%s", signin->reasons);
}

const HwStatus *
hw_signin_step(HwSignin *signin, HwEngine *engine, long long server_now,
			   double chance, bool was_unattended, time_t *date,
			   long long *wake_ms)
{
	HwSecret	secret = {0};
	HwStatus   *status = &signin->failure;
	const HwStatus *failure = NULL;
	Next		next;

	while (signin->exchange && hw_exchange_is_done(signin->exchange))
	{
		const HwReply *reply = hw_exchange_reply(signin->exchange);

		if (reply->date)
		{
			*date = reply->date;
			server_now = reply->date;
		}
		signin->bytes += reply->wire_bytes;
		next = read_reply(signin, reply, &secret, chance, was_unattended,
						  status);
		hw_exchange_free(signin->exchange);
		signin->exchange = NULL;
		if (next == NEXT_SECRET)
		{
			adopt(signin, &secret, server_now);
			break;
		}
		name_speaker(signin, status);
		if (next == NEXT_REQUEST)
		{
			HwTransport none = {0};
			HwSigninPlace nowhere = {.transport = &none};

			hw_status_clear(status);
			if (start(signin, engine, &nowhere, status))
				continue;
			name_speaker(signin, status);
			next = NEXT_FAILURE;
		}
		if (next == NEXT_FAILURE)
		{
			if (signin->credentials->source == HW_SOURCE_CHAIN &&
				status->kind != HW_OUT_OF_MEMORY)
				join_reasons(signin, status);
			(void) give_up(signin, server_now);
			failure = status;
		}
	}
	if (signin->exchange == NULL && signin->due_ms == 0)
		forget_metadata_token(signin);
	if (signin->due_ms && (*wake_ms == 0 || signin->due_ms < *wake_ms))
		*wake_ms = signin->due_ms;
	return failure;
}

HwSigninState
hw_signin_outcome(const HwSignin *signin, HwStatus *failure)
{
	if (signin->has_failed)
	{
		*failure = signin->failure;
		return HW_SIGNIN_FAILED;
	}
	return hw_signin_is_busy(signin) ? HW_SIGNIN_WAIT : HW_SIGNIN_READY;
}

void
hw_signin_settle(HwSignin *signin)
{
	signin->has_failed = false;
}

/* --- a secret that is dead ------------------------------------------ */

static bool
same(const char *left, const char *right)
{
	return left && right ? strcmp(left, right) == 0 : left == right;
}

bool
hw_signin_reload(HwSignin *signin)
{
	HwSecret	secret = {0};
	HwStatus	ignored;
	bool		is_final;
	bool		has_changed;

	if (signin->credentials->source == HW_SOURCE_NONE ||
		!take_at_hand(signin, &secret, &is_final, &ignored))
		return false;
	has_changed = !same(secret.access_key, signin->secret.access_key) ||
		!same(secret.secret_key, signin->secret.secret_key) ||
		!same(secret.security_token, signin->secret.security_token);
	if (has_changed)
		adopt(signin, &secret, 0);
	hw_secret_wipe(&secret);
	return has_changed;
}

const char *
hw_signin_scope_id(HwSignin *signin, bool is_project)
{
	HwSecret	secret = {0};
	HwStatus	ignored;
	bool		is_final;

	if (!signin->has_secret &&
		signin->credentials->source != HW_SOURCE_NONE &&
		take_at_hand(signin, &secret, &is_final, &ignored))
		adopt(signin, &secret, 0);
	return is_project ? signin->secret.project_id : signin->secret.domain_id;
}

bool
hw_signin_renew(HwSignin *signin, long generation)
{
	bool		is_asked_for = has_password(signin) ||
		signin->secret.expires_at != 0;

	if (generation != signin->generation)
		return true;
	if (!is_asked_for)
		return hw_signin_reload(signin);
	hw_secret_wipe(&signin->secret);
	signin->has_secret = false;
	signin->generation++;		/* others carried it, too */
	return true;
}

/* --- asking about it ------------------------------------------------ */

const HwSecret *
hw_signin_secret(const HwSignin *signin)
{
	return &signin->secret;
}

long
hw_signin_generation(const HwSignin *signin)
{
	return signin->generation;
}

const char *
hw_signin_project(const HwSignin *signin)
{
	return signin->project;
}

void
hw_signin_counters(const HwSignin *signin, long *nrequests, long long *bytes)
{
	*nrequests = signin->nrequests;
	*bytes = signin->bytes;
}

bool
hw_signin_is_busy(const HwSignin *signin)
{
	return signin->exchange != NULL || signin->due_ms != 0;
}

long
hw_signin_wait_ms(const HwSignin *signin, const HwStatus **why)
{
	long long	left = signin->due_ms - hw_engine_now();

	if (signin->due_ms == 0 || signin->exchange)
		return -1;
	*why = &signin->failure;
	return left > 0 ? (long) left : 0;
}
