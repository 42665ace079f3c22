/*-------------------------------------------------------------------------
 *
 * request.h
 *	  One HTTP request, before authentication.
 *
 * Everything the signature covers, so that two requests with equal keys
 * may share one reply.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_REQUEST_H
#define HW_REQUEST_H

#include "core/status.h"
#include "core/text.h"
#include "core/url.h"

#define HW_REQUEST_HEADERS_MAX 12

typedef struct HwHeader
{
	char	   *name;			/* owned, as sent */
	char	   *value;			/* owned, no CR, LF or NUL */
	bool		is_signed;		/* part of the signature */
} HwHeader;

typedef struct HwRequest
{
	const char *method;			/* constant: "GET", "POST" */
	bool		is_https;
	bool		is_loopback;
	char		host[264];		/* Host header, see HwBase */
	HwText		path;			/* decoded, prefix included */
	HwText		query;			/* canonical, as sent; may be empty */
	HwText		body;			/* as sent; may be empty */
	HwHeader	headers[HW_REQUEST_HEADERS_MAX];
	int			nheaders;
	char		project[264];	/* whose token it needs; empty: the account's */
} HwRequest;

/* Makes an empty request; always safe to free afterwards. */
extern void hw_request_init(HwRequest *request, const char *method);
extern void hw_request_free(HwRequest *request);

/*
 * Sets a header, copying both texts and cutting blanks around the value; one
 * of the same name, case-blind, is replaced.  False with a status when the
 * value has control characters, or memory or places ran out.
 */
extern bool hw_request_header(HwRequest *request, const char *name,
							  const char *value, bool is_signed,
							  HwStatus *status);

/* The value of a header by name, case-blind; NULL when absent. */
extern const char *hw_request_find(const HwRequest *request,
								   const char *name);

/* Sets host, scheme and the decoded path behind the base's prefix. */
extern bool hw_request_target(HwRequest *request, const HwBase *base,
							  const char *path, HwStatus *status);

/* Appends scheme://host/path?query as it goes over the wire. */
extern bool hw_request_url(const HwRequest *request, HwText *out);

/*
 * Appends the text that identifies the request: method, URL, headers, body.
 * Requests with equal keys on one session get equal answers.
 */
extern bool hw_request_key(const HwRequest *request, HwText *out);

#endif							/* HW_REQUEST_H */
