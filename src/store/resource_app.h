/* Which apps serve a resource: they may exchange tokens that are for it (RFC 8693). */
#ifndef LLAVERO_STORE_RESOURCE_APP_H
#define LLAVERO_STORE_RESOURCE_APP_H

#include "store/store.h"

/* DB_OK: this app serves it. DB_NONE: not. */
enum db_status resource_app_read(struct store *s, struct str identifier, int64_t app_id);
enum db_status resource_app_put(struct store *s, struct str identifier, int64_t app_id);
/* DB_NONE when it did not. */
enum db_status resource_app_delete(struct store *s, struct str identifier, int64_t app_id);

#endif
