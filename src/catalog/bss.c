/*-------------------------------------------------------------------------
 *
 * bss.c
 *	  Billing (BSS): the read APIs of the billing center and partner center.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/catalog.h"

static const HwApi bss_apis[] = {
	{
		.name = "consumption_quota",
		.source = "BSS, Querying Consumption Quota, 2024-08-02",
		.method = HW_GET,
		.path = "/v2/partners/credit/consumption-quota",
		.paging = {.style = HW_SINGLE},
		.account = "a cloud solution provider or distributor",
		.tables = HW_TABLES({
			.name = "bss_consumption_quota",
			.help = "Consumption quota of a partner, one row.",
			.columns = HW_COLUMNS(
				{"consumption_quota", HW_NUMERIC,
					.help = "Consumption quota."},
				{"amount", HW_NUMERIC,
					.help = "Account balance."},
				{"coupon_amount", HW_NUMERIC,
					.help = "Cash coupon balance."},
				{"due_amount", HW_NUMERIC,
					.help = "Amount due."},
				{"unbilled_amount", HW_NUMERIC,
					.help = "Estimated expenditure not yet billed."},
				{"used_consumption_quota", HW_NUMERIC,
					.help = "Used quota: due_amount + unbilled_amount - amount - coupon_amount; below zero when nothing is used."},
				{"currency", HW_TEXT,
					.help = "Currency, such as USD."},
				{"measure_id", HW_INT4,
					.help = "Unit of the amounts; 1 is the currency's main unit."})}),
	},
	{
		.name = "expenditure_quota",
		.source = "BSS, Querying Expenditure Quota, 2025-08-28",
		.method = HW_GET,
		.path = "/v2/accounts/customer-accounts/expenditure-quota",
		.paging = {.style = HW_SINGLE},
		.account = "a customer (not a partner)",
		.tables = HW_TABLES({
			.name = "bss_expenditure_quota",
			.help = "Expenditure quota of a customer with monthly settlement: one row, or none for customers of a reseller.",
			.may_be_empty = true,
			.may_be_blank = true,
			.columns = HW_COLUMNS(
				{"granting_amount", HW_NUMERIC,
					.help = "Expenditure quota granted."},
				{"granting_amount_used", HW_NUMERIC,
					.help = "Expenditure quota used."},
				{"percentage_granting_amount_used", HW_NUMERIC,
					.help = "Used quota as a fraction of the quota granted (0.61 is 61 percent), to two decimals; 0 when the quota is 0."},
				{"measure_id", HW_INT4,
					.help = "Unit of the amounts; 1 is the currency's main unit."},
				{"currency", HW_TEXT,
					.help = "Currency, such as USD."})}),
	},
	{
		.name = "package_usages",
		.source = "BSS, Querying the Package Usage, 2023-12-13",
		.method = HW_POST,
		.path = "/v2/payments/free-resources/usages/query",
		.paging = {.style = HW_SINGLE},
		.account = "a customer (not a partner)",
		.successor = "Querying Resource Packages and Querying the Package Usage (v3)",

		/* The default is zh_CN in one edition, en_US in another: always sent. */
		.params = HW_PARAMS(
			{"X-Language", HW_IN_HEADER, .option = "language",
				.fallback = "en_US"}),
		.tables = HW_TABLES({
			.name = "bss_package_usages",
			.rows = "package_usage_infos",
			.may_be_empty = true,
			.help = "Usage of resource packages, one row per package and resource.",
			.columns = HW_COLUMNS(
				{"order_instance_id", HW_TEXT,
					.help = "Identifier of a subscribed resource package."},
				{"resource_type_name", HW_TEXT,
					.help = "Resource type, in the language asked for."},
				{"quota_reuse_mode", HW_INT4,
					.help = "1: resettable, 2: not resettable."},
				{"quota_reuse_cycle", HW_INT4,
					.help = "Reset period: 1 hour, 2 day, 3 week, 4 month, 5 year; only with quota_reuse_mode 1."},
				{"quota_reuse_cycle_type", HW_INT4,
					.help = "1 (or null): reset by calendar period, 2: reset by order period; only with quota_reuse_mode 1."},
				{"start_time", HW_TIMESTAMPTZ, .reading = HW_UTC,
					.help = "Start of the current reset period, or of the package when it is not resettable."},
				{"end_time", HW_TIMESTAMPTZ, .reading = HW_UTC,
					.help = "End of the current reset period, or of the package when it is not resettable."},
				{"balance", HW_NUMERIC,
					.help = "Amount left in the package."},
				{"total", HW_NUMERIC,
					.help = "Total amount of the package."},
				{"measurement_name", HW_TEXT,
					.help = "Unit of balance and total, in the language asked for."},
				{"region_code", HW_TEXT,
					.help = "Region, such as ap-southeast-1."})}),
	},
	{0}
};

const HwService hw_bss = {
	.name = "bss",
	.title = "Billing (BSS)",
	.endpoint_option = "bss_endpoint",
	.scope = HW_DOMAIN_SCOPE,
	.apis = bss_apis,
};
