/*-------------------------------------------------------------------------
 *
 * probe.h
 *	  Asks a live service which reading of the HSS documents is true.
 *
 * Editions of "Querying Quota Details" contradict each other.  Five requests,
 * as many as HSS allows a user in a minute, show how the service at hand
 * behaves: quotas of hosts, of containers, those of a request without filters,
 * and those of one state in either spelling.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_PROBE_H
#define HW_PROBE_H

#include "core/client.h"
#include "catalog/catalog.h"

#define HW_PROBE_CALLS 5

typedef struct HwProbe HwProbe;

typedef struct HwProbeTarget
{
	const HwService *service;
	const HwApi *api;
	const char *endpoint;		/* base URL */
	const char *project_id;
	const char *enterprise_project_id;	/* all_granted_eps, or one */
	bool		names_scope;	/* keys have to name the project */
	HwFetchOptions fetch;
} HwProbeTarget;

typedef struct HwFact
{
	const char *name;
	const char *documents;		/* what they say */
	char		seen[240];
	char		option[80];		/* what to set, or empty */
} HwFact;

typedef enum HwProbeState
{
	HW_PROBE_WAIT,				/* drive the client, wait, step again */
	HW_PROBE_END,
	HW_PROBE_FAILED
} HwProbeState;

/*
 * The target's texts must outlive the probe.  NULL and a status on failure.
 */
extern HwProbe *hw_probe_open(HwClient *client, const HwProbeTarget *target,
							  HwStatus *status);
extern void hw_probe_free(HwProbe *probe);

/* Goes as far as it can without waiting. */
extern HwProbeState hw_probe_step(HwProbe *probe);
extern bool hw_probe_is_ready(const HwProbe *probe);

/* After HW_PROBE_FAILED: the first request was not answered. */
extern const HwStatus *hw_probe_status(const HwProbe *probe);

/* After HW_PROBE_END: the facts in turn, NULL at the end. */
extern const HwFact *hw_probe_fact(const HwProbe *probe, int index);

#endif							/* HW_PROBE_H */
