#include "flow/authentication_request.h"

#include "base/limits.h"
#include "core/acr.h"
#include "core/client_metadata.h"
#include "core/prompt.h"
#include "flow/id_token_hint.h"
#include "flow/look_closer.h"
#include "flow/second_factor.h"
#include "flow/signing.h"
#include "flow/subject.h"

static enum step_result refuse(struct authorize *a, enum cause cause)
{
	a->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result refuse_value(
	struct authorize *a, enum cause cause, struct str expected, struct str received)
{
	a->refusal.expected = expected;
	a->refusal.received = received;
	return refuse(a, cause);
}

static enum step_result refuse_long(
	struct context *c, struct authorize *a, enum cause cause, struct str text, int64_t most)
{
	look_add_length(c, &a->refusal, text);
	refusal_add_number(&a->refusal, c->arena, EVIDENCE_most, most);
	return refuse(a, cause);
}

/* Core 6.2 and 7.2.1: who does not know these says so; passing over one would mean another
 * request. What was signed was read before. */
enum step_result check_request_object(struct context *c, struct authorize *a)
{
	(void)c;
	if (str_is_set(a->request->request_uri))
		return refuse(a, CAUSE_AUTHORIZE_REQUEST_URI);
	return str_is_set(a->request->registration) ? refuse(a, CAUSE_AUTHORIZE_REGISTRATION)
						    : STEP_NEXT;
}

/* "prompt" is read by name here; elsewhere the GitHub dialect knows one value, and no error. */
static enum step_result read_prompt(struct authorize *a)
{
	if (a->request->edge == DIALECT_STANDARD)
		return prompt_read(a->request->prompt, &a->asks.prompts)
			       ? STEP_NEXT
			       : refuse_value(a, CAUSE_AUTHORIZE_PROMPT,
					 STR("none | login | consent | select_account"),
					 a->request->prompt);
	if (str_eq_c(a->request->prompt, "select_account"))
		a->asks.prompts = PROMPT_SELECT_ACCOUNT;
	return STEP_NEXT;
}

/* Seconds, of any request (RFC 9470 5); registered ones count where none are sent (Registration 2:
 * default_max_age). */
static enum step_result read_max_age(struct authorize *a)
{
	struct str sent = a->request->max_age;

	a->asks.max_age_s = -1;
	if (str_is_set(sent) && !str_to_i64(sent, &a->asks.max_age_s))
		return refuse_value(a, CAUSE_AUTHORIZE_MAX_AGE, STR("3600"), sent);
	if (!str_is_set(sent) && a->asks.openid)
		a->asks.max_age_s = a->metadata->default_max_age;
	return STEP_NEXT;
}

static enum step_result read_claims(struct context *c, struct authorize *a)
{
	struct str claims = a->request->claims;

	if (!a->asks.openid)
		return STEP_NEXT;
	if (claims.n > LIMIT_CLAIMS_PARAMETER)
		return refuse_long(
			c, a, CAUSE_AUTHORIZE_CLAIMS_TOO_LONG, claims, LIMIT_CLAIMS_PARAMETER);
	return claims_request_read(c->arena, claims, &a->asks.claims)
		       ? STEP_NEXT
		       : refuse(a, CAUSE_AUTHORIZE_CLAIMS_MALFORMED);
}

enum step_result read_authentication(struct context *c, struct authorize *a)
{
	enum step_result result = read_prompt(a);

	a->asks.openid = a->request->edge == DIALECT_STANDARD && scope_allows(a->asked, "openid");
	if (a->asks.openid)
		signing_will_be_needed(c);
	if (result == STEP_NEXT)
		result = read_max_age(a);
	if (result == STEP_NEXT && a->asks.openid && a->request->nonce.n > LIMIT_NONCE)
		result = refuse_long(
			c, a, CAUSE_AUTHORIZE_NONCE_TOO_LONG, a->request->nonce, LIMIT_NONCE);
	return result == STEP_NEXT ? read_claims(c, a) : result;
}

/* An ID token of ours, for this app (OC-09). */
enum step_result read_hint(struct context *c, struct authorize *a)
{
	struct id_token_hint hint;

	a->asks.hinted = a->asks.claims.sub;
	if (!a->asks.openid || !str_is_set(a->request->id_token_hint))
		return STEP_NEXT;
	enum hint_verdict verdict =
		id_token_hint_read(c, a->request->id_token_hint, a->app.client_id, &hint);

