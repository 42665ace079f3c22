/*-------------------------------------------------------------------------
 *
 * ask.h
 *	  The request of one API for given values and a place in its list.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ASK_H
#define HW_ASK_H

#include "catalog/catalog.h"
#include "core/decode.h"
#include "core/request.h"

/* The place in a list; limit 0 for APIs without pages. */
typedef struct HwCursor
{
	long		offset;
	int			limit;
} HwCursor;

/*
 * Fills an initialised request.  asked ends with a NULL param; its values are
 * in the request's spelling.  scope_id is the project or account of the
 * credentials, or NULL when the credentials carry their own.
 *
 * False with a status when a value cannot be sent: too long for a URL, control
 * characters in a header, an id in the path with other characters than
 * 0-9 A-Z a-z _ and -.
 */
extern bool hw_ask(const HwService *service, const HwApi *api,
				   const HwBase *base, const HwAsked *asked,
				   const char *scope_id, HwCursor cursor,
				   HwRequest *request, HwStatus *status);

#endif							/* HW_ASK_H */
