/* user two-factor: for people who have lost their authenticator and their recovery codes. */
#include "command/user.h"
#include "store/two_factor.h"

const struct flag user_two_factor_flags[] = {
	{"disable", FLAG_SWITCH, false, NULL, "turn it off: the password alone is enough again"},
	FLAG_JSON, FLAG_END};

struct inquiry {
	struct call *call;
	struct account user;
	struct two_factor state; /* never shown: the secret is in it */
	int64_t codes_left;
	bool was_off;
};

static enum db_status look(struct inquiry *q)
{
	struct store *s = &q->call->store;
	enum db_status status = find_user(q->call, q->call->args.words[0], &q->user);

	if (status == DB_OK)
		status = recovery_codes_left(s, q->user.id, &q->codes_left);
	if (status == DB_OK)
		status = two_factor_times(s, q->user.id, &q->state);
	return status == DB_NONE && q->user.id ? DB_OK : status;
}

static enum db_status disable(struct store *s, void *context)
{
	struct inquiry *q = context;
	enum db_status status = look(q);

	q->was_off = q->state.confirmed_at == 0;
	if (status == DB_OK)
		status = two_factor_remove(s, q->user.id);
	if (status == DB_NONE || (status == DB_OK && q->was_off))
		return DB_OK;
	q->state.confirmed_at = q->codes_left = 0;
	return status == DB_OK
		       ? audit(s, q->user.id, "two_factor_authentication.disabled", 0, STR_NONE)
		       : status;
}

static void tell(const struct inquiry *q, bool disabled)
{
	struct arena *a = &q->call->arena;
	bool on = q->state.confirmed_at != 0;

	if (q->call->json)
		print_json(json_pack("{s:o, s:b, s:o, s:I}", "login", json_of(a, q->user.login),
			"two_factor", (int)on, "since", json_time(q->state.confirmed_at),
			"recovery_codes_left", (json_int_t)q->codes_left));
	else if (on)
		print_line("%.*s has had two-factor authentication since %.*s (UTC), with %lld "
			   "recovery codes left.",
			STR_ARG(q->user.login), STR_ARG(print_time(a, q->state.confirmed_at)),
			(long long)q->codes_left);
	else
		print_line("%.*s %s.", STR_ARG(q->user.login),
			disabled && !q->was_off ? "has no two-factor authentication any more"
						: "has no two-factor authentication");
}

int user_two_factor(struct call *call)
{
	struct inquiry q = {.call = call};
	bool off = args_has(&call->args, "disable");

	if (off ? !call_write(call, disable, &q) : !call_read_done(call, look(&q)))
		return EXIT_FAILED;
	tell(&q, off);
	return EXIT_DONE;
}
