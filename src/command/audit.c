/* The security log from outside: who did what, and is it as it was written? */
#include "command/audit.h"

#include <inttypes.h>

#include "base/limits.h"
#include "command/file.h"
#include "store/account.h"
#include "store/audit_verify.h"
#include "store/instance_keys.h"

enum {
	SCRATCH = 16 << 20,
	LINES_DEFAULT = 20,
	LINES_MOST = 1000,
	HEAD_TEXT = 21 + 2 * AUDIT_MAC + 1,
};

const struct flag audit_list_flags[] = {
	{"user", FLAG_TEXT, false, "LOGIN", "only the log of this user"},
	{"lines", FLAG_TEXT, false, "N", "how many of the newest [20]"}, FLAG_JSON, FLAG_END};
const struct flag audit_verify_flags[] = {
	{"head", FLAG_TEXT, false, "FILE",
		"heads that were kept, one a line: are they in the log?"},
	FLAG_JSON, FLAG_END};

static const char *const fault_words[AUDIT_FAULTS] = {[AUDIT_HEAD_CHANGED] = "head_changed",
	[AUDIT_MISSING] = "missing",
	[AUDIT_CHANGED] = "changed",
	[AUDIT_MOVED] = "moved",
	[AUDIT_PUT_IN] = "put_in",
	[AUDIT_LOOSE_END] = "loose_end"};

static json_t *place_json(int64_t seq)
{
	return seq ? json_integer((json_int_t)seq) : json_null();
}

static json_t *entry_json(struct arena *a, const struct audit_entry *e)
{
	return json_pack("{s:o, s:I, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:b}", "entry",
		place_json(e->seq), "id", (json_int_t)e->id, "at", json_time(e->at), "account",
		(json_int_t)e->account_id, "actor", json_of(a, e->actor), "action",
		json_of(a, e->action), "app", place_json(e->app_id), "detail",
		json_of(a, e->detail), "address", json_of(a, e->address), "erased", e->is_erased);
}

static void list_entry(struct list *l, struct arena *a, const struct audit_entry *e)
{
	if (l->call->json)
		list_json(l, entry_json(a, e));
	else
		list_line(l, "%-16.*s  %-20.*s  %-40.*s  %-15.*s  %.*s",
			STR_ARG(print_time(a, e->at)), STR_ARG(print_safe(a, e->actor)),
			STR_ARG(print_safe(a, e->is_erased ? STR("(erased)") : e->action)),
			STR_ARG(print_safe(a, e->address)), STR_ARG(print_safe(a, e->detail)));
}

/* The newest first: those without a place yet, then the end of the chain. */
static enum db_status list_all(struct list *l, size_t lines)
{
	struct store *s = &l->call->store;
	struct arena *a = &l->call->arena;
	struct audit_entry *waiting, *placed;
	size_t waiting_n, n = 0;
	enum db_status status = audit_waiting(s, a, INT64_MIN, lines, &waiting, &waiting_n);

	if (status == DB_OK)
		status = audit_before(s, a, INT64_MAX, lines, &placed, &n);
	for (size_t i = waiting_n; i > 0 && status == DB_OK; i--)
		list_entry(l, a, &waiting[i - 1]);
	for (size_t i = 0; i + waiting_n < lines && i < n && status == DB_OK; i++)
		list_entry(l, a, &placed[i]);
	return status;
}

static enum db_status list_of_user(struct list *l, struct str login, size_t lines)
{
	struct call *call = l->call;
	struct audit_entry *found;
	struct account user;
	size_t n = 0;
	enum db_status status = account_by_login(&call->store, &call->arena, login, &user);

	if (status == DB_NONE)
		return refuse(call, "there is no user '%.*s'", STR_ARG(login));
	if (status == DB_OK)
		status = audit_list(&call->store, &call->arena, user.id, lines, &found, &n);
	for (size_t i = 0; i < n && status == DB_OK; i++)
		list_entry(l, &call->arena, &found[i]);
	return status;
}

int audit_list_command(struct call *call)
{
	struct str login = args_text(&call->args, "user"), text = args_text(&call->args, "lines");
	int64_t lines = LINES_DEFAULT;
	struct list list;

	if (str_is_set(text) && (!str_to_i64(text, &lines) || lines < 1 || lines > LINES_MOST))
		return say_misuse(call, "--lines must be a number from 1 to %d", LINES_MOST);
	list_begin(&list, call,
		"WHEN (UTC)        WHO                   WHAT                                      "
		"FROM             DETAIL");
	enum db_status status = str_is_set(login) ? list_of_user(&list, login, (size_t)lines)
						  : list_all(&list, (size_t)lines);

	if (!call_read_done(call, status))
		return EXIT_FAILED;
	list_end(&list, "The log is empty.");
	return EXIT_DONE;
}

/* One object a line. */
static void export_entry(struct arena *a, const struct audit_entry *e)
{
	json_t *json = entry_json(a, e);
	char link[2 * AUDIT_MAC + 1] = "";

	if (e->seq)
		hex_encode(e->link, sizeof e->link, link);
	json_object_set_new(json, "link", e->seq ? json_string(link) : json_null());
	print_json(json);
}

