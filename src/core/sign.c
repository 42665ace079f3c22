/*-------------------------------------------------------------------------
 *
 * sign.c
 *	  SDK-HMAC-SHA256, the request signature of Huawei Cloud.
 *
 * Source: API Request Signing Guide.  Where the official SDKs part ways, the
 * choice here is what all of them and the service accept: Host is signed,
 * Content-Type is not, names with an underscore are not.
 *
 *-------------------------------------------------------------------------
 */
#include "core/sign.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALGORITHM "SDK-HMAC-SHA256"
#define SHA256_BYTES 32
#define SHA256_HEX_SIZE (2 * SHA256_BYTES + 1)

struct HwHasher
{
	EVP_MD	   *md;				/* owned; looking one up costs more than a
								 * short digest */
	EVP_MD_CTX *context;		/* owned */
};

/* A header as the signature sees it. */
typedef struct Signed
{
	const char *name;
	const char *value;
} Signed;

static int	collect(const HwRequest *request,
					Signed list[HW_REQUEST_HEADERS_MAX + 1]);
static bool is_signed(const HwRequest *request, const HwHeader *header);
static bool begins_with_content_type(const char *name);
static bool append_canonical(HwText *out, const HwRequest *request,
							 const Signed *list, int count,
							 const char *names);
static bool append_lower(HwText *out, const char *name);
static bool sha256_hex(const char *data, size_t length,
					   char hex[SHA256_HEX_SIZE]);
static void write_hex(const unsigned char digest[SHA256_BYTES],
					  char hex[SHA256_HEX_SIZE]);

bool
hw_sign_date(time_t when, char date[HW_SIGN_DATE_SIZE])
{
	struct tm	tm;
	char		buffer[80];

	date[0] = '\0';
	if (gmtime_r(&when, &tm) == NULL ||
		tm.tm_year < -1900 || tm.tm_year > 9999 - 1900)
		return false;
	snprintf(buffer, sizeof(buffer), "%04d%02d%02dT%02d%02d%02dZ",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			 tm.tm_hour, tm.tm_min, tm.tm_sec);
	memcpy(date, buffer, HW_SIGN_DATE_SIZE);
	return true;
}

bool
hw_sign(const HwRequest *request, const char *access_key,
		const char *secret_key, HwText *authorization, HwText *canonical,
		HwStatus *status)
{
	const char *date = hw_request_find(request, "X-Sdk-Date");
	Signed		list[HW_REQUEST_HEADERS_MAX + 1];
	int			count;
	int			i;
	HwText		names;
	HwText		text;
	bool		result = false;

	if (date == NULL)
		return hw_status_set(status, HW_INTERNAL,
							 "a request without a date cannot be signed");

	hw_text_init(&names, 0);
	hw_text_init(&text, 0);
	text.is_secret = true;		/* may hold a security token */

	count = collect(request, list);
	for (i = 0; i < count; i++)
	{
		if (i > 0)
			hw_text_putc(&names, ';');
		append_lower(&names, list[i].name);
	}
	if (names.has_failed)
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	else if (!append_canonical(&text, request, list, count,
							   hw_text_string(&names)))
	{
		if (text.has_failed)
			hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		else
			hw_status_set(status, HW_INTERNAL, "SHA-256 failed");
	}
	else if (canonical && !hw_text_append(canonical, text.data, text.length))
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	else
		result = hw_sign_canonical(text.data, text.length, date,
								   hw_text_string(&names), access_key,
								   secret_key, authorization, status);

	hw_text_free(&names);
	hw_text_free(&text);
	return result;
}

bool
hw_sign_canonical(const char *canonical, size_t length, const char *date,
				  const char *names, const char *access_key,
				  const char *secret_key, HwText *authorization,
				  HwStatus *status)
{
	char		hex[SHA256_HEX_SIZE];
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int digest_bytes = 0;
	size_t		secret_bytes = strlen(secret_key);
	HwText		text;
	bool		is_done;

	if (!sha256_hex(canonical, length, hex))
		return hw_status_set(status, HW_INTERNAL, "SHA-256 failed");

	hw_text_init(&text, 0);
	if (!hw_text_printf(&text, ALGORITHM "\n%s\n%s", date, hex))
	{
		hw_text_free(&text);
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	}
	is_done = secret_bytes <= INT_MAX &&
		HMAC(EVP_sha256(), secret_key, (int) secret_bytes,
			 (const unsigned char *) text.data, text.length,
			 digest, &digest_bytes) != NULL &&
		digest_bytes == SHA256_BYTES;
	hw_text_free(&text);
	if (!is_done)
		return hw_status_set(status, HW_INTERNAL, "HMAC-SHA256 failed");

	write_hex(digest, hex);
	if (!hw_text_printf(authorization,
						ALGORITHM " Access=%s, SignedHeaders=%s, Signature=%s",
						access_key, names, hex))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

HwHasher *
hw_hasher_open(void)
{
	HwHasher   *hasher = calloc(1, sizeof(*hasher));

	if (hasher == NULL)
		return NULL;
	hasher->md = EVP_MD_fetch(NULL, "SHA256", NULL);
	hasher->context = EVP_MD_CTX_new();
	if (hasher->md == NULL || hasher->context == NULL)
	{
		hw_hasher_close(hasher);
		return NULL;
	}
	return hasher;
}

bool
hw_hasher_digest(HwHasher *hasher, const char *data, size_t length,
				 HwDigest *digest)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int count = 0;
	int			i;

	digest->high = 0;
	digest->low = 0;
	if (EVP_DigestInit_ex2(hasher->context, hasher->md, NULL) != 1 ||
		EVP_DigestUpdate(hasher->context, data, length) != 1 ||
		EVP_DigestFinal_ex(hasher->context, bytes, &count) != 1 ||
		count != SHA256_BYTES)
		return false;
	for (i = 0; i < 8; i++)
	{
		digest->high = digest->high << 8 | bytes[i];
		digest->low = digest->low << 8 | bytes[8 + i];
	}
	return true;
}

