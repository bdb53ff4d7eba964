#include "flow/revoke_credential.h"

#include "flow/check_token.h"
#include "flow/locate_token.h"
#include "store/audit.h"
#include "store/authorization.h"
#include "store/refresh.h"

static bool note(struct context *c, int64_t account_id, int64_t app_id, struct str text)
{
	/* The first characters say which kind it was; the last eight are shown elsewhere too. */
	struct str detail = str_printf(c->arena, "%.*s…%.*s", STR_ARG(str_slice(text, 0, 4)),
		STR_ARG(str_slice(text, text.n - 8, text.n)));

	return !context_failed(c, audit_write(c->store, account_id, STR("?"),
					  "oauth_access.reported", app_id, detail, c->remote));
}

static bool revoke_token(struct context *c, struct str text, uint64_t id)
{
	struct token row;
	enum db_status status = token_read_row(c->store, c->arena, text, id, &row);

	if (context_failed(c, status) || status == DB_NONE)
		return !c->failed;
	enum cause end = token_end_of(&row, store_now(c->store));

	/* A suspension may be lifted: what was reported is not to come back then. */
	if (end && end != CAUSE_TOKEN_APP_SUSPENDED && end != CAUSE_TOKEN_USER_SUSPENDED)
		return true;
	return !context_failed(c, authorization_end(c->store, id, "reported")) &&
	       note(c, row.account.id, row.app_id, text);
}

/* Any token of the family will do, since each was made here: a used one proves as well that it
 * leaked. */
static bool revoke_family(struct context *c, struct str text, uint64_t id)
{
	struct family f;
	enum db_status status = family_read(c->store, c->arena, id, &f);

	if (context_failed(c, status) || status == DB_NONE)
		return !c->failed;
	status = family_kill(c->store, id, "reported");
	if (context_failed(c, status) || status == DB_NONE)
		return !c->failed;
	return note(c, f.account_id, f.app_id, text);
}

bool revoke_credential(struct context *c, struct str text)
{
	struct refresh_parts parts;
	struct located located;
	enum cause fault = locate_token(c, text, &located);

	if (c->failed)
		return false;
	if (fault == CAUSE_NONE)
		return revoke_token(c, located.name, located.id);
	if (refresh_read(&c->store->refresh, text, &parts) == REFRESH_OK)
		return revoke_family(c, text, parts.family);
	return true;
}
