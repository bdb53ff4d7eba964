/* Authorization requests that an app has pushed (RFC 9126) and that wait for their person. The
 * reference is a secret of which only the hash is kept. */
#ifndef LLAVERO_STORE_PUSHED_REQUEST_H
#define LLAVERO_STORE_PUSHED_REQUEST_H

#include "store/store.h"

struct pushed_request {
	int64_t app_id;
	struct str request; /* its parameters as a form; "" once it was answered */
	int64_t created_at, expires_at;
	int64_t opened_at, used_at; /* 0: not yet */
	bool fenced;                /* store_is_fenced */
};

/* Keeps `request` for `lifetime_s`; `*reference` has 256 random bits. Needs a write transaction. */
enum db_status pushed_request_create(struct store *s, struct arena *a, int64_t app_id,
	struct str request, int64_t lifetime_s, struct str *reference);
/* Also one that is over. DB_NONE: there is none of that reference, or it was cleared out. */
enum db_status pushed_request_read(
	struct store *s, struct arena *a, struct str reference, struct pushed_request *out);
/* A browser came with it, for the first time: it waits for another `open_s`. Needs a write
 * transaction. */
enum db_status pushed_request_open(struct store *s, struct str reference, int64_t open_s);
/* It is answered. DB_NONE: it was before. Needs a write transaction. */
enum db_status pushed_request_use(struct store *s, struct str reference);

/* How many wait, of this app or in all; counted up to `most`. */
enum db_status pushed_request_count_of_app(
	struct store *s, int64_t app_id, int64_t most, int64_t *n);
enum db_status pushed_request_count(struct store *s, int64_t most, int64_t *n);

#endif
