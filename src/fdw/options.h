/*-------------------------------------------------------------------------
 *
 * options.h
 *	  The options of servers, user mappings, tables and columns.
 *
 * One table drives validation, hints, defaults and the documentation.  Table
 * options override those of the server.  Credentials are accepted on user
 * mappings only, and no function here puts one into a message.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_OPTIONS_H
#define HW_OPTIONS_H

#include "postgres.h"

#include "catalog/endpoints.h"
#include "core/auth.h"
#include "core/pager.h"
#include "fdw/guard.h"
#include "foreign/foreign.h"

/* Where an option may stand. */
#define HW_ON_SERVER	0x01
#define HW_ON_MAPPING	0x02
#define HW_ON_TABLE		0x04
#define HW_ON_COLUMN	0x08

typedef enum HwOptionType
{
	HW_OPTION_STRING,
	HW_OPTION_WORD,				/* one of .words */
	HW_OPTION_BOOL,
	HW_OPTION_INT,
	HW_OPTION_TIME,				/* seconds, or with a unit: 500ms */
	HW_OPTION_SIZE,				/* bytes, or with a unit: 64MB */
	HW_OPTION_URL,				/* base URL */
	HW_OPTION_PROXY,			/* URL of a proxy, without credentials */
	HW_OPTION_ID,				/* 0-9 A-Z a-z _ - */
	HW_OPTION_HEADER,			/* part of a header: visible ASCII, no comma */
	HW_OPTION_IDS,				/* several, commas between them */
	HW_OPTION_PATH				/* absolute file name on the server */
} HwOptionType;

typedef struct HwOption
{
	const char *name;
	int			where;
	HwOptionType type;
	bool		is_secret;
	HwNeeds		needs;			/* of who gives it */
	long		min;
	long		max;
	const char *const *words;
	const char *fallback;		/* default, as a user would write it */
	const char *help;			/* one sentence without its full stop */
	size_t		offset;			/* of the field in HwOptions */
} HwOption;

/* Ends with a NULL name. */
extern const HwOption hw_option_table[];

/* The options in force for one foreign table; strings are palloc'd. */
typedef struct HwOptions
{
	char	   *endpoint;
	char	   *bss_endpoint;
	char	   *hss_endpoint;
	char	   *iam_endpoint;
	char	   *region;
	char	   *site;
	char	   *project_id;
	char	   *projects;
	char	   *regions;
	char	   *on_project_error;
	char	   *domain_id;
	char	   *enterprise_project_id;
	char	   *language;
	long		page_size;
	long		prefetch;
	long		connect_timeout;	/* ms */
	long		request_timeout;	/* ms */
	long		retry_budget;	/* ms */
	long		cache_ttl;		/* ms */
	long		async_capable;	/* 0 or 1 */
	long		max_response_size;	/* bytes */
	char	   *ca_file;
	char	   *proxy;
	long		allow_insecure; /* 0 or 1 */
	char	   *status_spelling;
	char	   *on_drift;
	long		trust_total;	/* 0 or 1 */
	char	   *table;
} HwOptions;

extern HwOptions *hw_options_of_table(ForeignTable *table,
									  ForeignServer *server);

/* Whether an option is the base URL of a service. */
extern bool hw_option_is_url(const char *name);

/* The text of a string option by its name; NULL when unset or not one. */
extern const char *hw_option_text(const HwOptions *options, const char *name);

/* Whether IAM is to be asked for the account's ID. */
extern bool hw_options_asks_account(const HwOptions *options);

/*
 * How requests travel to an endpoint; texts point into the options.  ERROR
 * when the server's owner may not send there.
 */
extern void hw_options_transport(const HwOptions *options,
								 ForeignServer *server, const char *endpoint,
								 HwFetchOptions *fetch);

/*
 * The credentials of a mapping; texts point into its options.  ERROR when
 * there are none.
 */
extern void hw_options_credentials(UserMapping *mapping,
								   ForeignServer *server,
								   HwCredentials *credentials);

/*
 * The candidate that is most like a name and near enough to be meant, or
 * NULL.  next returns the candidates one by one, then NULL.
 */
extern const char *hw_closest(const char *name,
							  const char *(*next) (void *state), void *state);

/* All that are as much like it as that one, in their order. */
extern List *hw_all_closest(const char *name,
							const char *(*next) (void *state), void *state);

/* The names of all tables, for hw_closest; state is an int that starts at 0. */
extern const char *hw_next_table_name(void *state);

/* Body of hwbss_fdw_validator. */
extern void hw_options_validate(List *options, Oid catalog);

#endif							/* HW_OPTIONS_H */
