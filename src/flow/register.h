/* Registration of apps by programs: RFC 7591 3 (dynamic registration) and RFC 7592 2 (management).
 * Who may is the setting `registration`.
 *
 * An app that is registered with an initial access token belongs to the token's account, which
 * answers for it. One that is registered without a token, or with one that is nobody's, belongs to
 * nobody and is unverified: the consent page says so, refusals of it are told to the person and not
 * by redirect (assurance 21-10), and it goes when nobody uses it. */
#ifndef LLAVERO_FLOW_REGISTER_H
#define LLAVERO_FLOW_REGISTER_H

#include "core/client_metadata.h"
#include "flow/context.h"
#include "flow/fetch.h"
#include "store/registration.h"

struct registration {
	/* what was sent */
	struct str body;      /* JSON */
	struct str token;     /* of the Authorization header; STR_NONE: none */
	struct str client_id; /* of the path, for management */

	struct registration_token initial; /* id 0: none was sent */
	struct client_metadata metadata;
	struct metadata_verdict verdict; /* with a refusal for the metadata */
	struct app app;
	struct fetch sector; /* with STEP_ASK: to be fetched; later: what came of it */
	bool has_sector;
	size_t next; /* step */

	/* with STEP_DONE */
	char client_secret[CLIENT_SECRET_LEN + 1];     /* "": none was made */
	char access_token[REGISTRATION_TOKEN_LEN + 1]; /* for management */
	struct refusal refusal;                        /* with STEP_REFUSE */
};

/* Each needs a write transaction. STEP_ASK: run registration_work(r) on a job thread, and
 * call again with the same `r`. STEP_DONE: r->app is as it is now, r->metadata all that is
 * registered.
 */
void registration_work(void *r);
enum step_result register_client(struct context *c, struct registration *r);
enum step_result registration_show(struct context *c, struct registration *r);
/* Replaces everything: what is left out is as if it had never been there (RFC 7592 2.2). */
enum step_result registration_replace(struct context *c, struct registration *r);
/* The app, and all that anybody allowed it, is gone at once. */
enum step_result registration_delete(struct context *c, struct registration *r);

/* The names of the steps of register_client and registration_replace, for tests of their order. */
const char *register_step(size_t i);
const char *replace_step(size_t i);

#endif
