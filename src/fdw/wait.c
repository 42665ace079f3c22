/*-------------------------------------------------------------------------
 *
 * wait.c
 *	  The only place that waits for the network, or is asked not to go on.
 *
 * Timeouts are libcurl's and delays before retries are timers of the engine,
 * so one descriptor says when there is something to do.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/wait.h"

#include <signal.h>

#include "core/stop.h"
#include "fdw/compat.h"
#include "fdw/report.h"
#include "miscadmin.h"
#include "storage/latch.h"

static uint32
wait_event(void)
{
	static uint32 event = 0;

	if (event == 0)
		event = hw_new_wait_event("HwbssFdwReply");
	return event;
}

/* Would CHECK_FOR_INTERRUPTS throw? */
static bool
must_stop(void)
{
	return InterruptHoldoffCount == 0 && CritSectionCount == 0 &&
		(ProcDiePending || (QueryCancelPending &&
							QueryCancelHoldoffCount == 0));
}

void
hw_wait_init(void)
{
	hw_stop_asked = must_stop;
}

void
hw_wait_drive(HwSession *session)
{
	sigset_t	all;
	sigset_t	saved;
	HwStatus	status;

	/*
	 * libcurl looks names up in a thread, which inherits the mask: it must
	 * never run PostgreSQL's handlers.
	 */
	hw_status_clear(&status);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	(void) hw_client_drive(hw_session_client(session), &status);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);

	/* A broken engine has failed its fetches: their readers will say so. */
	if (status.kind != HW_OK)
		hw_session_doom(session);
}

void
hw_wait_until(HwSession *session, bool (*is_ready) (const void *arg),
			  const void *arg)
{
	HwClient   *client = hw_session_client(session);

	hw_wait_drive(session);
	while (!is_ready(arg))
	{
		int			events;

		events = WaitLatchOrSocket(MyLatch,
								   WL_LATCH_SET | WL_SOCKET_READABLE |
								   WL_EXIT_ON_PM_DEATH,
								   hw_client_fd(client), -1L, wait_event());
		hw_client_attend(client);
		if (events & WL_LATCH_SET)
		{
			ResetLatch(MyLatch);
			CHECK_FOR_INTERRUPTS();
		}
		if (events & WL_SOCKET_READABLE)
			hw_wait_drive(session);
	}
}
