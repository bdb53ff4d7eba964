#include "flow/own_grant.h"

#include "store/audit.h"

enum step_result find_own_grant(
	struct context *c, const struct client *client, struct str scopes, struct grant *out)
{
	const struct app app = {.id = client->app_id, .epoch = client->epoch};
	bool created;
	enum db_status status = grant_read(c->store, c->arena, ACCOUNT_OF_APPS, &app, out);

	if (status == DB_NONE)
		status =
			grant_put(c->store, c->arena, ACCOUNT_OF_APPS, &app, scopes, out, &created);
	return context_failed(c, status) ? STEP_FAIL : STEP_NEXT;
}

bool note_token_for(
	struct context *c, const struct client *client, int64_t account_id, struct str scopes)
{
	struct app app;
	enum db_status status;

	if (account_id == ACCOUNT_OF_APPS)
		return true;
	status = app_by_id(c->store, c->arena, client->app_id, &app);
	if (status == DB_OK)
		status = audit_write(c->store, account_id, app.name, "oauth_access.create", app.id,
			scopes, c->remote);
	return !context_failed(c, status);
}
