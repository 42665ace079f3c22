/*-------------------------------------------------------------------------
 *
 * count.h
 *	  How many rows lists have, as their totals say.
 *
 * The documents do not say what a total counts.  One page of each list is
 * evidence: whether its rows are those that were asked for, each once, and
 * whether the total can be theirs.  What this cannot show: a total that is
 * wrong for a list longer than a page, unless another list has the same one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_COUNT_H
#define HW_COUNT_H

#include "core/pager.h"

/*
 * Whether the values of the question find those rows only that carry them;
 * otherwise its totals need not be asked for.
 */
extern bool hw_count_is_strict(const HwBinding *bindings, int nbindings);

/*
 * The rows of all lists of a census that has come to its end.  False when the
 * totals are not to be believed.  counts has room for each list's rows.
 */
extern bool hw_count_lists(const HwPager *pager, bool needs_keys,
						   long long *counts);

#endif							/* HW_COUNT_H */
