#include "flow/logout.h"

#include "flow/subject.h"
#include "store/audit.h"

static enum step_result end(struct logout_wish *w, enum logout_outcome outcome)
{
	w->outcome = outcome;
	return STEP_DONE;
}

/* 2: "the OP MUST validate that it was the issuer of the ID Token"; one for another app than the
 * one that is named is no hint (4). */
static enum step_result read_hint(struct context *c, struct logout_wish *w)
{
	if (!str_is_set(w->request->id_token_hint))
		return STEP_NEXT;
	enum hint_verdict verdict =
		id_token_hint_read(c, w->request->id_token_hint, w->request->client_id, &w->hint);

	w->hinted = verdict == HINT_GOOD;
	return verdict == HINT_FAILED ? STEP_FAIL : STEP_NEXT;
}

/* A forged hint says that something is wrong: then the request names no app either. */
static enum step_result find_app(struct context *c, struct logout_wish *w)
{
	bool forged = str_is_set(w->request->id_token_hint) && !w->hinted;
	struct str client_id = w->hinted ? w->hint.client_id : w->request->client_id;

	if (forged || !str_has_text(client_id))
		return STEP_NEXT;
	enum db_status status = app_by_client_id(c->store, c->arena, client_id, &w->app);

	if (context_failed(c, status))
		return STEP_FAIL;
	w->has_app = status == DB_OK;
	return STEP_NEXT;
}

/* 3: only where the app has registered it, character by character. */
static enum step_result check_redirect_uri(struct context *c, struct logout_wish *w)
{
	struct str sent = w->request->post_logout_redirect_uri;

	if (!w->has_app || !str_has_text(sent))
		return STEP_NEXT;
	if (metadata_list_has(&app_metadata_of(c->arena, &w->app)->post_logout_redirect_uris, sent))
		w->redirect_uri = sent;
	return STEP_NEXT;
}

/* Does the hint name this very session, or at least this person? Who has that ID token is, or
 * speaks for, the person; nobody else can make their browser say so (LO-05). */
static bool is_theirs(struct context *c, const struct logout_wish *w)
{
	struct str sub;

	if (!w->hinted || !w->has_app ||
		!subject_for(
			c, w->app.id, app_metadata_of(c->arena, &w->app), w->account->id, &sub))
		return false;
	struct str sid = session_name_for(c, w->app.id, w->signed_on.session_id);

	return str_eq(sub, w->hint.sub) && (!str_is_set(w->hint.sid) || str_eq(sid, w->hint.sid));
}

static enum step_result need_decision(struct context *c, struct logout_wish *w)
{
	if (!w->account)
		return end(w, LOGOUT_OVER);
	if (w->decision == LOGOUT_NO)
		return end(w, LOGOUT_KEPT);
	if (w->decision == LOGOUT_YES || is_theirs(c, w))
		return STEP_NEXT;
	return c->failed ? STEP_FAIL : end(w, LOGOUT_ASK);
}

/* The first effect; the apps that the session was used for are told of it (store/logout.h). */
static enum step_result end_the_session(struct context *c, struct logout_wish *w)
{
	enum db_status status = session_end(c->store, w->account->id, w->signed_on.session_id);

	if (status == DB_OK)
		status = audit_write(c->store, w->account->id, w->account->login, "user.logout",
			w->has_app ? w->app.id : 0, STR_NONE, c->remote);
	return context_failed(c, status) ? STEP_FAIL : end(w, LOGOUT_OVER);
}

#define STEP(name)                                                                                 \
	{                                                                                          \
#name, name                                                                        \
	}
static const struct {
	const char *name;
	enum step_result (*run)(struct context *, struct logout_wish *);
} steps[] = {
	/* clang-format off */
	STEP(read_hint),          /* RP-Initiated Logout 2 */
	STEP(find_app),
	STEP(check_redirect_uri), /* RP-Initiated Logout 3 */
	STEP(need_decision),      /* RP-Initiated Logout 2: "SHOULD ask the End-User" */
	STEP(end_the_session),    /* the first effect */
	/* clang-format on */
};
#undef STEP
enum { STEPS = sizeof steps / sizeof steps[0] };

enum step_result log_out(struct context *c, struct logout_wish *w)
{
	enum step_result result = STEP_NEXT;

	for (size_t i = 0; i < STEPS && result == STEP_NEXT; i++)
		result = steps[i].run(c, w);
	return result;
}

const char *log_out_step(size_t i)
{
	return i < STEPS ? steps[i].name : NULL;
}
