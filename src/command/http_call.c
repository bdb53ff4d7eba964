#include "command/http_call.h"

#include <curl/curl.h>
#include <string.h>

enum { REPLY_MAX = 4 << 20, WAIT_S = 120 };

struct taking {
	struct http_call *call;
	char *reply;
	size_t n;
};

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct taking *t = arg;
	size_t bytes = size * n;

	/* Fewer than came ends the call with an error. */
	if (bytes > REPLY_MAX - t->n)
		return 0;
	memcpy(t->reply + t->n, data, bytes);
	t->n += bytes;
	return bytes;
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct http_call *x = ((struct taking *)arg)->call;
	struct str line = {data, size * n};
	size_t colon = str_find(line, ':');
	struct str name = str_slice(line, 0, colon);
	struct str value = str_slice(line, colon + 1, line.n);

	while (value.n && (value.p[value.n - 1] == '\r' || value.p[value.n - 1] == '\n'))
		value.n--;
	value = str_trim(value);
	if (str_eq_nocase(name, STR("Content-Type")))
		snprintf(x->type, sizeof x->type, "%.*s", STR_ARG(value));
	if (str_eq_nocase(name, STR("X-GitHub-Request-Id")))
		snprintf(x->request_id, sizeof x->request_id, "%.*s", STR_ARG(value));
	return size * n;
}

static struct curl_slist *headers_of(const struct http_call *x)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; x->headers[i]; i++) {
		struct curl_slist *longer = curl_slist_append(list, x->headers[i]);

		if (!longer) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

static void set_options(CURL *curl, struct call *call, struct taking *t)
{
	const struct http_call *x = t->call;

	curl_easy_setopt(curl, CURLOPT_URL, x->url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, x->method);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "llavero");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, x->wait_s ? x->wait_s : (long)WAIT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
	/* A certificate of one's own making is known to nobody else. */
	if (*call->config.tls_certificate)
		curl_easy_setopt(curl, CURLOPT_CAINFO, call->config.tls_certificate);
	if (x->body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, x->body);
}

bool http_call_make(struct call *call, struct http_call *x)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = headers_of(x);
	struct taking t = {x, arena_alloc(&call->arena, REPLY_MAX), 0};
	char problem[CURL_ERROR_SIZE] = "";
	CURLcode result = CURLE_OUT_OF_MEMORY;

	if (curl && (headers || !x->headers[0])) {
		set_options(curl, call, &t);
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		result = curl_easy_perform(curl);
	}
	if (result == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x->status);
	else
		snprintf(x->problem, sizeof x->problem, "%s",
			*problem ? problem : curl_easy_strerror(result));
	x->body_of_reply = (struct str){t.reply, t.n};
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	return result == CURLE_OK;
}