	if (verdict == HINT_FAILED)
		return STEP_FAIL;
	if (verdict != HINT_GOOD) {
		refusal_add(&a->refusal, EVIDENCE_fault, str_from(hint_verdict_word(verdict)));
		return refuse(a, CAUSE_AUTHORIZE_HINT);
	}
	a->asks.hinted = hint.sub;
	return STEP_NEXT;
}

static enum step_result ask_again(struct context *c, struct authorize *a)
{
	a->sign_in_mark = sign_in_mark(c, a);
	a->ask = ASK_SIGN_IN_AGAIN;
	return STEP_ASK;
}

/* Who was asked has signed in since: now it is recent, whatever max_age says. */
enum step_result need_fresh_sign_in(struct context *c, struct authorize *a)
{
	int64_t age_s = store_now(c->store) - a->signed_on.auth_time, most_s = a->asks.max_age_s;
	bool too_old = most_s >= 0 && (age_s > most_s || most_s == 0);

	if (!(a->asks.prompts & PROMPT_LOGIN) && !too_old)
		return STEP_NEXT;
	return signed_in_since_mark(c, a) ? STEP_NEXT : ask_again(c, a);
}

/* The class that is asked for; STR_NONE: any will do. The first that we know is preferred (Core
 * 3.1.2.1: "in order of preference"). */
static struct str wanted_class(const struct authorize *a)
{
	struct str rest = a->request->acr_values, one;
	const struct metadata_list *defaults = &a->metadata->default_acr_values;

	for (size_t i = 0; i < a->asks.claims.acrs_n; i++)
		if (acr_is_known(a->asks.claims.acrs[i]))
			return a->asks.claims.acrs[i];
	while (str_next(&rest, ' ', &one))
		if (acr_is_known(one))
			return one;
	for (size_t i = 0; a->asks.openid && !str_is_set(a->request->acr_values) && i < defaults->n;
		i++)
		if (acr_is_known(defaults->v[i]))
			return defaults->v[i];
	return STR_NONE;
}

/* Core 5.5.1.1: one of the essential ones is reached. */
static bool reaches_essential(const struct authorize *a, struct str reached)
{
	for (size_t i = 0; i < a->asks.claims.acrs_n; i++)
		if (acr_suffices(reached, a->asks.claims.acrs[i]))
			return true;
	return a->asks.claims.acrs_n == 0;
}

/* Stepping up is signing in again: who has a second factor is then asked for it. */
enum step_result need_class(struct context *c, struct authorize *a)
{
	struct str reached = acr_of(a->signed_on.amr), wanted = wanted_class(a);
	bool essential = a->asks.claims.acr_essential && !reaches_essential(a, reached);
	bool better = str_is_set(wanted) && !acr_suffices(reached, wanted);

	if (!essential && !better)
		return STEP_NEXT;
	if (better && second_factor_is_on(c, a->account) && !signed_in_since_mark(c, a))
		return c->failed ? STEP_FAIL : ask_again(c, a);
	if (c->failed)
		return STEP_FAIL;
	return essential ? refuse_value(a, CAUSE_AUTHORIZE_CLASS,
				   str_is_set(wanted) ? wanted : a->asks.claims.acrs[0], reached)
			 : STEP_NEXT;
}

enum step_result need_hinted_user(struct context *c, struct authorize *a)
{
	struct str sub;

	if (!str_is_set(a->asks.hinted))
		return STEP_NEXT;
	if (!subject_for(c, a->app.id, a->metadata, a->account->id, &sub))
		return STEP_FAIL;
	if (str_eq(sub, a->asks.hinted))
		return STEP_NEXT;
	return (a->asks.prompts & PROMPT_NONE) || signed_in_since_mark(c, a)
		       ? refuse(a, CAUSE_AUTHORIZE_OTHER_USER)
		       : ask_again(c, a);
}

enum cause cause_of_ask(enum authorize_ask ask)
{
	switch (ask) {
	case ASK_SIGN_IN:
		return CAUSE_AUTHORIZE_LOGIN_REQUIRED;
	case ASK_SIGN_IN_AGAIN:
		return CAUSE_AUTHORIZE_LOGIN_TOO_OLD;
	case ASK_PICK_ACCOUNT:
		return CAUSE_AUTHORIZE_SELECTION_REQUIRED;
	case ASK_VERIFY_EMAIL:
		return CAUSE_AUTHORIZE_INTERACTION_REQUIRED;
	case ASK_CONSENT:
		break;
	}
	return CAUSE_AUTHORIZE_CONSENT_REQUIRED;
}

bool bind_authentication(struct context *c, struct authorize *a)
{
	struct bound *b = &a->bound;

	b->offline = a->offline;
	/* RFC 9470 6: how the person has signed in is told of every token, not of the session. */
	if (!a->asks.openid && a->request->edge == DIALECT_STANDARD)
		bind_sign_in(&a->signed_on, b);
	if (!a->asks.openid)
		return true;
	b->oidc = true;
	b->nonce = a->request->nonce;
	b->claims = a->request->claims;
	return bind_signed_on(c, &a->app, a->account->id, &a->signed_on, b);
}
