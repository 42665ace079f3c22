/*-------------------------------------------------------------------------
 *
 * fuzz_json.c
 *	  JSON: what is accepted, what is refused, and what becomes of it.
 *
 * Second opinions: a recursive reader written along RFC 8259 that decides
 * which bodies are to be accepted; cJSON itself, fed with the body as it is,
 * for the tree; the number texts as they stand in the body.
 *
 *-------------------------------------------------------------------------
 */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "fuzz.h"

/* cJSON reads at most this many characters of a number. */
#define CJSON_NUMBER_MAX 62

/* --- a reader along the grammar ------------------------------------- */

typedef struct Reader
{
	const char *p;
	const char *end;
	size_t		longest_number;
} Reader;

static bool read_value(Reader *reader, int depth);

static bool
at(const Reader *reader, char c)
{
	return reader->p < reader->end && *reader->p == c;
}

static bool
take(Reader *reader, char c)
{
	if (!at(reader, c))
		return false;
	reader->p++;
	return true;
}

static void
read_blanks(Reader *reader)
{
	while (take(reader, ' ') || take(reader, '\t') || take(reader, '\n') ||
		   take(reader, '\r'))
		;
}

static bool
read_digits(Reader *reader)
{
	const char *begin = reader->p;

	while (reader->p < reader->end && *reader->p >= '0' && *reader->p <= '9')
		reader->p++;
	return reader->p > begin;
}

static bool
read_number(Reader *reader)
{
	const char *begin = reader->p;

	take(reader, '-');
	if (!take(reader, '0') && !read_digits(reader))
		return false;
	if (take(reader, '.') && !read_digits(reader))
		return false;
	if (take(reader, 'e') || take(reader, 'E'))
	{
		if (!take(reader, '+'))
			take(reader, '-');
		if (!read_digits(reader))
			return false;
	}
	if ((size_t) (reader->p - begin) > reader->longest_number)
		reader->longest_number = (size_t) (reader->p - begin);
	return true;
}

/* Four hex digits, or -1. */
static long
read_hex(Reader *reader)
{
	char		digits[5] = "";

	if (reader->end - reader->p < 4)
		return -1;
	memcpy(digits, reader->p, 4);
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return -1;
	reader->p += 4;
	return strtol(digits, NULL, 16);
}

/* Behind a backslash; a surrogate only with its other half, no U+0000. */
static bool
read_escape(Reader *reader)
{
	long		unit;

	if (reader->p == reader->end)
		return false;
	if (*reader->p != 'u')
		return *reader->p && strchr("\"\\/bfnrt", *reader->p++) != NULL;
	reader->p++;
	unit = read_hex(reader);
	if (unit >= 0xd800 && unit < 0xdc00)
	{
		if (!take(reader, '\\') || !take(reader, 'u'))
			return false;
		unit = read_hex(reader);
		return unit >= 0xdc00 && unit < 0xe000;
	}
	return unit > 0 && (unit < 0xdc00 || unit >= 0xe000);
}

static bool
read_string(Reader *reader)
{
	if (!take(reader, '"'))
		return false;
	while (!take(reader, '"'))
	{
		if (reader->p == reader->end || (unsigned char) *reader->p < 0x20)
			return false;
		if (*reader->p++ == '\\' && !read_escape(reader))
			return false;
	}
	return true;
}

static bool
read_list(Reader *reader, char last, int depth)
{
	reader->p++;
	read_blanks(reader);
	if (take(reader, last))
		return true;
	for (;;)
	{
		read_blanks(reader);
		if (last == '}')
		{
			if (!read_string(reader))
				return false;
			read_blanks(reader);
			if (!take(reader, ':'))
				return false;
		}
		if (!read_value(reader, depth + 1))
			return false;
		if (take(reader, last))
			return true;
		if (!take(reader, ','))
			return false;
	}
}

