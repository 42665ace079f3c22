/*-------------------------------------------------------------------------
 *
 * memory.c
 *	  The memory that libcurl works with.
 *
 * It stays malloc's, so that code which frees what libcurl has made need not
 * know.  Called in threads of libcurl's, too.
 *
 *-------------------------------------------------------------------------
 */
#include "core/memory.h"

#if defined(__APPLE__)
#include <malloc/malloc.h>
#define malloc_usable_size malloc_size
#elif defined(__FreeBSD__)
#include <malloc_np.h>
#else
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

static void
wipe(void *memory)
{
	if (memory)
		hw_text_cleanse(memory, malloc_usable_size(memory));
	free(memory);
}

/* realloc itself would leave a copy behind where it moves the bytes. */
static void *
move(void *memory, size_t size)
{
	size_t		old = memory ? malloc_usable_size(memory) : 0;
	void	   *copy = malloc(size > 0 ? size : 1);

	if (copy == NULL || memory == NULL)
		return copy;
	memcpy(copy, memory, size < old ? size : old);
	wipe(memory);
	return copy;
}

CURLcode
hw_memory_init_curl(void)
{
	return curl_global_init_mem(CURL_GLOBAL_ALL, malloc, wipe, move, strdup,
								calloc);
}
