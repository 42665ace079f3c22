/*-------------------------------------------------------------------------
 *
 * fuzz_projects.c
 *	  IAM's list of projects: what is believed may be sent as it is.
 *
 * The input is a body.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/projects.h"
#include "fuzz.h"

static bool
is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
	{
		char		c = text[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			  (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return length > 0 && length <= 256;
}

static const char *
text_of(const HwNode *object, const char *name)
{
	const HwNode *node = hw_json_find(object, name);

	return node && hw_json_kind(node) == HW_NODE_STRING ?
		hw_json_text(node) : NULL;
}

static bool
is_project(const HwNode *node)
{
	const char *id = text_of(node, "id");
	const char *name = text_of(node, "name");

	return id && name && is_plain(id, strlen(id)) &&
		is_plain(name, strcspn(name, "_"));
}

/* The projects are those of the body, or there is a reason. */
static void
require_projects(const HwJson *json, const HwProjects *projects)
{
	const HwNode *list = hw_json_find(hw_json_root(json), "projects");
	const HwNode *links = hw_json_find(hw_json_root(json), "links");
	const HwNode *next = hw_json_find(links, "next");
	bool		is_all = next == NULL || hw_json_kind(next) == HW_NODE_NULL;
	bool		is_list = list && hw_json_kind(list) == HW_NODE_ARRAY;
	int			count = 0;

	for (const HwNode *n = is_list ? hw_json_child(list) : NULL; n;
		 n = hw_json_next(n), count++)
	{
		const HwNode *enabled = hw_json_find(n, "enabled");
		const HwProject *project;

		if (!is_project(n))
		{
			require(projects == NULL, "project %d is believed", count);
			return;
		}
		if (projects == NULL)
			continue;
		require(count < projects->count, "project %d is missing", count);
		project = &projects->list[count];
		require(strcmp(project->id, text_of(n, "id")) == 0 &&
				strcmp(project->name, text_of(n, "name")) == 0,
				"project %d became %s, %s", count, project->id,
				project->name);
		require(hw_project_region_length(project) <=
				strlen(project->name), "a region beyond its name");
		require(project->is_enabled ==
				!(enabled && hw_json_kind(enabled) == HW_NODE_FALSE),
				"project %d is enabled otherwise", count);
	}
	if (projects)
		require(is_list && is_all && projects->count == count,
				"%d projects of %d",
				projects->count, count);
	else
		require(!is_list || !is_all || count > HW_PROJECTS_MAX,
				"a list is refused");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *body = fuzz_copy(data, size);
	HwStatus	status;
	HwProjects *projects;
	HwJson	   *json;

	hw_status_clear(&status);
	projects = hw_projects_read(body, size, &status);
	if (projects == NULL)
		fuzz_require_failure(&status);
	hw_status_clear(&status);
	json = hw_json_parse(body, size, &status);
	require(json || projects == NULL, "projects in what is no JSON");
	if (json)
		require_projects(json, projects);
	hw_json_free(json);
	hw_projects_free(projects);
	free(body);
	return 0;
}
