/*-------------------------------------------------------------------------
 *
 * projects.c
 *	  The projects of an account, as IAM lists them.
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
	const HwApi *api = hw_iam.apis;
	HwAsked		asked[] = {{name ? api->params : NULL, name}, {NULL, NULL}};

	return hw_ask(&hw_iam, api, base, asked, NULL, (HwCursor) {0, 0},
				  request, status);
}

static const char *
member(const HwNode *project, const char *name)
{
	const HwNode *node = hw_json_find(project, name);

	return node && hw_json_kind(node) == HW_NODE_STRING ?
		hw_json_text(node) : "";
}

/* What may stand in a path and in a header, and in a message. */
static bool
is_id(const char *text, size_t length)
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

	if (!is_id(id, strlen(id)))
		return hw_status_set(status, HW_BAD_REPLY,
							 "the reply has a project without valid \"id\"");
	if (!is_id(name, strcspn(name, "_")))
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
	const HwNode *list;
	const HwNode *next;
	HwProjects *projects = NULL;

	if (json == NULL)
		return NULL;
	list = hw_json_find(hw_json_root(json), "projects");
	next = hw_json_find(hw_json_find(hw_json_root(json), "links"), "next");
	if (list == NULL || hw_json_kind(list) != HW_NODE_ARRAY)
		hw_status_set(status, HW_BAD_REPLY,
					  "the reply has no list \"projects\"");
	else if (next && hw_json_kind(next) != HW_NODE_NULL)
		hw_status_set(status, HW_BAD_REPLY,
					  "the list of projects goes on on another page");
	else
		projects = read_list(list, status);
	hw_json_free(json);
	return projects;
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

size_t
hw_project_region_length(const HwProject *project)
{
	return strcspn(project->name, "_");
}
