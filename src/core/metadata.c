/*-------------------------------------------------------------------------
 *
 * metadata.c
 *	  Temporary keys of the cloud machine that the server runs on.
 *
 *-------------------------------------------------------------------------
 */
#include "core/metadata.h"

#include <string.h>

#include "core/json.h"
#include "core/url.h"

/* The longest life there is: six hours.  It is used once. */
#define TOKEN_SECONDS "21600"

static bool
target(const char *endpoint, const char *path, HwRequest *request,
	   HwStatus *status)
{
	HwBase		base;
	const char *reason;

	if (!hw_url_base(endpoint, &base, &reason))
		return hw_status_set(status, HW_INTERNAL,
							 "the endpoint of the metadata service is no URL: %s",
							 reason);
	return hw_request_target(request, &base, path, status);
}

bool
hw_metadata_ask_token(const char *endpoint, HwRequest *request,
					  HwStatus *status)
{
	request->method = "PUT";
	return target(endpoint, "/meta-data/latest/api/token", request, status) &&
		hw_request_header(request, "X-Metadata-Token-Ttl-Seconds",
						  TOKEN_SECONDS, false, status);
}

bool
hw_metadata_ask_key(const char *endpoint, const char *token,
					HwRequest *request, HwStatus *status)
{
	request->method = "GET";
	return target(endpoint, "/openstack/latest/securitykey", request,
				  status) &&
		(token == NULL || hw_request_header(request, "X-Metadata-Token",
											token, false, status));
}

/* A member that must be a text with something in it. */
static bool
take_text(const HwNode *credential, const char *name, char **copy,
		  HwStatus *status)
{
	const HwNode *node = hw_json_find(credential, name);
	const char *text = node && hw_json_kind(node) == HW_NODE_STRING ?
		hw_json_text(node) : NULL;

	if (text == NULL || text[0] == '\0')
		return hw_status_set(status, HW_BAD_REPLY, "the reply has no \"%s\"",
							 name);
	if (!hw_secret_keep(copy, text, strlen(text)))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

static bool
take_keys(const HwNode *credential, HwSecret *secret, HwStatus *status)
{
	char	   *expires_at = NULL;
	bool		is_fine;

	if (credential == NULL)
		return hw_status_set(status, HW_BAD_REPLY,
							 "the reply has no \"credential\"");
	is_fine = take_text(credential, "access", &secret->access_key, status) &&
		take_text(credential, "secret", &secret->secret_key, status) &&
		take_text(credential, "securitytoken", &secret->security_token,
				  status) &&
		take_text(credential, "expires_at", &expires_at, status);
	if (is_fine && !hw_time_read(expires_at, &secret->expires_at))
		is_fine = hw_status_set(status, HW_BAD_REPLY,
								"\"expires_at\" is no time");
	hw_wipe(expires_at);
	return is_fine;
}

bool
hw_metadata_take(const HwReply *reply, HwSecret *secret, HwStatus *status)
{
	HwJson	   *json = hw_json_parse(reply->body, reply->body_bytes, status);
	bool		is_fine;

	if (json == NULL)
		return false;
	is_fine = take_keys(hw_json_find(hw_json_root(json), "credential"), secret,
						status);
	hw_json_wipe(json);
	if (is_fine && reply->date && secret->expires_at <= reply->date)
		is_fine = hw_status_set(status, HW_BAD_REPLY,
								"the keys had expired before they came");
	if (!is_fine)
		hw_secret_wipe(secret);
	return is_fine;
}
