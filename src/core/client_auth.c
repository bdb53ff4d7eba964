#include "core/client_auth.h"

#include <string.h>

#include "base/crypto.h"
#include "base/form.h"
#include "base/limits.h"
#include "core/jws.h"

/* Base64 of both halves at their longest, every byte of them form-encoded. */
enum { BASIC_MAX = (3 * (LIMIT_CLIENT_ID + LIMIT_CLIENT_SECRET) + 1 + 2) / 3 * 4 };

/* Parts `authorization` into its scheme and what follows (RFC 9110 11.4). */
static struct str split_scheme(struct str authorization, struct str *rest)
{
	struct str value = str_trim(authorization);
	size_t space = str_find(value, ' ');

	*rest = str_trim(str_slice(value, space, value.n));
	return str_slice(value, 0, space);
}

/* The two halves of a Basic value (RFC 7617 2). NULL, or what is wrong with it. */
static const char *split_basic(
	struct arena *a, struct str value, struct str *user, struct str *password)
{
	struct str text;

	if (value.n > BASIC_MAX)
		return "length";
	if (!base64_decode(a, value, &text))
		return str_has_char(value, '-') || str_has_char(value, '_') ? "base64url"
									    : "base64";
	if (str_has_char(text, '\0'))
		return "nul";
	size_t colon = str_find(text, ':');

	if (colon == text.n)
		return "colon";
	*user = str_slice(text, 0, colon);
	*password = str_slice(text, colon + 1, text.n);
	return NULL;
}

static bool read_basic(struct arena *a, struct str value, struct str *user, struct str *password)
{
	return split_basic(a, value, user, password) == NULL;
}

static struct str present(struct str s)
{
	return str_has_text(s) ? s : STR_NONE;
}

/* RFC 6749 2.3.1: the halves are form-encoded. One that is not is taken as it came. */
static struct str form_decoded(struct arena *a, struct str raw)
{
	struct str text;

	return percent_decode(a, raw, true, &text) && str_is_utf8(text) ? text : raw;
}

/* Both were sent, and they agree in no form. */
static bool conflicts(struct str decoded, struct str raw, struct str body)
{
	return str_is_set(decoded) && str_is_set(body) && !str_eq(decoded, body) &&
	       !str_eq(raw, body);
}

static enum client_auth_fault read_credentials(struct arena *a, struct str authorization,
	struct str body_id, struct str body_secret, struct client_credentials *out)
{
	struct str id, secret, value;

	body_id = present(body_id);
	body_secret = present(body_secret);
	*out = (struct client_credentials){.client_id = body_id, .client_secret = body_secret};
	out->from_basic = str_eq_nocase(split_scheme(authorization, &value), STR("basic"));
	out->from_body = str_is_set(body_secret) || (str_is_set(body_id) && !out->from_basic);
	if (!out->from_basic)
		return CLIENT_AUTH_OK;
	out->basic_fault = split_basic(a, value, &id, &secret);
	if (out->basic_fault)
		return CLIENT_AUTH_MALFORMED_BASIC;
	out->raw_id = present(id);
	out->raw_secret = present(secret);
	if (str_is_set(out->raw_id))
		out->client_id = form_decoded(a, id);
	if (str_is_set(out->raw_secret))
		out->client_secret = form_decoded(a, secret);
	out->id_conflicts =
		str_is_set(out->raw_id) && conflicts(out->client_id, out->raw_id, body_id);
	if (out->id_conflicts ||
		(str_is_set(out->raw_secret) &&
			conflicts(out->client_secret, out->raw_secret, body_secret)))
		return CLIENT_AUTH_CONFLICT;
	return CLIENT_AUTH_OK;
}

enum client_auth_fault client_auth_read(struct arena *a, struct str authorization,
	struct str body_id, struct str body_secret, struct client_credentials *out)
{
	enum client_auth_fault fault =
		read_credentials(a, authorization, body_id, body_secret, out);

	out->fault = fault;
	return fault;
}

void client_auth_take_assertion(struct arena *a, struct str assertion, struct str assertion_type,
	struct client_credentials *c)
{
	static const struct jws_want any = {.algs = JOSE_ASYMMETRIC | JOSE_BIT(JOSE_HS256)};
	struct json_body claims;
	struct jws j;

	c->assertion = assertion;
	c->assertion_type = assertion_type;
	if (!str_has_text(c->client_id) && str_has_text(assertion) &&
		jws_read(a, assertion, &any, &j) == JWS_GOOD &&
		jws_claims(a, &j, &claims) == JWS_GOOD)
		json_body_text(a, &claims, "sub", &c->client_id);
}

bool client_auth_read_dpop(struct str authorization, struct str *token)
{
	struct str scheme = split_scheme(authorization, token);

	if (!str_eq_nocase(scheme, STR("dpop")))
		*token = STR_NONE;
	return str_has_text(*token);
}

/* "gho_..." and its kin, whatever their checksums say. */
static bool looks_like_token(struct str s)
{
	return s.n >= 40 && str_starts(s, STR("gh")) && s.p[3] == '_';
}

bool client_auth_read_token(struct arena *a, struct str authorization, struct str *token)
{
	struct str value, user, password;
	struct str scheme = split_scheme(authorization, &value);

	*token = STR_NONE;
	if (str_eq_nocase(scheme, STR("token")) || str_eq_nocase(scheme, STR("bearer"))) {
		*token = present(value);
	} else if (str_eq_nocase(scheme, STR("basic")) && read_basic(a, value, &user, &password)) {
		/* "X:", "X:x-oauth-basic" and "anyone:X"; where both could be meant, what looks
		 * like a token is the token. */
		bool is_user = password.n == 0 || str_eq_c(password, "x-oauth-basic") ||
			       (looks_like_token(user) && !looks_like_token(password));

		*token = present(is_user ? user : password);
	}
	return str_is_set(*token);
}

bool client_auth_read_basic(
	struct arena *a, struct str authorization, struct str *user, struct str *password)
{
	struct str value;

	*user = *password = STR_NONE;
	return str_eq_nocase(split_scheme(authorization, &value), STR("basic")) &&
	       read_basic(a, value, user, password);
}
