#include "flow/authorize.h"

#include "base/buf.h"
#include "base/limits.h"
#include "core/client_url.h"
#include "core/dpop.h"
#include "core/pkce.h"
#include "core/prompt.h"
#include "flow/authentication_request.h"
#include "flow/authorize_reply.h"
#include "flow/check_grant_type.h"
#include "flow/look_closer.h"
#include "flow/pushed_request.h"
#include "flow/read_details.h"
#include "flow/read_scope.h"
#include "flow/request_object.h"
#include "flow/resource_scopes.h"
#include "store/audit.h"
#include "store/metadata.h"

const char *const authorize_targets[] = {
	"client_id", "redirect_uri", "request_uri", "request", NULL};

static enum step_result refuse(struct authorize *a, enum cause cause)
{
	a->refusal.cause = cause;
	return STEP_REFUSE;
}

static enum step_result ask(struct authorize *a, enum authorize_ask what)
{
	a->ask = what;
	return STEP_ASK;
}

/* RFC 6749 3.1: "Request and response parameters MUST NOT be included more than once." */
static enum step_result refuse_repeated(struct authorize *a)
{
	refusal_add(&a->refusal, EVIDENCE_parameter, str_from(a->request->repeated));
	return refuse(a, CAUSE_AUTHORIZE_PARAMETER_REPEATED);
}

/* Which one would count, if one of these came twice? So this is first, and a page. */
static enum step_result check_target_repeated(struct context *c, struct authorize *a)
{
	(void)c;
	for (const char *const *name = authorize_targets; *name; name++)
		if (str_eq_c(str_from(a->request->repeated), *name))
			return refuse_repeated(a);
	return STEP_NEXT;
}

static enum step_result check_others_repeated(struct context *c, struct authorize *a)
{
	(void)c;
	return a->request->repeated ? refuse_repeated(a) : STEP_NEXT;
}

/* RFC 6749 4.1.2.1: an invalid client identifier is told to the person, never by redirect. */
static enum step_result find_client(struct context *c, struct authorize *a)
{
	struct str id = a->request->client_id;

	if (!str_has_text(id))
		return refuse(a, CAUSE_AUTHORIZE_CLIENT_MISSING);
	a->refusal.closer = look_at_client_id;
	a->refusal.closer_of = &a->request->client_id;
	if (!client_id_fits(id))
		return refuse(a, CAUSE_AUTHORIZE_CLIENT_UNKNOWN);
	enum db_status status = app_by_client_id(c->store, c->arena, id, &a->app);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return refuse(a, CAUSE_AUTHORIZE_CLIENT_UNKNOWN);
	a->refusal.closer = NULL;
	a->refusal.app_id = a->app.id;
	a->metadata = app_metadata_of(c->arena, &a->app);
	a->rules = rules_for(service_of_app(&a->app), a->request->edge);
	return STEP_NEXT;
}

static bool is_registered(const struct authorize *a, const struct redirect_uri *candidate)
{
	struct redirect_uri registered;

	for (size_t i = 0; i < a->callbacks_n; i++)
		if (redirect_uri_parse(a->callbacks[i].uri, &registered) == REDIRECT_URI_OK &&
			redirect_uri_matches(&registered, a->callbacks[i].mode, candidate))
			return true;
	return false;
}

/* FAPI 2.0 5.3.2.2 wants it in each pushed request. */
static bool may_be_left_out(const struct authorize *a)
{
	if (a->rules.pushed)
		return false;
	return !a->rules.names_redirect ||
	       (a->callbacks_n == 1 && a->callbacks[0].mode == REDIRECT_EXACT);
}

/* RFC 6749 3.1.2.3, RFC 9700 2.1, GitHub reference 2.6. Only this step raises reply_to. */
static enum step_result check_redirect_uri(struct context *c, struct authorize *a)
{
	struct str sent = a->request->redirect_uri;
	struct redirect_uri candidate;

