/*-------------------------------------------------------------------------
 *
 * catalog.h
 *	  The vocabulary in which the services' APIs are described.
 *
 * A service has APIs, an API has params and tables, a table has columns.  All
 * of it is constant data: from an entry alone follow IMPORT FOREIGN SCHEMA,
 * the validation of options, push-down, requests, decoding, EXPLAIN and the
 * README's tables.  An entry that seems to need code lacks a fact: add a field
 * here that the next API can use too.
 *
 * Lists end with an element whose first member is NULL.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_CATALOG_H
#define HW_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

typedef enum HwMethod
{
	HW_GET,
	HW_POST
} HwMethod;

typedef enum HwPageStyle
{
	HW_SINGLE,					/* one request answers everything */
	HW_OFFSET					/* offset and limit count rows */
} HwPageStyle;

/* The SQL type a column has unless the user declares another one. */
typedef enum HwType
{
	HW_TEXT,
	HW_INT4,
	HW_INT8,
	HW_NUMERIC,
	HW_TIMESTAMPTZ,
	HW_JSONB
} HwType;

typedef enum HwPlace
{
	HW_IN_PATH,
	HW_IN_QUERY,
	HW_IN_HEADER
} HwPlace;

/* How a value of the reply becomes a value of the column's type. */
typedef enum HwReading
{
	HW_AS_IS,
	HW_EPOCH,					/* integer; seconds below 10^11, else
								 * milliseconds */
	HW_UTC						/* ISO 8601 text; UTC when it has no zone */
} HwReading;

/* What the value of a param must look like to be sent. */
typedef enum HwShape
{
	HW_ANY_TEXT,				/* not empty, at most length_max characters */
	HW_WORDS,					/* one of .words */
	HW_ID,						/* 0-9 A-Z a-z _ - only */
	HW_PLAIN					/* no blanks at the ends, no % _ \ * */
} HwShape;

/*
 * One value as replies write it and as requests may have to: editions of one
 * document differ, and the first page shows which one the service follows.
 */
typedef struct HwSpelling
{
	const char *reply;
	const char *long_request;
	const char *short_request;
} HwSpelling;

typedef struct HwParam
{
	const char *name;			/* letter for letter */
	HwPlace		place;
	const char *column;			/* SQL column whose equality sets it */
	const char *option;			/* option that sets it otherwise */
	const char *fallback;		/* sent when neither does */
	HwShape		shape;
	int			length_max;		/* characters; 0 means no limit known */
	bool		is_required;	/* no request without it */
	bool		is_location;	/* says where a list is read: its values go
								 * together with those of the others */
	bool		is_exact;		/* the answer is all matching rows and only
								 * those; otherwise it may have more */
	const char *const *words;	/* values that may be sent, for HW_WORDS */
	const HwSpelling *spellings;	/* instead of words, reply side first */
	const char *const *complete_set;	/* asked one by one when nothing sets
										 * it, so that no default hides rows */
	const char *reserved;		/* a request word that is no row's value */
	bool		is_closed;		/* the words are all that rows may carry, says
								 * the document */
	const char *const *loose;	/* values that also find rows with another
								 * one, or with none */
} HwParam;

typedef struct HwDerive
{
	const char *from;			/* value of the other field */
	const char *to;				/* value of this column */
} HwDerive;

typedef struct HwColumn
{
	const char *name;
	HwType		type;
	const char *json;			/* field's name, if not the column's; "^x" is
								 * x of the element that holds the list that
								 * is flattened */
	HwReading	reading;
	const char *infinity;		/* value that means "never ends" */
	const char *from_param;		/* filled with the value asked for */
	const char *derive_from;	/* filled from this field by .derive, and from
								 * from_param when the field has no entry */
	const HwDerive *derive;
	const char *help;			/* one sentence */
} HwColumn;

/*
 * Counters are asked for once per value of a complete set, and it is not
 * documented whether they follow that filter: equal answers are one answer,
 * others are parts of a whole.
 */
typedef enum HwMerge
{
	HW_NO_MERGE,
	HW_UNION,					/* lists: rows that are equal are one */
	HW_SUM						/* objects: integers that differ are added */
} HwMerge;

typedef struct HwTable
{
	const char *name;
	const char *rows;			/* list in the reply; NULL: the reply itself
								 * is the row */
	const char *flatten;		/* list in each element: a row per entry */
	const char *key;			/* field that no two elements share */
	bool		may_be_empty;	/* an object without fields is zero rows */
	bool		may_be_blank;	/* null or no body at all is zero rows */
	HwMerge		merge;
	const char *parts;			/* for HW_SUM: list in the same reply whose
								 * entries carry the total by kind */
	const HwColumn *columns;
	const char *help;
} HwTable;

typedef struct HwPaging
{
	HwPageStyle style;
	const char *offset;			/* names of the params */
	const char *limit;
	const char *total;			/* field of the reply with the number of
								 * elements; services disagree on what it
								 * counts */
	int			size;			/* default page size */
	int			size_min;
	int			size_max;
	long		offset_max;
} HwPaging;

typedef struct HwApi
{
	const char *name;
	const char *source;			/* document: title and date */
	HwMethod	method;
	const char *path;			/* with {param} for params of the path */
	HwPaging	paging;
	const HwParam *params;
	const HwTable *tables;
	const char *account;		/* whose credentials it wants */
	const char *successor;		/* what to use when it has been switched off */
} HwApi;

/* Which scope its tokens and keys need, and which header names it. */
typedef enum HwScope
{
	HW_PROJECT_SCOPE,			/* X-Project-Id */
	HW_DOMAIN_SCOPE				/* X-Domain-Id */
} HwScope;

typedef struct HwService
{
	const char *name;			/* schema of IMPORT FOREIGN SCHEMA */
	const char *title;
	const char *endpoint_option;
	HwScope		scope;
	const HwApi *apis;
} HwService;

#define HW_COLUMNS(...) ((const HwColumn[]) {__VA_ARGS__, {0}})
#define HW_TABLES(...) ((const HwTable[]) {__VA_ARGS__, {0}})
#define HW_PARAMS(...) ((const HwParam[]) {__VA_ARGS__, {0}})
#define HW_SPELLINGS(...) ((const HwSpelling[]) {__VA_ARGS__, {0}})
#define HW_DERIVES(...) ((const HwDerive[]) {__VA_ARGS__, {0}})
#define HW_VALUES(...) ((const char *const[]) {__VA_ARGS__, NULL})

extern const HwService hw_bss;
extern const HwService hw_hss;

/* For look-ups only: not in hw_services. */
extern const HwService hw_iam;
#define HW_IAM_PROJECTS (&hw_iam.apis[0])
#define HW_IAM_ACCOUNT (&hw_iam.apis[1])

/* All services, NULL at the end. */
extern const HwService *const hw_services[];

/* Each returns NULL when there is none of that name. */
extern const HwService *hw_service_find(const char *name);
extern const HwTable *hw_table_find(const char *name, const HwApi **api,
									const HwService **service);
extern const HwColumn *hw_column_find(const HwTable *table, const char *name);
extern const HwParam *hw_param_find(const HwApi *api, const char *name);

/* The param that equality on a column of the table sets, or NULL. */
extern const HwParam *hw_param_of_column(const HwApi *api,
										 const HwTable *table,
										 const char *column);

/* Whether a read of the table goes through the complete sets of its params. */
extern bool hw_table_asks_all(const HwTable *table);

/* What the column's derivation makes of a field's value, or NULL. */
extern const char *hw_column_derive(const HwColumn *column, const char *value);

#endif							/* HW_CATALOG_H */
