#include "flow/refresh.h"

#include <string.h>

#include "flow/authenticate_client.h"
#include "flow/check_grant_type.h"
#include "flow/id_token.h"
#include "flow/look_closer.h"
#include "flow/note_end.h"
#include "flow/read_details.h"
#include "flow/read_scope.h"
#include "flow/resource_scopes.h"

static enum step_result refuse(struct refresh *r, enum cause cause)
{
	r->refusal.cause = cause;
	r->refusal.closer = look_at_refresh;
	r->refusal.closer_of = r;
	return STEP_REFUSE;
}

/* RFC 6749 6: "authenticate the client if client authentication is included" */
static enum step_result identify(struct context *c, struct refresh *r)
{
	return identify_client(c, &r->request->credentials, &r->client, &r->proven, &r->refusal);
}

static enum step_result check_app(struct context *c, struct refresh *r)
{
	return check_served(c, service_of_client(&r->client), r->request->edge, &r->refusal);
}

/* RFC 6749 5.2: unauthorized_client */
static enum step_result check_registered(struct context *c, struct refresh *r)
{
	return check_client_grant(c, r->request->edge, &r->client, GRANT_TYPE_REFRESH, &r->refusal);
}

static enum step_result check_proof_of_key(struct context *c, struct refresh *r)
{
	return check_sender(
		c, &r->request->credentials, &r->client, r->request->edge, &r->sender, &r->refusal);
}

enum cause refresh_text_fault(const struct context *c, struct str text, struct refresh_parts *parts)
{
	switch (refresh_read(&c->store->refresh, text, parts)) {
	case REFRESH_OK:
		return CAUSE_NONE;
	case REFRESH_BAD_SHAPE:
		return CAUSE_REFRESH_MALFORMED;
	case REFRESH_BAD_CHECKSUM:
		return CAUSE_REFRESH_CHECKSUM;
	case REFRESH_FORGED:
		break;
	}
	return CAUSE_REFRESH_FORGED;
}

static enum step_result read_token(struct context *c, struct refresh *r)
{
	if (!str_has_text(r->request->refresh_token))
		return refuse(r, CAUSE_REFRESH_MISSING);
	enum cause fault = refresh_text_fault(c, r->request->refresh_token, &r->parts);

	return fault ? refuse(r, fault) : STEP_NEXT;
}

static enum step_result load_family(struct context *c, struct refresh *r)
{
	enum db_status status = family_read(c->store, c->arena, r->parts.family, &r->family);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return refuse(r, CAUSE_REFRESH_UNKNOWN);
	c->failed = !bound_read(c->arena, r->family.bound, &r->bound);
	return c->failed ? STEP_FAIL : STEP_NEXT;
}

/* "ensure that the refresh token was issued to the authenticated client" */
static enum step_result check_client(struct context *c, struct refresh *r)
{
	(void)c;
	if (r->family.app_id != r->client.app_id)
		return refuse(r, CAUSE_REFRESH_OF_ANOTHER_APP);
	r->refusal.flow_id = r->family.id;
	r->refusal.proven = true;
	return STEP_NEXT;
}

/* RFC 6749 3.2.1: a confidential client must authenticate. GitHub reference section 4: not when
 * the pair was born in that dialect's device flow, which needs no secret either. */
static enum step_result check_proof(struct context *c, struct refresh *r)
{
	bool without = r->client.auth_method == AUTH_NONE ||
		       (r->request->edge == DIALECT_GITHUB && r->family.public_client);

	(void)c;
	return r->proven || without ? STEP_NEXT : refuse(r, client_proof_missing(&r->client));
}

/* RFC 9449 5, RFC 8705 4: a public client's refresh token is good with its key only. A confidential
 * client proves itself otherwise and may change its key; but what was bound stays bound. */
static enum step_result check_key(struct context *c, struct refresh *r)
{
	struct bound bound = r->bound;
	enum step_result result;

