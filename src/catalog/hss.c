/*-------------------------------------------------------------------------
 *
 * hss.c
 *	  Host security (HSS): quotas and their counters.
 *
 *-------------------------------------------------------------------------
 */
#include "catalog/catalog.h"

/* Asked for by one name, answered by either; rows keep what was answered. */
#define CONTAINER_EDITIONS \
	{"hss.version.container", "container_resource"}, \
	{"hss.version.container.enterprise", "container_resource"}

/* The category is never in a reply; the edition tells it. */
static const HwDerive category_of_edition[] = {
	{"hss.version.basic", "host_resource"},
	{"hss.version.advanced", "host_resource"},
	{"hss.version.enterprise", "host_resource"},
	{"hss.version.premium", "host_resource"},
	{"hss.version.wtp", "host_resource"},
	CONTAINER_EDITIONS,
	{0}
};

#define CATEGORY \
	{"category", HW_TEXT, .from_param = "category", \
		.derive_from = "version", .derive = category_of_edition, \
		.help = "host_resource or container_resource, told by the edition."}

#define LOCATION \
	{"project_id", HW_TEXT, .from_param = "project_id", \
		.help = "Project that was asked."}, \
	{"region", HW_TEXT, .from_param = "region", \
		.help = "Region that was asked."}

#define ELEMENT(field) "^" field

