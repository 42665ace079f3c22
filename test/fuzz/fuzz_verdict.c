/*-------------------------------------------------------------------------
 *
 * fuzz_verdict.c
 *	  Error bodies: a kind for each, texts that may be shown, no key in them.
 *
 * Lines: the HTTP status; how a service begins to tell a key; text before it;
 * text behind it; the rest of the input is a body as it is.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "core/verdict.h"
#include "fuzz.h"

static const char secret[] = "HWKEYHWKEYHWKEY";

/* As services write them (API Gateway, Error Codes; errors of the signer). */
static const char *const tellings[] = {
	"ak:", "AK ", "ak=", "Access=", "access key: ", "Access Key ",
	"Signature=", "ak: ", "access key \"", "signature='"
};

static void
require_verdict(const HwStatus *status, int http)
{
	HwKind		kind = status->kind;

	fuzz_require_failure(status);
	require(status->http == http, "status %d became %d", http, status->http);
	require(http != 429 || kind == HW_THROTTLED, "429 is of kind %d", kind);
	require(http != 401 || kind == HW_UNAUTHORIZED ||
			kind == HW_TOKEN_EXPIRED || kind == HW_CLOCK_WRONG ||
			kind == HW_LOCKED_OUT || status->code[0], "401 is of kind %d",
			kind);
	require(http < 500 || status->code[0] || kind == HW_SERVER_ERROR,
			"%d is of kind %d", http, kind);
	require(kind != HW_UNAUTHORIZED || http == 401, "%d is unauthorised",
			http);
}

/* A body as it is, refused and inside a success. */
static void
check_body(int http, const char *body, size_t size)
{
	HwStatus	status;
	HwJson	   *json;

	hw_status_clear(&status);
	hw_verdict_refusal(http, body, size, &status);
	require_verdict(&status, http);

	hw_status_clear(&status);
	json = hw_json_parse(body, size, &status);
	if (json)
	{
		hw_status_clear(&status);
		if (hw_verdict_hidden(hw_json_root(json), &status))
			require(status.kind == HW_OK, "no failure of kind %d",
					status.kind);
		else
		{
			require(strcmp(status.code, "CBC.0000") != 0 && status.code[0],
					"success is a failure");
			fuzz_require_failure(&status);
		}
		hw_json_free(json);
	}
}

/* Wherever it stands, a key that is told as such is starred. */
static void
check_secret(int http, const char *telling, const char *before,
			 const char *behind)
{
	HwText		body;
	HwText		told;
	HwStatus	status;

	if (strstr(before, "HWKEY") || strstr(behind, "HWKEY"))
		return;					/* libFuzzer has read this file's strings */
	hw_text_init(&told, 0);
	hw_text_printf(&told, "%s %s%s %s", before, telling, secret, behind);
	hw_text_init(&body, 0);
	hw_text_puts(&body, "{\"error_msg\":\"");
	for (const char *p = hw_text_string(&told); *p; p++)
		hw_text_printf(&body, (unsigned char) *p < 0x20 || *p == '"' ||
					   *p == '\\' ? "\\u%04x" : "%c", (unsigned char) *p);
	hw_text_puts(&body, "\",\"error_code\":\"APIGW.0301\"}");

	hw_status_clear(&status);
	hw_verdict_refusal(http, body.data, body.length, &status);
	require(strstr(status.text, secret) == NULL, "a key is told: %s",
			status.text);
	/* As plain text, too. */
	hw_verdict_refusal(http, told.data, told.length, &status);
	require(strstr(status.text, secret) == NULL, "a key is told: %s",
			status.text);
	hw_text_free(&body);
	hw_text_free(&told);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzLines	lines;
	int			http;
	size_t		skip = 0;
	char	   *body;

	fuzz_lines(data, size, &lines);
	http = 100 + abs(atoi(fuzz_line(&lines, 0)) % 500);
	check_secret(http, tellings[(unsigned char) fuzz_line(&lines, 1)[0] %
								(sizeof(tellings) / sizeof(tellings[0]))],
				 fuzz_line(&lines, 2), fuzz_line(&lines, 3));
	fuzz_lines_free(&lines);

	for (int line = 0; line < 4; line++)
	{
		while (skip < size && data[skip] != '\n')
			skip++;
		skip += skip < size;
	}
	body = fuzz_copy(data + skip, size - skip);
	check_body(http, body, size - skip);
	free(body);
	return 0;
}
