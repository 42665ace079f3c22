/*-------------------------------------------------------------------------
 *
 * json.c
 *	  Strict reading of a JSON reply.
 *
 * The whole grammar is checked here before cJSON sees a copy of the body, for
 * three reasons: cJSON forgives too much, its verdict on long numbers depends
 * on its version, and it does not tell a mistake from a lack of memory.  What
 * it then fails on can only be memory.
 *
 * In that copy each number is blanked to a 0, so that cJSON never converts
 * one; the source texts are kept in a buffer of the document, and the nodes
 * point there.
 *
 *-------------------------------------------------------------------------
 */
#include "core/json.h"

#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits of the longest integer that hw_json_plain_integer writes. */
#define PLAIN_DIGITS_MAX 40

/* Longest exponent that is worth adding up; any longer one is out of reach. */
#define EXPONENT_MAX 100000000L

/*
 * Objects of up to this many names are searched for duplicates in pairs,
 * wider ones are sorted.  The widest documented row has about thirty.
 */
#define PAIRWISE_MAX 48

/* Bytes that may be read behind the copy's end, for reading words. */
#define PADDING 8

/* A number's digits as a string constant. */
#define DIGITS(number) DIGITS_OF(number)
#define DIGITS_OF(number) #number

/* A byte in every byte of a word. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

struct HwJson
{
	cJSON	   *root;			/* owned */
	HwText		numbers;		/* owned; zero-terminated texts of all numbers,
								 * in document order */
};

/* The check's way through the copy, which ends with zero bytes. */
typedef struct Scan
{
	char	   *start;
	char	   *p;				/* where it is, also when it failed */
	char	   *end;
	HwText	   *numbers;
	HwKind		kind;			/* of the failure */
	const char *complaint;		/* what is wrong at p */
} Scan;

/* What may come next. */
typedef enum Expects
{
	VALUE,
	VALUE_OR_END,				/* right behind [ */
	NAME,
	NAME_OR_END,				/* right behind { */
	COMMA_OR_END
} Expects;

/* Second pass: what the tree and the numbers have to be told. */
typedef struct Finish
{
	const char *number;			/* text of the next one */
	const char *numbers_end;
	const cJSON *duplicate;
	HwKind		kind;
} Finish;

static bool scan_document(Scan *scan);
static bool scan_scalar(Scan *scan);
static bool scan_string(Scan *scan);
static bool scan_escape(Scan *scan);
static bool scan_number(Scan *scan);
static bool complain(Scan *scan, const char *complaint);
static void skip_blanks(Scan *scan);
static bool finish_node(Finish *finish, cJSON *node);
static const cJSON *find_duplicate(const cJSON *object, bool *has_memory);
static const cJSON *find_duplicate_sorted(const cJSON *object, size_t count,
										  bool *has_memory);
static size_t name_offset(const cJSON *root, const cJSON *node,
						  const char *body, size_t length);
static bool count_names(const cJSON *list, const cJSON *node, size_t *count);
static void discard(Scan *scan);
static void wipe_strings(cJSON *node);

