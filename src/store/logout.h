/* Apps that have to be told that a session is over: OpenID Connect Back-Channel Logout. What is to
 * be told is written with the end of the session, in one transaction, and struck out when the app
 * has heard it: a crash loses nothing, and may tell twice. */
#ifndef LLAVERO_STORE_LOGOUT_H
#define LLAVERO_STORE_LOGOUT_H

#include "store/store.h"

struct logout {
	uint64_t id, session_id;
	int64_t app_id, account_id, created_at, tries;
	struct str client_id, metadata; /* of the app */
};

/* The app wants to be told of this session's end. */
enum db_status session_app_put(
	struct store *s, uint64_t session_id, int64_t app_id, int64_t account_id);
/* Queues one delivery for each row of a statement SESSION_APP_LIST...; for store/session.c. */
enum db_status logout_put(struct store *s, enum stmt list, const struct db_value *args, size_t n);
/* Up to `max` whose time has come. */
enum db_status logout_due(
	struct store *s, struct arena *a, size_t max, struct logout **out, size_t *n);
/* It will be tried again at `due_at`. */
enum db_status logout_try(struct store *s, uint64_t id, int64_t due_at);
enum db_status logout_done(struct store *s, uint64_t id);

#endif
