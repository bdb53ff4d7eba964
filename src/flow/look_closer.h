/* Finding out more about a refusal than the check that failed knows. The checks decide, quickly and
 * alike for whatever is wrong; these run afterwards, only when the refusal is to be kept for the
 * app's owner, so they may take their time. None changes anything. Each may replace the cause by
 * one of the same wire row. A store that fails leaves the refusal as it was. */
#ifndef LLAVERO_FLOW_LOOK_CLOSER_H
#define LLAVERO_FLOW_LOOK_CLOSER_H

#include "core/client_auth.h"
#include "flow/authorize.h"
#include "flow/check_token.h"
#include "flow/device_poll.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"

/* What was said of a client, and the client when it was found. */
struct look_client {
	const struct client_credentials *given;
	const struct client *client; /* app_id 0: not found */
};

/* Each with what `of` points to. */
refusal_closer look_at_client;    /* struct look_client */
refusal_closer look_at_client_id; /* struct str: at the authorization endpoint */
refusal_closer look_at_callbacks; /* struct authorize */
refusal_closer look_at_challenge; /* struct authorize */
refusal_closer look_at_code;      /* struct redeem */
refusal_closer look_at_verifier;  /* struct redeem */
refusal_closer look_at_refresh;   /* struct refresh */
refusal_closer look_at_device;    /* struct device_polling */
refusal_closer look_at_token;     /* struct checked_token, with its text */

/* What they share. The name of the other app is told only to an owner of both. */
void look_add_other_app(
	struct context *c, struct refusal *r, int64_t app_id, int64_t owner_id, struct str name);
void look_add_other_app_by_id(struct context *c, struct refusal *r, int64_t app_id);
/* "age" and "at" of a moment; nothing when it is 0. */
void look_add_age(struct context *c, struct refusal *r, int64_t at);
void look_add_by(struct refusal *r, struct str by);
void look_add_grant_end(struct context *c, struct refusal *r, uint64_t grant_id);
/* "length", "most" and "unit" of a scope parameter that is too long. */
void look_add_scope_length(struct context *c, struct refusal *r, struct str scope);
/* "length" of what was sent. */
void look_add_length(struct context *c, struct refusal *r, struct str sent);
/* "hash_prefix": six hex digits of the SHA-256. */
void look_add_hash_prefix(struct context *c, struct refusal *r, struct str text);
/* The last four of the last eight characters that are kept of a secret. */
void look_add_last_four(struct refusal *r, struct str last_eight);
/* `text` without spaces, line ends and quotes around it. */
struct str look_stripped(struct str text);

#endif