	if (context_failed(c,
		    app_callbacks(c->store, c->arena, a->app.id, &a->callbacks, &a->callbacks_n)))
		return STEP_FAIL;
	if (a->callbacks_n == 0)
		return refuse(a, CAUSE_AUTHORIZE_NO_CALLBACK);
	if (!str_has_text(sent) && !may_be_left_out(a))
		return refuse(a, CAUSE_AUTHORIZE_REDIRECT_MISSING);
	for (size_t i = 0; a->rules.exact_redirects && i < a->callbacks_n; i++)
		a->callbacks[i].mode = REDIRECT_EXACT;
	a->redirect_uri = a->callbacks[0].uri;
	if (str_has_text(sent)) {
		a->refusal.expected = a->callbacks[0].uri;
		a->refusal.received = sent;
		a->refusal.closer = look_at_callbacks;
		a->refusal.closer_of = a;
		if (redirect_uri_parse(sent, &candidate) != REDIRECT_URI_OK)
			return refuse(a, CAUSE_AUTHORIZE_REDIRECT_MALFORMED);
		if (!is_registered(a, &candidate))
			return refuse(a, CAUSE_AUTHORIZE_REDIRECT_UNREGISTERED);
		a->redirect_uri = sent;
		a->refusal.expected = a->refusal.received = STR_NONE;
		a->refusal.closer = NULL;
	}
	if (a->rules.https_redirects && redirect_uri_is_plain_http(a->redirect_uri)) {
		a->refusal.received = a->redirect_uri;
		return refuse(a, CAUSE_AUTHORIZE_REDIRECT_PLAIN);
	}
	a->bound.redirect = a->bound.standard && str_has_text(sent);
	a->reply_to = REPLY_TO_REDIRECT;
	return STEP_NEXT;
}

/* RFC 6749 4.1.1: returned exactly, so never cut; too long is refused. A control byte would not
 * survive a hidden field of a form, and appendix A.5 has none. */
static enum step_result check_state(struct context *c, struct authorize *a)
{
	struct str state = a->request->state;

	if (state.n > LIMIT_STATE) {
		look_add_length(c, &a->refusal, state);
		refusal_add_number(&a->refusal, c->arena, EVIDENCE_most, LIMIT_STATE);
		return refuse(a, CAUSE_AUTHORIZE_STATE_TOO_LONG);
	}
	for (size_t i = 0; i < state.n; i++) {
		if ((unsigned char)state.p[i] >= 0x20 && state.p[i] != 0x7F)
			continue;
		refusal_add_number(&a->refusal, c->arena, EVIDENCE_position, (int64_t)i + 1);
		return refuse(a, CAUSE_AUTHORIZE_STATE_MALFORMED);
	}
	return STEP_NEXT;
}

static enum step_result check_app(struct context *c, struct authorize *a)
{
	return check_served(c, service_of_app(&a->app), a->request->edge, &a->refusal);
}

/* RFC 6749 4.1.2.1: unauthorized_client */
static enum step_result check_registered(struct context *c, struct authorize *a)
{
	if (a->request->edge == DIALECT_GITHUB)
		return STEP_NEXT;
	return check_grant_registered(
		c, a->request->edge, a->metadata->grant_types, GRANT_TYPE_CODE, &a->refusal);
}

/* RFC 6749 3.1.1; the GitHub dialect lets it be left out. */
static enum step_result check_response_type(struct context *c, struct authorize *a)
{
	struct str type = a->request->response_type;

	(void)c;
	if (!str_has_text(type) && a->rules.names_response)
		return refuse(a, CAUSE_AUTHORIZE_RESPONSE_TYPE_MISSING);
	if (!str_has_text(type) || str_eq_c(type, "code"))
		return STEP_NEXT;
	a->refusal.expected = STR("code");
	a->refusal.received = type;
	return refuse(a, CAUSE_AUTHORIZE_RESPONSE_TYPE);
}

