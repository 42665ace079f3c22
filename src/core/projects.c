/*-------------------------------------------------------------------------
 *
 * projects.c
 *	  The projects of an account, and its own ID, as IAM lists them.
 *
 *-------------------------------------------------------------------------
 */
#include "core/projects.h"

#include <stdlib.h>
#include <string.h>

#include "core/ask.h"
#include "core/json.h"

/* As options and conditions allow. */
#define ID_BYTES_MAX 256

bool
hw_projects_ask(const HwBase *base, const char *name, HwRequest *request,
				HwStatus *status)
{
	HwAsked		asked[] = {
		{name ? HW_IAM_PROJECTS->params : NULL, name}, {NULL, NULL}
	};

	return hw_ask(&hw_iam, HW_IAM_PROJECTS, base, asked, NULL,
				  (HwCursor) {0, 0}, request, status);
}

bool
hw_account_ask(const HwBase *base, HwRequest *request, HwStatus *status)
{
	HwAsked		asked[] = {{NULL, NULL}};

	return hw_ask(&hw_iam, HW_IAM_ACCOUNT, base, asked, NULL,
				  (HwCursor) {0, 0}, request, status);
}

static const char *
member(const HwNode *project, const char *name)
{
	const HwNode *node = hw_json_find(project, name);

	return node && hw_json_kind(node) == HW_NODE_STRING ?
		hw_json_text(node) : "";
}

bool
hw_projects_is_id(const char *text, size_t length)
{
	return length > 0 && length <= ID_BYTES_MAX &&
		strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-") >= length;
}

static bool
read_project(const HwNode *node, HwProject *project, HwStatus *status)
{
	const HwNode *enabled = hw_json_find(node, "enabled");
	const char *id = member(node, "id");
	const char *name = member(node, "name");

	if (!hw_projects_is_id(id, strlen(id)))
		return hw_status_set(status, HW_BAD_REPLY,
							 "the reply has a project without valid \"id\"");
	if (!hw_projects_is_id(name, strcspn(name, "_")))
		return hw_status_set(status, HW_BAD_REPLY,
							 "the reply has a project whose \"name\" does not begin with a region");
	project->id = strdup(id);
	project->name = strdup(name);
	project->is_enabled = enabled == NULL ||
		hw_json_kind(enabled) != HW_NODE_FALSE;
	if (project->id == NULL || project->name == NULL)
		return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return true;
}

/* The list of a name, all of which has to be there; NULL with a status. */
static const HwNode *
find_list(const HwJson *json, const char *name, HwStatus *status)
{
	const HwNode *root = hw_json_root(json);
	const HwNode *list = hw_json_find(root, name);
	const HwNode *next = hw_json_find(hw_json_find(root, "links"), "next");

	if (list == NULL || hw_json_kind(list) != HW_NODE_ARRAY)
		hw_status_set(status, HW_BAD_REPLY, "the reply has no list \"%s\"",
					  name);
	else if (next && hw_json_kind(next) != HW_NODE_NULL)
		hw_status_set(status, HW_BAD_REPLY,
					  "the list of %s goes on on another page", name);
	else
		return list;
	return NULL;
}

static HwProjects *
read_list(const HwNode *list, HwStatus *status)
{
	HwProjects *projects;
	size_t		count = 0;

	for (const HwNode *n = hw_json_child(list); n; n = hw_json_next(n))
		count++;
	if (count > HW_PROJECTS_MAX)
	{
		hw_status_set(status, HW_TOO_LARGE,
					  "the reply has more than %d projects", HW_PROJECTS_MAX);
		return NULL;
	}
	projects = calloc(1, sizeof(HwProjects) + count * sizeof(HwProject));
	if (projects == NULL)
	{
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
		return NULL;
	}
	for (const HwNode *n = hw_json_child(list); n; n = hw_json_next(n))
	{
		HwProject  *project = &projects->list[projects->count++];

		if (!read_project(n, project, status))
		{
			hw_projects_free(projects);
			return NULL;
		}
	}
	return projects;
}

HwProjects *
hw_projects_read(const char *body, size_t bytes, HwStatus *status)
{
	HwJson	   *json = hw_json_parse(body, bytes, status);
	const HwNode *list = json ? find_list(json, "projects", status) : NULL;
	HwProjects *projects = list ? read_list(list, status) : NULL;

	hw_json_free(json);
	return projects;
}

/* Their number, or -1 when one has no ID that could be sent. */
static int
read_accounts(const HwNode *list, HwText *ids, HwStatus *status)
{
	int			count = 0;

	for (const HwNode *n = hw_json_child(list); n; n = hw_json_next(n))
	{
		const char *id = member(n, "id");

		if (!hw_projects_is_id(id, strlen(id)))
		{
			hw_status_set(status, HW_BAD_REPLY,
						  "the reply has an account without valid \"id\"");
			return -1;
		}
		hw_text_printf(ids, "%s%s", count++ ? ", " : "", id);
	}
	return count;
}

int
hw_account_read(const char *body, size_t bytes, HwText *ids, HwStatus *status)
{
	HwJson	   *json = hw_json_parse(body, bytes, status);
	const HwNode *list = json ? find_list(json, "domains", status) : NULL;
	int			count = list ? read_accounts(list, ids, status) : -1;

	hw_json_free(json);
	if (count < 0 || !ids->has_failed)
		return count;
	if (ids->is_too_large)
		hw_status_set(status, HW_TOO_LARGE, "the reply has %d accounts",
					  count);
	else
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	return -1;
}

void
hw_projects_free(HwProjects *projects)
{
	for (int i = 0; projects && i < projects->count; i++)
	{
		free(projects->list[i].id);
		free(projects->list[i].name);
	}
	free(projects);
}

bool
hw_project_has_region(const HwProject *project)
{
	return strcmp(project->name, "MOS") != 0;
}

size_t
hw_project_region_length(const HwProject *project)
{
	return strcspn(project->name, "_");
}
