/* What was fetched from the servers of clients: client ID metadata documents, key sets, sector
 * identifiers. Only good ones are kept. */
#ifndef LLAVERO_STORE_REMOTE_DOCUMENT_H
#define LLAVERO_STORE_REMOTE_DOCUMENT_H

#include "store/store.h"

struct remote_document {
	struct str body;
	int64_t fetched_at, fresh_until;
};

enum db_status remote_document_get(
	struct store *s, struct arena *a, struct str url, struct remote_document *out);
enum db_status remote_document_put(
	struct store *s, struct str url, struct str body, int64_t fresh_s);
enum db_status remote_document_delete(struct store *s, struct str url);
enum db_status remote_document_purge(struct store *s, int64_t before, size_t batch);

#endif
