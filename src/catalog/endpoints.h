/*-------------------------------------------------------------------------
 *
 * endpoints.h
 *	  Where the services are reached, by region or by site.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ENDPOINTS_H
#define HW_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>

/* The web site an account belongs to decides which billing system has it. */
typedef enum HwSite
{
	HW_SITE_INTL,
	HW_SITE_CN,
	HW_SITE_EU
} HwSite;

/*
 * The hosts of the three services, as patterns of core/hosts.h.  Not all of
 * Huawei Cloud's domains: below them are hosts that any customer can name, as
 * those of object storage are.
 */
#define HW_HOSTS_DEFAULT \
	"bss.myhuaweicloud.com, bss-intl.myhuaweicloud.com, " \
	"hss.*.myhuaweicloud.com, iam.myhuaweicloud.com, " \
	"iam.*.myhuaweicloud.com, bss.myhuaweicloud.eu, " \
	"hss.*.myhuaweicloud.eu, iam.*.myhuaweicloud.eu"

typedef struct HwEndpoint
{
	const char *service;
	const char *region;
	const char *url;
} HwEndpoint;

/* False when the name is none of intl, cn, eu. */
extern bool hw_site_find(const char *name, HwSite *site);

/* The site of accounts that use a region; international unless it is Europe's. */
extern HwSite hw_site_of_region(const char *region);

/* Base URL of a service ("bss", "hss", "iam"), or NULL when none is known. */
extern const char *hw_endpoint_find(const char *service, const char *region,
									HwSite site);

/*
 * Puts the names under which the official SDKs look for another endpoint in
 * the environment: of BSS there are two, each in one region, and IAM's host is
 * that of all regions (NULL).
 */
extern void hw_endpoint_sdk_names(const char **service, const char **region,
								  HwSite site);

/* All regional endpoints; service is NULL at the end. */
extern const HwEndpoint *hw_endpoints(void);

#endif							/* HW_ENDPOINTS_H */
