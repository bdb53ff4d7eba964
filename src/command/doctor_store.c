#include <string.h>
#include <unistd.h>

#include "command/doctor.h"
#include "core/redirect_uri.h"
#include "store/account.h"
#include "store/app.h"
#include "store/instance_keys.h"
#include "store/signing_key.h"

enum { APPS_A_TIME = 100 };

/* Codes on their way to such a callback can be read by whoever is on the way. */
static bool has_open_callback(const struct callback *callbacks, size_t n)
{
	bool open = false;

	for (size_t i = 0; i < n; i++)
		open = open || redirect_uri_is_plain_http(callbacks[i].uri);
	return open;
}

static enum db_status look_at_apps(struct checkup *c, struct store *s)
{
	struct arena *a = &c->call->arena;
	enum db_status status = DB_OK;
	struct str example = STR_NONE;
	size_t n = APPS_A_TIME, open = 0, many;
	int64_t after = 0;

	while (status == DB_OK && n == APPS_A_TIME) {
		struct callback *callbacks;
		struct app *apps;

		status = app_list(s, a, after, APPS_A_TIME, &apps, &n);
		for (size_t i = 0; status == DB_OK && i < n; i++) {
			after = apps[i].id;
			status = app_callbacks(s, a, apps[i].id, &callbacks, &many);
			if (status != DB_OK || !has_open_callback(callbacks, many))
				continue;
			open++;
			example = apps[i].client_id;
		}
	}
	if (open)
		found(c, FINDING_WARNING, "Ask their owners to use https there.",
			"%zu apps, such as %.*s, have callbacks with plain http: codes on their "
			"way there "
			"can be read",
			open, STR_ARG(example));
	return status;
}

static enum db_status look_at_people(struct checkup *c, struct store *s)
{
	struct account *first;
	size_t n;
	enum db_status status = account_list(s, &c->call->arena, 0, 1, &first, &n);

	if (status == DB_OK && n == 0)
		found(c, FINDING_NOTE, NULL, "nobody has an account yet: llavero user create");
	return status;
}

static enum db_status any_signing_key(struct checkup *c, struct store *s, bool *any)
{
	enum db_status status = DB_OK;
	struct signing_key *keys;
	size_t n;

	*any = false;
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && status == DB_OK && !*any; alg++) {
		status =
			signing_keys_list(s, &c->call->arena, (enum jose_alg)alg, false, &keys, &n);
		*any = status == DB_OK && n > 0;
	}
	return status;
}

/* What the private halves of signing keys are sealed with: does it lie beside them? */
static enum db_status look_at_keys(struct checkup *c, struct store *s)
{
	const struct settings *settings = &c->call->config.settings;
	struct instance_keys_state state;
	bool any;
	enum db_status status = any_signing_key(c, s, &any);

	if (status == DB_OK)
		status = instance_keys_look(s->db, &state);
	if (status != DB_OK)
		return status;
	if (state.form == INSTANCE_KEYS_OTHER)
		found(c, FINDING_PROBLEM, "Set vault_key_file to the file that holds it.",
			"its keys are sealed under the master key %s, which is not at hand",
			state.master);
	else if (state.form == INSTANCE_KEYS_OLD)
		found(c, FINDING_NOTE,
			"Run llavero vault seal; then vault_key_file_old is not needed any more.",
			"its keys are sealed under the old master key, %s", state.master);
	else if (state.form == INSTANCE_KEYS_OPEN && any && !settings->demo && !settings->rehearsal)
		found(c, FINDING_WARNING,
			"Make a master key: llavero vault create-key; name it in vault_key_file; "
			"llavero vault seal.",
			"the key that seals the signing keys lies beside them: who gets the "
			"database, or a back-up, can sign tokens");
	return DB_OK;
}

static void look_inside(struct checkup *c, struct db *db)
{
	struct store store = {.db = db, .random = &c->call->random, .clock = &c->call->clock};
	enum db_status status = look_at_people(c, &store);

	if (status == DB_OK)
		status = look_at_apps(c, &store);
	if (status == DB_OK)
		status = look_at_keys(c, &store);
	db_rollback(db);
	if (status != DB_OK)
		found(c, FINDING_PROBLEM, "Its log says why.", "the database cannot be read");
}

/* The password would be read by everybody who may list processes, and stand in the history. */
static void look_at_url(struct checkup *c)
{
	const char *url = c->call->config.database_url;
	const char *at = strstr(url, "://"), *host = at ? strchr(at + 3, '@') : NULL;
	const char *colon = host ? memchr(at + 3, ':', (size_t)(host - at - 3)) : NULL;

	if (colon && colon + 1 < host)
		found(c, FINDING_NOTE, NULL,
			"the password stands in the database's URL: have it in the environment or "
			"in "
			"~/.pgpass, not on a command line");
}

/* As if the settings asked for it: what would keep the server from starting? */
static void look_at_durability(struct checkup *c)
{
	const struct config *config = &c->call->config;
	struct db_options strict = config->database_options;
	char problem[256];

	if (strict.durability == DB_REQUIRE)
		return;
	strict.durability = DB_REQUIRE;
	db_configure(&strict);
	struct db *db = db_open(config->database_url, true, problem);

	db_configure(&config->database_options);
	if (!db)
		found(c, strstr(problem, "standby") ? FINDING_NOTE : FINDING_WARNING,
			"A used code would be fresh again, a revoked token live: see "
			"docs/failover.md.",
			"%s", problem);
	db_close(db);
}

void doctor_database(struct checkup *c)
{
	const char *url = c->call->config.database_url;
	char problem[256];
	const char *path = db_file_of(url);
	bool server = !path;

	if (path && access(path, F_OK) != 0) {
		found(c, FINDING_NOTE, NULL, "%s is not there yet; the first start makes it", path);
		return;
	}
	if (server)
		look_at_url(c);
	if (!config_load_master_key(&c->call->config, problem))
		found(c, FINDING_PROBLEM, NULL, "%s", problem);
	struct db *db = db_open(url, server, problem);

	if (!db) {
		found(c, FINDING_PROBLEM, NULL, "%s", problem);
		return;
	}
	int version = db_schema_version(db);

	if (version < 0)
		found(c, FINDING_PROBLEM, NULL, "the database cannot be read");
	else if (version == 0)
		found(c, FINDING_NOTE, NULL, "it is empty; the first start fills it");
	else if (!db_fits(db))
		found(c, FINDING_PROBLEM, "Use that llavero, or a newer one.",
			"it was brought to schema %d by a newer llavero", version);
	else
		look_inside(c, db);
	db_close(db);
	if (server)
		look_at_durability(c);
}
