/*-------------------------------------------------------------------------
 *
 * report.h
 *	  From a status of the core to words for the user.
 *
 * The wording, the SQLSTATEs and what is never shown live in report.c.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_REPORT_H
#define HW_REPORT_H

#include "postgres.h"

#include "core/status.h"
#include "fdw/compat.h"
#include "fdw/table.h"

/* ERROR: the table could not be read. */
pg_noreturn extern void hw_report_scan(const HwForeignTable *foreign,
						   const HwStatus *status);

/* ERROR: IAM did not tell what this API of it should. */
pg_noreturn extern void hw_report_lookup(const HwForeignTable *foreign,
							 const HwApi *api,
							 const HwStatus *status);

/* WARNING: a project is left out; some of its rows may have been read. */
extern void hw_report_skipped(const HwForeignTable *foreign,
							  const char *project, const char *region,
							  long nrows, const HwStatus *status);

/* WARNING: the list changed while it was read. */
extern void hw_report_drift(const HwForeignTable *foreign,
							const HwStatus *status);

/* NOTICE: a request is tried again only after a while. */
extern void hw_report_wait(const HwForeignTable *foreign,
						   const HwStatus *why, long wait_ms,
						   long page, long npages);

/* ERROR: a service could not be asked. */
pg_noreturn extern void hw_report_probe(const char *servername, const HwApi *api,
							const HwStatus *status);

/* ERROR: a session could not be opened. */
pg_noreturn extern void hw_report_session(const char *servername, const HwStatus *status);

#endif							/* HW_REPORT_H */
