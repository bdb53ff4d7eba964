/* Live tokens and grants as their user, or their app, looks at them and changes them: GitHub
 * reference 7.1 and 7.2, where a token is called an authorization. */
#ifndef LLAVERO_STORE_AUTHORIZATION_H
#define LLAVERO_STORE_AUTHORIZATION_H

#include "store/grant.h"

/* The app that personal access tokens belong to. */
enum { PERSONAL_APP = 0 };
#define PERSONAL_CLIENT_ID "00000000000000000000"

struct authorization {
	uint64_t id, grant_id; /* `id` is the token's */
	int64_t app_id, account_id;
	uint8_t hash[SHA256_LEN]; /* SHA-256 of the token's text */
	struct str last_eight, scopes;
	struct str note, note_url, fingerprint; /* each may be STR_NONE */
	int64_t created_at, updated_at;         /* the latest of made, changed and used */
	int64_t used_at, expires_at;            /* 0: never */
	struct str app_name, app_homepage, client_id;
};

/* The user's live token `id`; DB_NONE: there is none. */
enum db_status authorization_read(struct store *s, struct arena *a, int64_t account_id, uint64_t id,
	struct authorization *out);
/* The newest live token of a user for an app with this fingerprint; STR_NONE: without one. */
enum db_status authorization_find(struct store *s, struct arena *a, int64_t account_id,
	int64_t app_id, struct str fingerprint, struct authorization *out);
/* Is there a live personal access token of this note, other than `except`? DB_OK: there is. */
enum db_status authorization_find_note(
	struct store *s, int64_t account_id, struct str note, uint64_t except);
/* How many live tokens a user has, for one app only when `client_id` is set. */
enum db_status authorization_count(
	struct store *s, int64_t account_id, struct str client_id, size_t *n);
/* `max` of them from place `from` on, oldest first. */
enum db_status authorization_list(struct store *s, struct arena *a, int64_t account_id,
	struct str client_id, size_t from, size_t max, struct authorization **out, size_t *n);

/* Gives the token a new text; the old one is dead. DB_NONE: it was revoked. */
enum db_status authorization_reset(struct store *s, const struct authorization *token,
	enum token_kind kind, char text[TOKEN_TEXT_LEN + 1]);
/* Gives the token other scopes, space-joined; what it will be refreshed into gets them too. The
 * grant's scopes become the union of those of its tokens. */
enum db_status authorization_set_scopes(
	struct store *s, struct arena *a, const struct authorization *token, struct str scopes);
/* Writes note, note_url and fingerprint as they are in `token`. */
enum db_status authorization_set_notes(struct store *s, const struct authorization *token);
/* Ends the token, and the refresh token that came with it. DB_NONE: it was over already. */
enum db_status authorization_end(struct store *s, uint64_t token_id, const char *by);

/* A user's live grant to an app that is registered (personal access tokens are no such). */
struct listed_grant {
	uint64_t id;
	int64_t app_id;
	struct str scopes;
	int64_t created_at, updated_at;
	struct str app_name, app_homepage, client_id;
};

enum db_status listed_grant_count(
	struct store *s, int64_t account_id, struct str client_id, size_t *n);
enum db_status listed_grant_list(struct store *s, struct arena *a, int64_t account_id,
	struct str client_id, size_t from, size_t max, struct listed_grant **out, size_t *n);
enum db_status listed_grant_read(struct store *s, struct arena *a, int64_t account_id, uint64_t id,
	struct listed_grant *out);

/* The app of personal access tokens, for grant_put. */
struct app personal_app(void);

#endif
