#include "rehearsal/scenario_sandbox.h"

#include "base/limits.h"
#include "core/easy_password.h"
#include "flow/sandboxes.h"

enum { LIFETIME_S = 3600 };

struct str scenario_sandbox_id(struct context *c)
{
	char *id = arena_alloc(c->arena, SANDBOX_ID_LEN + 1);

	easy_letters_make(c->random, id, SANDBOX_ID_LEN);
	return str_from(id);
}

/* Before anything new is there, so that nothing that is being staged can be ended. Those of an
 * owner have the same name; the list has the one that ends first before the others. */
static enum db_status make_room(struct context *c, struct str name, size_t wanted)
{
	struct sandbox *list;
	size_t n, own = wanted;
	enum db_status status = sandbox_list(c->store, c->arena, LIMIT_SANDBOXES, &list, &n);

	for (size_t i = 0; i < n && status == DB_OK; i++)
		own += str_eq(list[i].name, name);
	for (size_t i = 0; i < n && status == DB_OK && own > LIMIT_SCENARIO_APPS; i++) {
		if (!str_eq(list[i].name, name))
			continue;
		status = sandbox_delete(c->store, c->arena, &list[i]);
		atomic_store(&c->rehearsal->sweep, true);
		own--;
	}
	return status;
}

enum db_status scenario_sandbox_make(struct context *c, struct str id, int64_t owner_id,
	int64_t person_id, bool token_expiration, struct app *app,
	char secret[CLIENT_SECRET_LEN + 1])
{
	const struct callback callback = {STR("http://127.0.0.1/callback"), REDIRECT_EXACT};
	const struct app_fields fields = {
		.name = str_printf(c->arena, "Rehearsal %.*s", STR_ARG(id)),
		.homepage = c->settings->base_url,
		.device_flow = true,
		.token_expiration = token_expiration,
		.callbacks = &callback,
		.callbacks_n = 1};
	struct sandbox sandbox = {.id = id,
		.name = str_printf(c->arena, "scenarios of %lld", (long long)owner_id),
		.expires_at = store_now(c->store) + LIFETIME_S};
	/* The app of a scenario may need another beside it. */
	enum db_status status = make_room(c, sandbox.name, person_id ? 2 : 1);

	if (status == DB_OK)
		status = app_create(c->store, c->arena, owner_id, STR_NONE, &fields, app);
	if (status == DB_OK)
		sandbox.app_id = app->id;
	if (status == DB_OK)
		status = app_secret_add(c->store, app->id, owner_id, secret);
	if (status == DB_OK)
		status = sandbox_put(c->store, &sandbox, &person_id, person_id ? 1 : 0);
	if (status == DB_OK)
		sandboxes_note(c->rehearsal, sandbox.expires_at);
	return status;
}
