/*-------------------------------------------------------------------------
 *
 * activity.c
 *	  What a long scan is doing, for other sessions to see.
 *
 * Shown by the server's own means for the progress of commands, which need no
 * memory of ours and are cleared when a transaction fails.  The kind of
 * command is none of the server's, so that its views do not show it.  One
 * command is shown per backend: of several scans the one that waited last, and
 * none while the backend shows something of its own, such as COPY.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/activity.h"

#include "catalog/pg_authid.h"
#include "commands/progress.h"
#include "fdw/compat.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "utils/acl.h"
#include "utils/backend_progress.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

/* Far from the kinds of the server, and unlikely to be another's. */
#define COMMAND ((ProgressCommandType) 0x68776273)

/* Places in the server's array. */
enum
{
	AT_SCAN,					/* tells scans of a backend apart */
	AT_PAGES,
	AT_EXPECTED,				/* -1: not known */
	AT_ROWS,
	AT_REQUESTS,
	AT_WAITS,					/* a WaitingFor */
	AT_HTTP,					/* status that is the reason for a retry */
	AT_RETRY,					/* and when */
	AT_SINCE,					/* when this changed */
	NPLACES
};

typedef enum WaitingFor
{
	FOR_NOTHING,
	FOR_REPLY,
	FOR_RETRY
} WaitingFor;

static bool
is_ours(const HwScan *scan)
{
	return MyBEEntry && MyBEEntry->st_progress_command == COMMAND &&
		MyBEEntry->st_progress_param[AT_SCAN] == (int64) (intptr_t) scan;
}

void
hw_activity_report(const HwScan *scan, bool is_waiting)
{
	static const int places[NPLACES] = {AT_SCAN, AT_PAGES, AT_EXPECTED,
	AT_ROWS, AT_REQUESTS, AT_WAITS, AT_HTTP, AT_RETRY, AT_SINCE};
	int64		values[NPLACES] = {0};
	const HwStatus *why;
	long		left_ms = hw_pager_wait_ms(scan->pager, &why);
	HwPagerStats stats;

	if (MyBEEntry == NULL ||
		(MyBEEntry->st_progress_command != PROGRESS_COMMAND_INVALID &&
		 MyBEEntry->st_progress_command != COMMAND))
		return;
	if (!is_ours(scan))
		pgstat_progress_start_command(COMMAND, scan->foreign->relid);
	hw_pager_stats(scan->pager, &stats);
	values[AT_SCAN] = (int64) (intptr_t) scan;
	values[AT_PAGES] = stats.npages;
	values[AT_EXPECTED] = stats.npages_expected;
	values[AT_ROWS] = stats.nrows;
	values[AT_REQUESTS] = stats.counters.nrequests;
	values[AT_WAITS] = is_waiting ? FOR_REPLY : FOR_NOTHING;
	values[AT_SINCE] = GetCurrentTimestamp();
	if (is_waiting && left_ms >= 0)
	{
		values[AT_WAITS] = FOR_RETRY;
		values[AT_HTTP] = why->http;
		values[AT_RETRY] = TimestampTzPlusMilliseconds(values[AT_SINCE],
													   left_ms);
	}
	pgstat_progress_update_multi_param(NPLACES, places, values);
}

void
hw_activity_end(const HwScan *scan)
{
	if (is_ours(scan))
		pgstat_progress_end_command();
}

static void
put_backend(const PgBackendStatus *backend, ReturnSetInfo *result)
{
	static const char *const words[] = {NULL, "reply", "retry"};
	const int64 *values = backend->st_progress_param;
	int			waits = (int) values[AT_WAITS];
	Datum		row[10];
	bool		nulls[10] = {false};

	row[0] = Int32GetDatum(backend->st_procpid);
	row[1] = ObjectIdGetDatum(backend->st_progress_command_target);
	row[2] = Int64GetDatum(values[AT_PAGES]);
	row[3] = Int64GetDatum(values[AT_EXPECTED]);
	nulls[3] = values[AT_EXPECTED] < 0;
	row[4] = Int64GetDatum(values[AT_ROWS]);
	row[5] = Int64GetDatum(values[AT_REQUESTS]);
	nulls[6] = waits != FOR_REPLY && waits != FOR_RETRY;
	row[6] = nulls[6] ? (Datum) 0 : CStringGetTextDatum(words[waits]);
	row[7] = Int32GetDatum((int32) values[AT_HTTP]);
	nulls[7] = waits != FOR_RETRY || values[AT_HTTP] == 0;
	row[8] = TimestampTzGetDatum(values[AT_RETRY]);
	nulls[8] = waits != FOR_RETRY;
	row[9] = TimestampTzGetDatum(values[AT_SINCE]);
	tuplestore_putvalues(result->setResult, result->setDesc, row, nulls);
}

void
hw_activity_list(ReturnSetInfo *result)
{
	int			count = pgstat_fetch_stat_numbackends();

	for (int i = 1; i <= count; i++)
	{
		const PgBackendStatus *backend = hw_backend_status(i);

		/* A table of another database has no name here. */
		if (backend == NULL || backend->st_progress_command != COMMAND ||
			backend->st_databaseid != MyDatabaseId)
			continue;
		if (has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS) ||
			has_privs_of_role(GetUserId(), backend->st_userid))
			put_backend(backend, result);
	}
}
