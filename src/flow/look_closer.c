/* What the closers share. */
#include "flow/look_closer.h"

#include "base/limits.h"
#include "store/look.h"

enum { HASH_SHOWN = 6, LAST_SHOWN = 4 };

void look_add_other_app(
	struct context *c, struct refusal *r, int64_t app_id, int64_t owner_id, struct str name)
{
	struct app own;

	if (r->app_id && r->app_id != app_id &&
		app_by_id(c->store, c->arena, r->app_id, &own) == DB_OK && own.owner_id == owner_id)
		refusal_add(r, EVIDENCE_other_app, name);
}

void look_add_other_app_by_id(struct context *c, struct refusal *r, int64_t app_id)
{
	struct app other;

	if (app_by_id(c->store, c->arena, app_id, &other) == DB_OK)
		look_add_other_app(c, r, app_id, other.owner_id, other.name);
}

void look_add_age(struct context *c, struct refusal *r, int64_t at)
{
	if (!at)
		return;
	refusal_add_number(r, c->arena, EVIDENCE_age, store_now(c->store) - at);
	refusal_add_number(r, c->arena, EVIDENCE_at, at);
}

void look_add_by(struct refusal *r, struct str by)
{
	refusal_add(r, EVIDENCE_by, str_has_text(by) ? by : STR("unknown"));
}

void look_add_grant_end(struct context *c, struct refusal *r, uint64_t grant_id)
{
	struct look_end end;

	if (look_grant(c->store, c->arena, grant_id, &end) != DB_OK)
		return;
	/* A grant that was not revoked itself died with all of the app's. */
	look_add_by(r, end.at ? end.by : STR("owner"));
	look_add_age(c, r, end.at);
}

void look_add_length(struct context *c, struct refusal *r, struct str sent)
{
	refusal_add_number(r, c->arena, EVIDENCE_length, (int64_t)sent.n);
}

static bool is_separator(char c)
{
	return c == ' ' || c == ',';
}

void look_add_scope_length(struct context *c, struct refusal *r, struct str scope)
{
	int64_t names = 0;

	for (size_t i = 0; i < scope.n; i++)
		names += !is_separator(scope.p[i]) && (i == 0 || is_separator(scope.p[i - 1]));
	bool many = scope.n <= LIMIT_SCOPE_TEXT;

	refusal_add_number(r, c->arena, EVIDENCE_length, many ? names : (int64_t)scope.n);
	refusal_add_number(r, c->arena, EVIDENCE_most, many ? LIMIT_SCOPES : LIMIT_SCOPE_TEXT);
	refusal_add(r, EVIDENCE_unit, many ? STR("names") : STR("bytes"));
}

void look_add_hash_prefix(struct context *c, struct refusal *r, struct str text)
{
	uint8_t hash[SHA256_LEN];
	char hex[2 * SHA256_LEN + 1];

	sha256(text, hash);
	hex_encode(hash, sizeof hash, hex);
	refusal_add(r, EVIDENCE_hash_prefix, str_dup(c->arena, (struct str){hex, HASH_SHOWN}));
}

void look_add_last_four(struct refusal *r, struct str last_eight)
{
	size_t n = last_eight.n;

	refusal_add(r, EVIDENCE_last_four,
		str_slice(last_eight, n < LAST_SHOWN ? 0 : n - LAST_SHOWN, n));
}

static bool is_stray(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"' || c == '\'';
}

struct str look_stripped(struct str text)
{
	while (text.n && is_stray(text.p[0]))
		text = str_slice(text, 1, text.n);
	while (text.n && is_stray(text.p[text.n - 1]))
		text = str_slice(text, 0, text.n - 1);
	return text;
}
