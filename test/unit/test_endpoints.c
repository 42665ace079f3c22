/*-------------------------------------------------------------------------
 *
 * test_endpoints.c
 *	  Where services are reached, by region and by site.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog/catalog.h"
#include "catalog/endpoints.h"
#include "core/overrides.h"
#include "core/url.h"
#include "tap.h"

/* The names in the SDKs' own code; core/overrides.c knows how they are spelt. */
static void
is_overridden(const char *service, const char *region, HwSite site,
			  const char *variable)
{
	HwText		name;
	HwText		url;

	hw_endpoint_sdk_names(&service, &region, site);
	hw_text_init(&name, 0);
	hw_text_init(&url, 0);
	unsetenv(variable);
	ok(!hw_override_find(service, region, &name, &url), "no %s", variable);
	is_string(hw_text_string(&name), variable, "is what it is called");
	setenv(variable, "", 1);
	ok(!hw_override_find(service, region, &name, &url), "an empty one");
	setenv(variable, " , https://b", 1);
	ok(!hw_override_find(service, region, &name, &url), "none before the comma");
	setenv(variable, " https://a:1/x , https://b", 1);
	ok(hw_override_find(service, region, &name, &url), "two of them");
	is_string(hw_text_string(&url), "https://a:1/x", "the first one");
	setenv(variable, "a.example.com", 1);
	ok(hw_override_find(service, region, &name, &url), "a host");
	is_string(hw_text_string(&url), "https://a.example.com", "is asked by https");
	unsetenv(variable);
	hw_text_free(&name);
	hw_text_free(&url);
}

static bool
override(void *arg)
{
	HwText		name;
	HwText		url;
	bool		done;

	hw_text_init(&name, 0);
	hw_text_init(&url, 0);
	done = hw_override_find("hss", arg, &name, &url);
	hw_text_free(&name);
	hw_text_free(&url);
	return done;
}

static void
test_overrides(void)
{
	is_overridden("hss", "ap-southeast-1", HW_SITE_INTL,
				  "HUAWEICLOUD_SDK_REGION_HSS_AP_SOUTHEAST_1");
	is_overridden("hss", "moon", HW_SITE_EU, "HUAWEICLOUD_SDK_REGION_HSS_MOON");
	is_overridden("bss", "af-south-1", HW_SITE_INTL,
				  "HUAWEICLOUD_SDK_REGION_BSSINTL_AP_SOUTHEAST_1");
	is_overridden("bss", NULL, HW_SITE_CN,
				  "HUAWEICLOUD_SDK_REGION_BSS_CN_NORTH_1");
	is_overridden("bss", NULL, HW_SITE_EU,
				  "HUAWEICLOUD_SDK_REGION_BSS_EU_WEST_101");
	is_overridden("iam", "ap-southeast-1", HW_SITE_INTL,
				  "HUAWEICLOUD_SDK_IAM_ENDPOINT");
	setenv("HUAWEICLOUD_SDK_REGION_HSS_X", "a", 1);
	alloc_torture(override, "x", "an endpoint of the environment");
}

static void
test_sites(void)
{
	static const struct
	{
		const char *name;
		HwSite		site;
		const char *bss;
		const char *iam;
	}			cases[] = {
		{"intl", HW_SITE_INTL, "https://bss-intl.myhuaweicloud.com",
		"https://iam.myhuaweicloud.com"},
		{"cn", HW_SITE_CN, "https://bss.myhuaweicloud.com",
		"https://iam.myhuaweicloud.com"},
		{"eu", HW_SITE_EU, "https://bss.myhuaweicloud.eu",
		"https://iam.eu-west-101.myhuaweicloud.eu"},
	};
	HwSite		site = HW_SITE_CN;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HwSite		found = cases[(i + 1) % 3].site;

		ok(hw_site_find(cases[i].name, &found) && found == cases[i].site,
		   "site %s", cases[i].name);
		is_string(hw_endpoint_find("bss", NULL, found), cases[i].bss,
				  "its BSS");
		is_string(hw_endpoint_find("bss", "af-south-1", found), cases[i].bss,
				  "which all regions share");
		is_string(hw_endpoint_find("iam", NULL, found), cases[i].iam,
				  "its IAM");
		ok(hw_endpoint_find("hss", NULL, found) == NULL,
		   "but no HSS without a region");
	}
	ok(!hw_site_find("", &site) && !hw_site_find("EU", &site) &&
	   !hw_site_find("europe", &site) && !hw_site_find("c", &site) &&
	   site == HW_SITE_CN, "no other site");

	is_int(hw_site_of_region(NULL), HW_SITE_INTL, "no region");
	is_int(hw_site_of_region("eu-west-101"), HW_SITE_EU, "Europe's region");
	is_int(hw_site_of_region("eu-west-0"), HW_SITE_INTL,
		   "a region in Europe of another operator");
	is_int(hw_site_of_region("cn-north-4"), HW_SITE_INTL,
		   "accounts of either site may use China's regions");
	is_int(hw_site_of_region("nowhere-1"), HW_SITE_INTL, "unknown region");
}

