#include <string.h>
#include <unistd.h>

#include "command/doctor.h"
#include "core/host.h"
#include "server/listen.h"
#include "server/reachable.h"

extern char **environ;

enum {
	/* What OWASP's cheat sheet on storing passwords asks of Argon2id at least: 19 MiB, two
	   passes. */
	PASSWORD_KIB_PASSES = 19456 * 2,
};

void doctor_base_url(struct checkup *c)
{
	const struct config *config = &c->call->config;
	const struct settings *s = &config->settings;
	struct str host = host_of_url(s->base_url);

	if (!*config->base_url && listen_is_open(config->listen))
		found(c, FINDING_PROBLEM, "Set base_url to the origin that people and apps use.",
			"it is not set, so every URL that is given out is made of 'listen', %s",
			config->listen);
	else if (!s->https && host_is_public(host))
		found(c, FINDING_PROBLEM,
			"Use https: tls_certificate and tls_key, or a proxy that speaks it.",
			"it is %.*s: passwords, codes and tokens can be read on their way",
			STR_ARG(s->base_url));
	if ((s->demo || s->rehearsal) && host_is_public(host))
		found(c, FINDING_PROBLEM, "Take away demo and rehearsal.",
			"%.*s is a public name, and %s is on: whoever comes can become anybody",
			STR_ARG(host), s->demo ? "demo" : "rehearsal");
}

void doctor_proxies(struct checkup *c)
{
	const struct config *config = &c->call->config;
	struct str rest = str_from(config->trusted_proxies), one;
	bool any = false;

	while (str_next(&rest, ',', &one)) {
		one = str_trim(one);
		any = any || one.n;
		if (one.n && !host_is_ipv4(one) && !host_is_ipv6(one))
			found(c, FINDING_PROBLEM,
				"List the addresses themselves; names and ranges are not "
				"understood.",
				"'%.*s' in trusted_proxies is no address, so it is never believed",
				STR_ARG(one));
	}
	if (!any && config->settings.https && !*config->tls_certificate)
		found(c, FINDING_WARNING, "Set trusted_proxies to its address.",
			"base_url is https and there is no certificate here, so a proxy stands in "
			"front, "
			"but trusted_proxies is empty: everybody shares the proxy's address, in "
			"logs and "
			"where guessing is slowed down");
}

void doctor_client_certificates(struct checkup *c)
{
	const struct config *config = &c->call->config;
	bool header = config->client_cert_header;

	if (header && !*config->trusted_proxies)
		found(c, FINDING_PROBLEM, "Set trusted_proxies to the proxy's address.",
			"client_cert_header is on, but no proxy is trusted: the header is never "
			"believed");
	if (header && !*config->mtls_url)
		found(c, FINDING_WARNING, "Set mtls_url to where the proxy asks for certificates.",
			"client_cert_header is on, but mtls_url is not set: apps are not told "
			"where to go");
	if ((header || *config->mtls_listen) && !*config->tls_client_ca)
		found(c, FINDING_NOTE, NULL,
			"tls_client_ca is not set: certificates that apps registered themselves "
			"are "
			"taken, none of an authority");
}

void doctor_openness(struct checkup *c)
{
	const struct config *config = &c->call->config;
	const struct settings *s = &config->settings;
	bool open = listen_is_open(config->listen);

	if (open && !s->https)
		found(c, FINDING_PROBLEM,
			"Use https: tls_certificate and tls_key, or base_url with https and a "
			"proxy.",
			"others than this machine can reach %s, which speaks plain HTTP",
			config->listen);
	if (open && config->metrics == METRICS_EVERYONE)
		found(c, FINDING_WARNING, "Set metrics = local, or let a proxy keep others away.",
			"everybody may read /metrics");
	if (s->signup && s->signup_email_verified)
		found(c, FINDING_WARNING, "Set signup_email_verified = off.",
			"people sign themselves up, and whatever address they name counts as "
			"theirs");
	if (s->registration == REGISTRATION_OPEN && !s->demo)
		found(c, FINDING_WARNING, "Set registration = token.",
			"any program may register apps");
}

void doctor_passwords(struct checkup *c)
{
	const struct settings *s = &c->call->config.settings;

	if (s->argon2_memory_kib * s->argon2_passes < PASSWORD_KIB_PASSES)
		found(c, FINDING_WARNING, "Take away argon2_memory and argon2_passes.",
			"%lld KiB and %lld passes make guessing from a stolen database cheap",
			(long long)s->argon2_memory_kib, (long long)s->argon2_passes);
	if (s->signin_failures_max > 100)
		found(c, FINDING_WARNING, "Set signin_failures = 10.",
			"%lld wrong passwords are allowed before somebody has to wait",
			(long long)s->signin_failures_max);
}

/* What is set by a name that is none is as if it were not set, and nobody is told. */
void doctor_environment(struct checkup *c)
{
	static const char *const others[] = {"CONFIG", "FAIL"};

	for (char **at = environ; *at; at++) {
		struct str all = str_from(*at), name = str_slice(all, 0, str_find(all, '='));
		bool known = false;

		if (!str_starts(name, STR("LLAVERO_")))
			continue;
		struct str rest = str_slice(name, 8, name.n);

		for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
			known = known || str_eq_c(rest, others[i]);
		if (!known && !config_names_setting(rest))
			found(c, FINDING_PROBLEM, "See 'llavero settings' for how it is written.",
				"%.*s is in the environment, but no setting has this name",
				STR_ARG(name));
	}
}
