/*-------------------------------------------------------------------------
 *
 * lookup.h
 *	  Projects and account that no option names: those beside the key, in
 *	  environment or file, or those that IAM tells.
 *
 * Waits for IAM unless it has told the session before.  ERROR when there is no
 * answer.  *nrequests is raised by the requests that were sent.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_LOOKUP_H
#define HW_LOOKUP_H

#include "postgres.h"

#include "fdw/session.h"
#include "fdw/table.h"

/*
 * The ID of the project, or of the account, that environment or file name
 * beside the key, palloc'd; NULL when they do not.  ERROR when it is none.
 */
extern const char *hw_lookup_scope_id(const HwForeignTable *foreign,
									  HwSession *session, bool is_project);

/*
 * The projects of one name, or all when it is NULL, asked at the IAM of a
 * region, or of the options' when that is NULL; again in each statement when
 * in_statement is set.  They live as hw_session_projects says.
 */
extern const HwProjects *hw_lookup_projects(const HwForeignTable *foreign,
											HwSession *session,
											const char *region,
											const char *name,
											bool in_statement,
											long *nrequests);

/* The account's ID; lives as long as the session.  ERROR unless there is one. */
extern const char *hw_lookup_account(const HwForeignTable *foreign,
									 HwSession *session, long *nrequests);

#endif							/* HW_LOOKUP_H */
