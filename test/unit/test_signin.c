/*-------------------------------------------------------------------------
 *
 * test_signin.c
 *	  What is asked of IAM and of the metadata service, what their answers
 *	  are taken for, and keys from environment and file.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "core/iam.h"
#include "core/metadata.h"
#include "core/signin.h"
#include "core/source.h"
#include "tap.h"

/* 2025-01-02T03:04:05Z */
#define NOW 1735787045LL

static const HwCredentials by_name = {
	.user_name = "us\"er\\\xc3\xbc",
	.domain_name = "account",
	.password = "p\"w\\\x01",
};
static const HwCredentials by_id = {
	.user_id = "0123",
	.password = "pw",
};

/* --- times ----------------------------------------------------------- */

static void
test_times(void)
{
	static const struct
	{
		const char *text;
		long long	seconds;	/* -1: none */
	}			cases[] = {
		{"2025-01-02T03:04:05.678901Z", NOW},
		{"2025-01-02T03:04:05Z", NOW},
		{"20250102T030405Z", NOW},
		{"20250102T030405Z,and more", NOW},
		{"1970-01-01T00:00:00Z", 0},
		{"2024-02-29T00:00:00Z", 1709164800},
		{"2025-01-02T03:04:05", -1},
		{"2025-01-02 03:04:05Z", -1},
		{"2025-13-02T03:04:05Z", -1},
		{"2025-00-02T03:04:05Z", -1},
		{"2025-01-00T03:04:05Z", -1},
		{"2025-01-02T24:04:05Z", -1},
		{"2025-01-02T03:60:05Z", -1},
		{"2025-01-02T03:04:05+08:00", -1},
		{"2025", -1},
		{"soon", -1},
		{"", -1}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		long long	seconds = -1;
		bool		is_time = hw_time_read(cases[i].text, &seconds);

		is_int(is_time, cases[i].seconds >= 0, "\"%s\"", cases[i].text);
		if (is_time)
			is_int(seconds, cases[i].seconds, "its seconds");
	}
}

/* --- IAM ------------------------------------------------------------- */

static void
is_asked(const HwCredentials *credentials, const char *project,
		 const char *domain_id, const char *body)
{
	HwRequest	request;
	HwStatus	status;
	HwText		url;

	hw_text_init(&url, 0);
	hw_request_init(&request, "GET");
	ok(hw_iam_ask(credentials, "https://iam.example.org/x", project,
				  domain_id, &request, &status), "a request for a token");
	hw_request_url(&request, &url);
	is_string(request.method, "POST", "posts");
	is_string(hw_text_string(&url),
			  "https://iam.example.org/x/v3/auth/tokens?nocatalog=true",
			  "to IAM");
	is_string(hw_text_string(&request.body), body, "what it has to");
	ok(request.body.is_secret, "which is a secret");
	hw_text_free(&url);
	hw_request_free(&request);
}

static void
test_ask(void)
{
	is_asked(&by_name, "p1", NULL,
			 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
			 "\"password\":{\"user\":{\"name\":\"us\\\"er\\\\\xc3\xbc\","
			 "\"domain\":{\"name\":\"account\"},"
			 "\"password\":\"p\\\"w\\\\\\u0001\"}}},"
			 "\"scope\":{\"project\":{\"id\":\"p1\"}}}}");
	is_asked(&by_name, "", "d1",
			 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
			 "\"password\":{\"user\":{\"name\":\"us\\\"er\\\\\xc3\xbc\","
			 "\"domain\":{\"name\":\"account\"},"
			 "\"password\":\"p\\\"w\\\\\\u0001\"}}},"
			 "\"scope\":{\"domain\":{\"name\":\"account\"}}}}");
	is_asked(&by_id, NULL, "d1",
			 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
			 "\"password\":{\"user\":{\"id\":\"0123\",\"password\":\"pw\"}}},"
			 "\"scope\":{\"domain\":{\"id\":\"d1\"}}}}");
	is_asked(&by_id, "", "",
			 "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
			 "\"password\":{\"user\":{\"id\":\"0123\",\"password\":\"pw\"}}}}}");
}

static HwReply *
reply_of(const char *body, const char *token, time_t date)
{
	HwReply    *reply = calloc(1, sizeof(HwReply));

	if (reply == NULL)
		abort();
	hw_status_clear(&reply->status);
	reply->http = 201;
	reply->body = body;
	reply->body_bytes = strlen(body);
	reply->date = date;
	strcpy(reply->subject_token, token);
	return reply;
}

#define TOKEN_BODY(scope) \
	"{\"token\":{\"expires_at\":\"2025-01-02T03:04:05.000000Z\"," \
	"\"issued_at\":\"2025-01-01T03:04:05.000000Z\"" scope "}}"
