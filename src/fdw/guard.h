/*-------------------------------------------------------------------------
 *
 * guard.h
 *	  Who may send what where.
 *
 * A server of a superuser may do all that its options say.  One of another
 * owner reaches the hosts of hwbss_fdw.allowed_hosts only, over https, at
 * public addresses, and options that need more than its owner has are refused:
 * when they are given, and again before anything is sent, since owners and
 * their privileges change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_GUARD_H
#define HW_GUARD_H

#include "postgres.h"

#include "core/engine.h"
#include "foreign/foreign.h"

/* What a role must be to give an option, or to own a server that has it. */
typedef enum HwNeeds
{
	HW_NEEDS_NOTHING,
	HW_NEEDS_FILE_READER,		/* member of pg_read_server_files */
	HW_NEEDS_SUPERUSER
} HwNeeds;

/* Defines hwbss_fdw.allowed_hosts and hwbss_fdw.metadata_endpoint. */
extern void hw_guard_init(void);

/* Where the keys of this machine come from. */
extern const char *hw_guard_metadata_endpoint(void);

/* ERROR when the current user may not give these options, valid as such. */
extern void hw_guard_options(List *options, int where);

/* Whether the server's owner may have it send to an endpoint. */
extern bool hw_guard_allows(ForeignServer *server, const char *endpoint);

/*
 * ERROR when the server's owner may not have it send to the endpoint;
 * otherwise adds the rules of connecting to the transport.
 */
extern void hw_guard_transport(ForeignServer *server, const char *endpoint,
							   HwTransport *transport);

#endif							/* HW_GUARD_H */