HwJson *
hw_json_parse(const char *body, size_t length, HwStatus *status)
{
	HwJson	   *json;
	Scan		scan;
	Finish		finish;

	if (length == 0)
	{
		hw_status_set(status, HW_BAD_REPLY, "an empty body");
		return NULL;
	}
	if (length > HW_JSON_BYTES_MAX)
	{
		hw_status_set(status, HW_TOO_LARGE, "a body of more than %d bytes",
					  HW_JSON_BYTES_MAX);
		return NULL;
	}

	json = calloc(1, sizeof(*json));
	scan.start = json ? malloc(length + PADDING) : NULL;
	if (scan.start == NULL)
	{
		free(json);
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	memcpy(scan.start, body, length);
	memset(scan.start + length, 0, PADDING);
	hw_text_init(&json->numbers, 0);
	scan.p = scan.start;
	scan.end = scan.start + length;
	scan.numbers = &json->numbers;
	scan.kind = HW_BAD_REPLY;
	scan.complaint = NULL;

	if (!scan_document(&scan))
	{
		if (scan.complaint)
			hw_status_set(status, scan.kind, "%s at byte %zu", scan.complaint,
						  (size_t) (scan.p - scan.start) + 1);
		else
			hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		discard(&scan);
		hw_json_free(json);
		return NULL;
	}

	/* The zero byte behind the copy is where cJSON has to end. */
	json->root = cJSON_ParseWithLengthOpts(scan.start, length + 1, NULL, 1);
	discard(&scan);
	if (json->root == NULL)
	{
		hw_json_free(json);
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}

	finish.number = hw_text_string(&json->numbers);
	finish.numbers_end = finish.number + json->numbers.length;
	finish.duplicate = NULL;
	finish.kind = HW_OK;
	if (!finish_node(&finish, json->root) ||
		finish.number != finish.numbers_end)
	{
		if (finish.duplicate)
			hw_status_set(status, HW_BAD_REPLY,
						  "a second \"%.100s\" in one object at byte %zu",
						  finish.duplicate->string,
						  name_offset(json->root, finish.duplicate, body,
									  length) + 1);
		else if (finish.kind == HW_OUT_OF_MEMORY)
			hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		else
			hw_status_set(status, HW_INTERNAL,
						  "numbers of the body do not match its tree");
		hw_json_free(json);
		return NULL;
	}
	return json;
}

void
hw_json_free(HwJson *json)
{
	if (json == NULL)
		return;
	cJSON_Delete(json->root);
	hw_text_free(&json->numbers);
	free(json);
}

/* The body may be that of a key, and its length costs nothing. */
static void
discard(Scan *scan)
{
	hw_text_cleanse(scan->start, (size_t) (scan->end - scan->start));
	free(scan->start);
}

/* As deep as the check allows. */
static void
wipe_strings(cJSON *node)
{
	for (; node; node = node->next)
	{
		if (cJSON_IsString(node) && node->valuestring)
			hw_text_cleanse(node->valuestring, strlen(node->valuestring));
		wipe_strings(node->child);
	}
}

void
hw_json_wipe(HwJson *json)
{
	if (json)
		wipe_strings(json->root);
	hw_json_free(json);
}

const HwNode *
hw_json_root(const HwJson *json)
{
	return json->root;
}

HwNodeKind
hw_json_kind(const HwNode *node)
{
	switch (node->type & 0xff)
	{
		case cJSON_False:
			return HW_NODE_FALSE;
		case cJSON_True:
			return HW_NODE_TRUE;
		case cJSON_Number:
			return HW_NODE_NUMBER;
		case cJSON_String:
			return HW_NODE_STRING;
		case cJSON_Array:
			return HW_NODE_ARRAY;
		case cJSON_Object:
			return HW_NODE_OBJECT;
		default:
			return HW_NODE_NULL;
	}
}

const char *
hw_json_name(const HwNode *node)
{
	return node->string;
}

const HwNode *
hw_json_child(const HwNode *node)
{
	return node->child;
}

const HwNode *
hw_json_next(const HwNode *node)
{
	return node->next;
}

const HwNode *
hw_json_find(const HwNode *node, const char *name)
{
	const HwNode *member;

	if (node == NULL || hw_json_kind(node) != HW_NODE_OBJECT)
		return NULL;
	for (member = node->child; member; member = member->next)
	{
		if (strcmp(member->string, name) == 0)
			return member;
	}
	return NULL;
}

const char *
hw_json_text(const HwNode *node)
{
	HwNodeKind	kind = hw_json_kind(node);

	return kind == HW_NODE_STRING || kind == HW_NODE_NUMBER ?
		node->valuestring : NULL;
}

/* Recursion ends at HW_JSON_DEPTH_MAX. */
bool
hw_json_print(const HwNode *node, HwText *out)
{
	HwNodeKind	kind = hw_json_kind(node);
	const HwNode *child;

	switch (kind)
	{
		case HW_NODE_NULL:
			return hw_text_append(out, "null", 4);
		case HW_NODE_FALSE:
			return hw_text_append(out, "false", 5);
		case HW_NODE_TRUE:
			return hw_text_append(out, "true", 4);
		case HW_NODE_NUMBER:
			return hw_text_puts(out, node->valuestring);
		case HW_NODE_STRING:
			return hw_json_quote(node->valuestring, out);
		case HW_NODE_ARRAY:
		case HW_NODE_OBJECT:
			break;
	}

	hw_text_putc(out, kind == HW_NODE_ARRAY ? '[' : '{');
	for (child = node->child; child; child = child->next)
	{
		if (child != node->child)
			hw_text_putc(out, ',');
		if (kind == HW_NODE_OBJECT)
		{
			hw_json_quote(child->string, out);
			hw_text_putc(out, ':');
		}
		if (!hw_json_print(child, out))
			return false;
	}
	return hw_text_putc(out, kind == HW_NODE_ARRAY ? ']' : '}');
}

bool
hw_json_integer(const HwNode *node, long long *value)
{
	const char *text = hw_json_text(node);
	char		plain[48];
	const char *digit = plain;
	long long	result = 0;
	bool		is_negative;

	if (text == NULL || !hw_json_plain_integer(text, plain))
		return false;
	is_negative = *digit == '-';
	if (is_negative)
		digit++;

	/* Downwards, since the smallest number has no counterpart. */
	for (; *digit; digit++)
	{
		if (__builtin_mul_overflow(result, 10LL, &result) ||
			__builtin_sub_overflow(result, (long long) (*digit - '0'),
								   &result))
			return false;
	}
	if (!is_negative && __builtin_sub_overflow(0LL, result, &result))
		return false;
	*value = result;
	return true;
}

bool
hw_json_plain_integer(const char *number, char plain[48])
{
	const char *p = number;
	const char *mantissa;
	const char *first = NULL;	/* first and last digit that is not 0 */
	const char *last = NULL;
	long		ndigits = 0;	/* from first to last */
	long		nzeros = 0;		/* behind last */
	long		nfraction = 0;	/* behind the point */
	long		exponent = 0;
	bool		is_negative = false;
	char	   *out = plain;

	if (*p == '-')
	{
		is_negative = true;
		p++;
	}
	if (*p < '0' || *p > '9' || (*p == '0' && p[1] >= '0' && p[1] <= '9'))
		return false;

	for (mantissa = p; (*p >= '0' && *p <= '9') || *p == '.'; p++)
	{
		if (*p == '.')
		{
			if (memchr(mantissa, '.', (size_t) (p - mantissa)) ||
				p[1] < '0' || p[1] > '9')
				return false;
			nfraction = 1;		/* counts one more than there are */
			continue;
		}
		if (nfraction > 0)
			nfraction++;
		if (*p != '0')
		{
			if (first == NULL)
				first = p;
			last = p;
			ndigits += nzeros + 1;
			nzeros = 0;
		}
		else if (first)
			nzeros++;
	}
	if (nfraction > 0)
		nfraction--;

	if (*p == 'e' || *p == 'E')
	{
		bool		is_minus = *++p == '-';

		if (*p == '-' || *p == '+')
			p++;
		if (*p < '0' || *p > '9')
			return false;
		for (; *p >= '0' && *p <= '9'; p++)
		{
			if (exponent < EXPONENT_MAX)
				exponent = exponent * 10 + (*p - '0');
		}
		if (is_minus)
			exponent = -exponent;
	}
	if (*p != '\0')
		return false;

	if (first == NULL)
	{
		memcpy(plain, "0", sizeof("0"));
		return true;
	}
	nzeros += exponent - nfraction;
	if (nzeros < 0 || ndigits > PLAIN_DIGITS_MAX ||
		nzeros > PLAIN_DIGITS_MAX - ndigits)
		return false;
	if (is_negative)
		*out++ = '-';
	for (p = first; p <= last; p++)
	{
		if (*p != '.')
			*out++ = *p;
	}
	memset(out, '0', (size_t) nzeros);
	out[nzeros] = '\0';
	return true;
}

/*
 * Checks the whole grammar without recursion.  Each bit of objects tells of
 * one open level whether it is an object.
 */
static bool
scan_document(Scan *scan)
{
	uint64_t	objects = 0;
	int			depth = 0;
	Expects		expects = VALUE;

	_Static_assert(HW_JSON_DEPTH_MAX < 64, "levels must fit a word");

	for (;;)
	{
		char		c;
		bool		is_object = objects & 1;

		skip_blanks(scan);
		c = *scan->p;
		if (c == '\0' && scan->p == scan->end)
		{
			if (depth == 0 && expects == COMMA_OR_END)
				return true;
			return complain(scan, "an end too early");
		}

		switch (expects)
		{
			case VALUE_OR_END:
			case VALUE:
				if (c == ']' && expects == VALUE_OR_END)
					break;
				if (c != '{' && c != '[')
				{
					if (!scan_scalar(scan))
						return false;
					expects = COMMA_OR_END;
					continue;
				}
				if (depth == HW_JSON_DEPTH_MAX)
				{
					scan->kind = HW_TOO_LARGE;
					return complain(scan, "nesting of more than "
									DIGITS(HW_JSON_DEPTH_MAX) " levels");
				}
				depth++;
				objects = objects << 1 | (c == '{');
				expects = c == '{' ? NAME_OR_END : VALUE_OR_END;
				scan->p++;
				continue;
			case NAME_OR_END:
			case NAME:
				if (c == '}' && expects == NAME_OR_END)
					break;
				if (c != '"')
					return complain(scan, "something else than a name");
				if (!scan_string(scan))
					return false;
				skip_blanks(scan);
				if (*scan->p != ':')
					return complain(scan, "no colon behind a name");
				scan->p++;
				expects = VALUE;
				continue;
			case COMMA_OR_END:
				if (depth == 0)
					return complain(scan, "trailing bytes");
				if (c == ',')
				{
					scan->p++;
					expects = is_object ? NAME : VALUE;
					continue;
				}
				if (c != (is_object ? '}' : ']'))
					return complain(scan, "no comma or end");
				break;
		}

		/* Only an object's or list's end is left. */
		scan->p++;
		depth--;
		objects >>= 1;
		expects = COMMA_OR_END;
	}
}

static bool
scan_scalar(Scan *scan)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t		i;

	if (*scan->p == '"')
		return scan_string(scan);
	if (*scan->p == '-' || (*scan->p >= '0' && *scan->p <= '9'))
		return scan_number(scan);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		size_t		length = strlen(words[i]);

		if (strncmp(scan->p, words[i], length) == 0)
		{
			scan->p += length;
			return true;
		}
	}
	if (*scan->p == '+' || *scan->p == '.')
		return complain(scan, "a malformed number");
	return complain(scan, "no value");
}

