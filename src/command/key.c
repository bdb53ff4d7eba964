/* The server's signing keys. */
#include "command/key.h"

#include "base/crypto.h"
#include "command/user.h"
#include "flow/signing_keys.h"

const struct flag key_retire_flags[] = {
	{"now", FLAG_SWITCH, false, NULL,
		"it leaked: nothing that it signed counts any more, and another key signs at once"},
	FLAG_JSON, FLAG_END};

static const char *state_word(const struct call *call, const struct signing_key *k)
{
	return key_state_word(key_state_at(&k->times, store_now(&call->store)));
}

static json_t *key_json(struct call *call, const struct signing_key *k)
{
	const struct key_times *t = &k->times;

	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "kid",
		json_of(&call->arena, k->kid), "alg", jose_alg_word(k->alg), "state",
		state_word(call, k), "created_at", json_time(t->created_at), "active_at",
		json_time(t->active_at), "ends_at", json_time(t->ends_at), "leaves_at",
		json_time(t->leaves_at), "revoked_at", json_time(t->revoked_at));
}

static struct key_change change_of(struct call *call)
{
	return (struct key_change){
		&call->store, &call->arena, &call->config.settings, STR("command line")};
}

static void list_key(struct list *l, const struct signing_key *k)
{
	struct arena *a = &l->call->arena;
	const struct key_times *t = &k->times;

	if (l->call->json)
		list_json(l, key_json(l->call, k));
	else
		list_line(l, "%-43.*s %-5s %-9s %-16.*s %-16.*s %.*s", STR_ARG(k->kid),
			jose_alg_word(k->alg), state_word(l->call, k),
			STR_ARG(print_time(a, t->active_at)), STR_ARG(print_time(a, t->ends_at)),
			STR_ARG(print_time(a, t->revoked_at ? t->revoked_at : t->leaves_at)));
}

int key_list_command(struct call *call)
{
	struct signing_key *keys[JOSE_ALGS];
	size_t n[JOSE_ALGS] = {0};
	enum db_status status = DB_OK;
	struct list list;

	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && status == DB_OK; alg++)
		status = signing_keys_list(
			&call->store, &call->arena, (enum jose_alg)alg, false, &keys[alg], &n[alg]);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_begin(&list, call,
		"KID                                         ALG   STATE     SIGNS FROM (UTC) "
		"UNTIL            PUBLISHED UNTIL");
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		for (size_t i = 0; i < n[alg]; i++)
			list_key(&list, &keys[alg][i]);
	list_end(&list, "There are no signing keys yet; the first use makes them.");
	return EXIT_DONE;
}

struct rotating {
	struct call *call;
	unsigned algs;
	char texts[JOSE_ALGS][JWK_TEXT_MAX]; /* made before the transaction */
	struct signing_key made[JOSE_ALGS];
	bool is_made[JOSE_ALGS];
};

/* An algorithm whose successor waits already is left as it is. */
static enum db_status rotate(struct store *s, void *context)
{
	struct rotating *r = context;
	const struct key_change change = change_of(r->call);
	enum db_status status = DB_OK;

	(void)s;
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS && status == DB_OK; alg++) {
		if (!(r->algs & JOSE_BIT(alg)))
			continue;
		status = signing_key_add(
			&change, (enum jose_alg)alg, r->texts[alg], true, &r->made[alg]);
		r->is_made[alg] = status == DB_OK;
		if (status == DB_NONE)
			status = DB_OK;
	}
	return status;
}

static bool generate(struct rotating *r)
{
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++)
		if ((r->algs & JOSE_BIT(alg)) && !jwk_generate((enum jose_alg)alg, r->texts[alg]))
			return false;
	return true;
}

static void tell_rotated(const struct rotating *r)
{
	struct list list;

	list_begin(&list, r->call, "Made:");
	for (int alg = JOSE_NO_ALG + 1; alg < JOSE_ALGS; alg++) {
		if (!r->is_made[alg])
			continue;
		if (r->call->json)
			list_json(&list, key_json(r->call, &r->made[alg]));
		else
			list_line(&list, "  %s %.*s, signs from %.*s (UTC)",
				jose_alg_word((enum jose_alg)alg), STR_ARG(r->made[alg].kid),
				STR_ARG(print_time(&r->call->arena, r->made[alg].times.active_at)));
	}
	list_end(&list, "Nothing to do: successors are published already.");
}

int key_rotate_command(struct call *call)
{
	struct rotating *r = ARENA_NEW(&call->arena, struct rotating);
	struct str word = call->args.words[0];

	r->call = call;
	r->algs = call->config.settings.signing_algs;
	if (str_is_set(word))
		r->algs &= JOSE_BIT(jose_alg_of(word));
	if (!r->algs)
		return say_failure(
			"'%.*s' is none of the setting signing_algorithms", STR_ARG(word));
	if (!generate(r))
		return say_failure("the keys cannot be made");
	bool good = call_write(call, rotate, r);

	wipe(r->texts, sizeof r->texts);
	if (!good)
		return EXIT_FAILED;
	tell_rotated(r);
	return EXIT_DONE;
}

struct retirement {
	struct call *call;
	bool leaked;
	char spare[JWK_TEXT_MAX];
	struct signing_key key;
};

static enum db_status retire(struct store *s, void *context)
{
	struct retirement *r = context;
	const struct key_change change = change_of(r->call);
	struct str kid = r->call->args.words[0];
	enum key_retired result;
	enum db_status status =
		signing_key_retire(&change, kid, r->leaked, r->spare, &result, &r->key);

	(void)s;
	if (status == DB_OK && result == KEY_RETIRE_UNKNOWN)
		return refuse(r->call, "there is no key '%.*s'", STR_ARG(kid));
	if (status == DB_OK && result == KEY_RETIRE_TOO_LATE)
		return refuse(r->call, "the key '%.*s' is %s already", STR_ARG(kid),
			state_word(r->call, &r->key));
	return status;
}

static void tell_retired(const struct retirement *r)
{
	struct arena *a = &r->call->arena;
	const struct signing_key *k = &r->key;
	enum key_state state = key_state_at(&k->times, store_now(&r->call->store));

	if (r->call->json)
		print_json(key_json(r->call, k));
	else if (state == KEY_REVOKED)
		print_line("The key %.*s is revoked. Who kept the JWKS trusts it for up to %d "
			   "more minutes.",
			STR_ARG(k->kid), (int)KEY_JWKS_MAX_AGE_S / 60);
	else if (state == KEY_ACTIVE)
		print_line("The key %.*s signs until %.*s (UTC), when its successor does.",
			STR_ARG(k->kid), STR_ARG(print_time(a, k->times.ends_at)));
	else if (state == KEY_RETIRING)
		print_line("The key %.*s signs no more. It is published until %.*s (UTC).",
			STR_ARG(k->kid), STR_ARG(print_time(a, k->times.leaves_at)));
	else
		print_line("The key %.*s is withdrawn. It has signed nothing.", STR_ARG(k->kid));
}

int key_retire_command(struct call *call)
{
	struct retirement *r = ARENA_NEW(&call->arena, struct retirement);
	enum db_status status =
		signing_key_find(&call->store, &call->arena, call->args.words[0], &r->key);

	r->call = call;
	r->leaked = args_has(&call->args, "now");
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (status == DB_OK && !jwk_generate(r->key.alg, r->spare))
		return say_failure("a successor cannot be made");
	bool good = call_write(call, retire, r);

	wipe(r->spare, sizeof r->spare);
	if (!good)
		return EXIT_FAILED;
	tell_retired(r);
	return EXIT_DONE;
}
