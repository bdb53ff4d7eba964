#include "flow/id_token.h"

#include "base/limits.h"
#include "flow/person_claims.h"
#include "flow/signing.h"
#include "flow/subject.h"

enum { PAYLOAD_MAX = 16384 };

enum jose_alg client_signing_alg(const struct context *c, struct str registered)
{
	enum jose_alg alg = jose_alg_of(registered);

	return alg != JOSE_NO_ALG && (c->settings->signing_algs & JOSE_BIT(alg)) ? alg : JOSE_RS256;
}

/* 3.1.3.6: the left half of the hash that belongs to the algorithm. */
static struct str half_hash(struct context *c, enum jose_alg alg, struct str text)
{
	uint8_t hash[SHA512_LEN];

	if (alg == JOSE_EDDSA) {
		sha512(text, hash);
		return base64url_encode(c->arena, hash, SHA512_LEN / 2);
	}
	sha256(text, hash);
	return base64url_encode(c->arena, hash, SHA256_LEN / 2);
}

/* 2: what every ID token says. */
static void add_required(
	struct context *c, struct buf *b, const struct id_token_request *q, struct str sub)
{
	int64_t now = store_now(c->store);

	buf_add_c(b, "{\"iss\":");
	buf_add_json(b, c->settings->base_url);
	claim_text(b, "sub", sub);
	claim_text(b, "aud", q->client->client_id);
	claim_number(b, "exp", now + LIMIT_ID_TOKEN_LIFETIME);
	claim_number(b, "iat", now);
}

/* 2: of the sign-in that it comes from; a refresh changes none of it (12.2). */
static void add_sign_in(struct buf *b, const struct id_token_request *q)
{
	if (q->bound->auth_time)
		claim_number(b, "auth_time", q->bound->auth_time);
	if (!q->refreshed)
		claim_text(b, "nonce", q->bound->nonce);
	claim_text(b, "acr", q->bound->acr);
	claim_names(b, "amr", q->bound->amr);
	claim_text(b, "sid", q->bound->sid);
}

/* 5.5: those that were asked for one by one. */
static bool add_asked(struct context *c, struct buf *b, const struct id_token_request *q)
{
	struct claims_request asked;
	struct account account;

	if (!claims_request_read(c->arena, q->bound->claims, &asked) || !asked.id_token)
		return true;
	return !context_failed(c, account_by_id(c->store, c->arena, q->account_id, &account)) &&
	       person_claims_add(c, b, &account, asked.id_token);
}

enum step_result add_id_token(
	struct context *c, const struct id_token_request *q, struct issued *issued)
{
	struct buf b;
	struct str sub;

	if (q->edge != DIALECT_STANDARD || !q->bound->oidc)
		return STEP_NEXT;
	const struct client_metadata *m = client_metadata_of(c->arena, q->client);
	enum jose_alg alg = client_signing_alg(c, m->id_token_signed_response_alg);

	if (!subject_for(c, q->client->app_id, m, q->account_id, &sub))
		return STEP_FAIL;
	buf_init(&b, c->arena, PAYLOAD_MAX);
	add_required(c, &b, q, sub);
	add_sign_in(&b, q);
	claim_text(&b, "at_hash", half_hash(c, alg, issued->access_token));
	if (!add_asked(c, &b, q))
		return STEP_FAIL;
	buf_add_char(&b, '}');
	return sign_jwt(c, alg, "JWT", buf_str(&b), &issued->id_token) ? STEP_NEXT : STEP_FAIL;
}
