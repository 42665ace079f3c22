/*-------------------------------------------------------------------------
 *
 * merge.h
 *	  Counters that were asked for value by value, put together.
 *
 * The documents do not say whether counters follow the filters.  If they do,
 * the answers are parts and have to be added; if not, each answer is the whole
 * and must be taken once.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_MERGE_H
#define HW_MERGE_H

#include "catalog/catalog.h"
#include "core/decode.h"

/* Answers put together at a time. */
#define HW_MERGE_MAX 16

/*
 * Merges the single rows of npages pages into that of pages[0].  limit is how
 * many rows each request asked for.  False and a status when the replies do
 * not tell which of the two they are.
 */
extern bool hw_merge_pages(const HwApi *api, const HwTable *table,
						   const HwForm *form, HwPage **pages, int npages, int limit,
						   HwStatus *status);

#endif							/* HW_MERGE_H */
