/*-------------------------------------------------------------------------
 *
 * auth.c
 *	  What credentials make of a request, and what refusals teach.
 *
 * Sources: API Request Signing Guide; BSS and HSS FAQ on authentication; IAM
 * API Reference.
 *
 *-------------------------------------------------------------------------
 */
#include "core/auth.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/sign.h"

/*
 * One login at a time while IAM has not been asked for so long: a password that
 * has been changed shall not be refused once for each project.
 */
#define LOGIN_TRUST_SECONDS 60

/* A token that died is replaced; one that was born dead not before this. */
#define RENEWAL_PAUSE_SECONDS 60

/* How many texts tell a key, or a login, from others. */
#define KEY_TEXTS 2
#define LOGIN_TEXTS 4

typedef struct Entry
{
	struct Entry *next;
	HwSignin   *signin;
	time_t		refused_until;	/* the scope, that is */
	HwStatus	refusal;
	time_t		renewed;		/* when a dead token was last let go; 0 once
								 * another has served */
} Entry;

struct HwAuth
{
	HwCredentials credentials;	/* owned */
	HwRests    *rests;			/* borrowed */
	Entry	   *entries;
	long long	unrefused;		/* when IAM last did not refuse the password,
								 * by the services' clock */
	long		clock_offset;	/* seconds signatures are ahead of our clock */
	long		date_offset;	/* the same of the last reply's Date */
};

static const char *const auth_headers[] = {
	"Authorization", "X-Sdk-Date", "X-Security-Token", "X-Auth-Token", NULL
};

HwAuth *
hw_auth_open(const HwCredentials *credentials, HwRests *rests)
{
	HwAuth	   *auth = calloc(1, sizeof(HwAuth));

	if (auth == NULL)
		return NULL;
	auth->rests = rests;
	if (!hw_credentials_copy(&auth->credentials, credentials))
	{
		free(auth);
		return NULL;
	}
	return auth;
}

void
hw_auth_close(HwAuth *auth)
{
	if (auth == NULL)
		return;
	while (auth->entries)
	{
		Entry	   *entry = auth->entries;

		auth->entries = entry->next;
		hw_signin_close(entry->signin);
		free(entry);
	}
	hw_credentials_wipe(&auth->credentials);
	free(auth);
}

bool
hw_auth_signs(const HwAuth *auth)
{
	return auth->credentials.token == NULL &&
		auth->credentials.password == NULL;
}

/* --- entries -------------------------------------------------------- */

/*
 * What tells secrets of one client apart: tokens by password have a project,
 * files a section for projects and one for the account.
 */
static const char *
scope_of(const HwAuth *auth, const char *project)
{
	switch (auth->credentials.source)
	{
		case HW_SOURCE_PROFILE:
		case HW_SOURCE_CHAIN:
			return project[0] ? "basic" : "";
		case HW_SOURCE_NONE:
			if (auth->credentials.password)
				return project;
			break;
		case HW_SOURCE_ENVIRONMENT:
		case HW_SOURCE_METADATA:
			break;
	}
	return "";
}

static Entry *
find_entry(const HwAuth *auth, const char *project)
{
	const char *scope = scope_of(auth, project);

	for (Entry *entry = auth->entries; entry; entry = entry->next)
	{
		if (strcmp(hw_signin_project(entry->signin), scope) == 0)
			return entry;
	}
	return NULL;
}

static Entry *
get_entry(HwAuth *auth, const char *project)
{
	Entry	   *entry = find_entry(auth, project);

	if (entry)
		return entry;
	entry = calloc(1, sizeof(Entry));
	if (entry == NULL)
		return NULL;
	entry->signin = hw_signin_open(&auth->credentials,
								   scope_of(auth, project));
	if (entry->signin == NULL)
	{
		free(entry);
		return NULL;
	}
	entry->next = auth->entries;
	auth->entries = entry;
	return entry;
}

