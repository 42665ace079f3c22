/*-------------------------------------------------------------------------
 *
 * outcome.h
 *	  What the end of a curl transfer means.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_OUTCOME_H
#define HW_OUTCOME_H

#include <curl/curl.h>

#include "core/status.h"

/* What curl does not tell; all borrowed. */
typedef struct HwOutcome
{
	const char *words;			/* curl's error buffer, may be empty */
	const char *host;
	long		connect_timeout_ms;
	long		request_timeout_ms;
	bool		is_https;
	bool		is_connected;	/* 8.14 notes it after the handshake only */
	bool		was_sent;		/* 8.22 notes the time of it at once */
	bool		has_head;		/* the header lines are complete */
} HwOutcome;

/* Sets kind and text; returns false, except for CURLE_OK. */
extern bool hw_outcome_status(CURL *easy, CURLcode rc,
							  const HwOutcome *outcome, HwStatus *status);

#endif							/* HW_OUTCOME_H */
