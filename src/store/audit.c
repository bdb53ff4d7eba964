#include "store/audit.h"

#include <endian.h>
#include <sodium.h>

_Static_assert((int)crypto_auth_hmacsha256_BYTES == (int)AUDIT_MAC, "a MAC");

typedef crypto_auth_hmacsha256_state mac_state;

static void mac_begin(mac_state *mac, const struct store *s, const char *what)
{
	crypto_auth_hmacsha256_init(mac, s->audit_key, sizeof s->audit_key);
	crypto_auth_hmacsha256_update(mac, (const unsigned char *)what, strlen(what) + 1);
}

static void mac_bytes(mac_state *mac, const void *p, size_t n)
{
	crypto_auth_hmacsha256_update(mac, p, n);
}

static void mac_int(mac_state *mac, int64_t value)
{
	uint64_t big = htobe64((uint64_t)value);

	mac_bytes(mac, &big, sizeof big);
}

/* Text as an engine that takes UTF-8 only has it: an entry that was written to SQLite is the same
 * in PostgreSQL. Without `mac` only counts. */
static size_t mac_mended(mac_state *mac, struct str s)
{
	static const char replacement[] = "\xEF\xBF\xBD";
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		size_t whole = str_utf8_prefix(str_slice(s, i, s.n));

		if (mac)
			mac_bytes(mac, s.p + i, whole);
		n += whole;
		i += whole;
		if (i == s.n)
			break;
		if (mac)
			mac_bytes(mac, replacement, sizeof replacement - 1);
		n += sizeof replacement - 1;
		i++;
	}
	return n;
}

static void mac_text(mac_state *mac, struct str s)
{
	mac_int(mac, (int64_t)mac_mended(NULL, s));
	mac_mended(mac, s);
}

static void mac_end(mac_state *mac, uint8_t out[AUDIT_MAC])
{
	crypto_auth_hmacsha256_final(mac, out);
	wipe(mac, sizeof *mac);
}

static void tag_of(const struct store *s, const struct audit_entry *e, uint8_t out[AUDIT_MAC])
{
	mac_state mac;

	mac_begin(&mac, s, "entry");
	mac_int(&mac, e->id);
	mac_int(&mac, e->at);
	mac_int(&mac, e->account_id);
	mac_int(&mac, e->app_id);
	mac_text(&mac, e->actor);
	mac_text(&mac, e->action);
	mac_text(&mac, e->detail);
	mac_text(&mac, e->address);
	mac_end(&mac, out);
}

void audit_tag(const struct store *s, struct audit_entry *e)
{
	tag_of(s, e, e->tag);
	e->is_tagged = true;
}

static void erased_of(const struct store *s, const struct audit_entry *e, uint8_t out[AUDIT_MAC])
{
	mac_state mac;

	mac_begin(&mac, s, "erased");
	mac_int(&mac, e->id);
	mac_int(&mac, e->at);
	mac_bytes(&mac, e->tag, sizeof e->tag);
	mac_end(&mac, out);
}

static bool is_blank(const struct audit_entry *e)
{
	return e->account_id == AUDIT_NOBODY && !e->app_id && !e->actor.n && !e->action.n &&
	       !e->detail.n && !e->address.n;
}

bool audit_is_genuine(const struct store *s, const struct audit_entry *e)
{
	uint8_t wanted[AUDIT_MAC];

	if (!e->is_tagged)
		return false;
	if (e->is_erased) {
		erased_of(s, e, wanted);
		return is_blank(e) && ct_equal(wanted, e->erased, sizeof wanted);
	}
	tag_of(s, e, wanted);
	return ct_equal(wanted, e->tag, sizeof wanted);
}

void audit_link(const struct store *s, int64_t seq, const uint8_t before[AUDIT_MAC],
	const uint8_t tag[AUDIT_MAC], uint8_t out[AUDIT_MAC])
{
	mac_state mac;

	mac_begin(&mac, s, "link");
	mac_int(&mac, seq);
	mac_bytes(&mac, before, AUDIT_MAC);
	mac_bytes(&mac, tag, AUDIT_MAC);
	mac_end(&mac, out);
}

void audit_beginning(const struct store *s, uint8_t out[AUDIT_MAC])
{
	mac_state mac;

	mac_begin(&mac, s, "beginning");
	mac_end(&mac, out);
}

static struct str text_of(struct str s)
{
	return str_is_set(s) ? s : STR("");
}

