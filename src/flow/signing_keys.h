/* Changes of the server's signing keys: making, rotating, retiring, forgetting. core/key_life.h has
 * the rules. Making a key takes time, so its text is made before the transaction, and within it is
 * looked again whether it is still needed: of two nodes that rotate at once one does. */
#ifndef LLAVERO_FLOW_SIGNING_KEYS_H
#define LLAVERO_FLOW_SIGNING_KEYS_H

#include "core/jwk.h"
#include "flow/settings.h"
#include "store/signing_key.h"

/* Who changes keys, and by which rules. */
struct key_change {
	struct store *store;
	struct arena *arena;
	const struct settings *settings;
	struct str actor; /* for the security log of account 0: "housekeeping", "command line" */
};

/* The longest life of a token that is signed here. */
int64_t signing_token_lifetime(const struct settings *s);
struct key_policy signing_policy(const struct settings *s);

/* Adds the key that jwk_generate wrote to `text`, if the keys of `alg` need one (`asked`: if
 * somebody asks for a rotation). DB_NONE when they need none. In a write transaction. */
enum db_status signing_key_add(const struct key_change *c, enum jose_alg alg, const char *text,
	bool asked, struct signing_key *out);

/* What time asks for: successors, forgetting, deleting; with `first`, the first keys of
 * algorithms that have none. Makes transactions of its own. */
enum db_status signing_keys_tend(const struct key_change *c, bool first);

enum key_retired {
	KEY_RETIRE_DONE,
	KEY_RETIRE_UNKNOWN,  /* no such kid */
	KEY_RETIRE_TOO_LATE, /* it signs no more */
};
/* Ends a key. In order: it signs on until a successor may, or, when it has not signed yet, is
 * withdrawn. `leaked`: it counts for nothing from now on, and a successor signs at once. `spare` is
 * a key of the same algorithm from jwk_generate. In a write transaction; look at `*result` when
 * DB_OK. `out` is the key as it is then. */
enum db_status signing_key_retire(const struct key_change *c, struct str kid, bool leaked,
	const char *spare, enum key_retired *result, struct signing_key *out);
/* The key with this kid. DB_NONE: there is none. */
enum db_status signing_key_find(
	struct store *s, struct arena *a, struct str kid, struct signing_key *out);

#endif
