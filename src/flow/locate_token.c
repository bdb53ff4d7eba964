#include "flow/locate_token.h"

#include "core/jwt_claims.h"
#include "flow/signing.h"

bool looks_like_jwt(struct str text)
{
	size_t dot = str_find(text, '.');

	return str_starts(text, STR("ey")) && dot < text.n &&
	       str_has_char(str_slice(text, dot + 1, text.n), '.');
}

static enum cause invalid(struct located *out, const char *fault)
{
	out->fault = fault;
	return CAUSE_TOKEN_JWT;
}

/* RFC 9068 4: its type keeps ID tokens and others of ours out (9068-03). When it ends is its row's
 * to say. */
static enum cause locate_jwt(struct context *c, struct str text, struct located *out)
{
	static const char *const typs[] = {"at+jwt", NULL};
	const struct jws_want want = {.typs = typs, .typ_needed = true};
	const struct jwt_expect e = {.now = store_now(c->store),
		.iss = c->settings->base_url,
		.need_exp = true,
		.need_jti = true,
		.expired_is_fine = true};
	struct json_body payload;
	struct jwt_claims claims;
	struct jwt_verdict verdict = {.fault = CLAIM_GOOD};
	struct jws jws;
	enum jws_verdict v = check_own_jwt(c, text, &want, SIGNED_LIVE, &jws);

	if (v == JWS_GOOD)
		v = jws_claims(c->arena, &jws, &payload);
	if (v == JWS_FAILED)
		return CAUSE_FAILURE;
	if (v != JWS_GOOD)
		return invalid(out, jws_verdict_word(v));
	if (!jwt_claims_check(c->arena, &payload, &e, &claims, &verdict))
		return invalid(out, claim_fault_word(verdict.fault));
	out->name = claims.jti;
	return token_name_locate(&c->store->locator, claims.jti, &out->id)
		       ? CAUSE_NONE
		       : invalid(out, claim_fault_word(CLAIM_OTHER));
}

enum cause locate_token(struct context *c, struct str text, struct located *out)
{
	enum token_kind kind;

	*out = (struct located){.name = text, .fault = ""};
	if (looks_like_jwt(text))
		return locate_jwt(c, text, out);
	switch (token_read(&c->store->locator, text, &kind, &out->id)) {
	case TOKEN_OK:
		return CAUSE_NONE;
	case TOKEN_BAD_SHAPE:
		return CAUSE_TOKEN_MALFORMED;
	case TOKEN_BAD_CHECKSUM:
		break;
	}
	return CAUSE_TOKEN_CHECKSUM;
}
