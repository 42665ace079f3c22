/*-------------------------------------------------------------------------
 *
 * fuzz_number.c
 *	  The texts of numbers: plain integers, and the cells of number columns.
 *
 * The second computation writes the digits out, point and exponent and all,
 * and looks whether they end in zeros.
 *
 *-------------------------------------------------------------------------
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/decode.h"
#include "core/json.h"
#include "core/number.h"
#include "fuzz.h"

/* Longer texts, and exponents further out, have nothing new to say. */
#define TEXT_MAX 300
#define EXPONENT_MAX 2000

#define DIGITS_MAX 40

static bool
matches(const char *pattern, const char *text)
{
	static struct
	{
		const char *pattern;
		regex_t		compiled;
	}			known[4];
	int			i = 0;

	while (known[i].pattern && strcmp(known[i].pattern, pattern) != 0)
		i++;
	if (known[i].pattern == NULL)
	{
		require(regcomp(&known[i].compiled, pattern,
						REG_EXTENDED | REG_NOSUB) == 0, "regcomp");
		known[i].pattern = pattern;
	}
	return regexec(&known[i].compiled, text, 0, NULL, 0) == 0;
}

/* JSON's numbers, and what numeric's input function reads beside them. */
#define JSON_NUMBER "^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$"
#define SQL_NUMBER "^[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?$"
#define INTEGER "^[-+]?[0-9]+$"

/*
 * Writes a JSON number without point and exponent; false when it is no
 * integer, or has more digits than DIGITS_MAX.
 */
static bool
write_out(const char *text, char *plain)
{
	static char digits[TEXT_MAX + 2 * EXPONENT_MAX + 2];
	bool		is_negative = *text == '-';
	size_t		whole = strspn(text + is_negative, "0123456789");
	const char *fraction = text + is_negative + whole;
	size_t		nfraction = *fraction == '.' ?
		strspn(fraction + 1, "0123456789") : 0;
	const char *e = strpbrk(text, "eE");
	double		exponent = e ? atof(e + 1) : 0;
	size_t		count = whole + nfraction;
	long		point;
	char	   *first;

	memcpy(digits, text + is_negative, whole);
	if (nfraction)
		memcpy(digits + whole, fraction + 1, nfraction);
	digits[count] = '\0';
	if (strspn(digits, "0") == count)
	{
		strcpy(plain, "0");
		return true;
	}
	if (exponent < -EXPONENT_MAX || exponent > EXPONENT_MAX)
		return false;
	point = (long) whole + (long) exponent;
	while ((long) count < point)
		digits[count++] = '0';
	digits[count] = '\0';
	if (point <= 0 || strspn(digits + point, "0") < count - (size_t) point)
		return false;
	digits[point] = '\0';
	first = digits + strspn(digits, "0");
	if (strlen(first) > DIGITS_MAX)
		return false;
	if (is_negative)
		*plain++ = '-';
	strcpy(plain, first);
	return true;
}

static void
check_plain(const char *text)
{
	HwPlain		plain;
	char		expected[DIGITS_MAX + 2];
	bool		is_integer = matches(JSON_NUMBER, text) &&
		write_out(text, expected);

	require(hw_number_plain(text, plain) == is_integer,
			"\"%s\" is %san integer", text, is_integer ? "" : "not ");
	if (is_integer)
		require(strcmp(plain, expected) == 0, "\"%s\" is %s, not %s", text,
				expected, plain);
}

/* hw_json_integer, of a number and of a string with the same text. */
static void
check_integer(const char *text, const char *quotes)
{
	char		body[TEXT_MAX + 8];
	HwStatus	status;
	HwJson	   *json;
	HwPlain		plain;
	long long	got;
	__int128	value = 0;
	bool		fits;

	strcpy(body, "[");
	strcat(strcat(strcat(strcat(body, quotes), text), quotes), "]");
	json = hw_json_parse(body, strlen(body), &status);
	require(json != NULL, "%s is no JSON", body);
	require(strcmp(hw_json_text(hw_json_child(hw_json_root(json))),
				   text) == 0, "%s lost digits", body);

	fits = hw_number_plain(text, plain) && strlen(plain) < 30;
	for (const char *p = plain; fits && *p; p++)
	{
		if (*p != '-')
			value = value * 10 + (plain[0] == '-' ? '0' - *p : *p - '0');
	}
	fits = fits && value == (long long) value;
	require(hw_json_integer(hw_json_child(hw_json_root(json)), &got) == fits,
			"%s fits a long long: %d", body, fits);
	require(!fits || got == (long long) value, "%s is read as %lld", body,
			got);
	hw_json_free(json);
}

/* A cell of one column, out of a reply that has the text in it. */
static void
check_cell(const char *table_name, const char *column_name, const char *json)
{
	const HwApi *api;
	const HwService *service;
	const HwTable *table = hw_table_find(table_name, &api, &service);
	const HwColumn *column = hw_column_find(table, column_name);
	HwForm	   *form = hw_form_open(api, table, &column, 1);
	HwText		body;
	HwStatus	status;
	HwJson	   *parsed;
	HwPage	   *page;

	hw_text_init(&body, 0);
	hw_text_printf(&body, "{\"%s\":%s}", column_name, json);
	hw_status_clear(&status);
	page = hw_decode(form, body.data, body.length, NULL, NULL, 0, &status);
	parsed = hw_json_parse(body.data, body.length, &status);
	if (page)
	{
		const char *source = hw_json_text(hw_json_child(hw_json_root(parsed)));
		const char *text = page->cells[0].text;
		const char *blanks = " \t\r\n";
		size_t		length;

		if (source == NULL)		/* null */
			source = "";
		source += strspn(source, blanks);
		length = strlen(source);
		while (length > 0 && strchr(blanks, source[length - 1]))
			length--;
		require((text == NULL) == (length == 0), "%s becomes NULL", json);
		require(!text || matches(column->type == HW_NUMERIC ? SQL_NUMBER :
								 INTEGER, text), "a cell of \"%s\"", text);
		if (text && column->type == HW_NUMERIC)
			require(strlen(text) == length &&
					strncmp(text, source, length) == 0,
					"%s loses digits: %s", json, text);
	}
	else if (parsed)
		require(status.kind == HW_BAD_VALUE, "%s fails with kind %d", json,
				status.kind);
	hw_json_free(parsed);
	hw_page_free(page);
	hw_text_free(&body);
	hw_form_close(form);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text;
	char		quoted[TEXT_MAX + 3];

	if (size > TEXT_MAX)
		return 0;
	text = strndup((const char *) data, size);
	check_plain(text);
	if (matches(JSON_NUMBER, text))
	{
		check_integer(text, "");
		check_integer(text, "\"");
	}
	quoted[0] = '"';
	strcat(strcpy(quoted + 1, text), "\"");
	check_cell("bss_consumption_quota", "amount", text);
	check_cell("bss_consumption_quota", "amount", quoted);
	check_cell("hss_quota_summary", "total_num", text);
	check_cell("hss_quota_summary", "total_num", quoted);
	free(text);
	return 0;
}