long
hw_auth_generation(const HwAuth *auth, const HwRequest *request)
{
	const Entry *entry = find_entry(auth, request->project);

	return entry ? hw_signin_generation(entry->signin) : 0;
}

const char *
hw_auth_scope_id(HwAuth *auth, bool is_project)
{
	Entry	   *entry;

	if (auth->credentials.source == HW_SOURCE_NONE)
		return NULL;
	entry = get_entry(auth, is_project ? "any" : "");
	return entry ? hw_signin_scope_id(entry->signin, is_project) : NULL;
}

/* --- resting -------------------------------------------------------- */

static void
key_texts(const HwSecret *key, const char *texts[KEY_TEXTS])
{
	texts[0] = key->access_key;
	texts[1] = key->secret_key;
}

static void
login_texts(const HwAuth *auth, const char *texts[LOGIN_TEXTS])
{
	texts[0] = auth->credentials.user_id;
	texts[1] = auth->credentials.user_name;
	texts[2] = auth->credentials.domain_name;
	texts[3] = auth->credentials.password;
}

static void
rest_key(HwAuth *auth, const HwSecret *key, const HwStatus *status,
		 time_t now)
{
	const char *texts[KEY_TEXTS];

	key_texts(key, texts);
	hw_rests_add(auth->rests, texts, KEY_TEXTS, status, now);
}

static bool
is_key_resting(HwAuth *auth, const HwSecret *key, time_t now,
			   HwStatus *status)
{
	const char *texts[KEY_TEXTS];

	key_texts(key, texts);
	if (!hw_rests_find(auth->rests, texts, KEY_TEXTS, now, status))
		return false;
	status->kind = HW_LOCKED_OUT;
	return true;
}

/* A scope that was refused rests alone, a password under all scopes. */
static void
rest_login(HwAuth *auth, Entry *entry, const HwStatus *status, time_t now)
{
	const char *texts[LOGIN_TEXTS];

	if (status->kind == HW_SCOPE_REFUSED)
	{
		auth->unrefused = now + auth->date_offset;
		entry->refused_until = now + HW_REST_SECONDS;
		entry->refusal = *status;
		return;
	}
	login_texts(auth, texts);
	hw_rests_add(auth->rests, texts, LOGIN_TEXTS, status, now);
}

static bool
is_login_resting(HwAuth *auth, Entry *entry, time_t now, HwStatus *status)
{
	long		left = hw_rest_left(&entry->refused_until, now);
	const char *texts[LOGIN_TEXTS];

	if (auth->credentials.password == NULL)
		return false;
	if (left > 0)
	{
		*status = entry->refusal;
		status->wait_ms = left * 1000;
		return true;
	}
	login_texts(auth, texts);
	if (!hw_rests_find(auth->rests, texts, LOGIN_TEXTS, now, status))
		return false;
	status->kind = HW_LOGIN_RESTS;
	return true;
}

/* Whether a login for another scope is to show first if the password is good. */
static bool
is_login_tried(const HwAuth *auth, const Entry *entry, long long server_now)
{
	if (auth->credentials.password == NULL ||
		hw_signin_is_busy(entry->signin) ||
		(server_now >= auth->unrefused &&
		 server_now < auth->unrefused + LOGIN_TRUST_SECONDS))
		return false;
	for (const Entry *other = auth->entries; other; other = other->next)
	{
		if (hw_signin_is_busy(other->signin))
			return true;
	}
	return false;
}

/* --- getting ready -------------------------------------------------- */

/* What was refused at signing in, and not by the service that is asked. */
static bool
is_login(HwKind kind)
{
	return kind == HW_LOGIN_REFUSED || kind == HW_LOGIN_LOCKED ||
		kind == HW_LOGIN_NEEDS_CODE || kind == HW_SCOPE_REFUSED;
}

