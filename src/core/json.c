/*-------------------------------------------------------------------------
 *
 * json.c
 *	  Strict reading of a JSON reply.
 *
 * One pass over a copy of the body, in which texts stay where they are: a
 * string is unescaped in place and ends with a zero byte where its quote was;
 * a number moves down by a byte, over what stood in front of it, to have room
 * for one.  Nodes come from blocks.  So a document costs a few allocations,
 * however many values it has.
 *
 * Why no library: docs/architecture.md, "Decisions".  test/fuzz compares what
 * is read here with what cJSON reads.
 *
 *-------------------------------------------------------------------------
 */
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/stop.h"

/*
 * Objects of up to this many names are searched for duplicates in pairs,
 * wider ones are sorted.  The widest documented row has about thirty.
 */
#define PAIRWISE_MAX 48

/* Bytes that may be read behind the copy's end, for reading words. */
#define PADDING 8

/* Nodes of the first block, enough for a single object; later ones double. */
#define BLOCK_MIN 64
#define BLOCK_MAX 4096

/* A number's digits as a string constant. */
#define DIGITS(number) DIGITS_OF(number)
#define DIGITS_OF(number) #number

/* A byte in every byte of a word. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

typedef struct Block
{
	struct Block *next;			/* allocated before this one */
	size_t		count;
	size_t		used;
	HwNode		nodes[];
} Block;

struct HwJson
{
	HwNode	   *root;			/* in a block */
	Block	   *blocks;			/* owned; the newest first */
	char	   *bytes;			/* owned; a spare byte, then the body's copy,
								 * which the texts of nodes lie in */
	size_t		length;			/* of the body */
};

/* The way through the copy, which ends with zero bytes. */
typedef struct Reader
{
	HwJson	   *json;
	char	   *start;
	char	   *p;				/* where it is, also when it failed */
	char	   *end;
	int			depth;			/* objects and lists that are open */
	unsigned	nvalues;		/* that were begun */
	HwKind		kind;			/* of the failure */
	const char *complaint;		/* what is wrong at p; NULL: no memory */
	const HwNode *duplicate;	/* or whose name is there already */
} Reader;

static bool read_body(Reader *reader);
static HwNode *read_value(Reader *reader);
static bool read_list(Reader *reader, HwNode *list);
static bool read_object(Reader *reader, HwNode *object);
static bool read_string(Reader *reader, const char **text, uint32_t *length);
static bool read_escape(Reader *reader, char **out);
static bool read_number(Reader *reader, HwNode *number);
static bool read_word(Reader *reader, HwNode *node);
static bool complain(Reader *reader, const char *complaint);
static void explain(const Reader *reader, HwStatus *status);
static void skip_blanks(Reader *reader);
static HwNode *new_node(HwJson *json, HwNodeKind kind);
static bool has_unique_names(Reader *reader, const HwNode *object);
static bool has_unique_sorted(Reader *reader, const HwNode *object,
							  size_t count);

