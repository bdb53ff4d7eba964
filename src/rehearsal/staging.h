/* The stage of a scenario: an app, a person, and a request that would go well if nothing were
 * changed. Everything is made by the flows that serve real requests. */
#ifndef LLAVERO_REHEARSAL_STAGING_H
#define LLAVERO_REHEARSAL_STAGING_H

#include "base/form.h"
#include "flow/context.h"
#include "store/grant.h"

enum { STAGED_PARAMS = 16 };

struct staged_request {
	const char *method;
	struct str path; /* of this server, without the query */
	/* Each STR_NONE when it is not sent. */
	struct str authorization, content_type, accept;
	struct params params; /* the query of a GET, else a form */
	struct str body;      /* in place of the form, when it is set */
};

/* Which request a scenario begins with. */
enum stage {
	STAGE_AUTHORIZE,
	STAGE_CODE,      /* the exchange of a code, without PKCE */
	STAGE_CODE_PKCE, /* ... with it */
	STAGE_REFRESH,
	STAGE_DEVICE, /* a device asks for codes */
	STAGE_POLL,   /* a device polls; nobody has decided yet */
	STAGE_API,    /* GET /api/v3/user with a token */
	STAGE_MANAGE, /* POST /api/v3/applications/:client_id/token */

	/* the standard edge */
	STAGE_OAUTH_AUTHORIZE, /* with PKCE */
	STAGE_OAUTH_PAR,       /* the same, pushed */
	STAGE_OAUTH_PUSHED,    /* the browser comes with what was pushed */
	STAGE_OAUTH_CODE,      /* the exchange of a code, without PKCE */
	STAGE_OAUTH_CODE_PKCE, /* ... with it */
	STAGE_OAUTH_REFRESH,
	STAGE_OAUTH_CLIENT, /* a token for the app itself */
	STAGE_OAUTH_DEVICE,
	STAGE_OAUTH_INTROSPECT,
	STAGE_OAUTH_REVOKE,
	STAGE_REGISTER,   /* POST /oauth2/register, with an initial access token */
	STAGE_REGISTERED, /* GET /oauth2/register/:client_id, with its token */
	STAGES,
};

struct staging {
	struct context *c;
	enum dialect edge;
	struct account owner, person;
	struct app app;
	char client_secret[CLIENT_SECRET_LEN + 1];
	struct str verifier, challenge;
	struct str code, token, refresh_token, device_code; /* of the stages that have them */
	uint64_t token_id, device_id, registration_id; /* the last: of an initial access token */
	char user_code[16];
	struct staged_request request;
};

/* Sets the stage. `owner` owns the app, so that somebody can read the explanation. c->failed is set
 * when it cannot be set. Needs a write transaction. */
bool stage_set(
	struct context *c, enum stage stage, const struct account *owner, struct staging *out);

/* For scenarios. Replaces or adds a parameter; STR_NONE takes it out. */
void stage_param(struct staging *s, const char *name, struct str value);
struct str stage_get(const struct staging *s, const char *name);
/* "Basic " and both halves. */
struct str stage_basic(struct staging *s, struct str user, struct str password);
/* Refreshes the pair as the app would, so that `refresh_token` is used up; the new one is returned,
 * "" when it fails. */
struct str stage_refresh(struct staging *s, struct str token);
/* The person decides about the device's codes. */
bool stage_decide(struct staging *s, bool allow);
/* The device polls, as it would. */
void stage_poll(struct staging *s);
/* A token that the app has for itself; "" when it fails. */
struct str stage_own_token(struct staging *s);
/* Keeps a request as if it had been pushed, of an app and for so long; its reference is what the
 * browser comes with. */
bool stage_pushed(struct staging *s, int64_t app_id, int64_t lifetime_s);
/* Which edge a stage's request goes to. */
enum dialect stage_edge(enum stage stage);
/* The whole request's query or body. */
struct str stage_query(struct arena *a, const struct staged_request *r);

#endif
