#include "conformance/conditions.h"

#include "base/limits.h"
#include "core/rules.h"

/* What OAuth's RFCs and FAPI 2.0 name as life times. */
enum { HOUR = 3600, MINUTE = 60 };
/* GitHub's own counts. */
enum { TOKENS_PER_SCOPE_SET = 10, SIGNINS_PER_HOUR = 10 };

static const struct verdict holds = {REQUIREMENT_HOLDS, NULL, NULL};

static struct verdict relaxed_unless(bool good, const char *setting, const char *why)
{
	return good ? holds : (struct verdict){REQUIREMENT_RELAXED, setting, why};
}

static struct verdict not_offered_unless(bool there, const char *setting, const char *why)
{
	return there ? holds : (struct verdict){REQUIREMENT_NOT_OFFERED, setting, why};
}

/* What an app of the profile with client secrets keeps to. */
static struct rules rules_at(const struct deployment *d, enum dialect edge)
{
	return rules_of(edge, d->profile, AUTH_SECRET);
}

/* A rule's limit shortens what a setting says; 0 leaves it alone. */
static int64_t shortened(int64_t setting_s, int64_t rule_s)
{
	return rule_s && rule_s < setting_s ? rule_s : setting_s;
}

CONDITION(condition_https_issuer)
{
	return relaxed_unless(d->settings->https, "base_url", "the issuer is a URL of plain http");
}

CONDITION(condition_modern_tls)
{
	if (d->speaks_tls)
		return holds;
	if (d->settings->https)
		return (struct verdict){REQUIREMENT_NOT_OFFERED, "tls_certificate",
			"a proxy speaks TLS for this server"};
	return relaxed_unless(false, "tls_certificate", "the server speaks plain HTTP");
}

CONDITION(condition_certificates)
{
	return not_offered_unless(str_has_text(d->settings->mtls_url), "mtls_listen",
		"nowhere are clients asked for certificates");
}

CONDITION(condition_certificate_chains)
{
	struct verdict v = condition_certificates(d);

	if (v.holding != REQUIREMENT_HOLDS)
		return v;
	return not_offered_unless(d->trusts_client_chains, "tls_client_ca",
		"no authority is trusted for certificates of clients");
}

CONDITION(condition_registration)
{
	return not_offered_unless(d->settings->registration != REGISTRATION_OFF, "registration",
		"programs cannot register apps");
}

CONDITION(condition_registrations_limited)
{
	struct verdict v = condition_registration(d);

	if (v.holding != REQUIREMENT_HOLDS || d->settings->registration == REGISTRATION_TOKEN)
		return v;
	return relaxed_unless(d->settings->registrations_per_hour > 0, "registrations_per_hour",
		"anybody may register apps, and any number of them");
}

CONDITION(condition_client_documents)
{
	return not_offered_unless(d->settings->client_id_documents, "client_id_documents",
		"a client id is never an address");
}

CONDITION(condition_nonces)
{
	return not_offered_unless(
		d->settings->dpop_nonce, "dpop_nonce", "proofs are taken without a nonce");
}

CONDITION(condition_assertion_audience)
{
	return relaxed_unless(
		!d->settings->assertion_audience_legacy || d->profile == PROFILE_STRICT,
		"assertion_audience", "the address of the token endpoint and lists count too");
}

CONDITION(condition_few_user_codes)
{
	return relaxed_unless(d->settings->device_submissions_per_hour > 0,
		"device_submissions_per_hour", "any number of user codes may be entered");
}

CONDITION(condition_few_client_failures)
{
	return relaxed_unless(d->settings->client_failures_per_hour > 0, "client_failures_per_hour",
		"any number of secrets may be tried");
}

CONDITION(condition_few_unknown_tokens)
{
	return relaxed_unless(d->settings->unknown_tokens_per_minute > 0,
		"unknown_tokens_per_minute", "any number of tokens may be tried");
}

CONDITION(condition_lost_replies)
{
	return relaxed_unless(d->settings->refresh_grace_s > 0, "refresh_grace",
		"who lost the reply to a refresh cannot ask for it again");
}

CONDITION(condition_short_tokens)
{
	int64_t lifetime = shortened(d->settings->standard_token_lifetime_s,
		rules_at(d, DIALECT_STANDARD).token_lifetime_s);

	return relaxed_unless(
		lifetime <= HOUR, "standard_token_lifetime", "tokens live for more than an hour");
}

CONDITION(condition_short_codes)
{
	int64_t lifetime = shortened(
		d->settings->code_lifetime_s, rules_at(d, DIALECT_STANDARD).code_lifetime_s);

	return relaxed_unless(
		lifetime <= MINUTE, "code_lifetime", "codes live for more than a minute");
}

CONDITION(condition_pkce_always)
{
	return relaxed_unless(rules_at(d, DIALECT_STANDARD).pkce, "profile",
		"apps with a secret may do without PKCE");
}

CONDITION(condition_confidential)
{
	return relaxed_unless(
		rules_at(d, DIALECT_STANDARD).confidential, "profile", "apps may be public");
}

CONDITION(condition_sender_bound)
{
	return relaxed_unless(rules_at(d, DIALECT_STANDARD).sender_bound, "profile",
		"tokens are bound only for apps that want it");
}

CONDITION(condition_signed_auth)
{
	return relaxed_unless(rules_at(d, DIALECT_STANDARD).signed_auth, "profile",
		"apps may authenticate by a secret, and sign with RS256");
}

CONDITION(condition_pushed_always)
{
	return relaxed_unless(d->settings->require_pushed || rules_at(d, DIALECT_STANDARD).pushed,
		"profile", "apps may send their requests through the browser");
}

CONDITION(condition_https_redirects)
{
	return relaxed_unless(rules_at(d, DIALECT_STANDARD).https_redirects, "profile",
		"redirect URIs may be http");
}

CONDITION(condition_mismatch_redirects)
{
	return relaxed_unless(d->settings->authorize_mismatch == MISMATCH_REDIRECT,
		"authorize_mismatch", "it is told on a page");
}

CONDITION(condition_callback_paths)
{
	return not_offered_unless(!rules_at(d, DIALECT_GITHUB).exact_redirects, "profile",
		"apps of this profile name their redirect URIs exactly");
}

CONDITION(condition_unknown_clients)
{
	return relaxed_unless(!d->settings->unknown_client_not_found, "unknown_client_not_found",
		"an unknown client id is 404");
}

CONDITION(condition_verified_addresses)
{
	return relaxed_unless(!d->settings->signup_email_verified, "signup_email_verified",
		"addresses of people who sign up count as verified");
}

CONDITION(condition_token_list)
{
	if (d->settings->tokens_per_scope_set != TOKENS_PER_SCOPE_SET)
		return relaxed_unless(
			false, "tokens_per_scope_set", "another number of tokens may live at once");
	return relaxed_unless(d->settings->signins_per_hour == SIGNINS_PER_HOUR, "signins_per_hour",
		"consent is asked again after another number of sign-ins");
}

CONDITION(condition_send_iss)
{
	return relaxed_unless(d->settings->send_iss, "send_iss", "they do not name it");
}