	take_bound_certificate(c, &r->request->credentials, &bound, &r->sender);
	if (r->client.auth_method != AUTH_NONE && str_is_set(r->sender.jkt))
		bound.jkt = r->sender.jkt;
	if (r->client.auth_method != AUTH_NONE && str_is_set(r->sender.x5t))
		bound.x5t = r->sender.x5t;
	result = check_same_sender(&bound, &r->sender, CAUSE_REFRESH_OF_ANOTHER_KEY, &r->refusal);
	return result == STEP_REFUSE ? refuse(r, r->refusal.cause) : result;
}

static enum step_result check_resources(struct context *c, struct refresh *r)
{
	enum step_result result;

	r->for_token = r->bound;
	result = narrow_resources(c, &r->request->resources, &r->for_token, &r->refusal);
	if (result == STEP_NEXT && str_has_text(r->request->scope))
		result = check_resource_scopes(c, &r->for_token, r->scopes, &r->refusal);
	r->token_scopes = r->scopes;
	if (result == STEP_NEXT && !narrow_to_resources(c, &r->for_token, &r->token_scopes))
		return STEP_FAIL;
	return result == STEP_REFUSE ? refuse(r, r->refusal.cause) : result;
}

static enum step_result check_details(struct context *c, struct refresh *r)
{
	return narrow_details(c, r->request->details, &r->for_token, &r->refusal);
}

/* "MUST NOT include any scope not originally granted by the resource owner" */
static enum step_result check_scope(struct context *c, struct refresh *r)
{
	const struct asked_scope asked = {
		r->request->edge, r->request->scope, CAUSE_REFRESH_SCOPE_WIDER, &r->refusal};
	struct scope_set all;
	bool offline;

	if (!scope_read(r->family.scopes, &all)) {
		c->failed = true;
		return STEP_FAIL;
	}
	r->scopes = all;
	if (!str_has_text(r->request->scope))
		return STEP_NEXT;
	r->refusal.expected = r->family.scopes;
	r->refusal.received = r->request->scope;
	enum step_result result = read_scope(c, &asked, &r->scopes, &offline);

	if (result != STEP_NEXT)
		return result;
	if (!scope_covers(all, r->scopes))
		return refuse(r, CAUSE_REFRESH_SCOPE_WIDER);
	r->refusal.expected = r->refusal.received = STR_NONE;
	return STEP_NEXT;
}

enum cause family_end_of(const struct family *f, int64_t now)
{
	if (f->killed_at)
		return CAUSE_REFRESH_KILLED;
	return now >= f->expires_at ? CAUSE_REFRESH_EXPIRED : CAUSE_NONE;
}

enum cause family_grant_end_of(const struct family *f, int64_t epoch)
{
	if (f->account_suspended_at)
		return CAUSE_REFRESH_USER_SUSPENDED;
	return f->grant_revoked_at || f->grant_epoch != epoch ? CAUSE_REFRESH_GRANT_REVOKED
							      : CAUSE_NONE;
}

/* "validate the refresh token" */
static enum step_result check_alive(struct context *c, struct refresh *r)
{
	enum cause end = family_end_of(&r->family, store_now(c->store));

	return end ? refuse(r, end) : STEP_NEXT;
}

static enum step_result check_grant(struct context *c, struct refresh *r)
{
	enum cause end = family_grant_end_of(&r->family, r->client.epoch);

	(void)c;
	return end ? refuse(r, end) : STEP_NEXT;
}

enum cause family_session_end_of(struct context *c, const struct bound *bound)
{
	bool lives;

	if (!bound->session || bound->offline ||
		context_failed(c, session_lives(c->store, (uint64_t)bound->session, &lives)))
		return CAUSE_NONE;
	return lives ? CAUSE_NONE : CAUSE_REFRESH_SESSION_ENDED;
}

static enum step_result check_session(struct context *c, struct refresh *r)
{
	enum cause end = family_session_end_of(c, &r->bound);

