/* Fills a database for the bench: users, a grant of each to one app, tokens, and codes that wait
 * to be redeemed. Uses the store's own operations, so that what is measured is what runs.
 *
 *   fill DATABASE USERS TOKENS CODES REFRESH SAMPLE OUT
 *
 * Writes OUT/codes (CODES lines), OUT/refresh (REFRESH lines of refresh tokens), OUT/tokens (SAMPLE
 * lines of live tokens of random users), OUT/client ("id secret") and OUT/service, the same of an
 * app that gets tokens for itself. Makes two resources that read tokens themselves. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/grant.h"
#include "store/refresh.h"
#include "store/resource.h"

enum { LEASE = 65536, BATCH = 50000 };

struct fill {
	struct store store;
	struct random random;
	struct clock clock;
	struct arena arena;
	struct app app;
	uint64_t first_grant;
	long users, tokens, codes, refresh, sample;
	const char *out;
};

static void must(enum db_status status, const char *what)
{
	if (status == DB_OK)
		return;
	fprintf(stderr, "fill: %s failed (%d)\n", what, (int)status);
	exit(1);
}

/* Commits now and then, so that no transaction grows without end. */
static void tick(struct fill *f, long i)
{
	if (i % BATCH != 0)
		return;
	must(db_commit(f->store.db), "commit");
	db_maintain(f->store.db);
	must(db_begin_write(f->store.db), "begin");
	arena_reset(&f->arena);
}

static FILE *open_out(const struct fill *f, const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s", f->out, name);
	FILE *file = fopen(path, "w");

	if (!file)
		must(DB_FAILED, path);
	return file;
}

static void make_app(
	struct fill *f, struct str name, struct str metadata, const char *out, struct app *app)
{
	const struct callback callback = {STR("http://127.0.0.1/callback"), REDIRECT_EXACT};
	const struct app_fields fields = {.name = name,
		.homepage = STR("http://127.0.0.1/"),
		.callbacks = &callback,
		.callbacks_n = 1,
		.metadata = metadata};
	char secret[CLIENT_SECRET_LEN + 1];
	FILE *file = open_out(f, out);

	must(app_create(&f->store, &f->arena, 1, STR_NONE, &fields, app), "app");
	must(app_secret_add(&f->store, app->id, 1, secret), "secret");
	fprintf(file, "%.*s %s\n", STR_ARG(app->client_id), secret);
	fclose(file);
}

static void make_resources(struct fill *f)
{
	const struct resource resources[] = {{.identifier = STR("https://es256.example/"),
						     .name = STR("ES256"),
						     .form = TOKEN_JWT,
						     .alg = JOSE_ES256},
		{.identifier = STR("https://rs256.example/"),
			.name = STR("RS256"),
			.form = TOKEN_JWT,
			.alg = JOSE_RS256}};

	for (size_t i = 0; i < sizeof resources / sizeof resources[0]; i++)
		must(resource_create(&f->store, &resources[i]), "resource");
}

static void make_users(struct fill *f)
{
	char login[32], email[64];
	int64_t now = store_now(&f->store);

	for (long i = 1; i <= f->users; i++) {
		struct str l = {login, (size_t)snprintf(login, sizeof login, "user-%ld", i)};
		struct str e = {
			email, (size_t)snprintf(email, sizeof email, "user-%ld@example.com", i)};

		must(db_exec(f->store.db, STMT_ACCOUNT_INSERT,
			     DB_ARGS(DB_INT(i), db_text(l), db_text(l), DB_NULL, DB_NULL, DB_INT(0),
				     DB_INT(now)),
			     NULL),
			"account");
		must(db_exec(f->store.db, STMT_EMAIL_INSERT,
			     DB_ARGS(DB_INT(i), db_text(e), db_text(e), DB_INT(1), DB_INT(now),
				     DB_INT(now)),
			     NULL),
			"email");
		must(db_exec(f->store.db, STMT_ACCOUNT_SET_VERIFIED, DB_ARGS(DB_INT(i), DB_INT(1)),
			     NULL),
			"verified");
		tick(f, i);
	}
}

static void make_grants(struct fill *f)
{
	for (long i = 1; i <= f->users; i++) {
		struct grant grant;
		bool created;

		must(grant_put(&f->store, &f->arena, i, &f->app, STR("read:user user:email"),
			     &grant, &created),
			"grant");
		if (i == 1)
			f->first_grant = grant.id;
		tick(f, i);
	}
}

