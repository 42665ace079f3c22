/*-------------------------------------------------------------------------
 *
 * trial.c
 *	  What the first answers to a list show of how it has to be asked for.
 *
 * A service that does not understand a value refuses it, ignores it, or finds
 * nothing.  None of these is certain: a list may be empty, and a row may break
 * a condition that was understood.
 *
 *-------------------------------------------------------------------------
 */
#include "core/trial.h"

#include <string.h>

void
hw_trial_init(HwTrial *trial, HwDialect dialect, bool may_switch,
			  bool may_leave_out)
{
	memset(trial, 0, sizeof(*trial));
	trial->dialect = dialect;
	trial->may_switch = may_switch;
	trial->may_leave_out = may_leave_out;
}

void
hw_trial_free(HwTrial *trial)
{
	hw_page_free(trial->kept);
	trial->kept = NULL;
}

static void
show(HwTrial *trial, HwDialect dialect, bool is_certain)
{
	trial->shown = dialect;
	trial->is_certain = is_certain;
}

/* The other spelling, unless it was tried or there is none to try. */
static bool
try_other(HwTrial *trial)
{
	HwDialect	other = hw_dialect_other(trial->dialect);

	trial->tried |= 1U << trial->dialect;
	if (!trial->may_switch || (trial->tried & (1U << other)))
		return false;
	trial->dialect = other;
	return true;
}

static void
keep(HwTrial *trial, HwDialect dialect, HwPage **page, HwCursor cursor)
{
	trial->kept = *page;
	trial->kept_cursor = cursor;
	trial->kept_dialect = dialect;
	*page = NULL;
}

static HwTrialResult
take_kept(HwTrial *trial, HwPage **page, HwCursor *cursor)
{
	hw_page_free(*page);
	*page = trial->kept;
	*cursor = trial->kept_cursor;
	trial->dialect = trial->kept_dialect;
	trial->kept = NULL;
	return HW_TRIAL_TAKE;
}

/* Does any row break one of the conditions? */
static bool
is_any_broken(const HwPage *page, unsigned spelled)
{
	for (int i = 0; i < page->nelements; i++)
	{
		if (page->elements[i].mismatches & spelled)
			return true;
	}
	return false;
}

/*
 * Does a page show that none of the spelled conditions was understood?  Each
 * has to be broken by some row, since one may have no effect in any spelling
 * while the others have; and none of the rows may meet them all.
 */
static bool
is_all_ignored(const HwPage *page, unsigned spelled)
{
	unsigned	broken = 0;

	for (int i = 0; i < page->nelements; i++)
	{
		unsigned	mismatches = page->elements[i].mismatches & spelled;

		if (mismatches == 0)
			return false;
		broken |= mismatches;
	}
	return broken == spelled;
}

/* Rows that break conditions: these were ignored, or have no effect. */
static HwTrialResult
weigh_ignored(HwTrial *trial, unsigned spelled, HwPage **page,
			  HwCursor cursor)
{
	HwDialect	ignored = trial->dialect;

	if (trial->kept == NULL && !trial->was_empty)
	{
		if (!try_other(trial))
			return HW_TRIAL_TAKE;
		keep(trial, ignored, page, cursor);
		return HW_TRIAL_AGAIN;
	}
	if (trial->was_empty && is_all_ignored(*page, spelled))
	{
		/* What is not understood is ignored: nothing was the answer. */
		show(trial, hw_dialect_other(ignored), false);
		return HW_TRIAL_NOTHING;
	}
	return HW_TRIAL_TAKE;
}

/* No rows: there are none, or the values were not understood. */
static HwTrialResult
weigh_empty(HwTrial *trial, unsigned spelled, bool is_known, HwPage **page,
			HwCursor *cursor)
{
	if (trial->kept && !is_all_ignored(trial->kept, spelled))
		return take_kept(trial, page, cursor);
	if (trial->kept || trial->refusal.kind != HW_OK)
	{
		/* The other spelling was not understood, so this one was. */
		show(trial, trial->dialect, trial->refusal.kind != HW_OK);
		return HW_TRIAL_TAKE;
	}
	if (is_known)
		return HW_TRIAL_TAKE;
	trial->was_empty = true;
	return try_other(trial) ? HW_TRIAL_AGAIN : HW_TRIAL_TAKE;
}

HwTrialResult
hw_trial_page(HwTrial *trial, unsigned spelled, bool is_known, HwPage **page,
			  HwCursor *cursor)
{
	trial->shown = HW_DIALECT_AUTO;
	if (spelled == 0 || trial->dialect == HW_DIALECT_BARE)
		return HW_TRIAL_TAKE;
	if ((*page)->nelements == 0)
		return weigh_empty(trial, spelled, is_known, page, cursor);
	if (is_any_broken(*page, spelled))
		return weigh_ignored(trial, spelled, page, *cursor);
	show(trial, trial->dialect, true);
	return HW_TRIAL_TAKE;
}

HwTrialResult
hw_trial_refusal(HwTrial *trial, const HwStatus *status, HwPage **page,
				 HwCursor *cursor)
{
	trial->shown = HW_DIALECT_AUTO;
	if (trial->refusal.kind == HW_OK)
		trial->refusal = *status;
	if (trial->dialect == HW_DIALECT_BARE)
		return HW_TRIAL_REFUSED;
	if (try_other(trial))
		return HW_TRIAL_AGAIN;

	/* The spelling before was accepted, so that answer stands. */
	if (trial->was_empty)
	{
		trial->dialect = hw_dialect_other(trial->dialect);
		show(trial, trial->dialect, true);
		return HW_TRIAL_NOTHING;
	}
	if (trial->kept)
		return take_kept(trial, page, cursor);
	if (!trial->may_leave_out)
		return HW_TRIAL_REFUSED;
	trial->dialect = HW_DIALECT_BARE;
	return HW_TRIAL_AGAIN;
}
