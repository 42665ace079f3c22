/*-------------------------------------------------------------------------
 *
 * question.h
 *	  What the options of a foreign table and its session say to a pager.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_QUESTION_H
#define HW_QUESTION_H

#include "postgres.h"

#include "core/pager.h"
#include "fdw/session.h"
#include "fdw/table.h"

/* Rows asked for per request. */
extern int	hw_question_page_size(const HwForeignTable *foreign);

/*
 * Fills in all but columns, bindings, row goal and statement.  Texts point
 * into the table's options.
 */
extern void hw_question_set(const HwForeignTable *foreign, HwSession *session,
							HwQuestion *question);

#endif							/* HW_QUESTION_H */