static bool
read_word(Reader *reader, const char *word)
{
	size_t		length = strlen(word);

	if ((size_t) (reader->end - reader->p) < length ||
		memcmp(reader->p, word, length) != 0)
		return false;
	reader->p += length;
	return true;
}

/* A value with blanks around; depth counts the lists and objects above. */
static bool
read_value(Reader *reader, int depth)
{
	bool		is_good;

	read_blanks(reader);
	if (at(reader, '{') || at(reader, '['))
		is_good = depth < HW_JSON_DEPTH_MAX &&
			read_list(reader, at(reader, '{') ? '}' : ']', depth);
	else if (at(reader, '"'))
		is_good = read_string(reader);
	else
		is_good = read_word(reader, "true") || read_word(reader, "false") ||
			read_word(reader, "null") || read_number(reader);
	read_blanks(reader);
	return is_good;
}

/* --- trees ---------------------------------------------------------- */

static bool
has_duplicates(const HwNode *node)
{
	for (const HwNode *child = hw_json_child(node); child;
		 child = hw_json_next(child))
	{
		if (has_duplicates(child))
			return true;
		for (const HwNode *other = hw_json_next(child);
			 other && hw_json_kind(node) == HW_NODE_OBJECT;
			 other = hw_json_next(other))
		{
			if (strcmp(hw_json_name(child), hw_json_name(other)) == 0)
				return true;
		}
	}
	return false;
}

/* The same in cJSON's tree. */
static bool
has_duplicates_there(const cJSON *node)
{
	for (const cJSON *child = node->child; child; child = child->next)
	{
		if (has_duplicates_there(child))
			return true;
		for (const cJSON *other = child->next;
			 other && cJSON_IsObject(node); other = other->next)
		{
			if (strcmp(child->string, other->string) == 0)
				return true;
		}
	}
	return false;
}

/* Every string there is can be handed to the server. */
static void
require_texts(const HwNode *node)
{
	const char *name = hw_json_name(node);
	const char *text = hw_json_text(node);

	require(!name || strlen(name) == node->name_length, "a name's length");
	require(!text || strlen(text) == node->length, "a text's length");
	require(!name || fuzz_is_utf8(name, strlen(name)), "a name not UTF-8");
	require(!text || fuzz_is_utf8(text, strlen(text)), "a text not UTF-8");
	for (const HwNode *child = hw_json_child(node); child;
		 child = hw_json_next(child))
		require_texts(child);
}

/* The next number of the body that is not inside a string. */
static const char *
next_number(const char *p, const char *end, size_t *length)
{
	bool		in_string = false;

	for (; p < end; p++)
	{
		if (in_string && *p == '\\')
			p++;
		else if (*p == '"')
			in_string = !in_string;
		else if (!in_string && (*p == '-' || (*p >= '0' && *p <= '9')))
		{
			const char *begin = p;

			while (p < end && strchr("+-.0123456789eE", *p))
				p++;
			*length = (size_t) (p - begin);
			return begin;
		}
	}
	return NULL;
}

/* Numbers have the text of the body, in its order. */
static const char *
require_numbers(const HwNode *node, const char *p, const char *end)
{
	if (hw_json_kind(node) == HW_NODE_NUMBER)
	{
		const char *text = hw_json_text(node);
		size_t		length = 0;

		p = next_number(p, end, &length);
		require(p && strlen(text) == length && memcmp(p, text, length) == 0,
				"number %s is not the next of the body", text);
		return p + length;
	}
	for (const HwNode *child = hw_json_child(node); child;
		 child = hw_json_next(child))
		p = require_numbers(child, p, end);
	return p;
}

