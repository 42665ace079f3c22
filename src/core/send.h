/*-------------------------------------------------------------------------
 *
 * send.h
 *	  From a request to an exchange.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_SEND_H
#define HW_SEND_H

#include "core/engine.h"
#include "core/request.h"

/*
 * Starts the exchange of a request, its headers as they are; what is made for
 * the wire may hold credentials and is wiped.  NULL and a status on failure.
 */
extern HwExchange *hw_send(HwEngine *engine, const HwRequest *request,
						   const HwTransport *transport, HwStatus *status);

#endif							/* HW_SEND_H */
