/* Families of refresh tokens. */
#ifndef LLAVERO_STORE_REFRESH_H
#define LLAVERO_STORE_REFRESH_H

#include "core/refresh_token.h"
#include "store/store.h"

struct family_fields {
	int64_t app_id, account_id;
	uint64_t grant_id, token_id; /* the access token that comes with it */
	struct str scopes;
	bool public_client; /* born without a client secret, so refreshed without one */
	int64_t expires_at;
	struct str bound; /* core/bound.h; or STR_NONE */
};

struct family {
	uint64_t id;
	int64_t app_id, account_id;
	uint64_t grant_id, token_id;
	struct str scopes, bound;
	bool public_client;
	int64_t generation, rotated_at, expires_at, killed_at;
	uint8_t current_hash[SHA256_LEN], previous_hash[SHA256_LEN];
	bool has_previous;
	int64_t grant_revoked_at, grant_epoch, account_suspended_at;
};

/* Starts a family; `text` receives its first refresh token. Its id is that of the access token it
 * begins with, so that what gave the token can end the family. */
enum db_status family_begin(
	struct store *s, const struct family_fields *f, char text[REFRESH_TEXT_LEN + 1]);
enum db_status family_read(struct store *s, struct arena *a, uint64_t id, struct family *out);
/* Moves the family from `generation` on to the token whose hash is given: exactly one caller of a
 * generation gets DB_OK, all others DB_NONE. */
enum db_status family_rotate(struct store *s, uint64_t id, int64_t generation,
	const uint8_t next_hash[SHA256_LEN], uint64_t token_id, int64_t expires_at);
/* The family whose live access token this is; DB_NONE when the token never expires. */
enum db_status family_of_token(struct store *s, uint64_t token_id, uint64_t *family_id);
/* Ends it, and its access token. DB_NONE: it was over already. */
enum db_status family_kill(struct store *s, uint64_t id, const char *by);

#endif
