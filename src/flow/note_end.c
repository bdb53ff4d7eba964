#include "flow/note_end.h"

#include "store/account.h"
#include "store/app.h"
#include "store/audit.h"

bool note_end(struct context *c, int64_t account_id, int64_t app_id, const char *action)
{
	struct app app;

	if (account_id == ACCOUNT_OF_APPS)
		return true;
	enum db_status status = app_by_id(c->store, c->arena, app_id, &app);

	if (status == DB_OK)
		status = audit_write(
			c->store, account_id, app.name, action, app.id, app.name, c->remote);
	return !context_failed(c, status);
}