static void
test_regions(void)
{
	static const struct
	{
		const char *service;
		const char *region;
		HwSite		site;
		const char *url;
	}			cases[] = {
		{"hss", "ap-southeast-1", HW_SITE_INTL,
		"https://hss.ap-southeast-1.myhuaweicloud.com"},
		{"hss", "cn-north-4", HW_SITE_CN,
		"https://hss.cn-north-4.myhuaweicloud.com"},
		{"hss", "eu-west-101", HW_SITE_EU,
		"https://hss.eu-west-101.myhuaweicloud.eu"},
		{"hss", "eu-west-101", HW_SITE_INTL,
		"https://hss.eu-west-101.myhuaweicloud.eu"},
		{"hss", "my-kualalumpur-1", HW_SITE_INTL,
		"https://hss.my-kualalumpur-1.myhuaweicloud.com"},
		{"hss", "nowhere-1", HW_SITE_INTL, NULL},
		{"hss", "", HW_SITE_INTL, NULL},
		{"hss", "AP-SOUTHEAST-1", HW_SITE_INTL, NULL},
		{"iam", "af-south-1", HW_SITE_INTL,
		"https://iam.af-south-1.myhuaweicloud.com"},
		{"iam", "eu-west-101", HW_SITE_EU,
		"https://iam.eu-west-101.myhuaweicloud.eu"},
		{"iam", "nowhere-1", HW_SITE_INTL, "https://iam.myhuaweicloud.com"},
		{"iam", "nowhere-1", HW_SITE_EU,
		"https://iam.eu-west-101.myhuaweicloud.eu"},
		{"bss", "nowhere-1", HW_SITE_CN, "https://bss.myhuaweicloud.com"},
		{"ecs", "ap-southeast-1", HW_SITE_INTL, NULL},
		{"", NULL, HW_SITE_INTL, NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_string(hw_endpoint_find(cases[i].service, cases[i].region,
								   cases[i].site), cases[i].url,
				  "%s in \"%s\"", cases[i].service,
				  cases[i].region ? cases[i].region : "no region");
}

static void
test_table(void)
{
	int			nservices[2] = {0, 0};

	for (const HwEndpoint *e = hw_endpoints(); e->service; e++)
	{
		char		expected[200];
		HwBase		base;
		const char *reason;
		bool		is_europe = strcmp(e->region, "eu-west-101") == 0;

		nservices[strcmp(e->service, "iam") == 0]++;
		ok(strcmp(e->service, "hss") == 0 || strcmp(e->service, "iam") == 0,
		   "%s in %s", e->service, e->region);
		snprintf(expected, sizeof(expected), "https://%s.%s.myhuaweicloud.%s",
				 e->service, e->region, is_europe ? "eu" : "com");
		is_string(e->url, expected, "is named for both");
		ok(hw_url_base(e->url, &base, &reason) && base.is_https &&
		   base.prefix[0] == '\0', "and is a base URL");
		is_string(hw_endpoint_find(e->service, e->region, HW_SITE_INTL),
				  e->url, "and is found");
		for (const HwEndpoint *other = hw_endpoints(); other != e; other++)
		{
			if (strcmp(other->service, e->service) == 0 &&
				strcmp(other->region, e->region) == 0)
				ok(false, "only once");
		}
	}
	is_int(nservices[0], 32, "regions of HSS");
	is_int(nservices[1], 28, "regions of IAM");
	for (const HwService *const *service = hw_services; *service; service++)
		ok(hw_endpoint_find((*service)->name, "ap-southeast-1",
							HW_SITE_INTL) != NULL,
		   "%s of the catalogue is reached somewhere", (*service)->name);
}

int
main(void)
{
	test_overrides();
	test_sites();
	test_regions();
	test_table();
	return done();
}
