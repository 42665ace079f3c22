/*-------------------------------------------------------------------------
 *
 * rest.c
 *	  Keys and passwords that were refused, and rest.
 *
 *-------------------------------------------------------------------------
 */
#include "core/rest.h"

#include <stdlib.h>
#include <string.h>

#include "core/sign.h"
#include "core/text.h"

/* Beyond this, the one that is over first makes room. */
#define RESTS_MAX 32

typedef struct Rest
{
	HwDigest	digest;
	bool		has_digest;		/* without, memory ran out: it stands for
								 * anything */
	time_t		until;			/* no attempt before */
	HwStatus	status;			/* the answer that led to it */
} Rest;

struct HwRests
{
	HwHasher   *hasher;
	Rest		rests[RESTS_MAX];
};

HwRests *
hw_rests_open(void)
{
	HwRests    *rests = calloc(1, sizeof(HwRests));

	if (rests == NULL)
		return NULL;
	rests->hasher = hw_hasher_open();
	if (rests->hasher == NULL)
	{
		free(rests);
		return NULL;
	}
	return rests;
}

void
hw_rests_close(HwRests *rests)
{
	if (rests == NULL)
		return;
	hw_hasher_close(rests->hasher);
	free(rests);
}

void
hw_rests_forget(HwRests *rests)
{
	memset(rests->rests, 0, sizeof(rests->rests));
}

/* Texts that differ, or that are split otherwise, have another digest. */
static bool
digest_of(HwRests *rests, const char *const *texts, int ntexts,
		  HwDigest *digest)
{
	HwText		all;
	bool		done;

	hw_text_init(&all, 0);
	all.is_secret = true;
	for (int i = 0; i < ntexts; i++)
	{
		if (texts[i])
			hw_text_append(&all, texts[i], strlen(texts[i]));
		hw_text_append(&all, texts[i] ? "\0=" : "\0-", 2);
	}
	done = !all.has_failed &&
		hw_hasher_digest(rests->hasher, all.data, all.length, digest);
	hw_text_wipe(&all);
	return done;
}

static bool
is_same(const Rest *rest, bool has_digest, const HwDigest *digest)
{
	return !has_digest || !rest->has_digest ||
		(rest->digest.high == digest->high && rest->digest.low == digest->low);
}

void
hw_rests_add(HwRests *rests, const char *const *texts, int ntexts,
			 const HwStatus *status, time_t now)
{
	HwDigest	digest = {0};
	bool		has_digest = digest_of(rests, texts, ntexts, &digest);
	Rest	   *place = &rests->rests[0];

	for (int i = 0; i < RESTS_MAX; i++)
	{
		Rest	   *rest = &rests->rests[i];

		if (rest->until && has_digest && rest->has_digest &&
			is_same(rest, has_digest, &digest))
		{
			place = rest;
			break;
		}
		if (rest->until < place->until)
			place = rest;
	}
	place->digest = digest;
	place->has_digest = has_digest;
	place->until = now + HW_REST_SECONDS;
	place->status = *status;
}

long
hw_rest_left(time_t *until, time_t now)
{
	if (now >= *until)
		return 0;
	if (*until > now + HW_REST_SECONDS)
		*until = now + HW_REST_SECONDS;
	return (long) (*until - now);
}

static bool
is_any_resting(HwRests *rests, time_t now)
{
	bool		is_any = false;

	for (int i = 0; i < RESTS_MAX; i++)
		is_any |= hw_rest_left(&rests->rests[i].until, now) > 0;
	return is_any;
}

bool
hw_rests_find(HwRests *rests, const char *const *texts, int ntexts,
			  time_t now, HwStatus *status)
{
	HwDigest	digest = {0};
	bool		has_digest;

	if (!is_any_resting(rests, now))
		return false;
	has_digest = digest_of(rests, texts, ntexts, &digest);
	for (int i = 0; i < RESTS_MAX; i++)
	{
		Rest	   *rest = &rests->rests[i];
		long		left = hw_rest_left(&rest->until, now);

		if (left == 0 || !is_same(rest, has_digest, &digest))
			continue;
		*status = rest->status;
		status->wait_ms = left * 1000;
		return true;
	}
	return false;
}