static long random_user(struct fill *f)
{
	return 1 + (long)random_below(&f->random, (uint32_t)f->users);
}

static void make_tokens(struct fill *f)
{
	FILE *file = open_out(f, "tokens");
	long every = f->sample && f->tokens > f->sample ? f->tokens / f->sample : 1;

	for (long i = 1; i <= f->tokens; i++) {
		char text[TOKEN_TEXT_LEN + 1];
		long user = random_user(f);
		const struct token_fields fields = {.app_id = f->app.id,
			.account_id = user,
			.grant_id = f->first_grant + (uint64_t)user - 1,
			.scopes = STR("read:user user:email")};
		uint64_t id;

		must(store_next_id(&f->store, &id), "id");
		must(token_issue(&f->store, id, &fields, text), "token");
		if (i % every == 0)
			fprintf(file, "%s\n", text);
		tick(f, i);
	}
	fclose(file);
}

static void make_codes(struct fill *f)
{
	FILE *file = open_out(f, "codes");

	for (long i = 1; i <= f->codes; i++) {
		char text[CODE_TEXT_LEN + 1];
		long user = random_user(f);
		uint64_t token_id;

		must(store_next_id(&f->store, &token_id), "id");
		const struct code_fields fields = {
			.app_id = f->app.id,
			.account_id = user,
			.grant_id = f->first_grant + (uint64_t)user - 1,
			.redirect_uri = STR("http://127.0.0.1/callback"),
			.scopes = STR("read:user user:email"),
			.challenge = STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
			.lifetime_s = 86400,
			.token_id = token_id,
		};

		must(code_issue(&f->store, &fields, text), "code");
		fprintf(file, "%s\n", text);
		tick(f, i);
	}
	fclose(file);
}

/* As they are after consent and exchange: a place in the grant, an access token, a family. */
static void make_refresh_tokens(struct fill *f)
{
	const struct str scopes = STR("read:user user:email");
	FILE *file = open_out(f, "refresh");
	int64_t expires_at = store_now(&f->store) + 86400;

	for (long i = 1; i <= f->refresh; i++) {
		char access[TOKEN_TEXT_LEN + 1], text[REFRESH_TEXT_LEN + 1];
		long user = random_user(f);
		uint64_t grant_id = f->first_grant + (uint64_t)user - 1;
		struct token_slot slot;

		must(token_slot_take(&f->store, &f->arena, grant_id, scopes, 0, 0, &slot), "place");
		const struct token_fields token = {.app_id = f->app.id,
			.account_id = user,
			.grant_id = grant_id,
			.scopes = scopes,
			.expires_at = expires_at};
		const struct family_fields family = {.app_id = f->app.id,
			.account_id = user,
			.grant_id = grant_id,
			.token_id = slot.token_id,
			.scopes = scopes,
			.expires_at = expires_at};

		must(token_issue(&f->store, slot.token_id, &token, access), "token");
		must(family_begin(&f->store, &family, text), "refresh token");
		arena_reset(&f->arena);
		fprintf(file, "%s\n", text);
		tick(f, i);
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	static struct fill f;
	struct app service;
	char problem[256];

	if (argc != 8 || !crypto_start()) {
		fprintf(stderr, "usage: fill DATABASE USERS TOKENS CODES REFRESH SAMPLE OUT\n");
		return 2;
	}
	f.users = strtol(argv[2], NULL, 10);
	f.tokens = strtol(argv[3], NULL, 10);
	f.codes = strtol(argv[4], NULL, 10);
	f.refresh = strtol(argv[5], NULL, 10);
	f.sample = strtol(argv[6], NULL, 10);
	f.out = argv[7];
	clock_init(&f.clock);
	random_init(&f.random);
	arena_init(&f.arena, 1 << 30);
	if (!store_open(&f.store, argv[1], true, &f.random, &f.clock, problem)) {
		fprintf(stderr, "fill: %s\n", problem);
		return 1;
	}
	f.store.lease = LEASE;
	must(db_begin_write(f.store.db), "begin");
	make_users(&f);
	make_app(&f, STR("Bench"), STR_NONE, "client", &f.app);
	make_app(&f, STR("Service"), STR("{\"scope\":\"read:user\"}"), "service", &service);
	make_resources(&f);
	make_grants(&f);
	make_tokens(&f);
	make_codes(&f);
	make_refresh_tokens(&f);
	must(db_commit(f.store.db), "commit");
	db_maintain(f.store.db);
	store_close(&f.store);
	arena_release(&f.arena);
	return 0;
}
