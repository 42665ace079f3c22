/*-------------------------------------------------------------------------
 *
 * test_verdict.c
 *	  What refusals mean: each shape of body, each code, each text.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/verdict.h"
#include "tap.h"

/* Judges a copy of the exact length, so that a look beyond it is found. */
static void
refuse(int http, const char *body, size_t length, HwStatus *status)
{
	char	   *copy = malloc(length + 1);

	hw_status_clear(status);
	strcpy(status->request_id, "id-1");
	strcpy(status->code, "OLD.0001");
	strcpy(status->text, "old");
	memcpy(copy + 1, body, length);
	hw_verdict_refusal(http, copy + 1, length, status);
	free(copy);
}

static void
is_refusal(int http, const char *body, HwKind kind, const char *code,
		   const char *text)
{
	HwStatus	status;

	refuse(http, body, strlen(body), &status);
	is_int(status.kind, kind, "%d %.80s", http, body);
	is_int(status.http, http, "its HTTP status");
	is_string(status.code, code, "its code");
	is_string(status.text, text, "its text");
	is_string(status.request_id, "id-1", "the header's request id stays");
}

static void
test_shapes(void)
{
	/* E1 to E12, numbered as in the simulator's README. */
	is_refusal(403, "{\"error_code\":\"CBC.0151\",\"error_msg\":\"Access "
			   "denied.\"}", HW_DENIED, "CBC.0151", "Access denied.");
	is_refusal(429, "{\"error_msg\":\"The throttling threshold has been "
			   "reached: policy ip over ratelimit,limit:5,time:1 minute\","
			   "\"error_code\":\"APIGW.0308\",\"request_id\":\"abc\"}",
			   HW_THROTTLED, "APIGW.0308",
			   "The throttling threshold has been reached: policy ip over "
			   "ratelimit,limit:5,time:1 minute");
	is_refusal(400, "{\"error_code\":\"HSS.1019\",\"error_description\":"
			   "\"\xe7\xad\x96\",\"error_msg\":\"\xe7\x95\xa5\"}",
			   HW_BAD_REQUEST, "HSS.1019", "\xe7\x95\xa5");
	is_refusal(400, "{\"error_code\":\"00000010\",\"error_description\":"
			   "\"no rights\"}", HW_DENIED, "00000010", "no rights");
	is_refusal(400, "{\"status_code\":400,\"request_id\":\"abc\","
			   "\"error_code\":\"HSS.0004\",\"error_description\":\"bad\"}",
			   HW_BAD_REQUEST, "HSS.0004", "bad");
	is_refusal(401, "{\"error\":{\"message\":\"The request you have made "
			   "requires authentication.\",\"code\":401,"
			   "\"title\":\"Unauthorized\"}}", HW_UNAUTHORIZED, "401",
			   "The request you have made requires authentication.");
	is_refusal(403, "{\"error_msg\":\"no\",\"error_code\":\"IAM.0006\"}",
			   HW_DENIED, "IAM.0006", "no");
	is_refusal(400, "{\"code\":\"X.1\",\"message\":\"m\",\"details\":"
			   "[{\"error_code\":\"Y.2\",\"error_msg\":\"n\"}],"
			   "\"encoded_authorization_message\":\"xxx\"}", HW_BAD_REQUEST,
			   "X.1", "m");
	is_refusal(403, "{\"error\":{\"error_code\":\"CBC.0150\","
			   "\"error_msg\":\"other site\"}}", HW_WRONG_SITE, "CBC.0150",
			   "other site");
	is_refusal(400, "{\"errorCode\":\"CBC.0100\",\"errorMsg\":\"bad\"}",
			   HW_BAD_REQUEST, "CBC.0100", "bad");
	is_refusal(502, "<html><head><title>502 Bad Gateway</title></head>"
			   "</html>", HW_SERVER_ERROR, "",
			   "<html><head><title>502 Bad Gateway</title></head></html>");
	is_refusal(503, "please configure an agency", HW_SERVER_ERROR, "",
			   "please configure an agency");
	is_refusal(504, "", HW_SERVER_ERROR, "", "");
	is_refusal(500, "{\"error_code\":\"CBC.09", HW_SERVER_ERROR, "",
			   "{\"error_code\":\"CBC.09");
	is_refusal(403, "[]", HW_DENIED, "", "[]");
	is_refusal(403, "{}", HW_DENIED, "", "{}");
}

