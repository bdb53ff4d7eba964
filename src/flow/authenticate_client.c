#include "flow/authenticate_client.h"

#include <string.h>

#include "base/limits.h"
#include "core/client_url.h"
#include "flow/attempts.h"
#include "flow/client_proof.h"
#include "flow/look_closer.h"

enum { SECRET_USED_COARSE_S = 3600 }; /* "last used" is kept to the hour */

static enum step_result refuse(struct refusal *r, enum cause cause)
{
	r->cause = cause;
	return STEP_REFUSE;
}

/* The secret that `text` is, or NULL. Compares with every one, so that time tells nothing. */
static const struct client_secret *find_secret(const struct client *client, struct str text)
{
	uint8_t hash[SHA256_LEN];
	const struct client_secret *found = NULL;

	sha256(text, hash);
	for (size_t i = 0; i < client->secrets_n; i++)
		if (ct_equal(hash, client->secrets[i].hash, sizeof hash))
			found = &client->secrets[i];
	return found;
}

/* As sent, and as sent before form-decoding: many clients of the GitHub dialect skip RFC 6749
 * 2.3.1's encoding. */
static const struct client_secret *match(
	const struct client *client, const struct client_credentials *given)
{
	const struct client_secret *found = find_secret(client, given->client_secret);

	return found || given->strict || !str_has_text(given->raw_secret)
		       ? found
		       : find_secret(client, given->raw_secret);
}

static bool note_use(
	struct context *c, const struct client *client, const struct client_secret *secret)
{
	if (secret->used_at > store_now(c->store) - SECRET_USED_COARSE_S)
		return true;
	return context_begin_write(c) &&
	       !context_failed(c, client_secret_used(c->store, client->app_id, secret->id));
}

/* RFC 6749 2.2: who does the request say it is? */
static enum step_result find_client(struct context *c, const struct client_credentials *given,
	struct client *client, struct refusal *refusal)
{
	memset(client, 0, sizeof *client);
	if (given->fault == CLIENT_AUTH_MALFORMED_BASIC)
		return refuse(refusal, CAUSE_CLIENT_BASIC_MALFORMED);
	/* "The client MUST NOT use more than one authentication method in each request." */
	if (given->strict &&
		(given->fault == CLIENT_AUTH_CONFLICT || (given->from_basic && given->from_body) ||
			(str_has_text(given->client_secret) && str_has_text(given->assertion))))
		return refuse(refusal, CAUSE_CLIENT_METHODS_MIXED);
	if (given->fault == CLIENT_AUTH_CONFLICT)
		return refuse(refusal, CAUSE_CLIENT_CREDENTIALS_CONFLICT);
	if (!str_has_text(given->client_id))
		return refuse(refusal, CAUSE_CLIENT_ID_MISSING);
	if (!client_id_fits(given->client_id))
		return refuse(refusal, CAUSE_CLIENT_UNKNOWN);
	enum db_status status = client_read(c->store, c->arena, given->client_id, client);

	if (context_failed(c, status))
		return STEP_FAIL;
	refusal->app_id = client->app_id;
	if (status == DB_OK)
		return STEP_NEXT;
	return refuse(refusal, CAUSE_CLIENT_UNKNOWN);
}

/* RFC 6749 2.3.1. Nothing sent proves nothing; whether that will do is the grant's question. */
static enum step_result check_secret(struct context *c, struct client_proof *p)
{
	const struct client_credentials *given = p->given;

	if (!str_has_text(given->client_secret))
		return STEP_NEXT;
	const struct client_secret *secret =
		given->client_secret.n > LIMIT_CLIENT_SECRET ? NULL : match(p->client, given);

	if (!secret)
		return refuse(p->refusal, CAUSE_CLIENT_SECRET_WRONG);
	p->proven = true;
	return note_use(c, p->client, secret) ? STEP_NEXT : STEP_FAIL;
}

static const char *method_used(const struct client_credentials *given)
{
	if (str_has_text(given->assertion))
		return "client_assertion";
	if (!str_has_text(given->client_secret))
		return "none";
	return given->from_basic ? "client_secret_basic" : "client_secret_post";
}

/* Assurance A048: what an app is registered for is the only way in. */
static enum step_result refuse_method(struct client_proof *p)
{
	p->refusal->expected = str_from(auth_method_word(p->client->auth_method));
	p->refusal->received = str_from(method_used(p->given));
	return refuse(p->refusal, CAUSE_CLIENT_AUTH_METHOD);
}

/* What a request may carry for its client. */
enum carried { CARRIES_NOTHING, CARRIES_SECRET, CARRIES_ASSERTION };

/* By what the app is registered for, never by what was sent: what it may carry, its check, and the
 * cause when there is nothing to check. */
