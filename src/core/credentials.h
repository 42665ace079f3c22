/*-------------------------------------------------------------------------
 *
 * credentials.h
 *	  What a user gave to sign in with, and what came of it.
 *
 * HwCredentials says how; HwSecret is the key or token that requests go out
 * with.  Both live in memory that is wiped when it is given back.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_CREDENTIALS_H
#define HW_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>

/* Where credentials are found that the user mapping does not hold. */
typedef enum HwSource
{
	HW_SOURCE_NONE,				/* in the mapping itself */
	HW_SOURCE_ENVIRONMENT,		/* variables of the server process */
	HW_SOURCE_PROFILE,			/* a file as the official SDKs have it */
	HW_SOURCE_METADATA,			/* the cloud machine's own keys */
	HW_SOURCE_CHAIN				/* these three, the first that has some */
} HwSource;

/*
 * NULL for what is not given.  One way only: keys, a token, a password, or a
 * source.
 */
typedef struct HwCredentials
{
	const char *access_key;
	const char *secret_key;
	const char *security_token; /* of temporary keys */
	const char *token;
	const char *user_name;		/* of an IAM user, or user_id */
	const char *user_id;
	const char *domain_name;	/* the user's account */
	const char *password;
	HwSource	source;
	const char *profile_path;	/* NULL: where the SDKs look */
	const char *metadata_endpoint;	/* NULL: that of the cloud */
} HwCredentials;

/* A key or a token, owned.  All zeros is none. */
typedef struct HwSecret
{
	char	   *access_key;
	char	   *secret_key;
	char	   *security_token;
	char	   *token;
	char	   *project_id;		/* named beside the key; NULL: none */
	char	   *domain_id;
	long long	expires_at;		/* seconds since 1970 by the giver's clock;
								 * 0: nobody said */
} HwSecret;

/* Copies all texts; false when out of memory, with nothing left behind. */
extern bool hw_credentials_copy(HwCredentials *copy,
								const HwCredentials *credentials);

/* Wipes and frees the texts of a copy. */
extern void hw_credentials_wipe(HwCredentials *copy);

/* Copies length bytes of a text; NULL stays NULL.  False: out of memory. */
extern bool hw_secret_keep(char **copy, const char *text, size_t length);
extern void hw_secret_wipe(HwSecret *secret);

/* Overwrites and frees; NULL is fine. */
extern void hw_wipe(char *text);

/*
 * Reads a time in UTC, as 2015-11-09T01:42:57.527363Z or 20151109T014257Z;
 * fractions are cut.  False when it is none.
 */
extern bool hw_time_read(const char *text, long long *seconds);

#endif							/* HW_CREDENTIALS_H */
