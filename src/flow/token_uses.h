/* Which tokens were used lately. Reading a token must not write, so uses are gathered here, a set
 * for each worker, and written together now and then, to the day. */
#ifndef LLAVERO_FLOW_TOKEN_USES_H
#define LLAVERO_FLOW_TOKEN_USES_H

#include "store/store.h"

enum { TOKEN_USES_MAX = 4096, TOKEN_USES_FULL = TOKEN_USES_MAX / 2 };

struct token_uses {
	uint64_t ids[TOKEN_USES_MAX]; /* open addressing; 0: free */
	int64_t at[TOKEN_USES_MAX];   /* when each was used last */
	size_t n;
};

/* Notes one use at `now`. When the set is full a use is forgotten: another will come. */
void token_uses_add(struct token_uses *u, uint64_t token_id, int64_t now);
/* Writes them all and, when that went well, empties the set. Needs a write transaction. */
enum db_status token_uses_write(struct token_uses *u, struct store *s);

#endif
