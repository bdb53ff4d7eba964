#include "http/head.h"

#include <microhttpd.h>

static const char *const header_names[HTTP_HEADERS] = {
	[HTTP_ACCEPT] = "Accept",
	[HTTP_ACCEPT_LANGUAGE] = "Accept-Language",
	[HTTP_AUTHORIZATION] = "Authorization",
	[HTTP_CLIENT_CERT] = "Client-Cert",
	[HTTP_CONTENT_TYPE] = "Content-Type",
	[HTTP_COOKIE] = "Cookie",
	[HTTP_DPOP] = "DPoP",
	[HTTP_HOST] = "Host",
	[HTTP_IF_NONE_MATCH] = "If-None-Match",
	[HTTP_ORIGIN] = "Origin",
	[HTTP_SEC_FETCH_SITE] = "Sec-Fetch-Site",
	[HTTP_USER_AGENT] = "User-Agent",
	[HTTP_X_FORWARDED_FOR] = "X-Forwarded-For",
	[HTTP_X_GITHUB_OTP] = "X-GitHub-OTP",
};

struct walk {
	struct http_request *request;
	bool repeated;
	unsigned lengths, encodings;
	bool chunked;
};

static void note(struct walk *w, enum http_header which, struct str value)
{
	struct str *at = &w->request->headers[which];
	bool once = which == HTTP_AUTHORIZATION || which == HTTP_CONTENT_TYPE ||
		    which == HTTP_HOST || which == HTTP_COOKIE || which == HTTP_CLIENT_CERT;

	/* of these, the last is what the nearest proxy says */
	if (!str_is_set(*at) || which == HTTP_X_FORWARDED_FOR)
		*at = value;
	/* RFC 9449 4.3 (1): a list of proofs is none; its own error says so */
	else if (which == HTTP_DPOP)
		*at = STR(",");
	else if (once)
		w->repeated = true;
}

static enum MHD_Result take(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct walk *w = cls;
	struct str header = str_from(name), text = str_from(value ? value : "");

	(void)kind;
	if (str_eq_nocase(header, STR("Content-Length"))) {
		w->lengths++;
	} else if (str_eq_nocase(header, STR("Transfer-Encoding"))) {
		w->encodings++;
		w->chunked = str_eq_nocase(str_trim(text), STR("chunked"));
	}
	for (int i = 0; i < HTTP_HEADERS; i++)
		if (str_eq_nocase(header, str_from(header_names[i])))
			note(w, (enum http_header)i, text);
	return MHD_YES;
}

const char *http_read_head(struct MHD_Connection *connection, struct http_request *req)
{
	struct walk w = {.request = req};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, take, &w);
	if (w.repeated)
		return "A header that may be sent once was sent twice.\n";
	if (w.lengths + w.encodings > 1)
		return "The end of the body is told more than once.\n";
	if (w.encodings && !w.chunked)
		return "The only Transfer-Encoding that is understood is chunked.\n";
	return NULL;
}
