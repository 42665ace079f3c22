/*-------------------------------------------------------------------------
 *
 * endpoints.c
 *	  Where the services are reached, by region or by site.
 *
 * Source: the region tables of the official SDKs for Go and Python, 2026-03
 * and 2026-08.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/endpoints.h"

#include <string.h>

static const HwEndpoint endpoints[] = {
	{"hss", "ae-ad-1", "https://hss.ae-ad-1.myhuaweicloud.com"},
	{"hss", "af-north-1", "https://hss.af-north-1.myhuaweicloud.com"},
	{"hss", "af-south-1", "https://hss.af-south-1.myhuaweicloud.com"},
	{"hss", "ap-southeast-1", "https://hss.ap-southeast-1.myhuaweicloud.com"},
	{"hss", "ap-southeast-2", "https://hss.ap-southeast-2.myhuaweicloud.com"},
	{"hss", "ap-southeast-3", "https://hss.ap-southeast-3.myhuaweicloud.com"},
	{"hss", "ap-southeast-4", "https://hss.ap-southeast-4.myhuaweicloud.com"},
	{"hss", "ap-southeast-5", "https://hss.ap-southeast-5.myhuaweicloud.com"},
	{"hss", "cn-east-2", "https://hss.cn-east-2.myhuaweicloud.com"},
	{"hss", "cn-east-3", "https://hss.cn-east-3.myhuaweicloud.com"},
	{"hss", "cn-east-4", "https://hss.cn-east-4.myhuaweicloud.com"},
	{"hss", "cn-east-5", "https://hss.cn-east-5.myhuaweicloud.com"},
	{"hss", "cn-north-1", "https://hss.cn-north-1.myhuaweicloud.com"},
	{"hss", "cn-north-11", "https://hss.cn-north-11.myhuaweicloud.com"},
	{"hss", "cn-north-12", "https://hss.cn-north-12.myhuaweicloud.com"},
	{"hss", "cn-north-2", "https://hss.cn-north-2.myhuaweicloud.com"},
	{"hss", "cn-north-4", "https://hss.cn-north-4.myhuaweicloud.com"},
	{"hss", "cn-north-9", "https://hss.cn-north-9.myhuaweicloud.com"},
	{"hss", "cn-south-1", "https://hss.cn-south-1.myhuaweicloud.com"},
	{"hss", "cn-south-2", "https://hss.cn-south-2.myhuaweicloud.com"},
	{"hss", "cn-south-4", "https://hss.cn-south-4.myhuaweicloud.com"},
	{"hss", "cn-southwest-2", "https://hss.cn-southwest-2.myhuaweicloud.com"},
	{"hss", "cn-southwest-3", "https://hss.cn-southwest-3.myhuaweicloud.com"},
	{"hss", "eu-west-101", "https://hss.eu-west-101.myhuaweicloud.eu"},
	{"hss", "la-north-2", "https://hss.la-north-2.myhuaweicloud.com"},
	{"hss", "la-south-2", "https://hss.la-south-2.myhuaweicloud.com"},
	{"hss", "me-east-1", "https://hss.me-east-1.myhuaweicloud.com"},
	{"hss", "my-kualalumpur-1", "https://hss.my-kualalumpur-1.myhuaweicloud.com"},
	{"hss", "na-mexico-1", "https://hss.na-mexico-1.myhuaweicloud.com"},
	{"hss", "ru-moscow-1", "https://hss.ru-moscow-1.myhuaweicloud.com"},
	{"hss", "sa-brazil-1", "https://hss.sa-brazil-1.myhuaweicloud.com"},
	{"hss", "tr-west-1", "https://hss.tr-west-1.myhuaweicloud.com"},
	{"iam", "ae-ad-1", "https://iam.ae-ad-1.myhuaweicloud.com"},
	{"iam", "af-south-1", "https://iam.af-south-1.myhuaweicloud.com"},
	{"iam", "ap-southeast-1", "https://iam.ap-southeast-1.myhuaweicloud.com"},
	{"iam", "ap-southeast-2", "https://iam.ap-southeast-2.myhuaweicloud.com"},
	{"iam", "ap-southeast-3", "https://iam.ap-southeast-3.myhuaweicloud.com"},
	{"iam", "ap-southeast-4", "https://iam.ap-southeast-4.myhuaweicloud.com"},
	{"iam", "cn-east-2", "https://iam.cn-east-2.myhuaweicloud.com"},
	{"iam", "cn-east-3", "https://iam.cn-east-3.myhuaweicloud.com"},
	{"iam", "cn-east-4", "https://iam.cn-east-4.myhuaweicloud.com"},
	{"iam", "cn-east-5", "https://iam.cn-east-5.myhuaweicloud.com"},
	{"iam", "cn-north-1", "https://iam.cn-north-1.myhuaweicloud.com"},
	{"iam", "cn-north-12", "https://iam.cn-north-12.myhuaweicloud.com"},
	{"iam", "cn-north-2", "https://iam.cn-north-2.myhuaweicloud.com"},
	{"iam", "cn-north-4", "https://iam.cn-north-4.myhuaweicloud.com"},
	{"iam", "cn-north-9", "https://iam.cn-north-9.myhuaweicloud.com"},
	{"iam", "cn-south-1", "https://iam.cn-south-1.myhuaweicloud.com"},
	{"iam", "cn-south-2", "https://iam.cn-south-2.myhuaweicloud.com"},
	{"iam", "cn-southwest-2", "https://iam.cn-southwest-2.myhuaweicloud.com"},
	{"iam", "eu-west-0", "https://iam.eu-west-0.myhuaweicloud.com"},
	{"iam", "eu-west-101", "https://iam.eu-west-101.myhuaweicloud.eu"},
	{"iam", "la-north-2", "https://iam.la-north-2.myhuaweicloud.com"},
	{"iam", "la-south-2", "https://iam.la-south-2.myhuaweicloud.com"},
	{"iam", "me-east-1", "https://iam.me-east-1.myhuaweicloud.com"},
	{"iam", "my-kualalumpur-1", "https://iam.my-kualalumpur-1.myhuaweicloud.com"},
	{"iam", "na-mexico-1", "https://iam.na-mexico-1.myhuaweicloud.com"},
	{"iam", "ru-moscow-1", "https://iam.ru-moscow-1.myhuaweicloud.com"},
	{"iam", "sa-brazil-1", "https://iam.sa-brazil-1.myhuaweicloud.com"},
	{"iam", "tr-west-1", "https://iam.tr-west-1.myhuaweicloud.com"},
	{0}
};

/* BSS is one service per site; IAM has a host that serves every region. */
static const struct
{
	HwSite		site;
	const char *name;
	const char *bss;
	const char *iam;
	const char *sdk_service;	/* what the SDKs call its BSS, */
	const char *sdk_region;		/* and the region that they put it in */
}			sites[] = {
	{HW_SITE_INTL, "intl", "https://bss-intl.myhuaweicloud.com",
	"https://iam.myhuaweicloud.com", "bssintl", "ap-southeast-1"},
	{HW_SITE_CN, "cn", "https://bss.myhuaweicloud.com",
	"https://iam.myhuaweicloud.com", "bss", "cn-north-1"},
	/* Which the SDKs do not have; named as they name the others. */
	{HW_SITE_EU, "eu", "https://bss.myhuaweicloud.eu",
	"https://iam.eu-west-101.myhuaweicloud.eu", "bss", "eu-west-101"},
};

