/*-------------------------------------------------------------------------
 *
 * test_sign.c
 *	  The signature against those of the official SDKs.
 *
 * Vectors are in signing-vectors.json, which says where each comes from, in
 * the directory given as argument or in HWBSS_FIXTURES.
 *
 *-------------------------------------------------------------------------
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "core/json.h"
#include "core/sign.h"
#include "tap.h"

#define PAIRS_MAX 32

static HwJson *
read_fixture(const char *directory)
{
	char		name[1000];
	char		chunk[4096];
	HwText		text;
	HwStatus	status;
	HwJson	   *json = NULL;
	FILE	   *file;
	size_t		bytes;

	snprintf(name, sizeof(name), "%s/signing-vectors.json", directory);
	file = fopen(name, "rb");
	if (file == NULL)
	{
		diag("cannot read %s", name);
		return NULL;
	}
	hw_text_init(&text, 0);
	while ((bytes = fread(chunk, 1, sizeof(chunk), file)) > 0)
		hw_text_append(&text, chunk, bytes);
	fclose(file);
	json = hw_json_parse(text.data, text.length, &status);
	if (json == NULL)
		diag("%s", status.text);
	hw_text_free(&text);
	return json;
}

/* Text of a member, or NULL. */
static const char *
get(const HwNode *object, const char *name)
{
	const HwNode *node = hw_json_find(object, name);

	return node ? hw_json_text(node) : NULL;
}

static bool
add_headers(HwRequest *request, const HwNode *headers, HwStatus *status)
{
	const HwNode *header;

	for (header = headers ? hw_json_child(headers) : NULL; header;
		 header = hw_json_next(header))
	{
		if (strcmp(hw_json_name(header), "Host") != 0 &&
			!hw_request_header(request, hw_json_name(header),
							   hw_json_text(header), true, status))
			return false;
	}
	return true;
}

/* A request as a vector describes it. */
static bool
make_request(HwRequest *request, const HwNode *vector, HwStatus *status)
{
	HwPair		pairs[PAIRS_MAX];
	int			npairs = 0;
	HwBase		base;
	const HwNode *pair;
	const char *body = get(vector, "body");
	const char *reason;
	char		url[400];

	hw_status_clear(status);
	hw_request_init(request, get(vector, "method"));
	snprintf(url, sizeof(url), "%s://%s", get(vector, "scheme"),
			 get(vector, "host"));
	if (!hw_url_base(url, &base, &reason) ||
		!hw_request_target(request, &base, get(vector, "path"), status))
		return false;
	if (strcmp(get(vector, "profile"), "date-only") == 0)
		request->host[0] = '\0';

	for (pair = hw_json_child(hw_json_find(vector, "query")); pair;
		 pair = hw_json_next(pair))
	{
		if (npairs == PAIRS_MAX)
			return false;
		pairs[npairs].name = hw_json_text(hw_json_child(pair));
		pairs[npairs].value =
			hw_json_text(hw_json_next(hw_json_child(pair)));
		npairs++;
	}
	return hw_url_query(&request->query, pairs, npairs) &&
		(body == NULL || hw_text_puts(&request->body, body)) &&
		add_headers(request, hw_json_find(vector, "headers"), status) &&
		add_headers(request, hw_json_find(vector, "added_headers"), status);
}

/* The published example signs content-type, which hw_sign never does. */
static bool
sign_content_type(const char *canonical, const HwNode *vector,
				  HwText *authorization, HwStatus *status)
{
	static const char line[] = "content-type:application/json\n";
	const char *host = strstr(canonical, "\nhost:");
	const char *names = strstr(canonical, "\nhost;");
	HwText		text;
	bool		result;

	hw_text_init(&text, 0);
	hw_text_append(&text, canonical, (size_t) (host + 1 - canonical));
	hw_text_puts(&text, line);
	hw_text_append(&text, host + 1, (size_t) (names - host));
	hw_text_puts(&text, "content-type;");
	hw_text_puts(&text, names + 1);
	result = hw_sign_canonical(text.data, text.length,
							   get(vector, "x_sdk_date"),
							   "content-type;host;x-sdk-date",
							   get(vector, "ak"), get(vector, "sk"),
							   authorization, status);
	hw_text_free(&text);
	return result;
}

static void
check_vector(const HwNode *vector)
{
	const char *id = get(vector, "id");
	const char *expected = get(vector, "canonical_request");
	const char *signature;
	HwRequest	request;
	HwStatus	status;
	HwText		path;
	HwText		authorization;
	HwText		canonical;

	hw_text_init(&path, 0);
	hw_text_init(&authorization, 0);
	hw_text_init(&canonical, 0);
	if (!ok(make_request(&request, vector, &status), "%s: request", id))
		diag("%s", status.text);

	hw_url_path(&path, get(vector, "path"));
	is_string(hw_text_string(&path), get(vector, "wire_path"), "%s: path",
			  id);
	is_string(hw_text_string(&request.query), get(vector, "wire_query"),
			  "%s: query", id);
	ok(hw_sign(&request, get(vector, "ak"), get(vector, "sk"),
			   &authorization, &canonical, &status), "%s: is signed", id);
	if (strcmp(get(vector, "profile"), "content-type-signed") == 0)
	{
		hw_text_reset(&authorization);
		ok(sign_content_type(canonical.data, vector, &authorization, &status),
		   "%s: is signed with its content type", id);
	}
	if (expected)
		is_string(canonical.data, expected, "%s: canonical request", id);
	signature = strstr(hw_text_string(&authorization), "Signature=");
	is_string(signature ? signature + 10 : NULL, get(vector, "signature"),
			  "%s: signature", id);
	is_string(authorization.data, get(vector, "authorization"),
			  "%s: authorization", id);

	hw_request_free(&request);
	hw_text_free(&path);
	hw_text_free(&authorization);
	hw_text_free(&canonical);
}

