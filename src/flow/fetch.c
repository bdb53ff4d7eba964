#include "flow/fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/version.h"
#include "core/account.h"
#include "core/address.h"
#include "core/http_cache.h"
#include "core/redirect_uri.h"
#include "flow/context.h"
#include "flow/rate_limit.h"

enum { HTTPS = 443, PRIVILEGED = 1024, MS = 1000, DEADLINE_MS = LIMIT_FETCH_SECONDS * MS };

/* Scheme, host and port, read as strictly as redirect URIs are; path and query are free. */
static bool read_origin(struct str url, struct redirect_uri *out)
{
	size_t end = str_find(url, ':') + 3;

	while (end < url.n && url.p[end] != '/' && url.p[end] != '?')
		end++;
	return homepage_check(url) == FIELD_OK && !str_has_char(url, '#') &&
	       redirect_uri_parse(str_slice(url, 0, end), out) == REDIRECT_URI_OK;
}

static bool is_loopback_host(struct str host)
{
	return str_eq_c(host, "127.0.0.1") || str_eq_c(host, "[::1]") ||
	       str_eq_c(host, "localhost");
}

/* The host without brackets. */
static void set_host(struct fetch *f, struct str host)
{
	if (str_starts(host, STR("[")))
		host = str_slice(host, 1, host.n - 1);
	snprintf(f->host, sizeof f->host, "%.*s", STR_ARG(host));
}

enum fetch_fault fetch_init(
	struct fetch *f, struct arena *a, struct str url, bool local, size_t body_max)
{
	struct redirect_uri u;

	*f = (struct fetch){.resolver = resolve_host, .body_max = body_max, .fault = FETCH_URL};
	if (url.n > LIMIT_METADATA_TEXT || !read_origin(url, &u))
		return FETCH_URL;
	f->to_this_machine = local && is_loopback_host(u.host);
	if (!str_eq_c(u.scheme, "https") && !f->to_this_machine)
		return FETCH_URL;
	if (u.port < PRIVILEGED && u.port != HTTPS && !f->to_this_machine)
		return FETCH_URL;
	bool is_name = !str_starts(u.host, STR("[")) && u.host.p[u.host.n - 1] > '9';

	if (is_name && !f->to_this_machine && host_is_local_name(u.host))
		return f->fault = FETCH_ADDRESS;
	memcpy(f->url, url.p, url.n);
	set_host(f, u.host);
	f->port = u.port;
	f->body = arena_alloc(a, body_max + 1);
	return f->fault = FETCH_OK;
}

/* Both by name, so that nobody learns another's count from a shared one. */
static bool is_too_often(struct context *c, const struct fetch *f)
{
	int64_t now = store_now(c->store);
	struct str host = str_lower(c->arena, str_printf(c->arena, "fetch host %s", f->host));
	struct str address = str_printf(c->arena, "fetch for %.*s", STR_ARG(c->remote));

	if (!c->rates || f->to_this_machine)
		return false;
	static const struct rate of_host = {LIMIT_FETCHES_PER_HOST, RATE_HOUR},
				 of_address = {LIMIT_FETCHES_PER_ADDRESS, RATE_HOUR};

	return rate_limits_count(c->rates, host, of_host, 1, now).over ||
	       rate_limits_count(c->rates, address, of_address, 1, now).over;
}

enum fetch_fault fetch_start(struct context *c, struct fetch *f, struct str url, size_t body_max)
{
	bool local = c->settings->rehearsal;

	if (fetch_init(f, c->arena, url, local, body_max) == FETCH_OK && is_too_often(c, f))
		f->fault = FETCH_THROTTLED;
	return f->fault;
}

static bool is_allowed(const struct fetch *f, bool v6, const uint8_t *bytes)
{
	if (f->to_this_machine)
		return v6 ? ipv6_is_loopback(bytes) : ipv4_is_loopback(bytes);
	return !(v6 ? ipv6_is_special(bytes) : ipv4_is_special(bytes));
}

/* A host with one private address among public ones is refused (A146): it is a mistake, or a try.
 */
static enum fetch_fault check_addresses(const struct fetch *f, const struct resolved *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (!is_allowed(f, r->v[i].v6, r->v[i].bytes))
			return FETCH_ADDRESS;
	return FETCH_OK;
}

/* "host:port:address,[address]": what libcurl is to take in place of asking again. An IPv6 literal
 * needs none: there is nothing to ask. */
