/*-------------------------------------------------------------------------
 *
 * send.c
 *	  From a request to an exchange.
 *
 *-------------------------------------------------------------------------
 */
#include "core/send.h"

/* Puts "Name: value" of each header into one buffer, zero bytes between. */
static bool
wire_headers(const HwRequest *request, HwText *text, const char **lines)
{
	size_t		starts[HW_REQUEST_HEADERS_MAX];

	for (int i = 0; i < request->nheaders; i++)
	{
		starts[i] = text->length;
		hw_text_puts(text, request->headers[i].name);
		hw_text_puts(text, ": ");
		hw_text_puts(text, request->headers[i].value);
		hw_text_putc(text, '\0');
	}
	for (int i = 0; i < request->nheaders; i++)
		lines[i] = text->data + starts[i];
	lines[request->nheaders] = NULL;
	return !text->has_failed;
}

HwExchange *
hw_send(HwEngine *engine, const HwRequest *request,
		const HwTransport *transport, HwStatus *status)
{
	HwExchange *exchange = NULL;
	HwText		url;
	HwText		headers;
	const char *lines[HW_REQUEST_HEADERS_MAX + 1];
	HwWire		wire = {.method = request->method, .headers = lines};

	hw_text_init(&url, 0);
	hw_text_init(&headers, 0);
	headers.is_secret = true;
	if (hw_request_url(request, &url) &&
		wire_headers(request, &headers, lines))
	{
		wire.url = hw_text_string(&url);
		wire.body = hw_text_string(&request->body);
		wire.body_bytes = request->body.length;
		exchange = hw_exchange_start(engine, &wire, transport, status);
	}
	else
		hw_status_set(status, HW_OUT_OF_MEMORY, "out of memory");
	hw_text_free(&headers);
	hw_text_free(&url);
	return exchange;
}
