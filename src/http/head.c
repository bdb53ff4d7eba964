#include "http/head.h"

#include <microhttpd.h>

#define NAME(text)                                                                                 \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}
static const struct str header_names[HTTP_HEADERS] = {
	[HTTP_ACCEPT] = NAME("Accept"),
	[HTTP_ACCEPT_LANGUAGE] = NAME("Accept-Language"),
	[HTTP_AUTHORIZATION] = NAME("Authorization"),
	[HTTP_CLIENT_CERT] = NAME("Client-Cert"),
	[HTTP_CONTENT_TYPE] = NAME("Content-Type"),
	[HTTP_COOKIE] = NAME("Cookie"),
	[HTTP_DPOP] = NAME("DPoP"),
	[HTTP_HOST] = NAME("Host"),
	[HTTP_IF_NONE_MATCH] = NAME("If-None-Match"),
	[HTTP_ORIGIN] = NAME("Origin"),
	[HTTP_SEC_FETCH_SITE] = NAME("Sec-Fetch-Site"),
	[HTTP_USER_AGENT] = NAME("User-Agent"),
	[HTTP_X_FORWARDED_FOR] = NAME("X-Forwarded-For"),
	[HTTP_X_GITHUB_OTP] = NAME("X-GitHub-OTP"),
};

/* Of these it matters to whoever is in front whether we have read them, too. */
static const struct str never_folded[] = {NAME("Authorization"), NAME("Client-Cert"),
	NAME("Content-Length"), NAME("Content-Type"), NAME("DPoP"), NAME("Transfer-Encoding"),
	NAME("X-Forwarded-For"), NAME("X-GitHub-OTP")};
#undef NAME

struct walk {
	struct http_request *request;
	bool repeated, folded;
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

/* RFC 9112 5.2: "A server that receives an obs-fold ... MUST either reject the message ... or
 * replace each received obs-fold". The library does neither: it puts the second line behind the
 * header's name, so that a Transfer-Encoding is none and its body another request. */
static bool is_folded(struct str name)
{
	for (size_t i = 0; i < sizeof never_folded / sizeof never_folded[0]; i++) {
		size_t n = never_folded[i].n;

		if (name.n > n && str_eq_nocase(str_slice(name, 0, n), never_folded[i]))
			return name.p[n] != '-'; /* Client-Cert-Chain */
	}
	return false;
}

static enum MHD_Result take(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct walk *w = cls;
	struct str header = str_from(name), text = str_from(value ? value : "");

	(void)kind;
	w->folded |= is_folded(header);
	if (str_eq_nocase(header, STR("Content-Length"))) {
		w->lengths++;
	} else if (str_eq_nocase(header, STR("Transfer-Encoding"))) {
		w->encodings++;
		w->chunked = str_eq_nocase(str_trim(text), STR("chunked"));
	}
	for (int i = 0; i < HTTP_HEADERS; i++)
		if (str_eq_nocase(header, header_names[i]))
			note(w, (enum http_header)i, text);
	return MHD_YES;
}

const char *http_read_head(struct MHD_Connection *connection, struct http_request *req)
{
	struct walk w = {.request = req};

	MHD_get_connection_values(connection, MHD_HEADER_KIND, take, &w);
	if (w.folded)
		return "A header that stands on two lines is not understood.\n";
	if (w.repeated)
		return "A header that may be sent once was sent twice.\n";
	if (w.lengths + w.encodings > 1)
		return "The end of the body is told more than once.\n";
	if (w.encodings && !w.chunked)
		return "The only Transfer-Encoding that is understood is chunked.\n";
	return NULL;
}
