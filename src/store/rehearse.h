/* What only rehearsals do to rows: making them older than they are, and forgetting them. */
#ifndef LLAVERO_STORE_REHEARSE_H
#define LLAVERO_STORE_REHEARSE_H

#include "store/store.h"

enum rehearsed { REHEARSED_CODE, REHEARSED_TOKEN, REHEARSED_FAMILY, REHEARSED_DEVICE };

/* As if it had been made `seconds` earlier. */
enum db_status rehearse_age(struct store *s, enum rehearsed what, uint64_t id, int64_t seconds);
/* As if it had been cleared away; not for device codes. */
enum db_status rehearse_forget(struct store *s, enum rehearsed what, uint64_t id);
/* Gives a code to another app, or to another redirect URI or PKCE challenge (STR_NONE: none). */
enum db_status rehearse_rebind_code(struct store *s, uint64_t id, int64_t app_id,
	struct str redirect_uri, struct str challenge);

#endif
