#include "flow/logout_token.h"

#include "base/buf.h"
#include "base/limits.h"
#include "flow/id_token.h"
#include "flow/person_claims.h"
#include "flow/signing.h"
#include "flow/subject.h"

enum { PAYLOAD_MAX = 4096 };

/* The same for each try to tell it: who has heard it knows so. */
static struct str jti_of(struct context *c, const struct logout *l)
{
	uint8_t mac[SHA256_LEN];
	struct str what = str_printf(c->arena, "logout %llu", (unsigned long long)l->id);

	hmac_sha256(c->store->subject_key, SHA256_LEN, what, mac);
	return base64url_encode(c->arena, mac, SHA256_LEN / 2);
}

bool logout_token(
	struct context *c, const struct logout *l, const struct client_metadata *m, struct str *out)
{
	int64_t now = store_now(c->store);
	enum jose_alg alg = client_signing_alg(c, m->id_token_signed_response_alg);
	struct str sub;
	struct buf b;

	if (!subject_for(c, l->app_id, m, l->account_id, &sub))
		return false;
	buf_init(&b, c->arena, PAYLOAD_MAX);
	buf_add_c(&b, "{\"iss\":");
	buf_add_json(&b, c->settings->base_url);
	claim_text(&b, "aud", l->client_id);
	claim_number(&b, "iat", now);
	claim_number(&b, "exp", now + LIMIT_LOGOUT_TOKEN_LIFETIME);
	claim_text(&b, "jti", jti_of(c, l));
	claim_text(&b, "sub", sub);
	claim_text(&b, "sid", session_name_for(c, l->app_id, l->session_id));
	buf_add_c(&b, ",\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}}");
	return sign_jwt(c, alg, "logout+jwt", buf_str(&b), out);
}