/*
 * Most bytes of a body are in here.  Words of eight ASCII bytes without a
 * quote, a backslash or a control character are passed over at once; each of
 * the four tests sets the top bit of a byte that is one, and perhaps of bytes
 * above it, which costs a look but no more.
 */
static bool
scan_string(Scan *scan)
{
	char	   *p = scan->p + 1;

	for (;;)
	{
		uint64_t	word;
		uint64_t	quotes;
		uint64_t	slashes;
		unsigned char c;

		/* The padding stops this, as control characters do. */
		for (;;)
		{
			memcpy(&word, p, sizeof(word));
			quotes = word ^ EACH('"');
			slashes = word ^ EACH('\\');
			if ((word | ((word - EACH(0x20)) & ~word) |
				 ((quotes - EACH(1)) & ~quotes) |
				 ((slashes - EACH(1)) & ~slashes)) & EACH(0x80))
				break;
			p += sizeof(word);
		}
		c = (unsigned char) *p;
		while (c >= 0x20 && c < 0x80 && c != '"' && c != '\\')
			c = (unsigned char) *++p;

		scan->p = p;
		if (c == '"')
		{
			scan->p++;
			return true;
		}
		if (c == '\\')
		{
			if (!scan_escape(scan))
				return false;
			p = scan->p;
		}
		else if (c >= 0x80)
		{
			/* Texts in other scripts come in runs. */
			do
			{
				size_t		bytes;

				bytes = hw_text_character(p, (size_t) (scan->end - p));
				scan->p = p;
				if (bytes == 0)
					return complain(scan, "invalid UTF-8");
				p += bytes;
			} while ((unsigned char) *p >= 0x80);
		}
		else if (p == scan->end)
			return complain(scan, "an end too early");
		else if (c == 0)
			return complain(scan, "U+0000");
		else
			return complain(scan, "a control character");
	}
}

