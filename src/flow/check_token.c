#include "flow/check_token.h"

#include <string.h>

#include "base/limits.h"
#include "core/certificate.h"
#include "core/dpop.h"
#include "flow/check_proof.h"
#include "flow/locate_token.h"
#include "flow/look_closer.h"
#include "flow/step_up.h"
#include "flow/token_uses.h"

enum { DAY_S = 86400 };

enum cause token_end_of(const struct token *t, int64_t now)
{
	if (t->revoked_at)
		return CAUSE_TOKEN_REVOKED;
	if (t->expires_at && now >= t->expires_at)
		return CAUSE_TOKEN_EXPIRED;
	if (t->grant_revoked_at)
		return CAUSE_TOKEN_GRANT_REVOKED;
	if (t->grant_epoch != t->app_epoch)
		return CAUSE_TOKEN_APP_REVOKED_ALL;
	if (t->app_suspended_at)
		return CAUSE_TOKEN_APP_SUSPENDED;
	if (t->account.suspended_at)
		return CAUSE_TOKEN_USER_SUSPENDED;
	return CAUSE_NONE;
}

/* What a token was exchanged for (RFC 8693), and what that was, has to be good still. */
static enum step_result check_origin(struct context *c, struct checked_token *t)
{
	struct token from = t->token;

	for (; from.from_token_id && t->exchanges <= LIMIT_EXCHANGES; t->exchanges++) {
		enum db_status status =
			token_read_id(c->store, c->arena, from.from_token_id, &from);

		if (context_failed(c, status))
			return STEP_FAIL;
		if (status == DB_NONE || token_end_of(&from, store_now(c->store))) {
			t->refusal.cause = CAUSE_TOKEN_ORIGIN_ENDED;
			break;
		}
	}
	return STEP_NEXT;
}

/* GitHub reference section 9: a year without use ends a token. Only old tokens are looked up. */
static enum step_result check_disuse(struct context *c, struct checked_token *t)
{
	int64_t limit_s = c->settings->token_unused_days * DAY_S, now = store_now(c->store), used;

	if (limit_s == 0 || now - t->token.created_at < limit_s)
		return STEP_NEXT;
	if (context_failed(c, token_use_get(c->store, t->token.id, &used)))
		return STEP_FAIL;
	if (now - used >= limit_s)
		t->refusal.cause = CAUSE_TOKEN_UNUSED;
	return STEP_NEXT;
}

/* To the day: a token's first day counts as used by itself. */
static void note_use(struct context *c, const struct token *t)
{
	int64_t now = store_now(c->store);

	if (now - t->created_at >= DAY_S)
		token_uses_add(c->uses, t->id, now);
}

/* The checks in their order, each with the causes that it ends with. */
static const struct {
	const char *name;
	enum cause causes[2];
} checks[] = {
	{"sent", {CAUSE_TOKEN_ABSENT}},
	{"shape", {CAUSE_TOKEN_MALFORMED}},
	{"checksum", {CAUSE_TOKEN_CHECKSUM}},
	{"signature", {CAUSE_TOKEN_JWT}},
	{"known", {CAUSE_TOKEN_UNKNOWN}},
	{"revoked", {CAUSE_TOKEN_REVOKED}},
	{"expired", {CAUSE_TOKEN_EXPIRED}},
	{"grant", {CAUSE_TOKEN_GRANT_REVOKED, CAUSE_TOKEN_APP_REVOKED_ALL}},
	{"app", {CAUSE_TOKEN_APP_SUSPENDED}},
	{"user", {CAUSE_TOKEN_USER_SUSPENDED}},
	{"origin", {CAUSE_TOKEN_ORIGIN_ENDED}},
	{"used", {CAUSE_TOKEN_UNUSED}},
	{"audience", {CAUSE_TOKEN_AUDIENCE}},
	{"scheme", {CAUSE_TOKEN_NEEDS_PROOF, CAUSE_TOKEN_NOT_BOUND}},
	{"proof", {CAUSE_PROOF_MISSING}},
	{"key", {CAUSE_TOKEN_OF_ANOTHER_KEY, CAUSE_TOKEN_OF_ANOTHER_CERTIFICATE}},
	{"sign_in", {CAUSE_TOKEN_SIGN_IN}},
	{"person", {CAUSE_TOKEN_OF_NO_USER}},
	{"scope", {CAUSE_TOKEN_SCOPE}},
};
enum { CHECKS = sizeof checks / sizeof checks[0] };

const char *check_token_step(size_t i)
{
	return i < CHECKS ? checks[i].name : NULL;
}

static bool is_of_proof(enum cause cause)
{
	enum wire_error wire = cause_wire(cause);

	return wire == WIRE_INVALID_DPOP_PROOF || wire == WIRE_USE_DPOP_NONCE ||
	       cause == CAUSE_JTI_TOO_MANY;
}

enum step_result check_token_refuse(struct checked_token *t, enum cause cause)
{
	/* What is wrong with a proof has causes of its own. */
	enum cause at = is_of_proof(cause) ? CAUSE_PROOF_MISSING : cause;
	size_t i = 0;

	while (i < CHECKS && checks[i].causes[0] != at && checks[i].causes[1] != at)
		i++;
	t->refusal.cause = cause;
	t->refusal.closer = look_at_token;
	t->refusal.closer_of = t;
	refusal_at(&t->refusal, "check_token", i);
	return STEP_REFUSE;
}

/* Its row was found: so it is known of whom the request is. */
static void note_owner(struct checked_token *t)
{
	t->refusal.app_id = t->token.app_id;
	t->refusal.flow_id = t->token.id;
	t->refusal.proven = true;
}

enum step_result examine_token(struct context *c, struct str text, struct checked_token *out)
{
	size_t unknown;
	struct located located;
	bool offline;