/* OAuth 2.0 Multiple Response Type Encoding Practices 2.1, Form Post Response Mode 2. An app may
 * have said which of them it uses, so that no code of it ever stands in a URL. */
static enum step_result check_response_mode(struct context *c, struct authorize *a)
{
	const struct metadata_list *own = &a->metadata->response_modes;
	struct str mode = a->request->response_mode;

	(void)c;
	if (!str_has_text(mode))
		mode = STR("query");
	if ((own->n == 0 || metadata_list_has(own, mode)) &&
		(authorize_by_form(a) || str_eq_c(mode, "query")))
		return STEP_NEXT;
	a->refusal.expected = own->n ? own->v[0] : STR("query");
	a->refusal.received = mode;
	return refuse(a, CAUSE_AUTHORIZE_RESPONSE_MODE);
}

/* RFC 7636 4.4.1 */
static enum step_result check_pkce(struct context *c, struct authorize *a)
{
	bool used;

	(void)c;
	switch (pkce_check_request(
		a->request->code_challenge, a->request->code_challenge_method, &used)) {
	case PKCE_OK:
		/* RFC 9700 2.1.1; assurance A038, A042 */
		return used || !a->rules.pkce ? STEP_NEXT
					      : refuse(a, CAUSE_AUTHORIZE_PKCE_REQUIRED);
	case PKCE_METHOD_MISSING:
		return refuse(a, CAUSE_AUTHORIZE_PKCE_METHOD_MISSING);
	case PKCE_METHOD_UNSUPPORTED:
		a->refusal.expected = STR("S256");
		a->refusal.received = a->request->code_challenge_method;
		return refuse(a, CAUSE_AUTHORIZE_PKCE_METHOD);
	case PKCE_CHALLENGE_MISSING:
		return refuse(a, CAUSE_AUTHORIZE_PKCE_CHALLENGE_MISSING);
	case PKCE_CHALLENGE_MALFORMED:
	case PKCE_VERIFIER_MISSING:
	case PKCE_VERIFIER_UNEXPECTED:
	case PKCE_VERIFIER_MALFORMED:
	case PKCE_VERIFIER_WRONG:
		break;
	}
	a->refusal.closer = look_at_challenge;
	a->refusal.closer_of = a;
	return refuse(a, CAUSE_AUTHORIZE_PKCE_CHALLENGE);
}

/* RFC 9449 10; 10.1: a proof counts as dpop_jkt with its key, and both have to name the same. */
static enum step_result check_key(struct context *c, struct authorize *a)
{
	struct str jkt = a->request->dpop_jkt;

	if (str_has_text(jkt) && str_is_set(a->shown_jkt) && !str_eq(jkt, a->shown_jkt)) {
		a->refusal.expected = dpop_shown(jkt);
		a->refusal.received = dpop_shown(a->shown_jkt);
		return refuse(a, CAUSE_PUSH_OF_ANOTHER_KEY);
	}
	a->bound.jkt = str_is_set(a->shown_jkt) ? a->shown_jkt : jkt;
	if (!str_has_text(jkt) || dpop_is_thumbprint(jkt))
		return STEP_NEXT;
	refusal_add_number(&a->refusal, c->arena, EVIDENCE_length, (int64_t)jkt.n);
	refusal_add_number(&a->refusal, c->arena, EVIDENCE_wanted_length, JWK_THUMBPRINT_LEN);
	return refuse(a, CAUSE_AUTHORIZE_DPOP_KEY);
}

/* RFC 6749 3.3; unknown names are dropped before anything is compared. */
static enum step_result check_scope(struct context *c, struct authorize *a)
{
	const struct asked_scope asked = {
		a->request->edge, a->request->scope, CAUSE_AUTHORIZE_SCOPE_TOO_LONG, &a->refusal};

	return read_scope(c, &asked, &a->asked, &a->offline);
}

static enum step_result check_resources(struct context *c, struct authorize *a)
{
	enum step_result result = read_resources(c, &a->request->resources, &a->bound, &a->refusal);

