/*-------------------------------------------------------------------------
 *
 * test_trial.c
 *	  What first pages and refusals show together, case by case.
 *
 * The answers of a service in the order of the requests: "!" is a refusal,
 * "." an empty page, digits are a page's rows with the conditions that each
 * breaks, as bits.  A trial is written as its requests, each with its dialect,
 * up to what came of it.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>
#include <string.h>

#include "core/trial.h"
#include "tap.h"

static const char dialects[] = "?LSB";

/* How the trials that follow are set up. */
static unsigned spelled;
static bool may_switch;
static bool may_leave_out;
static bool is_known;

static HwPage *
page_of(const char *answer, size_t length)
{
	HwPage	   *page = calloc(1, sizeof(HwPage));

	if (answer[0] == '.')
		return page;
	page->nelements = (int) length;
	page->elements = calloc(length, sizeof(HwElement));
	for (size_t i = 0; i < length; i++)
		page->elements[i].mismatches = answer[i] - '0';
	return page;
}

static void
print_page(const HwPage *page, HwCursor cursor, HwText *out)
{
	hw_text_printf(out, " takes %d:", cursor.limit);
	for (int i = 0; i < page->nelements; i++)
		hw_text_printf(out, "%u", page->elements[i].mismatches);
}

/* One answer; the number of the request is the limit of its cursor. */
static HwTrialResult
answer(HwTrial *trial, const char *text, size_t length, int request,
	   HwText *out)
{
	HwPage	   *page = NULL;
	HwCursor	cursor = {.limit = request};
	HwStatus	status;
	HwTrialResult result;

	hw_text_putc(out, dialects[trial->dialect]);
	hw_status_clear(&status);
	if (text[0] == '!')
	{
		hw_status_set(&status, HW_BAD_REQUEST, "%d", request);
		result = hw_trial_refusal(trial, &status, &page, &cursor);
	}
	else
	{
		page = page_of(text, length);
		result = hw_trial_page(trial, spelled, is_known, &page, &cursor);
	}
	if (result == HW_TRIAL_TAKE)
	{
		print_page(page, cursor, out);
		hw_text_printf(out, " as %c", dialects[trial->dialect]);
	}
	hw_page_free(page);
	return result;
}

static void
tries(const char *answers, const char *expected, const char *name)
{
	HwTrial		trial;
	HwTrialResult result = HW_TRIAL_AGAIN;
	HwText		out;
	int			nrequests = 0;

	hw_trial_init(&trial, HW_DIALECT_LONG, may_switch, may_leave_out);
	hw_text_init(&out, 0);
	while (result == HW_TRIAL_AGAIN && *answers)
	{
		size_t		length = strcspn(answers, " ");

		result = answer(&trial, answers, length, ++nrequests, &out);
		answers += length + strspn(answers + length, " ");
	}
	if (result == HW_TRIAL_AGAIN)
		hw_text_puts(&out, " again");
	if (result == HW_TRIAL_NOTHING)
		hw_text_puts(&out, " nothing");
	if (result == HW_TRIAL_REFUSED)
		hw_text_printf(&out, " refused: %s", trial.refusal.text);
	if (trial.shown != HW_DIALECT_AUTO)
		hw_text_printf(&out, ", %s %c",
					   trial.is_certain ? "shows" : "suggests",
					   dialects[trial.shown]);
	is_string(hw_text_string(&out), expected, "%s", name);
	ok(*answers == '\0', "in %d requests", nrequests);
	hw_text_free(&out);
	hw_trial_free(&trial);
}

static void
start_anew(void)
{
	spelled = 1;
	may_switch = may_leave_out = true;
	is_known = false;
}

static void
test_one_condition(void)
{
	start_anew();
	tries("00", "L takes 1:00 as L, shows L", "rows that match");
	tries("01 0", "LS takes 2:0 as S, shows S",
		  "rows that do not, until they do");
	tries("1 1", "LS takes 2:1 as S", "rows that never do");
	tries("11 .", "LS takes 2: as S, suggests S",
		  "ignored, and nothing in the other spelling");
	tries("01 .", "LS takes 1:01 as L",
		  "half ignored: nothing in the other one tells nothing");
	tries("1 !", "LS takes 1:1 as L", "ignored, and the other one refused");
	tries(". 0", "LS takes 2:0 as S, shows S", "nothing, until rows match");
	tries(". 11", "LS nothing, suggests L",
		  "nothing, and the other one ignored");
	tries(". 01", "LS takes 2:01 as S", "nothing, and half ignored");
	tries(". .", "LS takes 2: as S", "nothing in either");
	tries(". !", "LS nothing, shows L", "nothing, and the other one refused");
	tries("! 0", "LS takes 2:0 as S, shows S", "refused, until rows match");
	tries("! 1", "LS takes 2:1 as S", "refused, and the other one ignored");
	tries("! .", "LS takes 2: as S, shows S",
		  "refused, and nothing in the other one");
	tries("! ! 01", "LSB takes 3:01 as B", "refused in both");
	tries("! ! !", "LSB refused: 1", "refused in any case, first of all this");
}

static void
test_two_conditions(void)
{
	start_anew();
	spelled = 3;
	tries("12 .", "LS takes 2: as S, suggests S", "both are ignored");
	tries("11 .", "LS takes 1:11 as L", "one of them is broken by no row");
	tries("120 .", "LS takes 1:120 as L", "a row meets both");
	tries(". 3", "LS nothing, suggests L", "nothing, and both ignored");
	tries(". 1", "LS takes 2:1 as S", "nothing, and one ignored");
	tries("4", "L takes 1:4 as L, shows L",
		  "what has one spelling tells nothing");
}

static void
test_bounds(void)
{
	start_anew();
	is_known = true;
	tries(".", "L takes 1: as L", "nothing, in the right spelling");
	tries("1 0", "LS takes 2:0 as S, shows S", "which it no longer is");

	start_anew();
	may_switch = false;
	tries("1", "L takes 1:1 as L", "no other spelling: rows");
	tries(".", "L takes 1: as L", "nothing");
	tries("! 1", "LB takes 2:1 as B", "a refusal");
	may_leave_out = false;
	tries("!", "L refused: 1", "and nothing to leave out");

	start_anew();
	spelled = 0;
	tries("4", "L takes 1:4 as L", "nothing to spell");
}

int
main(void)
{
	test_one_condition();
	test_two_conditions();
	test_bounds();
	return done();
}
