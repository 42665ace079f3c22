/*-------------------------------------------------------------------------
 *
 * status.h
 *	  What went wrong below src/fdw, as a value.
 *
 * Every fallible function of the core takes an HwStatus to fill.  Buffers are
 * fixed, so that filling it cannot fail; texts from outside are cut, stripped
 * of control characters and kept valid UTF-8.  Only src/fdw/report.c turns a
 * status into words for the user.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_STATUS_H
#define HW_STATUS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum HwKind
{
	HW_OK = 0,
	HW_OUT_OF_MEMORY,
	HW_NO_CONNECTION,			/* name look-up, refused, reset, proxy */
	HW_TIMED_OUT,				/* connect_timeout or request_timeout */
	HW_NOT_ALLOWED,				/* our own rules keep us from connecting */
	HW_TLS_FAILED,				/* certificate or handshake */
	HW_BODY_TOO_LARGE,			/* reply above max_response_size */
	HW_TOO_LARGE,				/* above another limit; text names it */
	HW_BAD_REPLY,				/* no valid JSON, or not this API's reply */
	HW_BAD_REQUEST,				/* 400 and friends: our request was refused */
	HW_NOT_FOUND,				/* 404 */
	HW_UNAUTHORIZED,			/* 401: signature or token refused */
	HW_TOKEN_EXPIRED,			/* 401: a new token would help */
	HW_CLOCK_WRONG,				/* 401: signature time out of range */
	HW_LOCKED_OUT,				/* 401: key barred after failures */
	HW_KEY_EXPIRED,				/* 401: a temporary key has had its time */
	HW_LOGIN_REFUSED,			/* 401 of IAM: name or password */
	HW_LOGIN_LOCKED,			/* 401 of IAM: the user is barred for a time */
	HW_LOGIN_NEEDS_CODE,		/* 401 of IAM: a second factor is wanted */
	HW_SCOPE_REFUSED,			/* 401 of IAM: not this project or account */
	HW_LOGIN_RESTS,				/* refused a moment ago, not tried again */
	HW_NO_CREDENTIALS,			/* the place they should come from has none */
	HW_DENIED,					/* 403, or a 400 that says so */
	HW_WRONG_SITE,				/* 403: account of another web site */
	HW_THROTTLED,				/* 429 */
	HW_SERVER_ERROR,			/* 5xx */
	HW_HIDDEN_FAILURE,			/* an error code inside a 200 */
	HW_BAD_VALUE,				/* a field that is not what it must be */
	HW_DRIFTED,					/* the list changed while it was read */
	HW_STUCK,					/* the service ignores the offset */
	HW_STOPPED,					/* hw_stop_asked was true */
	HW_OFFSET_EXCEEDED,			/* more rows than the API can page to */
	HW_INTERNAL					/* cannot happen */
} HwKind;

#define HW_STATUS_TEXT_MAX 500

typedef struct HwStatus
{
	HwKind		kind;
	int			http;			/* status code, 0 when there was no reply */
	char		code[64];		/* the service's error code, or empty */
	char		text[HW_STATUS_TEXT_MAX + 1];	/* the service's or the
												 * library's words */
	char		request_id[129];
	char		place[200];		/* where in a reply: "data_list[3].tags" */
	const char *speaker;		/* constant: who answered, if not the API */
	long long	our_time;		/* when a signature was refused for its date: */
	long long	their_time;		/* both clocks, seconds since 1970; else 0 */
	long		wait_ms;		/* how long to wait before trying again; -1
								 * when nobody said */
} HwStatus;

extern void hw_status_clear(HwStatus *status);

/*
 * Sets kind and text (printf-style; cut at HW_STATUS_TEXT_MAX bytes) and
 * returns false, so that a caller can "return hw_status_set(...)".  Leaves
 * http, code and request_id as they are.
 */
extern bool hw_status_set(HwStatus *status, HwKind kind,
						  const char *format,...)
			__attribute__((format(printf, 3, 4)));

/*
 * Copies at most length bytes of text from outside into a buffer of size
 * bytes: control characters become blanks, bytes that are not valid UTF-8
 * become '?', nothing is cut inside a character, always terminated.
 */
extern void hw_status_copy(char *buffer, size_t size,
						   const char *text, size_t length);

#endif							/* HW_STATUS_H */