static const HwApi hss_apis[] = {
	{
		.name = "quotas_detail",
		.source = "HSS, Querying Quota Details, 2024-11-19",
		.method = HW_GET,
		.path = "/v5/{project_id}/billing/quotas-detail",

		/*
		 * The document gives no numbers; the editions of 2025-12 say 10 to
		 * 200 rows a page, 10 by default, and offsets up to 2,000,000.
		 */
		.paging = {.style = HW_OFFSET, .offset = "offset", .limit = "limit",
			.total = "total_num", .size = 200, .size_min = 10,
		.size_max = 200, .offset_max = 2000000},
		.account = "an account with HSS permissions in the project",
		.params = HW_PARAMS(
			{"project_id", HW_IN_PATH, .column = "project_id",
				.option = "project_id", .shape = HW_ID, .length_max = 256,
				.is_required = true, .is_location = true, .is_exact = true},
			{"region", HW_IN_HEADER, .column = "region", .option = "region",
				.shape = HW_ID, .length_max = 256, .is_location = true,
				.is_exact = true},

			/* Left out, only the default enterprise project is shown. */
			{"enterprise_project_id", HW_IN_QUERY,
				.column = "enterprise_project_id",
				.option = "enterprise_project_id",
				.fallback = "all_granted_eps", .reserved = "all_granted_eps",
				.length_max = 256, .is_exact = true,

				/* Rows without the field are of the default project. */
				.loose = HW_VALUES("0")},

			/*
			 * hss.version.container is an answer, not a word to ask with, and
			 * hss.version.null is no row's edition: both stay local.
			 */
			{"version", HW_IN_QUERY, .column = "version", .shape = HW_WORDS,
				.is_exact = true,
				.words = HW_VALUES("hss.version.basic",
					"hss.version.advanced", "hss.version.enterprise",
					"hss.version.premium", "hss.version.wtp",
					"hss.version.container.enterprise"),
				.loose = HW_VALUES("hss.version.container.enterprise")},

			/* Left out, some editions show only host quotas. */
			{"category", HW_IN_QUERY, .column = "category",
				.shape = HW_WORDS, .is_exact = true, .is_closed = true,
				.words = HW_VALUES("host_resource", "container_resource"),
				.complete_set = HW_VALUES("host_resource",
					"container_resource")},

			/*
			 * Asked as QUOTA_STATUS_NORMAL in this edition, as normal in those
			 * from 2025-08 on; always answered as normal.
			 */
			{"quota_status", HW_IN_QUERY, .column = "quota_status",
				.shape = HW_WORDS, .is_exact = true, .is_closed = true,
				.spellings = HW_SPELLINGS(
					{"normal", "QUOTA_STATUS_NORMAL", "normal"},
					{"expired", "QUOTA_STATUS_EXPIRED", "expired"},
					{"freeze", "QUOTA_STATUS_FREEZE", "freeze"})},
			{"used_status", HW_IN_QUERY, .column = "used_status",
				.shape = HW_WORDS, .is_exact = true, .is_closed = true,
				.spellings = HW_SPELLINGS(
					{"idle", "USED_STATUS_IDLE", "idle"},
					{"used", "USED_STATUS_USED", "used"})},

			/* How names are matched is not documented. */
			{"host_name", HW_IN_QUERY, .column = "host_name",
				.shape = HW_PLAIN, .length_max = 128},
			{"resource_id", HW_IN_QUERY, .column = "resource_id",
				.length_max = 128, .is_exact = true},
			{"charging_mode", HW_IN_QUERY, .column = "charging_mode",
				.shape = HW_WORDS, .is_exact = true, .is_closed = true,
				.words = HW_VALUES("packet_cycle", "on_demand")}),
		.tables = HW_TABLES(
			{.name = "hss_quotas", .rows = "data_list", .key = "resource_id",
				.help = "Host security quotas, one row per quota.",
				.columns = HW_COLUMNS(
					{"resource_id", HW_TEXT,
						.help = "Resource ID of the quota."},
					{"version", HW_TEXT,
						.help = "Edition, such as hss.version.premium; container quotas answer hss.version.container or hss.version.container.enterprise."},
					{"quota_status", HW_TEXT,
						.help = "normal, expired or freeze."},
					{"used_status", HW_TEXT,
						.help = "idle or used."},
					{"host_id", HW_TEXT,
						.help = "ID of the server that uses the quota."},
					{"host_name", HW_TEXT,
						.help = "Name of the server that uses the quota."},
					{"charging_mode", HW_TEXT,
						.help = "packet_cycle (yearly/monthly) or on_demand (pay-per-use)."},
					{"tags", HW_JSONB,
						.help = "Tags: a list of objects with key and value."},
					{"expire_time", HW_TIMESTAMPTZ, .reading = HW_EPOCH,
						.infinity = "-1",
						.help = "When the quota expires; infinity when it never does."},
					{"shared_quota", HW_TEXT,
						.help = "shared or unshared."},
					{"enterprise_project_id", HW_TEXT,
						.help = "Enterprise project ID; 0 is the default project."},
					{"enterprise_project_name", HW_TEXT,
						.help = "Enterprise project name."},
					{"create_time", HW_TIMESTAMPTZ, .reading = HW_EPOCH,
						.help = "When the quota was created; not sent by older editions."},
					CATEGORY, LOCATION)},
			{.name = "hss_quota_tags", .rows = "data_list", .flatten = "tags",
				.key = "resource_id",
				.help = "Tags of host security quotas, one row per tag.",
				.columns = HW_COLUMNS(
					{"resource_id", HW_TEXT, .json = ELEMENT("resource_id"),
						.help = "Resource ID of the quota that has the tag."},
					{"key", HW_TEXT, .help = "Key of the tag."},
					{"value", HW_TEXT, .help = "Value of the tag."},
					CATEGORY, LOCATION)},
			{.name = "hss_quota_statistics", .rows = "quota_statistics_list",
				.merge = HW_UNION,
				.help = "Number of quotas by edition, as the service counts them.",
				.columns = HW_COLUMNS(
					{"version", HW_TEXT, .help = "Edition."},
					{"total_num", HW_INT4,
						.help = "Number of quotas of the edition."},
					LOCATION)},
			{.name = "hss_quota_summary", .merge = HW_SUM,
				.parts = "quota_statistics_list",
				.help = "Number of quotas by state, as the service counts them, one row.",
				.columns = HW_COLUMNS(
					{"packet_cycle_num", HW_INT4,
						.help = "Yearly/monthly quotas."},
					{"on_demand_num", HW_INT4, .help = "Pay-per-use quotas."},
					{"used_num", HW_INT4, .help = "Used quotas."},
					{"idle_num", HW_INT4, .help = "Idle quotas."},
					{"normal_num", HW_INT4, .help = "Normal quotas."},
					{"expired_num", HW_INT4, .help = "Expired quotas."},
					{"freeze_num", HW_INT4, .help = "Frozen quotas."},
					{"total_num", HW_INT4, .help = "All quotas."},
					LOCATION)}),
	},
	{0}
};

const HwService hw_hss = {
	.name = "hss",
	.title = "Host Security Service (HSS)",
	.endpoint_option = "hss_endpoint",
	.scope = HW_PROJECT_SCOPE,
	.apis = hss_apis,
};
