/* The master key, which is kept elsewhere than the database whose keys it seals. */
#include "command/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/user.h"
#include "store/instance_keys.h"

const struct flag vault_unseal_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really: who has the database has every key then"},
	FLAG_JSON, FLAG_END};

static const char *const words[] = {[INSTANCE_KEYS_NONE] = "none",
	[INSTANCE_KEYS_OPEN] = "open",
	[INSTANCE_KEYS_SEALED] = "sealed",
	[INSTANCE_KEYS_OLD] = "old",
	[INSTANCE_KEYS_OTHER] = "other"};

/* Never over a file that is there: it might be the only copy of a key. */
static bool write_key(struct call *call, const char *path)
{
	uint8_t key[MASTER_KEY_LEN];
	char text[sodium_base64_ENCODED_LEN(MASTER_KEY_LEN, sodium_base64_VARIANT_ORIGINAL) + 1];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return false;
	random_bytes(&call->random, key, sizeof key);
	sodium_bin2base64(text, sizeof text, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
	size_t n = strlen(text);

	text[n++] = '\n';
	bool good = fchmod(fd, 0600) == 0 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0;
	int why = errno;

	wipe(key, sizeof key);
	wipe(text, sizeof text);
	if (close(fd) == 0 && good)
		return true;
	unlink(path);
	errno = why;
	return false;
}

int vault_create_key_command(struct call *call)
{
	const char *path = str_c(&call->arena, call->args.words[0]);
	char problem[256];

	if (!write_key(call, path))
		return say_failure("the file '%s' cannot be made: %s", path, strerror(errno));
	if (!master_key_load(path, "", problem))
		return say_failure("%s", problem);
	if (call->json) {
		print_json(json_pack("{s:o, s:s}", "file", json_of(&call->arena, str_from(path)),
			"master_key", master_key_name()));
		return EXIT_DONE;
	}
	print_line("The file holds the master key %s. Keep a copy where no back-up of the database "
		   "is:\nwithout it a sealed database is lost.",
		master_key_name());
	return EXIT_DONE;
}

static void tell(struct call *call, const struct instance_keys_state *state)
{
	const char *have = master_key_is_there() ? master_key_name() : NULL;

	if (call->json) {
		print_json(json_pack("{s:s, s:s?, s:s?}", "keys", words[state->form],
			"sealed_under", *state->master ? state->master : NULL, "master_key", have));
		return;
	}
	if (state->form == INSTANCE_KEYS_NONE)
		print_line("The database has no keys yet; the first use makes them.");
	else if (state->form == INSTANCE_KEYS_OPEN)
		print_line("The database's keys are open: who has it, or a back-up, has them.");
	else
		print_line(
			"The database's keys are sealed under the master key %s.", state->master);
	print_line(
		have ? "The file at hand holds the master key %s." : "No vault_key_file is set.%s",
		have ? have : "");
}

/* Nothing has to be opened to tell who could. */
int vault_show_command(struct call *call)
{
	struct instance_keys_state state = {INSTANCE_KEYS_NONE, ""};
	char problem[256];

	keep_log();
	if (!config_load_master_key(&call->config, problem))
		return say_failure("%s", problem);
	struct db *db = call_open_database(call->config.database_url, false);

	if (!db)
		return EXIT_FAILED;
	int version = db_schema_version(db);
	enum db_status status = version > 0   ? instance_keys_look(db, &state)
				: version < 0 ? DB_FAILED
					      : DB_OK;

	db_close(db);
	if (status != DB_OK)
		return say_database_failure(status);
	tell(call, &state);
	return EXIT_DONE;
}

struct change {
	struct call *call;
	bool seal, done;
	struct instance_keys_state state;
};

static bool is_as_wanted(const struct change *c)
{
	return c->state.form == (c->seal ? INSTANCE_KEYS_SEALED : INSTANCE_KEYS_OPEN);
}

static enum db_status change(struct store *s, void *context)
{
	struct change *c = context;
	enum db_status status = instance_keys_look(s->db, &c->state);

	c->done = false;
	if (status != DB_OK || is_as_wanted(c))
		return status;
	status = instance_keys_write(s, c->seal);
	if (status == DB_OK)
		status = audit(s, 0, c->seal ? "vault.seal" : "vault.unseal", 0,
			str_from(c->seal ? master_key_name() : c->state.master));
	c->done = status == DB_OK;
	return status;
}

static void tell_changed(const struct change *c, bool scrubbed)
{
	struct call *call = c->call;

	if (call->json)
		print_json(json_pack("{s:b, s:s, s:s?, s:b}", "changed", c->done, "keys",
			words[c->seal ? INSTANCE_KEYS_SEALED : INSTANCE_KEYS_OPEN], "sealed_under",
			c->seal ? master_key_name() : NULL, "scrubbed", scrubbed));
	else if (!c->done)
		print_line("Nothing to do: the keys are %s already.", c->seal ? "sealed" : "open");
	else if (!c->seal)
		print_line("The database's keys are open: who has it, or a back-up, has them.");
	else
		print_line("The database's keys are sealed under the master key %s.",
			master_key_name());
	if (call->json || !c->done || !c->seal)
		return;
	if (c->state.form == INSTANCE_KEYS_OPEN)
		print_line(
			"Copies from before hold them open: back-ups, archived logs. Let the old "
			"ones go.");
	if (!scrubbed)
		print_line("The database could not be cleaned of the old form while it is in use: "
			   "run this again later.");
}

static int run_change(struct call *call, bool seal)
{
	struct change *c = ARENA_NEW(&call->arena, struct change);

	c->call = call;
	c->seal = seal;
	if (!call_write(call, change, c))
		return EXIT_FAILED;
	tell_changed(c, !seal || db_scrub(call->store.db, "instance") == DB_OK);
	return EXIT_DONE;
}

int vault_seal_command(struct call *call)
{
	if (!master_key_is_there())
		return say_failure("vault_key_file is not set; 'llavero vault create-key FILE' "
				   "makes a key");
	return run_change(call, true);
}

int vault_unseal_command(struct call *call)
{
	if (!args_has(&call->args, "yes"))
		return say_misuse(call, "who has the database has every key then; '--yes' is "
					"missing");
	return run_change(call, false);
}
