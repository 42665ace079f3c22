/*-------------------------------------------------------------------------
 *
 * pager.c
 *	  Turns "read this table with these values" into a sequence of rows.
 *
 * Knows nothing of PostgreSQL: no palloc, no ereport, no waiting.
 *
 *-------------------------------------------------------------------------
 */
#include "core/pager_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ask.h"
#include "core/merge.h"

static bool
has_pages(const HwPager *pager)
{
	return pager->question.api->paging.style == HW_OFFSET &&
		pager->question.table->key != NULL;
}

/* --- opening -------------------------------------------------------- */

static bool
no_memory(HwStatus *status)
{
	return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
}

static bool
copy_text(const char **copy, const char *text)
{
	*copy = text ? strdup(text) : NULL;
	return text == NULL || *copy != NULL;
}

static bool
open_strands(HwPager *pager, HwStatus *status)
{
	bool		is_auto;

	pager->strands = calloc(pager->lists.nlists + 1, sizeof(HwStrand));
	pager->sieve = hw_sieve_open(pager->question.table, pager->lists.nlists);
	if (pager->strands == NULL || pager->sieve == NULL)
		return no_memory(status);
	pager->nstrands = pager->lists.nlists;
	is_auto = pager->question.dialect == HW_DIALECT_AUTO;
	for (int s = 0; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		strand->list = s;
		strand->location = hw_lists_location(&pager->lists, s);
		hw_lists_choose(&pager->lists, s, strand->choices);
		hw_strand_init(strand, has_pages(pager), pager->question.page_size);
		if (hw_lists_contradict(&pager->lists, strand->choices))
		{
			strand->is_done = strand->is_whole = true;
			strand->total = 0;
		}
		hw_trial_init(&strand->trial,
					  pager->editions.at[strand->location].dialect,
					  is_auto && hw_dialect_matters(&pager->lists),
					  is_auto && hw_dialect_has_optional(&pager->lists));
	}
	return true;
}

static bool
copy_question(HwPager *pager, const HwQuestion *question, HwStatus *status)
{
	HwQuestion *copy = &pager->question;

	*copy = *question;
	copy->columns = NULL;
	copy->bindings = NULL;
	copy->endpoints = NULL;
	copy->learnt = NULL;
	copy->scope_id = NULL;
	copy->fetch.transport.ca_file = NULL;
	copy->fetch.transport.proxy = NULL;
	copy->fetch.iam_endpoint = NULL;
	copy->fetch.domain_id = NULL;
	if (copy->window > HW_SLOTS_MAX)
		copy->window = HW_SLOTS_MAX;

	if (!copy_text(&copy->scope_id, question->scope_id) ||
		!copy_text(&copy->fetch.transport.ca_file,
				   question->fetch.transport.ca_file) ||
		!copy_text(&copy->fetch.transport.proxy,
				   question->fetch.transport.proxy) ||
		!copy_text(&copy->fetch.iam_endpoint, question->fetch.iam_endpoint) ||
		!copy_text(&copy->fetch.domain_id, question->fetch.domain_id))
		return no_memory(status);
	return hw_lists_open(&pager->lists, question->api, question->table,
						 question->bindings, question->nbindings, status);
}

static bool
open_locations(HwPager *pager, const HwQuestion *question, HwStatus *status)
{
	int			room = pager->lists.nlocations + 1;

	pager->bases = calloc(room, sizeof(HwBase));
	pager->skips = calloc(room, sizeof(HwSkip));
	if (pager->bases == NULL || pager->skips == NULL ||
		!hw_editions_open(&pager->editions, pager->lists.nlocations,
						  question->endpoints, question->dialect,
						  question->learnt))
		return no_memory(status);
	for (int i = 0; i < pager->lists.nlocations; i++)
	{
		const char *reason;

		if (!hw_url_base(question->endpoints[i], &pager->bases[i], &reason))
			return hw_status_set(status, HW_INTERNAL,
								 "the endpoint is no URL: %s", reason);
	}
	return true;
}

HwPager *
hw_pager_open(HwClient *client, const HwQuestion *question, HwStatus *status)
{
	HwPager    *pager = calloc(1, sizeof(HwPager));

	if (pager == NULL)
	{
		no_memory(status);
		return NULL;
	}
	pager->client = client;
	pager->row = -1;
	pager->form = hw_form_open(question->api, question->table,
							   question->columns, question->ncolumns);
	if (pager->form == NULL)
		no_memory(status);
	else if (copy_question(pager, question, status) &&
			 open_locations(pager, question, status) &&
			 open_strands(pager, status))
		return pager;
	hw_pager_free(pager);
	return NULL;
}

/* --- closing -------------------------------------------------------- */

void
hw_pager_cancel(HwPager *pager)
{
	for (int s = 0; pager->strands && s < pager->nstrands; s++)
		hw_strand_drop(&pager->strands[s]);
}

