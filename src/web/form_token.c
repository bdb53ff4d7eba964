#include "web/form_token.h"

#include "base/buf.h"
#include "base/limits.h"
#include "flow/sign_in_again.h"

enum { PART_LEN = 43, BROWSER_SECRET_LEN = 32, INPUT_MAX = 2 * LIMIT_BODY };

bool is_authorize_parameter(struct str name)
{
	static const char *const names[] = {"client_id", "redirect_uri", "scope", "state",
		"response_type", "code_challenge", "code_challenge_method", "prompt", "login",
		"allow_signup", "response_mode", "nonce", "claims", "acr_values", "max_age",
		"login_hint", "id_token_hint", "ui_locales", "display", "request", "request_uri",
		"resource", "authorization_details", "dpop_jkt", "registration", SIGN_IN_MARK};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_eq_c(name, names[i]))
			return true;
	return false;
}

/* Length first, so that no two lists of texts give the same bytes. */
static void add_text(struct buf *b, struct str s)
{
	buf_addf(b, "%zu:", s.n);
	buf_add(b, s);
}

static struct str sign(const uint8_t *key, const struct buf *b)
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(key, SHA256_LEN, buf_str(b), mac);
	return base64url_encode(b->arena, mac, sizeof mac);
}

struct str form_token_of_browser(struct arena *a, const uint8_t *key, struct str secret)
{
	struct buf b;

	buf_init(&b, a, INPUT_MAX);
	add_text(&b, STR("form"));
	add_text(&b, secret);
	return sign(key, &b);
}

struct str form_token_of_request(
	struct arena *a, const uint8_t *key, struct str secret, const struct form_request *request)
{
	struct buf b;

	buf_init(&b, a, INPUT_MAX);
	add_text(&b, STR("authorize"));
	add_text(&b, secret);
	add_text(&b, request->path);
	for (size_t i = 0; i < request->params->n; i++) {
		const struct param *p = &request->params->v[i];

		if (!is_authorize_parameter(p->name))
			continue;
		add_text(&b, p->name);
		add_text(&b, p->value);
	}
	return sign(key, &b);
}

/* The secret that tells this browser from others; a fresh one for a browser that has none. */
static struct str secret_of(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct visit *v = c->visit;
	uint8_t fresh[BROWSER_SECRET_LEN];

	if (v->signed_in)
		return v->session_cookie;
	if (!str_is_set(v->browser_cookie)) {
		random_bytes(c->random, fresh, sizeof fresh);
		v->browser_cookie = base64url_encode(c->arena, fresh, sizeof fresh);
		wipe(fresh, sizeof fresh);
		web_set_cookie(c, req, rep, COOKIE_BROWSER, v->browser_cookie,
			c->settings->session_lifetime_s);
	}
	return v->browser_cookie;
}

struct str form_token(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct form_request *request)
{
	const uint8_t *key = c->store->form_key;
	struct str secret = secret_of(c, req, rep);
	struct str token = form_token_of_browser(c->arena, key, secret);

	if (!request)
		return token;
	return str_printf(c->arena, "%.*s.%.*s", STR_ARG(token),
		STR_ARG(form_token_of_request(c->arena, key, secret, request)));
}

static bool is_good_for(
	struct context *c, struct str token, struct str secret, const struct form_request *request)
{
	const uint8_t *key = c->store->form_key;

	if (!str_is_set(secret) || token.n < PART_LEN ||
		(token.n > PART_LEN && token.p[PART_LEN] != '.'))
		return false;
	if (!ct_equal_str(
		    str_slice(token, 0, PART_LEN), form_token_of_browser(c->arena, key, secret)))
		return false;
	return !request || ct_equal_str(str_slice(token, PART_LEN + 1, token.n),
				   form_token_of_request(c->arena, key, secret, request));
}

bool form_token_is_good(struct context *c, struct str token, const struct form_request *request)
{
	const struct visit *v = c->visit;

	if (is_good_for(c, token, v->session_cookie, request))
		return true;
	return !v->signed_in && is_good_for(c, token, v->browser_cookie, request);
}

bool form_is_from_elsewhere(struct str sec_fetch_site, struct str origin, struct str own_origin)
{
	if (str_eq_nocase(sec_fetch_site, STR("cross-site")))
		return true;
	return str_has_text(origin) && !str_eq_c(origin, "null") &&
	       !str_eq_nocase(origin, own_origin);
}
