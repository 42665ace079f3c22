/*-------------------------------------------------------------------------
 *
 * url.h
 *	  Percent-encoding, canonical paths and queries, base URLs.
 *
 * The canonical form of the signature is the form that is sent, so both come
 * from here.  (API Request Signing Guide: "Creating a Canonical Request".)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_URL_H
#define HW_URL_H

#include "core/text.h"

typedef struct HwPair
{
	const char *name;			/* decoded, UTF-8 */
	const char *value;			/* decoded, UTF-8 */
} HwPair;

/* Appends text with every byte but A-Z a-z 0-9 - _ . ~ as %XX. */
extern bool hw_url_escape(HwText *out, const char *text, size_t length);

/*
 * Appends a decoded path, each segment escaped, slashes kept.  An empty path
 * is "/".  Without the final slash that only the signature has.
 */
extern bool hw_url_path(HwText *out, const char *path);

/*
 * Sorts the pairs by raw name, then raw value, in byte order, and appends
 * name=value joined by '&'; the '=' stays when a value is empty.
 */
extern bool hw_url_query(HwText *out, HwPair *pairs, int npairs);

/*
 * A base URL as options hold it: scheme://host[:port][/prefix].
 */
typedef struct HwBase
{
	bool		is_https;
	bool		is_loopback;	/* 127.0.0.0/8, ::1 or localhost */
	char		host[264];		/* lower case, IPv6 in brackets; as the Host
								 * header has it, with a port that is not the
								 * scheme's own */
	char		name[256];		/* host without port and brackets */
	char		prefix[1024];	/* decoded path without final slash, or "" */
} HwBase;

/*
 * Splits a base URL; false with a reason (a constant, lower case, such as
 * "it has a query") when it is none, or has a user, query or fragment, or
 * control characters or blanks, or another scheme than http and https.
 */
extern bool hw_url_base(const char *url, HwBase *base, const char **reason);

#endif							/* HW_URL_H */