HwSigninState
hw_auth_ready(HwAuth *auth, HwEngine *engine, const HwRequest *request,
			  const HwSigninPlace *place, time_t now, HwStatus *status)
{
	Entry	   *entry = get_entry(auth, request->project);
	HwSignin   *signin = entry ? entry->signin : NULL;
	long long	server_now = now + auth->date_offset;
	HwSigninState state;

	if (signin == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return HW_SIGNIN_FAILED;
	}
	/* Who waited for an answer hears that, others that the password rests. */
	if (hw_signin_outcome(signin, status) == HW_SIGNIN_FAILED)
		return HW_SIGNIN_FAILED;
	/* A token that is there goes on being used. */
	if (is_login_resting(auth, entry, now, status))
		return hw_signin_is_alive(signin, server_now) ?
			HW_SIGNIN_READY : HW_SIGNIN_FAILED;
	if (is_login_tried(auth, entry, server_now))
		return hw_signin_is_alive(signin, server_now) ?
			HW_SIGNIN_READY : HW_SIGNIN_WAIT;
	state = hw_signin_want(signin, engine, place, server_now, status);
	if (state != HW_SIGNIN_READY || !hw_auth_signs(auth) ||
		!is_key_resting(auth, hw_signin_secret(signin), now, status))
		return state;

	/* Another key may have been put where this one came from. */
	if (!hw_signin_reload(signin) ||
		is_key_resting(auth, hw_signin_secret(signin), now, status))
		return HW_SIGNIN_FAILED;
	return HW_SIGNIN_READY;
}

void
hw_auth_step(HwAuth *auth, HwEngine *engine, time_t now, double chance,
			 bool was_unattended, long long *wake_ms)
{
	for (Entry *entry = auth->entries; entry; entry = entry->next)
	{
		const HwStatus *failure;
		time_t		date = 0;

		if (!hw_signin_is_busy(entry->signin))
			continue;
		failure = hw_signin_step(entry->signin, engine,
								 now + auth->date_offset, chance,
								 was_unattended, &date, wake_ms);
		if (date)
			auth->date_offset = (long) (date - now);
		if (failure && is_login(failure->kind))
			rest_login(auth, entry, failure, now);
		else if (!hw_signin_is_busy(entry->signin))
			auth->unrefused = now + auth->date_offset;
	}
}

void
hw_auth_settle(HwAuth *auth)
{
	for (Entry *entry = auth->entries; entry; entry = entry->next)
		hw_signin_settle(entry->signin);
}

void
hw_auth_abandon(HwAuth *auth)
{
	for (Entry *entry = auth->entries; entry; entry = entry->next)
		hw_signin_abandon(entry->signin);
}

long
hw_auth_wait_ms(const HwAuth *auth, const HwStatus **why)
{
	for (const Entry *entry = auth->entries; entry; entry = entry->next)
	{
		long		wait_ms = hw_signin_wait_ms(entry->signin, why);

		if (wait_ms >= 0)
			return wait_ms;
	}
	return -1;
}

void
hw_auth_counters(const HwAuth *auth, long *nrequests, long long *bytes)
{
	*nrequests = 0;
	*bytes = 0;
	for (const Entry *entry = auth->entries; entry; entry = entry->next)
	{
		long		more;
		long long	more_bytes;

		hw_signin_counters(entry->signin, &more, &more_bytes);
		*nrequests += more;
		*bytes += more_bytes;
	}
}

/* --- headers -------------------------------------------------------- */

static bool
sign(HwAuth *auth, const HwSecret *secret, HwRequest *request, time_t now,
	 HwStatus *status)
{
	char		date[HW_SIGN_DATE_SIZE];
	HwText		authorization;
	bool		done;

	if (!hw_sign_date(now + auth->clock_offset, date))
		return hw_status_set(status, HW_INTERNAL, "the clock is out of range");
	if (!hw_request_header(request, "X-Sdk-Date", date, true, status))
		return false;
	if (secret->security_token &&
		!hw_request_header(request, "X-Security-Token",
						   secret->security_token, true, status))
		return false;

	hw_text_init(&authorization, 0);
	done = hw_sign(request, secret->access_key, secret->secret_key,
				   &authorization, NULL, status) &&
		hw_request_header(request, "Authorization",
						  hw_text_string(&authorization), false, status);
	hw_text_wipe(&authorization);
	return done;
}

