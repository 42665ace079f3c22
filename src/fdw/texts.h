/*-------------------------------------------------------------------------
 *
 * texts.h
 *	  Lists of texts that may be long: a query can compare with a million.
 *
 * Lists of char *, which are shared, not copied.  The time taken grows with
 * the lengths of the lists, not with their product, and it can be cancelled.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TEXTS_H
#define HW_TEXTS_H

#include "postgres.h"

#include "nodes/pg_list.h"

extern bool hw_texts_have(const List *texts, const char *text);

/* The texts without repetitions, in their order. */
extern List *hw_texts_distinct(List *texts);

/* Those of distinct texts that others have, too. */
extern List *hw_texts_common(List *texts, List *others);

#endif							/* HW_TEXTS_H */