	return result == STEP_NEXT ? check_resource_scopes(c, &a->bound, a->asked, &a->refusal)
				   : result;
}

static enum step_result check_details(struct context *c, struct authorize *a)
{
	const struct asked_details asked = {.sent = a->request->details, .metadata = a->metadata};

	return read_details(c, &asked, &a->bound, &a->refusal);
}

static enum step_result need_user(struct context *c, struct authorize *a)
{
	if (a->account)
		return STEP_NEXT;
	a->sign_in_mark = sign_in_mark(c, a);
	return ask(a, ASK_SIGN_IN);
}

/* GitHub reference 2.4: on request, and always for redirects that leave the web. What was
 * pushed or signed cannot be asked again without the wish, so that who has signed in since has
 * picked. */
static enum step_result need_picked_account(struct context *c, struct authorize *a)
{
	struct redirect_uri to;
	bool native = redirect_uri_parse(a->redirect_uri, &to) == REDIRECT_URI_OK && !to.is_http;
	bool wanted = a->pick || (a->asks.prompts & PROMPT_SELECT_ACCOUNT);

	if (!(native || wanted) || a->picked || a->decision != DECISION_NONE ||
		(a->fixed && !a->pick && signed_in_since_mark(c, a)))
		return STEP_NEXT;
	a->sign_in_mark = sign_in_mark(c, a);
	return ask(a, ASK_PICK_ACCOUNT);
}

static enum step_result need_verified_email(struct context *c, struct authorize *a)
{
	(void)c;
	return a->account->primary_verified ? STEP_NEXT : ask(a, ASK_VERIFY_EMAIL);
}

/* GitHub reference section 9: an app that asks too often is asked about once more. */
static enum step_result count_signins(struct context *c, struct authorize *a, uint64_t grant_id)
{
	int64_t recent, most = c->settings->signins_per_hour;

	if (context_failed(c, token_slots_recent(c->store, c->arena, grant_id,
				      scope_format(c->arena, a->scopes, " "), &recent)))
		return STEP_FAIL;
	a->reauthorize = most > 0 && recent >= most;
	return STEP_NEXT;
}

static enum step_result load_grant(struct context *c, struct authorize *a)
{
	struct grant grant;
	enum db_status status = grant_read(c->store, c->arena, a->account->id, &a->app, &grant);

	if (context_failed(c, status))
		return STEP_FAIL;
	a->has_grant = status == DB_OK;
	a->granted_details = a->has_grant ? grant.details : STR_NONE;
	a->changed = a->has_grant && grant.updated_at < a->app.changed_at;
	if (a->has_grant && !scope_read(grant.scopes, &a->granted))
		return STEP_FAIL;
	/* GitHub reference 2.3: without a scope parameter the token gets what was allowed. */
	bool as_before = a->has_grant && !a->rules.scope_as_sent;

	a->scopes = as_before && !str_has_text(a->request->scope) ? scope_without_openid(a->granted)
								  : a->asked;
	return a->has_grant ? count_signins(c, a, grant.id) : STEP_NEXT;
}

/* RFC 6749 10.2: nobody but the owner of an https address can claim to be a public client there.
 * Elsewhere another program may say that it is this app, so the person is asked each time. */
static bool may_be_another(const struct authorize *a)
{
	return a->app.auth_method == AUTH_NONE && !str_starts(a->redirect_uri, STR("https://"));
}

/* RFC 6749 4.1.1: the resource owner decides; GitHub reference 2.3 says when not to ask again. */
static enum step_result need_consent(struct context *c, struct authorize *a)
{
	switch (a->decision) {
	case DECISION_ALLOW:
		return STEP_NEXT;
	case DECISION_DENY:
		return refuse(a, CAUSE_AUTHORIZE_DENIED);
	case DECISION_NONE:
		break;
	}
	bool again = a->reauthorize || may_be_another(a) || a->changed ||
		     (a->asks.prompts & PROMPT_CONSENT) ||
		     !details_cover(c->arena, a->granted_details, a->bound.details);

