/*-------------------------------------------------------------------------
 *
 * dialect.h
 *	  In which spelling values are sent, and which one is understood where.
 *
 * Some values have two spellings, and a service understands one of them,
 * depending on its edition.  Services at different endpoints may be of
 * different editions.
 *
 * Knows no reply: that a spelling was understood is told from outside.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_DIALECT_H
#define HW_DIALECT_H

#include "core/lists.h"

/* In which spelling values that have two are asked for. */
typedef enum HwDialect
{
	HW_DIALECT_AUTO,			/* the first page decides */
	HW_DIALECT_LONG,
	HW_DIALECT_SHORT,
	HW_DIALECT_BARE				/* not at all; only ever found out */
} HwDialect;

/* The other spelling than the long or the short one. */
extern HwDialect hw_dialect_other(HwDialect dialect);

/* Has any condition two spellings? */
extern bool hw_dialect_matters(const HwLists *lists);

/* The params whose values have two spellings, as bits in the API's order. */
extern unsigned hw_dialect_params(const HwLists *lists);

/* Is there any condition that a list can be read without? */
extern bool hw_dialect_has_optional(const HwLists *lists);

/*
 * Which of the values that rows are expected to carry are conditions with two
 * spellings, as bits of HwElement.mismatches.
 */
extern unsigned hw_dialect_spelled(const HwLists *lists,
								   const HwExpected *expected, int nexpected);

/*
 * The values of a list: as rows carry them, and as they are sent.  Both end
 * with a NULL param and need room for HW_ASKED_MAX + 1; they point into lists.
 */
extern void hw_dialect_values(const HwLists *lists, const int *choices,
							  HwDialect dialect, HwAsked *asked,
							  HwAsked *sent);

/*
 * What a place has understood.  A service may have no filter of one param, and
 * find nothing by words of another that it does not know: rows that were found
 * by the one say nothing of the other.
 */
typedef struct HwLearnt
{
	HwDialect	dialect;		/* HW_DIALECT_AUTO while it is unknown */
	unsigned	params;			/* of these, as hw_dialect_params has them */
} HwLearnt;

/* What the service at one location understands. */
typedef struct HwEdition
{
	char	   *endpoint;		/* owned */
	HwDialect	dialect;		/* to ask in; never HW_DIALECT_AUTO */
	bool		is_known;		/* it is understood, of all that is asked */
} HwEdition;

typedef struct HwEditions
{
	HwEdition  *at;				/* by location; owned */
	int			nlocations;
} HwEditions;

/*
 * dialect is what to ask in everywhere; if that is HW_DIALECT_AUTO, learnt
 * says what each location has understood before, or is NULL.  params are those
 * that are asked.  Copies what it needs.  False when out of memory; needs
 * hw_editions_close in any case.
 */
extern bool hw_editions_open(HwEditions *editions, int nlocations,
							 const char *const *endpoints, HwDialect dialect,
							 const HwLearnt *learnt, unsigned params);
extern void hw_editions_close(HwEditions *editions);

/* Are two locations read at one endpoint? */
extern bool hw_editions_share(const HwEditions *editions, int a, int b);

/* What is known of one location holds for all that share its endpoint. */
extern void hw_editions_learn(HwEditions *editions, int location,
							  HwDialect dialect);

#endif							/* HW_DIALECT_H */
