/*-------------------------------------------------------------------------
 *
 * test_hosts.c
 *	  Which hosts a list of patterns allows.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "catalog/endpoints.h"
#include "core/hosts.h"
#include "core/url.h"
#include "tap.h"

static void
test_matches(void)
{
	static const struct
	{
		const char *list;
		const char *host;
		bool		is_allowed;
	}			cases[] = {
		{"", "a.example.com", false},
		{" \t", "a.example.com", false},
		{"", "", false},
		{"*", "", false},
		{"*", "a", true},
		{"*", "a.example.com", true},
		{"a.example.com", "a.example.com", true},
		{"A.Example.COM", "a.eXample.com", true},
		{"a.example.com", "aa.example.com", false},
		{"a.example.com", "a.example.com.", false},
		{"a.example.com", "a.example.co", false},
		{"a.example.com", "a.example.com.evil.net", false},
		{"a.example.com", "", false},
		{"b, a.example.com ,c", "a.example.com", true},
		{"b, a.example.com ,c", "c", true},
		{"b, a.example.com ,c", "d", false},
		{"b,a b", "a", false},
		/* A leading "*." is one label or more. */
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "a.b.c.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "aexample.com", false},
		{"*.example.com", "a.example.com.evil.net", false},
		{"*.example.com", "a.example.comx", false},
		{"*.example.com", "example.com.example.com", true},
		{"*.*.example.com", "a.example.com", false},
		{"*.*.example.com", "a.b.example.com", true},
		/* Elsewhere an asterisk stays within its label. */
		{"hss.*.example.com", "hss.north-1.example.com", true},
		{"hss.*.example.com", "hss.a.b.example.com", false},
		{"hss.*.example.com", "hss..example.com", true},
		{"hss.*.example.com", "hss.example.com", false},
		{"hss.*.example.com", "evil.hss.a.example.com", false},
		{"bss*.example.com", "bss-intl.example.com", true},
		{"bss*.example.com", "bss.example.com", true},
		{"bss*.example.com", "bss.evil.example.com", false},
		{"a*b*c.com", "aXbXbYc.com", true},
		{"a*b*c.com", "aXcXbYd.com", false},
		{"a*", "a", true},
		{"a*", "ab", true},
		{"a*", "a.b", false},
		{"a**", "abc", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ok(hw_hosts_allow(cases[i].list, cases[i].host) ==
		   cases[i].is_allowed, "\"%s\" %s \"%s\"", cases[i].list,
		   cases[i].is_allowed ? "allows" : "keeps off", cases[i].host);
}

static void
test_lists(void)
{
	static const char *const lists[] = {
		"", " ", "*", "a", "a,b", " a , b ", "*.example.com", "a*.b",
		"a_b.example.com", "::1", NULL
	};
	static const char *const others[] = {
		",", "a,", ",a", "a,,b", "a b", "a;b", "https://a", "a/b", "a\001",
		"\303\244", "[::1]", "a,b c", NULL
	};

	for (int i = 0; lists[i]; i++)
		ok(hw_hosts_is_list(lists[i]), "\"%s\" is a list", lists[i]);
	for (int i = 0; others[i]; i++)
		ok(!hw_hosts_is_list(others[i]), "\"%s\" is none", others[i]);
}

/* The default lets through what the catalogue knows, and not its neighbours. */
static void
test_default(void)
{
	static const char *const sites[] = {"bss", "iam", NULL};
	HwBase		base;
	const char *reason;
	int			nhosts = 0;
	int			nkept = 0;

	ok(hw_hosts_is_list(HW_HOSTS_DEFAULT), "the default is a list");
	for (const HwEndpoint *e = hw_endpoints(); e->service; e++)
	{
		nhosts += hw_url_base(e->url, &base, &reason);
		nkept += !hw_hosts_allow(HW_HOSTS_DEFAULT, base.name);
	}
	for (int i = 0; sites[i]; i++)
	{
		for (int site = HW_SITE_INTL; site <= HW_SITE_EU; site++)
		{
			nhosts += hw_url_base(hw_endpoint_find(sites[i], NULL,
												   (HwSite) site),
								  &base, &reason);
			nkept += !hw_hosts_allow(HW_HOSTS_DEFAULT, base.name);
		}
	}
	ok(nhosts > 60, "%d hosts of the catalogue", nhosts);
	is_int(nkept, 0, "are allowed by default");
	ok(!hw_hosts_allow(HW_HOSTS_DEFAULT, "example.com"), "others are not");
	ok(!hw_hosts_allow(HW_HOSTS_DEFAULT, "hss.a-1.myhuaweicloud.com.evil.net"),
	   "nor those that begin alike");
	ok(!hw_hosts_allow(HW_HOSTS_DEFAULT, "evilhss.a-1.myhuaweicloud.com"),
	   "or end alike");
	ok(!hw_hosts_allow(HW_HOSTS_DEFAULT,
					   "bucket.obs.ap-southeast-1.myhuaweicloud.com"),
	   "nor hosts that customers name");
}

int
main(void)
{
	test_matches();
	test_lists();
	test_default();
	return done();
}