HwJson *
hw_json_parse(const char *body, size_t length, HwStatus *status)
{
	Reader		reader = {.kind = HW_BAD_REPLY};
	HwJson	   *json;

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
	if (json)
		json->bytes = malloc(1 + length + PADDING);
	if (json == NULL || json->bytes == NULL)
	{
		hw_json_free(json);
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	json->length = length;
	reader.json = json;
	reader.p = reader.start = json->bytes + 1;
	reader.end = reader.start + length;
	memcpy(reader.start, body, length);
	memset(reader.end, 0, PADDING);
	if (!read_body(&reader))
	{
		explain(&reader, status);
		hw_json_wipe(json);
		return NULL;
	}
	return json;
}

void
hw_json_free(HwJson *json)
{
	if (json == NULL)
		return;
	while (json->blocks)
	{
		Block	   *block = json->blocks;

		json->blocks = block->next;
		free(block);
	}
	free(json->bytes);
	free(json);
}

void
hw_json_wipe(HwJson *json)
{
	if (json)
		hw_text_cleanse(json->bytes, 1 + json->length);
	hw_json_free(json);
}

const HwNode *
hw_json_root(const HwJson *json)
{
	return json->root;
}

const HwNode *
hw_json_find(const HwNode *node, const char *name)
{
	const HwNode *member;

	if (node == NULL || hw_json_kind(node) != HW_NODE_OBJECT)
		return NULL;
	for (member = hw_json_child(node); member; member = member->next)
	{
		if (strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
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
			return hw_text_append(out, node->text, node->length);
		case HW_NODE_STRING:
			return hw_json_quote(node->text, out);
		case HW_NODE_ARRAY:
		case HW_NODE_OBJECT:
			break;
	}

	hw_text_putc(out, kind == HW_NODE_ARRAY ? '[' : '{');
	for (child = node->first; child; child = child->next)
	{
		if (child != node->first)
			hw_text_putc(out, ',');
		if (kind == HW_NODE_OBJECT)
		{
			hw_json_quote(child->name, out);
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

	return text && hw_number_integer(text, value);
}

/* One value and nothing behind it. */
static bool
read_body(Reader *reader)
{
	skip_blanks(reader);
	reader->json->root = read_value(reader);
	if (reader->json->root == NULL)
		return false;
	skip_blanks(reader);
	return reader->p == reader->end || complain(reader, "trailing bytes");
}

static bool
must_stop(Reader *reader)
{
	if (++reader->nvalues % HW_STOP_EVERY != 0 || hw_stop_asked == NULL ||
		!hw_stop_asked())
		return false;
	reader->kind = HW_STOPPED;
	reader->complaint = "a request to stop";
	return true;
}

/* The value that begins here; NULL on failure. */
static HwNode *
read_value(Reader *reader)
{
	HwNode	   *node = new_node(reader->json, HW_NODE_NULL);
	bool		is_good;

	if (node == NULL || must_stop(reader))
		return NULL;
	switch (*reader->p)
	{
		case '{':
			is_good = read_object(reader, node);
			break;
		case '[':
			is_good = read_list(reader, node);
			break;
		case '"':
			node->kind = HW_NODE_STRING;
			is_good = read_string(reader, &node->text, &node->length);
			break;
		case '-':
		case '0' ... '9':
			is_good = read_number(reader, node);
			break;
		default:
			is_good = read_word(reader, node);
			break;
	}
	return is_good ? node : NULL;
}

/* Goes into an object or a list, up to its first element or end. */
static bool
enter(Reader *reader)
{
	if (reader->depth == HW_JSON_DEPTH_MAX)
	{
		reader->kind = HW_TOO_LARGE;
		return complain(reader, "nesting of more than "
						DIGITS(HW_JSON_DEPTH_MAX) " levels");
	}
	reader->depth++;
	reader->p++;
	skip_blanks(reader);
	return true;
}

/*
 * Goes on behind an element: to the next one, or behind the end, which sets
 * is_over.
 */
static bool
go_on(Reader *reader, char end, bool *is_over)
{
	skip_blanks(reader);
	*is_over = *reader->p == end;
	if (!*is_over && *reader->p != ',')
		return complain(reader, "no comma or end");
	reader->p++;
	if (*is_over)
		reader->depth--;
	else
		skip_blanks(reader);
	return true;
}

static bool
read_list(Reader *reader, HwNode *list)
{
	const HwNode **next = &list->first;
	bool		is_over = false;

	list->kind = HW_NODE_ARRAY;
	if (!enter(reader))
		return false;
	if (*reader->p == ']')
		return go_on(reader, ']', &is_over);
	while (!is_over)
	{
		HwNode	   *element = read_value(reader);

		if (element == NULL)
			return false;
		*next = element;
		next = &element->next;
		if (!go_on(reader, ']', &is_over))
			return false;
	}
	return true;
}

static bool
read_object(Reader *reader, HwNode *object)
{
	const HwNode **next = &object->first;
	bool		is_over = false;

	object->kind = HW_NODE_OBJECT;
	if (!enter(reader))
		return false;
	if (*reader->p == '}')
		return go_on(reader, '}', &is_over);
	while (!is_over)
	{
		const char *name = NULL;
		uint32_t	length = 0;
		HwNode	   *member;

		if (*reader->p != '"')
			return complain(reader, "something else than a name");
		if (!read_string(reader, &name, &length))
			return false;
		skip_blanks(reader);
		if (*reader->p != ':')
			return complain(reader, "no colon behind a name");
		reader->p++;
		skip_blanks(reader);
		member = read_value(reader);
		if (member == NULL)
			return false;
		member->name = name;
		member->name_length = length;
		*next = member;
		next = &member->next;
		if (!go_on(reader, '}', &is_over))
			return false;
	}
	return has_unique_names(reader, object);
}

/*
 * Most bytes of a body are in strings.  Words of eight ASCII bytes without a
 * quote, a backslash or a control character are passed over at once; each of
 * the four tests sets the top bit of a byte that is one, and perhaps of bytes
 * above it, which costs a look but no more.  The padding stops this, as
 * control characters do.
 */
static char *
skip_plain(char *p)
{
	for (;;)
	{
		uint64_t	word;
		uint64_t	quotes;
		uint64_t	slashes;

		memcpy(&word, p, sizeof(word));
		quotes = word ^ EACH('"');
		slashes = word ^ EACH('\\');
		if ((word | ((word - EACH(0x20)) & ~word) |
			 ((quotes - EACH(1)) & ~quotes) |
			 ((slashes - EACH(1)) & ~slashes)) & EACH(0x80))
			break;
		p += sizeof(word);
	}
	while ((unsigned char) *p >= 0x20 && (unsigned char) *p < 0x80 &&
		   *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Behind the characters beyond ASCII here; NULL when one is none. */
static char *
skip_characters(Reader *reader, char *p)
{
	do
	{
		size_t		bytes = hw_text_character(p, (size_t) (reader->end - p));

		reader->p = p;
		if (bytes == 0)
		{
			complain(reader, "invalid UTF-8");
			return NULL;
		}
		p += bytes;
	} while ((unsigned char) *p >= 0x80);
	return p;
}

/* Unescapes in place: what is written is never ahead of what is read. */
static bool
read_string(Reader *reader, const char **text, uint32_t *length)
{
	char	   *begin = reader->p + 1;
	char	   *out = begin;
	char	   *run = begin;	/* not yet moved to out */
	char	   *p = begin;

	for (;;)
	{
		p = skip_plain(p);
		if ((unsigned char) *p >= 0x80)
		{
			p = skip_characters(reader, p);
			if (p == NULL)
				return false;
			continue;
		}
		if (out != run)
			memmove(out, run, (size_t) (p - run));
		out += p - run;
		reader->p = p;
		if (*p == '"')
			break;
		if (*p != '\\')
			return complain(reader, "a control character");
		if (!read_escape(reader, &out))
			return false;
		p = run = reader->p;
	}
	reader->p++;
	*out = '\0';
	*text = begin;
	*length = (uint32_t) (out - begin);
	return true;
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

/* Writes a code point as UTF-8. */
static char *
put_character(char *out, unsigned long code)
{
	if (code < 0x80)
		*out++ = (char) code;
	else if (code < 0x800)
	{
		*out++ = (char) (0xc0 | code >> 6);
		*out++ = (char) (0x80 | (code & 0x3f));
	}
	else if (code < 0x10000)
	{
		*out++ = (char) (0xe0 | code >> 12);
		*out++ = (char) (0x80 | (code >> 6 & 0x3f));
		*out++ = (char) (0x80 | (code & 0x3f));
	}
	else
	{
		*out++ = (char) (0xf0 | code >> 18);
		*out++ = (char) (0x80 | (code >> 12 & 0x3f));
		*out++ = (char) (0x80 | (code >> 6 & 0x3f));
		*out++ = (char) (0x80 | (code & 0x3f));
	}
	return out;
}

static bool
read_escape(Reader *reader, char **out)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	const char *p = reader->p;
	const char *letter;
	long		code;
	long		low;

	if (p[1] != 'u')
	{
		letter = p[1] ? strchr(letters, p[1]) : NULL;
		if (letter == NULL)
			return complain(reader, "an invalid escape");
		*(*out)++ = meanings[letter - letters];
		reader->p += 2;
		return true;
	}

	code = hex4(p + 2);
	if (code < 0)
		return complain(reader, "an invalid escape");
	if (code == 0)
		return complain(reader, "U+0000");
	reader->p += 6;
	if (code >= 0xd800 && code <= 0xdfff)
	{
		low = p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : -1;
		if (code > 0xdbff || low < 0xdc00 || low > 0xdfff)
		{
			reader->p -= 6;
			return complain(reader, "an unpaired surrogate");
		}
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
		reader->p += 6;
	}
	*out = put_character(*out, (unsigned long) code);
	return true;
}

static char *
skip_digits(char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* Moves the number's text down, for a zero byte behind it. */
static bool
read_number(Reader *reader, HwNode *number)
{
	char	   *begin = reader->p;
	char	   *p = begin + (*begin == '-');
	char	   *part = p;
	bool		is_good;

	p = *p == '0' ? p + 1 : skip_digits(p);
	is_good = p > part;
	if (*p == '.')
	{
		part = p + 1;
		p = skip_digits(part);
		is_good &= p > part;
	}
	if (*p == 'e' || *p == 'E')
	{
		part = p + 1;
		part += *part == '+' || *part == '-';
		p = skip_digits(part);
		is_good &= p > part;
	}
	if (!is_good || (*p && strchr("0123456789+-.eE", *p)))
		return complain(reader, "a malformed number");

	number->kind = HW_NODE_NUMBER;
	number->length = (uint32_t) (p - begin);
	number->text = memmove(begin - 1, begin, number->length);
	p[-1] = '\0';
	reader->p = p;
	return true;
}

static bool
read_word(Reader *reader, HwNode *node)
{
	static const struct
	{
		const char *word;
		HwNodeKind	kind;
	}			words[] = {
		{"null", HW_NODE_NULL}, {"true", HW_NODE_TRUE},
		{"false", HW_NODE_FALSE}
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		size_t		length = strlen(words[i].word);

		if (strncmp(reader->p, words[i].word, length) == 0)
		{
			node->kind = words[i].kind;
			reader->p += length;
			return true;
		}
	}
	if (*reader->p == '+' || *reader->p == '.')
		return complain(reader, "a malformed number");
	return complain(reader, "no value");
}

/* A byte that fits nowhere has better names than what was missing there. */
static bool
complain(Reader *reader, const char *complaint)
{
	unsigned char c = (unsigned char) *reader->p;

	reader->complaint = complaint;
	if (reader->p == reader->end)
		reader->complaint = "an end too early";
	else if (c == 0)
		reader->complaint = "U+0000";
	else if (c >= 0x80 &&
			 hw_text_character(reader->p,
							   (size_t) (reader->end - reader->p)) == 0)
		reader->complaint = "invalid UTF-8";
	return false;
}

static void
explain(const Reader *reader, HwStatus *status)
{
	/* A name's text begins behind its quote. */
	if (reader->duplicate)
		hw_status_set(status, HW_BAD_REPLY,
					  "a second \"%.100s\" in one object at byte %zu",
					  reader->duplicate->name,
					  (size_t) (reader->duplicate->name - reader->start));
	else if (reader->complaint)
		hw_status_set(status, reader->kind, "%s at byte %zu",
					  reader->complaint,
					  (size_t) (reader->p - reader->start) + 1);
	else
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
}

static void
skip_blanks(Reader *reader)
{
	while (*reader->p == ' ' || *reader->p == '\n' || *reader->p == '\r' ||
		   *reader->p == '\t')
		reader->p++;
}

static HwNode *
new_node(HwJson *json, HwNodeKind kind)
{
	Block	   *block = json->blocks;
	HwNode	   *node;

	if (block == NULL || block->used == block->count)
	{
		size_t		count = block == NULL ? BLOCK_MIN :
			block->count < BLOCK_MAX ? block->count * 2 : BLOCK_MAX;

		block = malloc(sizeof(Block) + count * sizeof(HwNode));
		if (block == NULL)
			return NULL;
		block->next = json->blocks;
		block->count = count;
		block->used = 0;
		json->blocks = block;
	}
	node = &block->nodes[block->used++];
	memset(node, 0, sizeof(*node));
	node->kind = kind;
	return node;
}

/* Equal for equal names, and mostly for no others. */
static uint32_t
mark_of(const HwNode *member)
{
	const unsigned char *name = (const unsigned char *) member->name;
	uint32_t	length = member->name_length;

	if (length == 0)
		return 0;
	return (uint32_t) name[0] << 24 | (uint32_t) name[length / 2] << 16 |
		(uint32_t) name[length - 1] << 8 | (length & 0xff);
}

static bool
is_same_name(const HwNode *a, const HwNode *b)
{
	return a->name_length == b->name_length &&
		memcmp(a->name, b->name, a->name_length) == 0;
}

/*
 * Notes the first member whose name an earlier one has.  Only members whose
 * marks fall on one bit need to be compared.
 */
static bool
has_unique_names(Reader *reader, const HwNode *object)
{
	const HwNode *members[PAIRWISE_MAX];
	uint32_t	marks[PAIRWISE_MAX];	/* equal for equal names */
	uint64_t	bits = 0;		/* one for each mark so far */
	size_t		count = 0;

	for (const HwNode *member = object->first; member; member = member->next)
	{
		uint32_t	mark = mark_of(member);
		uint64_t	bit = UINT64_C(1) << (mark * UINT32_C(0x9e3779b1) >> 26);

		if (count == PAIRWISE_MAX)
		{
			for (; member; member = member->next)
				count++;
			return has_unique_sorted(reader, object, count);
		}
		for (size_t i = 0; (bits & bit) && i < count; i++)
		{
			if (marks[i] == mark && is_same_name(members[i], member))
			{
				reader->duplicate = member;
				return false;
			}
		}
		bits |= bit;
		members[count] = member;
		marks[count++] = mark;
	}
	return true;
}

/* A member and its place, so that equal names keep their order. */
typedef struct Named
{
	const HwNode *member;
	size_t		place;
} Named;

static int
compare_named(const void *a, const void *b)
{
	const Named *left = a;
	const Named *right = b;
	int			order = strcmp(left->member->name, right->member->name);

	if (order != 0)
		return order;
	return left->place < right->place ? -1 : left->place > right->place;
}

/* The same for an object of many members. */
static bool
has_unique_sorted(Reader *reader, const HwNode *object, size_t count)
{
	Named	   *named = malloc(count * sizeof(*named));
	const Named *earliest = NULL;
	size_t		i = 0;

	if (named == NULL)
		return false;
	for (const HwNode *member = object->first; member; member = member->next)
	{
		named[i].member = member;
		named[i].place = i;
		i++;
	}
	qsort(named, count, sizeof(*named), compare_named);
	for (i = 1; i < count; i++)
	{
		if (is_same_name(named[i - 1].member, named[i].member) &&
			(earliest == NULL || named[i].place < earliest->place))
			earliest = &named[i];
	}
	reader->duplicate = earliest ? earliest->member : NULL;
	free(named);
	return reader->duplicate == NULL;
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
