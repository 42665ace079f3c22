/*-------------------------------------------------------------------------
 *
 * address.c
 *	  Which network an address belongs to.
 *
 * IPv6 has several ways to write an IPv4 address, and a gateway that follows
 * them; each is judged by the IPv4 address inside.
 *
 *-------------------------------------------------------------------------
 */
#include "core/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "core/text.h"

typedef struct HwRange4
{
	uint32_t	address;
	uint32_t	bits;
} HwRange4;

static const HwRange4 private4[] = {
	{0x00000000, 8},			/* this network */
	{0x0a000000, 8},			/* private */
	{0x64400000, 10},			/* shared, behind a provider's NAT; clouds
								 * put their metadata services there, too */
	{0xa9fe0000, 16},			/* link-local, metadata services */
	{0xac100000, 12},			/* private */
	{0xc0000000, 24},			/* protocol assignments */
	{0xc0000200, 24},			/* documentation */
	{0xc0586300, 24},			/* 6to4 relays */
	{0xc0a80000, 16},			/* private */
	{0xc6120000, 15},			/* benchmarks */
	{0xc6336400, 24},			/* documentation */
	{0xcb007100, 24},			/* documentation */
	{0xe0000000, 3}				/* multicast, reserved, broadcast */
};

static HwNetwork network4(uint32_t address);
static HwNetwork network6(const struct in6_addr *address);
static uint32_t embedded4(const unsigned char *bytes);

HwNetwork
hw_address_network(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
	{
		struct sockaddr_in in;

		memcpy(&in, address, sizeof(in));
		return network4(ntohl(in.sin_addr.s_addr));
	}
	if (address->sa_family == AF_INET6)
	{
		struct sockaddr_in6 in6;

		memcpy(&in6, address, sizeof(in6));
		return network6(&in6.sin6_addr);
	}
	return HW_NETWORK_PRIVATE;
}

HwNetwork
hw_address_network_text(const char *text)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET, text, &in) == 1)
		return network4(ntohl(in.s_addr));
	if (inet_pton(AF_INET6, text, &in6) == 1)
		return network6(&in6);
	return HW_NETWORK_PRIVATE;
}

bool
hw_address_is_loopback_host(const char *host)
{
	char		bare[INET6_ADDRSTRLEN];
	size_t		length = strlen(host);

	/* libcurl never asks a name server for this one. */
	if (hw_text_compare(host, "localhost") == 0)
		return true;
	if (length > 2 && host[0] == '[' && host[length - 1] == ']')
	{
		host++;
		length -= 2;
	}
	if (length >= sizeof(bare))
		return false;
	memcpy(bare, host, length);
	bare[length] = '\0';
	return hw_address_network_text(bare) == HW_NETWORK_LOOPBACK;
}

bool
hw_address_is_metadata_host(const char *host)
{
	return strcmp(host, "169.254.169.254") == 0;
}

static HwNetwork
network4(uint32_t address)
{
	if (address >> 24 == 127)
		return HW_NETWORK_LOOPBACK;
	for (size_t i = 0; i < sizeof(private4) / sizeof(private4[0]); i++)
	{
		uint32_t	mask = UINT32_MAX << (32 - private4[i].bits);

		if ((address & mask) == private4[i].address)
			return HW_NETWORK_PRIVATE;
	}
	return HW_NETWORK_PUBLIC;
}

static HwNetwork
network6(const struct in6_addr *address)
{
	static const unsigned char zeros[12];
	static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	const unsigned char *b = address->s6_addr;

	if (IN6_IS_ADDR_LOOPBACK(address))
		return HW_NETWORK_LOOPBACK;
	if (IN6_IS_ADDR_V4MAPPED(address))
		return network4(embedded4(b + 12));
	if (memcmp(b, zeros, 12) == 0)	/* unspecified, IPv4-compatible */
		return HW_NETWORK_PRIVATE;
	if (memcmp(b, nat64, 12) == 0)
		return network4(embedded4(b + 12)) == HW_NETWORK_PUBLIC ?
			HW_NETWORK_PUBLIC : HW_NETWORK_PRIVATE;
	if (b[0] == 0x20 && b[1] == 0x02)	/* 6to4 */
		return network4(embedded4(b + 2)) == HW_NETWORK_PUBLIC ?
			HW_NETWORK_PUBLIC : HW_NETWORK_PRIVATE;
	if (b[0] == 0x20 && b[1] == 0x01)
	{
		if (b[2] < 0x02)		/* 2001::/23: Teredo and other protocols */
			return HW_NETWORK_PRIVATE;
		if (b[2] == 0x0d && b[3] == 0xb8)	/* documentation */
			return HW_NETWORK_PRIVATE;
	}
	/* Of the rest, only 2000::/3 is handed out to the public. */
	return (b[0] & 0xe0) == 0x20 ? HW_NETWORK_PUBLIC : HW_NETWORK_PRIVATE;
}

static uint32_t
embedded4(const unsigned char *bytes)
{
	uint32_t	address;

	memcpy(&address, bytes, sizeof(address));
	return ntohl(address);
}