	if (c->failed)
		return STEP_FAIL;
	return end ? refuse(r, end) : STEP_NEXT;
}

/* The pair that follows the presented token, always the same one. */
struct successor {
	char text[REFRESH_TEXT_LEN + 1];
	uint8_t hash[SHA256_LEN], access_secret[TOKEN_SECRET_LEN];
};

static void find_successor(struct context *c, struct refresh *r, struct successor *next)
{
	struct refresh_parts parts;

	refresh_successor(&c->store->refresh, r->request->refresh_token, &r->parts, &parts,
		next->access_secret);
	refresh_write(&c->store->refresh, &parts, next->text);
	sha256((struct str){next->text, REFRESH_TEXT_LEN}, next->hash);
}

static struct token_terms terms_of(const struct context *c, const struct refresh *r)
{
	const struct terms_request q = {.service = service_of_client(&r->client),
		.edge = r->request->edge,
		.begun_standard = r->bound.standard,
		.offline = true};

	return token_terms(c, &q);
}

/* The used refresh token and the old access token end here (GitHub reference section 4). */
static enum step_result go_on(struct context *c, struct refresh *r, const struct successor *next)
{
	int64_t now = store_now(c->store), lifetime_s = terms_of(c, r).lifetime_s;
	bool narrowed = r->request->resources.n || str_is_set(r->request->details);
	const struct token_fields fields = {.kind = TOKEN_OAUTH,
		.app_id = r->family.app_id,
		.account_id = r->family.account_id,
		.grant_id = r->family.grant_id,
		.scopes = scope_format(c->arena, r->token_scopes, " "),
		.bound = bind_to_sender(c,
			narrowed ? bound_write(c->arena, &r->for_token) : r->family.bound,
			&r->for_token, &r->sender),
		.expires_at = now + lifetime_s};
	uint64_t token_id;
	enum db_status status = store_next_id(c->store, &token_id);

	if (status == DB_OK)
		status = family_rotate(c->store, r->family.id, r->family.generation, next->hash,
			token_id, now + c->settings->refresh_token_lifetime_s);
	if (status == DB_OK)
		status = token_revoke(c->store, r->family.token_id, "refreshed");
	if (status == DB_OK || status == DB_NONE)
		status =
			token_slot_move(c->store, r->family.grant_id, r->family.token_id, token_id);
	if (context_failed(c, status))
		return STEP_FAIL;
	const struct access_token_request token = {.id = token_id,
		.fields = &fields,
		.client_id = r->request->credentials.client_id,
		.secret = next->access_secret};

	if (!issue_access_token(c, &token, &r->issued.access_token))
		return STEP_FAIL;
	r->issued.dpop = str_is_set(r->sender.jkt);
	r->issued.scopes = fields.scopes;
	r->issued.details = r->for_token.details;
	r->issued.expires_in_s = lifetime_s;
	r->issued.refresh_expires_in_s = c->settings->refresh_token_lifetime_s;
	return STEP_NEXT;
}

/* A reply that was lost: the same pair once more, nothing new is made (assurance 6.2). The token
 * may have been ended by itself since: then it is told as it was. */
static enum step_result repeat(struct context *c, struct refresh *r, const struct successor *next)
{
	struct token token;
	struct bound bound;
	int64_t now = store_now(c->store);
	enum db_status status = token_read_id(c->store, c->arena, r->family.token_id, &token);

	if (context_failed(c, status))
		return STEP_FAIL;
	struct token_fields fields = {.kind = TOKEN_OAUTH,
		.account_id = r->family.account_id,
		.scopes = r->family.scopes,
		.bound = r->family.bound,
		.expires_at = r->family.rotated_at + terms_of(c, r).lifetime_s};

