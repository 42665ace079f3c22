/*-------------------------------------------------------------------------
 *
 * session.c
 *	  What the backend keeps for a user mapping between queries.
 *
 *-------------------------------------------------------------------------
 */
#include "fdw/session.h"

#include "access/xact.h"
#include "catalog/pg_foreign_server.h"
#include "catalog/pg_user_mapping.h"
#include "fdw/compat.h"
#include "fdw/options.h"
#include "fdw/report.h"
#include "fdw/totals.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* APIs at places whose spelling a session remembers. */
#define DIALECTS_MAX 64

/* Answers of IAM that a session remembers: queries may name any region. */
#define LOOKUPS_MAX 16

/*
 * Descriptors of an engine: its epoll set, two timers, and connections.  They
 * are declared to fd.c at once, since the number of sockets changes where
 * nothing may throw.
 */
#define DESCRIPTORS_PER_SESSION (3 + HW_ENGINE_CONNECTIONS_MAX)

/* Left for the server's own waiting, which needs one at a time. */
#define HEADROOM 4

typedef struct HwLearntAt
{
	const HwApi *api;
	char		endpoint[256];
	HwLearnt	learnt;
} HwLearntAt;

/* What IAM was asked, and its answer. */
typedef struct HwLookup
{
	struct HwLookup *next;
	char	   *endpoint;
	char	   *name;			/* empty: all projects */
	HwProjects *projects;
	TimestampTz asked;			/* when the statement began that asked */
} HwLookup;

struct HwSession
{
	HwSession  *next;
	Oid			mappingid;
	Oid			serverid;
	Oid			userid;			/* InvalidOid for the mapping of PUBLIC */
	uint32		mapping_hash;
	uint32		server_hash;
	HwClient   *client;
	HwLookup   *lookups;
	char	   *account;
	HwCounters	counters;		/* in copies only */
	int			npins;
	bool		is_doomed;
	int			ndescriptors;	/* declared to fd.c */
	HwLearntAt	learnt[DIALECTS_MAX];
	int			nlearnt;
};

static HwSession *sessions = NULL;

/*
 * Keys and passwords that were refused.  Sessions come and go, with any reset
 * of the caches too, and servers may share a key.
 */
static HwRests *rests = NULL;
static bool has_callbacks = false;

static void
lookup_free(HwLookup *lookup)
{
	hw_projects_free(lookup->projects);
	pfree(lookup->endpoint);
	pfree(lookup->name);
	pfree(lookup);
}

static void
session_close(HwSession *session)
{
	HwSession **link = &sessions;

	while (*link != session)
		link = &(*link)->next;
	*link = session->next;
	hw_client_close(session->client);
	while (session->lookups)
	{
		HwLookup   *lookup = session->lookups;

		session->lookups = lookup->next;
		lookup_free(lookup);
	}
	if (session->account)
		pfree(session->account);
	for (int i = 0; i < session->ndescriptors; i++)
		ReleaseExternalFD();
	pfree(session);
}

static void
session_unpin(void *object)
{
	HwSession  *session = object;

	if (--session->npins == 0 && session->is_doomed)
		session_close(session);
}

void
hw_session_doom(HwSession *session)
{
	session->is_doomed = true;
	if (session->npins == 0)
		session_close(session);
}

static void
on_invalidation(Datum arg, int cacheid, uint32 hash)
{
	HwSession  *next;

	hw_totals_forget();
	for (HwSession *session = sessions; session; session = next)
	{
		next = session->next;
		if (hash == 0 ||
			(cacheid == USERMAPPINGOID && session->mapping_hash == hash) ||
			(cacheid == FOREIGNSERVEROID && session->server_hash == hash))
		{
			/* Somebody may have put it right. */
			if (hash != 0)
				hw_rests_forget(rests);
			hw_session_doom(session);
		}
	}
}

static void
on_table_invalidation(Datum arg, int cacheid, uint32 hash)
{
	hw_totals_forget();
}

/* Secrets are wiped when the backend ends in an orderly way. */
static void
on_backend_exit(int code, Datum arg)
{
	while (sessions)
		session_close(sessions);
	hw_rests_close(rests);
	rests = NULL;
}

static void
register_callbacks(void)
{
	if (has_callbacks)
		return;
	CacheRegisterSyscacheCallback(USERMAPPINGOID, on_invalidation, (Datum) 0);
	CacheRegisterSyscacheCallback(FOREIGNSERVEROID, on_invalidation,
								  (Datum) 0);
	CacheRegisterSyscacheCallback(FOREIGNTABLEREL, on_table_invalidation,
								  (Datum) 0);
	on_proc_exit(on_backend_exit, (Datum) 0);
	has_callbacks = true;
}

static HwSession *
session_find(Oid mappingid)
{
	for (HwSession *session = sessions; session; session = session->next)
	{
		if (session->mappingid == mappingid && !session->is_doomed)
			return session;
	}
	return NULL;
}

