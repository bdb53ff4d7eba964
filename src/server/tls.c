#include "server/tls.h"

#include <stdio.h>

#include "base/log.h"
#include "core/certificate.h"
#include "http/tls.h"
#include "server/listen.h"

static bool load(struct server *s, char problem[256])
{
	const struct config *c = &s->config;
	struct http_tls_info info;
	struct clock real; /* a rehearsal's moved clock is not that of the machines it meets */

	clock_init(&real);
	if (!http_tls_load(c->tls_certificate, c->tls_key, &info, problem))
		return false;
	/* A warning only: some share a key with a group on purpose (assurance A218). */
	if (info.key_is_readable)
		LOG(LOG_WARN, "tls key can be read by others", LOG_CSTR("file", c->tls_key));
	if (info.ends_at <= clock_now_s(&real))
		LOG(LOG_WARN, "tls certificate has expired", LOG_CSTR("file", c->tls_certificate),
			LOG_INT("expired_at", info.ends_at));
	return true;
}

static bool check_plain(const struct config *c, char problem[256])
{
	if (c->settings.https || c->allow_plain_http || !listen_is_open(c->listen))
		return true;
	snprintf(problem, 256,
		"'%.60s' can be reached by others, who could read along: set tls_certificate and "
		"tls_key, or base_url to the https:// origin of a proxy, or allow_plain_http",
		c->listen);
	return false;
}

static bool load_authorities(struct config *c, char problem[256])
{
	if (*c->mtls_listen && !*c->tls_certificate) {
		snprintf(problem, 256, "mtls_listen is set, but tls_certificate is not");
		return false;
	}
	if (!*c->tls_client_ca)
		return true;
	c->settings.client_authorities = authorities_load(c->tls_client_ca);
	if (!c->settings.client_authorities)
		snprintf(problem, 256, "tls_client_ca: '%.150s' holds no certificates in PEM",
			c->tls_client_ca);
	return c->settings.client_authorities != NULL;
}

bool tls_start(struct server *s, char problem[256])
{
	const struct config *c = &s->config;

	if (!load_authorities(&s->config, problem))
		return false;
	if (!*c->tls_certificate && !*c->tls_key)
		return check_plain(c, problem);
	if (!*c->tls_certificate || !*c->tls_key) {
		snprintf(problem, 256, "%s is set, but %s is not",
			*c->tls_key ? "tls_key" : "tls_certificate",
			*c->tls_key ? "tls_certificate" : "tls_key");
		return false;
	}
	if (!c->settings.https) {
		snprintf(problem, 256,
			"base_url '%.100s' must be https:// when tls_certificate is set",
			c->base_url);
		return false;
	}
	return load(s, problem);
}

static void reload_authorities(struct server *s)
{
	const char *file = s->config.tls_client_ca;

	if (!*file)
		return;
	if (authorities_reload(s->config.settings.client_authorities, file))
		LOG(LOG_INFO, "client authorities read again", LOG_CSTR("file", file));
	else
		LOG(LOG_ERROR, "client authorities not read again", LOG_CSTR("file", file));
}

void tls_reload(struct server *s)
{
	char problem[256];

	reload_authorities(s);
	if (!*s->config.tls_certificate)
		return;
	if (load(s, problem))
		LOG(LOG_INFO, "tls certificate read again",
			LOG_CSTR("file", s->config.tls_certificate));
	else
		LOG(LOG_ERROR, "tls certificate not read again", LOG_CSTR("problem", problem));
}

bool tls_look(const struct config *c, int64_t *ends_at, bool *key_is_readable, char problem[256])
{
	struct http_tls_info info;

	if (!http_tls_load(c->tls_certificate, c->tls_key, &info, problem))
		return false;
	http_tls_unload();
	*ends_at = info.ends_at;
	*key_is_readable = info.key_is_readable;
	return true;
}