void
hw_hasher_close(HwHasher *hasher)
{
	if (hasher == NULL)
		return;
	EVP_MD_CTX_free(hasher->context);
	EVP_MD_free(hasher->md);
	free(hasher);
}

/*
 * Fills a list of what is signed, sorted by lower-case name.  Names differ in
 * more than case, since a request holds none twice.
 */
static int
collect(const HwRequest *request, Signed list[HW_REQUEST_HEADERS_MAX + 1])
{
	int			count = 0;
	int			i;

	for (i = -1; i < request->nheaders; i++)
	{
		Signed		next;
		int			at;

		if (i < 0)
		{
			if (request->host[0] == '\0')
				continue;
			next.name = "host";
			next.value = request->host;
		}
		else
		{
			if (!is_signed(request, &request->headers[i]))
				continue;
			next.name = request->headers[i].name;
			next.value = request->headers[i].value;
		}
		for (at = count; at > 0; at--)
		{
			if (hw_text_compare(list[at - 1].name, next.name) < 0)
				break;
			list[at] = list[at - 1];
		}
		list[at] = next;
		count++;
	}
	return count;
}

/*
 * The date is compulsory, and a hash that stands in for the body's would be
 * worth nothing unsigned.
 */
static bool
is_signed(const HwRequest *request, const HwHeader *header)
{
	if (hw_text_compare(header->name, "x-sdk-date") == 0 ||
		hw_text_compare(header->name, "x-sdk-content-sha256") == 0)
		return true;
	return header->is_signed &&
		!begins_with_content_type(header->name) &&
		strchr(header->name, '_') == NULL &&
		hw_text_compare(header->name, "authorization") != 0 &&
		!(request->host[0] && hw_text_compare(header->name, "host") == 0);
}

static bool
begins_with_content_type(const char *name)
{
	char		start[sizeof("content-type")];

	snprintf(start, sizeof(start), "%s", name);
	return hw_text_compare(start, "content-type") == 0;
}

/* False with out->has_failed unset when OpenSSL failed. */
static bool
append_canonical(HwText *out, const HwRequest *request, const Signed *list,
				 int count, const char *names)
{
	const char *payload = hw_request_find(request, "X-Sdk-Content-Sha256");
	char		hex[SHA256_HEX_SIZE];
	int			i;

	hw_text_puts(out, request->method);
	hw_text_putc(out, '\n');
	hw_url_path(out, hw_text_string(&request->path));
	/* Only here has the path a final slash; the service adds one as well. */
	if (out->length > 0 && out->data[out->length - 1] != '/')
		hw_text_putc(out, '/');
	hw_text_putc(out, '\n');
	hw_text_append(out, hw_text_string(&request->query),
				   request->query.length);
	hw_text_putc(out, '\n');
	for (i = 0; i < count; i++)
	{
		append_lower(out, list[i].name);
		hw_text_putc(out, ':');
		hw_text_puts(out, list[i].value);	/* blanks are cut already */
		hw_text_putc(out, '\n');
	}
	hw_text_putc(out, '\n');
	hw_text_puts(out, names);
	hw_text_putc(out, '\n');
	if (payload == NULL)
	{
		if (!sha256_hex(hw_text_string(&request->body), request->body.length,
						hex))
			return false;
		payload = hex;
	}
	return hw_text_puts(out, payload);
}

/* Not tolower, which depends on the locale. */
static bool
append_lower(HwText *out, const char *name)
{
	for (; *name; name++)
		hw_text_putc(out, *name >= 'A' && *name <= 'Z' ?
					 (char) (*name - 'A' + 'a') : *name);
	return !out->has_failed;
}

static bool
sha256_hex(const char *data, size_t length, char hex[SHA256_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int count = 0;

	if (EVP_Digest(data, length, digest, &count, EVP_sha256(), NULL) != 1 ||
		count != SHA256_BYTES)
		return false;
	write_hex(digest, hex);
	return true;
}

static void
write_hex(const unsigned char digest[SHA256_BYTES], char hex[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	int			i;

	for (i = 0; i < SHA256_BYTES; i++)
	{
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 0xf];
	}
	hex[2 * SHA256_BYTES] = '\0';
}
