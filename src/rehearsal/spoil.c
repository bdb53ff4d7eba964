#include "rehearsal/spoil.h"

#include <string.h>

#include "rehearsal/scenario_sandbox.h"
#include "store/rehearse.h"

enum { MINUTE = 60 };

/* Challenges of verifiers that nobody has. */
#define NOBODYS_CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define ELSEWHERE "https://elsewhere.example/callback"

static enum db_status expire(struct spoiling *s)
{
	int64_t left = s->code.expires_at - store_now(s->c->store);

	return rehearse_age(s->c->store, REHEARSED_CODE, s->code.id, left + MINUTE);
}

static enum db_status forget(struct spoiling *s)
{
	return rehearse_forget(s->c->store, REHEARSED_CODE, s->code.id);
}

static enum db_status redeem(struct spoiling *s)
{
	return code_consume(s->c->store, s->code.id, s->c->request_id, s->c->remote);
}

static enum db_status revoke_grant(struct spoiling *s)
{
	return grant_revoke(s->c->store, s->account.id, s->app.id, "user");
}

static enum db_status suspend_user(struct spoiling *s)
{
	return account_set_suspended(s->c->store, s->account.id, true);
}

static enum db_status suspend_app(struct spoiling *s)
{
	return app_set_suspended(s->c->store, s->app.id, true);
}

enum db_status spoil_make_app(
	struct context *c, int64_t owner_id, struct app *app, char secret[CLIENT_SECRET_LEN + 1])
{
	return scenario_sandbox_make(c, scenario_sandbox_id(c), owner_id, 0, false, app, secret);
}

static enum db_status rebind(
	struct spoiling *s, int64_t app_id, struct str redirect_uri, struct str challenge)
{
	return rehearse_rebind_code(s->c->store, s->code.id, app_id, redirect_uri, challenge);
}

static enum db_status give_to_another_app(struct spoiling *s)
{
	char secret[CLIENT_SECRET_LEN + 1];
	struct app other;
	enum db_status status = spoil_make_app(s->c, s->app.owner_id, &other, secret);

	wipe(secret, sizeof secret);
	return status == DB_OK ? rebind(s, other.id, s->code.redirect_uri, s->code.challenge)
			       : status;
}

static enum db_status move_redirect(struct spoiling *s)
{
	return rebind(s, s->app.id, STR(ELSEWHERE), s->code.challenge);
}

static enum db_status ask_for_verifier(struct spoiling *s)
{
	return rebind(s, s->app.id, s->code.redirect_uri, STR(NOBODYS_CHALLENGE));
}

static enum db_status drop_challenge(struct spoiling *s)
{
	return rebind(s, s->app.id, s->code.redirect_uri, STR_NONE);
}

static char *copy_of(struct spoiling *s)
{
	char *text = str_c(s->c->arena, s->text);

	s->text = (struct str){text, s->text.n};
	return text;
}

static enum db_status alter(struct spoiling *s)
{
	char *text = copy_of(s);

	text[9] = text[9] == '0' ? '1' : '0';
	return DB_OK;
}

static enum db_status cut(struct spoiling *s)
{
	s->text.n -= 4;
	return DB_OK;
}

static enum db_status encode_twice(struct spoiling *s)
{
	s->text = str_printf(s->c->arena, "%%%02X%.*s", (unsigned)s->text.p[0],
		STR_ARG(str_slice(s->text, 1, s->text.n)));
	return DB_OK;
}

static enum db_status invent(struct spoiling *s)
{
	uint8_t bytes[CODE_TEXT_LEN / 2];
	char *text = arena_alloc(s->c->arena, CODE_TEXT_LEN + 1);

	random_bytes(s->c->random, bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, text);
	s->text = (struct str){text, CODE_TEXT_LEN};
	return DB_OK;
}

/* The secret that the client has is no longer one: a fresh one takes its place. */
static enum db_status end_secrets(struct spoiling *s)
{
	char secret[CLIENT_SECRET_LEN + 1];
	struct app_secret *live;
	size_t n;
	enum db_status status = app_secret_list(s->c->store, s->c->arena, s->app.id, &live, &n);

	if (status == DB_OK)
		status = app_secret_add(s->c->store, s->app.id, s->app.owner_id, secret);
	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = app_secret_revoke(s->c->store, s->app.id, live[i].id);
	wipe(secret, sizeof secret);
	return status;
}

static const struct spoil spoils[] = {
	{CAUSE_CODE_EXPIRED, expire},
	{CAUSE_CODE_REDEEMED, redeem},
	{CAUSE_CODE_FORGOTTEN, forget},
	{CAUSE_CODE_UNKNOWN, invent},
	{CAUSE_CODE_OF_ANOTHER_APP, give_to_another_app},
	{CAUSE_CODE_ALTERED, alter},
	{CAUSE_CODE_CUT, cut},
	{CAUSE_CODE_ENCODED_TWICE, encode_twice},
	{CAUSE_CODE_REDIRECT_DIFFERS, move_redirect},
	{CAUSE_CODE_GRANT_REVOKED, revoke_grant},
	{CAUSE_CODE_USER_SUSPENDED, suspend_user},
	{CAUSE_APP_SUSPENDED, suspend_app},
	{CAUSE_CLIENT_SECRET_REVOKED, end_secrets},
	{CAUSE_VERIFIER_MISSING, ask_for_verifier},
	{CAUSE_VERIFIER_WRONG, ask_for_verifier},
	{CAUSE_VERIFIER_UNEXPECTED, drop_challenge},
};

const struct spoil *spoil_find(enum cause cause)
{
	for (size_t i = 0; i < sizeof spoils / sizeof spoils[0]; i++)
		if (spoils[i].cause == cause)
			return &spoils[i];
	return NULL;
}

enum db_status spoil_begin(struct context *c, struct str text, struct spoiling *s)
{
	uint64_t id;

	memset(s, 0, sizeof *s);
	s->c = c;
	s->text = text;
	if (!code_locate(&c->store->locator, text, &id))
		return DB_NONE;
	enum db_status status = code_read_row(c->store, c->arena, id, &s->code);

	if (status == DB_OK)
		status = app_by_id(c->store, c->arena, s->code.app_id, &s->app);
	return status == DB_OK ? account_by_id(c->store, c->arena, s->code.account_id, &s->account)
			       : status;
}
