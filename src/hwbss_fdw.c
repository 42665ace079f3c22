/*-------------------------------------------------------------------------
 *
 * hwbss_fdw.c
 *	  Entry points of the extension.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/reloptions.h"
#include "fdw/activity.h"
#include "fdw/analyze.h"
#include "fdw/async.h"
#include "fdw/compat.h"
#include "fdw/explain.h"
#include "fdw/guard.h"
#include "fdw/import.h"
#include "fdw/options.h"
#include "fdw/plan.h"
#include "fdw/probe.h"
#include "fdw/recheck.h"
#include "fdw/scan.h"
#include "fdw/session.h"
#include "fdw/upper.h"
#include "fdw/wait.h"
#include "fmgr.h"
#include "foreign/fdwapi.h"
#include "funcapi.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

extern void _PG_init(void);

PG_FUNCTION_INFO_V1(hwbss_fdw_handler);
PG_FUNCTION_INFO_V1(hwbss_fdw_validator);
PG_FUNCTION_INFO_V1(hwbss_fdw_tables);
PG_FUNCTION_INFO_V1(hwbss_fdw_columns);
PG_FUNCTION_INFO_V1(hwbss_fdw_options);
PG_FUNCTION_INFO_V1(hwbss_fdw_stats);
PG_FUNCTION_INFO_V1(hwbss_fdw_activity);
PG_FUNCTION_INFO_V1(hwbss_fdw_forget);
PG_FUNCTION_INFO_V1(hwbss_fdw_probe);

void
_PG_init(void)
{
	hw_guard_init();
	hw_wait_init();
}

Datum
hwbss_fdw_handler(PG_FUNCTION_ARGS)
{
	FdwRoutine *routine = makeNode(FdwRoutine);

	routine->GetForeignRelSize = hwGetForeignRelSize;
	routine->GetForeignPaths = hwGetForeignPaths;
	routine->GetForeignPlan = hwGetForeignPlan;
	routine->GetForeignUpperPaths = hwGetForeignUpperPaths;
	routine->BeginForeignScan = hwBeginForeignScan;
	routine->IterateForeignScan = hwIterateForeignScan;
	routine->RecheckForeignScan = hwRecheckForeignScan;
	routine->ReScanForeignScan = hwReScanForeignScan;
	routine->EndForeignScan = hwEndForeignScan;
	routine->ExplainForeignScan = hwExplainForeignScan;
	routine->AnalyzeForeignTable = hwAnalyzeForeignTable;
	routine->ImportForeignSchema = hwImportForeignSchema;
	routine->IsForeignPathAsyncCapable = hwIsForeignPathAsyncCapable;
	routine->ForeignAsyncRequest = hwForeignAsyncRequest;
	routine->ForeignAsyncConfigureWait = hwForeignAsyncConfigureWait;
	routine->ForeignAsyncNotify = hwForeignAsyncNotify;
	PG_RETURN_POINTER(routine);
}

Datum
hwbss_fdw_validator(PG_FUNCTION_ARGS)
{
	hw_options_validate(untransformRelOptions(PG_GETARG_DATUM(0)),
						PG_GETARG_OID(1));
	PG_RETURN_VOID();
}

/* --- what the catalogue and the option table hold ------------------- */

static Datum
text_or_null(const char *text, bool *is_null)
{
	*is_null = text == NULL;
	return text ? CStringGetTextDatum(text) : (Datum) 0;
}

static void
put_row(ReturnSetInfo *result, const char *const *texts, int ntexts)
{
	Datum		values[8];
	bool		nulls[8];

	for (int i = 0; i < ntexts; i++)
		values[i] = text_or_null(texts[i], &nulls[i]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
hwbss_fdw_tables(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	for (const HwService *const *s = hw_services; *s; s++)
	{
		for (const HwApi *api = (*s)->apis; api->name; api++)
		{
			for (const HwTable *t = api->tables; t->name; t++)
			{
				const char *row[] = {t->name, (*s)->name,
					api->method == HW_POST ? "POST" : "GET", api->path,
				t->help, api->source};

				put_row((ReturnSetInfo *) fcinfo->resultinfo, row, 6);
			}
		}
	}
	return (Datum) 0;
}

/* Where equality on a column goes, or NULL. */
static const char *
place_of_column(const HwApi *api, const HwTable *table, const char *column)
{
	const HwParam *param = hw_param_of_column(api, table, column);

	if (param == NULL)
		return NULL;
	return param->place == HW_IN_PATH ? "path" :
		param->place == HW_IN_QUERY ? "query" : "header";
}

Datum
hwbss_fdw_columns(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	for (const HwService *const *s = hw_services; *s; s++)
	{
		for (const HwApi *api = (*s)->apis; api->name; api++)
		{
			for (const HwTable *t = api->tables; t->name; t++)
			{
				for (const HwColumn *c = t->columns; c->name; c++)
				{
					const char *row[] = {t->name, c->name,
						hw_type_name(c->type),
					place_of_column(api, t, c->name), c->help};

					put_row((ReturnSetInfo *) fcinfo->resultinfo, row, 5);
				}
			}
		}
	}
	return (Datum) 0;
}

static const char *
places_of_option(const HwOption *option)
{
	if (option->where & HW_ON_MAPPING)
		return "user mapping";
	if (option->where & HW_ON_COLUMN)
		return "column";
	if (option->where & HW_ON_SERVER)
		return option->where & HW_ON_TABLE ? "server, table" : "server";
	return "table";
}

/* What an option means, and who may give it. */
static const char *
description_of_option(const HwOption *option)
{
	switch (option->needs)
	{
		case HW_NEEDS_FILE_READER:
			return psprintf("%s; needs pg_read_server_files", option->help);
		case HW_NEEDS_SUPERUSER:
			return psprintf("%s; superusers only", option->help);
		case HW_NEEDS_NOTHING:
			break;
	}
	return option->help;
}

Datum
hwbss_fdw_options(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	for (const HwOption *option = hw_option_table; option->name; option++)
	{
		const char *row[] = {option->name, places_of_option(option),
		option->fallback, description_of_option(option)};

		put_row((ReturnSetInfo *) fcinfo->resultinfo, row, 4);
	}
	return (Datum) 0;
}

/* --- what sessions have done ---------------------------------------- */

static void
put_session(const char *servername, const char *rolename,
			const HwCounters *counters, void *arg)
{
	ReturnSetInfo *result = arg;
	Datum		values[7];
	bool		nulls[7] = {false};

	values[0] = CStringGetTextDatum(servername);
	values[1] = text_or_null(rolename, &nulls[1]);
	values[2] = Int64GetDatum(counters->nrequests);
	values[3] = Int64GetDatum(counters->nretries);
	values[4] = Int64GetDatum(counters->nreused);
	values[5] = Int64GetDatum(counters->bytes);
	values[6] = Int64GetDatum(counters->waited_ms);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

Datum
hwbss_fdw_stats(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	hw_session_walk(put_session, fcinfo->resultinfo);
	return (Datum) 0;
}

Datum
hwbss_fdw_activity(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	hw_activity_list((ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

Datum
hwbss_fdw_forget(PG_FUNCTION_ARGS)
{
	hw_session_forget();
	PG_RETURN_VOID();
}

Datum
hwbss_fdw_probe(PG_FUNCTION_ARGS)
{
	hw_init_srf(fcinfo);
	hw_probe_server(NameStr(*PG_GETARG_NAME(0)),
					(ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}