static void
require_equal(const HwNode *node, const cJSON *theirs)
{
	const HwNode *child = hw_json_child(node);
	const cJSON *other = theirs->child;
	HwNodeKind	kind = hw_json_kind(node);

	require(kind == (cJSON_IsNull(theirs) ? HW_NODE_NULL :
					 cJSON_IsFalse(theirs) ? HW_NODE_FALSE :
					 cJSON_IsTrue(theirs) ? HW_NODE_TRUE :
					 cJSON_IsNumber(theirs) ? HW_NODE_NUMBER :
					 cJSON_IsString(theirs) ? HW_NODE_STRING :
					 cJSON_IsArray(theirs) ? HW_NODE_ARRAY : HW_NODE_OBJECT),
			"cJSON sees another kind of value");
	if (kind == HW_NODE_STRING)
		require(strcmp(hw_json_text(node), theirs->valuestring) == 0,
				"cJSON sees another string");
	for (; child && other; child = hw_json_next(child), other = other->next)
	{
		if (kind == HW_NODE_OBJECT)
			require(strcmp(hw_json_name(child), other->string) == 0,
					"cJSON sees another name");
		require_equal(child, other);
	}
	require(!child && !other, "cJSON sees another number of values");
}

/* Printing and reading again changes nothing. */
static void
require_round_trip(const HwNode *root)
{
	HwText		first;
	HwText		second;
	HwStatus	status;
	HwJson	   *again;

	hw_text_init(&first, 0);
	hw_text_init(&second, 0);
	require(hw_json_print(root, &first), "a tree cannot be printed");
	require(fuzz_is_utf8(first.data, first.length), "a print not UTF-8");
	hw_status_clear(&status);
	again = hw_json_parse(first.data, first.length, &status);
	require(again != NULL, "a print cannot be read: %s", status.text);
	hw_json_print(hw_json_root(again), &second);
	require(first.length == second.length &&
			memcmp(first.data, second.data, first.length) == 0,
			"a second print differs: %s", second.data);
	hw_json_free(again);
	hw_text_free(&first);
	hw_text_free(&second);
}

static void
check_accepted(const HwJson *json, const char *body, size_t size,
			   const Reader *reader)
{
	const HwNode *root = hw_json_root(json);
	size_t		length;

	require(!has_duplicates(root), "two members of one name");
	require_texts(root);
	require(next_number(require_numbers(root, body, body + size), body + size,
						&length) == NULL, "a number was left out");
	require_round_trip(root);
	if (reader->longest_number <= CJSON_NUMBER_MAX)
	{
		cJSON	   *theirs = cJSON_ParseWithLength(body, size);

		require(theirs != NULL, "cJSON refuses what was accepted");
		require_equal(root, theirs);
		cJSON_Delete(theirs);
	}
}

/* The one reason beyond the grammar: two names are equal, and where. */
static void
check_duplicate(const char *body, size_t size, const Reader *reader,
				const HwStatus *status)
{
	const char *place = strstr(status->text, " at byte ");
	size_t		byte = 0;

	while (place && strstr(place + 1, " at byte "))
		place = strstr(place + 1, " at byte ");
	if (place)
		byte = strtoul(place + strlen(" at byte "), NULL, 10);
	require(strncmp(status->text, "a second \"", 10) == 0 && byte > 1 &&
			byte <= size && body[byte - 1] == '"', "JSON was refused: %s",
			status->text);
	if (reader->longest_number <= CJSON_NUMBER_MAX)
	{
		cJSON	   *theirs = cJSON_ParseWithLength(body, size);

		require(theirs && has_duplicates_there(theirs), "not so: %s",
				status->text);
		cJSON_Delete(theirs);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *body = fuzz_copy(data, size);
	Reader		reader = {body, body + size, 0};
	bool		is_json;
	HwStatus	status;
	HwJson	   *json;

	hw_status_clear(&status);
	json = hw_json_parse(body, size, &status);
	is_json = size > 0 && read_value(&reader, 0) && reader.p == reader.end &&
		fuzz_is_utf8(body, size);
	if (json)
	{
		require(is_json, "no JSON was accepted");
		check_accepted(json, body, size, &reader);
	}
	else
	{
		fuzz_require_failure(&status);
		if (is_json)
			check_duplicate(body, size, &reader, &status);
	}
	hw_json_free(json);
	free(body);
	return 0;
}
