/* app create, list, show, edit, secret add/list/revoke, suspend, unsuspend, revoke-tokens,
 * transfer, delete; grant list, revoke. */
#ifndef LLAVERO_COMMAND_APP_H
#define LLAVERO_COMMAND_APP_H

#include <jansson.h>

#include "base/limits.h"
#include "command/user.h"
#include "store/app.h"
#include "store/metadata.h"

extern const struct flag app_create_flags[];
extern const struct flag app_list_flags[];
extern const struct flag app_edit_flags[];
extern const struct flag app_transfer_flags[];
extern const struct flag app_delete_flags[];
extern const struct flag grant_revoke_flags[];

int app_create_command(struct call *call);
int app_list_command(struct call *call);
int app_show(struct call *call);
int app_edit(struct call *call);
int app_secret_add_command(struct call *call);
int app_secret_list_command(struct call *call);
int app_secret_revoke_command(struct call *call);
int app_suspend(struct call *call);
int app_unsuspend(struct call *call);
int app_revoke_tokens_command(struct call *call);
int app_transfer(struct call *call);
int app_delete_command(struct call *call);
int grant_list_command(struct call *call);
int grant_revoke_command(struct call *call);

struct preset;

/* How an app is served by the standards, as the flags say; command/app_standard.c. */
#define FLAGS_STANDARD                                                                             \
	{"dialect", FLAG_LIST, false, "NAME",                                                      \
		"which requests it may make: github, standard, or both"},                          \
		{"profile", FLAG_TEXT, false, "NAME",                                              \
			"its set of policies: github, standard or strict"},                        \
		{"public", FLAG_SWITCH, false, NULL, "it has no secret (--auth-method none)"},     \
		{"auth-method", FLAG_TEXT, false, "METHOD",                                        \
			"how it proves itself, as RFC 7591 names it"},                             \
		{"jwks", FLAG_TEXT, false, "FILE", "its public keys, as a JWK set"},               \
		{"jwks-uri", FLAG_TEXT, false, "URL", "where its public keys are"},                \
		{"grant-type", FLAG_LIST, false, "TYPE",                                           \
			"what it may ask for tokens with; replaces all"},                          \
	{                                                                                          \
		"metadata", FLAG_TEXT, false, "FILE", "client metadata in JSON (RFC 7591)"         \
	}

/* What the flags change of it. */
struct app_standard {
	bool given; /* one of the flags is there */
	bool from_file;
	unsigned dialects;
	enum profile profile;
	struct client_metadata metadata;
};
/* Reads the flags over what `as_it_is` says. False: call->refusal says what is wrong. */
bool read_standard(struct call *call, struct app_standard *as_it_is);
/* {"dialects", "profile", "auth_method", "origin", "unverified", "metadata"} added to an app's;
 * metadata is null unless it was given any. */
void add_standard_json(json_t *json, struct arena *a, const struct app *app);
void tell_standard(struct arena *a, const struct app *app);

/* What a command does to one app, as the context of its transaction. */
struct app_work {
	struct call *call;
	struct app app;
	struct account to;
	struct app_fields fields;
	struct callback callbacks[LIMIT_CALLBACKS];
	size_t callbacks_n;
	struct app_standard standard;
	bool on, nothing_to_do;
	const struct preset *preset; /* app create --preset, or NULL */
	uint64_t secret_id;
	char secret[CLIENT_SECRET_LEN + 1];
};

/* The app with this client id; a refusal that names it when there is none. */
enum db_status find_app(struct call *call, struct str client_id, struct app *out);
/* Refuses when `owner` may not own one more app. */
enum db_status check_room_for_app(struct call *call, const struct account *owner);
/* {"id", "client_id", "name", "owner", "homepage", "suspended_at", "created_at"} */
json_t *app_json(struct arena *a, const struct app *app);
/* [{"id", "last_eight", "created_by", "created_at", "used_at"}] */
json_t *app_secrets_json(struct arena *a, const struct app_secret *secrets, size_t n);
/* [{"url", "wildcard"}] */
json_t *app_callbacks_json(struct arena *a, const struct callback *callbacks, size_t n);

#endif
