/*-------------------------------------------------------------------------
 *
 * outcome.c
 *	  What the end of a curl transfer means.
 *
 * The question behind the kinds is whether trying again may help: it may when
 * a connection ended, it does not when something was said that is wrong.
 *
 *-------------------------------------------------------------------------
 */
#include "core/outcome.h"

#include <string.h>

static HwKind kind_of(CURLcode rc, const HwOutcome *outcome);
static bool set_timed_out(CURL *easy, const HwOutcome *outcome,
						  HwStatus *status);
static bool is_refused_by_proxy(CURL *easy);
static bool has_happened(CURL *easy, CURLINFO time);

bool
hw_outcome_status(CURL *easy, CURLcode rc, const HwOutcome *outcome,
				  HwStatus *status)
{
	HwKind		kind;

	if (rc == CURLE_OK)
	{
		status->kind = HW_OK;
		return true;
	}
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return set_timed_out(easy, outcome, status);

	/* Until 8.6 an endless header line ends like this. */
	if (rc == CURLE_OUT_OF_MEMORY && !outcome->has_head &&
		outcome->was_sent)
		return hw_status_set(status, HW_TOO_LARGE,
							 "a header line is too large, or memory is short");
	kind = kind_of(rc, outcome);
	if (kind == HW_NO_CONNECTION && is_refused_by_proxy(easy))
		kind = HW_BAD_REPLY;
	if (kind == HW_OUT_OF_MEMORY)
		return hw_status_set(status, kind, "out of memory");
	if (kind == HW_TOO_LARGE && !outcome->has_head)
		return hw_status_set(status, kind, "a header line is too large");
	return hw_status_set(status, kind, "%s",
						 outcome->words[0] ? outcome->words :
						 curl_easy_strerror(rc));
}

static HwKind
kind_of(CURLcode rc, const HwOutcome *outcome)
{
	switch (rc)
	{
		case CURLE_COULDNT_RESOLVE_HOST:
		case CURLE_COULDNT_RESOLVE_PROXY:
		case CURLE_COULDNT_CONNECT:
		case CURLE_PROXY:
		case CURLE_SEND_ERROR:
		case CURLE_SEND_FAIL_REWIND:
		case CURLE_GOT_NOTHING:
		case CURLE_PARTIAL_FILE:
		case CURLE_HTTP2:
		case CURLE_HTTP2_STREAM:
		case CURLE_NO_CONNECTION_AVAILABLE:
		case CURLE_SSL_SHUTDOWN_FAILED:
		case CURLE_AGAIN:
			return HW_NO_CONNECTION;

		case CURLE_RECV_ERROR:
			/* curl has no other sign of a chunk length that is none. */
			if (strstr(outcome->words, "chunk"))
				return HW_BAD_REPLY;
			return HW_NO_CONNECTION;

		case CURLE_SSL_CONNECT_ERROR:

			/*
			 * A handshake that was cut off, or one that went wrong.  Only the
			 * text tells: OpenSSL's errors are "error:..." in it, but the end
			 * of the connection is one of them since 3.0.
			 */
			if (strstr(outcome->words, "error:") &&
				!strstr(outcome->words, "unexpected eof"))
				return HW_TLS_FAILED;
			return HW_NO_CONNECTION;

		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CERTPROBLEM:
		case CURLE_SSL_CIPHER:
		case CURLE_USE_SSL_FAILED:
		case CURLE_SSL_ENGINE_NOTFOUND:
		case CURLE_SSL_ENGINE_SETFAILED:
		case CURLE_SSL_ENGINE_INITFAILED:
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_SSL_CRL_BADFILE:
		case CURLE_SSL_ISSUER_ERROR:
		case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		case CURLE_SSL_INVALIDCERTSTATUS:
			return HW_TLS_FAILED;

		case CURLE_UNSUPPORTED_PROTOCOL:	/* HTTP/0.9 */
		case CURLE_WEIRD_SERVER_REPLY:
		case CURLE_BAD_CONTENT_ENCODING:
		case CURLE_WRITE_ERROR:		/* not by us: a decoder gave up */
			return HW_BAD_REPLY;

		case CURLE_FILESIZE_EXCEEDED:
#if LIBCURL_VERSION_NUM >= 0x080600
		case CURLE_TOO_LARGE:
#endif
			return HW_TOO_LARGE;

		case CURLE_OUT_OF_MEMORY:
			return HW_OUT_OF_MEMORY;

		default:
			break;
	}
	/* Says which it was: curl has added codes over time. */
	return outcome->was_sent ? HW_BAD_REPLY : HW_INTERNAL;
}

/* Whether a proxy gave an answer to CONNECT that it will give again. */
static bool
is_refused_by_proxy(CURL *easy)
{
	long		http = 0;

	return curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE,
							 &http) == CURLE_OK &&
		http >= 300 && http < 500 && http != 408 && http != 429;
}

/* curl's clocks tell how far it got; which limit it hit follows. */
static bool
set_timed_out(CURL *easy, const HwOutcome *outcome, HwStatus *status)
{
	long		limit_ms = outcome->request_timeout_ms;
	const char *phase;

	if (outcome->was_sent)
		phase = outcome->has_head ? "reading the answer of" :
			"waiting for an answer from";
	else
	{
		if (limit_ms <= 0 || (outcome->connect_timeout_ms > 0 &&
							  outcome->connect_timeout_ms < limit_ms))
			limit_ms = outcome->connect_timeout_ms;
		if (!has_happened(easy, CURLINFO_NAMELOOKUP_TIME_T))
			phase = "looking up the name";
		else if (!outcome->is_connected &&
				 !has_happened(easy, CURLINFO_CONNECT_TIME_T))
			phase = "connecting to";
		else if (outcome->is_https &&
				 !has_happened(easy, CURLINFO_APPCONNECT_TIME_T))
			phase = "agreeing on TLS with";
		else
			phase = "preparing a request to";
	}
	return hw_status_set(status, HW_TIMED_OUT,
						 "timed out after %g s while %s \"%s\"",
						 (double) limit_ms / 1000, phase, outcome->host);
}

static bool
has_happened(CURL *easy, CURLINFO time)
{
	curl_off_t	microseconds = 0;

	return curl_easy_getinfo(easy, time, &microseconds) == CURLE_OK &&
		microseconds > 0;
}
