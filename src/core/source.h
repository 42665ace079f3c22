/*-------------------------------------------------------------------------
 *
 * source.h
 *	  Keys from where the official SDKs look: the environment, and a file.
 *
 * Both belong to the server process.  A status says what is missing and
 * where, never what was found.  (Go SDK, provider package, 2026-03.)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SOURCE_H
#define HW_SOURCE_H

#include "core/credentials.h"
#include "core/status.h"

/* HUAWEICLOUD_SDK_AK, _SK, _SECURITY_TOKEN, _PROJECT_ID and _DOMAIN_ID. */
extern bool hw_source_environment(HwSecret *secret, HwStatus *status);

/*
 * The section "basic" (of a project) or "global" (of the account) of a file.
 * path is NULL for HUAWEICLOUD_SDK_CREDENTIALS_FILE, or .huaweicloud/credentials
 * in the home directory.
 */
extern bool hw_source_profile(const char *path, const char *section,
							  HwSecret *secret, HwStatus *status);

#endif							/* HW_SOURCE_H */