static bool
sign_vector(void *arg)
{
	HwRequest	request;
	HwStatus	status;
	HwText		authorization;
	bool		result;

	hw_text_init(&authorization, 0);
	result = make_request(&request, arg, &status) &&
		hw_sign(&request, "ak", "sk", &authorization, NULL, &status);
	hw_request_free(&request);
	hw_text_free(&authorization);
	return result;
}

static void
test_vectors(const char *directory)
{
	HwJson	   *json = read_fixture(directory);
	const HwNode *vector;
	const HwNode *last = NULL;
	int			count = 0;

	if (!ok(json != NULL, "vectors in %s", directory))
		return;
	for (vector = hw_json_child(hw_json_find(hw_json_root(json), "vectors"));
		 vector; vector = hw_json_next(vector))
	{
		check_vector(vector);
		count++;
		last = vector;
	}
	ok(count >= 74, "%d vectors", count);
	alloc_torture(sign_vector, (void *) last, "sign");
	hw_json_free(json);
}

static void
test_rules(void)
{
	HwRequest	request;
	HwStatus	status;
	HwText		authorization;
	HwText		canonical;

	hw_status_clear(&status);
	hw_text_init(&authorization, 0);
	hw_text_init(&canonical, 0);
	hw_request_init(&request, "GET");
	strcpy(request.host, "h:8443");
	ok(!hw_sign(&request, "a", "s", &authorization, NULL, &status) &&
	   status.kind == HW_INTERNAL, "nothing is signed without a date");

	hw_request_header(&request, "X-Sdk-Date", "20250102T030405Z", false,
					  &status);
	hw_request_header(&request, "Zebra", "z", true, &status);
	hw_request_header(&request, "ID", "i", true, &status);
	hw_request_header(&request, "Accept", "*/*", false, &status);
	hw_request_header(&request, "Content-Type", "text/plain", true, &status);
	hw_request_header(&request, "content-TYPE-x", "c", true, &status);
	hw_request_header(&request, "Content-Typ", "c", true, &status);
	hw_request_header(&request, "X_Under", "u", true, &status);
	hw_request_header(&request, "Authorization", "old", true, &status);
	hw_request_header(&request, "HOST", "other", true, &status);
	hw_request_header(&request, "X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD",
					  false, &status);
	hw_text_puts(&request.body, "body");
	ok(hw_sign(&request, "access", "secret", &authorization, &canonical,
			   &status), "a request with headers of all sorts");
	is_string(canonical.data,
			  "GET\n/\n\ncontent-typ:c\nhost:h:8443\nid:i\n"
			  "x-sdk-content-sha256:UNSIGNED-PAYLOAD\n"
			  "x-sdk-date:20250102T030405Z\nzebra:z\n\n"
			  "content-typ;host;id;x-sdk-content-sha256;x-sdk-date;zebra\n"
			  "UNSIGNED-PAYLOAD", "has the right ones signed");
	ok(strncmp(authorization.data, "SDK-HMAC-SHA256 Access=access, ", 31) == 0,
	   "the access key is in the header");
	ok(strstr(authorization.data, "secret") == NULL, "the secret key is not");
	hw_text_reset(&authorization);
	ok(hw_sign(&request, "", "", &authorization, NULL, &status),
	   "empty keys do no harm");
	hw_request_free(&request);
	hw_text_free(&authorization);
	hw_text_free(&canonical);
}

static void
is_date(long long when, const char *expected)
{
	char		date[HW_SIGN_DATE_SIZE];
	bool		result = hw_sign_date((time_t) when, date);

	is_string(result ? date : NULL, expected, "date of %lld", when);
}

static void
test_date(void)
{
	/* The zone must not matter. */
	setenv("TZ", "Asia/Shanghai", 1);
	tzset();
	is_date(0, "19700101T000000Z");
	is_date(1735787045, "20250102T030405Z");
	is_date(1709251199, "20240229T235959Z");
	is_date(253402300799, "99991231T235959Z");
	is_date(253402300800, NULL);
}

static bool
open_hasher(void *arg)
{
	HwHasher   *hasher = hw_hasher_open();

	(void) arg;
	hw_hasher_close(hasher);
	return hasher != NULL;
}

static void
test_hasher(void)
{
	HwHasher   *hasher = hw_hasher_open();
	HwDigest	digest;
	int			i;

	if (!ok(hasher != NULL, "a hasher"))
		return;
	for (i = 0; i < 3; i++)
	{
		/* FIPS 180-2, appendix B.1 */
		ok(hw_hasher_digest(hasher, "abc", 3, &digest) &&
		   digest.high == 0xba7816bf8f01cfeaULL &&
		   digest.low == 0x414140de5dae2223ULL, "digest of abc, time %d", i);
		ok(hw_hasher_digest(hasher, "", 0, &digest) &&
		   digest.high == 0xe3b0c44298fc1c14ULL &&
		   digest.low == 0x9afbf4c8996fb924ULL, "digest of nothing");
	}
	hw_hasher_close(hasher);
	hw_hasher_close(NULL);
	alloc_torture(open_hasher, NULL, "hasher");
}

int
main(int argc, char **argv)
{
	const char *directory = getenv("HWBSS_FIXTURES");

	if (argc > 1)
		directory = argv[1];
	if (directory == NULL)
		directory = "test/fixtures";
	test_vectors(directory);
	test_rules();
	test_date();
	test_hasher();
	return done();
}
