/*-------------------------------------------------------------------------
 *
 * lists.h
 *	  Which lists a question asks for: one for each combination of values.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_LISTS_H
#define HW_LISTS_H

#include "catalog/catalog.h"
#include "core/decode.h"
#include "core/status.h"
#include "core/text.h"

/* More than the params of any API. */
#define HW_ASKED_MAX 16

/* A param with the values it may have, in the spelling of replies. */
typedef struct HwBinding
{
	const HwParam *param;
	const char *const *values;
	int			nvalues;		/* 0: nothing can match */
	bool		is_condition;	/* from the query, not from an option: rows
								 * must carry one of the values */
	const char *otherwise;		/* an option's value, which the condition's
								 * stand in for; or NULL */
	bool		narrows;		/* from another table's rows: leaves some of
								 * what a full read would read */
} HwBinding;

typedef struct HwLists
{
	const HwApi *api;
	const HwTable *table;
	HwBinding	bindings[HW_ASKED_MAX]; /* texts are owned */
	int			nbindings;
	int			nasked;			/* those of the question come first */
	int			nlists;
	int			nlocations;		/* places where lists are read */
	int			group;			/* lists that differ only in values of
								 * complete sets; they follow each other */
	bool		is_lookup;		/* the key itself is asked for */
} HwLists;

/*
 * Values of params that say where a list is read go together: the first of one
 * with the first of the others, and so on.  They have equally many.
 *
 * Copies the bindings and adds what has to be sent although nothing sets it,
 * since its default would hide rows.  Needs hw_lists_close in any case; false
 * and a status on failure.
 */
extern bool hw_lists_open(HwLists *lists, const HwApi *api,
						  const HwTable *table, const HwBinding *bindings,
						  int nbindings, HwStatus *status);
extern void hw_lists_close(HwLists *lists);

/* Which value of each binding a list has; room for HW_ASKED_MAX. */
extern void hw_lists_choose(const HwLists *lists, int list, int *choices);

/* At which location a list is read, counted from 0. */
extern int	hw_lists_location(const HwLists *lists, int list);

/*
 * Whether the list must be empty, since one of its values tells another one:
 * the edition of a host with the category of containers.
 */
extern bool hw_lists_contradict(const HwLists *lists, const int *choices);

/*
 * What the rows of a list are expected to carry; returns how many such values
 * there are, at most HW_ASKED_MAX.  They point into lists.
 */
extern int	hw_lists_expect(const HwLists *lists, const int *choices,
							HwExpected *expected);

/*
 * What a list is known by: its params and values.  Equal for equal lists of
 * one API at one place.  False when out of memory.
 */
extern bool hw_lists_name(const HwLists *lists, const int *choices,
						  HwText *name);

#endif							/* HW_LISTS_H */