/* Closes the oldest session that nobody uses; false when there is none. */
static bool
close_idle(void)
{
	HwSession  *oldest = NULL;

	for (HwSession *session = sessions; session; session = session->next)
	{
		if (session->npins == 0 && session->client)
			oldest = session;
	}
	if (oldest)
		session_close(oldest);
	return oldest != NULL;
}

static void
declare_descriptors(HwSession *session)
{
	while (session->ndescriptors < DESCRIPTORS_PER_SESSION + HEADROOM)
	{
		bool		is_declared = AcquireExternalFD();

		while (!is_declared && close_idle())
			is_declared = AcquireExternalFD();
		if (!is_declared)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
					 errmsg("too many open files in this session"),
					 errdetail("A session of hwbss_fdw needs %d file descriptors.",
							   DESCRIPTORS_PER_SESSION),
					 errhint("Raise \"max_files_per_process\" and the operating system's limit, or use fewer foreign servers in one session.")));
		session->ndescriptors++;
	}
	for (; session->ndescriptors > DESCRIPTORS_PER_SESSION;
		 session->ndescriptors--)
		ReleaseExternalFD();
}

static HwSession *
session_open(UserMapping *mapping, ForeignServer *server, Oid userid)
{
	HwCredentials credentials = {0};
	HwSession  *session;
	HwStatus	status;

	if (rests == NULL && (rests = hw_rests_open()) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	hw_options_credentials(mapping, server, &credentials);
	session = MemoryContextAllocZero(CacheMemoryContext, sizeof(HwSession));
	session->mappingid = mapping->umid;
	session->serverid = server->serverid;
	session->userid = userid;
	session->mapping_hash =
		GetSysCacheHashValue1(USERMAPPINGOID, ObjectIdGetDatum(mapping->umid));
	session->server_hash =
		GetSysCacheHashValue1(FOREIGNSERVEROID,
							  ObjectIdGetDatum(server->serverid));

	/* Doomed until it is whole, so that an error leaves nothing usable. */
	session->is_doomed = true;
	session->next = sessions;
	sessions = session;
	PG_TRY();
	{
		declare_descriptors(session);
		hw_status_clear(&status);
		session->client = hw_client_open(&credentials, rests, &status);
		if (session->client == NULL)
			hw_report_session(server->servername, &status);
	}
	PG_CATCH();
	{
		session_close(session);
		PG_RE_THROW();
	}
	PG_END_TRY();
	session->is_doomed = false;
	return session;
}

static bool
has_mapping(Oid userid, Oid serverid)
{
	return SearchSysCacheExists2(USERMAPPINGUSERSERVER,
								 ObjectIdGetDatum(userid),
								 ObjectIdGetDatum(serverid));
}

HwSession *
hw_session_pin(Oid userid, Oid serverid, MemoryContext context)
{
	ForeignServer *server = GetForeignServer(serverid);
	HwOwned    *owned = hw_own_prepare(context, session_unpin);
	HwSession  *session;
	UserMapping *mapping;
	bool		is_own;

	register_callbacks();
	is_own = has_mapping(userid, serverid);
	if (!is_own && !has_mapping(InvalidOid, serverid))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("role \"%s\" has no user mapping for server \"%s\"",
						GetUserNameFromId(userid, false), server->servername),
				 errhint("Create one: CREATE USER MAPPING FOR %s SERVER %s OPTIONS (access_key '...', secret_key '...').",
						 quote_identifier(GetUserNameFromId(userid, false)),
						 quote_identifier(server->servername))));
	mapping = GetUserMapping(userid, serverid);
	session = session_find(mapping->umid);
	if (session == NULL)
		session = session_open(mapping, server,
							   is_own ? userid : InvalidOid);
	session->npins++;
	owned->object = session;
	return session;
}

HwClient *
hw_session_client(HwSession *session)
{
	return session->client;
}

/* --- statements ----------------------------------------------------- */

/* A running statement; lives in its executor's query context. */
typedef struct HwStatement
{
	struct HwStatement *next;
	EState	   *estate;
	unsigned long number;
} HwStatement;

static HwStatement *statements = NULL;

static void
statement_end(void *object)
{
	HwStatement *ended = object;
	HwStatement **link = &statements;

	while (*link != ended)
		link = &(*link)->next;
	*link = ended->next;
	for (HwSession *session = sessions; session; session = session->next)
	{
		if (session->client)
			hw_client_end_statement(session->client, ended->number);
	}
}

unsigned long
hw_session_statement(EState *estate)
{
	static unsigned long last_number = 0;
	HwStatement *statement;
	HwOwned    *owned;

	for (statement = statements; statement; statement = statement->next)
	{
		if (statement->estate == estate)
			return statement->number;
	}
	owned = hw_own_prepare(estate->es_query_cxt, statement_end);
	statement = MemoryContextAllocZero(estate->es_query_cxt,
									   sizeof(HwStatement));
	statement->estate = estate;
	statement->number = ++last_number;
	statement->next = statements;
	statements = statement;
	owned->object = statement;
	return statement->number;
}

