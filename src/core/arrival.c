/*-------------------------------------------------------------------------
 *
 * arrival.c
 *	  Takes in what has come for one of a pager's lists.
 *
 * Knows nothing of when pages are asked for, only that others are to be asked
 * for instead.
 *
 *-------------------------------------------------------------------------
 */
#include "core/pager_internal.h"

#include "core/merge.h"

/* A page that has come, or why none did. */
typedef struct Arrival
{
	HwPage	   *page;			/* owned; NULL: see status */
	HwCursor	cursor;
	HwStatus	status;
	HwAsked		asked[HW_ASKED_MAX + 1];	/* what its rows carry */
	unsigned	spelled;		/* conditions with two spellings, as bits of
								 * HwElement.mismatches */
} Arrival;

/* --- failing -------------------------------------------------------- */

/* Does a failure say something of one project, and not of the account? */
static bool
is_of_location(HwKind kind)
{
	switch (kind)
	{
		case HW_NO_CONNECTION:
		case HW_TIMED_OUT:
		case HW_TLS_FAILED:
		case HW_TOO_LARGE:
		case HW_BAD_REPLY:
		case HW_BAD_REQUEST:
		case HW_NOT_FOUND:
		case HW_DENIED:
		case HW_THROTTLED:
		case HW_SERVER_ERROR:
		case HW_HIDDEN_FAILURE:
		case HW_SCOPE_REFUSED:
			return true;
		default:
			return false;
	}
}

/* Leaves the strand's location out; false when that is not wanted. */
static bool
skip(HwPager *pager, HwStrand *strand, const HwStatus *status)
{
	if (!pager->question.skips_failed || !is_of_location(status->kind))
		return false;
	pager->skips[strand->location].is_skipped = true;
	pager->skips[strand->location].status = *status;
	for (int s = 0; s < pager->nstrands; s++)
	{
		HwStrand   *other = &pager->strands[s];

		if (other->location == strand->location)
			hw_strand_abandon(other);
	}
	return true;
}

/* The strand cannot be read. */
static void
give_up(HwPager *pager, HwStrand *strand, const HwStatus *status)
{
	if (!skip(pager, strand, status))
		hw_pager_fail(pager, status);
}

/*
 * Notes that the list changed; false when that is an error.  Pages kept from
 * before would show the same change to whoever asks again.
 */
static bool
drift(HwPager *pager, const HwStatus *what)
{
	hw_client_expire(pager->client);
	switch (pager->question.on_drift)
	{
		case HW_DRIFT_ERROR:
			return hw_pager_fail(pager, what);
		case HW_DRIFT_WARNING:
			if (!pager->has_warned)
			{
				pager->has_warned = pager->has_warning = true;
				pager->warning = *what;
			}
			return true;
		default:
			return true;
	}
}

/* --- evidence ------------------------------------------------------- */

/*
 * Lists that are read at the same endpoint later are asked for in a dialect
 * from the start.
 */
static void
go_on_in(HwPager *pager, const HwStrand *from, HwDialect dialect)
{
	for (int s = pager->current + 1; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		if (!strand->is_settled && strand->nslots == 0 &&
			hw_editions_share(&pager->editions, strand->location,
							  from->location))
			strand->trial.dialect = dialect;
	}
}

/* Is the strand asked for in a spelling that is known to be the right one? */
static bool
is_understood(const HwPager *pager, const HwStrand *strand)
{
	const HwEdition *edition = &pager->editions.at[strand->location];

	return edition->is_known && edition->dialect == strand->trial.dialect;
}

/* Does as a trial says; true when a page is to be taken in. */
static bool
follow(HwPager *pager, HwStrand *strand, HwTrialResult result)
{
	if (strand->trial.shown != HW_DIALECT_AUTO)
	{
		if (strand->trial.is_certain)
			hw_editions_learn(&pager->editions, strand->location,
							  strand->trial.shown);
		go_on_in(pager, strand, strand->trial.shown);
	}
	switch (result)
	{
		case HW_TRIAL_TAKE:
			return true;
		case HW_TRIAL_AGAIN:
			hw_strand_restart(strand);
			if (strand->trial.dialect == HW_DIALECT_BARE)
				go_on_in(pager, strand, HW_DIALECT_BARE);
			return false;
		case HW_TRIAL_NOTHING:
			hw_strand_end(strand, true);
			return false;
		case HW_TRIAL_REFUSED:
			give_up(pager, strand, &strand->trial.refusal);
			return false;
	}
	return false;
}

/*
 * A reply may leave out a list that is empty, and its total may count what the
 * conditions exclude; but a list that never comes, although rows are counted,
 * has another name.  True when the page says enough; false when the strand is
 * asked without its conditions first.
 */
static bool
accept_listless(HwPager *pager, HwStrand *strand, const HwPage *page)
{
	if (strand->was_listless && page->has_list)
	{
		hw_strand_end(strand, true);
		return false;
	}
	if (pager->question.table->rows == NULL || pager->has_list ||
		page->total <= 0)
		return true;
	if (!strand->was_listless && strand->trial.dialect != HW_DIALECT_BARE &&
		hw_dialect_has_optional(&pager->lists))
	{
		strand->was_listless = true;
		strand->trial.dialect = HW_DIALECT_BARE;
		hw_strand_restart(strand);
		return false;
	}
	pager->listless = page->total;
	return true;
}

bool
hw_pager_check_listed(HwPager *pager)
{
	HwStatus	status;

	if (pager->has_list || pager->listless == 0)
		return true;
	hw_status_clear(&status);
	hw_status_set(&status, HW_BAD_REPLY,
				  "the reply counts %lld rows and has no list \"%s\"",
				  pager->listless, pager->question.table->rows);
	return hw_pager_fail(pager, &status);
}