/* Which of several names counts, and where it is looked for. */
static void
test_names(void)
{
	HwStatus	status;
	HwText		body;

	is_refusal(400, "{\"code\":\"C\",\"errorCode\":\"B\",\"error_code\":"
			   "\"A\",\"title\":\"t\",\"message\":\"m\",\"error_msg\":\"e\"}",
			   HW_BAD_REQUEST, "A", "e");
	is_refusal(400, "{\"error_code\":\"\",\"code\":\"C\",\"error_msg\":\"\","
			   "\"title\":\"t\"}", HW_BAD_REQUEST, "C", "t");
	is_refusal(400, "{\"error_code\":null,\"code\":7,\"error_msg\":{},"
			   "\"error_message\":\"m\"}", HW_BAD_REQUEST, "7", "m");
	is_refusal(400, "{\"error\":{\"code\":\"inner\"},\"error_code\":"
			   "\"outer\"}", HW_BAD_REQUEST, "outer", "");
	is_refusal(400, "{\"message\":\"outer\",\"error\":{\"error_code\":"
			   "\"CBC.99007197\",\"error_msg\":\"inner\"}}", HW_THROTTLED,
			   "CBC.99007197", "inner");
	is_refusal(400, "{\"message\":\"outer\",\"error\":{\"error_code\":"
			   "\"HSS.0010\"}}", HW_DENIED, "HSS.0010", "outer");
	is_refusal(400, "{\"details\":{\"code\":\"D.1\",\"message\":\"d\"},"
			   "\"error\":{\"code\":\"HSS.0013\",\"message\":\"m\"}}",
			   HW_DENIED, "HSS.0013", "m");
	is_refusal(400, "{\"a\":{\"b\":{\"c\":{\"code\":\"X.4\"}}}}",
			   HW_BAD_REQUEST, "X.4", "");
	is_refusal(400, "{\"error_msg\":\"only words\"}", HW_BAD_REQUEST, "",
			   "only words");
	is_refusal(400, "{\"error_code\":\"HSS.0001\"}", HW_BAD_REQUEST,
			   "HSS.0001", "");
	is_refusal(400, "{\"x\":{},\"y\":[1],\"z\":{\"error_code\":\"Z.1\"}}",
			   HW_BAD_REQUEST, "Z.1", "");

	/* Texts are cut and made printable. */
	is_refusal(400, "{\"error_code\":\"A\\nB\",\"error_msg\":\"x\\r\\n\\u001b"
			   "[2Jy\\u009b1\"}", HW_BAD_REQUEST, "A B", "x   [2Jy 1");
	refuse(500, "a\0b\xff", 4, &status);
	is_string(status.text, "a b?", "a body of any bytes");
	hw_text_init(&body, 0);
	for (int i = 0; i < 3000; i++)
		hw_text_puts(&body, "\xe4\xb8\xad");
	refuse(502, body.data, body.length, &status);
	is_int((long long) strlen(status.text), 198,
		   "of other bodies the first 200 bytes, whole characters");
	hw_text_reset(&body);
	hw_text_puts(&body, "{\"error_code\":\"");
	for (int i = 0; i < 300; i++)
		hw_text_puts(&body, "C");
	hw_text_puts(&body, "\",\"error_msg\":\"");
	for (int i = 0; i < 3000; i++)
		hw_text_puts(&body, "m");
	hw_text_puts(&body, "\"}");
	refuse(400, body.data, body.length, &status);
	is_int((long long) strlen(status.code), 63, "a code is cut");
	is_int((long long) strlen(status.text), HW_STATUS_TEXT_MAX,
		   "and a text");
	hw_text_free(&body);
}

