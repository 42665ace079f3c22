/*-------------------------------------------------------------------------
 *
 * json.h
 *	  Strict reading of a JSON reply.
 *
 * Refused are, each with a status of kind HW_BAD_REPLY (or
 * HW_TOO_LARGE) whose text says what and at which byte, counted from one: a
 * body over the limit, nesting over the limit, invalid UTF-8, unpaired
 * surrogates, an escaped or literal U+0000, trailing bytes, duplicate names in
 * one object, numbers that JSON's grammar does not allow (01, +1, .5, NaN),
 * other control characters than JSON's own blanks, a byte order mark, an empty
 * body.
 *
 * Every number keeps the text it had in the body, since a double loses the
 * digits of money.
 *
 * A long body is given up with HW_STOPPED when hw_stop_asked says so.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_JSON_H
#define HW_JSON_H

#include <stdint.h>

#include "core/status.h"
#include "core/text.h"

typedef struct HwJson HwJson;	/* a parsed document, malloc'd */
typedef enum HwNodeKind
{
	HW_NODE_NULL,
	HW_NODE_FALSE,
	HW_NODE_TRUE,
	HW_NODE_NUMBER,
	HW_NODE_STRING,
	HW_NODE_ARRAY,
	HW_NODE_OBJECT
} HwNodeKind;

/* One value in a document; lives as long as that. */
typedef struct HwNode HwNode;
struct HwNode
{
	const char *name;			/* in its object; NULL for the root and for
								 * elements of lists */
	union
	{
		const char *text;		/* of a string or number, zero-terminated */
		const HwNode *first;	/* in an object or list */
	};
	const HwNode *next;			/* in the same object or list */
	uint32_t	name_length;
	uint32_t	length;			/* of text */
	HwNodeKind	kind;
};

/*
 * Deepest nesting accepted.  The deepest documented reply has four levels
 * (object, list, row, tags' list and object: five); 32 leaves room for what
 * services add and is far below what could exhaust the stack.
 */
#define HW_JSON_DEPTH_MAX 32

/*
 * Longest body accepted, a last resort behind the engine's own limit: nothing
 * longer fits a PostgreSQL value either.
 */
#define HW_JSON_BYTES_MAX 0x3fffffff

/* NULL and a status on failure; body need not outlive the call. */
extern HwJson *hw_json_parse(const char *body, size_t length,
							 HwStatus *status);
extern void hw_json_free(HwJson *json);

/* As hw_json_free, overwriting all strings first. */
extern void hw_json_wipe(HwJson *json);

extern const HwNode *hw_json_root(const HwJson *json);

static inline HwNodeKind
hw_json_kind(const HwNode *node)
{
	return node->kind;
}

/* Name in its object, NULL for the root and for elements of lists. */
static inline const char *
hw_json_name(const HwNode *node)
{
	return node->name;
}

/* The first member or element; NULL when there is none. */
static inline const HwNode *
hw_json_child(const HwNode *node)
{
	return node->kind == HW_NODE_OBJECT || node->kind == HW_NODE_ARRAY ?
		node->first : NULL;
}

static inline const HwNode *
hw_json_next(const HwNode *node)
{
	return node->next;
}

/* Member by exact name; NULL when absent or when node is no object. */
extern const HwNode *hw_json_find(const HwNode *node, const char *name);

/* Text of a string, or the source text of a number; otherwise NULL. */
static inline const char *
hw_json_text(const HwNode *node)
{
	return node->kind == HW_NODE_STRING || node->kind == HW_NODE_NUMBER ?
		node->text : NULL;
}

/* Appends a string as JSON writes it, in quotes. */
extern bool hw_json_quote(const char *string, HwText *out);

/* Appends the value as compact JSON, numbers with their source text. */
extern bool hw_json_print(const HwNode *node, HwText *out);

/*
 * The integer that a number's text stands for, also when written 1.0, 1e3 or
 * as text "1"; false when it is none or does not fit.
 */
extern bool hw_json_integer(const HwNode *node, long long *value);

#endif							/* HW_JSON_H */