/* --- taking pages in ------------------------------------------------ */

/* Decides which elements are handed out. */
static bool
sift(HwPager *pager, const HwStrand *strand, const Arrival *arrival)
{
	HwStatus	status;

	if (!hw_sieve_page(pager->sieve, strand->list, arrival->page,
					   arrival->asked, arrival->cursor.offset, &status))
		return hw_pager_fail(pager, &status);
	return status.kind == HW_OK || drift(pager, &status);
}

/* A key that was found need not be looked for in the other lists. */
static void
end_lookup(HwPager *pager, const HwStrand *strand, const HwPage *page)
{
	int			group = strand->list / pager->lists.group;
	int			end = (group + 1) * pager->lists.group;
	bool		is_found = false;

	for (int i = 0; i < page->nelements; i++)
		is_found |= !page->elements[i].is_dropped;
	if (!pager->lists.is_lookup || !is_found)
		return;
	for (int s = strand->list; s < end; s++)
		hw_strand_end(&pager->strands[s], false);
}

static bool
check_total(HwPager *pager, HwStrand *strand, const HwPage *page)
{
	long long	before = strand->total;
	HwStatus	status;

	if (!strand->is_paged || page->total < 0)
		return true;
	strand->total = page->total;
	if (before < 0 || before == page->total)
		return true;
	hw_status_clear(&status);
	hw_status_set(&status, HW_DRIFTED, "%s changed from %lld to %lld",
				  pager->question.api->paging.total, before, page->total);
	return drift(pager, &status);
}

/*
 * Adds up the pages of a group once its last strand is here.  NULL while
 * others are missing, or after a failure.
 */
static HwPage *
merge_group(HwPager *pager, HwStrand *strand, HwPage *page)
{
	int			group = pager->lists.group;
	HwStrand   *first = strand - strand->list % group;
	HwPage	   *pages[HW_MERGE_MAX];
	HwStatus	status;

	strand->part = page;
	if (strand != first + group - 1)
		return NULL;
	for (int i = 0; i < group; i++)
		pages[i] = first[i].part;
	hw_status_clear(&status);
	if (!hw_merge_pages(pager->question.api, pager->question.table,
						pager->form, pages, group,
						hw_pager_first_limit(pager, strand), &status))
	{
		if (status.kind != HW_DRIFTED)
		{
			hw_pager_fail(pager, &status);
			return NULL;
		}
		/* One of them is as good as the other, if the user says so. */
		if (!drift(pager, &status))
			return NULL;
	}
	first->part = NULL;
	return pages[0];
}

/* --- what has come -------------------------------------------------- */

/* Takes what has come out of the strand's first slot. */
static void
receive(HwPager *pager, HwStrand *strand, Arrival *arrival)
{
	const HwSlot *slot = &strand->slots[0];
	HwAsked		sent[HW_ASKED_MAX + 1];
	HwExpected	expected[HW_ASKED_MAX];
	int			nexpected = hw_lists_expect(&pager->lists, strand->choices,
											expected);
	size_t		bytes;
	const char *body = hw_fetch_body(slot->fetch, &bytes);

	arrival->page = NULL;
	arrival->cursor = slot->cursor;
	arrival->status = *hw_fetch_status(slot->fetch);
	arrival->spelled = hw_dialect_spelled(&pager->lists, expected, nexpected);
	hw_dialect_values(&pager->lists, strand->choices, strand->trial.dialect,
					  arrival->asked, sent);
	if (arrival->status.kind == HW_OK)
	{
		arrival->page = hw_decode(pager->form, body, bytes, arrival->asked,
								  expected, nexpected, &arrival->status);
		if (arrival->page)
			pager->has_list |= arrival->page->has_list;
		else
			hw_fetch_spoil(slot->fetch);
	}
	hw_strand_shift(strand);
}

/* True when the page that is there afterwards is to be taken in. */
static bool
judge(HwPager *pager, HwStrand *strand, Arrival *arrival)
{
	HwTrial    *trial = &strand->trial;
	HwTrialResult result;

	if (arrival->page == NULL)
	{
		if (strand->is_settled || arrival->status.kind != HW_BAD_REQUEST)
		{
			give_up(pager, strand, &arrival->status);
			return false;
		}
		result = hw_trial_refusal(trial, &arrival->status, &arrival->page,
								  &arrival->cursor);
		return follow(pager, strand, result);
	}
	if (strand->is_settled)
		return true;
	result = hw_trial_page(trial, arrival->spelled,
						   is_understood(pager, strand), &arrival->page,
						   &arrival->cursor);
	return follow(pager, strand, result) &&
		accept_listless(pager, strand, arrival->page);
}

/* Goes on behind the page, and hands it out. */
static void
take_in(HwPager *pager, HwStrand *strand, HwPage *page, HwCursor cursor)
{
	hw_strand_move_on(strand, page->nelements, cursor);
	if (pager->question.is_census)
		hw_strand_end(strand, false);
	end_lookup(pager, strand, page);
	if (pager->question.table->merge == HW_SUM)
		page = merge_group(pager, strand, page);
	if (page)
		hw_pager_hand_out(pager, page);
}

void
hw_pager_collect(HwPager *pager, HwStrand *strand)
{
	Arrival		arrival;

	receive(pager, strand, &arrival);
	if (judge(pager, strand, &arrival) &&
		check_total(pager, strand, arrival.page) &&
		sift(pager, strand, &arrival))
		take_in(pager, strand, arrival.page, arrival.cursor);
	else
		hw_page_free(arrival.page);
}