	return a->has_grant && scope_covers(a->granted, a->scopes) && !again ? STEP_NEXT
									     : ask(a, ASK_CONSENT);
}

/* OpenID Connect Core 11: a refresh token that outlives the session needs the person's consent;
 * where none was asked for now, the wish is passed over. */
static enum step_result check_offline(struct context *c, struct authorize *a)
{
	(void)c;
	if (a->asks.openid && a->decision != DECISION_ALLOW)
		a->offline = false;
	return STEP_NEXT;
}

static int64_t code_lifetime(const struct context *c, const struct authorize *a)
{
	int64_t most_s = a->rules.code_lifetime_s, usual_s = c->settings->code_lifetime_s;

	return most_s && most_s < usual_s ? most_s : usual_s;
}

/* RFC 6749 4.1.2. The place among the grant's tokens is taken now (store/token_slot.c). */
static enum step_result issue_code(struct context *c, struct authorize *a, uint64_t grant_id)
{
	struct str scopes = scope_format(c->arena, a->scopes, " ");
	int64_t lifetime_s = code_lifetime(c, a);
	struct token_slot slot;

	if (!bind_authentication(c, a))
		return STEP_FAIL;
	if (context_failed(c, token_slot_take(c->store, c->arena, grant_id, scopes,
				      c->settings->tokens_per_scope_set, lifetime_s, &slot)))
		return STEP_FAIL;
	const struct code_fields fields = {
		.app_id = a->app.id,
		.account_id = a->account->id,
		.grant_id = grant_id,
		.redirect_uri = a->redirect_uri,
		.scopes = scopes,
		.challenge = str_has_text(a->request->code_challenge) ? a->request->code_challenge
								      : STR_NONE,
		.lifetime_s = lifetime_s,
		.token_id = slot.token_id,
		.evict_token_id = slot.evict_token_id,
		.offline = a->offline,
		.bound = bound_write(c->arena, &a->bound),
	};

	a->refusal.flow_id = slot.token_id;
	if (context_failed(c, code_issue(c->store, &fields, a->code)))
		return STEP_FAIL;
	atomic_fetch_add_explicit(&c->counters->codes_issued, 1, memory_order_relaxed);
	return STEP_NEXT;
}

/* The first step with an effect. */
static enum step_result record_grant(struct context *c, struct authorize *a)
{
	struct grant grant;
	bool created;
	struct scope_set all = scope_union(a->granted, a->scopes);
	struct str text = scope_format(c->arena, all, " ");
	enum db_status status =
		grant_put(c->store, c->arena, a->account->id, &a->app, text, &grant, &created);

