/*-------------------------------------------------------------------------
 *
 * own.c
 *	  Objects of the core that die with a memory context.
 *
 * MemoryContextUnregisterResetCallback is younger than the oldest server we
 * support, so a callback stays registered and looks for its object.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/own.h"

static void
owned_reset(void *arg)
{
	hw_own_release(arg);
}

HwOwned *
hw_own_prepare(MemoryContext context, void (*release) (void *object))
{
	HwOwned    *owned = MemoryContextAllocZero(context, sizeof(HwOwned));

	owned->release = release;
	owned->callback.func = owned_reset;
	owned->callback.arg = owned;
	MemoryContextRegisterResetCallback(context, &owned->callback);
	return owned;
}

void
hw_own_release(HwOwned *owned)
{
	void	   *object = owned ? owned->object : NULL;

	if (object == NULL)
		return;
	owned->object = NULL;
	owned->release(object);
}
