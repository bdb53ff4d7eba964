/* Client secrets of apps that sign with them (client_secret_jwt, RFC 7518 3.2): a signature is
 * checked with the secret itself, so for these apps, and for no others, its text is kept beside its
 * hash, sealed (store/vault.h). An app that changes to this method needs a new secret. */
#ifndef LLAVERO_STORE_SEALED_SECRET_H
#define LLAVERO_STORE_SEALED_SECRET_H

#include "base/limits.h"
#include "store/store.h"

/* Keeps the text if the app is one of these; does nothing for others. */
enum db_status client_secret_keep(struct store *s, int64_t app_id, uint64_t id, struct str text);
/* Forgets the texts of an app that is none of these any more. */
enum db_status client_secret_forget(struct store *s, int64_t app_id);

struct sealed_secret {
	uint64_t id;
	int64_t used_at;
	struct str text;
};
/* The live ones that can be opened, newest first. */
enum db_status client_secrets_open(struct store *s, struct arena *a, int64_t app_id,
	struct sealed_secret out[LIMIT_SECRETS], size_t *n);

#endif
