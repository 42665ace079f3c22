/*-------------------------------------------------------------------------
 *
 * wait.h
 *	  The only place that waits for the network, or is asked not to go on.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_WAIT_H
#define HW_WAIT_H

#include "postgres.h"

#include "fdw/session.h"

/* Lets the core ask whether a cancel or terminate request has come. */
extern void hw_wait_init(void);

/* Sends and receives what can be done now, with all signals blocked. */
extern void hw_wait_drive(HwSession *session);

/*
 * Waits until is_ready says so.  A cancel or terminate request throws from
 * here, with no foreign library on the stack.
 */
extern void hw_wait_until(HwSession *session,
						  bool (*is_ready) (const void *arg),
						  const void *arg);

#endif							/* HW_WAIT_H */