#define NSITES (sizeof(sites) / sizeof(sites[0]))

bool
hw_site_find(const char *name, HwSite *site)
{
	for (size_t i = 0; i < NSITES; i++)
	{
		if (strcmp(sites[i].name, name) == 0)
		{
			*site = sites[i].site;
			return true;
		}
	}
	return false;
}

HwSite
hw_site_of_region(const char *region)
{
	if (region && strcmp(region, "eu-west-101") == 0)
		return HW_SITE_EU;
	return HW_SITE_INTL;
}

const char *
hw_endpoint_find(const char *service, const char *region, HwSite site)
{
	if (strcmp(service, "bss") == 0)
		return sites[site].bss;
	for (const HwEndpoint *e = endpoints; region && e->service; e++)
	{
		if (strcmp(e->service, service) == 0 && strcmp(e->region, region) == 0)
			return e->url;
	}
	return strcmp(service, "iam") == 0 ? sites[site].iam : NULL;
}

void
hw_endpoint_sdk_names(const char **service, const char **region, HwSite site)
{
	if (strcmp(*service, "bss") == 0)
	{
		*service = sites[site].sdk_service;
		*region = sites[site].sdk_region;
	}
	else if (strcmp(*service, "iam") == 0)
		*region = NULL;
}

const HwEndpoint *
hw_endpoints(void)
{
	return endpoints;
}