static void
test_kinds(void)
{
	static const struct
	{
		int			http;
		const char *code;
		HwKind		kind;
	}			cases[] = {
		{400, "CBC.0100", HW_BAD_REQUEST},
		{400, "CBC.0101", HW_BAD_REQUEST},
		{400, "HSS.0001", HW_BAD_REQUEST},
		{400, "HSS.0002", HW_BAD_REQUEST},
		{400, "HSS.0010", HW_DENIED},
		{400, "HSS.0013", HW_DENIED},
		{400, "00000010", HW_DENIED},
		{400, "00000013", HW_DENIED},
		{400, "CBC.99007197", HW_THROTTLED},
		{400, "APIG.0201", HW_BAD_REQUEST},
		{401, "CBC.0154", HW_TOKEN_EXPIRED},
		{401, "APIG.0307", HW_TOKEN_EXPIRED},
		{401, "APIGW.0307", HW_TOKEN_EXPIRED},
		{401, "APIG.0301", HW_UNAUTHORIZED},
		{401, "APIG.0303", HW_UNAUTHORIZED},
		{401, "APIG.0305", HW_UNAUTHORIZED},
		{403, "CBC.0150", HW_WRONG_SITE},
		{403, "CBC.0156", HW_WRONG_SITE},
		{403, "CBC.0151", HW_DENIED},
		{403, "CBC.0154", HW_TOKEN_EXPIRED},
		{403, "CBC.0155", HW_DENIED},
		{403, "APIG.0302", HW_DENIED},
		{403, "APIG.0310", HW_DENIED},
		{403, "APIG.0802", HW_DENIED},
		{404, "APIG.0101", HW_NOT_FOUND},
		{404, "APIGW.0101", HW_NOT_FOUND},
		{404, "X.1", HW_NOT_FOUND},
		{405, "X.1", HW_BAD_REQUEST},
		{410, "X.1", HW_NOT_FOUND},
		{413, "APIG.0201", HW_BAD_REQUEST},
		{414, "APIG.0201", HW_BAD_REQUEST},
		{429, "APIG.0308", HW_THROTTLED},
		{429, "CBC.0250", HW_THROTTLED},
		{429, "X.1", HW_THROTTLED},
		{429, "CBC.0151", HW_THROTTLED},
		{494, "APIG.0201", HW_BAD_REQUEST},
		{500, "CBC.0999", HW_SERVER_ERROR},
		{500, "HSS.0041", HW_SERVER_ERROR},
		{500, "APIG.0103", HW_SERVER_ERROR},
		{502, "APIG.0202", HW_SERVER_ERROR},
		{503, "APIG.0613", HW_SERVER_ERROR},
		{504, "APIG.0203", HW_SERVER_ERROR},
		{599, "X.1", HW_SERVER_ERROR},
		{302, "X.1", HW_BAD_REPLY},
		{304, "X.1", HW_BAD_REPLY},
		{100, "X.1", HW_BAD_REPLY},
		{0, "X.1", HW_BAD_REPLY},
		/* Prefixes count, but for the gateway's two names. */
		{400, "CBC.0010", HW_BAD_REQUEST},
		{400, "HSS.0151", HW_BAD_REQUEST},
		{400, "APIGX.0308", HW_BAD_REQUEST},
		{400, "HSS.00101", HW_BAD_REQUEST},
		{400, "hss.0010", HW_BAD_REQUEST},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		body[200];
		HwStatus	status;

		snprintf(body, sizeof(body),
				 "{\"error_code\":\"%s\",\"error_msg\":\"m\"}", cases[i].code);
		refuse(cases[i].http, body, strlen(body), &status);
		is_int(status.kind, cases[i].kind, "%d %s", cases[i].http,
			   cases[i].code);
	}
}

/* 401 with code 0301 is told apart by its text. */
static void
test_texts(void)
{
	static const struct
	{
		int			http;
		const char *text;
		HwKind		kind;
	}			cases[] = {
		{401, "AK access failed to reach the limit,forbidden", HW_LOCKED_OUT},
		{401, "Incorrect IAM authentication information: verify aksk "
			"signature fail, signature expired, signature time:20250101T000000"
		"Z,server time:20250101T003000Z", HW_CLOCK_WRONG},
		{401, "Signature Expired", HW_CLOCK_WRONG},
		{401, "The token must be updated", HW_TOKEN_EXPIRED},
		{401, "Incorrect IAM authentication information: token expires, "
		"expires_at=2025", HW_TOKEN_EXPIRED},
		{401, "token expired", HW_TOKEN_EXPIRED},
		{401, "x_auth_token is expired", HW_TOKEN_EXPIRED},
		{401, "Incorrect IAM authentication information: decrypt token fail",
		HW_TOKEN_EXPIRED},
		{401, "Incorrect IAM authentication information: x-auth-token not "
		"found", HW_TOKEN_EXPIRED},
		{401, "verify aksk signature fail", HW_UNAUTHORIZED},
		{401, "ak XXXX not exist", HW_UNAUTHORIZED},
		{401, "", HW_UNAUTHORIZED},
		{403, "signature expired", HW_DENIED},
		{400, "token expired", HW_BAD_REQUEST},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char		body[400];
		HwStatus	status;

		snprintf(body, sizeof(body), "{\"error_msg\":\"%s\","
				 "\"error_code\":\"APIGW.0301\",\"request_id\":\"r\"}",
				 cases[i].text);
		refuse(cases[i].http, body, strlen(body), &status);
		is_int(status.kind, cases[i].kind, "%d 0301 \"%s\"", cases[i].http,
			   cases[i].text);
	}
}