/* The four hex digits at p, or -1. */
static long
hex4(const char *p)
{
	long		value = 0;
	int			i;

	for (i = 0; i < 4; i++)
	{
		char		c = p[i];

		if (c >= '0' && c <= '9')
			value = value * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else if (c >= 'A' && c <= 'F')
			value = value * 16 + (c - 'A' + 10);
		else
			return -1;
	}
	return value;
}

static bool
scan_escape(Scan *scan)
{
	const char *p = scan->p;
	long		code;

	if (p[1] != 'u')
	{
		if (p[1] == '\0' || strchr("\"\\/bfnrt", p[1]) == NULL)
			return complain(scan, "an invalid escape");
		scan->p += 2;
		return true;
	}

	code = hex4(p + 2);
	if (code < 0)
		return complain(scan, "an invalid escape");
	if (code == 0)
		return complain(scan, "U+0000");
	if (code < 0xd800 || code > 0xdfff)
	{
		scan->p += 6;
		return true;
	}
	if (code > 0xdbff || p[6] != '\\' || p[7] != 'u')
		return complain(scan, "an unpaired surrogate");
	code = hex4(p + 8);
	if (code < 0xdc00 || code > 0xdfff)
		return complain(scan, "an unpaired surrogate");
	scan->p += 12;
	return true;
}

