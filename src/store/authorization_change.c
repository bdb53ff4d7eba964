#include "core/scope.h"
#include "store/authorization.h"
#include "store/refresh.h"

/* How long a place waits for its token at most: an authorization code's longest life (RFC 6749
 * 4.1.2), or a device code's. */
enum { PENDING_S = 1800 };

enum db_status authorization_reset(struct store *s, const struct authorization *token,
	enum token_kind kind, char text[TOKEN_TEXT_LEN + 1])
{
	uint8_t hash[SHA256_LEN];
	size_t changed;

	/* The row's number is in the text, masked with the secret: a new secret, a new text. */
	token_generate(s->random, &s->locator, kind, token->id, text);
	sha256((struct str){text, TOKEN_TEXT_LEN}, hash);
	enum db_status status = db_exec(s->db, STMT_TOKEN_RESET,
		DB_ARGS(DB_INT(token->id), DB_BYTES(hash, sizeof hash),
			db_text((struct str){text + TOKEN_TEXT_LEN - 8, 8}), DB_INT(store_now(s))),
		&changed);

	return status != DB_OK ? status : changed ? DB_OK : DB_NONE;
}

static enum db_status union_of_tokens(
	struct store *s, struct arena *a, uint64_t grant_id, struct scope_set *out)
{
	struct db_rows r;
	bool good = true;

	*out = (struct scope_set){{0}};
	db_query(&r, s->db, STMT_GRANT_TOKEN_SCOPES,
		DB_ARGS(DB_INT(grant_id), DB_INT(store_now(s) - PENDING_S)));
	while (good && db_next(&r)) {
		struct scope_set one;

		good = scope_read(db_str(&r, 0, a), &one);
		*out = scope_union(*out, one);
	}
	db_end(&r);
	return good ? r.status : DB_FAILED;
}

static enum db_status set_token_scopes(
	struct store *s, const struct authorization *token, struct str scopes)
{
	enum db_status status = db_exec(s->db, STMT_TOKEN_SET_SCOPES,
		DB_ARGS(DB_INT(token->id), db_text(scopes), DB_INT(store_now(s))), NULL);

	if (status == DB_OK)
		status = db_exec(s->db, STMT_GRANT_TOKEN_SET_SCOPES,
			DB_ARGS(DB_INT(token->grant_id), DB_INT(token->id), db_text(scopes)), NULL);
	if (status == DB_OK)
		status = db_exec(s->db, STMT_FAMILY_SET_SCOPES,
			DB_ARGS(DB_INT(token->id), db_text(scopes)), NULL);
	return status;
}

enum db_status authorization_set_scopes(
	struct store *s, struct arena *a, const struct authorization *token, struct str scopes)
{
	struct scope_set all;
	enum db_status status = set_token_scopes(s, token, scopes);

	if (status == DB_OK)
		status = union_of_tokens(s, a, token->grant_id, &all);
	if (status != DB_OK)
		return status;
	return db_exec(s->db, STMT_GRANT_SET_SCOPES,
		DB_ARGS(DB_INT(token->grant_id), db_text(scope_format(a, all, " ")),
			DB_INT(store_now(s))),
		NULL);
}

enum db_status authorization_set_notes(struct store *s, const struct authorization *token)
{
	return db_exec(s->db, STMT_TOKEN_SET_NOTES,
		DB_ARGS(DB_INT(token->id), db_text(token->note), db_text(token->note_url),
			db_text(token->fingerprint), DB_INT(store_now(s))),
		NULL);
}

enum db_status authorization_end(struct store *s, uint64_t token_id, const char *by)
{
	uint64_t family;
	enum db_status ended = token_revoke(s, token_id, by);

	if (ended != DB_OK)
		return ended;
	enum db_status status = family_of_token(s, token_id, &family);

	if (status == DB_OK)
		status = family_kill(s, family, by);
	return status == DB_NONE ? DB_OK : status;
}
