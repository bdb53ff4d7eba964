/* What only explanations read: of whom a secret is, who ended a token, and when. No request that
 * goes well comes here. */
#ifndef LLAVERO_STORE_LOOK_H
#define LLAVERO_STORE_LOOK_H

#include "store/store.h"

struct look_secret {
	int64_t app_id, owner_id;
	struct str app_name, last_eight;
	int64_t created_at, revoked_at; /* 0: it is live */
};

struct look_token {
	int64_t app_id;
	struct str last_eight;
	int64_t created_at, expires_at, revoked_at, grant_revoked_at, app_suspended_at,
		account_suspended_at;            /* 0: not */
	struct str revoked_by, grant_revoked_by; /* "user", "evicted", ...; STR_NONE: nobody */
};

/* When something was ended, and by whom. */
struct look_end {
	int64_t at; /* 0: it was not */
	struct str by;
};

/* The secret of any app, live or revoked, by its text. DB_NONE: no app has it. */
enum db_status look_secret(
	struct store *s, struct arena *a, struct str text, struct look_secret *out);
enum db_status look_token(struct store *s, struct arena *a, uint64_t id, struct look_token *out);
enum db_status look_grant(struct store *s, struct arena *a, uint64_t id, struct look_end *out);
enum db_status look_family(struct store *s, struct arena *a, uint64_t id, struct look_end *out);
/* Has an object of this id been made here? Ids in codes and tokens that are none of ours are random
 * 48-bit numbers, so this tells them apart. False when the store fails. */
bool look_id_was_given(struct store *s, uint64_t id);
/* No id beyond this one has been given; 0 when the store fails. */
uint64_t look_last_id(struct store *s);

#endif
