/*-------------------------------------------------------------------------
 *
 * stop.h
 *	  Whether work that waits for nothing is to be given up.
 *
 * What waits is given up from outside, between two waits.  What takes long
 * without waiting, such as reading a reply of many megabytes, asks here now and
 * then.  Who asked, and what becomes of the query, is not known here.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_STOP_H
#define HW_STOP_H

#include <stdbool.h>

/* Values and rows that are read between two questions: some milliseconds. */
#define HW_STOP_EVERY 16384

/* Set once, by whoever can tell; NULL: go on.  Must neither fail nor wait. */
extern bool (*hw_stop_asked) (void);

#endif							/* HW_STOP_H */
