/*-------------------------------------------------------------------------
 *
 * address.h
 *	  Which network an address belongs to.
 *
 * A name may resolve to anything, so what counts is the address that is about
 * to be connected.  (IANA special-purpose address registries; RFC 6890.)
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_ADDRESS_H
#define HW_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

typedef enum HwNetwork
{
	HW_NETWORK_PUBLIC,
	HW_NETWORK_LOOPBACK,
	HW_NETWORK_PRIVATE			/* and all else that is not public */
} HwNetwork;

extern HwNetwork hw_address_network(const struct sockaddr *address);

/* The same for an address as text, IPv6 without brackets. */
extern HwNetwork hw_address_network_text(const char *text);

/* Whether a host of a URL (IPv6 in brackets) can only mean this machine. */
extern bool hw_address_is_loopback_host(const char *host);

/* Whether it is the link-local address of a cloud's metadata service. */
extern bool hw_address_is_metadata_host(const char *host);

#endif							/* HW_ADDRESS_H */