#define PROJECT_BODY TOKEN_BODY(",\"project\":{\"id\":\"p1\"}")

static void
test_take(void)
{
	static const struct
	{
		const char *body;
		const char *token;
		const char *project;
		time_t		date;
		const char *complaint;	/* NULL: none */
	}			cases[] = {
		{PROJECT_BODY, "T", "p1", NOW - 10, NULL},
		{PROJECT_BODY, "T", "p1", 0, NULL},
		{TOKEN_BODY(""), "T", "", NOW - 10, NULL},
		{TOKEN_BODY(",\"domain\":{\"id\":\"d\"}"), "T", NULL, 0, NULL},
		{PROJECT_BODY, "", "p1", NOW - 10, "X-Subject-Token"},
		{PROJECT_BODY, "T", "p2", NOW - 10, "project p1, not of project p2"},
		{PROJECT_BODY, "T", "", NOW - 10, "project p1, not of the account"},
		{TOKEN_BODY(""), "T", "p1", NOW - 10, "the account, not of project p1"},
		{PROJECT_BODY, "T", "p1", NOW, "expired"},
		{PROJECT_BODY, "T", "p1", NOW + 10, "expired"},
		{"{\"token\":{}}", "T", "", 0, "does not say when"},
		{"{\"token\":{\"expires_at\":\"soon\"}}", "T", "", 0,
		"does not say when"},
		{"{\"token\":{\"expires_at\":17}}", "T", "", 0, "does not say when"},
		{"{\"token\":[]}", "T", "", 0, "does not say when"},
		{"[]", "T", "", 0, "does not say when"},
		{"<html>", "T", "", 0, "at byte 1"},
		{"", "T", "", 0, "empty"}
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HwReply    *reply = reply_of(cases[i].body, cases[i].token,
									 cases[i].date);
		HwSecret	secret = {0};
		HwStatus	status;
		bool		is_taken;

		hw_status_clear(&status);
		is_taken = hw_iam_take(reply, cases[i].project, &secret, &status);
		is_int(is_taken, cases[i].complaint == NULL, "%s", cases[i].body);
		if (is_taken)
		{
			is_string(secret.token, "T", "its token");
			is_int(secret.expires_at, NOW, "its end");
		}
		else
		{
			is_int(status.kind, HW_BAD_REPLY, "is of no use");
			ok(strstr(status.text, cases[i].complaint) != NULL, "since %s",
			   status.text);
			ok(secret.token == NULL, "and leaves nothing");
		}
		hw_secret_wipe(&secret);
		free(reply);
	}
}

/* --- metadata -------------------------------------------------------- */

#define KEY_BODY(more) \
	"{\"credential\":{\"access\":\"A\",\"secret\":\"S\"," more "}}"
#define GOOD_KEY KEY_BODY("\"securitytoken\":\"T\"," \
	"\"expires_at\":\"2025-01-02T03:04:05.0Z\"")

static void
test_metadata(void)
{
	static const char *const bad[] = {
		"{}", "[]", "{\"credential\":null}", "{\"credential\":{}}",
		KEY_BODY("\"securitytoken\":\"T\""),
		KEY_BODY("\"expires_at\":\"2025-01-02T03:04:05Z\""),
		KEY_BODY("\"securitytoken\":\"\",\"expires_at\":\"2025-01-02T03:04:05Z\""),
		KEY_BODY("\"securitytoken\":\"T\",\"expires_at\":\"soon\""),
		KEY_BODY("\"securitytoken\":7,\"expires_at\":\"2025-01-02T03:04:05Z\""),
		"no json"
	};
	HwReply    *reply = reply_of(GOOD_KEY, "", NOW - 10);
	HwSecret	secret = {0};
	HwRequest	request;
	HwStatus	status;

	ok(hw_metadata_take(reply, &secret, &status), "keys");
	is_string(secret.access_key, "A", "access key");
	is_string(secret.secret_key, "S", "secret key");
	is_string(secret.security_token, "T", "security token");
	is_int(secret.expires_at, NOW, "end");
	hw_secret_wipe(&secret);
	reply->date = NOW;
	ok(!hw_metadata_take(reply, &secret, &status), "keys that had their time");
	free(reply);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
	{
		reply = reply_of(bad[i], "", 0);
		ok(!hw_metadata_take(reply, &secret, &status) &&
		   status.kind == HW_BAD_REPLY && secret.access_key == NULL &&
		   secret.secret_key == NULL, "%s", bad[i]);
		free(reply);
	}

	hw_request_init(&request, "GET");
	ok(hw_metadata_ask_key(HW_METADATA_ENDPOINT, NULL, &request, &status),
	   "a request");
	is_string(request.host, "169.254.169.254", "to the link-local address");
	ok(hw_request_find(&request, "X-Metadata-Token") == NULL, "of version 1");
	hw_request_free(&request);
	hw_request_init(&request, "GET");
	ok(!hw_metadata_ask_key(HW_METADATA_ENDPOINT, "a\nb", &request, &status),
	   "a token with a line break is not sent");
	hw_request_free(&request);
}

