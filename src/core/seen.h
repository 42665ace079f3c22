/*-------------------------------------------------------------------------
 *
 * seen.h
 *	  The set of keys that a scan has come across, and in which strand.
 *
 * Keys are kept as 116 bits of SHA-256, in 16 bytes each, whatever their
 * length: among a million, two are taken for one once in 10^23 times.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SEEN_H
#define HW_SEEN_H

#include <stddef.h>

typedef struct HwSeen HwSeen;

typedef enum HwSeenResult
{
	HW_SEEN_NEW,
	HW_SEEN_HERE,				/* earlier in the same strand */
	HW_SEEN_ELSEWHERE,			/* in another strand */
	HW_SEEN_FAILED				/* out of memory */
} HwSeenResult;

/* Strands are numbered from 0 and at most this many. */
#define HW_SEEN_STRANDS_MAX 4096

extern HwSeen *hw_seen_open(void);	/* NULL: out of memory */
extern void hw_seen_close(HwSeen *seen);

/* Looks a key up and, when it is new, notes it for the strand. */
extern HwSeenResult hw_seen_note(HwSeen *seen, const char *key,
								 size_t length, int strand);

/* Bytes in use. */
extern size_t hw_seen_bytes(const HwSeen *seen);

#endif							/* HW_SEEN_H */