/* Keeps the number's text, and leaves 0 and blanks in the copy. */
static bool
scan_number(Scan *scan)
{
	char	   *p = scan->p;
	char	   *begin = p;
	bool		is_good;

#define IS_DIGIT(c) ((c) >= '0' && (c) <= '9')
	if (*p == '-')
		p++;
	is_good = IS_DIGIT(*p);
	if (*p == '0')
		p++;
	else
	{
		while (IS_DIGIT(*p))
			p++;
	}
	if (*p == '.')
	{
		p++;
		is_good = is_good && IS_DIGIT(*p);
		while (IS_DIGIT(*p))
			p++;
	}
	if (*p == 'e' || *p == 'E')
	{
		p++;
		if (*p == '+' || *p == '-')
			p++;
		is_good = is_good && IS_DIGIT(*p);
		while (IS_DIGIT(*p))
			p++;
	}
	if (!is_good || (*p && strchr("0123456789+-.eE", *p)))
		return complain(scan, "a malformed number");
#undef IS_DIGIT

	hw_text_append(scan->numbers, begin, (size_t) (p - begin));
	if (!hw_text_putc(scan->numbers, '\0'))
		return false;
	memset(begin, ' ', (size_t) (p - begin));
	*begin = '0';
	scan->p = p;
	return true;
}

/* A byte that fits nowhere has better names than what was missing there. */
static bool
complain(Scan *scan, const char *complaint)
{
	unsigned char c = (unsigned char) *scan->p;

	scan->complaint = complaint;
	if (scan->p == scan->end)
		scan->complaint = "an end too early";
	else if (c == 0)
		scan->complaint = "U+0000";
	else if (c >= 0x80 &&
			 hw_text_character(scan->p, (size_t) (scan->end - scan->p)) == 0)
		scan->complaint = "invalid UTF-8";
	return false;
}

static void
skip_blanks(Scan *scan)
{
	while (*scan->p == ' ' || *scan->p == '\n' || *scan->p == '\r' ||
		   *scan->p == '\t')
		scan->p++;
}

/*
 * Gives numbers their texts and looks for duplicate names.  The walk meets
 * numbers in document order, as the scan did.  A node with cJSON_IsReference
 * does not own its valuestring, so cJSON_Delete leaves it alone.
 */
static bool
finish_node(Finish *finish, cJSON *node)
{
	cJSON	   *child;

	if (cJSON_IsNumber(node))
	{
		if (finish->number == finish->numbers_end)
			return false;
		node->valuestring = (char *) finish->number;
		node->type |= cJSON_IsReference;
		finish->number += strlen(finish->number) + 1;
		return true;
	}
	if (cJSON_IsObject(node))
	{
		bool		has_memory = true;

		finish->duplicate = find_duplicate(node, &has_memory);
		if (!has_memory)
			finish->kind = HW_OUT_OF_MEMORY;
		if (finish->duplicate || !has_memory)
			return false;
	}
	for (child = node->child; child; child = child->next)
	{
		if ((child->child || cJSON_IsNumber(child)) &&
			!finish_node(finish, child))
			return false;
	}
	return true;
}

/* Equal for equal names, and mostly for no others. */
static uint32_t
mark_of(const char *name)
{
	size_t		length = strlen(name);

	if (length == 0)
		return 0;
	return (uint32_t) (unsigned char) name[0] << 24 |
		(uint32_t) (unsigned char) name[length / 2] << 16 |
		(uint32_t) (unsigned char) name[length - 1] << 8 |
		(uint32_t) (length & 0xff);
}