/* --- environment and file -------------------------------------------- */

static char path[] = "/tmp/hwbss_test_signin_XXXXXX";

static void
write_file(const char *text)
{
	FILE	   *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

static void
test_source(void)
{
	HwSecret	secret = {0};
	HwStatus	status;

	unsetenv("HUAWEICLOUD_SDK_AK");
	unsetenv("HUAWEICLOUD_SDK_SECURITY_TOKEN");
	setenv("HUAWEICLOUD_SDK_SK", "S", 1);
	ok(!hw_source_environment(&secret, &status) &&
	   status.kind == HW_NO_CREDENTIALS && secret.secret_key == NULL,
	   "half a key");
	is_string(status.text, "HUAWEICLOUD_SDK_AK is not set", "what is missing");
	setenv("HUAWEICLOUD_SDK_AK", "A", 1);
	ok(hw_source_environment(&secret, &status), "a key");
	is_string(secret.security_token, NULL, "for good");
	hw_secret_wipe(&secret);
	setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", "T", 1);
	ok(hw_source_environment(&secret, &status), "and one for a time");
	is_string(secret.security_token, "T", "with its token");
	hw_secret_wipe(&secret);

	write_file("[global]\nak = A = B\n sk='S'\nak2=x\n[ basic ]\nak=1\nak=2\n"
			   "sk=\"\nsecurity_token = \"t\"");
	ok(hw_source_profile(path, "global", &secret, &status), "a section");
	is_string(secret.access_key, "A = B", "what follows the first sign");
	is_string(secret.secret_key, "S", "without quotes");
	hw_secret_wipe(&secret);
	ok(hw_source_profile(path, "basic", &secret, &status), "another");
	is_string(secret.access_key, "2", "the last one counts");
	is_string(secret.secret_key, "\"", "one quote is none");
	is_string(secret.security_token, "t", "the last line has no end");
	hw_secret_wipe(&secret);
	ok(!hw_source_profile(path, "glob", &secret, &status), "no section");
	write_file("[basic]\nak: A=B\nsk = C:D\nsecurity_token :\n");
	ok(hw_source_profile(path, "basic", &secret, &status), "with colons");
	is_string(secret.access_key, "A=B", "what follows the first of both");
	is_string(secret.secret_key, "C:D", "whichever that is");
	is_string(secret.security_token, NULL, "nothing is nothing");
	hw_secret_wipe(&secret);

	/* What they name beside the key. */
	setenv("HUAWEICLOUD_SDK_PROJECT_ID", "P", 1);
	setenv("HUAWEICLOUD_SDK_DOMAIN_ID", "D", 1);
	ok(hw_source_environment(&secret, &status), "a key with IDs");
	is_string(secret.project_id, "P", "of its project");
	is_string(secret.domain_id, "D", "and its account");
	hw_secret_wipe(&secret);
	write_file("[basic]\nak=A\nsk=S\nproject_id = p\n[global]\nak=A\nsk=S\n"
			   "domain_id = d\n");
	ok(hw_source_profile(path, "basic", &secret, &status), "a project");
	is_string(secret.project_id, "p", "in its section");
	is_string(secret.domain_id, NULL, "and no account");
	hw_secret_wipe(&secret);
	ok(hw_source_profile(path, "global", &secret, &status), "an account");
	is_string(secret.domain_id, "d", "in its section");
	hw_secret_wipe(&secret);
}

/* Asks nobody: there is no engine. */
static void
test_scope_id(void)
{
	HwCredentials chain = {.source = HW_SOURCE_CHAIN,.profile_path = path};
	HwCredentials metadata = {.source = HW_SOURCE_METADATA};
	HwSignin   *signin;

	unsetenv("HUAWEICLOUD_SDK_AK");
	write_file("[basic]\nak=A\nsk=S\nproject_id = p\n");
	signin = hw_signin_open(&chain, "basic");
	is_string(hw_signin_scope_id(signin, true), "p", "the first with a key");
	is_string(hw_signin_scope_id(signin, false), NULL, "names no account");
	hw_signin_close(signin);
	setenv("HUAWEICLOUD_SDK_AK", "A", 1);
	signin = hw_signin_open(&chain, "basic");
	is_string(hw_signin_scope_id(signin, true), "P",
			  "is the environment when that has one");
	hw_signin_close(signin);
	signin = hw_signin_open(&metadata, "");
	is_string(hw_signin_scope_id(signin, true), NULL,
			  "the metadata service names none");
	hw_signin_close(signin);
	signin = hw_signin_open(&by_name, "");
	is_string(hw_signin_scope_id(signin, true), NULL,
			  "a mapping is not the environment's affair");
	hw_signin_close(signin);
}

/* The account that a token without scope is asked for once more. */
static void
test_account(void)
{
	static const struct
	{
		const char *body;
		const char *account;
	}			cases[] = {
		{TOKEN_BODY(",\"user\":{\"domain\":{\"id\":\"d\"}}"), "d"},
		{TOKEN_BODY(",\"domain\":{\"id\":\"d\"},\"user\":{\"domain\":{\"id\":\"d\"}}"),
		NULL},
		{TOKEN_BODY(",\"project\":{\"id\":\"p\"},\"user\":{\"domain\":{\"id\":\"d\"}}"),
		NULL},
		{TOKEN_BODY(",\"user\":{\"domain\":{\"id\":\"\"}}"), NULL},
		{TOKEN_BODY(",\"user\":[]"), NULL},
		{TOKEN_BODY(""), NULL},
		{"[]", NULL}, {"", NULL}, {"<html>", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HwReply    *reply = reply_of(cases[i].body, "T", NOW);
		char	   *account = hw_iam_account(reply);

		is_string(account, cases[i].account, "%s", cases[i].body);
		free(account);
		free(reply);
	}
}

/* --- failing allocations ---------------------------------------------- */

static bool
torture_iam(void *arg)
{
	HwReply    *reply = arg;
	HwCredentials copy;
	HwSecret	secret = {0};
	HwRequest	request;
	HwStatus	status;
	bool		done;

	if (!hw_credentials_copy(&copy, &by_name))
		return false;
	hw_request_init(&request, "GET");
	done = hw_iam_ask(&copy, "https://iam.example.org", "p1", NULL, &request,
					  &status) &&
		hw_iam_take(reply, "p1", &secret, &status);
	hw_secret_wipe(&secret);
	hw_request_free(&request);
	hw_credentials_wipe(&copy);
	return done;
}

static bool
torture_metadata(void *arg)
{
	HwSecret	secret = {0};
	HwRequest	request;
	HwRequest	token;
	HwStatus	status;
	bool		done;

	hw_request_init(&request, "GET");
	hw_request_init(&token, "GET");
	done = hw_metadata_ask_token("http://127.0.0.1", &token, &status) &&
		hw_metadata_ask_key("http://127.0.0.1", "t", &request, &status) &&
		hw_metadata_take(arg, &secret, &status);
	hw_secret_wipe(&secret);
	hw_request_free(&request);
	hw_request_free(&token);
	return done;
}

static bool
torture_signin(void *arg)
{
	HwSignin   *signin = hw_signin_open(arg, "p1");
	HwSigninPlace place = {0};
	HwStatus	status;
	bool		done;

	if (signin == NULL)
		return false;
	done = hw_signin_want(signin, NULL, &place, NOW,
						  &status) == HW_SIGNIN_READY &&
		hw_signin_secret(signin)->access_key != NULL;
	hw_signin_close(signin);
	return done;
}

int
main(void)
{
	HwCredentials file = {.source = HW_SOURCE_PROFILE,.profile_path = path};
	HwCredentials environment = {.source = HW_SOURCE_ENVIRONMENT};
	HwCredentials chain = {.source = HW_SOURCE_CHAIN,.profile_path = path};
	HwReply    *token = reply_of(PROJECT_BODY, "T", 0);
	HwReply    *key = reply_of(GOOD_KEY, "", 0);

	close(mkstemp(path));
	test_times();
	test_ask();
	test_take();
	test_metadata();
	test_source();
	test_scope_id();
	test_account();
	alloc_torture(torture_iam, token, "a token by password");
	alloc_torture(torture_metadata, key, "keys of the metadata service");
	alloc_torture(torture_signin, &environment, "keys of the environment");
	write_file("[basic]\nak=A\nsk=S\nsecurity_token=T\n");
	alloc_torture(torture_signin, &file, "keys of a file");
	unsetenv("HUAWEICLOUD_SDK_AK");
	alloc_torture(torture_signin, &chain, "a chain that ends at the file");
	unlink(path);
	free(token);
	free(key);
	return done();
}
