/*-------------------------------------------------------------------------
 *
 * memory.h
 *	  The memory that libcurl works with.
 *
 * Headers and bodies pass through libcurl's buffers, and with them keys,
 * tokens and passwords.  What libcurl gives back is overwritten, as our own
 * memory of that kind is.
 *
 *-------------------------------------------------------------------------
 */
#ifndef HW_MEMORY_H
#define HW_MEMORY_H

#include <curl/curl.h>

/*
 * curl_global_init with such memory.  Where other code of the process has
 * initialised libcurl before, its choice stays, and nothing is overwritten.
 */
extern CURLcode hw_memory_init_curl(void);

#endif							/* HW_MEMORY_H */