	if (status == DB_OK) {
		fields.scopes = token.scopes;
		fields.bound = token.bound;
		fields.expires_at = token.expires_at;
	}
	c->failed = !bound_read(c->arena, fields.bound, &bound);
	if (c->failed)
		return STEP_FAIL;
	const struct access_token_request again = {.id = r->family.token_id,
		.fields = &fields,
		.client_id = r->request->credentials.client_id,
		.secret = next->access_secret};

	if (!repeat_access_token(c, &again, r->family.rotated_at, &r->issued.access_token))
		return STEP_FAIL;
	r->issued.dpop = str_is_set(r->sender.jkt);
	r->issued.scopes = fields.scopes;
	r->issued.details = bound.details;
	r->issued.expires_in_s = fields.expires_at - now;
	r->issued.refresh_expires_in_s =
		c->settings->refresh_token_lifetime_s - (now - r->family.rotated_at);
	return STEP_NEXT;
}

/* RFC 9700 4.14.2: whoever shows a token that was used before may have stolen it, or may have been
 * stolen from; the family ends, and the user is asked again. */
static enum step_result end_family(struct context *c, struct refresh *r)
{
	if (context_failed(c, family_kill(c->store, r->family.id, "replayed")) ||
		!note_end(c, r->family.account_id, r->family.app_id, "oauth_access.replayed"))
		return STEP_FAIL;
	return refuse(r, CAUSE_REFRESH_REPLAYED);
}

/* The first step with an effect. */
static enum step_result rotate(struct context *c, struct refresh *r)
{
	struct successor next;
	uint8_t hash[SHA256_LEN];
	int64_t age = store_now(c->store) - r->family.rotated_at;

	sha256(r->request->refresh_token, hash);
	find_successor(c, r, &next);
	r->issued.refreshes = true;
	memcpy(r->issued.refresh_token, next.text, sizeof next.text);
	if (ct_equal(hash, r->family.current_hash, SHA256_LEN))
		return go_on(c, r, &next);
	if (r->family.has_previous && ct_equal(hash, r->family.previous_hash, SHA256_LEN) &&
		ct_equal(next.hash, r->family.current_hash, SHA256_LEN) &&
		age < c->settings->refresh_grace_s)
		return repeat(c, r, &next);
	/* One of ours that this database has never given: it has lost what it acknowledged. */
	if (r->parts.generation >= r->family.generation)
		return refuse(r, CAUSE_REFRESH_UNKNOWN);
	return end_family(c, r);
}

/* One more ID token, about the sign-in that all of this began with. */
static enum step_result identify_user(struct context *c, struct refresh *r)
{
	const struct id_token_request q = {.edge = r->request->edge,
		.client = &r->client,
		.account_id = r->family.account_id,
		.bound = &r->bound,
		.refreshed = true};

	return scope_allows(r->scopes, "openid") ? add_id_token(c, &q, &r->issued) : STEP_NEXT;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct refresh *);
} steps[] = {
	/* clang-format off */
	STEP(identify),     /* RFC 6749 3.2.1 */
	STEP(check_app),
	STEP(check_registered), /* RFC 6749 5.2 */
	STEP(check_proof_of_key), /* RFC 9449 5, RFC 8705 3 */
	STEP(read_token),   /* RFC 6749 6 */
	STEP(load_family),
	STEP(check_client), /* RFC 6749 6 */
	STEP(check_proof),
	STEP(check_key),    /* RFC 9449 5, RFC 8705 4 */
	STEP(check_alive),
	STEP(check_grant),
	STEP(check_session), /* OpenID Connect Back-Channel Logout 2.7 */
	STEP(check_scope),  /* RFC 6749 6 */
	STEP(check_resources), /* RFC 8707 2.2 */
	STEP(check_details), /* RFC 9396 6 */
	STEP(rotate),       /* first effect; RFC 9700 4.14 */
	STEP(identify_user), /* OpenID Connect Core 12.2 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result refresh(
	struct context *c, const struct refresh_request *request, struct refresh *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "refresh", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *refresh_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
