/*-------------------------------------------------------------------------
 *
 * seen.c
 *	  The set of keys that a scan has come across, and in which strand.
 *
 * Open addressing over 16-byte entries: 116 bits of the key's digest and the
 * strand's number in the low 12 bits; an entry of zeroes is free.
 *
 *-------------------------------------------------------------------------
 */
#include "core/seen.h"

#include <stdbool.h>
#include <stdlib.h>

#include "core/sign.h"

/* A page of 200 fits without growing. */
#define SLOTS_MIN 512

#define STRAND_BITS 12
#define STRAND_MASK ((1ULL << STRAND_BITS) - 1)

struct HwSeen
{
	HwHasher   *hasher;
	HwDigest   *slots;
	size_t		nslots;			/* a power of two */
	size_t		nused;
};

HwSeen *
hw_seen_open(void)
{
	HwSeen	   *seen = calloc(1, sizeof(HwSeen));

	if (seen == NULL)
		return NULL;
	seen->nslots = SLOTS_MIN;
	seen->hasher = hw_hasher_open();
	seen->slots = calloc(seen->nslots, sizeof(HwDigest));
	if (seen->hasher == NULL || seen->slots == NULL)
	{
		hw_seen_close(seen);
		return NULL;
	}
	return seen;
}

void
hw_seen_close(HwSeen *seen)
{
	if (seen == NULL)
		return;
	if (seen->hasher)
		hw_hasher_close(seen->hasher);
	free(seen->slots);
	free(seen);
}

size_t
hw_seen_bytes(const HwSeen *seen)
{
	return seen->nslots * sizeof(HwDigest);
}

static bool
is_free(const HwDigest *slot)
{
	return slot->high == 0 && slot->low == 0;
}

static bool
is_same(const HwDigest *slot, const HwDigest *digest)
{
	return slot->high == digest->high &&
		(slot->low & ~STRAND_MASK) == (digest->low & ~STRAND_MASK);
}

/* The slot that holds a digest, or the free one where it belongs. */
static HwDigest *
find(HwDigest *slots, size_t nslots, const HwDigest *digest)
{
	size_t		at = digest->high & (nslots - 1);

	while (!is_free(&slots[at]) && !is_same(&slots[at], digest))
		at = (at + 1) & (nslots - 1);
	return &slots[at];
}

static bool
grow(HwSeen *seen)
{
	size_t		nslots = seen->nslots * 2;
	HwDigest   *slots = calloc(nslots, sizeof(HwDigest));

	if (slots == NULL)
		return false;
	for (size_t i = 0; i < seen->nslots; i++)
	{
		if (!is_free(&seen->slots[i]))
			*find(slots, nslots, &seen->slots[i]) = seen->slots[i];
	}
	free(seen->slots);
	seen->slots = slots;
	seen->nslots = nslots;
	return true;
}

HwSeenResult
hw_seen_note(HwSeen *seen, const char *key, size_t length, int strand)
{
	HwDigest	digest;
	HwDigest   *slot;

	if (seen->nused * 10 >= seen->nslots * 8 && !grow(seen))
		return HW_SEEN_FAILED;
	if (!hw_hasher_digest(seen->hasher, key, length, &digest))
		return HW_SEEN_FAILED;

	/* The low bits of low carry the strand; high is never zero. */
	digest.high |= (digest.high == 0);
	slot = find(seen->slots, seen->nslots, &digest);
	if (!is_free(slot))
		return (slot->low & STRAND_MASK) == (unsigned long long) strand ?
			HW_SEEN_HERE : HW_SEEN_ELSEWHERE;
	slot->high = digest.high;
	slot->low = (digest.low & ~STRAND_MASK) | (unsigned long long) strand;
	seen->nused++;
	return HW_SEEN_NEW;
}
