/* Tokens and grants as the API shows them: GitHub reference 7.1 and 7.2. */
#ifndef LLAVERO_GITHUB_AUTHORIZATION_OBJECT_H
#define LLAVERO_GITHUB_AUTHORIZATION_OBJECT_H

#include "github/api.h"
#include "store/authorization.h"

/* As an app sees a token of its own, in the recorded order of keys. `text` is the token itself. */
void github_add_app_authorization(struct buf *b, struct context *c, const struct authorization *t,
	struct str text, const struct account *user);
/* As the user sees it. `text` is the token just after it was made, else "". */
void github_add_authorization(
	struct buf *b, struct context *c, const struct authorization *t, struct str text);
/* A grant in a list of the user's. */
void github_add_grant(struct buf *b, struct context *c, const struct listed_grant *g);
/* BASE/api/v3/authorizations/ID */
struct str github_authorization_url(struct context *c, uint64_t id);

#endif
