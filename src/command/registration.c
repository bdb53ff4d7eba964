/* Which programs may register apps (RFC 7591 3), and which of the apps somebody answers for. */
#include "command/registration.h"

#include "command/app.h"
#include "command/print.h"
#include "core/duration.h"
#include "store/registration.h"

enum { PAGE = 100, LIFETIME_MOST = 315360000, USES_MOST = 1000000 };

const struct flag registration_token_create_flags[] = {
	{"owner", FLAG_TEXT, false, "LOGIN",
		"the user who answers for its apps; without one they are unverified"},
	{"uses", FLAG_TEXT, false, "N", "how many apps it can register; any number unless said"},
	{"expires", FLAG_TEXT, false, "SPAN",
		"how long it is good, such as 1h or 30d; for ever unless said"},
	{"note", FLAG_TEXT, false, "TEXT", "what it is for"},
	FLAG_JSON,
	FLAG_END,
};

struct making {
	struct call *call;
	struct registration_token token;
	struct account owner;
	uint64_t id;
	char text[REGISTRATION_TOKEN_LEN + 1];
};

static enum db_status create(struct store *s, void *context)
{
	struct making *m = context;
	struct str login = args_text(&m->call->args, "owner");
	enum db_status status = DB_OK;

	m->token.owner_id = ACCOUNT_OF_APPS;
	if (str_is_set(login)) {
		status = find_user(m->call, login, &m->owner);
		m->token.owner_id = m->owner.id;
	}
	if (status == DB_OK)
		status = registration_token_create(s, &m->token, &m->id, m->text);
	if (status == DB_OK && str_is_set(login))
		status = audit(s, m->owner.id, "registration_token.create", 0,
			str_is_set(m->token.note) ? m->token.note : STR(""));
	return status;
}

/* The flags that are there. */
static int read_token(struct making *m)
{
	const struct args *args = &m->call->args;
	struct str uses = args_text(args, "uses"), span = args_text(args, "expires");
	int64_t seconds;

	m->token.uses_left = -1;
	m->token.note = args_text(args, "note");
	if (str_is_set(uses) && (!str_to_i64(uses, &m->token.uses_left) || m->token.uses_left < 1 ||
					m->token.uses_left > USES_MOST))
		return say_misuse(m->call, "'--uses %.*s' is not a number from 1 to %d",
			STR_ARG(uses), USES_MOST);
	if (!str_is_set(span))
		return EXIT_DONE;
	if (!duration_read(span, LIFETIME_MOST, &seconds) || seconds < 1)
		return say_misuse(
			m->call, "'--expires %.*s' is not a time such as 1h or 30d", STR_ARG(span));
	m->token.expires_at = store_now(&m->call->store) + seconds;
	return EXIT_DONE;
}

int registration_token_create_command(struct call *call)
{
	struct making m = {.call = call};
	int read = read_token(&m);

	if (read != EXIT_DONE)
		return read;
	if (!call_write(call, create, &m))
		return EXIT_FAILED;
	if (call->json) {
		print_json(json_pack("{s:I, s:s}", "id", (json_int_t)m.id, "token", m.text));
		return EXIT_DONE;
	}
	print_line("The token %llu is made. Keep it now: it is not shown again.",
		(unsigned long long)m.id);
	print_field(&call->arena, "token", str_from(m.text));
	return EXIT_DONE;
}

static bool is_of_somebody(const struct registration_token *t)
{
	return t->owner_id != ACCOUNT_OF_APPS;
}

static json_t *token_json(struct arena *a, const struct registration_token *t)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)t->id, "owner",
		is_of_somebody(t) ? json_of(a, t->owner_login) : json_null(), "note",
		json_of(a, t->note), "uses_left",
		t->uses_left < 0 ? json_null() : json_integer((json_int_t)t->uses_left),
		"expires_at", json_time(t->expires_at), "revoked_at", json_time(t->revoked_at),
		"created_at", json_time(t->created_at));
}

static const char *state_of(const struct call *call, const struct registration_token *t)
{
	if (t->revoked_at)
		return "revoked";
	if (t->expires_at && t->expires_at <= store_now(&call->store))
		return "expired";
	return t->uses_left == 0 ? "used up" : "good";
}

static void list_token(struct list *l, const struct registration_token *t)
{
	struct arena *a = &l->call->arena;
	struct str owner = is_of_somebody(t) ? t->owner_login : STR("-");

	if (l->call->json)
		list_json(l, token_json(a, t));
	else
		list_line(l, "%-10llu  %-20.*s  %-8s  %.*s", (unsigned long long)t->id,
			STR_ARG(owner), state_of(l->call, t), STR_ARG(print_safe(a, t->note)));
}

int registration_token_list_command(struct call *call)
{
	struct registration_token *tokens;
	struct list list;
	uint64_t after = 0;

	list_begin(&list, call, "ID          OWNER                 STATE     NOTE");
	for (size_t n = PAGE; n == PAGE; arena_reset(&call->arena)) {
		enum db_status status = registration_token_list(
			&call->store, &call->arena, after, PAGE, &tokens, &n);

		if (!call_read_done(call, status))
			return EXIT_FAILED;
		for (size_t i = 0; i < n; i++)
			list_token(&list, &tokens[i]);
		after = n ? tokens[n - 1].id : after;
	}
	list_end(&list, "There are no registration tokens.");
	return EXIT_DONE;
}

static enum db_status revoke(struct store *s, void *context)
{
	struct making *m = context;
	enum db_status status = registration_token_revoke(s, m->id);

	return status == DB_NONE ? refuse(m->call, "there is no live registration token %llu",
					   (unsigned long long)m->id)
				 : status;
}

int registration_token_revoke_command(struct call *call)
{
	struct making m = {.call = call};
	int64_t id;

	if (!str_to_i64(call->args.words[0], &id))
		return say_misuse(
			call, "'%.*s' is not the number of a token", STR_ARG(call->args.words[0]));
	m.id = (uint64_t)id;
	if (!call_write(call, revoke, &m))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:I, s:b}", "id", (json_int_t)m.id, "revoked", 1));
	else
		print_line("The token %llu is revoked.", (unsigned long long)m.id);
	return EXIT_DONE;
}

static enum db_status verify(struct store *s, void *context)
{
	struct app_work *w = context;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status != DB_OK)
		return status;
	w->nothing_to_do = !w->app.unverified;
	return w->nothing_to_do ? DB_OK : app_set_verified(s, w->app.id);
}

int app_verify(struct call *call)
{
	struct app_work w = {.call = call};

	if (!call_write(call, verify, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(app_json(&call->arena, &w.app));
	else
		print_line("The app '%.*s' is %sverified.", STR_ARG(w.app.name),
			w.nothing_to_do ? "already " : "");
	return EXIT_DONE;
}
