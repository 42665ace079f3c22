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
	const HwQuestion *question = &pager->question;
	bool		is_auto = question->dialect == HW_DIALECT_AUTO;
	bool		is_paged = question->api->paging.style == HW_OFFSET &&
		question->table->key != NULL;

	pager->strands = calloc(pager->lists.nlists + 1, sizeof(HwStrand));
	pager->sieve = hw_sieve_open(question->table, pager->lists.nlists);
	if (pager->strands == NULL || pager->sieve == NULL)
		return no_memory(status);
	pager->nstrands = pager->lists.nlists;
	for (int s = 0; s < pager->nstrands; s++)
	{
		HwStrand   *strand = &pager->strands[s];

		strand->list = s;
		strand->location = hw_lists_location(&pager->lists, s);
		hw_lists_choose(&pager->lists, s, strand->choices);
		hw_strand_init(strand, is_paged, question->page_size);
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
						  question->learnt,
						  hw_dialect_params(&pager->lists)))
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

/* --- handing out ---------------------------------------------------- */

void
hw_pager_hand_out(HwPager *pager, HwPage *page)
{
	pager->page = page;
	pager->element = 0;
	pager->row = -1;
	pager->npages++;
}

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

bool
hw_pager_fail(HwPager *pager, const HwStatus *status)
{
	pager->has_failed = true;
	if (status != &pager->status)
		pager->status = *status;
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
			return hw_pager_check_listed(pager) ? HW_PAGER_END :
				HW_PAGER_FAILED;
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
		hw_pager_collect(pager, strand);

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
