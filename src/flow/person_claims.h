/* Claims about a person, from the account: OpenID Connect Core 5.1. */
#ifndef LLAVERO_FLOW_PERSON_CLAIMS_H
#define LLAVERO_FLOW_PERSON_CLAIMS_H

#include "base/buf.h"
#include "core/openid_claims.h"
#include "flow/context.h"
#include "store/account.h"

/* Adds members to a JSON object that is open and has one already. `claims`: bits. What the account
 * does not have is left out. False after setting context.failed. */
bool person_claims_add(
	struct context *c, struct buf *b, const struct account *account, unsigned claims);

/* A text, a number, and a list of the names in a text, as further members. */
void claim_text(struct buf *b, const char *name, struct str value);
void claim_number(struct buf *b, const char *name, int64_t value);
void claim_names(struct buf *b, const char *name, struct str names);

#endif
