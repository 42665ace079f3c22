/*-------------------------------------------------------------------------
 *
 * iam.c
 *	  Identity and access management (IAM): what other services need to know
 *	  of an account.  It has no tables.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/catalog.h"

static const HwApi iam_apis[] = {
	{
		.name = "projects",
		.source = "IAM, Querying Project Information, as the official SDKs for Go and Python use it, 2026-08",
		.method = HW_GET,
		.path = "/v3/projects",
		.paging = {.style = HW_SINGLE},
		.account = "an IAM user of the account",
		.params = HW_PARAMS({"name", HW_IN_QUERY, .column = NULL}),
	},
	{
		.name = "account",
		.source = "IAM, Querying Account Information Accessible to Users, as the official SDKs for Go and Python use it, 2026-08",
		.method = HW_GET,
		.path = "/v3/auth/domains",
		.paging = {.style = HW_SINGLE},
		.account = "an IAM user of the account",
	},
	{0}
};

const HwService hw_iam = {
	.name = "iam",
	.title = "Identity and Access Management (IAM)",
	.endpoint_option = "iam_endpoint",
	.scope = HW_DOMAIN_SCOPE,
	.apis = iam_apis,
};
