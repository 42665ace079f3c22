/*-------------------------------------------------------------------------
 *
 * loop.c
 *	  curl's multi handle, its sockets and two timers behind one descriptor.
 *
 * curl says through two callbacks which sockets it cares for and when it
 * wants to be called next; the loop keeps both in an epoll set.  An epoll set
 * is itself a descriptor that can be waited for.
 *
 *-------------------------------------------------------------------------
 */
#include "core/loop.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define EVENTS_MAX 32

/*
 * Turns often make the next one due at once (a new transfer, a connection
 * just made).  Going round a few times saves the caller a wait each; the limit
 * keeps it in charge while a fast server sends without end.
 */
#define ROUNDS_MAX 8

static int	on_socket(CURL *easy, curl_socket_t fd, int what, void *arg,
					  void *socket_arg);
static int	on_timer(CURLM *multi, long ms, void *arg);
static bool set_up(HwLoop *loop, int nconnections, HwStatus *status);
static bool watch(HwLoop *loop, int fd);
static void act(HwLoop *loop, curl_socket_t fd, int mask);
static bool drain(int timer_fd);

bool
hw_loop_open(HwLoop *loop, int nconnections, HwStatus *status)
{
	memset(loop, 0, sizeof(*loop));
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->curl_timer_fd = timerfd_create(CLOCK_MONOTONIC,
										 TFD_CLOEXEC | TFD_NONBLOCK);
	loop->wake_timer_fd = timerfd_create(CLOCK_MONOTONIC,
										 TFD_CLOEXEC | TFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->curl_timer_fd < 0 ||
		loop->wake_timer_fd < 0 ||
		!watch(loop, loop->curl_timer_fd) || !watch(loop, loop->wake_timer_fd))
		hw_status_set(status, HW_INTERNAL,
					  "could not create a set of descriptors: %s",
					  strerror(errno));
	else if (set_up(loop, nconnections, status))
		return true;
	hw_loop_close(loop);
	return false;
}

void
hw_loop_close(HwLoop *loop)
{
	/* First, since it still reports sockets that go. */
	if (loop->multi)
		curl_multi_cleanup(loop->multi);
	if (loop->wake_timer_fd >= 0)
		close(loop->wake_timer_fd);
	if (loop->curl_timer_fd >= 0)
		close(loop->curl_timer_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	loop->multi = NULL;
}

void
hw_loop_turn(HwLoop *loop)
{
	for (int round = 0; round < ROUNDS_MAX && !loop->failure; round++)
	{
		struct epoll_event events[EVENTS_MAX];
		bool		is_due = false;
		int			nevents = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, 0);

		if (nevents < 0 && errno != EINTR)
			loop->failure = "could not look at a set of descriptors";
		if (nevents <= 0)
			break;
		for (int i = 0; i < nevents && !loop->failure; i++)
		{
			uint32_t	what = events[i].events;
			int			fd = events[i].data.fd;
			int			mask = 0;

			if (fd == loop->curl_timer_fd)
			{
				is_due = true;
				continue;
			}
			if (fd == loop->wake_timer_fd)
			{
				if (drain(fd))
					loop->wake_at_ms = 0;
				continue;
			}

			/*
			 * Errors are passed on as "readable": reading then finds out what
			 * happened, while CURL_CSELECT_ERR alone makes curl give up with
			 * bytes unread.  An event of a socket that an earlier one closed
			 * is ignored, or is one fruitless read of its successor.
			 */
			if (what & (EPOLLIN | EPOLLERR | EPOLLHUP))
				mask |= CURL_CSELECT_IN;
			if (what & EPOLLOUT)
				mask |= CURL_CSELECT_OUT;
			act(loop, fd, mask);
		}

		/* Sockets first: what has arrived in time has not timed out. */
		if (is_due && !loop->failure && drain(loop->curl_timer_fd))
			act(loop, CURL_SOCKET_TIMEOUT, 0);
	}
}

bool
hw_loop_wake_at(HwLoop *loop, long long at_ms)
{
	struct itimerspec at = {0};

	if (at_ms == loop->wake_at_ms)
		return true;
	if (at_ms < 0)
		at.it_value.tv_nsec = 1;
	else
	{
		at.it_value.tv_sec = (time_t) (at_ms / 1000);
		at.it_value.tv_nsec = (long) (at_ms % 1000) * 1000000L;
	}
	if (timerfd_settime(loop->wake_timer_fd, TFD_TIMER_ABSTIME, &at, NULL) != 0)
		return false;
	loop->wake_at_ms = at_ms;
	return true;
}

/* curl takes an early call for its timer well, and sets it again. */
void
hw_loop_poke(HwLoop *loop)
{
	on_timer(loop->multi, 0, loop);
}

/*
 * A failure is noted, not returned: curl would be left in an undefined state
 * by it, and the loop is given up at the next turn in any case.
 */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	HwLoop	   *loop = arg;
	struct epoll_event event = {.data.fd = fd};

	(void) easy;
	(void) socket_arg;
	if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE)
	{
		/* Fails when it has been closed already: gone, too. */
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, &event);
		return 0;
	}
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0 &&
		(errno != EEXIST ||
		 epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0))
	{
		loop->failure = "could not watch a socket";
		hw_loop_poke(loop);
	}
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *arg)
{
	HwLoop	   *loop = arg;
	struct itimerspec at = {0};

	(void) multi;
	if (ms == 0)
		at.it_value.tv_nsec = 1;	/* zero would disarm it */
	else if (ms > 0)
	{
		at.it_value.tv_sec = ms / 1000;
		at.it_value.tv_nsec = (ms % 1000) * 1000000L;
	}
	if (timerfd_settime(loop->curl_timer_fd, 0, &at, NULL) != 0)
		loop->failure = "could not set a timer";
	return 0;
}

static bool
set_up(HwLoop *loop, int nconnections, HwStatus *status)
{
	CURLMcode	rc;

	loop->multi = curl_multi_init();
	if (loop->multi == NULL)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");

#define SET(option, value) \
	do \
	{ \
		rc = curl_multi_setopt(loop->multi, option, value); \
		if (rc != CURLM_OK) \
			return hw_status_set(status, HW_INTERNAL, \
								 "could not set " #option ": %s", \
								 curl_multi_strerror(rc)); \
	} while (0)

	SET(CURLMOPT_SOCKETFUNCTION, on_socket);
	SET(CURLMOPT_SOCKETDATA, loop);
	SET(CURLMOPT_TIMERFUNCTION, on_timer);
	SET(CURLMOPT_TIMERDATA, loop);
	SET(CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	SET(CURLMOPT_MAX_TOTAL_CONNECTIONS, (long) nconnections);
	SET(CURLMOPT_MAXCONNECTS, (long) nconnections);
#if LIBCURL_VERSION_NUM >= 0x081400
	/* Closing does not wait for a look-up that hangs. */
	(void) curl_multi_setopt(loop->multi, CURLMOPT_QUICK_EXIT, 1L);
#endif
#undef SET
	return true;
}

static bool
watch(HwLoop *loop, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* After an error all transfers are in doubt. */
static void
act(HwLoop *loop, curl_socket_t fd, int mask)
{
	int			nrunning;
	CURLMcode	rc = curl_multi_socket_action(loop->multi, fd, mask, &nrunning);

	if (rc != CURLM_OK && !loop->failure)
		loop->failure = curl_multi_strerror(rc);
}

/* Whether the timer has fired; a timerfd stays readable until it is read. */
static bool
drain(int timer_fd)
{
	uint64_t	ticks;

	return read(timer_fd, &ticks, sizeof(ticks)) == sizeof(ticks);
}
