/*-------------------------------------------------------------------------
 *
 * sign.h
 *	  SDK-HMAC-SHA256, the request signature of Huawei Cloud.
 *
 * Source: API Request Signing Guide; signatures made by the official SDKs are
 * the test vectors.  Sign at the last moment and anew for each attempt: the
 * service accepts a date at most 15 minutes off.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SIGN_H
#define HW_SIGN_H

#include <time.h>

#include "core/request.h"
#include "core/status.h"
#include "core/text.h"

#define HW_SIGN_DATE_SIZE 17	/* 20250102T030405Z and a zero byte */

/* Writes a time as X-Sdk-Date wants it, in UTC. */
extern bool hw_sign_date(time_t when, char date[HW_SIGN_DATE_SIZE]);

/*
 * Appends the value of the Authorization header for a request that already
 * carries X-Sdk-Date, over Host and all headers marked is_signed.  Never signs
 * names that begin with content-type, contain an underscore, or are
 * authorization.  A header X-Sdk-Content-Sha256 stands in for the body's hash.
 *
 * canonical may be NULL; a test passes a buffer to see the canonical request.
 */
extern bool hw_sign(const HwRequest *request,
					const char *access_key, const char *secret_key,
					HwText *authorization, HwText *canonical,
					HwStatus *status);

/*
 * The last steps alone: appends the header's value for a canonical request,
 * given the date in it and its signed names, joined with ';'.
 */
extern bool hw_sign_canonical(const char *canonical, size_t length,
							  const char *date, const char *names,
							  const char *access_key, const char *secret_key,
							  HwText *authorization, HwStatus *status);

/* 128 bits of SHA-256, for sets of keys.  False when OpenSSL fails. */
typedef struct HwDigest
{
	unsigned long long high,
				low;
} HwDigest;

typedef struct HwHasher HwHasher;

extern HwHasher *hw_hasher_open(void);	/* NULL: out of memory */
extern bool hw_hasher_digest(HwHasher *hasher, const char *data,
							 size_t length, HwDigest *digest);
extern void hw_hasher_close(HwHasher *hasher);

#endif							/* HW_SIGN_H */
