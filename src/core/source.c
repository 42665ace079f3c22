/*-------------------------------------------------------------------------
 *
 * source.c
 *	  Keys from where the official SDKs look: the environment, and a file.
 *
 *-------------------------------------------------------------------------
 */
#include "core/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"

/* A token has up to 32 kB, and there are two sections. */
#define FILE_BYTES_MAX (256 * 1024)

#define BLANKS " \t\r"

static bool
no_memory(HwStatus *status)
{
	return hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
}

/* --- the environment ------------------------------------------------ */

static bool
take_variable(const char *name, bool is_needed, char **copy, HwStatus *status)
{
	const char *value = getenv(name);

	if (value == NULL || value[0] == '\0')
		return !is_needed || hw_status_set(status, HW_NO_CREDENTIALS,
										   "%s is not set", name);
	if (!hw_secret_keep(copy, value, strlen(value)))
		return no_memory(status);
	return true;
}

bool
hw_source_environment(HwSecret *secret, HwStatus *status)
{
	if (getenv("HUAWEICLOUD_SDK_IDP_ID") && !getenv("HUAWEICLOUD_SDK_AK"))
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "HUAWEICLOUD_SDK_IDP_ID is set, but signing in by an identity provider is not supported");
	if (take_variable("HUAWEICLOUD_SDK_AK", true, &secret->access_key,
					  status) &&
		take_variable("HUAWEICLOUD_SDK_SK", true, &secret->secret_key,
					  status) &&
		take_variable("HUAWEICLOUD_SDK_SECURITY_TOKEN", false,
					  &secret->security_token, status) &&
		take_variable("HUAWEICLOUD_SDK_PROJECT_ID", false,
					  &secret->project_id, status) &&
		take_variable("HUAWEICLOUD_SDK_DOMAIN_ID", false,
					  &secret->domain_id, status))
		return true;
	hw_secret_wipe(secret);
	return false;
}

/* --- the file ------------------------------------------------------- */

static bool
find_path(const char *path, HwText *out, HwStatus *status)
{
	const char *home = getenv("HOME");

	if (path == NULL)
		path = getenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE");
	if (path && path[0])
		hw_text_puts(out, path);
	else if (home && home[0])
		hw_text_printf(out, "%s/.huaweicloud/credentials", home);
	else
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "neither HUAWEICLOUD_SDK_CREDENTIALS_FILE nor HOME is set");
	return !out->has_failed || no_memory(status);
}

static bool
read_open(int fd, const char *path, HwText *text, HwStatus *status)
{
	char		buffer[4096];
	struct stat about;
	ssize_t		got = 0;

	/* Reading must not wait, as that of a pipe would. */
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "\"%s\" is no regular file", path);
	while (!text->has_failed &&
		   ((got = read(fd, buffer, sizeof(buffer))) > 0 ||
			(got < 0 && errno == EINTR)))
	{
		if (got > 0)
			hw_text_append(text, buffer, (size_t) got);
	}
	hw_text_cleanse(buffer, sizeof(buffer));
	if (text->is_too_large)
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "file \"%s\" has more than %d bytes", path,
							 FILE_BYTES_MAX);
	if (text->has_failed)
		return no_memory(status);
	if (got < 0)
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "could not read file \"%s\": %s", path,
							 strerror(errno));
	return true;
}

static bool
read_file(const char *path, HwText *text, HwStatus *status)
{
	int			fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool		done;

	if (fd < 0)
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "could not open file \"%s\": %s", path,
							 strerror(errno));
	done = read_open(fd, path, text, status);
	close(fd);
	return done;
}

/* Cuts blanks, and quotes around all of it. */
static void
trim(const char **start, const char **end)
{
	while (*start < *end && strchr(BLANKS, **start))
		++*start;
	while (*end > *start && strchr(BLANKS, (*end)[-1]))
		--*end;
	if (*end > *start + 1 && (**start == '"' || **start == '\'') &&
		(*end)[-1] == **start)
	{
		++*start;
		--*end;
	}
}

static bool
equals(const char *start, const char *end, const char *word)
{
	return strlen(word) == (size_t) (end - start) &&
		memcmp(start, word, (size_t) (end - start)) == 0;
}

/*
 * Takes one line "key = value", or "key: value", which the SDKs' parsers read
 * as well; other keys are the SDKs' own affair.
 */
static bool
take_line(const char *line, const char *end, HwSecret *secret)
{
	const char *sign = line;
	const char *value;
	char	  **place = NULL;

	while (sign < end && *sign != '=' && *sign != ':')
		sign++;
	if (sign == end)
		return true;
	value = sign + 1;
	trim(&line, &sign);
	trim(&value, &end);
	if (equals(line, sign, "ak"))
		place = &secret->access_key;
	else if (equals(line, sign, "sk"))
		place = &secret->secret_key;
	else if (equals(line, sign, "security_token"))
		place = &secret->security_token;
	else if (equals(line, sign, "project_id"))
		place = &secret->project_id;
	else if (equals(line, sign, "domain_id"))
		place = &secret->domain_id;
	if (place == NULL || value == end)
		return true;
	hw_wipe(*place);
	return hw_secret_keep(place, value, (size_t) (end - value));
}

static bool
take_section(const char *text, const char *section, HwSecret *secret,
			 bool *is_found)
{
	bool		is_inside = false;

	*is_found = false;
	while (*text)
	{
		const char *line = text;
		const char *end = line + strcspn(line, "\n");

		text = *end ? end + 1 : end;
		while (line < end && strchr(BLANKS, *line))
			line++;
		if (line == end || *line == '#' || *line == ';')
			continue;
		if (*line == '[')
		{
			const char *close = memchr(line, ']', (size_t) (end - line));
			const char *name = line + 1;

			is_inside = false;
			if (close)
			{
				trim(&name, &close);
				is_inside = equals(name, close, section);
			}
			*is_found |= is_inside;
		}
		else if (is_inside && !take_line(line, end, secret))
			return false;
	}
	return true;
}

static bool
take_file(const char *path, const char *text, const char *section,
		  HwSecret *secret, HwStatus *status)
{
	bool		is_found;

	if (!take_section(text, section, secret, &is_found))
		return no_memory(status);
	if (!is_found)
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "file \"%s\" has no section [%s]", path, section);
	if (secret->access_key == NULL || secret->secret_key == NULL)
		return hw_status_set(status, HW_NO_CREDENTIALS,
							 "section [%s] of file \"%s\" has no \"%s\"",
							 section, path,
							 secret->access_key ? "sk" : "ak");
	return true;
}

bool
hw_source_profile(const char *path, const char *section, HwSecret *secret,
				  HwStatus *status)
{
	HwText		found;
	HwText		text;
	bool		done;

	hw_text_init(&found, 0);
	hw_text_init(&text, FILE_BYTES_MAX);
	text.is_secret = true;
	done = find_path(path, &found, status) &&
		read_file(hw_text_string(&found), &text, status) &&
		take_file(hw_text_string(&found), hw_text_string(&text), section,
				  secret, status);
	hw_text_free(&found);
	hw_text_free(&text);
	if (!done)
		hw_secret_wipe(secret);
	return done;
}
