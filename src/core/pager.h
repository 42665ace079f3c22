/*-------------------------------------------------------------------------
 *
 * pager.h
 *	  Turns "read this table with these values" into a sequence of rows.
 *
 * A question is split into strands, one for each combination of values asked
 * for; a strand is one list, read page by page.  Pages are requested ahead, up
 * to the window, and handed out in order.  A failed page fails the sequence;
 * the rows before it are still handed out.
 *
 * The first page of a strand is evidence: it shows whether the service
 * understood the spelling of the values, and which other one to try.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PAGER_H
#define HW_PAGER_H

#include "core/client.h"
#include "core/decode.h"
#include "core/dialect.h"
#include "core/lists.h"

typedef struct HwPager HwPager;

typedef enum HwOnDrift
{
	HW_DRIFT_ERROR,
	HW_DRIFT_WARNING,
	HW_DRIFT_IGNORE
} HwOnDrift;

typedef struct HwQuestion
{
	const HwService *service;
	const HwApi *api;
	const HwTable *table;
	const HwColumn *const *columns; /* cells of a row, in this order */
	int			ncolumns;
	const HwBinding *bindings;
	int			nbindings;
	const char *const *endpoints;	/* base URL of each location; one when no
									 * param says where */
	const char *scope_id;		/* project or account of the keys, or NULL */
	int			page_size;
	long		row_goal;		/* rows the reader is likely to stop at; 0 for
								 * all */
	int			window;			/* pages in flight */
	bool		is_census;		/* only the first page of each list: it shows
								 * what the list's total is worth */
	bool		skips_failed;	/* a location that cannot be read is left out */
	HwOnDrift	on_drift;
	HwDialect	dialect;
	const HwLearnt *learnt;		/* what each location has understood before,
								 * or NULL */
	HwFetchOptions fetch;
	unsigned long statement;	/* what is asked without its conditions, which
								 * several lists may come to, is shared within
								 * it; 0: not */
} HwQuestion;

typedef struct HwPagerStats
{
	HwCounters	counters;
	long		npages;
	long		nrows;			/* handed out */
	long		ndropped;		/* rows that the service sent although a value
								 * asked for excludes them */
	long		nrepeated;		/* elements of more than one strand */
	long		ncached;		/* pages that needed no request */
	long		cache_age_ms;	/* of the oldest such page */
	int			nstrands;
	int			nunfiltered;	/* of these, read without their conditions,
								 * since the service refused them */
	long		npages_expected;	/* -1 when no total is known */
	long long	total;			/* sum over strands of what was read; -1 while
								 * unknown */
	HwDialect	dialect;		/* in use at the first location where it is
								 * known; HW_DIALECT_AUTO when no value had two
								 * spellings */
	bool		dialect_is_known;	/* a page has shown it to be understood */
} HwPagerStats;

typedef enum HwPagerState
{
	HW_PAGER_ROW,				/* hw_pager_row has one */
	HW_PAGER_WAIT,				/* drive the client, wait, advance again */
	HW_PAGER_END,
	HW_PAGER_FAILED
} HwPagerState;

/*
 * Copies what it needs; the catalogue and the client outlive it.  NULL and a
 * status on failure.  Sends nothing.
 */
extern HwPager *hw_pager_open(HwClient *client, const HwQuestion *question,
							  HwStatus *status);
extern void hw_pager_free(HwPager *pager);

/* Gives up what is on its way, so that the counters are final. */
extern void hw_pager_cancel(HwPager *pager);

/*
 * Steps to the next row if one is here; otherwise asks for what is needed.
 * Never waits; requests go out at the client's next drive.
 */
extern HwPagerState hw_pager_next(HwPager *pager);

/*
 * Whether requests have come up that go out at the client's next drive; true
 * once.  A reader that takes its time with a row drives the client first.
 */
extern bool hw_pager_take_asked(HwPager *pager);

/* Whether hw_pager_next would return something else than HW_PAGER_WAIT. */
extern bool hw_pager_is_ready(const HwPager *pager);

/*
 * Cells of the current row: valid until the page is left, which is at the
 * earliest at the next call of hw_pager_next.
 */
extern const HwCell *hw_pager_row(const HwPager *pager);

/* Where the current row stands in the replies, for messages. */
extern void hw_pager_place(const HwPager *pager, char *buffer, size_t size);

/* After HW_PAGER_FAILED. */
extern const HwStatus *hw_pager_status(const HwPager *pager);

/* Drift that was met and is not to be an error; true once. */
extern bool hw_pager_take_warning(HwPager *pager, HwStatus *warning);

typedef struct HwCensus
{
	long long	nreceived;		/* rows of the first page */
	long long	total;			/* -1: none */
	bool		is_whole;		/* the page is the list */
	bool		is_doubtful;	/* the service did not do as it was asked, or a
								 * row came twice */
	bool		lacks_key;		/* a row has no key */
} HwCensus;

/* What the first page of a list has shown; after the end of a census. */
extern void hw_pager_census(const HwPager *pager, int list,
							HwCensus *census);
extern const HwLists *hw_pager_lists(const HwPager *pager);
extern int	hw_pager_page_size(const HwPager *pager);

/*
 * What is known of one of the lists: its name, and how many rows it has, -1
 * while that is unknown.  False for those whose name tells nothing: what a
 * look-up asks for, or what was read without a filter.
 */
extern bool hw_pager_list(const HwPager *pager, int list, HwText *name,
						  long long *nrows);

/*
 * What a location has understood so far.  False behind the last one.  endpoint
 * lives as long as the pager.
 */
extern bool hw_pager_learnt(const HwPager *pager, int location,
							const char **endpoint, HwLearnt *learnt);

/* A location that is left out, since it could not be read. */
typedef struct HwSkipped
{
	const char *project;
	const char *region;			/* or NULL */
	long		nrows;			/* handed out before */
	const HwStatus *status;
} HwSkipped;

/* Each of them, once; texts live as long as the pager. */
extern bool hw_pager_take_skipped(HwPager *pager, HwSkipped *skipped);

extern void hw_pager_stats(const HwPager *pager, HwPagerStats *stats);

/*
 * When the page that is needed next waits to be asked for again: milliseconds
 * left and why.  -1 when it does not.
 */
extern long hw_pager_wait_ms(const HwPager *pager, const HwStatus **why);

#endif							/* HW_PAGER_H */
