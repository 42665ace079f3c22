/*-------------------------------------------------------------------------
 *
 * limit.c
 *	  The least that reading these pages can cost with libcurl and cJSON.
 *
 *	limit ABREAST URL ...
 *
 * For each line on its standard input it reads all URLs, ABREAST of them at a
 * time over connections that are kept, parses each body and touches each
 * value.  It prints the number of elements that the lists named data_list had,
 * and a sum over their values, so that no part of the work can be left out.
 *
 * It checks less than the extension does: no duplicate names, no text of
 * numbers, no UTF-8, no keys, no signature.
 *
 *-------------------------------------------------------------------------
 */
#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ABREAST_MAX 64

typedef struct Transfer
{
	CURL	   *curl;
	char	   *body;
	size_t		length;
	size_t		capacity;
} Transfer;

typedef struct Sum
{
	long		nrows;
	double		values;
} Sum;

static void
die(const char *what)
{
	fprintf(stderr, "limit: %s\n", what);
	exit(1);
}

static size_t
on_body(char *data, size_t size, size_t count, void *arg)
{
	Transfer   *transfer = arg;
	size_t		bytes = size * count;

	if (transfer->length + bytes > transfer->capacity)
	{
		transfer->capacity = 2 * (transfer->length + bytes);
		transfer->body = realloc(transfer->body, transfer->capacity);
		if (transfer->body == NULL)
			die("out of memory");
	}
	memcpy(transfer->body + transfer->length, data, bytes);
	transfer->length += bytes;
	return bytes;
}

static double
touch(const cJSON *value)
{
	double		sum = 1;
	const cJSON *child;

	if (cJSON_IsString(value))
		return strlen(value->valuestring);
	if (cJSON_IsNumber(value))
		return value->valuedouble;
	cJSON_ArrayForEach(child, value)
		sum += touch(child);
	return sum;
}

static void
read_page(Transfer *transfer, Sum *sum)
{
	cJSON	   *root = cJSON_ParseWithLength(transfer->body, transfer->length);
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "data_list");
	const cJSON *row;

	if (!cJSON_IsArray(list))
		die("a page without data_list");
	cJSON_ArrayForEach(row, list)
	{
		sum->nrows++;
		sum->values += touch(row);
	}
	cJSON_Delete(root);
	transfer->length = 0;
}

static void
start(CURLM *multi, Transfer *transfer, const char *url)
{
	if (curl_easy_setopt(transfer->curl, CURLOPT_URL, url) != CURLE_OK ||
		curl_multi_add_handle(multi, transfer->curl) != CURLM_OK)
		die("could not start a transfer");
}

/* Takes in what has arrived; the number of transfers that ended. */
static int
collect(CURLM *multi, Sum *sum, char **urls, int nurls, int *next)
{
	CURLMsg    *message;
	int			left;
	int			nended = 0;

	while ((message = curl_multi_info_read(multi, &left)) != NULL)
	{
		CURL	   *curl = message->easy_handle;
		Transfer   *transfer;
		long		status = 0;

		if (message->msg != CURLMSG_DONE)
			continue;
		if (message->data.result != CURLE_OK)
			die(curl_easy_strerror(message->data.result));
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
		if (status != 200)
			die("a status other than 200");
		curl_easy_getinfo(curl, CURLINFO_PRIVATE, &transfer);
		read_page(transfer, sum);
		curl_multi_remove_handle(multi, curl);
		nended++;
		if (*next < nurls)
			start(multi, transfer, urls[(*next)++]);
	}
	return nended;
}

static void
read_all(CURLM *multi, Transfer *transfers, int abreast, char **urls,
		 int nurls)
{
	Sum			sum = {0, 0};
	int			next = 0;
	int			ndone = 0;
	int			running;

	while (next < abreast && next < nurls)
	{
		start(multi, &transfers[next], urls[next]);
		next++;
	}
	while (ndone < nurls)
	{
		if (curl_multi_perform(multi, &running) != CURLM_OK)
			die("could not go on");
		ndone += collect(multi, &sum, urls, nurls, &next);
		if (ndone < nurls && running > 0 &&
			curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK)
			die("could not wait");
	}
	printf("%ld %.0f\n", sum.nrows, sum.values);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	int			abreast = argc > 2 ? atoi(argv[1]) : 0;
	Transfer	transfers[ABREAST_MAX] = {0};
	CURLM	   *multi;
	char		line[100];

	if (abreast < 1 || abreast > ABREAST_MAX)
		die("usage: limit ABREAST URL ...");
	curl_global_init(CURL_GLOBAL_DEFAULT);
	multi = curl_multi_init();
	for (int i = 0; i < abreast; i++)
	{
		CURL	   *curl = curl_easy_init();

		transfers[i].curl = curl;
		if (multi == NULL || curl == NULL)
			die("out of memory");
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
		curl_easy_setopt(curl, CURLOPT_PRIVATE, &transfers[i]);
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
		curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfers[i]);
	}
	while (fgets(line, sizeof(line), stdin))
		read_all(multi, transfers, abreast, argv + 2, argc - 2);
	return 0;
}
