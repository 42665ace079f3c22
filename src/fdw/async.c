/*-------------------------------------------------------------------------
 *
 * async.c
 *	  Foreign scans that wait side by side under Append.
 *
 * Append waits for one descriptor per scan, and no descriptor twice; a session
 * has one for all of its scans.  So each scan has an epoll set of its own that
 * holds the session's.  Whoever is woken drives the whole session, and may
 * take in a reply for a sibling, for which nothing will happen any more: the
 * set of a scan with something to hand out also holds a descriptor that is
 * always readable.  So does that of a scan which has taken in something while
 * it was being made ready to wait: whoever was made ready before it would not
 * hear of that, but Append then goes round once more.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/async.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "executor/execAsync.h"
#include "fdw/scan.h"
#include "fdw/wait.h"
#include "storage/fd.h"
#include "storage/latch.h"

struct HwWake
{
	int			fd;				/* -1 before it is open */
	bool		has_session;	/* the set holds the session's descriptor */
	bool		is_ringing;		/* and the one that is always readable */
};

/* Readable for as long as the backend lives; -1 before it is needed. */
static int	bell = -1;

static void
release_wake(void *object)
{
	struct HwWake *wake = object;

	close(wake->fd);
	ReleaseExternalFD();
}

static bool
open_bell(void)
{
	if (bell >= 0)
		return true;
	if (!AcquireExternalFD())
		return false;
	bell = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell < 0)
		ReleaseExternalFD();
	return bell >= 0;
}

/* False when there is no descriptor to be had. */
static bool
open_wake(ForeignScanState *node)
{
	HwScan	   *scan = node->fdw_state;
	MemoryContext context = node->ss.ps.state->es_query_cxt;
	struct HwWake *wake;

	if (scan->wake_owner == NULL)
	{
		scan->wake_owner = hw_own_prepare(context, release_wake);
		scan->wake = MemoryContextAllocZero(context, sizeof(struct HwWake));
	}
	wake = scan->wake;
	if (!open_bell() || !AcquireExternalFD())
		return false;
	wake->fd = epoll_create1(EPOLL_CLOEXEC);
	if (wake->fd < 0)
	{
		ReleaseExternalFD();
		return false;
	}
	scan->wake_owner->object = wake;
	return true;
}

/* Puts a descriptor into the set of a scan, or takes it out. */
static void
set_member(const struct HwWake *wake, int fd, bool is_member)
{
	struct epoll_event event = {.events = EPOLLIN};

	if (epoll_ctl(wake->fd, is_member ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, fd,
				  &event) != 0)
		ereport(ERROR,
				(errcode_for_socket_access(),
				 errmsg("could not wait for replies: %m")));
}

/* Answers a request with a row, with the end, or not yet. */
static void
produce(AsyncRequest *areq)
{
	ForeignScanState *node = (ForeignScanState *) areq->requestee;
	HwScan	   *scan = node->fdw_state;
	TupleTableSlot *result;

	scan->is_pending = false;

	/* The node's own function: Append has started the instrumentation. */
	result = node->ss.ps.ExecProcNodeReal(&node->ss.ps);
	if (TupIsNull(result) && scan->is_pending)
		ExecAsyncRequestPending(areq);
	else
		ExecAsyncRequestDone(areq, result);
}

void
hwForeignAsyncRequest(AsyncRequest *areq)
{
	ForeignScanState *node = (ForeignScanState *) areq->requestee;
	HwScan	   *scan = node->fdw_state;

	if (scan->wake_owner == NULL || scan->wake_owner->object == NULL)
		scan->is_async = open_wake(node);
	produce(areq);
}

void
hwForeignAsyncConfigureWait(AsyncRequest *areq)
{
	ForeignScanState *node = (ForeignScanState *) areq->requestee;
	AppendState *requestor = (AppendState *) areq->requestor;
	HwScan	   *scan = node->fdw_state;
	HwClient   *client = hw_session_client(scan->session);
	long		ndone = hw_client_done(client);
	bool		rings;

	/* Time in which nobody waited is not held against a transfer. */
	hw_wait_drive(scan->session);
	rings = hw_scan_is_ready(scan) || hw_client_done(client) != ndone;
	if (!scan->wake->has_session)
		set_member(scan->wake, hw_client_fd(client), true);
	scan->wake->has_session = true;
	if (scan->wake->is_ringing != rings)
		set_member(scan->wake, bell, rings);
	scan->wake->is_ringing = rings;
	AddWaitEventToSet(requestor->as_eventset, WL_SOCKET_READABLE,
					  scan->wake->fd, NULL, areq);
}

void
hwForeignAsyncNotify(AsyncRequest *areq)
{
	ForeignScanState *node = (ForeignScanState *) areq->requestee;
	HwScan	   *scan = node->fdw_state;

	/* With synchronous plans still to read, Append has only looked. */
	if (((AppendState *) areq->requestor)->as_syncdone)
		hw_client_attend(hw_session_client(scan->session));
	produce(areq);
}
