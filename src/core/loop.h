/*-------------------------------------------------------------------------
 *
 * loop.h
 *	  curl's multi handle, its sockets and two timers behind one descriptor.
 *
 * Knows nothing of exchanges: engine.c adds the easy handles and reads which
 * of them are done.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_LOOP_H
#define HW_LOOP_H

#include <curl/curl.h>

#include "core/status.h"

typedef struct HwLoop
{
	CURLM	   *multi;			/* owned */
	int			epoll_fd;		/* owned; all others are in this set */
	int			curl_timer_fd;	/* owned */
	int			wake_timer_fd;	/* owned */
	long long	wake_at_ms;		/* 0 when disarmed */
	const char *failure;		/* a constant: why the loop is beyond use;
								 * NULL while it is not */
} HwLoop;

/* Descriptors of a loop at most: the three above and curl's wake-up pair. */
#define HW_LOOP_DESCRIPTORS 5

/* On failure nothing is left to close. */
extern bool hw_loop_open(HwLoop *loop, int nconnections, HwStatus *status);

/* All easy handles must have been removed. */
extern void hw_loop_close(HwLoop *loop);

/* Does what is to be done without waiting; sets loop->failure if it must. */
extern void hw_loop_turn(HwLoop *loop);

/* See hw_engine_wake_at. */
extern bool hw_loop_wake_at(HwLoop *loop, long long at_ms);

/* Makes the descriptor readable now. */
extern void hw_loop_poke(HwLoop *loop);

#endif							/* HW_LOOP_H */