enum db_status audit_write(struct store *s, int64_t account_id, struct str actor,
	const char *action, int64_t app_id, struct str detail, struct str address)
{
	uint64_t id;
	enum db_status status = store_next_id(s, &id);
	struct audit_entry e = {.at = store_now(s),
		.account_id = account_id,
		.app_id = app_id,
		.actor = text_of(actor),
		.action = str_from(action),
		.detail = text_of(detail),
		.address = text_of(address)};

	if (status != DB_OK)
		return status;
	e.id = (int64_t)id;
	audit_tag(s, &e);
	return db_exec(s->db, STMT_AUDIT_INSERT,
		DB_ARGS(DB_INT(e.id), DB_INT(e.at), DB_INT(e.account_id), db_text(e.actor),
			db_text(e.action), db_time(e.app_id), db_text(e.detail), db_text(e.address),
			DB_BYTES(e.tag, sizeof e.tag)),
		NULL);
}

enum db_status audit_list(struct store *s, struct arena *a, int64_t account_id, size_t max,
	struct audit_entry **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct audit_entry, max);
	*n = 0;
	db_query(&r, s->db, STMT_AUDIT_LIST, DB_ARGS(DB_INT(account_id), DB_INT(max)));
	while (*n < max && db_next(&r))
		(*out)[(*n)++] = (struct audit_entry){.at = db_int(&r, 0),
			.actor = db_str(&r, 1, a),
			.action = db_str(&r, 2, a),
			.detail = db_str(&r, 3, a),
			.address = db_str(&r, 4, a)};
	db_end(&r);
	return r.status;
}

static void read_row(const struct db_rows *r, struct arena *a, struct audit_entry *e)
{
	*e = (struct audit_entry){.seq = db_int(r, 0),
		.id = db_int(r, 1),
		.at = db_int(r, 2),
		.account_id = db_int(r, 3),
		.actor = db_str(r, 4, a),
		.action = db_str(r, 5, a),
		.app_id = db_int(r, 6),
		.detail = db_str(r, 7, a),
		.address = db_str(r, 8, a)};
	e->is_tagged = db_bytes(r, 9, e->tag, sizeof e->tag);
	e->is_erased = str_is_set(db_str(r, 10, a));
	if (e->is_erased && !db_bytes(r, 10, e->erased, sizeof e->erased))
		memset(e->erased, 0, sizeof e->erased);
	if (!db_bytes(r, 11, e->link, sizeof e->link))
		memset(e->link, 0, sizeof e->link);
}

/* The rows of a statement that gives AUDIT_COLUMNS. */
static enum db_status read_rows(struct store *s, struct arena *a, enum stmt stmt,
	const struct db_value *args, size_t args_n, size_t max, struct audit_entry **out, size_t *n)
{
	struct db_rows r;

	*out = ARENA_ARRAY(a, struct audit_entry, max);
	*n = 0;
	db_query(&r, s->db, stmt, args, args_n);
	while (*n < max && db_next(&r))
		read_row(&r, a, &(*out)[(*n)++]);
	db_end(&r);
	return r.status;
}

enum db_status audit_waiting(struct store *s, struct arena *a, int64_t after, size_t max,
	struct audit_entry **out, size_t *n)
{
	return read_rows(
		s, a, STMT_AUDIT_WAITING, DB_ARGS(DB_INT(after), DB_INT(max)), max, out, n);
}

enum db_status audit_chain(struct store *s, struct arena *a, int64_t seq, int64_t after, size_t max,
	struct audit_entry **out, size_t *n)
{
	return read_rows(s, a, STMT_AUDIT_CHAIN, DB_ARGS(DB_INT(seq), DB_INT(after), DB_INT(max)),
		max, out, n);
}

enum db_status audit_before(struct store *s, struct arena *a, int64_t seq, size_t max,
	struct audit_entry **out, size_t *n)
{
	return read_rows(s, a, STMT_AUDIT_BEFORE, DB_ARGS(DB_INT(seq), DB_INT(max)), max, out, n);
}

static enum db_status erase(struct store *s, struct audit_entry *e)
{
	uint8_t mark[AUDIT_MAC];

	if (!e->is_tagged)
		audit_tag(s, e);
	erased_of(s, e, mark);
	return db_exec(s->db, STMT_AUDIT_ERASE,
		DB_ARGS(DB_INT(e->id), DB_INT(AUDIT_NOBODY), DB_BYTES(e->tag, sizeof e->tag),
			DB_BYTES(mark, sizeof mark)),
		NULL);
}

/* What is not genuine stays, to be found. */
enum db_status audit_erase(struct store *s, struct arena *a, int64_t account_id)
{
	enum db_status status = DB_OK;
	int64_t after = INT64_MIN;

	for (size_t n = AUDIT_BATCH; n == AUDIT_BATCH && status == DB_OK;) {
		struct audit_entry *found;

		status = read_rows(s, a, STMT_AUDIT_OF_ACCOUNT,
			DB_ARGS(DB_INT(account_id), DB_INT(after), DB_INT(AUDIT_BATCH)),
			AUDIT_BATCH, &found, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++) {
			after = found[i].id;
			if (!found[i].is_tagged || audit_is_genuine(s, &found[i]))
				status = erase(s, &found[i]);
		}
	}
	return status;
}
