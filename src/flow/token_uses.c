#include "flow/token_uses.h"

#include <string.h>

#include "store/grant.h"

void token_uses_add(struct token_uses *u, uint64_t token_id, int64_t now)
{
	size_t i = (size_t)(token_id * 0x9E3779B97F4A7C15U >> 40) % TOKEN_USES_MAX;

	while (u->ids[i] && u->ids[i] != token_id)
		i = (i + 1) % TOKEN_USES_MAX;
	if (!u->ids[i] && u->n == TOKEN_USES_FULL)
		return;
	u->n += !u->ids[i];
	u->ids[i] = token_id;
	u->at[i] = now;
}

enum db_status token_uses_write(struct token_uses *u, struct store *s)
{
	enum db_status status = DB_OK;

	for (size_t i = 0; i < TOKEN_USES_MAX && status == DB_OK; i++)
		if (u->ids[i])
			status = token_use_put(s, u->ids[i], u->at[i]);
	if (status == DB_OK)
		memset(u, 0, sizeof *u);
	return status;
}