	if (status == DB_OK && a->changed)
		status = grant_confirm(c->store, &grant);
	if (status == DB_OK && a->decision == DECISION_ALLOW && str_is_set(a->bound.details))
		status = grant_set_details(c->store, &grant, a->bound.details);
	if (status == DB_OK && a->decision == DECISION_ALLOW)
		status = audit_write(c->store, a->account->id, a->account->login,
			created ? "oauth_authorization.create" : "oauth_authorization.update",
			a->app.id, text, c->remote);
	if (context_failed(c, status))
		return STEP_FAIL;
	return issue_code(c, a, grant.id);
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct authorize *);
} steps[] = {
	/* clang-format off */
	STEP(check_target_repeated), /* RFC 6749 3.1 */
	STEP(find_client),         /* RFC 6749 4.1.2.1 */
	STEP(read_object),         /* RFC 9101 6 */
	STEP(read_pushed),         /* RFC 9126 4 */
	STEP(check_redirect_uri),  /* RFC 6749 3.1.2.3: from here on errors may be redirected */
	STEP(check_others_repeated),
	STEP(check_state),         /* RFC 6749 4.1.1 */
	STEP(check_app),
	STEP(check_registered),    /* RFC 6749 4.1.2.1 */
	STEP(check_pushed),        /* RFC 9126 5 and 6 */
	STEP(check_object),        /* RFC 9101 10.5 */
	STEP(check_response_type), /* RFC 6749 3.1.1 */
	STEP(check_response_mode),
	STEP(check_pkce),          /* RFC 7636 4.4.1 */
	STEP(check_key),           /* RFC 9449 10 */
	STEP(check_scope),         /* RFC 6749 3.3 */
	STEP(check_resources),     /* RFC 8707 2.1 */
	STEP(check_details),       /* RFC 9396 5 */
	STEP(check_request_object), /* OpenID Connect Core 6 and 7.2.1 */
	STEP(read_authentication), /* OpenID Connect Core 3.1.2.1, 5.5 */
	STEP(read_hint),           /* OpenID Connect Core 3.1.2.1: id_token_hint */
	STEP(need_user),           /* RFC 6749 3.1: MUST first verify the identity */
	STEP(need_fresh_sign_in),  /* OpenID Connect Core 3.1.2.3: prompt=login, max_age */
	STEP(need_class),          /* OpenID Connect Core 5.5.1.1; RFC 9470 */
	STEP(need_hinted_user),    /* OpenID Connect Core 3.1.2.2 */
	STEP(need_picked_account),
	STEP(need_verified_email),
	STEP(load_grant),
	STEP(need_consent),
	STEP(check_offline),       /* OpenID Connect Core 11 */
	STEP(use_pushed),          /* RFC 9126 4: the first effect */
	STEP(record_grant),        /* RFC 6749 4.1.2 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

/* Up to here nobody is needed. */
static size_t first_with_person(void)
{
	size_t i = 0;

	while (steps[i].run != need_user)
		i++;
	return i;
}

static enum step_result run(struct context *c, struct authorize *a, size_t to)
{
	enum step_result result = STEP_NEXT;

	for (size_t i = 0; i < to && result == STEP_NEXT; i++) {
		refusal_at(&a->refusal, "authorize", i);
		result = steps[i].run(c, a);
	}
	return result;
}

enum step_result authorize_check(struct context *c, struct authorize *a)
{
	return run(c, a, first_with_person());
}

/* Assurance 21-10: nobody answers for where an app that registered itself leads, so that no error
 * takes a person there unasked. Who has decided has seen the name of the place. */
static bool may_be_sent_on(const struct authorize *a)
{
	return !a->app.unverified || a->refusal.cause == CAUSE_AUTHORIZE_DENIED;
}

/* A URL that may be long, and kept by logs and histories; or a form of a page of ours. */
static struct str give(struct context *c, struct authorize *a, struct authorize_answer answer)
{
	if (!authorize_by_form(a))
		return authorize_location(c, &answer);
	a->form = answer;
	return STR_NONE;
}

enum step_result authorize(struct context *c, struct authorize *a, struct str *location)
{
	enum step_result result = run(c, a, STEPS);

	*location = STR_NONE;
	/* The request is worked on again when the client's keys are there (context.h). */
	if (c->keys_wanted) {
		c->failed = true;
		return STEP_FAIL;
	}
	if (result == STEP_NEXT) {
		*location = give(c, a, authorize_success(c, a));
		return STEP_DONE;
	}
	/* OpenID Connect Core 3.1.2.6: nothing may be shown, so the app is told what would have
	 * been. */
	if (result == STEP_ASK && (a->asks.prompts & PROMPT_NONE))
		result = refuse(a, cause_of_ask(a->ask));
	if (result != STEP_REFUSE || a->reply_to != REPLY_TO_REDIRECT || !may_be_sent_on(a))
		return result;
	*location = give(c, a, authorize_error(c, a, a->redirect_uri));
	return end_pushed(c, a) ? result : STEP_FAIL;
}

const char *authorize_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
