#include "flow/id_token_hint.h"

#include "core/jwt_claims.h"
#include "flow/signing.h"

static enum hint_verdict verdict_of(enum jws_verdict v)
{
	if (v == JWS_GOOD)
		return HINT_GOOD;
	if (v == JWS_FAILED)
		return HINT_FAILED;
	return v == JWS_TOO_LONG || v == JWS_NOT_COMPACT || v == JWS_BASE64 ||
			       v == JWS_BAD_HEADER || v == JWS_BAD_PAYLOAD
		       ? HINT_UNREADABLE
		       : HINT_NOT_OURS;
}

/* Other JWTs of ours are no ID tokens: each kind has a `typ` of its own. */
static enum hint_verdict read_payload(struct context *c, struct str text, struct json_body *payload)
{
	static const char *const typs[] = {"JWT", NULL};
	const struct jws_want want = {.typs = typs, .typ_needed = true};
	struct jws jws;
	enum jws_verdict v = check_own_jwt(c, text, &want, SIGNED_EVER, &jws);

	if (v == JWS_GOOD)
		v = jws_claims(c->arena, &jws, payload);
	if (v == JWS_FAILED)
		c->failed = true;
	return verdict_of(v);
}

/* UserInfo answers are JWTs too, and do not expire. */
enum hint_verdict id_token_hint_read(
	struct context *c, struct str text, struct str client_id, struct id_token_hint *out)
{
	const struct jwt_expect expect = {.now = store_now(c->store),
		.iss = c->settings->base_url,
		.aud = client_id,
		.need_exp = true,
		.expired_is_fine = true};
	struct json_body payload;
	struct jwt_claims claims;
	struct jwt_verdict verdict;

	*out = (struct id_token_hint){STR_NONE, STR_NONE, STR_NONE};
	enum hint_verdict result = read_payload(c, text, &payload);

	if (result != HINT_GOOD)
		return result;
	if (!jwt_claims_check(c->arena, &payload, &expect, &claims, &verdict) ||
		!str_is_set(claims.sub))
		return HINT_OF_ANOTHER;
	out->sub = claims.sub;
	json_body_text(c->arena, &payload, "sid", &out->sid);
	json_body_text(c->arena, &payload, "aud", &out->client_id);
	return str_is_set(out->client_id) ? HINT_GOOD : HINT_OF_ANOTHER;
}

const char *hint_verdict_word(enum hint_verdict v)
{
	return v == HINT_UNREADABLE   ? "hint_unreadable"
	       : v == HINT_OF_ANOTHER ? "hint_of_another"
				      : "hint_not_ours";
}