static bool write_pin(const struct fetch *f, const struct resolved *r, char *out, size_t size)
{
	*out = '\0';
	if (str_has_char(str_from(f->host), ':'))
		return true;
	int n = snprintf(out, size, "%s:%d:", f->host, f->port);

	for (size_t i = 0; i < r->n && n > 0 && (size_t)n < size; i++)
		n += snprintf(out + n, size - (size_t)n, "%s%s%s%s", i ? "," : "",
			r->v[i].v6 ? "[" : "", r->v[i].text, r->v[i].v6 ? "]" : "");
	return n > 0 && (size_t)n < size;
}

/* What the connection really goes to. libcurl calls this with the address that it connects to. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct fetch *f = arg;
	bool v6 = to->family == AF_INET6;
	uint8_t bytes[16] = {0};

	if (purpose != CURLSOCKTYPE_IPCXN || (!v6 && to->family != AF_INET))
		return CURL_SOCKET_BAD;
	if (v6)
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr,
			16);
	else
		memcpy(bytes, &((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr, 4);
	if (!is_allowed(f, v6, bytes)) {
		f->fault = FETCH_ADDRESS;
		return CURL_SOCKET_BAD;
	}
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

	if (fd < 0)
		memory_note_missing();
	return fd;
}

static size_t take_body(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;
	size_t bytes = size * n;

	if (bytes > f->body_max - f->body_n) {
		f->fault = FETCH_SIZE;
		return 0;
	}
	memcpy(f->body + f->body_n, data, bytes);
	f->body_n += bytes;
	return bytes;
}

static size_t take_header(char *data, size_t size, size_t n, void *arg)
{
	struct fetch *f = arg;

	(void)data;
	f->headers_n += size * n;
	if (f->headers_n <= LIMIT_FETCH_HEADERS)
		return size * n;
	f->fault = FETCH_SIZE;
	return 0;
}

static void set_options(CURL *curl, struct fetch *f, struct curl_slist *pin,
	struct curl_slist *headers, int64_t left_ms)
{
	curl_easy_setopt(curl, CURLOPT_URL, f->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, f->to_this_machine ? "http,https" : "https");
	if (f->form)
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, f->form);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_RESOLVE, pin);
	curl_easy_setopt(curl, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, f);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "llavero/" LLAVERO_VERSION);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left_ms);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)f->body_max);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, f);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, f);
}

static enum fetch_fault fault_of(CURLcode code)
{
	static const struct {
		CURLcode code;
		enum fetch_fault fault;
	} faults[] = {
		{CURLE_OPERATION_TIMEDOUT, FETCH_TIMEOUT},
		{CURLE_FILESIZE_EXCEEDED, FETCH_SIZE},
		{CURLE_SSL_CONNECT_ERROR, FETCH_TLS},
		{CURLE_PEER_FAILED_VERIFICATION, FETCH_TLS},
		{CURLE_SSL_CERTPROBLEM, FETCH_TLS},
		{CURLE_SSL_CIPHER, FETCH_TLS},
		{CURLE_SSL_ISSUER_ERROR, FETCH_TLS},
		{CURLE_SSL_CACERT_BADFILE, FETCH_TLS},
	};

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
		if (faults[i].code == code)
			return faults[i].fault;
	return FETCH_CONNECT;
}

/* All values of a header, joined as RFC 9110 5.3 has it. False when there is no room for them. */
static bool keep_header(CURL *curl, const char *name, char *out, size_t size)
{
	struct curl_header *h;
	size_t n = 0;

	for (size_t i = 0; curl_easy_header(curl, name, i, CURLH_HEADER, -1, &h) == CURLHE_OK;
		i++) {
		int added = snprintf(out + n, size - n, "%s%s", i ? ", " : "", h->value);

		if (added < 0 || (size_t)added >= size - n)
			return false;
		n += (size_t)added;
	}
	return true;
}

/* "application/json", "application/NAME+json", with or without parameters. */
static bool is_json(const char *type)
{
	struct str text = str_from(type);
	struct str media = str_trim(str_slice(text, 0, str_find(text, ';')));
	struct str application = STR("application/");

	if (str_eq_nocase(media, STR("application/json")))
		return true;
	return media.n > 17 && str_eq_nocase(str_slice(media, 0, application.n), application) &&
	       str_eq_nocase(str_slice(media, media.n - 5, media.n), STR("+json"));
}

