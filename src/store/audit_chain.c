/* The chain of the security log: its head, giving places, letting old entries go. */
#include <endian.h>

#include "base/log.h"
#include "store/audit.h"

#define HEAD "audit_head"

/* As it is kept: numbers, links, and a MAC over these. */
struct kept_head {
	uint64_t seq, cleared, adopted, adopts_until;
	uint8_t link[AUDIT_MAC], cleared_link[AUDIT_MAC], mac[AUDIT_MAC];
};
_Static_assert(sizeof(struct kept_head) == 4 * 8 + 3 * AUDIT_MAC, "no holes");

static void mac_of(const struct store *s, const struct kept_head *k, uint8_t out[AUDIT_MAC])
{
	struct {
		char what[16];
		struct kept_head head;
	} text = {"head of a log", *k};

	memset(text.head.mac, 0, sizeof text.head.mac);
	hmac_sha256(s->audit_key, sizeof s->audit_key,
		(struct str){(const char *)&text, sizeof text}, out);
}

enum db_status audit_head_read(struct store *s, struct audit_head *out)
{
	struct kept_head k;
	struct db_rows r;
	uint8_t mac[AUDIT_MAC];

	*out = (struct audit_head){0};
	db_query(&r, s->db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR(HEAD))));
	bool found = db_next(&r), whole = found && db_bytes(&r, 0, &k, sizeof k);

	db_end(&r);
	if (r.status != DB_OK)
		return r.status;
	if (whole)
		mac_of(s, &k, mac);
	if (!whole || !ct_equal(mac, k.mac, sizeof mac))
		return DB_CONFLICT;
	out->seq = (int64_t)be64toh(k.seq);
	out->cleared = (int64_t)be64toh(k.cleared);
	out->adopted = (int64_t)be64toh(k.adopted);
	out->adopts_until = (int64_t)be64toh(k.adopts_until);
	memcpy(out->link, k.link, sizeof k.link);
	memcpy(out->cleared_link, k.cleared_link, sizeof k.cleared_link);
	return DB_OK;
}

/* Of two transactions that give places the second fails here, and begins again. */
static enum db_status write_head(struct store *s, const struct audit_head *h)
{
	struct kept_head k = {htobe64((uint64_t)h->seq), htobe64((uint64_t)h->cleared),
		htobe64((uint64_t)h->adopted), htobe64((uint64_t)h->adopts_until), {0}, {0}, {0}};

	memcpy(k.link, h->link, sizeof k.link);
	memcpy(k.cleared_link, h->cleared_link, sizeof k.cleared_link);
	mac_of(s, &k, k.mac);
	return db_exec(s->db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(STR(HEAD)), DB_BYTES(&k, sizeof k)), NULL);
}

enum db_status audit_link_at(struct store *s, int64_t seq, uint8_t link[AUDIT_MAC])
{
	struct db_rows r;

	db_query(&r, s->db, STMT_AUDIT_LINK_AT, DB_ARGS(DB_INT(seq)));
	bool found = db_next(&r) && db_bytes(&r, 0, link, AUDIT_MAC);

	db_end(&r);
	return r.status != DB_OK ? r.status : found ? DB_OK : DB_NONE;
}

enum db_status audit_begin(struct store *s)
{
	struct audit_head head = {0};
	struct db_rows r;

	audit_beginning(s, head.link);
	audit_beginning(s, head.cleared_link);
	db_query(&r, s->db, STMT_AUDIT_ANY, DB_ARGS(DB_INT(0)));
	if (db_next(&r))
		head.adopts_until = store_now(s) + AUDIT_ADOPT_S;
	db_end(&r);
	return r.status == DB_OK ? write_head(s, &head) : r.status;
}

/* Entries of before there were tags, and those of nodes of an older version for a while: they are
 * taken in as they are found. A log that is new never has any. */
static bool is_adopted(struct store *s, const struct audit_head *h, struct audit_entry *e)
{
	if (e->is_tagged || e->is_erased || store_now(s) >= h->adopts_until)
		return false;
	audit_tag(s, e);
	return true;
}

static enum db_status place(struct store *s, struct audit_head *h, const struct audit_entry *e)
{
	uint8_t link[AUDIT_MAC];

	audit_link(s, h->seq + 1, h->link, e->tag, link);
	enum db_status status = db_exec(s->db, STMT_AUDIT_SEAL,
		DB_ARGS(DB_INT(e->id), DB_INT(h->seq + 1), DB_BYTES(e->tag, sizeof e->tag),
			DB_BYTES(link, sizeof link)),
		NULL);

	h->seq++;
	memcpy(h->link, link, sizeof link);
	return status;
}

enum db_status audit_seal(struct store *s, struct arena *a, int64_t *after)
{
	struct audit_entry *waiting;
	struct audit_head head;
	size_t n;
	enum db_status status = audit_head_read(s, &head);
	int64_t had = head.seq;

	if (status == DB_OK)
		status = audit_waiting(s, a, *after, AUDIT_BATCH, &waiting, &n);
	if (status != DB_OK)
		return status;
	for (size_t i = 0; i < n && status == DB_OK; i++) {
		bool adopted = is_adopted(s, &head, &waiting[i]);

		if (!adopted && !audit_is_genuine(s, &waiting[i]))
			continue;
		status = place(s, &head, &waiting[i]);
		if (adopted)
			head.adopted = head.seq;
	}
	*after = n == AUDIT_BATCH ? waiting[n - 1].id : 0;
	return status == DB_OK && head.seq != had ? write_head(s, &head) : status;
}

struct sealing {
	struct arena *arena;
	int64_t after;
};

static enum db_status seal(struct store *s, void *context)
{
	struct sealing *x = context;
	int64_t after = x->after;
	enum db_status status = audit_seal(s, x->arena, &after);

	if (status == DB_OK)
		x->after = after;
	return status;
}

enum db_status audit_seal_all(struct store *s, struct arena *a)
{
	struct sealing x = {a, 0};
	struct audit_entry *waiting;
	size_t n;
	enum db_status status = audit_waiting(s, a, 0, 1, &waiting, &n);

	db_rollback(s->db);
	if (status != DB_OK || n == 0)
		return status;
	do
		status = store_write_at(s, DB_SNAPSHOT, seal, &x);
	while (status == DB_OK && x.after != 0);
	return status;
}

enum db_status audit_clear(struct store *s, struct arena *a, int64_t before)
{
	struct audit_entry *old;
	struct audit_head head;
	size_t n;
	enum db_status status = audit_head_read(s, &head);
	int64_t from = head.cleared;

	if (status == DB_OK)
		status = audit_chain(s, a, from + 1, INT64_MIN, AUDIT_BATCH, &old, &n);
	if (status != DB_OK)
		return status;
	for (size_t i = 0; i < n && old[i].at < before && old[i].seq <= head.seq; i++) {
		uint8_t link[AUDIT_MAC];

		audit_link(s, head.cleared + 1, head.cleared_link, old[i].tag, link);
		if (old[i].seq != head.cleared + 1 || !audit_is_genuine(s, &old[i]) ||
			!ct_equal(link, old[i].link, sizeof link)) {
			LOG(LOG_ERROR, "the security log was changed: see llavero audit verify",
				LOG_INT("entry", old[i].seq));
			break;
		}
		head.cleared++;
		memcpy(head.cleared_link, link, sizeof link);
	}
	if (head.cleared == from)
		return DB_OK;
	status =
		db_exec(s->db, STMT_AUDIT_CLEAR, DB_ARGS(DB_INT(from), DB_INT(head.cleared)), NULL);
	return status == DB_OK ? write_head(s, &head) : status;
}
