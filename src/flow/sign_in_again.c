#include "flow/sign_in_again.h"

#include "base/limits.h"

enum { STATE_USED = 16, MARK_LIFETIME_S = 3600 };

static struct str sign(struct context *c, struct str text, size_t used)
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(c->store->form_key, sizeof c->store->form_key, text, mac);
	return base64url_encode(c->arena, mac, used);
}

/* Another one as soon as somebody signs in: in a session of their own, or again in this one. */
static struct str state_of(struct context *c, const struct signed_on *s)
{
	return sign(c,
		str_printf(c->arena, "signed on %llu %lld", (unsigned long long)s->session_id,
			(long long)s->auth_n),
		STATE_USED);
}

static struct str proof_of(
	struct context *c, const struct authorize *a, struct str time, struct str state)
{
	return sign(c,
		str_printf(c->arena, "sign in again %.*s %.*s %.*s", STR_ARG(time), STR_ARG(state),
			STR_ARG(a->app.client_id)),
		SHA256_LEN);
}

struct str sign_in_mark(struct context *c, const struct authorize *a)
{
	struct str time = str_printf(c->arena, "%lld", (long long)store_now(c->store));
	struct str state = state_of(c, &a->signed_on);

	return str_printf(c->arena, "%.*s.%.*s.%.*s", STR_ARG(time), STR_ARG(state),
		STR_ARG(proof_of(c, a, time, state)));
}

bool signed_in_since_mark(struct context *c, const struct authorize *a)
{
	struct str rest = a->request->sign_in_mark, time, state;
	int64_t asked_at, now = store_now(c->store);

	if (!str_is_set(rest) || !str_next(&rest, '.', &time) || !str_next(&rest, '.', &state) ||
		!str_to_i64(time, &asked_at) || now - asked_at >= MARK_LIFETIME_S)
		return false;
	return ct_equal_str(rest, proof_of(c, a, time, state)) &&
	       !ct_equal_str(state, state_of(c, &a->signed_on)) &&
	       now - a->signed_on.auth_time < LIMIT_SIGN_IN_FRESH;
}
