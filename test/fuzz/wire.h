/*-------------------------------------------------------------------------
 *
 * wire.h
 *	  What libcurl makes of a URL that was built here.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FUZZ_WIRE_H
#define HW_FUZZ_WIRE_H

#include "core/request.h"

/*
 * Requires that a request's URL is pure printable ASCII, and that libcurl
 * reads scheme, host and port as the base says, the path as expected_path and
 * the query as exactly these pairs.
 */
extern void require_url(const HwRequest *request, const HwBase *base,
						const char *expected_path, const HwPair *pairs,
						int npairs);

/* Requires that no header can be taken for two, or for another one. */
extern void require_headers(const HwRequest *request);

#endif							/* HW_FUZZ_WIRE_H */