static void
is_masked(const char *text, const char *secret, const char *kept)
{
	char		body[2000];
	HwStatus	status;

	snprintf(body, sizeof(body), "{\"error_code\":\"APIGW.0301\","
			 "\"error_msg\":\"%s\"}", text);
	refuse(401, body, strlen(body), &status);
	ok(strstr(status.text, secret) == NULL, "not told: %s", status.text);
	ok(strstr(status.text, kept) != NULL, "but \"%s\"", kept);

	/* The same as plain text. */
	refuse(401, text, strlen(text), &status);
	ok(strstr(status.text, secret) == NULL, "not told: %s", status.text);
}

static void
test_masking(void)
{
	is_masked("ak AKIDSECRET00 not exist", "AKIDSECRET00", "not exist");
	is_masked("Get secretKey failed,ak:AKIDSECRET00,err:ak not exist",
			  "AKIDSECRET00", "Get secretKey failed");
	is_masked("AK AKIDSECRET00 not exist", "AKIDSECRET00", "not exist");
	is_masked("Incorrect: AK:AKIDSECRET00", "AKIDSECRET00", "Incorrect");
	is_masked("access key AKIDSECRET00 is off", "AKIDSECRET00", "is off");
	is_masked("access key: AKIDSECRET00 is off", "AKIDSECRET00", "is off");
	is_masked("access key ID AKIDSECRET00 is off", "AKIDSECRET00", "is off");
	is_masked("AccessKeyId: AKIDSECRET00 is off", "AKIDSECRET00", "is off");
	is_masked("Bad: X-Auth-Token: MIISECRET/+-== Host: h", "MIISECRET",
			  "Host: h");
	is_masked("x-security-token:'MIISECRET' Host: h", "MIISECRET", "Host: h");
	is_masked("no X-Subject-Token=MIISECRET", "MIISECRET", "no");
	is_masked("ak: AKIDSECRET00 is off", "AKIDSECRET00", "is off");
	is_masked("SDK-HMAC-SHA256 Access=AKIDSECRET00, SignedHeaders=host, "
			  "Signature=0123456789abcdef", "AKIDSECRET00", "SignedHeaders");
	is_masked("SDK-HMAC-SHA256 Access=AKIDSECRET00, SignedHeaders=host, "
			  "Signature=0123456789abcdef", "0123456789abcdef",
			  "SDK-HMAC-SHA256");
	is_masked("verify aksk signature fail, canonicalRequest:GET|/v5/SECRET/|"
			  "x-security-token:SECRET|", "SECRET",
			  "verify aksk signature fail");
	is_masked("fail, canonical request: GET /v5/SECRET/ SECRET", "SECRET",
			  "fail");
	is_masked("Canonical:SECRET", "SECRET", "Canonical");
	is_masked("fail,ak:SECRET;ak:SECRET ak SECRET", "SECRET", "fail");
	is_masked("ak:SECRET", "SECRET", "ak:");
	is_masked("access key AK SECRET is off", "SECRET", "is off");
	is_masked("ak Access Key \"SECRET\"", "SECRET", "ak");
	is_masked("CANONICAL request: SECRET", "SECRET", "CANONICAL");

	/* Words that only look like it. */
	is_masked("the bak 1 and break: none", "SECRET",
			  "the bak 1 and break: none");
	is_masked("x-auth-token not found", "SECRET", "x-auth-token not found");
	is_masked("access key identity", "SECRET", "access key");
	is_masked("access key id", "SECRET", "access key id");
	is_masked("ak:", "SECRET", "ak:");
	is_masked("canonical", "SECRET", "canonical");
	is_masked("signature=", "SECRET", "signature=");
}

/* Whether a marker's text is spared where it names nobody. */
static void
test_plain_words(void)
{
	HwStatus	status;
	static const char locked[] = "{\"error_code\":\"APIGW.0301\","
		"\"error_msg\":\"AK access failed to reach the limit,forbidden\"}";

	refuse(401, locked, strlen(locked), &status);
	ok(strstr(status.text, "failed to reach the limit,forbidden") != NULL,
	   "the reason is still told: %s", status.text);
	is_int(status.kind, HW_LOCKED_OUT, "and understood");
}

