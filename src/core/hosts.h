/*-------------------------------------------------------------------------
 *
 * hosts.h
 *	  Lists of host names with wildcards.
 *
 * "iam.example.com, hss.*.example.com": patterns parted by commas.  An
 * asterisk stands for any part of one label, as in certificates; a leading
 * "*." for one label or more, and a pattern "*" for every host.  The case of
 * letters does not count, nor do blanks around a pattern.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_HOSTS_H
#define HW_HOSTS_H

#include <stdbool.h>

/* False when a pattern has bytes that no host name has, or is empty. */
extern bool hw_hosts_is_list(const char *list);

/* Whether a pattern of the list, which may be empty, matches the host. */
extern bool hw_hosts_allow(const char *list, const char *host);

#endif							/* HW_HOSTS_H */
