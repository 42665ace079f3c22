/*-------------------------------------------------------------------------
 *
 * trial.h
 *	  What the first answers to a list show of how it has to be asked for.
 *
 * A list is asked for in one dialect.  Its first page, or the refusal that
 * came instead, is evidence: it is taken, or another dialect is tried, and
 * then both answers together decide.  A list is tried once in each dialect.
 *
 * Knows neither requests nor the other lists: whoever asks does as it is told.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_TRIAL_H
#define HW_TRIAL_H

#include "core/ask.h"
#include "core/decode.h"
#include "core/dialect.h"
#include "core/status.h"

typedef struct HwTrial
{
	HwDialect	dialect;		/* to ask in */
	HwDialect	shown;			/* to be understood there, by the last answer;
								 * HW_DIALECT_AUTO: none */
	bool		is_certain;		/* by rows, or by a refusal of the other one;
								 * not by rows that break a condition, since a
								 * filter may lag behind what rows show */
	HwStatus	refusal;		/* the first one, or HW_OK */

	/* Private: */
	bool		may_switch;
	bool		may_leave_out;
	unsigned	tried;			/* dialects, as bits */
	bool		was_empty;		/* a dialect was answered with nothing */
	HwPage	   *kept;			/* owned; first page of a dialect that was
								 * ignored */
	HwCursor	kept_cursor;
	HwDialect	kept_dialect;
} HwTrial;

typedef enum HwTrialResult
{
	HW_TRIAL_TAKE,				/* the page is the first of the list */
	HW_TRIAL_AGAIN,				/* ask anew, in trial->dialect */
	HW_TRIAL_NOTHING,			/* the list is empty */
	HW_TRIAL_REFUSED			/* in every way there is */
} HwTrialResult;

/*
 * may_switch: values have another spelling, and it may be tried;
 * may_leave_out: the list can be asked for without its conditions.
 */
extern void hw_trial_init(HwTrial *trial, HwDialect dialect,
						  bool may_switch, bool may_leave_out);

/* Also gives up the page that was kept. */
extern void hw_trial_free(HwTrial *trial);

/*
 * Weighs a first page.  spelled are conditions with two spellings, as bits of
 * HwElement.mismatches; is_known says that the dialect is known to be
 * understood there.  What is in *page afterwards is the caller's, whatever the
 * result: another page than before, with its cursor, or NULL while the trial
 * keeps it.
 */
extern HwTrialResult hw_trial_page(HwTrial *trial, unsigned spelled,
								   bool is_known, HwPage **page,
								   HwCursor *cursor);

/*
 * The service refused the request as a wrong one.  *page is NULL; with
 * HW_TRIAL_TAKE it is the caller's page afterwards, with its cursor.
 */
extern HwTrialResult hw_trial_refusal(HwTrial *trial, const HwStatus *status,
									  HwPage **page, HwCursor *cursor);

#endif							/* HW_TRIAL_H */
