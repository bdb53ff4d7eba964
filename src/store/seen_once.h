/* What may be shown once: the jti of a client's assertion (RFC 7523 3) and of a DPoP proof (RFC
 * 9449 11.1). One table for all nodes; its unique key decides who was first. Only a hash is kept,
 * for as long as the thing could be shown again. */
#ifndef LLAVERO_STORE_SEEN_ONCE_H
#define LLAVERO_STORE_SEEN_ONCE_H

#include "store/store.h"

/* `kind` and `whose` keep apart what may be alike. DB_OK for the first, DB_NONE for all others
 * until `expires_at`. Needs a write transaction. */
enum db_status seen_once(
	struct store *s, const char *kind, struct str whose, struct str jti, int64_t expires_at);

#endif
