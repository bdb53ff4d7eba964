/* Grants, authorization codes and access tokens. */
#ifndef LLAVERO_STORE_GRANT_H
#define LLAVERO_STORE_GRANT_H

#include "store/account.h"
#include "store/app.h"

struct grant {
	uint64_t id;
	int64_t app_epoch;
	struct str scopes; /* space-joined, normalised */
	int64_t created_at, updated_at;
	struct str details; /* RFC 9396: what was agreed to last, a JSON array; or STR_NONE */
};

/* A row of "Authorized apps". */
struct granted_app {
	struct app app;
	struct str scopes;
	int64_t created_at, updated_at;
};

/* The live grant of a user to an app; DB_NONE when there is none, or it is of an older epoch. */
enum db_status grant_read(struct store *s, struct arena *a, int64_t account_id,
	const struct app *app, struct grant *out);
/* Makes the grant with `scopes`, or gives the live one these scopes. `*created` tells which. */
enum db_status grant_put(struct store *s, struct arena *a, int64_t account_id,
	const struct app *app, struct str scopes, struct grant *out, bool *created);
/* The user has agreed to these authorization details. */
enum db_status grant_set_details(struct store *s, const struct grant *g, struct str details);
/* The user has agreed once more, to an app that changed. */
enum db_status grant_confirm(struct store *s, const struct grant *g);
/* Revokes it with every token and code; `by`: "user", "owner", "operator". DB_NONE: not live. */
enum db_status grant_revoke(struct store *s, int64_t account_id, int64_t app_id, const char *by);
/* Revokes all of an account's grants. */
enum db_status grant_revoke_all(struct store *s, int64_t account_id, const char *by);
enum db_status grant_list(
	struct store *s, struct arena *a, int64_t account_id, struct granted_app **out, size_t *n);
/* How many users have a live grant to the app, counted up to `max`. */
enum db_status grant_count(struct store *s, const struct app *app, int64_t max, int64_t *n);

struct code_fields {
	int64_t app_id, account_id;
	uint64_t grant_id;
	struct str redirect_uri; /* where the answer goes, sent or implied */
	struct str scopes;       /* space-joined */
	struct str challenge;    /* STR_NONE: no PKCE */
	int64_t lifetime_s;
	uint64_t token_id;       /* what the code will give, and */
	uint64_t evict_token_id; /* what that pushes out; 0: nothing (token_slot_take) */
	bool offline;            /* an expiring token with a refresh token was asked for */
	struct str bound;        /* core/bound.h; or STR_NONE */
};

/* A code as it was issued, with the state of what it hangs on. */
struct code {
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t app_id, account_id;
	uint64_t grant_id;
	struct str redirect_uri, scopes, challenge;
	int64_t created_at, expires_at;
	int64_t consumed_at;                   /* 0: not yet */
	struct str consumed_by, consumed_from; /* a request id, and the address it came from */
	uint64_t token_id;                     /* what it gives or gave */
	uint64_t evict_token_id;
	bool offline;
	struct str bound;
	int64_t grant_revoked_at, grant_epoch, account_suspended_at;
	bool account_verified;
	bool fenced; /* store_is_fenced */
};

enum db_status code_issue(
	struct store *s, const struct code_fields *f, char text[CODE_TEXT_LEN + 1]);
/* The row at `id`; the caller compares the hash. */
enum db_status code_read_row(struct store *s, struct arena *a, uint64_t id, struct code *out);
/* Takes the code: exactly one caller gets DB_OK, all others DB_NONE (RFC 6749 4.1.2). */
enum db_status code_consume(
	struct store *s, uint64_t id, struct str request_id, struct str address);

struct token_fields {
	enum token_kind kind;
	int64_t app_id, account_id;
	uint64_t grant_id;
	struct str scopes;
	int64_t expires_at;                     /* 0: never */
	struct str note, note_url, fingerprint; /* STR_NONE: none */
	struct str bound;                       /* core/bound.h; or STR_NONE */
	uint64_t from_token_id; /* what it was exchanged for, and ends with; 0: nothing */
};

/* A token with the state of everything that can end it. */
struct token {
	uint64_t id;
	int64_t app_id;
	struct str scopes;
	struct str bound; /* core/bound.h; or STR_NONE */
	uint64_t from_token_id;
	int64_t created_at, expires_at, revoked_at, grant_revoked_at; /* 0: not */
	int64_t grant_epoch, app_epoch, app_suspended_at;
	struct str client_id;
	enum profile profile; /* of the app */
	struct account account;
};

/* Makes the token of row `id` (from store_next_id); `text` receives it, the only time. */
enum db_status token_issue(
	struct store *s, uint64_t id, const struct token_fields *f, char text[TOKEN_TEXT_LEN + 1]);
/* The same with the secret that the caller derived. */
enum db_status token_issue_as(struct store *s, uint64_t id, const struct token_fields *f,
	const uint8_t secret[TOKEN_SECRET_LEN], char text[TOKEN_TEXT_LEN + 1]);
/* The same for a token that is a JWT: its row has the hash of its jti (core/token_format.h). */
enum db_status token_issue_named(struct store *s, uint64_t id, const struct token_fields *f,
	const uint8_t secret[TOKEN_SECRET_LEN], char jti[TOKEN_NAME_LEN + 1]);
/* The row `id` that token_read found in `text`, when its hash matches; DB_NONE otherwise. Whether
 * it is still good is the caller's question (flow/check_token.h). */
enum db_status token_read_row(
	struct store *s, struct arena *a, struct str text, uint64_t id, struct token *out);
/* The row `id`, whatever text it had. */
enum db_status token_read_id(struct store *s, struct arena *a, uint64_t id, struct token *out);
enum db_status token_revoke(struct store *s, uint64_t id, const char *by);

/* A place among the tokens of a grant, taken when the person agrees: the exchange that comes later
 * then writes nothing but the token. */
struct token_slot {
	uint64_t token_id;       /* of the token to be */
	uint64_t evict_token_id; /* the one it pushes out; 0: none */
	int64_t recent;          /* taken in the last hour for the same scopes, this one included */
};
/* `limit` is how many tokens of the same scopes may live at once, 0 for any number; `pending_s`
 * how long a place may wait for its token. GitHub reference section 9. */
enum db_status token_slot_take(struct store *s, struct arena *a, uint64_t grant_id,
	struct str scopes, int64_t limit, int64_t pending_s, struct token_slot *out);
/* How many places of these scopes were taken in the last hour. */
enum db_status token_slots_recent(
	struct store *s, struct arena *a, uint64_t grant_id, struct str scopes, int64_t *n);

/* Gives a place to the token that takes over from the one it had. */
enum db_status token_slot_move(struct store *s, uint64_t grant_id, uint64_t from, uint64_t to);

/* Remembers that a token was used at `at`, to the day. */
enum db_status token_use_put(struct store *s, uint64_t id, int64_t at);
/* When it was last used; 0: never. */
enum db_status token_use_get(struct store *s, uint64_t id, int64_t *used_at);

#endif
