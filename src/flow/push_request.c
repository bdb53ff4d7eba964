#include "flow/push_request.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "flow/authenticate_client.h"
#include "flow/authorize_parameters.h"
#include "flow/check_proof.h"
#include "flow/pushed_request.h"
#include "store/pushed_request.h"

static enum step_result refuse(struct pushed *p, enum cause cause)
{
	p->refusal.cause = cause;
	return STEP_REFUSE;
}

/* RFC 9126 2: "the rules for client authentication as defined in [RFC6749] for token endpoint
 * requests ... also apply". */
static enum step_result authenticate(struct context *c, struct pushed *p)
{
	return authenticate_client(c, &p->request->credentials, &p->client, &p->refusal);
}

/* RFC 9126 2.1: "The request_uri authorization request parameter ... MUST NOT be provided". */
static enum step_result refuse_nested(struct context *c, struct pushed *p)
{
	(void)c;
	authorize_parameters(p->request->params, &p->asked);
	p->asked.client_id = p->request->credentials.client_id;
	return str_is_set(p->asked.request_uri) ? refuse(p, CAUSE_PUSH_NESTED) : STEP_NEXT;
}

/* RFC 9126 2.3: 429. Whoever knows the id of a public client can push in its name, so that one
 * app must not take the room of others. */
static enum step_result check_room(struct context *c, struct pushed *p)
{
	int64_t of_app, all;

	if (context_failed(c, pushed_request_count_of_app(
				      c->store, p->client.app_id, LIMIT_PUSHED_PER_APP, &of_app)) ||
		context_failed(c, pushed_request_count(c->store, LIMIT_PUSHED, &all)))
		return STEP_FAIL;
	if (of_app < LIMIT_PUSHED_PER_APP && all < LIMIT_PUSHED)
		return STEP_NEXT;
	refusal_add_number(&p->refusal, c->arena, EVIDENCE_most,
		of_app < LIMIT_PUSHED_PER_APP ? LIMIT_PUSHED : LIMIT_PUSHED_PER_APP);
	return refuse(p, CAUSE_PUSH_TOO_MANY);
}

/* RFC 9449 10.1 */
static enum step_result check_proof_of_key(struct context *c, struct pushed *p)
{
	const struct proof_request proof = {.shown = &p->request->credentials.shown,
		.access_token = STR_NONE,
		.profile = p->client.profile};

	p->shown_jkt = STR_NONE;
	return str_is_set(proof.shown->dpop) ? check_proof(c, &proof, &p->shown_jkt, &p->refusal)
					     : STEP_NEXT;
}

/* RFC 9126 2.1 (3): "validate the pushed request as it would an authorization request sent to the
 * authorization endpoint". */
static enum step_result check_request(struct context *c, struct pushed *p)
{
	struct authorize *a = &p->authorize;

	*a = (struct authorize){.request = &p->asked,
		.pushed = true,
		.shown_jkt = p->shown_jkt,
		.bound = {.standard = true}};
	enum step_result result = authorize_check(c, a);

	if (result == STEP_REFUSE) {
		a->refusal.proven = p->refusal.proven;
		p->refusal = a->refusal;
	}
	return result;
}

/* Who the client is was proven; how is nobody's business any more. */
static bool is_kept(struct str name)
{
	static const char *const others[] = {"client_id", "client_secret", "client_assertion",
		"client_assertion_type", "request", "dpop_jkt"};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (str_eq_c(name, others[i]))
			return false;
	return true;
}

static void add(struct buf *b, struct str name, struct str value)
{
	if (!str_has_text(value))
		return;
	if (b->n)
		buf_add_char(b, '&');
	buf_add_form(b, name);
	buf_add_char(b, '=');
	buf_add_form(b, value);
}

/* The first step with an effect; RFC 9126 2.2. */
static enum step_result keep(struct context *c, struct pushed *p)
{
	const struct authorize *a = &p->authorize;
	const struct params *sent = a->object ? a->object : p->request->params;
	struct str reference;
	struct buf b;

	buf_init(&b, c->arena, REWRITTEN_BODY);
	for (size_t i = 0; i < sent->n; i++)
		if (is_kept(sent->v[i].name))
			add(&b, sent->v[i].name, sent->v[i].value);
	add(&b, STR("dpop_jkt"), a->bound.jkt);
	if (context_failed(
		    c, pushed_request_create(c->store, c->arena, p->client.app_id, buf_str(&b),
			       c->settings->pushed_request_lifetime_s, &reference)))
		return STEP_FAIL;
	p->request_uri = str_printf(c->arena, PUSHED_PREFIX "%.*s", STR_ARG(reference));
	return STEP_NEXT;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct pushed *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate),       /* RFC 9126 2, RFC 6749 2.3 */
	STEP(refuse_nested),      /* RFC 9126 2.1 */
	STEP(check_room),         /* RFC 9126 2.3 */
	STEP(check_proof_of_key), /* RFC 9449 10.1 */
	STEP(check_request),      /* RFC 9126 2.1 */
	STEP(keep),               /* the first effect; RFC 9126 2.2 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result push_request(
	struct context *c, const struct push_request *request, struct pushed *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result == STEP_NEXT)
			continue;
		/* What the steps of the authorization endpoint refuse is told with these. */
		if (!out->refusal.flow)
			refusal_at(&out->refusal, "push_request", i);
		return result;
	}
	return STEP_DONE;
}

const char *push_request_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
