/*-------------------------------------------------------------------------
 *
 * ahead.c
 *	  Asks for pages of a pager's lists, in the order they will be needed.
 *
 * Knows how a page is asked for and how many may be on their way; never what
 * comes of it.
 *
 *-------------------------------------------------------------------------
 */
#include "core/pager_internal.h"

#include "core/ask.h"

/* --- one page ------------------------------------------------------- */

/* Keys name the project that the path asks for. */
static const char *
scope_of(const HwQuestion *question, const HwAsked *asked)
{
	if (question->scope_id == NULL ||
		question->service->scope != HW_PROJECT_SCOPE)
		return question->scope_id;
	for (; asked->param; asked++)
	{
		if (asked->param->place == HW_IN_PATH)
			return asked->value;
	}
	return question->scope_id;
}

static bool
ask(HwPager *pager, HwStrand *strand, HwCursor cursor)
{
	const HwQuestion *question = &pager->question;
	HwAsked		asked[HW_ASKED_MAX + 1];
	HwAsked		sent[HW_ASKED_MAX + 1];
	HwFetchOptions options = question->fetch;
	HwRequest	request;
	HwFetch    *fetch = NULL;
	bool		is_reused;
	HwStatus	status;

	if (strand->trial.dialect == HW_DIALECT_BARE && options.statement == 0)
		options.statement = question->statement;
	options.not_before_ms = strand->last_ms;
	hw_status_clear(&status);
	hw_request_init(&request, "GET");
	hw_dialect_values(&pager->lists, strand->choices, strand->trial.dialect,
					  asked, sent);
	if (hw_ask(question->service, question->api,
			   &pager->bases[strand->location], sent,
			   scope_of(question, asked), cursor, &request, &status))
		fetch = hw_client_fetch(pager->client, &request, &options, &is_reused,
								&status);
	hw_request_free(&request);
	if (fetch == NULL)
		return hw_pager_fail(pager, &status);
	hw_strand_add(strand, fetch, cursor, is_reused);
	pager->has_asked |= !is_reused;
	return true;
}

int
hw_pager_first_limit(const HwPager *pager, const HwStrand *strand)
{
	const HwPaging *paging = &pager->question.api->paging;
	long		limit = pager->question.page_size;
	long		wanted = hw_pager_rows_wanted(pager);

	if (paging->style != HW_OFFSET)
		return 0;
	if (!strand->is_paged)
		return paging->size_min;
	if (wanted > 0 && wanted < limit)
		limit = wanted;
	return limit < paging->size_min ? paging->size_min : (int) limit;
}

/* Is the strand's next page behind the last that can be asked for? */
static bool
is_beyond(const HwPager *pager, const HwStrand *strand)
{
	const HwPaging *paging = &pager->question.api->paging;

	return paging->style == HW_OFFSET && strand->offset > paging->offset_max;
}

static bool
ask_next(HwPager *pager, HwStrand *strand)
{
	HwCursor	cursor = {.offset = strand->offset};
	HwStatus	status;

	if (is_beyond(pager, strand))
	{
		hw_status_clear(&status);
		hw_status_set(&status, HW_OFFSET_EXCEEDED,
					  "the list has more rows than the largest offset, %ld",
					  pager->question.api->paging.offset_max);
		return hw_pager_fail(pager, &status);
	}
	if (strand->npages == 0 && strand->nslots == 0)
		cursor.limit = hw_pager_first_limit(pager, strand);
	else
		cursor.limit = pager->question.page_size;
	return ask(pager, strand, cursor);
}

/* --- the window ----------------------------------------------------- */

/*
 * Will the first page of a strand before show how to ask for this one?  Not
 * if that is read elsewhere, where another edition may be in use.
 */
static bool
awaits_spelling(const HwPager *pager, const HwStrand *strand)
{
	if (!hw_dialect_matters(&pager->lists) ||
		pager->question.dialect != HW_DIALECT_AUTO ||
		pager->editions.at[strand->location].is_known)
		return false;
	for (int s = pager->current; s < strand->list; s++)
	{
		if (hw_editions_share(&pager->editions, pager->strands[s].location,
							  strand->location))
			return true;
	}
	return false;
}

/* Will a page of a strand before show whether or how to ask for this one? */
static bool
awaits_others(const HwPager *pager, const HwStrand *strand)
{
	return strand->list > pager->current &&
		(pager->lists.is_lookup || awaits_spelling(pager, strand));
}

/* Is a page of the strand to be asked for, if the window has room or not? */
static bool
wants_page(const HwPager *pager, const HwStrand *strand, bool has_room)
{
	if (strand->is_done)
		return false;
	if (strand->list == pager->current && strand->nslots == 0)
		return true;

	/* The page after next is somebody else's problem when it fails. */
	return has_room && hw_strand_can_ask_ahead(strand) &&
		!is_beyond(pager, strand);
}

long
hw_pager_rows_wanted(const HwPager *pager)
{
	long		wanted = pager->question.row_goal - pager->nrows;

	return pager->question.row_goal > 0 && wanted > 0 ? wanted : 0;
}

void
hw_pager_fill(HwPager *pager)
{
	int			window = pager->question.window;
	int			nflying = 0;

	if (window < 1 || hw_pager_rows_wanted(pager) > 0)
		window = 1;
	for (int s = pager->current; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		if (awaits_others(pager, strand))
			break;
		nflying += strand->nslots;
		while (wants_page(pager, strand, nflying < window))
		{
			if (!ask_next(pager, strand))
				return;
			nflying++;
		}
		if (nflying >= window)
			break;
	}
}