static const struct {
	enum carried carries;
	client_check *check;
	enum cause missing;
} methods[AUTH_METHODS] = {
	[AUTH_SECRET] = {CARRIES_SECRET, check_secret, CAUSE_CLIENT_SECRET_MISSING},
	/* RFC 6749 2.1: a public client has no secret, whatever it sends. */
	[AUTH_NONE] = {CARRIES_NOTHING, NULL, CAUSE_NONE},
	[AUTH_PRIVATE_KEY_JWT] = {CARRIES_ASSERTION, check_private_key_jwt,
		CAUSE_ASSERTION_MISSING},
	[AUTH_CLIENT_SECRET_JWT] = {CARRIES_ASSERTION, check_client_secret_jwt,
		CAUSE_ASSERTION_MISSING},
	[AUTH_TLS] = {CARRIES_NOTHING, check_tls, CAUSE_CERTIFICATE_MISSING},
	[AUTH_SELF_SIGNED_TLS] = {CARRIES_NOTHING, check_self_signed, CAUSE_CERTIFICATE_MISSING},
};

enum cause client_proof_missing(const struct client *client)
{
	return methods[client->auth_method].missing;
}

/* 6749-20: by app and address, so that nobody is shut out by what others try elsewhere. */
static struct attempts guesses(struct context *c, const struct client *client)
{
	return (struct attempts){.who = str_printf(c->arena, "client %lld %.*s",
					 (long long)client->app_id, STR_ARG(c->remote)),
		.most = {c->settings->client_failures_per_hour, RATE_HOUR},
		.cause = CAUSE_CLIENT_THROTTLED};
}

/* Whoever has guessed too often is not told any more whether it is right. Nothing shown is no
 * guess: devices of the GitHub dialect go on. */
static enum step_result check_shown(struct context *c, struct client_proof *p)
{
	const struct client_credentials *given = p->given;
	bool shown = str_has_text(given->client_secret) || str_has_text(given->assertion) ||
		     str_is_set(given->shown.certificates);
	const struct attempts attempts = guesses(c, p->client);
	enum step_result result = shown ? attempts_look(c, &attempts, p->refusal) : STEP_NEXT;

	if (result != STEP_NEXT)
		return result;
	result = methods[p->client->auth_method].check(c, p);
	if (result == STEP_REFUSE)
		attempts_count(c, &attempts);
	return result;
}

static enum step_result check_method(struct context *c, struct client_proof *p)
{
	enum carried carries = methods[p->client->auth_method].carries;
	bool secret = str_has_text(p->given->client_secret);
	bool assertion = str_has_text(p->given->assertion);

	if ((secret && carries != CARRIES_SECRET) || (assertion && carries != CARRIES_ASSERTION))
		return refuse_method(p);
	/* Nothing sent proves nothing; whether that will do is the grant's question. */
	if (carries == CARRIES_ASSERTION && !assertion)
		return STEP_NEXT;
	return p->client->auth_method == AUTH_NONE ? STEP_NEXT : check_shown(c, p);
}

/* For explanations: all that was said is still there when they look. */
static enum step_result look_later(struct context *c, const struct client_credentials *given,
	const struct client *client, struct refusal *refusal)
{
	struct look_client *look = ARENA_NEW(c->arena, struct look_client);

	*look = (struct look_client){given, client};
	refusal->closer = look_at_client;
	refusal->closer_of = look;
	return STEP_REFUSE;
}

enum step_result identify_client(struct context *c, const struct client_credentials *given,
	struct client *client, bool *proven, struct refusal *refusal)
{
	struct client_proof proof = {given, client, refusal, false};
	enum step_result result = find_client(c, given, client, refusal);

	if (result == STEP_NEXT)
		result = check_method(c, &proof);
	*proven = result == STEP_NEXT && proof.proven;
	refusal->proven |= *proven;
	return result == STEP_REFUSE ? look_later(c, given, client, refusal) : result;
}

enum step_result authenticate_client(struct context *c, const struct client_credentials *given,
	struct client *client, struct refusal *refusal)
{
	bool proven;
	enum step_result result = identify_client(c, given, client, &proven, refusal);

	return result == STEP_NEXT && !proven && client->auth_method != AUTH_NONE
		       ? refuse(refusal, client_proof_missing(client))
		       : result;
}

enum step_result authenticate_confidential(struct context *c,
	const struct client_credentials *given, struct client *client, struct refusal *refusal)
{
	enum step_result result = authenticate_client(c, given, client, refusal);

	return result == STEP_NEXT && client->auth_method == AUTH_NONE
		       ? refuse(refusal, CAUSE_CLIENT_IS_PUBLIC)
		       : result;
}
