#include "web/demo_call.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct demo_call *call = arg;
	size_t room = DEMO_REPLY_MAX - call->reply_n, bytes = size * n;
	size_t taken = bytes < room ? bytes : room;

	memcpy(call->reply + call->reply_n, data, taken);
	call->reply_n += taken;
	return bytes;
}

static void keep(char *out, size_t out_size, struct str value)
{
	snprintf(out, out_size, "%.*s", STR_ARG(value));
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	static const char *const kept[] = {"Content-Type", "Location", "X-GitHub-Request-Id",
		"Cache-Control", "WWW-Authenticate", "X-OAuth-Scopes", "X-Accepted-OAuth-Scopes"};
	struct demo_call *call = arg;
	struct str line = {data, size * n};
	size_t colon = str_find(line, ':'), end = line.n;

	while (end > 0 && (line.p[end - 1] == '\r' || line.p[end - 1] == '\n'))
		end--;
	struct str name = str_slice(line, 0, colon);
	struct str value = str_trim(str_slice(line, colon + 1, end));

	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
		size_t used = strlen(call->headers);

		if (!str_eq_nocase(name, str_from(kept[i])))
			continue;
		snprintf(call->headers + used, sizeof call->headers - used, "%s: %.*s\n", kept[i],
			STR_ARG(value));
		if (i == 0)
			keep(call->type, sizeof call->type, value);
		if (i == 1)
			keep(call->location, sizeof call->location, value);
		if (i == 2)
			keep(call->request_id, sizeof call->request_id, value);
	}
	return size * n;
}

static struct curl_slist *add(struct curl_slist *list, const char *name, const char *value)
{
	char line[512];

	if (!value)
		return list;
	snprintf(line, sizeof line, "%s: %s", name, value);
	struct curl_slist *longer = curl_slist_append(list, line);

	return longer ? longer : list;
}

void demo_call_make(struct demo_call *call, long seconds)
{
	CURL *curl = curl_easy_init();
	char error[CURL_ERROR_SIZE] = "";

	if (!curl) {
		snprintf(call->problem, sizeof call->problem, "out of memory");
		return;
	}
	struct curl_slist *headers = add(NULL, "Accept", call->accept);

	headers = add(headers, "Authorization", call->authorization);
	/* Without a value curl leaves out what it would say by itself. */
	if (call->content_type)
		headers = add(headers, "Content-Type", call->content_type);
	else if (call->body)
		headers = add(headers, "Content-Type", "");
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "llavero-demo");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, seconds);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, call);
	if (call->body)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	CURLcode result = curl_easy_perform(curl);

	if (result == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &call->status);
	else
		snprintf(call->problem, sizeof call->problem, "%s",
			*error ? error : curl_easy_strerror(result));
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
}
