/*-------------------------------------------------------------------------
 *
 * verdict.h
 *	  What an HTTP status and a body mean.
 *
 * Covers the error bodies of BSS, HSS, the API gateway and IAM.  Texts change
 * without notice, so status and code decide, and texts only tell apart what
 * shares one code (401 with code 0301).
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_VERDICT_H
#define HW_VERDICT_H

#include "core/json.h"
#include "core/status.h"

/*
 * Fills status from a reply whose HTTP status is not a success: kind, http,
 * code and text.  Keys, signatures and the canonical request that some texts
 * echo are masked.  body may be anything, also empty.
 */
extern void hw_verdict_refusal(int http, const char *body, size_t body_bytes,
							   HwStatus *status);

/*
 * Looks for a failure inside a successful reply: an error code other than
 * CBC.0000.  True when there is none; otherwise fills status with kind
 * HW_HIDDEN_FAILURE, or the kind the code stands for.
 */
extern bool hw_verdict_hidden(const HwNode *root, HwStatus *status);

#endif							/* HW_VERDICT_H */
