/*-------------------------------------------------------------------------
 *
 * probe_internal.h
 *	  What asking and concluding share.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PROBE_INTERNAL_H
#define HW_PROBE_INTERNAL_H

#include "core/json.h"
#include "core/probe.h"

/* The calls, in their order. */
enum
{
	CALL_HOST,					/* category=host_resource */
	CALL_CONTAINER,				/* category=container_resource */
	CALL_PLAIN,					/* neither category nor enterprise project */
	CALL_LONG,					/* status, version and charging mode */
	CALL_SHORT					/* the same in the other spelling */
};

#define HW_PROBE_PAGE_SIZE 200

typedef struct HwProbeCall
{
	bool		was_made;		/* and was answered, if only with a refusal */
	HwStatus	status;			/* HW_OK, or how it was refused */
	HwJson	   *json;
	const HwNode *rows;			/* NULL when there is no such list */
	int			nrows;
	long long	total;			/* -1 when there is none */
} HwProbeCall;

struct HwProbe
{
	HwClient   *client;
	HwProbeTarget target;
	HwBase		base;
	HwProbeCall calls[HW_PROBE_CALLS];
	int			ncalls;			/* answered so far */
	HwFetch    *fetch;
	bool		was_throttled;
	bool		has_failed;		/* a call that says nothing of the service */
	bool		is_over;
	HwStatus	status;
	const HwNode *sample;		/* a row whose values are asked for */
	bool		is_narrow;		/* with its version and charging mode */
	HwFact		facts[16];
	int			nfacts;
};

/* The text of a row's member, or NULL. */
extern const char *hw_probe_text(const HwNode *row, const char *name);

extern bool hw_probe_is_container(const HwNode *row);

/* findings.c: fills the facts with what the calls have shown. */
extern void hw_probe_conclude(HwProbe *probe);

#endif							/* HW_PROBE_INTERNAL_H */