static enum db_status export_chain(struct call *call, struct arena *a)
{
	int64_t seq = INT64_MIN, after = INT64_MIN;
	enum db_status status = DB_OK;

	for (size_t n = AUDIT_BATCH; n == AUDIT_BATCH && status == DB_OK; arena_reset(a)) {
		struct audit_entry *found;

		status = audit_chain(&call->store, a, seq, after, AUDIT_BATCH, &found, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++) {
			export_entry(a, &found[i]);
			seq = found[i].seq;
			after = found[i].id;
		}
	}
	return status;
}

static enum db_status export_waiting(struct call *call, struct arena *a)
{
	int64_t after = INT64_MIN;
	enum db_status status = DB_OK;

	for (size_t n = AUDIT_BATCH; n == AUDIT_BATCH && status == DB_OK; arena_reset(a)) {
		struct audit_entry *found;

		status = audit_waiting(&call->store, a, after, AUDIT_BATCH, &found, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++) {
			export_entry(a, &found[i]);
			after = found[i].id;
		}
	}
	return status;
}

static void scratch_init(struct arena *scratch, struct call *call)
{
	arena_init(scratch, SCRATCH);
	scratch->escape = call->arena.escape;
}

int audit_export_command(struct call *call)
{
	struct arena scratch;

	scratch_init(&scratch, call);
	enum db_status status = db_begin_snapshot(call->store.db);

	if (status == DB_OK)
		status = export_chain(call, &scratch);
	if (status == DB_OK)
		status = export_waiting(call, &scratch);
	arena_release(&scratch);
	return call_read_done(call, status) ? EXIT_DONE : EXIT_FAILED;
}

static const char *head_text(const struct audit_head *h, char text[HEAD_TEXT])
{
	char link[2 * AUDIT_MAC + 1];

	hex_encode(h->link, sizeof h->link, link);
	snprintf(text, HEAD_TEXT, "%" PRId64 ":%s", h->seq, link);
	return text;
}

static int say_head_changed(void)
{
	return say_failure("the head of the log was changed or taken away; "
			   "see 'llavero audit verify'");
}

int audit_head_command(struct call *call)
{
	struct audit_head head = {.seq = 0};
	char text[HEAD_TEXT];
	enum db_status status = audit_seal_all(&call->store, &call->arena);

	if (status == DB_OK)
		status = audit_head_read(&call->store, &head);
	db_rollback(call->store.db);
	if (status == DB_CONFLICT)
		return say_head_changed();
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:I, s:s}", "entries", (json_int_t)head.seq, "head",
			head_text(&head, text)));
	else
		print_line("%s", head_text(&head, text));
	return EXIT_DONE;
}

struct verifying {
	struct call *call;
	json_t *findings; /* with --json */
	uint64_t heads, heads_bad;
};

static void say_finding(struct verifying *v, const char *word, int64_t from, int64_t to, int64_t id,
	const char *sentence)
{
	if (v->call->json)
		json_array_append_new(v->findings,
			json_pack("{s:s, s:o, s:o, s:o}", "fault", word, "from", place_json(from),
				"to", place_json(to), "id", place_json(id)));
	else
		print_line("%s", sentence);
}

static void tell(void *context, const struct audit_finding *f)
{
	char s[160];
	long long from = f->from, to = f->to, id = f->id;

	switch (f->fault) {
	case AUDIT_FAULTS:
		return;
	case AUDIT_HEAD_CHANGED:
		snprintf(s, sizeof s,
			"The head of the log was changed or taken away: where it ends is not "
			"known.");
		break;
	case AUDIT_MISSING:
		if (from == to)
			snprintf(s, sizeof s, "Entry %lld is missing.", from);
		else
			snprintf(s, sizeof s, "Entries %lld to %lld are missing.", from, to);
		break;
	case AUDIT_CHANGED:
		snprintf(s, sizeof s, "Entry %lld was changed (row %lld).", from, id);
		break;
	case AUDIT_MOVED:
		snprintf(s, sizeof s, "Entry %lld is not the one that was there (row %lld).", from,
			id);
		break;
	case AUDIT_PUT_IN:
		snprintf(s, sizeof s, "An entry was put in (row %lld).", id);
		break;
	case AUDIT_LOOSE_END:
		snprintf(s, sizeof s, "Entry %lld, the last, is not the one that was there.", from);
		break;
	}
	say_finding(context, fault_words[f->fault], f->from, f->to, f->id, s);
}

struct kept {
	int64_t seq;
	uint8_t link[AUDIT_MAC];
};

static bool parse_head(struct str line, struct kept *out)
{
	size_t colon = str_find(line, ':');

	return colon < line.n && str_to_i64(str_slice(line, 0, colon), &out->seq) &&
	       out->seq >= 0 &&
	       hex_decode(str_slice(line, colon + 1, line.n), out->link, sizeof out->link);
}