static void
is_hidden(const char *body, HwKind kind, const char *code, const char *text)
{
	HwStatus	status;
	HwJson	   *json = hw_json_parse(body, strlen(body), &status);
	bool		is_fine;

	hw_status_clear(&status);
	status.http = 200;
	is_fine = hw_verdict_hidden(hw_json_root(json), &status);
	is_int(is_fine, kind == HW_OK, "200 %s", body);
	is_int(status.kind, kind, "its kind");
	is_string(status.code, code, "its code");
	is_string(status.text, text, "its text");
	is_int(status.http, 200, "its HTTP status stays");
	hw_json_free(json);
}

static void
test_hidden(void)
{
	is_hidden("{}", HW_OK, "", "");
	is_hidden("null", HW_OK, "", "");
	is_hidden("[{\"error_code\":\"CBC.5001\"}]", HW_OK, "", "");
	is_hidden("{\"currency\":\"USD\"}", HW_OK, "", "");
	is_hidden("{\"error_code\":\"CBC.0000\",\"error_msg\":\"Success\"}",
			  HW_OK, "", "");
	is_hidden("{\"error_code\":\"\",\"error_msg\":\"x\"}", HW_OK, "", "");
	is_hidden("{\"error_code\":null,\"error_msg\":null}", HW_OK, "", "");
	is_hidden("{\"error_msg\":\"only words\"}", HW_OK, "", "");

	/* A row's field may have such a name; a reply's own may not. */
	is_hidden("{\"data_list\":[{\"error_code\":\"X.1\"}]}", HW_OK, "", "");
	is_hidden("{\"code\":\"X.1\"}", HW_OK, "", "");

	is_hidden("{\"error_code\":\"\",\"errorCode\":\"CBC.5001\"}",
			  HW_HIDDEN_FAILURE, "CBC.5001", "");
	is_hidden("{\"error_code\":\"CBC.5001\",\"error_msg\":\"failed\"}",
			  HW_HIDDEN_FAILURE, "CBC.5001", "failed");
	is_hidden("{\"error_code\":\"CBC.6055\"}", HW_HIDDEN_FAILURE, "CBC.6055",
			  "");
	is_hidden("{\"error_code\":\"CBC.30050007\",\"error_msg\":\"m\","
			  "\"package_usage_infos\":[]}", HW_HIDDEN_FAILURE,
			  "CBC.30050007", "m");
	is_hidden("{\"errorCode\":\"X.1\",\"errorMsg\":\"m\"}",
			  HW_HIDDEN_FAILURE, "X.1", "m");
	is_hidden("{\"error_code\":500,\"error_msg\":\"m\"}", HW_HIDDEN_FAILURE,
			  "500", "m");
	is_hidden("{\"error_code\":\"CBC.00000\"}", HW_HIDDEN_FAILURE,
			  "CBC.00000", "");
	is_hidden("{\"error_code\":\"CBC.0151\",\"error_msg\":\"m\"}", HW_DENIED,
			  "CBC.0151", "m");
	is_hidden("{\"error_code\":\"CBC.0250\",\"error_msg\":\"m\"}",
			  HW_THROTTLED, "CBC.0250", "m");
	is_hidden("{\"error_code\":\"CBC.0150\",\"error_msg\":\"m\"}",
			  HW_WRONG_SITE, "CBC.0150", "m");
	is_hidden("{\"error_code\":\"X.1\",\"error_msg\":\"ak:SECRET,x\"}",
			  HW_HIDDEN_FAILURE, "X.1", "ak:******,x");
}

/* Memory that is short costs the words, never the kind by HTTP status. */
static void
test_memory(void)
{
	static const char body[] =
		"{\"error\":{\"error_code\":\"X.1\",\"error_msg\":\"m\"}}";
	long		nallocs;
	int			nwrong = 0;
	HwStatus	status;

	alloc_fail_at(0);
	hw_verdict_refusal(403, body, strlen(body), &status);
	nallocs = alloc_count();
	ok(nallocs > 0, "%ld allocations", nallocs);
	for (long i = 1; i <= nallocs; i++)
	{
		alloc_fail_at(i);
		hw_status_clear(&status);
		hw_verdict_refusal(403, body, strlen(body), &status);
		alloc_fail_at(0);
		nwrong += status.kind != HW_DENIED || status.http != 403;
	}
	is_int(nwrong, 0, "a refusal is one, whatever memory there is");
}

int
main(void)
{
	HwStatus	status;

	test_shapes();
	test_names();
	test_kinds();
	test_texts();
	test_masking();
	test_plain_words();
	test_hidden();
	test_memory();
	hw_status_clear(&status);
	hw_verdict_refusal(502, NULL, 0, &status);
	ok(status.kind == HW_SERVER_ERROR && status.text[0] == '\0',
	   "no body at all");
	return done();
}
