/*-------------------------------------------------------------------------
 *
 * test_lists.c
 *	  Which lists a question asks for, and what they are known by.
 *
 *-------------------------------------------------------------------------
 */
#include <string.h>

#include "alloc.h"
#include "core/count.h"
#include "core/lists.h"
#include "tap.h"

static const char *const project[] = {"p1"};
static const char *const editions[] = {"hss.version.basic",
"hss.version.container.enterprise", "hss.version.ultimate"};
static const char *const states[] = {"normal", "freeze"};

static const HwApi *api;
static const HwTable *table;

static HwBinding
bind(const char *param, const char *const *values, int nvalues)
{
	HwBinding	binding = {.param = hw_param_find(api, param),
		.values = values, .nvalues = nvalues, .is_condition = true};

	return binding;
}

/* The lists that are not contradicted, one a line of values. */
static int
count_lists(const HwBinding *bindings, int nbindings, HwText *names)
{
	HwLists		lists;
	HwStatus	status;
	int			count = 0;

	hw_status_clear(&status);
	if (!hw_lists_open(&lists, api, table, bindings, nbindings, &status))
		count = -1;
	for (int i = 0; count >= 0 && i < lists.nlists; i++)
	{
		int			choices[HW_ASKED_MAX];

		hw_lists_choose(&lists, i, choices);
		if (hw_lists_contradict(&lists, choices))
			continue;
		count++;
		if (!hw_lists_name(&lists, choices, names) ||
			!hw_text_putc(names, '\n'))
			count = -1;
	}
	hw_lists_close(&lists);
	return count;
}

static void
test_lists(void)
{
	HwBinding	some[] = {bind("version", editions, 3),
	bind("project_id", project, 1)};
	HwBinding	turned[] = {some[1], some[0]};
	HwBinding	many[] = {bind("quota_status", states, 2), some[0], some[1]};
	HwText		names;
	HwText		again;

	hw_text_init(&names, 0);
	hw_text_init(&again, 0);
	is_int(count_lists(&some[1], 1, &names), 2,
		   "what nothing sets is asked for in both categories");
	is_string(hw_text_string(&names),
			  "project_id=p1\nenterprise_project_id=all_granted_eps\n"
			  "category=host_resource\n\n"
			  "project_id=p1\nenterprise_project_id=all_granted_eps\n"
			  "category=container_resource\n\n", "by their values");
	hw_text_reset(&names);
	is_int(count_lists(some, 2, &names), 4,
		   "a known edition has one category, another one may have both");
	is_int(count_lists(turned, 2, &again), 4, "in another order");
	is_string(hw_text_string(&again), hw_text_string(&names),
			  "the same names");
	is_int(count_lists(many, 3, &names), 8, "each with each");
	hw_text_free(&names);
	hw_text_free(&again);
}

static void
test_strict(void)
{
	static const char *const ep[] = {"ep-1", "0"};
	static const char *const name[] = {"web-01"};
	HwBinding	binding;

	binding = bind("quota_status", states, 2);
	ok(hw_count_is_strict(&binding, 1), "a state finds rows of that state");
	binding = bind("version", editions, 1);
	ok(hw_count_is_strict(&binding, 1), "so does an edition of hosts");
	binding = bind("version", editions, 2);
	ok(!hw_count_is_strict(&binding, 1), "that of containers has two names");
	binding = bind("enterprise_project_id", ep, 1);
	ok(hw_count_is_strict(&binding, 1), "a project finds its rows");
	binding = bind("enterprise_project_id", ep, 2);
	ok(!hw_count_is_strict(&binding, 1),
	   "the default one also those without a project");
	binding.is_condition = false;
	ok(hw_count_is_strict(&binding, 1), "but as an option it is no condition");
	binding = bind("host_name", name, 1);
	ok(!hw_count_is_strict(&binding, 1), "names may match loosely");
}

static bool
open_lists(void *arg)
{
	HwBinding	many[] = {bind("quota_status", states, 2),
	bind("version", editions, 3), bind("project_id", project, 1)};
	HwText		names;
	int			count;

	(void) arg;
	hw_text_init(&names, 0);
	count = count_lists(many, 3, &names);
	hw_text_free(&names);
	return count == 8;
}

int
main(void)
{
	table = hw_table_find("hss_quotas", &api, &(const HwService *) {NULL});
	test_lists();
	test_strict();
	alloc_torture(open_lists, NULL, "lists");
	return done();
}
