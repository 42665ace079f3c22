/*-------------------------------------------------------------------------
 *
 * own.h
 *	  Objects of the core that die with a memory context.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_OWN_H
#define HW_OWN_H

#include "postgres.h"

#include "utils/palloc.h"

typedef struct HwOwned
{
	void	   *object;			/* NULL once released */
	void		(*release) (void *object);
	MemoryContextCallback callback;
} HwOwned;

/*
 * Registers a release before there is an object, so that nothing can throw
 * between the two: the caller fills .object afterwards.  Callbacks of one
 * context run newest first.  A release never allocates, waits or throws.
 */
extern HwOwned *hw_own_prepare(MemoryContext context,
							   void (*release) (void *object));

/* Releases now; the callback finds nothing to do later.  NULL is fine. */
extern void hw_own_release(HwOwned *owned);

#endif							/* HW_OWN_H */
