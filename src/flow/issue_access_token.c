#include "flow/issue_access_token.h"

#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "core/bound.h"
#include "flow/signing.h"
#include "flow/subject.h"

static void add_name(struct buf *b, const char *name)
{
	buf_add_char(b, b->n ? ',' : '{');
	buf_add_json(b, str_from(name));
	buf_add_char(b, ':');
}

static void add_text(struct buf *b, const char *name, struct str value)
{
	if (!str_has_text(value))
		return;
	add_name(b, name);
	buf_add_json(b, value);
}

static void add_number(struct buf *b, const char *name, int64_t value)
{
	if (!value)
		return;
	add_name(b, name);
	buf_addf(b, "%lld", (long long)value);
}

/* One is told as text, as most readers expect; several as a list (RFC 7519 4.1.3). */
static void add_audience(struct buf *b, const struct bound *bound, struct str resource)
{
	if (bound->resources_n < 2) {
		add_text(b, "aud", bound->resources_n ? bound->resources[0] : resource);
		return;
	}
	add_name(b, "aud");
	for (size_t i = 0; i < bound->resources_n; i++) {
		buf_add_char(b, i ? ',' : '[');
		buf_add_json(b, bound->resources[i]);
	}
	buf_add_char(b, ']');
}

static void add_list(struct buf *b, const char *name, struct str words)
{
	struct str word;
	char before = '[';

	if (!str_has_text(words))
		return;
	add_name(b, name);
	while (str_next(&words, ' ', &word)) {
		buf_add_char(b, before);
		buf_add_json(b, word);
		before = ',';
	}
	buf_add_char(b, ']');
}

/* RFC 9449 6.1, RFC 8705 3.1 */
static void add_confirmation(struct buf *b, const struct bound *bound)
{
	bool by_key = str_is_set(bound->jkt);
	struct str value = by_key ? bound->jkt : bound->x5t;

	if (!str_is_set(value))
		return;
	add_name(b, "cnf");
	buf_addf(b, "{\"%s\":", by_key ? "jkt" : "x5t#S256");
	buf_add_json(b, value);
	buf_add_char(b, '}');
}

/* What is worked on. */
struct making {
	const struct access_token_request *q;
	struct bound bound;
	struct resource resource; /* form TOKEN_OPAQUE: opaque */
	struct str subject;       /* of a JWT */
};

/* RFC 9068 2.2 */
static struct str payload_of(
	struct context *c, const struct making *m, const char *jti, int64_t issued_at)
{
	const struct bound *bound = &m->bound;
	const struct access_token_request *q = m->q;
	const struct token_fields *f = q->fields;
	struct buf b;

	buf_init(&b, c->arena, LIMIT_JWS);
	add_text(&b, "iss", c->settings->base_url);
	add_text(&b, "sub", m->subject);
	add_audience(&b, bound, m->resource.identifier);
	add_number(&b, "exp", f->expires_at);
	add_number(&b, "iat", issued_at);
	add_text(&b, "jti", str_from(jti));
	add_text(&b, "client_id", q->client_id);
	add_text(&b, "scope", f->scopes);
	add_confirmation(&b, bound);
	/* RFC 8693 4.1 */
	if (str_is_set(bound->actor)) {
		add_name(&b, "act");
		buf_add(&b, bound->actor);
	}
	/* 9068-05: of the sign-in, however often the token has been refreshed since */
	add_number(&b, "auth_time", bound->auth_time);
	add_text(&b, "acr", bound->acr);
	add_list(&b, "amr", bound->amr);
	/* RFC 9396 9.1 */
	if (str_is_set(bound->details)) {
		add_name(&b, "authorization_details");
		buf_add(&b, bound->details);
	}
	buf_add_char(&b, '}');
	return b.overflow ? STR_NONE : buf_str(&b);
}

/* RFC 8707: how the token looks follows from what it is for. A resource that was deleted since gets
 * an opaque token, which nobody but us can take for anything. */
static bool find_form(struct context *c, struct making *m)
{
	struct resource one;

	if (m->q->resource)
		m->resource = *m->q->resource;
	for (size_t i = 0; !m->q->resource && i < m->bound.resources_n; i++) {
		enum db_status status =
			resource_read(c->store, c->arena, m->bound.resources[i], &one);

		if (context_failed(c, status))
			return false;
		if (status == DB_NONE || one.form == TOKEN_OPAQUE) {
			m->resource.form = TOKEN_OPAQUE;
			return true;
		}
		if (i == 0)
			m->resource = one;
	}
	return true;
}

static bool begin(struct context *c, const struct access_token_request *q, struct making *m)
{
	*m = (struct making){.q = q};
	c->failed = !bound_read(c->arena, q->fields->bound, &m->bound);
	if (c->failed || !find_form(c, m))
		return false;
	/* The same name as elsewhere: OpenID Connect Core 8, 9068-04. */
	return m->resource.form != TOKEN_JWT ||
	       subject_of_token(c, q->client_id, q->fields->account_id, &m->subject);
}

static bool sign(struct context *c, const struct making *m, const char *jti, int64_t issued_at,
	struct str *text)
{
	enum jose_alg alg = m->resource.alg;
	struct str payload = payload_of(c, m, jti, issued_at);

	if (!(c->settings->signing_algs & JOSE_BIT(alg)))
		alg = c->settings->signing_default;
	c->failed = !str_is_set(payload);
	return !c->failed && sign_jwt(c, alg, "at+jwt", payload, text);
}

bool issue_access_token(struct context *c, const struct access_token_request *q, struct str *text)
{
	char *out = arena_alloc(c->arena, TOKEN_NAME_LEN + 1);
	uint8_t secret[TOKEN_SECRET_LEN];
	struct making m;

	if (!begin(c, q, &m))
		return false;
	bool jwt = m.resource.form == TOKEN_JWT;

	if (q->secret)
		memcpy(secret, q->secret, sizeof secret);
	else
		random_bytes(c->store->random, secret, sizeof secret);
	enum db_status status = jwt ? token_issue_named(c->store, q->id, q->fields, secret, out)
				    : token_issue_as(c->store, q->id, q->fields, secret, out);

	wipe(secret, sizeof secret);
	*text = str_from(out);
	if (context_failed(c, status))
		return false;
	return !jwt || sign(c, &m, out, store_now(c->store), text);
}

bool repeat_access_token(struct context *c, const struct access_token_request *q, int64_t issued_at,
	struct str *text)
{
	char *out = arena_alloc(c->arena, TOKEN_NAME_LEN + 1);
	struct making m;

	if (!begin(c, q, &m))
		return false;
	bool jwt = m.resource.form == TOKEN_JWT;

	if (jwt)
		token_name_write(&c->store->locator, q->id, q->secret, out);
	else
		token_write(&c->store->locator, q->fields->kind, q->id, q->secret, out);
	*text = str_from(out);
	return !jwt || sign(c, &m, out, issued_at, text);
}
