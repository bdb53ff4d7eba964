/* Changing accounts that exist. */
#include "command/fields.h"
#include "command/password.h"
#include "command/user.h"

const struct flag user_password_flags[] = {
	{"password-stdin", FLAG_SWITCH, true, NULL,
		"read the password from the first line of standard input"},
	FLAG_JSON, FLAG_END};

struct change {
	struct call *call;
	struct account user;
	struct str text; /* what is being set: a hash, an address */
	bool on;
	bool nothing_to_do;
};

/* Prints the account as it is now, or what was done, or that it was so already. */
static int tell(struct change *c, const char *done, const char *already)
{
	struct arena *a = &c->call->arena;

	if (c->call->json)
		print_json(user_json(a, &c->user));
	else
		print_line("%.*s %s.", STR_ARG(c->user.login), c->nothing_to_do ? already : done);
	return EXIT_DONE;
}

/* Ends a change: notes it, and reads the account again. */
static enum db_status noted(struct store *s, struct change *c, enum db_status status,
	const char *action, struct str detail)
{
	if (status == DB_OK)
		status = audit(s, c->user.id, action, 0, detail);
	return status == DB_OK ? account_by_id(s, &c->call->arena, c->user.id, &c->user) : status;
}

static enum db_status set_password(struct store *s, void *context)
{
	struct change *c = context;
	enum db_status status = account_set_password(s, c->user.id, c->text);

	if (status == DB_OK)
		status = session_end_others(s, c->user.id, 0);
	return noted(s, c, status, "user.change_password", STR_NONE);
}

int user_password(struct call *call)
{
	struct change c = {.call = call};
	struct email *emails;
	struct str password;
	size_t n = 0;
	enum db_status status = find_user(call, call->args.words[0], &c.user);

	if (status == DB_OK)
		status = email_list(&call->store, &call->arena, c.user.id, &emails, &n);
	if (!call_read_done(call, status) || !password_read(call, &password))
		return EXIT_FAILED;
	if (!check_password(password, c.user.login, STR("")))
		return EXIT_FAILED;
	for (size_t i = 0; i < n; i++)
		if (!check_password(password, c.user.login, emails[i].address))
			return EXIT_FAILED;
	if (!password_make(call, password, &c.text) || !call_write(call, set_password, &c))
		return EXIT_FAILED;
	return tell(&c, "has the new password, and is signed out everywhere", NULL);
}

static bool has_address(const struct email *emails, size_t n, struct str address)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(emails[i].address, address))
			return true;
	return false;
}

static enum db_status verify(struct store *s, void *context)
{
	struct change *c = context;
	struct email *emails;
	size_t n;
	enum db_status status = find_user(c->call, c->call->args.words[0], &c->user);

	if (status == DB_OK)
		status = email_list(s, &c->call->arena, c->user.id, &emails, &n);
	if (status != DB_OK)
		return status;
	if (!has_address(emails, n, c->text))
		return refuse(c->call, "%.*s has no e-mail address '%.*s'", STR_ARG(c->user.login),
			STR_ARG(c->text));
	status = email_verify(s, &c->call->arena, c->user.id, c->text);
	c->nothing_to_do = status == DB_NONE;
	return c->nothing_to_do ? DB_OK : noted(s, c, status, "user.verify_email", c->text);
}

int user_verify_email(struct call *call)
{
	struct change c = {.call = call, .text = call->args.words[1]};
	struct arena *a = &call->arena;

	if (!call_write(call, verify, &c))
		return EXIT_FAILED;
	return tell(&c, str_printf(a, "has the address %.*s verified now", STR_ARG(c.text)).p,
		str_printf(a, "has the address %.*s verified already", STR_ARG(c.text)).p);
}

/* Who is suspended is signed out; tokens rest for as long as it lasts. */
static enum db_status set_suspended(struct store *s, void *context)
{
	struct change *c = context;
	enum db_status status = find_user(c->call, c->call->args.words[0], &c->user);

	if (status != DB_OK)
		return status;
	c->nothing_to_do = (c->user.suspended_at != 0) == c->on;
	if (c->nothing_to_do)
		return DB_OK;
	status = account_set_suspended(s, c->user.id, c->on);
	if (status == DB_OK && c->on)
		status = session_end_others(s, c->user.id, 0);
	return noted(s, c, status, c->on ? "user.suspend" : "user.unsuspend", STR_NONE);
}

int user_suspend(struct call *call)
{
	struct change c = {.call = call, .on = true};

	return call_write(call, set_suspended, &c)
		       ? tell(&c, "is suspended", "is suspended already")
		       : EXIT_FAILED;
}

int user_unsuspend(struct call *call)
{
	struct change c = {.call = call, .on = false};

	return call_write(call, set_suspended, &c)
		       ? tell(&c, "is not suspended any more", "is not suspended")
		       : EXIT_FAILED;
}

static enum db_status set_admin(struct store *s, void *context)
{
	struct change *c = context;
	enum db_status status = find_user(c->call, c->call->args.words[0], &c->user);

	if (status != DB_OK)
		return status;
	c->nothing_to_do = c->user.site_admin == c->on;
	if (c->nothing_to_do)
		return DB_OK;
	status = account_set_admin(s, c->user.id, c->on);
	return noted(s, c, status, c->on ? "user.promote" : "user.demote", STR_NONE);
}

int user_admin(struct call *call)
{
	struct change c = {.call = call, .on = str_eq_c(call->args.words[1], "on")};

	if (!c.on && !str_eq_c(call->args.words[1], "off"))
		return say_misuse(
			call, "'%.*s' is neither 'on' nor 'off'", STR_ARG(call->args.words[1]));
	if (!call_write(call, set_admin, &c))
		return EXIT_FAILED;
	return c.on ? tell(&c, "is an administrator now", "is an administrator already")
		    : tell(&c, "is no administrator any more", "is no administrator");
}