bool
hw_auth_apply(HwAuth *auth, HwRequest *request, time_t now, HwStatus *status)
{
	const Entry *entry = find_entry(auth, request->project);
	const HwSecret *secret = entry ? hw_signin_secret(entry->signin) : NULL;

	if (secret && secret->token)
		return hw_request_header(request, "X-Auth-Token", secret->token,
								 false, status);
	if (secret == NULL || secret->access_key == NULL)
		return hw_status_set(status, HW_INTERNAL, "there is no key yet");
	return sign(auth, secret, request, now, status);
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
			hw_wipe(header->value);
			free(header->name);
		}
		else
			request->headers[kept++] = *header;
	}
	request->nheaders = kept;
}

/* --- refusals ------------------------------------------------------- */

/* The time that the service names in its words, else that of its reply. */
static long long
time_of_service(const HwStatus *status, time_t reply_date)
{
	static const char word[] = "server time:";
	const char *found = strcasestr(status->text, word);
	long long	seconds;

	if (found)
	{
		found += sizeof(word) - 1;
		found += strspn(found, " ");
		if (hw_time_read(found, &seconds))
			return seconds;
	}
	return reply_date;
}

static bool
learn_clock(HwAuth *auth, const HwAttempt *attempt, HwStatus *status,
			time_t now)
{
	long long	theirs = time_of_service(status, attempt->reply_date);

	if (!hw_auth_signs(auth) || theirs == 0)
		return false;
	status->our_time = now;
	status->their_time = theirs;
	if (attempt->has_retried)
		return false;
	auth->clock_offset = (long) (theirs - now);
	return true;
}

/* A token, or a temporary key, has had its time. */
static bool
learn_expiry(Entry *entry, const HwAttempt *attempt, HwStatus *status,
			 time_t now)
{
	if (hw_signin_secret(entry->signin)->security_token)
		status->kind = HW_KEY_EXPIRED;
	if (attempt->has_retried)
		return false;
	if (attempt->generation == hw_signin_generation(entry->signin))
	{
		if (now >= entry->renewed &&
			now < entry->renewed + RENEWAL_PAUSE_SECONDS)
			return false;
		entry->renewed = now;
	}
	return hw_signin_renew(entry->signin, attempt->generation);
}

/* A token is not locked out, only keys are. */
static void
learn_refusal(HwAuth *auth, Entry *entry, const HwAttempt *attempt,
			  const HwStatus *status, time_t now)
{
	const HwSecret *key = hw_signin_secret(entry->signin);

	/* One that has taken its place since is not to blame. */
	if (!hw_auth_signs(auth) ||
		attempt->generation != hw_signin_generation(entry->signin))
		return;
	rest_key(auth, key, status, now);

	/* The metadata service may have another one next time. */
	if (key->expires_at)
		(void) hw_signin_renew(entry->signin, attempt->generation);
}

bool
hw_auth_learn(HwAuth *auth, const HwAttempt *attempt, HwStatus *status,
			  time_t now)
{
	Entry	   *entry = find_entry(auth, attempt->request->project);

	if (attempt->reply_date)
		auth->date_offset = (long) (attempt->reply_date - now);
	if (entry == NULL)
		return false;
	switch (status->kind)
	{
		case HW_OK:
			entry->renewed = 0;
			return false;

		case HW_CLOCK_WRONG:
			return learn_clock(auth, attempt, status, now);

		case HW_TOKEN_EXPIRED:
			return learn_expiry(entry, attempt, status, now);

		case HW_UNAUTHORIZED:
			/* Whatever the words: tokens may die before their time. */
			if (auth->credentials.password)
				return learn_expiry(entry, attempt, status, now);
			learn_refusal(auth, entry, attempt, status, now);
			return false;

		case HW_LOCKED_OUT:
			learn_refusal(auth, entry, attempt, status, now);
			return false;

		default:
			return false;
	}
}
