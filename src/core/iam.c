/*-------------------------------------------------------------------------
 *
 * iam.c
 *	  Tokens from identity and access management (IAM).
 *
 *-------------------------------------------------------------------------
 */
#include "core/iam.h"

#include <string.h>

#include "core/json.h"
#include "core/url.h"

static bool
has(const char *text)
{
	return text && text[0];
}

/* "name": "value" */
static void
put_member(HwText *body, const char *name, const char *value)
{
	hw_json_quote(name, body);
	hw_text_putc(body, ':');
	hw_json_quote(value, body);
}

/*
 * The user by ID is one of all accounts; a name counts within its account
 * ("domain").
 */
static void
put_user(const HwCredentials *credentials, HwText *body)
{
	if (credentials->user_id)
		put_member(body, "id", credentials->user_id);
	else
	{
		put_member(body, "name", credentials->user_name);
		hw_text_puts(body, ",\"domain\":{");
		put_member(body, "name", credentials->domain_name);
		hw_text_putc(body, '}');
	}
	hw_text_putc(body, ',');
	put_member(body, "password", credentials->password);
}

/* Without a scope the token is one of the user's account as well. */
static void
put_scope(const HwCredentials *credentials, const char *project,
		  const char *domain_id, HwText *body)
{
	bool		is_project = has(project);

	if (!is_project && !credentials->domain_name && !has(domain_id))
		return;
	hw_text_printf(body, ",\"scope\":{\"%s\":{",
				   is_project ? "project" : "domain");
	if (is_project)
		put_member(body, "id", project);
	else if (credentials->domain_name)
		put_member(body, "name", credentials->domain_name);
	else
		put_member(body, "id", domain_id);
	hw_text_puts(body, "}}");
}

bool
hw_iam_ask(const HwCredentials *credentials, const char *endpoint,
		   const char *project, const char *domain_id, HwRequest *request,
		   HwStatus *status)
{
	HwText	   *body = &request->body;
	HwBase		base;
	const char *reason;

	if (!hw_url_base(endpoint, &base, &reason))
		return hw_status_set(status, HW_INTERNAL,
							 "the endpoint of IAM is no URL: %s", reason);
	request->method = "POST";
	body->is_secret = true;
	hw_text_puts(body, "{\"auth\":{\"identity\":{\"methods\":[\"password\"],"
				 "\"password\":{\"user\":{");
	put_user(credentials, body);
	hw_text_puts(body, "}}}");
	put_scope(credentials, project, domain_id, body);
	hw_text_puts(body, "}}");

	/* Any text leaves out the catalog, which is large. */
	if (body->has_failed || !hw_text_puts(&request->query, "nocatalog=true"))
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return hw_request_target(request, &base, "/v3/auth/tokens", status) &&
		hw_request_header(request, "Content-Type", "application/json", false,
						  status);
}

static const char *
text_of(const HwNode *node, const char *name)
{
	const HwNode *found = node ? hw_json_find(node, name) : NULL;

	return found ? hw_json_text(found) : NULL;
}

static bool
read_body(const HwNode *token, const char *project, time_t date,
		  HwSecret *secret, HwStatus *status)
{
	const char *expires_at = text_of(token, "expires_at");
	const char *issued_at = text_of(token, "issued_at");
	const char *given = text_of(hw_json_find(token, "project"), "id");
	long long	now = date;

	if (expires_at == NULL || !hw_time_read(expires_at, &secret->expires_at))
		return hw_status_set(status, HW_BAD_REPLY,
							 "the reply does not say when the token expires");
	if (now == 0 && (issued_at == NULL || !hw_time_read(issued_at, &now)))
		now = 0;
	if (secret->expires_at <= now)
		return hw_status_set(status, HW_BAD_REPLY,
							 "the token expired at %s, before it came",
							 expires_at);
	if (!has(project) && given)
		return hw_status_set(status, HW_BAD_REPLY,
							 "the token is one of project %s, not of the account",
							 given);
	if (has(project) && (given == NULL || strcmp(given, project) != 0))
		return hw_status_set(status, HW_BAD_REPLY,
							 "the token is one of %s%s, not of project %s",
							 given ? "project " : "the account",
							 given ? given : "", project);
	return true;
}

char *
hw_iam_account(const HwReply *reply)
{
	HwStatus	ignored;
	HwJson	   *json = hw_json_parse(reply->body, reply->body_bytes, &ignored);
	const HwNode *token;
	const char *id = NULL;
	char	   *copy;

	if (json == NULL)
		return NULL;
	token = hw_json_find(hw_json_root(json), "token");
	if (hw_json_find(token, "domain") == NULL &&
		hw_json_find(token, "project") == NULL)
		id = text_of(hw_json_find(hw_json_find(token, "user"), "domain"),
					 "id");
	copy = has(id) ? strdup(id) : NULL;
	hw_json_free(json);
	return copy;
}

bool
hw_iam_take(const HwReply *reply, const char *project, HwSecret *secret,
			HwStatus *status)
{
	HwJson	   *json = hw_json_parse(reply->body, reply->body_bytes, status);
	bool		is_fine;

	if (json == NULL)
		return false;
	is_fine = read_body(hw_json_find(hw_json_root(json), "token"), project,
						reply->date, secret, status);
	hw_json_free(json);
	if (is_fine && reply->subject_token[0] == '\0')
		is_fine = hw_status_set(status, HW_BAD_REPLY,
								"the reply has no header X-Subject-Token");
	if (is_fine && !hw_secret_keep(&secret->token, reply->subject_token,
								   strlen(reply->subject_token)))
		is_fine = hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	if (!is_fine)
		hw_secret_wipe(secret);
	return is_fine;
}
