/*-------------------------------------------------------------------------
 *
 * engine.c
 *	  HTTP without blocking: many exchanges behind one descriptor.
 *
 * An epoll set holds libcurl's sockets, a timer for libcurl and one for our
 * caller; the set itself is what a caller waits for.
 *
 *-------------------------------------------------------------------------
 */
#include "core/engine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/engine_internal.h"

/* Events taken out of the epoll set at a time; the rest stays readable. */
#define EVENTS_MAX 32

/* Idle connections kept for the next request. */
#define IDLE_CONNECTIONS_MAX 8L

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_ready = CURLE_FAILED_INIT;

static void
init_curl(void)
{
	curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

long long
hw_engine_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- callbacks: guests in libcurl's house ---------------------------- */

/*
 * Also called while handles are removed and the multi handle is cleaned up,
 * so the engine outlives both.
 */
static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	HwEngine   *engine = arg;
	struct epoll_event event = {0};

	(void) easy;
	(void) socket_arg;
	event.data.fd = fd;
	if (what == CURL_POLL_REMOVE)
	{
		/* It may be closed already, and then it has left the set. */
		(void) epoll_ctl(engine->epoll_fd, EPOLL_CTL_DEL, fd, &event);
		if (engine->nsockets > 0)
			engine->nsockets--;
		return 0;
	}
	if (what & CURL_POLL_IN)
		event.events |= EPOLLIN;
	if (what & CURL_POLL_OUT)
		event.events |= EPOLLOUT;
	if (epoll_ctl(engine->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
	{
		engine->nsockets++;
		return 0;
	}
	if (errno == EEXIST &&
		epoll_ctl(engine->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
		return 0;
	return -1;
}

static bool
set_timer(int fd, long long delay_ms)
{
	struct itimerspec at = {0};

	/* Zero would disarm; negative does. */
	if (delay_ms == 0)
		at.it_value.tv_nsec = 1;
	else if (delay_ms > 0)
	{
		at.it_value.tv_sec = delay_ms / 1000;
		at.it_value.tv_nsec = (delay_ms % 1000) * 1000000L;
	}
	return timerfd_settime(fd, 0, &at, NULL) == 0;
}

static int
on_timer(CURLM *multi, long delay_ms, void *arg)
{
	HwEngine   *engine = arg;

	(void) multi;
	return set_timer(engine->curl_timer_fd, delay_ms) ? 0 : -1;
}

/* --- opening and closing --------------------------------------------- */

static int
open_timer(int epoll_fd)
{
	struct epoll_event event = {.events = EPOLLIN};
	int			fd = timerfd_create(CLOCK_MONOTONIC,
									TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0)
		return -1;
	event.data.fd = fd;
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
	{
		close(fd);
		return -1;
	}
	return fd;
}

static bool
open_multi(HwEngine *engine)
{
	engine->multi = curl_multi_init();
	return engine->multi &&
		curl_multi_setopt(engine->multi, CURLMOPT_SOCKETFUNCTION,
						  on_socket) == CURLM_OK &&
		curl_multi_setopt(engine->multi, CURLMOPT_SOCKETDATA,
						  engine) == CURLM_OK &&
		curl_multi_setopt(engine->multi, CURLMOPT_TIMERFUNCTION,
						  on_timer) == CURLM_OK &&
		curl_multi_setopt(engine->multi, CURLMOPT_TIMERDATA,
						  engine) == CURLM_OK &&
		curl_multi_setopt(engine->multi, CURLMOPT_MAXCONNECTS,
						  IDLE_CONNECTIONS_MAX) == CURLM_OK &&
		curl_multi_setopt(engine->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
						  (long) HW_ENGINE_CONNECTIONS_MAX) == CURLM_OK;
}

HwEngine *
hw_engine_open(HwStatus *status)
{
	HwEngine   *engine = calloc(1, sizeof(HwEngine));

	pthread_once(&curl_once, init_curl);
	if (engine == NULL || curl_ready != CURLE_OK)
	{
		free(engine);
		hw_status_set(status, HW_OUT_OF_MEMORY, "libcurl could not start");
		return NULL;
	}
	engine->curl_timer_fd = engine->wake_timer_fd = -1;
	engine->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (engine->epoll_fd >= 0)
	{
		engine->curl_timer_fd = open_timer(engine->epoll_fd);
		engine->wake_timer_fd = open_timer(engine->epoll_fd);
	}
	if (engine->epoll_fd < 0 || engine->curl_timer_fd < 0 ||
		engine->wake_timer_fd < 0 || !open_multi(engine))
	{
		hw_status_set(status, HW_INTERNAL,
					  "an HTTP engine could not be made: %s",
					  strerror(errno));
		hw_engine_close(engine);
		return NULL;
	}
	return engine;
}

void
hw_engine_close(HwEngine *engine)
{
	if (engine == NULL)
		return;

	/* The multi handle first: its clean-up still reports sockets. */
	if (engine->multi)
		curl_multi_cleanup(engine->multi);
	if (engine->curl_timer_fd >= 0)
		close(engine->curl_timer_fd);
	if (engine->wake_timer_fd >= 0)
		close(engine->wake_timer_fd);
	if (engine->epoll_fd >= 0)
		close(engine->epoll_fd);
	free(engine);
}

int
hw_engine_fd(const HwEngine *engine)
{
	return engine->epoll_fd;
}

int
hw_engine_descriptors(const HwEngine *engine)
{
	return 3 + engine->nsockets;
}

bool
hw_engine_wake_at(HwEngine *engine, long long at_ms)
{
	long long	delay_ms = -1;

	if (at_ms != 0)
	{
		delay_ms = at_ms - hw_engine_now();
		if (delay_ms < 0)
			delay_ms = 0;
	}
	return set_timer(engine->wake_timer_fd, delay_ms);
}

/* --- driving --------------------------------------------------------- */

/* A timerfd stays readable until it is read; libcurl's timer fires once. */
static void
drain(int timer_fd)
{
	unsigned long long ticks;

	while (read(timer_fd, &ticks, sizeof(ticks)) < 0 && errno == EINTR)
		;
}

static CURLMcode
act(HwEngine *engine, const struct epoll_event *event)
{
	int			fd = event->data.fd;
	int			what = 0;
	int			nrunning;

	if (fd == engine->wake_timer_fd)
	{
		drain(fd);
		return CURLM_OK;
	}
	if (fd == engine->curl_timer_fd)
	{
		drain(fd);
		return curl_multi_socket_action(engine->multi, CURL_SOCKET_TIMEOUT, 0,
										&nrunning);
	}
	if (event->events & EPOLLIN)
		what |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		what |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		what |= CURL_CSELECT_ERR;
	return curl_multi_socket_action(engine->multi, fd, what, &nrunning);
}

static void
collect_done(HwEngine *engine)
{
	CURLMsg    *message;
	int			nleft;

	while ((message = curl_multi_info_read(engine->multi, &nleft)) != NULL)
	{
		HwExchange *exchange = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
						  (char **) &exchange);
		hw_exchange_finish(exchange, message->data.result);
	}
}

bool
hw_engine_drive(HwEngine *engine, HwStatus *status)
{
	struct epoll_event events[EVENTS_MAX];
	CURLMcode	code = CURLM_OK;
	int			nevents;

	if (engine->is_broken)
		return hw_status_set(status, HW_INTERNAL, "the HTTP engine has failed");
	nevents = epoll_wait(engine->epoll_fd, events, EVENTS_MAX, 0);
	for (int i = 0; i < nevents && code == CURLM_OK; i++)
		code = act(engine, &events[i]);
	collect_done(engine);
	if (code == CURLM_OK)
		return true;

	/* After an error the state of all transfers is undefined. */
	engine->is_broken = true;
	for (HwExchange *x = engine->exchanges; x; x = x->next)
	{
		if (!x->is_done)
			hw_exchange_abandon(x);
	}
	return hw_status_set(status, HW_INTERNAL, "the HTTP engine has failed: %s",
						 curl_multi_strerror(code));
}
