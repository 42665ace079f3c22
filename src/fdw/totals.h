/*-------------------------------------------------------------------------
 *
 * totals.h
 *	  How many rows lists had when this session last read them.
 *
 * For estimates only: planning asks the cloud nothing.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TOTALS_H
#define HW_TOTALS_H

#include "postgres.h"

#include "core/pager.h"
#include "fdw/table.h"

/* Notes what a pager has found out about its lists; userid is the reader. */
extern void hw_totals_note(const HwForeignTable *foreign, Oid userid,
						   const HwPager *pager);

/*
 * Rows of all lists that the bindings ask for, -1 when one of them was never
 * read by that user; and how many lists that are.
 */
extern double hw_totals_find(const HwForeignTable *foreign, Oid userid,
							 const HwBinding *bindings, int nbindings,
							 double *nlists);

/* Forgets everything. */
extern void hw_totals_forget(void);

#endif							/* HW_TOTALS_H */
