#include "server/demo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/easy_password.h"
#include "server/rehearse.h"
#include "server/secret_file.h"
#include "store/account.h"
#include "store/app.h"

#define DEMO_LOGIN "octocat"
#define DEMO_EMAIL "octocat@example.com"
#define DEMO_APP "Demo app"
#define SUSPENDED_APP "Suspended demo app"

struct demo {
	struct config *config;
	struct arena arena;
	json_t *known; /* demo.json of an earlier start, or an empty object */
	char path[1024];
	struct str callback;
	char password[EASY_PASSWORD_LEN + 1];
	struct account user;
	struct app apps[2];
	struct str secrets[2];
	char rehearsal_token[REHEARSAL_TOKEN_LEN + 1]; /* "": this is no rehearsal */
};

static struct str known_text(struct demo *d, const char *name)
{
	return str_from(json_string_value(json_object_get(d->known, name)));
}

static enum db_status put_user(struct store *s, struct demo *d)
{
	char hash[PASSWORD_HASH_LEN];
	bool login_taken;
	struct str known = known_text(d, "password");
	enum db_status status = account_by_login(s, &d->arena, STR(DEMO_LOGIN), &d->user);

	if (status == DB_OK && known.n == EASY_PASSWORD_LEN) {
		memcpy(d->password, known.p, EASY_PASSWORD_LEN);
		return DB_OK;
	}
	if (status != DB_OK && status != DB_NONE)
		return status;
	easy_password_make(s->random, d->password);
	if (!password_hash(str_from(d->password),
		    (unsigned long long)d->config->settings.argon2_passes,
		    (size_t)d->config->settings.argon2_memory_kib, hash))
		return DB_FAILED;
	if (status == DB_OK)
		return account_set_password(s, d->user.id, str_from(hash));
	return account_create(s, &d->arena, STR(DEMO_LOGIN), STR("Mona Octocat"), STR(DEMO_EMAIL),
		true, str_from(hash), false, &d->user, &login_taken);
}

static enum db_status find_app(struct store *s, struct demo *d, struct str client_id, int i)
{
	return str_has_text(client_id) ? app_by_client_id(s, &d->arena, client_id, &d->apps[i])
				       : DB_NONE;
}

/* The app that demo.json names, with the callback of this start's address; or a new one. */
static enum db_status put_app(struct store *s, struct demo *d, int i, struct str name,
	const char *id_key, const char *secret_key)
{
	const struct callback callback = {d->callback, REDIRECT_EXACT};
	const struct app_fields fields = {
		.name = name,
		.homepage = d->config->settings.base_url,
		.description = STR("The built-in demo client."),
		.callbacks = &callback,
		.callbacks_n = 1,
	};
	char secret[CLIENT_SECRET_LEN + 1];
	enum db_status status = find_app(s, d, known_text(d, id_key), i);

	if (status == DB_OK) {
		d->secrets[i] = known_text(d, secret_key);
		return app_update(s, &d->arena, d->apps[i].id, &fields);
	}
	if (status != DB_NONE)
		return status;
	status = app_create(s, &d->arena, d->user.id, STR_NONE, &fields, &d->apps[i]);
	if (status == DB_OK)
		status = app_secret_add(s, d->apps[i].id, d->user.id, secret);
	d->secrets[i] = str_dup(&d->arena, str_from(secret));
	return status;
}

/* Apps of a demo whose demo.json was lost: their names are taken and their secrets unknown. */
static enum db_status forget_lost_apps(struct store *s, struct demo *d)
{
	struct app *apps;
	size_t n;
	enum db_status status = DB_OK;

	if (json_object_size(d->known) > 0)
		return DB_OK;
	status = app_list_of_owner(s, &d->arena, d->user.id, &apps, &n);
	for (size_t i = 0; i < n && status == DB_OK; i++)
		if (str_eq_c(apps[i].name, DEMO_APP) || str_eq_c(apps[i].name, SUSPENDED_APP))
			status = app_delete(s, apps[i].id);
	return status;
}

static enum db_status put_all(struct store *s, void *context)
{
	struct demo *d = context;
	enum db_status status = put_user(s, d);

	if (status == DB_OK)
		status = forget_lost_apps(s, d);
	if (status == DB_OK)
		status = put_app(s, d, 0, STR(DEMO_APP), "client_id", "client_secret");
	if (status == DB_OK)
		status = put_app(s, d, 1, STR(SUSPENDED_APP), "suspended_client_id",
			"suspended_client_secret");
	return status == DB_OK ? app_set_suspended(s, d->apps[1].id, true) : status;
}

static bool write_file(struct demo *d)
{
	json_t *json = json_pack("{s:s%, s:s, s:s, s:s, s:s%, s:s%, s:s%, s:s%, s:s%, s:s*}",
		"base_url", d->config->settings.base_url.p, d->config->settings.base_url.n, "login",
		DEMO_LOGIN, "password", d->password, "email", DEMO_EMAIL, "client_id",
		d->apps[0].client_id.p, d->apps[0].client_id.n, "client_secret", d->secrets[0].p,
		d->secrets[0].n, "callback_url", d->callback.p, d->callback.n,
		"suspended_client_id", d->apps[1].client_id.p, d->apps[1].client_id.n,
		"suspended_client_secret", d->secrets[1].p, d->secrets[1].n, "rehearsal_token",
		*d->rehearsal_token ? d->rehearsal_token : NULL);
	bool good = secret_file_write(d->path, json);

	json_decref(json);
	return good;
}

static void fill_settings(struct demo *d)
{
	struct settings *s = &d->config->settings;
	struct arena *keep = &d->config->texts;

	s->demo_app.client_id = str_dup(keep, d->apps[0].client_id);
	s->demo_app.client_secret = str_dup(keep, d->secrets[0]);
	s->demo_app.suspended_client_id = str_dup(keep, d->apps[1].client_id);
	s->demo_app.suspended_client_secret = str_dup(keep, d->secrets[1]);
	s->demo_app.callback_url = str_dup(keep, d->callback);
}

bool demo_prepare(struct config *config, struct store *store, char problem[256])
{
	struct demo d = {.config = config};

	arena_init(&d.arena, 1 << 20);
	snprintf(d.path, sizeof d.path, "%s/demo.json", config->data);
	d.known = secret_file_read(d.path);
	if (config->settings.rehearsal)
		rehearsal_take_token(&config->settings, d.known, store->random, d.rehearsal_token);
	d.callback = str_printf(&d.arena, "%.*s/demo/callback", STR_ARG(config->settings.base_url));
	bool good = store_write(store, put_all, &d) == DB_OK;

	if (!good)
		snprintf(problem, 256, "the demo's user and apps cannot be made");
	else if (!(good = write_file(&d)))
		snprintf(problem, 256, "'%.200s' cannot be written", d.path);
	else
		fill_settings(&d);
	json_decref(d.known);
	arena_release(&d.arena);
	return good;
}