static enum fetch_fault judge(CURL *curl, struct fetch *f)
{
	const char *type = NULL;

	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &f->status);
	curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	if (f->status >= 300 && f->status < 400)
		return FETCH_REDIRECT;
	if (f->form)
		return f->status == 200 || f->status == 204 ? FETCH_OK : FETCH_STATUS;
	if (f->status != 200)
		return FETCH_STATUS;
	if (!f->accept && (!type || !is_json(type)))
		return FETCH_TYPE;
	/* What was cut off may have been what forbids it. */
	if (!keep_header(curl, "Cache-Control", f->cache_control, sizeof f->cache_control))
		snprintf(f->cache_control, sizeof f->cache_control, "no-store");
	keep_header(curl, "Age", f->age, sizeof f->age);
	keep_header(curl, "Expires", f->expires, sizeof f->expires);
	keep_header(curl, "Date", f->date, sizeof f->date);
	return FETCH_OK;
}

static void transfer(struct fetch *f, const char *pin_text, int64_t left_ms)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *pin = *pin_text ? curl_slist_append(NULL, pin_text) : NULL;
	char accept[256];

	snprintf(accept, sizeof accept, "Accept: %s", f->accept ? f->accept : "application/json");
	struct curl_slist *headers = curl_slist_append(NULL, accept);

	if (!curl || (*pin_text && !pin) || !headers) {
		f->fault = FETCH_CONNECT;
	} else {
		set_options(curl, f, pin, headers, left_ms);
		/* An option that there was no memory for is not set: it may be one that forbids. */
		CURLcode code = memory_ran_out() ? CURLE_OUT_OF_MEMORY : curl_easy_perform(curl);

		/* A callback that gave up has said why. */
		if (f->fault == FETCH_OK)
			f->fault = code == CURLE_OK ? judge(curl, f) : fault_of(code);
	}
	curl_slist_free_all(pin);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
}

static int64_t now_ms(void)
{
	return clock_monotonic_us() / MS;
}

void fetch_work(void *arg)
{
	enum { PIN = 1024 };
	struct fetch *f = arg;
	struct resolved addresses = {.n = 0};
	char pin[PIN];
	int64_t until = now_ms() + DEADLINE_MS;

	if (f->fault != FETCH_OK)
		return;
	memory_forget();
	if (!f->resolver(f->host, DEADLINE_MS, &addresses)) {
		if (addresses.lacking)
			memory_note_missing();
		f->fault = FETCH_NAME;
		return;
	}
	f->fault = check_addresses(f, &addresses);
	if (f->fault != FETCH_OK)
		return;
	int64_t left = until - now_ms();

	if (left <= 0)
		f->fault = FETCH_TIMEOUT;
	else if (!write_pin(f, &addresses, pin, sizeof pin))
		f->fault = FETCH_NAME;
	else
		transfer(f, pin, left);
}

int64_t fetch_fresh_for(const struct fetch *f)
{
	const struct http_freshness said = {
		*f->cache_control ? str_from(f->cache_control) : STR_NONE,
		*f->age ? str_from(f->age) : STR_NONE,
		*f->expires ? str_from(f->expires) : STR_NONE,
		*f->date ? str_from(f->date) : STR_NONE};

	return http_fresh_for(&said, LIMIT_FRESH_LEAST, LIMIT_FRESH_MOST, LIMIT_FRESH_USUAL);
}

bool fetch_may_pass(const struct fetch *f)
{
	enum { TOO_MANY_REQUESTS = 429, SERVER_ERRORS = 500 };

	return f->fault == FETCH_THROTTLED || f->fault == FETCH_NAME || f->fault == FETCH_CONNECT ||
	       f->fault == FETCH_TLS || f->fault == FETCH_TIMEOUT ||
	       (f->fault == FETCH_STATUS &&
		       (f->status == TOO_MANY_REQUESTS || f->status >= SERVER_ERRORS));
}

const char *fetch_fault_word(enum fetch_fault fault)
{
	static const char *const words[FETCH_FAULTS] = {
		[FETCH_OK] = "url_form",
		[FETCH_URL] = "url_form",
		[FETCH_THROTTLED] = "fetch_throttled",
		[FETCH_NAME] = "fetch_name",
		[FETCH_ADDRESS] = "fetch_address",
		[FETCH_CONNECT] = "fetch_connect",
		[FETCH_TLS] = "fetch_tls",
		[FETCH_TIMEOUT] = "fetch_timeout",
		[FETCH_REDIRECT] = "fetch_redirect",
		[FETCH_STATUS] = "fetch_status",
		[FETCH_TYPE] = "fetch_type",
		[FETCH_SIZE] = "fetch_size",
	};

	return words[fault];
}
