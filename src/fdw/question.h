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
 * Fills in all but columns, row goal and statement; waits when IAM has to be
 * asked where to read.  Texts point into the table's options, the bindings and
 * the current memory context.  False when nothing can match.  nrequests is
 * what IAM was sent.
 */
extern bool hw_question_set(const HwForeignTable *foreign, HwSession *session,
							const HwBinding *bindings, int nbindings,
							HwQuestion *question, long *nrequests);

#endif							/* HW_QUESTION_H */
