/*-------------------------------------------------------------------------
 *
 * url.c
 *	  Percent-encoding, canonical paths and queries, base URLs.
 *
 * Host and port are split by libcurl's own parser, so that what was checked
 * and signed is what libcurl connects to.
 *
 *-------------------------------------------------------------------------
 */
#include "core/url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longest host name that DNS can carry. */
#define NAME_BYTES_MAX 253

static int	compare_pairs(const void *a, const void *b);
static const char *check_bytes(const char *url);
static const char *split_scheme(const char *url, HwBase *base,
								const char **reason);
static bool has_empty_label(const char *text);
static const char *split_host(CURLU *handle, HwBase *base);
static const char *split_port(CURLU *handle, HwBase *base);
static const char *split_prefix(const char *path, HwBase *base);
static bool is_loopback(const char *name);
static int	hex_digit(char c);

bool
hw_url_escape(HwText *out, const char *text, size_t length)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t		begin = 0;
	size_t		at;

	for (at = 0; at < length; at++)
	{
		unsigned char c = (unsigned char) text[at];
		char		escaped[3];

		/* Not isalnum: that depends on the locale. */
		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') ||
			c == '-' || c == '_' || c == '.' || c == '~')
			continue;
		hw_text_append(out, text + begin, at - begin);
		escaped[0] = '%';
		escaped[1] = hex[c >> 4];
		escaped[2] = hex[c & 0xf];
		hw_text_append(out, escaped, sizeof(escaped));
		begin = at + 1;
	}
	return hw_text_append(out, text + begin, length - begin);
}

bool
hw_url_path(HwText *out, const char *path)
{
	if (*path == '\0')
		return hw_text_putc(out, '/');
	for (;;)
	{
		size_t		segment = strcspn(path, "/");

		if (!hw_url_escape(out, path, segment))
			return false;
		path += segment;
		if (*path == '\0')
			return true;
		hw_text_putc(out, '/');
		path++;
	}
}

bool
hw_url_query(HwText *out, HwPair *pairs, int npairs)
{
	int			i;

	if (npairs > 1)
		qsort(pairs, (size_t) npairs, sizeof(*pairs), compare_pairs);
	for (i = 0; i < npairs; i++)
	{
		if (i > 0)
			hw_text_putc(out, '&');
		hw_url_escape(out, pairs[i].name, strlen(pairs[i].name));
		hw_text_putc(out, '=');
		hw_url_escape(out, pairs[i].value, strlen(pairs[i].value));
	}
	return !out->has_failed;
}

/* Looks at host and port, up to the path, before libcurl does. */
static const char *
check_authority(const char *rest)
{
	size_t		length = strcspn(rest, "/");

	if (length == 0 || *rest == ':')
		return "it has no host";	/* libcurl would skip slashes */
	if (memchr(rest, '@', length))
		return "it has a user name";

	/*
	 * libcurl would decode an escape.  Names like ".." it passes on, or it
	 * refuses them (pull request 21622 of May 2026) together with others.
	 */
	if (memchr(rest, '%', length) || has_empty_label(rest))
		return "its host is malformed";
	return NULL;
}

bool
hw_url_base(const char *url, HwBase *base, const char **reason)
{
	CURLU	   *handle;
	CURLUcode	code;
	const char *rest;

	memset(base, 0, sizeof(*base));
	*reason = check_bytes(url);
	if (*reason)
		return false;

	rest = split_scheme(url, base, reason);
	if (rest == NULL)
		return false;
	*reason = check_authority(rest);
	if (*reason)
		return false;

	handle = curl_url();
	if (handle == NULL)
	{
		*reason = "memory ran out";
		return false;
	}
	code = curl_url_set(handle, CURLUPART_URL, url, CURLU_PATH_AS_IS);
	if (code == CURLUE_OUT_OF_MEMORY)
		*reason = "memory ran out";
	else if (code == CURLUE_BAD_PORT_NUMBER)
		*reason = "its port is not a number from 1 to 65535";
	else if (code != CURLUE_OK)
		*reason = "it is malformed";
	else
	{
		*reason = split_host(handle, base);
		if (*reason == NULL)
			*reason = split_port(handle, base);
		if (*reason == NULL)
			*reason = split_prefix(rest + strcspn(rest, "/"), base);
	}
	curl_url_cleanup(handle);
	return *reason == NULL;
}

/* strcmp compares bytes as unsigned, which is the order of the signature. */
static int
compare_pairs(const void *a, const void *b)
{
	const HwPair *left = a;
	const HwPair *right = b;
	int			order = strcmp(left->name, right->name);

	return order != 0 ? order : strcmp(left->value, right->value);
}

/* A reason when the URL has bytes that none has, or parts a base has not. */
static const char *
check_bytes(const char *url)
{
	const unsigned char *p;

	if (*url == '\0')
		return "it is empty";
	for (p = (const unsigned char *) url; *p; p++)
	{
		if (*p < 0x20 || *p == 0x7f)
			return "it has control characters";
		if (*p == ' ')
			return "it has blanks";
		if (*p == '\\')
			return "it has a backslash";
		if (*p >= 0x80)
			return "it has characters outside ASCII";
		if (*p == '?')
			return "it has a query";
		if (*p == '#')
			return "it has a fragment";
	}
	return NULL;
}

