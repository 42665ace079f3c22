/*-------------------------------------------------------------------------
 *
 * overrides.c
 *	  Endpoints that the environment gives instead of the known ones.
 *
 *-------------------------------------------------------------------------
 */
#include "core/overrides.h"

#include <stdlib.h>
#include <string.h>

/* Letters in upper case, and underscores for hyphens. */
static void
put_upper(HwText *text, const char *name)
{
	for (; *name; name++)
	{
		char		c = *name;

		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		hw_text_putc(text, c == '-' ? '_' : c);
	}
}

bool
hw_override_find(const char *service, const char *region, HwText *variable,
				 HwText *url)
{
	const char *value;
	size_t		length;

	hw_text_reset(variable);
	hw_text_reset(url);
	hw_text_puts(variable, "HUAWEICLOUD_SDK_");
	if (region)
		hw_text_puts(variable, "REGION_");
	put_upper(variable, service);
	hw_text_putc(variable, '_');
	put_upper(variable, region ? region : "endpoint");
	value = variable->has_failed ? NULL : getenv(hw_text_string(variable));
	if (value == NULL)
		return false;
	value += strspn(value, " ");
	length = strcspn(value, ", ");
	if (length == 0)
		return false;
	if (memmem(value, length, "://", 3) == NULL)
		hw_text_puts(url, "https://");
	return hw_text_append(url, value, length);
}
