#include "flow/authenticate_client.h"

#include <string.h>

#include "base/limits.h"
#include "core/client_url.h"
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

/* As sent, and as sent before form-decoding: many clients skip RFC 6749 2.3.1's encoding. */
static const struct client_secret *match(
	const struct client *client, const struct client_credentials *given)
{
	const struct client_secret *found = find_secret(client, given->client_secret);

	return found || !str_has_text(given->raw_secret) ? found
							 : find_secret(client, given->raw_secret);
}

static enum db_status note_use(
	struct context *c, const struct client *client, const struct client_secret *secret)
{
	if (secret->used_at > store_now(c->store) - SECRET_USED_COARSE_S)
		return DB_OK;
	return client_secret_used(c->store, client->app_id, secret->id);
}

/* RFC 6749 2.2: who does the request say it is? */
static enum step_result find_client(struct context *c, const struct client_credentials *given,
	struct client *client, struct refusal *refusal)
{
	memset(client, 0, sizeof *client);
	if (given->fault == CLIENT_AUTH_MALFORMED_BASIC)
		return refuse(refusal, CAUSE_CLIENT_BASIC_MALFORMED);
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

/* RFC 6749 2.3.1 */
static enum step_result check_secret(struct context *c, const struct client_credentials *given,
	const struct client *client, struct refusal *refusal)
{
	const struct client_secret *secret =
		given->client_secret.n > LIMIT_CLIENT_SECRET ? NULL : match(client, given);

	if (!secret)
		return refuse(refusal, CAUSE_CLIENT_SECRET_WRONG);
	if (secret->revoked_at)
		return refuse(refusal, CAUSE_CLIENT_SECRET_REVOKED);
	return context_failed(c, note_use(c, client, secret)) ? STEP_FAIL : STEP_NEXT;
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
	enum step_result result = find_client(c, given, client, refusal);

	*proven = false;
	if (result == STEP_NEXT && str_has_text(given->client_secret)) {
		result = check_secret(c, given, client, refusal);
		*proven = refusal->proven = result == STEP_NEXT;
	}
	return result == STEP_REFUSE ? look_later(c, given, client, refusal) : result;
}

enum step_result authenticate_client(struct context *c, const struct client_credentials *given,
	struct client *client, struct refusal *refusal)
{
	bool proven;
	enum step_result result = identify_client(c, given, client, &proven, refusal);

	return result == STEP_NEXT && !proven ? refuse(refusal, CAUSE_CLIENT_SECRET_MISSING)
					      : result;
}
