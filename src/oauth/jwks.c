/* GET /oauth2/jwks: RFC 7517 5, RFC 8414 2 (jwks_uri), OpenID Discovery 3 (jwks_uri). Public keys
 * only, distinct kids, each with `alg` and `use`; rotation is core/key_life.h's. */
#include "oauth/jwks.h"

#include "core/key_life.h"
#include "flow/signing.h"
#include "oauth/oauth.h"

/* application/json: RFC 7517 8.5.2 names application/jwk-set+json, but strict clients (Spring,
 * older Microsoft ones) look for JSON's own name, and none minds it. */
static void answer(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str jwks;

	if (!signing_published(c, &jwks))
		return;
	http_reply(rep, 200, "application/json", jwks);
	http_add_etag(req, rep, false);
	http_header_str(req, rep, "Cache-Control",
		str_printf(req->arena, "public, max-age=%d", (int)KEY_JWKS_MAX_AGE_S));
	http_header(rep, "X-Content-Type-Options", "nosniff");
}

/* The first keys, made on a job thread: an answer without them would be kept. */
struct making {
	unsigned algs;
	bool failed;
	char texts[JOSE_ALGS][JWK_TEXT_MAX];
};

static void make(void *arg)
{
	struct making *m = arg;

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if ((m->algs & JOSE_BIT(alg)) && !jwk_generate((enum jose_alg)alg, m->texts[alg]))
			m->failed = true;
}

static void made(struct context *c, struct http_request *req, struct http_reply *rep, void *arg)
{
	struct making *m = arg;

	if (m->failed || !signing_add(c, m->texts))
		c->failed = true;
	else
		answer(c, req, rep);
}

void oauth_jwks(struct context *c, struct http_request *req, struct http_reply *rep)
{
	unsigned missing = signing_missing(c);

	if (c->failed)
		return;
	if (!missing) {
		answer(c, req, rep);
		return;
	}
	struct making *m = ARENA_NEW(req->arena, struct making);

	m->algs = missing;
	rep->job.work = make;
	rep->job.done = made;
	rep->job.arg = m;
}
