#include "flow/authorize_parameters.h"

#include "flow/sign_in_again.h"

static struct str get(const struct params *p, const char *name)
{
	struct str value = params_get(p, name);

	return str_has_text(value) ? value : STR_NONE;
}

/* Those that say how an answer looks, so that the one about their doubling is clear. */
static struct str once(const struct params *p, const char *name)
{
	return params_count(p, name) == 1 ? get(p, name) : STR_NONE;
}

void resource_parameters_add(const struct params *p, const char *name, struct asked_resources *out)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!str_eq_c(p->v[i].name, name) || !str_has_text(p->v[i].value))
			continue;
		if (out->n < BOUND_RESOURCES)
			out->v[out->n] = p->v[i].value;
		out->n++;
	}
}

struct asked_resources resource_parameters(const struct params *p)
{
	struct asked_resources out = {.n = 0};

	resource_parameters_add(p, "resource", &out);
	return out;
}

void authorize_parameters(const struct params *p, struct authorize_request *out)
{
	*out = (struct authorize_request){
		.edge = DIALECT_STANDARD,
		.client_id = get(p, "client_id"),
		.redirect_uri = get(p, "redirect_uri"),
		.scope = get(p, "scope"),
		.state = once(p, "state"),
		.response_type = get(p, "response_type"),
		.response_mode = once(p, "response_mode"),
		.code_challenge = get(p, "code_challenge"),
		.code_challenge_method = get(p, "code_challenge_method"),
		.prompt = get(p, "prompt"),
		.resources = resource_parameters(p),
		.details = get(p, "authorization_details"),
		.dpop_jkt = get(p, "dpop_jkt"),
		.nonce = get(p, "nonce"),
		.claims = get(p, "claims"),
		.acr_values = get(p, "acr_values"),
		.max_age = get(p, "max_age"),
		.login_hint = get(p, "login_hint"),
		.ui_locales = get(p, "ui_locales"),
		.id_token_hint = get(p, "id_token_hint"),
		.request = get(p, "request"),
		.request_uri = get(p, "request_uri"),
		.registration = get(p, "registration"),
		.sign_in_mark = get(p, SIGN_IN_MARK),
	};
}
