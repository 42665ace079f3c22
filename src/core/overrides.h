/*-------------------------------------------------------------------------
 *
 * overrides.h
 *	  Endpoints that the environment gives instead of the known ones.
 *
 * The environment is that of the server process.  Only the first of several
 * endpoints is taken; the file that the SDKs look at next, regions.yaml, is
 * not read.  (Go SDK, region and auth packages, 2026-03.)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_OVERRIDES_H
#define HW_OVERRIDES_H

#include "core/text.h"

/*
 * HUAWEICLOUD_SDK_REGION_<SERVICE>_<REGION>, or HUAWEICLOUD_SDK_IAM_ENDPOINT
 * when the region is NULL: its value as a base URL, with https:// before what
 * has no scheme, and the variable's name.  False when it is not set, or out
 * of memory (has_failed of a text).
 */
extern bool hw_override_find(const char *service, const char *region,
							 HwText *variable, HwText *url);

#endif							/* HW_OVERRIDES_H */
