#include "core/jwt_claims.h"

#include <jansson.h>

#include "base/limits.h"

enum { SHOWN_MAX = 120 };
/* What a double holds exactly, which is what most readers of JSON have. */
static const int64_t date_max = INT64_C(1) << 53;

static const char *const fault_words[] = {
	[CLAIM_GOOD] = "good",
	[CLAIM_MISSING] = "missing",
	[CLAIM_TYPE] = "wrong_type",
	[CLAIM_OTHER] = "other_value",
	[CLAIM_EXPIRED] = "expired",
	[CLAIM_EARLY] = "too_early",
	[CLAIM_TOO_FAR] = "too_far_ahead",
	[CLAIM_TOO_LONG] = "bad_length",
};

const char *claim_fault_word(enum claim_fault f)
{
	return fault_words[f];
}

struct checking {
	struct arena *a;
	const json_t *payload;
	const struct jwt_expect *e;
	struct jwt_verdict *v;
};

static bool fail(struct checking *c, enum claim_fault fault, const char *claim, struct str expected,
	struct str received)
{
	*c->v = (struct jwt_verdict){fault, claim, str_dup(c->a, expected),
		str_dup(c->a, str_slice(received, 0, SHOWN_MAX))};
	return false;
}

static struct str text_value(const json_t *value)
{
	return (struct str){json_string_value(value), json_string_length(value)};
}

static const char *type_word(const json_t *value)
{
	static const char *const words[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "a list",
		[JSON_STRING] = "text",
		[JSON_INTEGER] = "a number",
		[JSON_REAL] = "a number with a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};

	return words[json_typeof(value)];
}

static bool wrong_type(struct checking *c, const char *claim, const char *wanted, const json_t *got)
{
	return fail(c, CLAIM_TYPE, claim, str_from(wanted), str_from(type_word(got)));
}

/* A claim that is text; compared when `expected` is there. */
static bool check_text(struct checking *c, const char *claim, struct str expected, struct str *out)
{
	const json_t *value = json_object_get(c->payload, claim);

	if (!value)
		return !str_is_set(expected) || fail(c, CLAIM_MISSING, claim, expected, STR_NONE);
	if (!json_is_string(value))
		return wrong_type(c, claim, "text", value);
	*out = str_dup(c->a, text_value(value));
	return !str_is_set(expected) || str_eq(*out, expected) ||
	       fail(c, CLAIM_OTHER, claim, expected, *out);
}

/* RFC 7519 4.1.3: a list of texts is only good where one is taken, and with our name in it. */
static bool check_aud_list(struct checking *c, const json_t *list)
{
	bool found = false;

	if (!c->e->aud_may_be_list)
		return wrong_type(c, "aud", "text", list);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		if (!json_is_string(one))
			return wrong_type(c, "aud", "a list of texts", one);
		found |= str_eq(text_value(one), c->e->aud);
	}
	return found || fail(c, CLAIM_OTHER, "aud", c->e->aud,
				json_array_size(list) ? text_value(json_array_get(list, 0))
						      : STR("an empty list"));
}

static bool check_aud(struct checking *c)
{
	const json_t *value = json_object_get(c->payload, "aud");
	struct str unused = STR_NONE;

	if (!str_is_set(c->e->aud))
		return true;
	return json_is_array(value) ? check_aud_list(c, value)
				    : check_text(c, "aud", c->e->aud, &unused);
}

/* `*out` is 0 when it is not there. */
static bool read_date(struct checking *c, const char *claim, bool needed, int64_t *out)
{
	const json_t *value = json_object_get(c->payload, claim);

	*out = 0;
	if (!value)
		return !needed || fail(c, CLAIM_MISSING, claim, STR_NONE, STR_NONE);
	if (!json_is_integer(value))
		return wrong_type(c, claim, "a whole number", value);
	*out = json_integer_value(value);
	return (*out >= 0 && *out <= date_max) ||
	       fail(c, CLAIM_TYPE, claim, STR("seconds since 1970"),
		       str_printf(c->a, "%lld", (long long)*out));
}

static bool fail_date(
	struct checking *c, enum claim_fault fault, const char *claim, int64_t limit, int64_t got)
{
	return fail(c, fault, claim, str_printf(c->a, "%lld", (long long)limit),
		str_printf(c->a, "%lld", (long long)got));
}

static bool has(const struct checking *c, const char *claim)
{
	return json_object_get(c->payload, claim) != NULL;
}

/* RFC 7519 4.1.4: on or after exp it is over. */
static bool check_exp(struct checking *c, int64_t *exp)
{
	const struct jwt_expect *e = c->e;

	if (!read_date(c, "exp", e->need_exp, exp))
		return false;
	if (!has(c, "exp"))
		return true;
	if (!e->expired_is_fine && e->now >= *exp + JWT_AHEAD_S)
		return fail_date(c, CLAIM_EXPIRED, "exp", e->now, *exp);
	if (e->lifetime_max > 0 && *exp > e->now + e->lifetime_max + JWT_AHEAD_S)
		return fail_date(c, CLAIM_TOO_FAR, "exp", e->now + e->lifetime_max, *exp);
	return true;
}

static bool check_begin(struct checking *c, const char *claim, bool needed, int64_t *out)
{
	if (!read_date(c, claim, needed, out))
		return false;
	return *out <= c->e->now + JWT_AHEAD_MAX_S ||
	       fail_date(c, CLAIM_EARLY, claim, c->e->now, *out);
}

static bool check_jti(struct checking *c, struct str *jti)
{
	if (!check_text(c, "jti", STR_NONE, jti))
		return false;
	if (!str_is_set(*jti))
		return !c->e->need_jti || fail(c, CLAIM_MISSING, "jti", STR_NONE, STR_NONE);
	return (jti->n > 0 && jti->n <= LIMIT_JTI) ||
	       fail(c, CLAIM_TOO_LONG, "jti", str_printf(c->a, "1 to %d bytes", (int)LIMIT_JTI),
		       str_printf(c->a, "%zu", jti->n));
}

bool jwt_claims_check(struct arena *a, const struct json_body *payload, const struct jwt_expect *e,
	struct jwt_claims *claims, struct jwt_verdict *v)
{
	struct checking c = {a, payload->root, e, v};

	*claims = (struct jwt_claims){0};
	*v = (struct jwt_verdict){CLAIM_GOOD, "", STR_NONE, STR_NONE};
	return check_text(&c, "iss", e->iss, &claims->iss) &&
	       check_text(&c, "sub", e->sub, &claims->sub) && check_aud(&c) &&
	       check_exp(&c, &claims->exp) && check_begin(&c, "nbf", e->need_nbf, &claims->nbf) &&
	       check_begin(&c, "iat", e->need_iat, &claims->iat) && check_jti(&c, &claims->jti);
}
