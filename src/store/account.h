/* Accounts, their e-mail addresses and their sessions. */
#ifndef LLAVERO_STORE_ACCOUNT_H
#define LLAVERO_STORE_ACCOUNT_H

#include "store/store.h"

/* Whose tokens an app has for itself (RFC 6749 4.4). */
enum { ACCOUNT_OF_APPS = -1 };

struct account {
	int64_t id;
	struct str login, name;   /* name may be STR_NONE */
	struct str password_hash; /* STR_NONE: no password */
	bool site_admin;
	bool primary_verified; /* the primary e-mail address is verified */
	int64_t suspended_at;  /* 0: not */
	int64_t created_at, updated_at;
};

struct email {
	struct str address;
	bool primary, is_public;
	int64_t verified_at; /* 0: not */
};

struct session {
	uint64_t id;
	int64_t created_at, seen_at, expires_at;
	/* When somebody last proved who they are in it, how (core/acr.h), and how often; not in
	 * lists. */
	int64_t auth_time, auth_n;
	struct str amr;
	struct str address, user_agent; /* in lists only */
};

/* Makes an account with its primary address. `password_hash` may be STR_NONE. DB_CONFLICT when
 * the login or the address is taken: `*login_taken` tells which. */
enum db_status account_create(struct store *s, struct arena *a, struct str login, struct str name,
	struct str email, bool verified, struct str password_hash, bool site_admin,
	struct account *out, bool *login_taken);
enum db_status account_by_id(struct store *s, struct arena *a, int64_t id, struct account *out);
enum db_status account_by_login(
	struct store *s, struct arena *a, struct str login, struct account *out);
/* By login, or by any of its addresses when `text` has an '@'. */
enum db_status account_by_login_or_email(
	struct store *s, struct arena *a, struct str text, struct account *out);
/* Up to `max` accounts with ids above `after`, in order. */
enum db_status account_list(struct store *s, struct arena *a, int64_t after, size_t max,
	struct account **out, size_t *n);
enum db_status account_set_password(struct store *s, int64_t id, struct str password_hash);
enum db_status account_set_name(struct store *s, int64_t id, struct str name);
enum db_status account_set_suspended(struct store *s, int64_t id, bool suspended);
enum db_status account_set_admin(struct store *s, int64_t id, bool site_admin);
/* Deletes the account and all that is its own: addresses, sessions, second factor, security log,
 * apps, and organisations that it is alone in; those that others are in stay, though nobody may
 * run them any more. Its codes, tokens and grants are dead at once; store/sweep.h clears them out.
 */
enum db_status account_delete(struct store *s, struct arena *a, int64_t id);
/* Primary first. */
enum db_status email_list(
	struct store *s, struct arena *a, int64_t account_id, struct email **out, size_t *n);
/* DB_NONE when the account has no such unverified address. */
enum db_status email_verify(
	struct store *s, struct arena *a, int64_t account_id, struct str address);

struct session_fields {
	struct str address, user_agent;
	const char *amr; /* how somebody has just signed in: core/acr.h */
};

/* Begins a session; `cookie` receives its secret, which is stored as a hash only. */
enum db_status session_begin(struct store *s, int64_t account_id, int64_t lifetime_s,
	const struct session_fields *f, char cookie[SESSION_TEXT_LEN + 1]);
/* The same person has signed in once more: the session goes on, so that the apps that know it still
 * do, with another secret. DB_NONE when it has ended. */
enum db_status session_renew(struct store *s, uint64_t id, int64_t account_id, int64_t lifetime_s,
	const struct session_fields *f, char cookie[SESSION_TEXT_LEN + 1]);
/* The live session of a cookie and its account. DB_NONE when there is none: unknown, ended,
 * expired, or idle for longer than `idle_s`. */
enum db_status session_read(struct store *s, struct arena *a, struct str cookie, int64_t idle_s,
	struct session *out, struct account *account);
/* Has it neither been ended nor run out? */
enum db_status session_lives(struct store *s, uint64_t id, bool *lives);
enum db_status session_touch(struct store *s, uint64_t id, struct str address);
/* Ends it; the apps that it was used for are to be told (store/logout.h). */
enum db_status session_end(struct store *s, int64_t account_id, uint64_t id);
/* Ends all sessions of the account but `except` (0: all). */
enum db_status session_end_others(struct store *s, int64_t account_id, uint64_t except);
enum db_status session_list(struct store *s, struct arena *a, int64_t account_id, int64_t idle_s,
	struct session **out, size_t *n);

#endif