/* --- what was learnt ------------------------------------------------ */

static HwLearntAt *
find_learnt(HwSession *session, const HwApi *api, const char *endpoint)
{
	for (int i = 0; i < session->nlearnt; i++)
	{
		HwLearntAt *at = &session->learnt[i];

		if (at->api == api && strcmp(at->endpoint, endpoint) == 0)
			return at;
	}
	return NULL;
}

HwLearnt
hw_session_learnt(HwSession *session, const HwApi *api, const char *endpoint)
{
	const HwLearntAt *at = find_learnt(session, api, endpoint);

	return at ? at->learnt : (HwLearnt) {.dialect = HW_DIALECT_AUTO};
}

void
hw_session_learn(HwSession *session, const HwApi *api, const char *endpoint,
				 const HwLearnt *learnt)
{
	HwLearntAt *at = find_learnt(session, api, endpoint);

	if (at == NULL)
	{
		if (session->nlearnt == DIALECTS_MAX ||
			strlen(endpoint) >= sizeof(at->endpoint))
			return;
		at = &session->learnt[session->nlearnt++];
		at->api = api;
		strlcpy(at->endpoint, endpoint, sizeof(at->endpoint));
		at->learnt.params = 0;
	}
	if (at->learnt.dialect != learnt->dialect)
		at->learnt.params = 0;
	at->learnt.dialect = learnt->dialect;
	at->learnt.params |= learnt->params;
}

const HwProjects *
hw_session_projects(HwSession *session, const char *endpoint,
					const char *name, bool in_statement)
{
	for (HwLookup *lookup = session->lookups; lookup; lookup = lookup->next)
	{
		if (strcmp(lookup->endpoint, endpoint) == 0 &&
			strcmp(lookup->name, name ? name : "") == 0 &&
			(!in_statement ||
			 lookup->asked == GetCurrentStatementStartTimestamp()))
			return lookup->projects;
	}
	return NULL;
}

/* The oldest goes, so that there is room for one more. */
static void
trim_lookups(HwSession *session)
{
	HwLookup  **link = &session->lookups;

	for (int i = 1; i < LOOKUPS_MAX && *link; i++)
		link = &(*link)->next;
	while (*link)
	{
		HwLookup   *oldest = *link;

		*link = oldest->next;
		lookup_free(oldest);
	}
}

const HwProjects *
hw_session_keep_projects(HwSession *session, const char *endpoint,
						 const char *name, HwProjects *projects)
{
	HwLookup   *lookup = NULL;

	PG_TRY();
	{
		lookup = MemoryContextAllocZero(CacheMemoryContext, sizeof(HwLookup));
		lookup->endpoint = MemoryContextStrdup(CacheMemoryContext, endpoint);
		lookup->name = MemoryContextStrdup(CacheMemoryContext,
										   name ? name : "");
	}
	PG_CATCH();
	{
		hw_projects_free(projects);
		PG_RE_THROW();
	}
	PG_END_TRY();
	lookup->projects = projects;
	lookup->asked = GetCurrentStatementStartTimestamp();
	trim_lookups(session);
	lookup->next = session->lookups;
	session->lookups = lookup;
	return projects;
}

const char *
hw_session_account(const HwSession *session)
{
	return session->account;
}

const char *
hw_session_keep_account(HwSession *session, const char *id)
{
	session->account = MemoryContextStrdup(CacheMemoryContext, id);
	return session->account;
}

void
hw_session_forget(void)
{
	on_invalidation((Datum) 0, 0, 0);
	if (rests)
		hw_rests_forget(rests);
}

void
hw_session_walk(HwSessionVisit visit, void *arg)
{
	HwSession  *copies;
	int			ncopies = 0;

	/* Looking at catalogs may close sessions: only copies are looked at. */
	for (HwSession *session = sessions; session; session = session->next)
		ncopies++;
	copies = palloc(sizeof(HwSession) * Max(ncopies, 1));
	ncopies = 0;
	for (HwSession *session = sessions; session; session = session->next)
	{
		copies[ncopies] = *session;
		copies[ncopies++].counters = *hw_client_counters(session->client);
	}

	for (int i = 0; i < ncopies; i++)
	{
		HeapTuple	tuple;
		ForeignServer *server;
		char	   *role = "public";

		tuple = SearchSysCache1(FOREIGNSERVEROID,
								ObjectIdGetDatum(copies[i].serverid));
		if (!HeapTupleIsValid(tuple))
			continue;			/* dropped; a cursor still reads from it */
		ReleaseSysCache(tuple);
		server = GetForeignServer(copies[i].serverid);
		if (OidIsValid(copies[i].userid))
			role = GetUserNameFromId(copies[i].userid, true);
		visit(server->servername, role, &copies[i].counters, arg);
	}
}