/* What comes behind ://, or NULL and a reason. */
static const char *
split_scheme(const char *url, HwBase *base, const char **reason)
{
	const char *end = strstr(url, "://");
	char		scheme[sizeof("https")] = "";

	if (end == NULL)
	{
		*reason = "it has no scheme";
		return NULL;
	}
	if (end - url < (ptrdiff_t) sizeof(scheme))
		memcpy(scheme, url, (size_t) (end - url));
	base->is_https = hw_text_compare(scheme, "https") == 0;
	if (!base->is_https && hw_text_compare(scheme, "http") != 0)
	{
		*reason = "its scheme is neither https nor http";
		return NULL;
	}
	return end + strlen("://");
}

/* Whether the host that a text begins with has nothing before a dot. */
static bool
has_empty_label(const char *text)
{
	for (const char *p = text; *p != '\0' && *p != '/'; p++)
	{
		if (*p == '.' && (p == text || p[-1] == '.'))
			return true;
	}
	return false;
}

/* Fills name, and host without a port. */
static const char *
split_host(CURLU *handle, HwBase *base)
{
	char	   *part = NULL;
	const char *reason = NULL;
	size_t		length;
	CURLUcode	code = curl_url_get(handle, CURLUPART_HOST, &part, 0);
	size_t		i;

	if (code != CURLUE_OK)
		return code == CURLUE_OUT_OF_MEMORY ?
			"memory ran out" : "it has no host";

	length = strlen(part);
	if (length == 0)
		reason = "it has no host";
	else if (length > NAME_BYTES_MAX)
		reason = "its host is too long";
	for (i = 0; i < length && reason == NULL; i++)
	{
		if (part[i] >= 'A' && part[i] <= 'Z')
			part[i] = (char) (part[i] - 'A' + 'a');
		else if (part[0] != '[' &&
				 !((part[i] >= 'a' && part[i] <= 'z') ||
				   (part[i] >= '0' && part[i] <= '9') ||
				   part[i] == '-' || part[i] == '_' || part[i] == '.'))
			reason = "its host is malformed";
	}
	if (reason == NULL && part[0] == '[')
	{
		struct in6_addr ignored;

		memcpy(base->name, part + 1, length - 1);
		if (part[length - 1] == ']')
			base->name[length - 2] = '\0';
		if (inet_pton(AF_INET6, base->name, &ignored) != 1)
			reason = "its host is malformed";
	}
	else if (reason == NULL)
		memcpy(base->name, part, length);
	if (reason == NULL)
	{
		memcpy(base->host, part, length);
		base->is_loopback = is_loopback(base->name);
	}
	curl_free(part);
	return reason;
}

/* Appends the port to host, unless it is the scheme's own. */
static const char *
split_port(CURLU *handle, HwBase *base)
{
	char	   *part = NULL;
	CURLUcode	code = curl_url_get(handle, CURLUPART_PORT, &part, 0);
	long		port;
	size_t		length = strlen(base->host);

	if (code == CURLUE_NO_PORT)
		return NULL;
	if (code != CURLUE_OK)
		return code == CURLUE_OUT_OF_MEMORY ?
			"memory ran out" : "it is malformed";
	port = strtol(part, NULL, 10);
	curl_free(part);
	if (port < 1 || port > 65535)
		return "its port is not a number from 1 to 65535";
	if (port != (base->is_https ? 443 : 80))
		snprintf(base->host + length, sizeof(base->host) - length, ":%ld",
				 port);
	return NULL;
}

/* Decodes a path; what could be read in two ways is refused. */
static const char *
split_prefix(const char *path, HwBase *base)
{
	char	   *out = base->prefix;
	char	   *segment = out;	/* behind the last slash */
	const char *p;

	for (p = path;; p++)
	{
		char		c = *p;

		if (c == '/' || c == '\0')
		{
			*out = '\0';
			if (strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
				return "its path has dot segments";
			if (c == '\0')
				break;
			segment = out + 1;
		}
		else if (c == '%')
		{
			int			high = hex_digit(p[1]);
			int			low = high < 0 ? -1 : hex_digit(p[2]);

			if (low < 0)
				return "its path has a malformed escape";
			c = (char) (high * 16 + low);
			if ((unsigned char) c < 0x20 || c == 0x7f || c == '/' ||
				c == '\\')
				return "its path has an escape that cannot be sent";
			p += 2;
		}
		if (out - base->prefix >= (ptrdiff_t) sizeof(base->prefix) - 1)
			return "its path is too long";
		*out++ = c;
	}

	while (out > base->prefix && out[-1] == '/')
		*--out = '\0';
	for (p = base->prefix; p < out;)
	{
		size_t		bytes = hw_text_character(p, (size_t) (out - p));

		if (bytes == 0)
			return "its path has escapes that are no valid UTF-8";
		p += bytes;
	}
	return NULL;
}

/* Names are not looked up: only what no resolver can change counts. */
static bool
is_loopback(const char *name)
{
	struct in_addr four;
	struct in6_addr six;

	if (strcmp(name, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, name, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, name, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six) ||
			(IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
	return false;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}
