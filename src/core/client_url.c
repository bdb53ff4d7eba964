#include "core/client_url.h"

#include "base/limits.h"

bool is_client_url(struct str client_id)
{
	return str_starts(client_id, STR("https:")) || str_starts(client_id, STR("http:"));
}

enum client_url_fault client_url_parse(struct str client_id, bool local, struct redirect_uri *out)
{
	enum { HTTPS = 443, PRIVILEGED = 1024 };

	if (client_id.n > LIMIT_CLIENT_URL)
		return CLIENT_URL_TOO_LONG;
	if (redirect_uri_parse(client_id, out) != REDIRECT_URI_OK || !out->is_http)
		return CLIENT_URL_FORM;
	if (!str_eq_c(out->scheme, "https") && !(local && out->is_loopback))
		return CLIENT_URL_SCHEME;
	if (out->path.n == 0)
		return CLIENT_URL_NO_PATH;
	if (str_is_set(out->query))
		return CLIENT_URL_QUERY;
	if (out->port < PRIVILEGED && out->port != HTTPS && !local)
		return CLIENT_URL_PORT;
	return CLIENT_URL_OK;
}

const char *client_url_fault_word(enum client_url_fault fault)
{
	static const char *const words[] = {
		[CLIENT_URL_OK] = "url_form",
		[CLIENT_URL_TOO_LONG] = "url_long",
		[CLIENT_URL_FORM] = "url_form",
		[CLIENT_URL_SCHEME] = "not_https",
		[CLIENT_URL_NO_PATH] = "url_path",
		[CLIENT_URL_QUERY] = "url_query",
		[CLIENT_URL_PORT] = "url_port",
	};

	return words[fault];
}

bool client_id_fits(struct str client_id)
{
	return client_id.n <=
	       (size_t)(is_client_url(client_id) ? LIMIT_CLIENT_URL : LIMIT_CLIENT_ID);
}
