/* What access tokens may be for (RFC 8707): the resource servers that the operator has told us of,
 * and how tokens for them look. */
#ifndef LLAVERO_STORE_RESOURCE_H
#define LLAVERO_STORE_RESOURCE_H

#include "core/jose.h"
#include "store/store.h"

enum token_form {
	TOKEN_OPAQUE, /* means nothing to anybody but us: who gets it asks us (RFC 7662) */
	TOKEN_JWT,    /* RFC 9068 */
};

/* What a resource asks of how a person has signed in (RFC 9470). */
struct sign_in_wants {
	struct str acr_values; /* one of these classes will do; STR_NONE: any */
	int64_t max_age_s;     /* how long ago at most; -1: any */
};

struct resource {
	struct str identifier; /* an absolute URI without a fragment */
	struct str name;       /* for people */
	enum token_form form;
	enum jose_alg alg; /* of a JWT; JOSE_NO_ALG: the first that the server signs with */
	struct str scopes; /* the only ones that mean something there; STR_NONE: all do */
	struct sign_in_wants wants;
	bool listed; /* the server's metadata names it (RFC 9728) */
	int64_t created_at, updated_at;
};

/* "opaque", "jwt"; and back. */
const char *token_form_word(enum token_form form);
bool token_form_find(struct str word, enum token_form *out);

/* DB_CONFLICT when there is one of that identifier. */
enum db_status resource_create(struct store *s, const struct resource *r);
enum db_status resource_read(
	struct store *s, struct arena *a, struct str identifier, struct resource *out);
/* What the resource `identifier` asks of a sign-in; DB_NONE when it is not known. `slot` is where
 * the answer is kept for a second, below STORE_WANTS: a hot path asks. */
enum db_status resource_wants(struct store *s, struct arena *a, size_t slot, struct str identifier,
	struct sign_in_wants *out);
/* Is that answer there? Then resource_wants reads nothing, and needs no identifier. */
bool resource_wants_kept(const struct store *s, size_t slot);
/* Up to `max` whose identifiers come after `after`. */
enum db_status resource_list(struct store *s, struct arena *a, struct str after, size_t max,
	struct resource **out, size_t *n);
/* Those that are listed, the first `max` by identifier. */
enum db_status resource_list_told(
	struct store *s, struct arena *a, size_t max, struct resource **out, size_t *n);
/* All but the identifier. DB_NONE when there is none. */
enum db_status resource_update(struct store *s, const struct resource *r);
/* Tokens that were given for it live on until they end. */
enum db_status resource_delete(struct store *s, struct str identifier);

#endif
