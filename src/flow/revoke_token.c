#include "flow/revoke_token.h"

#include <string.h>

#include "flow/authenticate_client.h"
#include "flow/locate_token.h"
#include "flow/look_closer.h"
#include "flow/note_end.h"
#include "store/authorization.h"

/* RFC 7009 2.1: "The authorization server first validates the client credentials (in case of a
 * confidential client)" */
static enum step_result authenticate(struct context *c, struct revocation *v)
{
	return authenticate_client(c, &v->request->credentials, &v->client, &v->refusal);
}

static enum step_result check_app(struct context *c, struct revocation *v)
{
	return check_served(c, service_of_client(&v->client), v->request->edge, &v->refusal);
}

static enum step_result need_token(struct context *c, struct revocation *v)
{
	(void)c;
	if (str_has_text(v->request->token))
		return STEP_NEXT;
	refusal_add(&v->refusal, EVIDENCE_parameter, STR("token"));
	v->refusal.cause = CAUSE_TOKEN_PARAMETER_MISSING;
	return STEP_REFUSE;
}

/* "and then verifies whether the token was issued to the client making the revocation request".
 * One that was not is left as it is; the answer does not tell (assurance 7009-02). */
static enum step_result not_for_this_app(
	struct context *c, struct revocation *v, int64_t app_id, enum cause cause)
{
	v->ignored = (struct refusal){.cause = cause, .app_id = v->client.app_id, .proven = true};
	look_add_other_app_by_id(c, &v->ignored, app_id);
	return STEP_NEXT;
}

static enum step_result ended(
	struct context *c, struct revocation *v, int64_t account_id, uint64_t flow_id)
{
	v->flow_id = flow_id;
	return note_end(c, account_id, v->client.app_id, "oauth_access.destroy") ? STEP_NEXT
										 : STEP_FAIL;
}

static enum step_result end_access_token(
	struct context *c, struct revocation *v, struct str name, uint64_t id)
{
	struct token token;
	enum db_status status = token_read_row(c->store, c->arena, name, id, &token);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return STEP_NEXT;
	if (token.app_id != v->client.app_id)
		return not_for_this_app(c, v, token.app_id, CAUSE_MANAGE_TOKEN_OF_ANOTHER_APP);
	status = authorization_end(c->store, id, "app");
	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? ended(c, v, token.account.id, id) : STEP_NEXT;
}

/* Any token of the family will do, since each was made here: whoever holds an old one wants the
 * sign-in to be over as much. */
static enum step_result end_refresh_token(struct context *c, struct revocation *v, uint64_t id)
{
	struct family family;
	enum db_status status = family_read(c->store, c->arena, id, &family);

	if (context_failed(c, status))
		return STEP_FAIL;
	if (status == DB_NONE)
		return STEP_NEXT;
	if (family.app_id != v->client.app_id)
		return not_for_this_app(c, v, family.app_id, CAUSE_REFRESH_OF_ANOTHER_APP);
	status = family_kill(c->store, id, "app");
	if (context_failed(c, status))
		return STEP_FAIL;
	return status == DB_OK ? ended(c, v, family.account_id, id) : STEP_NEXT;
}

/* "An authorization server MAY ignore this parameter [token_type_hint], particularly if it is able
 * to detect the token type automatically." The first effect. */
static enum step_result end_token(struct context *c, struct revocation *v)
{
	struct refresh_parts parts;
	struct located located;
	enum cause fault = locate_token(c, v->request->token, &located);

	if (c->failed)
		return STEP_FAIL;
	if (fault == CAUSE_NONE)
		return end_access_token(c, v, located.name, located.id);
	if (refresh_read(&c->store->refresh, v->request->token, &parts) == REFRESH_OK)
		return end_refresh_token(c, v, parts.family);
	return STEP_NEXT;
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct revocation *);
} steps[] = {
	/* clang-format off */
	STEP(authenticate), /* RFC 7009 2.1 */
	STEP(check_app),
	STEP(need_token),   /* RFC 7009 2.1 */
	STEP(end_token),    /* the first effect; RFC 7009 2.1 */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result revoke_token(
	struct context *c, const struct revoke_request *request, struct revocation *out)
{
	memset(out, 0, sizeof *out);
	out->request = request;
	for (size_t i = 0; i < STEPS; i++) {
		enum step_result result = steps[i].run(c, out);

		if (result != STEP_NEXT) {
			refusal_at(&out->refusal, "revoke_token", i);
			return result;
		}
	}
	return STEP_DONE;
}

const char *revoke_token_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
