#include "flow/second_factor.h"

#include "base/buf.h"
#include "flow/throttle.h"
#include "store/audit.h"
#include "store/two_factor.h"
#include "store/upkeep.h"

enum { TYPED_MAX = 64, SKEW_STEPS = 20 };

/* Guesses need the password first: counted apart from those of passwords, by account and address.
 */
struct subjects {
	struct str account, address;
};

static struct subjects subjects_of(struct context *c, const struct account *account)
{
	return (struct subjects){throttle_subject(c, "second factor account",
					 str_printf(c->arena, "%lld", (long long)account->id)),
		throttle_subject(c, "second factor address", c->remote)};
}

bool second_factor_is_on(struct context *c, const struct account *account)
{
	enum db_status status = two_factor_is_on(c->store, account->id);

	return !context_failed(c, status) && status == DB_OK;
}

struct str second_factor_typed(struct context *c, struct str typed)
{
	struct buf b;

	buf_init(&b, c->arena, TYPED_MAX);
	for (size_t i = 0; i < typed.n; i++)
		if (typed.p[i] != ' ' && typed.p[i] != '-')
			buf_add_char(&b, typed.p[i]);
	return b.overflow ? STR("") : buf_str(&b);
}

static enum db_status take_code(struct context *c, const struct account *account, struct str code,
	const struct two_factor *t)
{
	int64_t step;

	if (!totp_find(t->secret, sizeof t->secret, store_now(c->store), code, &step))
		return DB_NONE;
	return two_factor_take_step(c->store, account->id, step);
}

static enum db_status take_recovery_code(
	struct context *c, const struct account *account, struct str typed)
{
	char code[RECOVERY_TEXT_LEN + 1];

	if (!recovery_code_read(typed, code))
		return DB_NONE;

	enum db_status status =
		recovery_code_take(c->store, account->id, (struct str){code, RECOVERY_TEXT_LEN});

	wipe(code, sizeof code);
	if (status != DB_OK)
		return status;
	return audit_write(c->store, account->id, account->login,
		"two_factor_authentication.recovery_code_used", 0, STR_NONE, c->remote);
}

static enum second_factor refuse(
	struct context *c, const struct account *account, const struct subjects *s)
{
	throttle_failure(c, s->account);
	throttle_failure(c, s->address);
	context_failed(c, audit_write(c->store, account->id, account->login,
				  "two_factor_authentication.failed", 0, STR_NONE, c->remote));
	return c->failed ? SECOND_FACTOR_FAILED : SECOND_FACTOR_WRONG;
}

static enum second_factor compare(struct context *c, const struct account *account,
	struct str typed, const struct two_factor *t, const struct subjects *s)
{
	struct str code = second_factor_typed(c, typed);
	enum db_status status = totp_is_code(code) ? take_code(c, account, code, t)
						   : take_recovery_code(c, account, typed);

	if (context_failed(c, status))
		return SECOND_FACTOR_FAILED;
	if (status != DB_OK)
		return refuse(c, account, s);
	if (context_failed(c, throttle_clear(c->store, s->account)))
		return SECOND_FACTOR_FAILED;
	return SECOND_FACTOR_GOOD;
}

enum second_factor second_factor_check(
	struct context *c, const struct account *account, struct str typed, int64_t *retry_after_s)
{
	struct two_factor t;
	struct subjects s = subjects_of(c, account);
	enum db_status status = two_factor_read(c->store, account->id, &t);

	if (context_failed(c, status))
		return SECOND_FACTOR_FAILED;
	if (status != DB_OK || !t.confirmed_at)
		return SECOND_FACTOR_OFF;
	*retry_after_s = throttle_wait(c, s.account);
	if (*retry_after_s == 0)
		*retry_after_s = throttle_wait(c, s.address);
	if (*retry_after_s != 0)
		return *retry_after_s < 0 ? SECOND_FACTOR_FAILED : SECOND_FACTOR_THROTTLED;

	enum second_factor result = compare(c, account, typed, &t, &s);

	wipe(&t, sizeof t);
	return result;
}

bool second_factor_skew(
	struct context *c, const struct account *account, struct str typed, int64_t *skew_s)
{
	struct str code = second_factor_typed(c, typed);
	struct two_factor t;
	char good[TOTP_DIGITS + 1];
	bool found = false;

	if (!totp_is_code(code) || two_factor_read(c->store, account->id, &t) != DB_OK)
		return false;
	int64_t now = store_now(c->store) / TOTP_STEP_S;

	/* The nearest steps first: a far one that matches is more likely chance. */
	for (int64_t off = TOTP_WINDOW + 1; off <= SKEW_STEPS && !found; off++) {
		for (int64_t sign = -1; sign <= 1 && !found; sign += 2) {
			found = totp_code(t.secret, sizeof t.secret, now + sign * off, good) &&
				ct_equal(good, code.p, TOTP_DIGITS);
			*skew_s = sign * off * TOTP_STEP_S;
		}
	}
	wipe(good, sizeof good);
	wipe(&t, sizeof t);
	return found;
}
