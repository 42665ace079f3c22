/*-------------------------------------------------------------------------
 *
 * iam.h
 *	  Tokens from identity and access management (IAM).
 *
 * Makes the request for a token and reads the answer; sends nothing.
 * (IAM API Reference, Obtaining a User Token Through Password Authentication.)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_IAM_H
#define HW_IAM_H

#include "core/credentials.h"
#include "core/engine.h"
#include "core/request.h"

/*
 * The request for a token of a project, or, when it is NULL or empty, of the
 * account: the user's, or domain_id if the credentials do not name one.  The
 * request's body holds the password.
 */
extern bool hw_iam_ask(const HwCredentials *credentials, const char *endpoint,
					   const char *project, const char *domain_id,
					   HwRequest *request, HwStatus *status);

/*
 * When a successful reply says that its token has no scope: the ID of the
 * user's account, malloc'd, to ask for a token of.  NULL when it has one, or
 * when nothing tells.
 */
extern char *hw_iam_account(const HwReply *reply);

/* Takes the token out of a successful reply. */
extern bool hw_iam_take(const HwReply *reply, const char *project,
						HwSecret *secret, HwStatus *status);

#endif							/* HW_IAM_H */
