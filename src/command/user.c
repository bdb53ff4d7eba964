/* Making accounts, and looking at them. */
#include "command/user.h"

#include <string.h>

#include "command/fields.h"
#include "command/password.h"
#include "store/audit.h"

enum { PAGE = 100 }; /* accounts read at once */

const struct flag json_flags[] = {FLAG_JSON, FLAG_END};
const struct flag user_create_flags[] = {
	{"login", FLAG_TEXT, true, "LOGIN", "what the user is called and signs in with"},
	{"email", FLAG_TEXT, true, "ADDRESS", "the primary e-mail address"},
	{"password-stdin", FLAG_SWITCH, false, NULL,
		"read the password from the first line of standard input"},
	{"name", FLAG_TEXT, false, "NAME", "the name that people read"},
	{"admin", FLAG_SWITCH, false, NULL, "make the user an administrator of the server"},
	{"unverified", FLAG_SWITCH, false, NULL,
		"the address still has to be verified (verified otherwise)"},
	FLAG_JSON, FLAG_END};

struct making {
	struct call *call;
	struct str login, name, email, password_hash;
	struct account made;
};

enum db_status audit(
	struct store *s, int64_t account_id, const char *action, int64_t app_id, struct str detail)
{
	return audit_write(s, account_id, STR("command line"), action, app_id, detail, STR_NONE);
}

enum db_status find_user(struct call *call, struct str login, struct account *out)
{
	enum db_status status = account_by_login(&call->store, &call->arena, login, out);

	return status == DB_NONE ? refuse(call, "there is no user '%.*s'", STR_ARG(login)) : status;
}

static enum db_status make(struct store *s, void *context)
{
	struct making *m = context;
	const struct args *args = &m->call->args;
	bool login_taken;
	enum db_status status = account_create(s, &m->call->arena, m->login, m->name, m->email,
		!args_has(args, "unverified"), m->password_hash, args_has(args, "admin"), &m->made,
		&login_taken);

	if (status == DB_CONFLICT)
		return refuse(m->call, "the %s '%.*s' is taken",
			login_taken ? "login" : "e-mail address",
			STR_ARG(login_taken ? m->login : m->email));
	return status == DB_OK ? audit(s, m->made.id, "user.create", 0, m->made.login) : status;
}

static bool read_password(struct making *m)
{
	struct str password;

	return password_read(m->call, &password) && check_password(password, m->login, m->email) &&
	       password_make(m->call, password, &m->password_hash);
}

int user_create(struct call *call)
{
	struct making m = {.call = call,
		.login = args_text(&call->args, "login"),
		.name = str_trim(args_text(&call->args, "name")),
		.email = args_text(&call->args, "email"),
		.password_hash = STR_NONE};
	bool with_password = args_has(&call->args, "password-stdin");

	if (!check_login(m.login) || !check_email(m.email) ||
		(str_is_set(m.name) && !check_display_name(m.name)) ||
		(with_password && !read_password(&m)) || !call_write(call, make, &m))
		return EXIT_FAILED;
	if (call->json) {
		print_json(json_pack("{s:I, s:o}", "id", (json_int_t)m.made.id, "login",
			json_of(&call->arena, m.made.login)));
		return EXIT_DONE;
	}
	print_line("The user %.*s is made, with the id %lld.", STR_ARG(m.made.login),
		(long long)m.made.id);
	if (!with_password)
		print_line("It has no password, so nobody can sign in as it. To give it one:\n"
			   "  llavero user password %.*s --password-stdin",
			STR_ARG(m.made.login));
	return EXIT_DONE;
}

json_t *user_json(struct arena *a, const struct account *u)
{
	return json_pack("{s:I, s:o, s:o, s:b, s:b, s:b, s:o, s:o}", "id", (json_int_t)u->id,
		"login", json_of(a, u->login), "name", json_of(a, u->name), "site_admin",
		u->site_admin, "email_verified", u->primary_verified, "has_password",
		str_is_set(u->password_hash), "suspended_at", json_time(u->suspended_at),
		"created_at", json_time(u->created_at));
}

static void list_user(struct list *l, const struct account *u)
{
	struct arena *a = &l->call->arena;

	if (l->call->json)
		list_json(l, user_json(a, u));
	else
		list_line(l, "%-8lld %-39.*s %.*s  %s%s%s%.*s", (long long)u->id, STR_ARG(u->login),
			STR_ARG(print_time(a, u->created_at)),
			u->site_admin ? "administrator " : "", u->suspended_at ? "suspended " : "",
			u->primary_verified ? "" : "unverified ",
			STR_ARG(str_is_set(u->name) ? print_safe(a, u->name) : STR("")));
}

int user_list(struct call *call)
{
	struct account *users;
	struct list list;
	size_t n = PAGE;
	int64_t after = 0;

	list_begin(&list, call,
		"ID       LOGIN                                   CREATED (UTC)     NAME");
	while (n == PAGE) {
		enum db_status status =
			account_list(&call->store, &call->arena, after, PAGE, &users, &n);

		if (!call_read_done(call, status))
			return EXIT_FAILED;
		for (size_t i = 0; i < n; i++)
			list_user(&list, &users[i]);
		after = n ? users[n - 1].id : after;
		arena_reset(&call->arena);
	}
	list_end(&list, "There are no users.");
	return EXIT_DONE;
}

static json_t *emails_json(struct arena *a, const struct email *emails, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list, json_pack("{s:o, s:b, s:o}", "address", json_of(a, emails[i].address),
				      "primary", emails[i].primary, "verified_at",
				      json_time(emails[i].verified_at)));
	return list;
}

static void tell_user(
	struct arena *a, const struct account *u, const struct email *emails, size_t n)
{
	print_field(a, "login", u->login);
	print_field(a, "id", str_printf(a, "%lld", (long long)u->id));
	print_field(a, "name", u->name);
	for (size_t i = 0; i < n; i++)
		print_field(a, "e-mail",
			str_printf(a, "%.*s%s%s", STR_ARG(emails[i].address),
				emails[i].primary ? ", primary" : "",
				emails[i].verified_at ? "" : ", not verified"));
	print_field(a, "password", str_is_set(u->password_hash) ? STR("set") : STR("none"));
	print_field(a, "administrator", u->site_admin ? STR("yes") : STR("no"));
	print_field(a, "suspended", print_time(a, u->suspended_at));
	print_field(a, "created", print_time(a, u->created_at));
}

int user_show(struct call *call)
{
	struct account user;
	struct email *emails = NULL;
	size_t n = 0;
	enum db_status status = find_user(call, call->args.words[0], &user);

	if (status == DB_OK)
		status = email_list(&call->store, &call->arena, user.id, &emails, &n);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (!call->json) {
		tell_user(&call->arena, &user, emails, n);
		return EXIT_DONE;
	}
	json_t *json = user_json(&call->arena, &user);

	json_object_set_new(json, "emails", emails_json(&call->arena, emails, n));
	print_json(json);
	return EXIT_DONE;
}
