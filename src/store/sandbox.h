/* Sandboxes: throw-away apps and users for a rehearsal, gone when their time is over. */
#ifndef LLAVERO_STORE_SANDBOX_H
#define LLAVERO_STORE_SANDBOX_H

#include "store/account.h"
#include "store/app.h"

enum { SANDBOX_ID_LEN = 8 };

struct sandbox {
	struct str id, name; /* name: or STR_NONE */
	int64_t app_id;
	struct str client_id; /* STR_NONE when somebody has deleted the app */
	int64_t created_at, expires_at;
	int64_t users; /* how many */
};

/* Remembers that an app and users belong together, until `sandbox->expires_at`. `client_id`,
 * `created_at` and `users` are not looked at. */
enum db_status sandbox_put(
	struct store *s, const struct sandbox *sandbox, const int64_t *account_ids, size_t n);
enum db_status sandbox_read(struct store *s, struct arena *a, struct str id, struct sandbox *out);
/* Up to `max` that live, in the order of their ends. */
enum db_status sandbox_list(
	struct store *s, struct arena *a, size_t max, struct sandbox **out, size_t *n);
/* Up to `max` that are over at `now`. */
enum db_status sandbox_list_due(
	struct store *s, struct arena *a, int64_t now, size_t max, struct sandbox **out, size_t *n);
/* How many live, counted up to `max`. */
enum db_status sandbox_count(struct store *s, int64_t max, int64_t *n);
/* When the next one ends; INT64_MAX when there is none. */
enum db_status sandbox_soonest(struct store *s, int64_t *expires_at);
/* Deletes it with its app and its users, and with what these have made meanwhile. */
enum db_status sandbox_delete(struct store *s, struct arena *a, const struct sandbox *sandbox);

#endif
