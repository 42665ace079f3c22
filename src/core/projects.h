/*-------------------------------------------------------------------------
 *
 * projects.h
 *	  The projects of an account, as IAM lists them.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PROJECTS_H
#define HW_PROJECTS_H

#include "core/request.h"
#include "core/status.h"

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

/* Length of the region's name at the start of the project's. */
extern size_t hw_project_region_length(const HwProject *project);

#endif							/* HW_PROJECTS_H */
