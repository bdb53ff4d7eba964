#include "store/instance_keys.h"

#include <stdio.h>

#include "store/audit.h"

/* Where a key of the store is kept. */
struct slot {
	const char *name;
	void *at;
	size_t n;
};

enum { SLOTS = 6, KEY_MOST = SHA256_LEN, SEALED_MOST = KEY_MOST + MASTER_KEY_EXTRA };

static void slots_of(struct store *s, struct slot out[SLOTS])
{
	const struct slot all[SLOTS] = {{"locator_key", s->locator.bytes, sizeof s->locator.bytes},
		{"form_key", s->form_key, sizeof s->form_key},
		{"refresh_key", s->refresh.seal, sizeof s->refresh.seal},
		{"vault_key", s->vault_key, sizeof s->vault_key},
		{"subject_key", s->subject_key, sizeof s->subject_key},
		{"audit_key", s->audit_key, sizeof s->audit_key}};

	memcpy(out, all, sizeof all);
}

struct kept {
	bool there, sealed;
	enum master_key_opens opens;
	char master[2 * MASTER_KEY_ID + 1];
};

/* Reads one key, in whichever form it is. DB_FAILED: it is neither. */
static enum db_status read_slot(struct db *db, const struct slot *slot, struct kept *kept)
{
	uint8_t sealed[SEALED_MOST];
	struct db_rows r;
	bool whole = false;

	*kept = (struct kept){0};
	db_query(&r, db, STMT_INSTANCE_GET, DB_ARGS(db_text(str_from(slot->name))));
	kept->there = db_next(&r);
	if (kept->there) {
		kept->sealed = db_bytes(&r, 0, sealed, slot->n + MASTER_KEY_EXTRA);
		whole = kept->sealed || db_bytes(&r, 0, slot->at, slot->n);
	}
	db_end(&r);
	if (r.status != DB_OK)
		return r.status;
	if (kept->sealed) {
		master_key_name_of(sealed, kept->master);
		kept->opens = master_key_open(str_from(slot->name), sealed, slot->n, slot->at);
	}
	return whole || !kept->there ? DB_OK : DB_FAILED;
}

static enum db_status write_slot(
	struct store *s, const struct slot *slot, bool sealed, enum stmt stmt)
{
	uint8_t text[SEALED_MOST];

	if (!sealed)
		return db_exec(s->db, stmt,
			DB_ARGS(db_text(str_from(slot->name)), DB_BYTES(slot->at, slot->n)), NULL);
	master_key_seal(s->random, str_from(slot->name), slot->at, slot->n, text);
	return db_exec(s->db, stmt,
		DB_ARGS(db_text(str_from(slot->name)), DB_BYTES(text, slot->n + MASTER_KEY_EXTRA)),
		NULL);
}

static bool is_closed(const struct kept *k)
{
	return k->sealed && k->opens != MASTER_OPENS && k->opens != MASTER_OPENS_OLD;
}

/* Another process may have made them meanwhile, with a master key that this one does not have: then
 * an open one must not be added to them. */
static enum db_status make_missing(struct store *s, void *unused)
{
	struct slot slots[SLOTS];
	enum db_status status = DB_OK;

	(void)unused;
	slots_of(s, slots);
	for (size_t i = 0; i < SLOTS && status == DB_OK; i++) {
		struct kept kept;

		status = read_slot(s->db, &slots[i], &kept);
		if (status == DB_OK && is_closed(&kept))
			return DB_FAILED;
		if (status != DB_OK || kept.there)
			continue;
		random_bytes(s->random, slots[i].at, slots[i].n);
		status = write_slot(s, &slots[i], master_key_is_there(), STMT_INSTANCE_PUT);
		if (status == DB_OK && slots[i].at == s->audit_key)
			status = audit_begin(s);
	}
	return status;
}

static bool explain(const struct kept *k, char problem[256])
{
	const char *have = master_key_name();

	if (k->opens == MASTER_IS_BROKEN)
		snprintf(problem, 256, "a key of the instance was changed, and cannot be opened");
	else if (!*have)
		snprintf(problem, 256,
			"the database's keys are sealed under the master key %s: set "
			"vault_key_file to the file that holds it",
			k->master);
	else
		snprintf(problem, 256,
			"the database's keys are sealed under the master key %s, but "
			"vault_key_file holds %s: name the file with the other one, as "
			"vault_key_file_old if it is being replaced",
			k->master, have);
	return false;
}

/* Reads all that are there. */
static bool read_all(struct store *s, bool *missing, char problem[256])
{
	struct slot slots[SLOTS];
	bool good = true;

	slots_of(s, slots);
	*missing = false;
	for (size_t i = 0; i < SLOTS && good; i++) {
		struct kept kept;

		good = read_slot(s->db, &slots[i], &kept) == DB_OK;
		if (!good)
			snprintf(problem, 256, "the database has no readable instance keys");
		*missing = *missing || !kept.there;
		if (good && is_closed(&kept))
			good = explain(&kept, problem);
	}
	db_rollback(s->db);
	return good;
}

bool instance_keys_load(struct store *s, char problem[256])
{
	bool missing;

	if (!read_all(s, &missing, problem))
		return false;
	if (missing && store_write(s, make_missing, NULL) != DB_OK) {
		if (read_all(s, &missing, problem))
			snprintf(problem, 256, "the database has no readable instance keys");
		return false;
	}
	s->refresh.locator = s->locator;
	return true;
}

/* What one key is kept as decides, if that is worse than what the others are. */
static enum instance_keys_form form_of(const struct kept *k)
{
	if (!k->sealed)
		return INSTANCE_KEYS_OPEN;
	return k->opens == MASTER_OPENS       ? INSTANCE_KEYS_SEALED
	       : k->opens == MASTER_OPENS_OLD ? INSTANCE_KEYS_OLD
					      : INSTANCE_KEYS_OTHER;
}

static bool is_worse(enum instance_keys_form a, enum instance_keys_form b)
{
	static const int rank[] = {[INSTANCE_KEYS_NONE] = 0,
		[INSTANCE_KEYS_SEALED] = 1,
		[INSTANCE_KEYS_OLD] = 2,
		[INSTANCE_KEYS_OPEN] = 3,
		[INSTANCE_KEYS_OTHER] = 4};

	return rank[a] > rank[b];
}

enum db_status instance_keys_look(struct db *db, struct instance_keys_state *out)
{
	struct store s = {.db = db};
	struct slot slots[SLOTS];
	enum db_status status = DB_OK;

	*out = (struct instance_keys_state){INSTANCE_KEYS_NONE, ""};
	slots_of(&s, slots);
	for (size_t i = 0; i < SLOTS && status == DB_OK; i++) {
		struct kept kept;

		status = read_slot(db, &slots[i], &kept);
		if (status != DB_OK || !kept.there)
			continue;
		if (is_worse(form_of(&kept), out->form))
			out->form = form_of(&kept);
		if (kept.sealed)
			memcpy(out->master, kept.master, sizeof out->master);
	}
	wipe(&s, sizeof s);
	return status;
}

enum db_status instance_keys_write(struct store *s, bool sealed)
{
	struct slot slots[SLOTS];
	enum db_status status = DB_OK;

	slots_of(s, slots);
	for (size_t i = 0; i < SLOTS && status == DB_OK; i++)
		status = write_slot(s, &slots[i], sealed, STMT_INSTANCE_SET);
	return status;
}
