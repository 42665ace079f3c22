/*-------------------------------------------------------------------------
 *
 * endpoint.h
 *	  At which base URL a service is reached.
 *
 * Options come first.  Then, as in the official SDKs, the environment of the
 * server process, for servers of superusers only; then the known endpoints.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_FDW_ENDPOINT_H
#define HW_FDW_ENDPOINT_H

#include "postgres.h"

#include "catalog/catalog.h"
#include "fdw/options.h"

/*
 * The base URL of a service in a region, which may be NULL.  ERROR with a hint
 * that lists near regions when there is none, or when the environment has what
 * is no URL.  The text is constant, the options', or palloc'd.
 */
extern const char *hw_endpoint_of(const HwOptions *options,
								  const HwService *service,
								  const char *region, ForeignServer *server);

/*
 * The same of IAM, for the options' region when it is NULL: there is always
 * one.
 */
extern const char *hw_endpoint_of_iam(const HwOptions *options,
									  const char *region,
									  ForeignServer *server);

#endif							/* HW_FDW_ENDPOINT_H */
