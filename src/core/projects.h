/*-------------------------------------------------------------------------
 *
 * projects.h
 *	  The projects of an account, and its own ID, as IAM lists them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PROJECTS_H
#define HW_PROJECTS_H

#include "core/request.h"
#include "core/status.h"
#include "core/text.h"

/*
 * An account has some ten projects a region.  More than these could not be
 * read by one query anyway.
 */
#define HW_PROJECTS_MAX 4096

/* Its ID and region are letters, digits, hyphens and underscores. */
typedef struct HwProject
{
	char	   *id;
	char	   *name;			/* of its region, or REGION_NAME */
	bool		is_enabled;
} HwProject;

typedef struct HwProjects
{
	int			count;
	HwProject	list[];
} HwProjects;

/*
 * Fills an initialised request for the projects of one name, or for all when
 * the name is NULL.  False with a status when it cannot be made.
 */
extern bool hw_projects_ask(const HwBase *base, const char *name,
							HwRequest *request, HwStatus *status);

/*
 * The projects in a reply, malloc'd; NULL and a status when it has no list, one
 * that no account has, or one that goes on elsewhere: no page was asked for, so
 * IAM has to list all.
 */
extern HwProjects *hw_projects_read(const char *body, size_t bytes,
									HwStatus *status);
extern void hw_projects_free(HwProjects *projects);

/*
 * The same for the account that a key belongs to.  Reading returns how many
 * accounts there are and appends their IDs, with commas between them; -1 and a
 * status when the reply is no such list, or the text has no room.
 */
extern bool hw_account_ask(const HwBase *base, HwRequest *request,
						   HwStatus *status);
extern int	hw_account_read(const char *body, size_t bytes, HwText *ids,
							HwStatus *status);

/* Whether it may stand in a path, a header and a message. */
extern bool hw_projects_is_id(const char *text, size_t length);

/*
 * Whether a project lies in a region.  Accounts have one that does not, "MOS"
 * of object storage (IAM API Reference, Querying Information About a Specified
 * Project, names it; Terraform's provider passes it over since 2023-05).
 */
extern bool hw_project_has_region(const HwProject *project);

/* Length of the region's name at the start of the project's. */
extern size_t hw_project_region_length(const HwProject *project);

#endif							/* HW_PROJECTS_H */
