/* OAuth Apps: registration, callbacks, client secrets, transfer of ownership. */
#ifndef LLAVERO_STORE_APP_H
#define LLAVERO_STORE_APP_H

#include "core/profile.h"
#include "core/redirect_uri.h"
#include "store/store.h"

struct client_metadata; /* core/client_metadata.h */

struct app {
	int64_t id, owner_id;
	struct str owner_login, client_id, name, homepage, description; /* description: or NONE */
	bool device_flow;
	bool token_expiration; /* its tokens expire and come with a refresh token */
	unsigned dialects;     /* bits of enum dialect */
	enum profile profile;
	enum auth_method auth_method;
	struct str metadata; /* core/client_metadata.h; or STR_NONE */
	enum app_origin origin;
	bool unverified;    /* it registered itself: nobody answers for it */
	int64_t changed_at; /* it became another one without us; consent of before is asked again */
	int64_t epoch;      /* grants of an older epoch are dead */
	int64_t suspended_at; /* 0: not */
	int64_t created_at, updated_at;
};

struct callback {
	struct str uri;
	enum redirect_match_mode mode;
};

struct app_secret {
	uint64_t id;
	struct str last_eight, created_by; /* a login, or STR_NONE when that account is gone */
	int64_t created_at, used_at;       /* used_at 0: never */
};

/* What a new app is to be; texts must have passed core/account.h's checks. */
struct app_fields {
	struct str name, homepage, description;
	bool device_flow, token_expiration;
	const struct callback *callbacks;
	size_t callbacks_n;
	/* What must be unique of the name: STR_NONE is the name in lower case. Who registers by a
	 * program may have any name, and takes none away: app_own_name_key. */
	struct str name_key;
	/* For a new app only; app_set_service changes them. dialects 0: both. */
	unsigned dialects;
	enum profile profile;
	enum auth_method auth_method;
	struct str metadata;
	enum app_origin origin;
	bool unverified;
};

/* Registers an app. `client_id` is a fixed identifier for a preset, or STR_NONE for a fresh one.
 * DB_CONFLICT when the name is taken. */
enum db_status app_create(struct store *s, struct arena *a, int64_t owner_id, struct str client_id,
	const struct app_fields *fields, struct app *out);
enum db_status app_by_id(struct store *s, struct arena *a, int64_t id, struct app *out);
enum db_status app_by_client_id(
	struct store *s, struct arena *a, struct str client_id, struct app *out);
enum db_status app_list_of_owner(
	struct store *s, struct arena *a, int64_t owner_id, struct app **out, size_t *n);
/* Up to `max` apps with ids above `after`. */
enum db_status app_list(
	struct store *s, struct arena *a, int64_t after, size_t max, struct app **out, size_t *n);
/* Replaces the fields, callbacks included. DB_CONFLICT when the name is taken. */
enum db_status app_update(
	struct store *s, struct arena *a, int64_t id, const struct app_fields *fields);
/* How it is served, and how it proves itself. */
enum db_status app_set_service(struct store *s, int64_t id, unsigned dialects, enum profile profile,
	enum auth_method auth_method, struct str metadata);
/* It became another one: what users allowed it before is asked for again. */
enum db_status app_set_changed(struct store *s, int64_t id);
/* Somebody answers for it from now on. */
enum db_status app_set_verified(struct store *s, int64_t id);
/* A key for app_fields.name_key that no name collides with. */
struct str app_own_name_key(struct arena *a, struct str client_id);
/* How many apps registered themselves, counted up to `max`. */
enum db_status app_unverified_count(struct store *s, int64_t max, int64_t *n);
/* Deletes up to `batch` of those that have not changed since `before` and that nobody allows
 * anything. */
enum db_status app_delete_unused(struct store *s, int64_t before, size_t batch);
enum db_status app_set_suspended(struct store *s, int64_t id, bool suspended);
/* Every grant, code and token given to the app so far is dead at once. */
enum db_status app_revoke_tokens(struct store *s, int64_t id);
enum db_status app_delete(struct store *s, int64_t id);
enum db_status app_callbacks(
	struct store *s, struct arena *a, int64_t id, struct callback **out, size_t *n);

/* Adds a client secret; `text` receives it, the only time it is seen. */
enum db_status app_secret_add(
	struct store *s, int64_t app_id, int64_t created_by, char text[CLIENT_SECRET_LEN + 1]);
/* As above with a text that a preset fixes. */
enum db_status app_secret_add_fixed(
	struct store *s, int64_t app_id, int64_t created_by, struct str text);
/* The live ones, oldest first. */
enum db_status app_secret_list(
	struct store *s, struct arena *a, int64_t app_id, struct app_secret **out, size_t *n);
enum db_status app_secret_revoke(struct store *s, int64_t app_id, uint64_t secret_id);

/* Offers the app to another account, replacing an earlier offer. */
enum db_status app_transfer_offer(struct store *s, int64_t app_id, int64_t to_id);
/* The account an app is offered to; DB_NONE when it is not. */
enum db_status app_transfer_read(
	struct store *s, struct arena *a, int64_t app_id, int64_t *to_id, struct str *to_login);
/* Apps offered to this account. */
enum db_status app_transfer_list(
	struct store *s, struct arena *a, int64_t to_id, struct app **out, size_t *n);
/* Completes an offer: DB_NONE when the app is not offered to `to_id`. */
enum db_status app_transfer_accept(struct store *s, struct arena *a, int64_t app_id, int64_t to_id);
enum db_status app_transfer_cancel(struct store *s, int64_t app_id);

/* What client authentication needs: the app and every secret it ever had. */
struct client_secret {
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t used_at;
};
struct client {
	struct str client_id;
	int64_t app_id, epoch, suspended_at;
	bool token_expiration, device_flow;
	unsigned dialects;
	enum profile profile;
	enum auth_method auth_method;
	struct str metadata;
	struct client_secret *secrets; /* the live ones */
	size_t secrets_n;
	/* where client_metadata_of keeps what it has parsed; NULL: nowhere */
	const struct client_metadata **parsed;
};
enum db_status client_read(
	struct store *s, struct arena *a, struct str client_id, struct client *out);
/* Remembers that a secret was used; coarse, see flow/authenticate_client.c. */
enum db_status client_secret_used(struct store *s, int64_t app_id, uint64_t secret_id);

#endif
