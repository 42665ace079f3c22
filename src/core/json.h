/*-------------------------------------------------------------------------
 *
 * json.h
 *	  Strict reading of a JSON reply.  json.c is the only caller of cJSON.
 *
 * cJSON is lenient; this refuses, each with a status of kind HW_BAD_REPLY (or
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
 *-------------------------------------------------------------------------
 */
#ifndef HW_JSON_H
#define HW_JSON_H

#include "core/status.h"
#include "core/text.h"

typedef struct HwJson HwJson;	/* a parsed document, malloc'd */
typedef struct cJSON HwNode;	/* one value in it; lives as long as that */

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
extern HwNodeKind hw_json_kind(const HwNode *node);

/* Name in its object, NULL for the root and for elements of lists. */
extern const char *hw_json_name(const HwNode *node);
extern const HwNode *hw_json_child(const HwNode *node);
extern const HwNode *hw_json_next(const HwNode *node);

/* Member by exact name; NULL when absent or when node is no object. */
extern const HwNode *hw_json_find(const HwNode *node, const char *name);

/* Text of a string, or the source text of a number; otherwise NULL. */
extern const char *hw_json_text(const HwNode *node);

/* Appends a string as JSON writes it, in quotes. */
extern bool hw_json_quote(const char *string, HwText *out);

/* Appends the value as compact JSON, numbers with their source text. */
extern bool hw_json_print(const HwNode *node, HwText *out);

/*
 * The integer that a number's text stands for, also when written 1.0, 1e3 or
 * as text "1"; false when it is none or does not fit.
 */
extern bool hw_json_integer(const HwNode *node, long long *value);

/*
 * Rewrites the text of an integral number (1.0, 12e2, -0) as plain digits, at
 * most 40 of them; false when the text is no integral number.
 */
extern bool hw_json_plain_integer(const char *number, char plain[48]);

#endif							/* HW_JSON_H */
