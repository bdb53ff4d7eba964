/* What lets programs register apps and manage them: initial access tokens (RFC 7591 3) and
 * registration access tokens (RFC 7592 1.3). Stored as hashes. */
#ifndef LLAVERO_STORE_REGISTRATION_H
#define LLAVERO_STORE_REGISTRATION_H

#include "store/app.h"

enum { REGISTRATION_TOKEN_LEN = 4 + CLIENT_SECRET_LEN }; /* "lri_" or "lrm_", and hex */

struct registration_token {
	uint64_t id;
	int64_t owner_id; /* whose its apps are; ACCOUNT_OF_APPS: nobody's */
	struct str owner_login, note;
	int64_t created_at, expires_at, revoked_at; /* 0: never, not */
	int64_t uses_left;                          /* -1: any number */
};

/* Makes an initial access token; `text` receives it, the only time. */
enum db_status registration_token_create(struct store *s, const struct registration_token *fields,
	uint64_t *id, char text[REGISTRATION_TOKEN_LEN + 1]);
/* The one whose text this is, however it is by now; DB_NONE: there is none. */
enum db_status registration_token_read(
	struct store *s, struct arena *a, struct str text, struct registration_token *out);
/* Up to `max` with ids above `after`. */
enum db_status registration_token_list(struct store *s, struct arena *a, uint64_t after, size_t max,
	struct registration_token **out, size_t *n);
/* Takes one use. DB_NONE: there was none left. */
enum db_status registration_token_use(struct store *s, const struct registration_token *t);
enum db_status registration_token_revoke(struct store *s, uint64_t id);

/* Gives the app a new registration access token in place of the one it had. */
enum db_status registration_access_renew(
	struct store *s, int64_t app_id, char text[REGISTRATION_TOKEN_LEN + 1]);
/* Is `text` the app's? DB_NONE: no. */
enum db_status registration_access_check(struct store *s, int64_t app_id, struct str text);

#endif
