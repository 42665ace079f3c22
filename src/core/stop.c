/*-------------------------------------------------------------------------
 *
 * stop.c
 *	  Whether work that waits for nothing is to be given up.
 *
 *-------------------------------------------------------------------------
 */
#include "core/stop.h"

#include <stddef.h>

bool		(*hw_stop_asked) (void) = NULL;
