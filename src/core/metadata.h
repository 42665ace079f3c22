/*-------------------------------------------------------------------------
 *
 * metadata.h
 *	  Temporary keys of the cloud machine that the server runs on.
 *
 * Makes the requests to the metadata service and reads its answers; sends
 * nothing.  (Elastic Cloud Server User Guide, Obtaining Metadata.)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_METADATA_H
#define HW_METADATA_H

#include "core/credentials.h"
#include "core/engine.h"
#include "core/request.h"

/* Link-local, so that it is this machine's own. */
#define HW_METADATA_ENDPOINT "http://169.254.169.254"

/* Asks for the token that version 2 of the service wants. */
extern bool hw_metadata_ask_token(const char *endpoint, HwRequest *request,
								  HwStatus *status);

/* Asks for the keys; token is NULL where there is only version 1. */
extern bool hw_metadata_ask_key(const char *endpoint, const char *token,
								HwRequest *request, HwStatus *status);

/* Takes the keys out of a successful reply. */
extern bool hw_metadata_take(const HwReply *reply, HwSecret *secret,
							 HwStatus *status);

#endif							/* HW_METADATA_H */
