#include <string.h>

#include "base/limits.h"
#include "command/doctor.h"
#include "command/http_call.h"
#include "server/listen.h"

enum { WAIT_S = 5, URL_MOST = 2300 };

/* The address to ask at: whoever listens on all of them is here too. */
static bool local_url(const struct config *c, char url[URL_MOST])
{
	const char *colon = strrchr(c->listen, ':');
	size_t host_n = colon ? (size_t)(colon - c->listen) : 0;
	struct str host = {c->listen, host_n};

	if (!colon || strcmp(colon, ":0") == 0)
		return false;
	if (str_eq_c(host, "0.0.0.0"))
		host = STR("127.0.0.1");
	if (str_eq_c(host, "[::]"))
		host = STR("[::1]");
	snprintf(url, URL_MOST, "%s://%.*s%s/readyz", *c->tls_certificate ? "https" : "http",
		STR_ARG(host), colon);
	return true;
}

/* A certificate is for the name, not for the address: an answer that cannot be believed is one. */
static bool is_distrust(const struct http_call *x)
{
	return strstr(x->problem, "certificate") || strstr(x->problem, "SSL");
}

void doctor_server(struct checkup *c)
{
	char url[URL_MOST];
	struct http_call x = {.method = "GET", .url = url, .wait_s = WAIT_S};

	if (!local_url(&c->call->config, url)) {
		found(c, FINDING_NOTE, NULL, "'listen' names no port, so the server is not asked");
		return;
	}
	bool answered = http_call_make(c->call, &x);

	c->answers = answered || is_distrust(&x);
	if (!c->answers)
		found(c, FINDING_NOTE, NULL, "nothing answers at %s; is it running? (%s)", url,
			x.problem);
	else if (answered && x.status != 200)
		found(c, FINDING_PROBLEM, "Its log says why.", "%s answers %ld: it is not ready",
			url, x.status);
}

/* Whose metadata is it? */
static void compare(struct checkup *c, const struct http_call *x)
{
	const struct settings *s = &c->call->config.settings;
	json_t *json = json_loadb(x->body_of_reply.p, x->body_of_reply.n, 0, NULL);
	const char *issuer = json_string_value(json_object_get(json, "issuer"));

	if (x->status != 200 || !issuer)
		found(c, FINDING_PROBLEM,
			"Let the proxy pass every path on to llavero, or correct base_url.",
			"something else than llavero answers at base_url (%s: status %ld)", x->url,
			x->status);
	else if (!str_eq_c(s->base_url, issuer))
		found(c, FINDING_PROBLEM,
			"Start the server with the settings that are looked at here.",
			"the server at %.*s calls itself %s", STR_ARG(s->base_url), issuer);
	json_decref(json);
}

/* Do people who follow base_url arrive here? */
void doctor_way_here(struct checkup *c)
{
	const struct config *config = &c->call->config;
	char url[URL_MOST];
	struct http_call x = {.method = "GET", .url = url, .wait_s = WAIT_S};

	if (!c->answers || (!*config->base_url && listen_is_open(config->listen))) {
		found(c, FINDING_NOTE, NULL, "not looked at");
		return;
	}
	snprintf(url, sizeof url, "%.*s/.well-known/oauth-authorization-server",
		STR_ARG(config->settings.base_url));
	if (!http_call_make(c->call, &x))
		found(c, FINDING_PROBLEM, "Look at the name, the proxy and its certificate.",
			"base_url does not lead here: %s", x.problem);
	else
		compare(c, &x);
}