/* The first member whose name an earlier one has, or NULL. */
static const cJSON *
find_duplicate(const cJSON *object, bool *has_memory)
{
	const cJSON *members[PAIRWISE_MAX];
	uint32_t	marks[PAIRWISE_MAX];	/* equal for equal names */
	uint64_t	bits = 0;		/* one for each mark so far */
	size_t		count = 0;
	const cJSON *member;

	for (member = object->child; member; member = member->next)
	{
		uint32_t	mark;
		uint64_t	bit;
		size_t		i;

		if (count == PAIRWISE_MAX)
		{
			for (; member; member = member->next)
				count++;
			return find_duplicate_sorted(object, count, has_memory);
		}
		/* Names whose marks fall on different bits differ. */
		mark = mark_of(member->string);
		bit = UINT64_C(1) << (mark * UINT32_C(0x9e3779b1) >> 26);
		for (i = 0; (bits & bit) && i < count; i++)
		{
			if (marks[i] == mark &&
				strcmp(members[i]->string, member->string) == 0)
				return member;
		}
		bits |= bit;
		members[count] = member;
		marks[count++] = mark;
	}
	return NULL;
}

/* A member and its place, so that equal names keep their order. */
typedef struct Named
{
	const cJSON *member;
	size_t		place;
} Named;

static int
compare_named(const void *a, const void *b)
{
	const Named *left = a;
	const Named *right = b;
	int			order = strcmp(left->member->string, right->member->string);

	if (order != 0)
		return order;
	return left->place < right->place ? -1 : left->place > right->place;
}

static const cJSON *
find_duplicate_sorted(const cJSON *object, size_t count, bool *has_memory)
{
	Named	   *named = malloc(count * sizeof(*named));
	const Named *earliest = NULL;
	const cJSON *duplicate;
	const cJSON *member;
	size_t		i = 0;

	if (named == NULL)
	{
		*has_memory = false;
		return NULL;
	}
	for (member = object->child; member; member = member->next)
	{
		named[i].member = member;
		named[i].place = i;
		i++;
	}
	qsort(named, count, sizeof(*named), compare_named);
	for (i = 1; i < count; i++)
	{
		if (strcmp(named[i - 1].member->string, named[i].member->string) == 0 &&
			(earliest == NULL || named[i].place < earliest->place))
			earliest = &named[i];
	}
	duplicate = earliest ? earliest->member : NULL;
	free(named);
	return duplicate;
}

/*
 * Where a member's name stands in a body that passed the scan.  Nodes do not
 * know, so names are counted up to it in the tree, and again in the body.
 */
static size_t
name_offset(const cJSON *root, const cJSON *node, const char *body,
			size_t length)
{
	size_t		wanted = 0;
	size_t		seen = 0;
	size_t		begin;
	size_t		at = 0;

	count_names(root->child, node, &wanted);
	while (at < length)
	{
		if (body[at] != '"')
		{
			at++;
			continue;
		}
		for (begin = at++; body[at] != '"'; at++)
		{
			if (body[at] == '\\')
				at++;
		}
		at++;
		while (at < length && strchr(" \t\r\n", body[at]))
			at++;
		if (at < length && body[at] == ':' && ++seen == wanted)
			return begin;
	}
	return 0;
}

/* True once node was met. */
static bool
count_names(const cJSON *list, const cJSON *node, size_t *count)
{
	for (; list; list = list->next)
	{
		if (list->string)
			++*count;
		if (list == node || count_names(list->child, node, count))
			return true;
	}
	return false;
}

bool
hw_json_quote(const char *string, HwText *out)
{
	const char *p = string;

	hw_text_putc(out, '"');
	for (;;)
	{
		const char *run = p;

		while ((unsigned char) *p >= 0x20 && *p != '"' && *p != '\\')
			p++;
		hw_text_append(out, run, (size_t) (p - run));
		if (*p == '\0')
			break;
		if (*p == '"' || *p == '\\')
		{
			hw_text_putc(out, '\\');
			hw_text_putc(out, *p);
		}
		else
			hw_text_printf(out, "\\u%04X", (unsigned) *p);
		p++;
	}
	return hw_text_putc(out, '"');
}
