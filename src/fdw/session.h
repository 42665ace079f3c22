/*-------------------------------------------------------------------------
 *
 * session.h
 *	  What the backend keeps for a user mapping between queries: a client of
 *	  the core with its connections, credentials and replies.
 *
 * A session is doomed when its mapping or server changes, and closed when the
 * last scan that pins it has ended; the next scan opens a new one.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SESSION_H
#define HW_SESSION_H

#include "postgres.h"

#include "core/client.h"
#include "core/pager.h"
#include "core/projects.h"
#include "fdw/own.h"
#include "nodes/execnodes.h"

typedef struct HwSession HwSession;

/*
 * The session of a role for a server, pinned until the owner goes away; the
 * owner lives in the given context.  ERROR when the role has no mapping, or
 * the mapping no credentials.
 */
extern HwSession *hw_session_pin(Oid userid, Oid serverid,
								 MemoryContext context);
extern HwClient *hw_session_client(HwSession *session);

/*
 * A number for the statement that an executor state belongs to: replies to
 * equal requests are shared within it, and let go when it ends.
 */
extern unsigned long hw_session_statement(EState *estate);

/*
 * What first pages have shown of an API at a place: in which spelling it is
 * asked for which params.
 */
extern HwLearnt hw_session_learnt(HwSession *session, const HwApi *api,
								  const char *endpoint);
extern void hw_session_learn(HwSession *session, const HwApi *api,
							 const char *endpoint, const HwLearnt *learnt);

/*
 * The projects of a name, or all when it is NULL, as IAM at a place has told
 * them, if need be since the client's statement began; NULL when it has not
 * been asked.  Keeping takes the projects over and returns them.  They live
 * until the session, which must be pinned, has kept some more answers.
 */
extern const HwProjects *hw_session_projects(HwSession *session,
											 const char *endpoint,
											 const char *name,
											 bool in_statement);
extern const HwProjects *hw_session_keep_projects(HwSession *session,
												  const char *endpoint,
												  const char *name,
												  HwProjects *projects);

/*
 * The account's ID as IAM has told it, or NULL; keeping copies it and returns
 * the copy, which lives as long as the session.
 */
extern const char *hw_session_account(const HwSession *session);
extern const char *hw_session_keep_account(HwSession *session,
										   const char *id);

/* Lets a session go when its last pin does: its engine is beyond use. */
extern void hw_session_doom(HwSession *session);

/* Drops all sessions, those in use as soon as they are not. */
extern void hw_session_forget(void);

/* Calls for each session; for hwbss_fdw_stats(). */
typedef void (*HwSessionVisit) (const char *servername, const char *rolename,
								const HwCounters *counters, void *arg);
extern void hw_session_walk(HwSessionVisit visit, void *arg);

#endif							/* HW_SESSION_H */