void
hw_pager_free(HwPager *pager)
{
	if (pager == NULL)
		return;
	for (int s = 0; pager->strands && s < pager->nstrands; s++)
		hw_strand_abandon(&pager->strands[s]);
	free(pager->strands);
	hw_editions_close(&pager->editions);
	free(pager->bases);
	free(pager->skips);
	hw_page_free(pager->page);
	hw_sieve_close(pager->sieve);
	hw_form_close(pager->form);
	hw_lists_close(&pager->lists);
	free((char *) pager->question.scope_id);
	free((char *) pager->question.fetch.transport.ca_file);
	free((char *) pager->question.fetch.transport.proxy);
	free((char *) pager->question.fetch.iam_endpoint);
	free((char *) pager->question.fetch.domain_id);
	free(pager);
}

/* --- failing -------------------------------------------------------- */

bool
hw_pager_fail(HwPager *pager, const HwStatus *status)
{
	pager->has_failed = true;
	if (status != &pager->status)
		pager->status = *status;
	return false;
}

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

/* --- evidence ------------------------------------------------------- */

/* What is known of one location holds for all that share its endpoint. */
static void
learn(HwPager *pager, const HwStrand *from, HwDialect dialect)
{
	hw_editions_learn(&pager->editions, from->location, dialect);
	for (int s = pager->current + 1; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		if (!strand->is_settled && strand->nslots == 0 &&
			hw_editions_share(&pager->editions, strand->location,
							  from->location))
			strand->trial.dialect = dialect;
	}
}