	memset(out, 0, sizeof *out);
	out->text = text;
	out->refusal.cause =
		str_has_text(text) ? locate_token(c, text, &located) : CAUSE_TOKEN_ABSENT;
	if (c->failed)
		return STEP_FAIL;
	if (out->refusal.cause == CAUSE_TOKEN_JWT)
		refusal_add(&out->refusal, EVIDENCE_fault, str_from(located.fault));
	if (out->refusal.cause != CAUSE_NONE)
		return check_token_refuse(out, out->refusal.cause);
	enum db_status status =
		token_read_row(c->store, c->arena, located.name, located.id, &out->token);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_OK)
		note_owner(out);
	out->refusal.cause = status == DB_NONE ? CAUSE_TOKEN_UNKNOWN
					       : token_end_of(&out->token, store_now(c->store));
	if (out->refusal.cause == CAUSE_NONE && check_origin(c, out) == STEP_FAIL)
		return STEP_FAIL;
	if (out->refusal.cause == CAUSE_NONE && check_disuse(c, out) == STEP_FAIL)
		return STEP_FAIL;
	if (out->refusal.cause != CAUSE_NONE)
		return check_token_refuse(out, out->refusal.cause);
	if (scope_parse(out->token.scopes, &out->scopes, &unknown, &offline) != SCOPE_OK)
		return STEP_FAIL;
	return STEP_DONE;
}

void note_token_use(struct context *c, const struct checked_token *t)
{
	note_use(c, &t->token);
}

/* RFC 8707 2, RFC 9068 4: a token for something else is none for us. Ours is whatever is below the
 * issuer's address. */
static enum step_result check_audience(
	struct context *c, const struct bound *bound, struct checked_token *out)
{
	struct str own = c->settings->base_url;

	for (size_t i = 0; i < bound->resources_n; i++) {
		struct str one = bound->resources[i];

		if (str_eq(one, own) ||
			(str_starts(one, own) && one.n > own.n && one.p[own.n] == '/'))
			return STEP_NEXT;
	}
	if (bound->resources_n == 0)
		return STEP_NEXT;
	out->refusal.expected = own;
	out->refusal.received = bound->resources[0];
	return check_token_refuse(out, CAUSE_TOKEN_AUDIENCE);
}

static enum step_result differs(
	struct checked_token *out, enum cause cause, struct str expected, struct str received)
{
	out->refusal.expected = expected;
	out->refusal.received = received;
	return check_token_refuse(out, cause);
}

/* RFC 9449 7.1: the proof is for this token, and its key is the one the token is bound to. */
static enum step_result check_key(struct context *c, const struct bound *bound,
	const struct presented_token *p, struct checked_token *out)
{
	const struct proof_request proof = {
		.shown = &p->shown, .access_token = p->text, .profile = out->token.profile};
	struct str jkt;

	if (!p->dpop)
		return differs(out, CAUSE_TOKEN_NEEDS_PROOF, STR("DPoP"), STR("Bearer"));
	if (!str_is_set(p->shown.dpop))
		return check_token_refuse(out, CAUSE_PROOF_MISSING);
	enum step_result result = check_proof(c, &proof, &jkt, &out->refusal);

	if (result == STEP_REFUSE)
		return check_token_refuse(out, out->refusal.cause);
	if (result != STEP_NEXT)
		return result;
	return str_eq(jkt, bound->jkt) ? STEP_NEXT
				       : differs(out, CAUSE_TOKEN_OF_ANOTHER_KEY,
						 dpop_shown(bound->jkt), dpop_shown(jkt));
}

/* RFC 8705 3: "the protected resource ... MUST ... match" */
static enum step_result check_certificate(struct context *c, const struct bound *bound,
	const struct presented_token *p, struct checked_token *out)
{
	char shown[CERTIFICATE_THUMBPRINT_LEN + 1] = "";

	if (str_is_set(p->shown.certificates))
		certificate_thumbprint(c->arena, p->shown.certificates, shown);
	return str_eq(bound->x5t, str_from(shown))
		       ? STEP_NEXT
		       : differs(out, CAUSE_TOKEN_OF_ANOTHER_CERTIFICATE, dpop_shown(bound->x5t),
				 str_dup(c->arena, dpop_shown(str_from(shown))));
}

/* RFC 9449 7.1 and 7.2, RFC 8705 3: a token is good in the hands that it was given into. */
static enum step_result check_hands(struct context *c, const struct bound *bound,
	const struct presented_token *p, struct checked_token *out)
{
	if (str_is_set(bound->jkt))
		return check_key(c, bound, p, out);
	if (str_is_set(bound->x5t))
		return check_certificate(c, bound, p, out);
	return p->dpop ? differs(out, CAUSE_TOKEN_NOT_BOUND, STR("Bearer"), STR("DPoP"))
		       : STEP_NEXT;
}

enum step_result check_presented_token(
	struct context *c, const struct presented_token *p, struct checked_token *out)
{
	enum step_result result = examine_token(c, p->text, out);

	if (result != STEP_DONE)
		return result;
	c->failed = !bound_read(c->arena, out->token.bound, &out->bound);
	if (c->failed)
		return STEP_FAIL;
	result = check_audience(c, &out->bound, out);
	if (result == STEP_NEXT)
		result = check_hands(c, &out->bound, p, out);
	if (result == STEP_NEXT)
		result = check_step_up(c, p->shown.path, &out->bound, out);
	if (result != STEP_NEXT)
		return result;
	note_token_use(c, out);
	return STEP_DONE;
}

enum step_result check_token(struct context *c, struct str text, struct checked_token *out)
{
	const struct presented_token bearer = {.text = text};

	return check_presented_token(c, &bearer, out);
}
