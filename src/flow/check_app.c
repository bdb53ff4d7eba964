#include "flow/check_app.h"

#include "flow/look_closer.h"

const char *dialect_word(enum dialect edge)
{
	return edge == DIALECT_STANDARD ? "standard" : "github";
}

struct service service_of_app(const struct app *app)
{
	return (struct service){app->suspended_at, app->dialects, app->profile, app->auth_method};
}

struct service service_of_client(const struct client *client)
{
	return (struct service){
		client->suspended_at, client->dialects, client->profile, client->auth_method};
}

struct rules rules_for(struct service service, enum dialect edge)
{
	return rules_of(edge, service.profile, service.auth_method);
}

static enum step_result refuse(struct refusal *refusal, enum cause cause)
{
	refusal->cause = cause;
	return STEP_REFUSE;
}

static bool proves_by_key(enum auth_method m)
{
	return m == AUTH_PRIVATE_KEY_JWT || m == AUTH_TLS || m == AUTH_SELF_SIGNED_TLS;
}

enum step_result check_served(
	struct context *c, struct service service, enum dialect edge, struct refusal *refusal)
{
	if (service.suspended_at) {
		look_add_age(c, refusal, service.suspended_at);
		return refuse(refusal, CAUSE_APP_SUSPENDED);
	}
	if (!(service.dialects & edge)) {
		refusal_add(refusal, EVIDENCE_dialect, str_from(dialect_word(edge)));
		return refuse(refusal, CAUSE_APP_DIALECT);
	}
	struct rules rules = rules_for(service, edge);

	if (rules.confidential && service.auth_method == AUTH_NONE)
		return refuse(refusal, CAUSE_APP_PROFILE_PUBLIC);
	if (!rules.signed_auth || proves_by_key(service.auth_method))
		return STEP_NEXT;
	refusal->expected = STR("private_key_jwt, tls_client_auth, self_signed_tls_client_auth");
	refusal->received = str_from(auth_method_word(service.auth_method));
	return refuse(refusal, CAUSE_APP_PROFILE_METHOD);
}