/* What was refused for one list need not be tried for the next. */
static void
leave_out(HwPager *pager)
{
	for (int s = pager->current + 1; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		if (!strand->is_settled && strand->nslots == 0)
			strand->trial.dialect = HW_DIALECT_BARE;
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
		learn(pager, strand, strand->trial.shown);
	switch (result)
	{
		case HW_TRIAL_TAKE:
			return true;
		case HW_TRIAL_AGAIN:
			hw_strand_restart(strand);
			if (strand->trial.dialect == HW_DIALECT_BARE)
				leave_out(pager);
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

/* Rows were counted in all of the replies, and listed in none. */
static bool
check_listed(HwPager *pager)
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

/* Decides which elements are handed out. */
static bool
sift(HwPager *pager, HwStrand *strand, HwPage *page, const HwAsked *asked,
	 HwCursor cursor)
{
	HwStatus	status;

	if (!hw_sieve_page(pager->sieve, strand->list, page,
					   asked, cursor.offset, &status))
		return hw_pager_fail(pager, &status);
	return status.kind == HW_OK || drift(pager, &status);
}

/* A key that was found need not be looked for in the other lists. */
static void
end_lookup(HwPager *pager, const HwStrand *strand, const HwPage *page)
{
	int			index = strand->list;
	int			end = index - index % pager->lists.group + pager->lists.group;
	bool		is_found = false;

	for (int i = 0; i < page->nelements; i++)
		is_found |= !page->elements[i].is_dropped;
	if (!pager->lists.is_lookup || !is_found)
		return;
	for (int s = index; s < end; s++)
		hw_strand_end(&pager->strands[s], false);
}

static bool
check_total(HwPager *pager, HwStrand *strand, const HwPage *page)
{
	HwStatus	status;

	if (!strand->is_paged || page->total < 0)
		return true;
	if (strand->total >= 0 && strand->total != page->total)
	{
		hw_status_clear(&status);
		hw_status_set(&status, HW_DRIFTED, "%s changed from %lld to %lld",
					  pager->question.api->paging.total, strand->total,
					  page->total);
		strand->total = page->total;
		return drift(pager, &status);
	}
	strand->total = page->total;
	return true;
}

/*
 * Adds up the pages of a group once its last strand is here.  NULL while
 * others are missing, or after a failure.
 */
static HwPage *
merge_group(HwPager *pager, HwStrand *strand, HwPage *page)
{
	int			index = strand->list;
	int			first = index - index % pager->lists.group;
	HwPage	   *pages[HW_MERGE_MAX];
	HwStatus	status;

	strand->part = page;
	if (index != first + pager->lists.group - 1)
		return NULL;
	for (int i = 0; i < pager->lists.group; i++)
		pages[i] = pager->strands[first + i].part;
	hw_status_clear(&status);
	if (!hw_merge_pages(pager->question.api, pager->question.table,
						pager->form, pages, pager->lists.group,
						hw_pager_first_limit(pager, strand), &status))
	{
		/* One of them is as good as the other, if the user says so. */
		if (status.kind != HW_DRIFTED)
			hw_pager_fail(pager, &status);
		if (status.kind != HW_DRIFTED || !drift(pager, &status))
			return NULL;
	}
	page = pages[0];
	pager->strands[first].part = NULL;
	return page;
}

static void
hand_out(HwPager *pager, HwPage *page)
{
	pager->page = page;
	pager->element = 0;
	pager->row = -1;
	pager->npages++;
}

/* Takes in the page that has arrived for a strand. */
static void
collect(HwPager *pager, HwStrand *strand)
{
	HwTrial    *trial = &strand->trial;
	HwSlot		slot = strand->slots[0];
	HwAsked		asked[HW_ASKED_MAX + 1];
	HwAsked		sent[HW_ASKED_MAX + 1];
	HwExpected	expected[HW_ASKED_MAX];
	int			nexpected = hw_lists_expect(&pager->lists, strand->choices,
											expected);
	HwStatus	status = *hw_fetch_status(slot.fetch);
	HwPage	   *page = NULL;
	size_t		bytes;
	const char *body = hw_fetch_body(slot.fetch, &bytes);

	hw_dialect_values(&pager->lists, strand->choices, strand->trial.dialect,
					  asked, sent);
	if (status.kind == HW_OK)
	{
		page = hw_decode(pager->form, body, bytes, asked, expected, nexpected,
						 &status);
		if (page == NULL)
			hw_fetch_spoil(slot.fetch);
		else
			pager->has_list |= page->has_list;
	}
	hw_strand_shift(strand);

	if (page == NULL)
	{
		if (status.kind != HW_BAD_REQUEST || strand->is_settled)
			give_up(pager, strand, &status);
		else
			follow(pager, strand,
				   hw_trial_refusal(trial, &status, &page, &slot.cursor));
		if (page == NULL)
			return;
	}
	else if (!strand->is_settled &&
			 (!follow(pager, strand,
					  hw_trial_page(trial, hw_dialect_spelled(&pager->lists,
															  expected,
															  nexpected),
									is_understood(pager, strand), &page,
									&slot.cursor)) ||
			  !accept_listless(pager, strand, page)))
	{
		hw_page_free(page);
		return;
	}
	if (!check_total(pager, strand, page) ||
		!sift(pager, strand, page, asked, slot.cursor))
	{
		hw_page_free(page);
		return;
	}
	hw_strand_move_on(strand, page->nelements, slot.cursor);
	if (pager->question.is_census)
		hw_strand_end(strand, false);
	end_lookup(pager, strand, page);
	if (pager->question.table->merge == HW_SUM)
		page = merge_group(pager, strand, page);
	if (page)
		hand_out(pager, page);
}

/* --- handing out ---------------------------------------------------- */

static bool
next_row(HwPager *pager)
{
	HwPage	   *page = pager->page;

	for (; pager->element < page->nelements; pager->element++, pager->row = -1)
	{
		HwElement  *element = &page->elements[pager->element];

		if (!element->is_dropped && ++pager->row < element->nrows)
			return true;
	}
	hw_page_free(page);
	pager->page = NULL;
	return false;
}

HwPagerState
hw_pager_next(HwPager *pager)
{
	for (;;)
	{
		HwStrand   *strand;

		if (pager->page && next_row(pager))
		{
			pager->nrows++;
			return HW_PAGER_ROW;
		}
		if (pager->has_failed)
			return HW_PAGER_FAILED;
		if (pager->current == pager->nstrands)
			return check_listed(pager) ? HW_PAGER_END : HW_PAGER_FAILED;
		strand = &pager->strands[pager->current];
		if (strand->is_done)
		{
			pager->current++;
			continue;
		}
		hw_pager_fill(pager);
		if (strand->nslots == 0)
			continue;
		if (!hw_fetch_is_done(strand->slots[0].fetch))
			return HW_PAGER_WAIT;
		collect(pager, strand);

		/* What comes next travels while these rows are handed out. */
		if (!pager->has_failed && pager->question.window > 1 &&
			hw_pager_rows_wanted(pager) == 0)
			hw_pager_fill(pager);
	}
}

bool
hw_pager_is_ready(const HwPager *pager)
{
	const HwStrand *strand;

	if (pager->page || pager->has_failed || pager->current == pager->nstrands)
		return true;
	strand = &pager->strands[pager->current];
	return strand->is_done || strand->nslots == 0 ||
		hw_fetch_is_done(strand->slots[0].fetch);
}

bool
hw_pager_take_asked(HwPager *pager)
{
	bool		has_asked = pager->has_asked;

	pager->has_asked = false;
	return has_asked;
}

const HwCell *
hw_pager_row(const HwPager *pager)
{
	const HwElement *element = &pager->page->elements[pager->element];

	return pager->page->cells +
		(size_t) (element->first_row + pager->row) * pager->page->ncells;
}

void
hw_pager_place(const HwPager *pager, char *buffer, size_t size)
{
	const HwTable *table = pager->question.table;

	if (pager->page == NULL || table->rows == NULL)
		snprintf(buffer, size, "the reply");
	else
		snprintf(buffer, size, "page %ld, %s[%d]%s%s", pager->npages,
				 table->rows, pager->element, table->flatten ? "." : "",
				 table->flatten ? table->flatten : "");
}

const HwStatus *
hw_pager_status(const HwPager *pager)
{
	return &pager->status;
}

bool
hw_pager_take_warning(HwPager *pager, HwStatus *warning)
{
	if (!pager->has_warning)
		return false;
	*warning = pager->warning;
	pager->has_warning = false;
	return true;
}