/* DB_OK: it is in the log; DB_NONE: nobody can tell any more, since that part was let go. */
static enum db_status find_head(
	struct call *call, const struct audit_head *head, const struct kept *k)
{
	uint8_t link[AUDIT_MAC];
	enum db_status status = DB_OK;

	if (k->seq == 0)
		audit_beginning(&call->store, link);
	else if (k->seq == head->cleared)
		memcpy(link, head->cleared_link, sizeof link);
	else if (k->seq < head->cleared)
		return DB_NONE;
	else
		status = audit_link_at(&call->store, k->seq, link);
	if (status == DB_NONE)
		return DB_CONFLICT;
	if (status != DB_OK)
		return status;
	return ct_equal(link, k->link, sizeof link) ? DB_OK : DB_CONFLICT;
}

static enum db_status look_at_head(
	struct verifying *v, const struct audit_head *head, const struct kept *k)
{
	char s[160];
	enum db_status status = find_head(v->call, head, k);

	v->heads++;
	if (status != DB_CONFLICT)
		return status == DB_NONE ? DB_OK : status;
	v->heads_bad++;
	if (k->seq > head->seq)
		snprintf(s, sizeof s,
			"The log had %lld entries when a head was kept, and has %lld now.",
			(long long)k->seq, (long long)head->seq);
	else
		snprintf(s, sizeof s,
			"Entry %lld is not the one that was there when a head was kept.",
			(long long)k->seq);
	say_finding(v, "not_the_kept_head", k->seq, k->seq, 0, s);
	return DB_OK;
}

/* The heads of a file, which must all be such. */
static bool read_heads(struct call *call, struct kept **out, size_t *n)
{
	struct str path = args_text(&call->args, "head"), text, line;

	*n = 0;
	if (!str_is_set(path))
		return true;
	if (!read_file(call, path, LIMIT_AUDIT_HEADS, &text))
		return say_failure("%s", call->refusal), false;
	*out = ARENA_ARRAY(&call->arena, struct kept, text.n / 2 + 1);
	for (size_t number = 1; str_next(&text, '\n', &line); number++) {
		line = str_trim(line);
		if (line.n && !parse_head(line, &(*out)[(*n)++])) {
			say_failure(
				"line %zu of '%.*s' is no head of a log", number, STR_ARG(path));
			return false;
		}
	}
	if (*n == 0)
		say_failure("there is no head in '%.*s'", STR_ARG(path));
	return *n > 0;
}

/* Is the key that the log is proven with out of reach for who can write the database? */
static bool key_is_sealed(struct call *call)
{
	struct instance_keys_state state;

	return instance_keys_look(call->store.db, &state) == DB_OK &&
	       (state.form == INSTANCE_KEYS_SEALED || state.form == INSTANCE_KEYS_OLD);
}

static void print_sum(struct verifying *v, const struct audit_report *r, bool sealed)
{
	const struct audit_head *h = &r->head;
	bool whole = r->faults == 0 && v->heads_bad == 0;
	char text[HEAD_TEXT];

	if (v->call->json) {
		print_json(json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:b, s:o}", "whole",
			whole, "entries", (json_int_t)r->entries, "cleared", (json_int_t)h->cleared,
			"erased", (json_int_t)r->erased, "adopted", (json_int_t)h->adopted,
			"waiting", (json_int_t)r->waiting, "head", head_text(h, text), "heads",
			(json_int_t)v->heads, "key_sealed", sealed, "findings", v->findings));
		return;
	}
	print_line("%s: %" PRIu64 " entries.", whole ? "The log is whole" : "THE LOG WAS CHANGED",
		r->entries);
	if (h->cleared)
		print_line("Entries up to %lld were let go (audit_days).", (long long)h->cleared);
	if (r->erased)
		print_line("%" PRIu64 " were erased with their account.", r->erased);
	if (h->adopted)
		print_line("Entries up to %lld may be from before the log was sealed.",
			(long long)h->adopted);
	if (r->waiting)
		print_line("%" PRIu64 " more wait for their place.", r->waiting);
	if (!sealed)
		print_line(
			"The key of the log lies in the database: who can write it can forge the "
			"log. See llavero vault.");
	print_line("Head: %s", head_text(h, text));
}

int audit_verify_command(struct call *call)
{
	struct verifying v = {.call = call, .findings = call->json ? json_array() : NULL};
	struct audit_report report;
	struct arena scratch;
	struct kept *kept = NULL;
	size_t n;

	if (!read_heads(call, &kept, &n))
		return EXIT_FAILED;
	scratch_init(&scratch, call);
	enum db_status status = audit_verify(&call->store, &scratch, tell, &v, &report);

	arena_release(&scratch);
	for (size_t i = 0; i < n && status == DB_OK; i++)
		status = look_at_head(&v, &report.head, &kept[i]);
	if (!call_read_done(call, status))
		return EXIT_FAILED;
	bool sealed = key_is_sealed(call);

	db_rollback(call->store.db);
	print_sum(&v, &report, sealed);
	return report.faults || v.heads_bad ? EXIT_FAILED : EXIT_DONE;
}
