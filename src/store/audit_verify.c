#include "store/audit_verify.h"

struct walk {
	struct store *store;
	struct audit_report *out;
	audit_tell *tell;
	void *context;
	int64_t next; /* the place that has to come; 0: any, since the head is not known */
	int64_t last;
	bool link_known;
	uint8_t link[AUDIT_MAC]; /* of the entry before */
};

static void tell(struct walk *w, enum audit_fault fault, int64_t from, int64_t to, int64_t id)
{
	w->out->faults++;
	w->tell(w->context, &(struct audit_finding){fault, from, to, id});
}

static enum db_status begin(struct walk *w)
{
	struct audit_head *head = &w->out->head;
	enum db_status status = audit_head_read(w->store, head);

	if (status == DB_CONFLICT) {
		*head = (struct audit_head){0};
		w->last = INT64_MAX;
		tell(w, AUDIT_HEAD_CHANGED, 0, 0, 0);
		return DB_OK;
	}
	w->next = head->cleared + 1;
	w->last = head->seq;
	w->link_known = true;
	memcpy(w->link, head->cleared_link, sizeof w->link);
	return status;
}

static bool is_linked(const struct walk *w, const struct audit_entry *e)
{
	uint8_t wanted[AUDIT_MAC];

	if (!w->link_known)
		return true;
	audit_link(w->store, e->seq, w->link, e->tag, wanted);
	return ct_equal(wanted, e->link, sizeof wanted);
}

static void take(struct walk *w, const struct audit_entry *e)
{
	if (!w->next)
		w->next = e->seq;
	if (e->seq < w->next || e->seq > w->last) {
		tell(w, AUDIT_PUT_IN, e->seq, e->seq, e->id);
		return;
	}
	if (e->seq > w->next) {
		tell(w, AUDIT_MISSING, w->next, e->seq - 1, 0);
		w->link_known = false;
	}
	if (!audit_is_genuine(w->store, e))
		tell(w, AUDIT_CHANGED, e->seq, e->seq, e->id);
	else if (!is_linked(w, e))
		tell(w, AUDIT_MOVED, e->seq, e->seq, e->id);
	w->out->entries++;
	w->out->erased += e->is_erased;
	w->next = e->seq + 1;
	w->link_known = true;
	memcpy(w->link, e->link, sizeof w->link);
}

static enum db_status walk_chain(struct walk *w, struct arena *a)
{
	enum db_status status = DB_OK;
	int64_t seq = INT64_MIN, after = INT64_MIN;

	for (size_t n = AUDIT_BATCH; n == AUDIT_BATCH && status == DB_OK; arena_reset(a)) {
		struct audit_entry *found;

		status = audit_chain(w->store, a, seq, after, AUDIT_BATCH, &found, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++) {
			take(w, &found[i]);
			seq = found[i].seq;
			after = found[i].id;
		}
	}
	return status;
}

static void end(struct walk *w)
{
	const struct audit_head *head = &w->out->head;

	if (w->last == INT64_MAX)
		return;
	if (w->next <= w->last)
		tell(w, AUDIT_MISSING, w->next, w->last, 0);
	else if (w->link_known && !ct_equal(w->link, head->link, sizeof w->link))
		tell(w, AUDIT_LOOSE_END, w->last, w->last, 0);
}

/* Those of a node of an older version are to be taken in yet. */
static enum db_status look_at_waiting(struct walk *w, struct arena *a)
{
	bool adopts = store_now(w->store) < w->out->head.adopts_until;
	enum db_status status = DB_OK;
	int64_t after = INT64_MIN;

	for (size_t n = AUDIT_BATCH; n == AUDIT_BATCH && status == DB_OK; arena_reset(a)) {
		struct audit_entry *found;

		status = audit_waiting(w->store, a, after, AUDIT_BATCH, &found, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++) {
			const struct audit_entry *e = &found[i];

			after = e->id;
			if (audit_is_genuine(w->store, e) ||
				(adopts && !e->is_tagged && !e->is_erased))
				w->out->waiting++;
			else
				tell(w, AUDIT_PUT_IN, 0, 0, e->id);
		}
	}
	return status;
}

enum db_status audit_verify(struct store *s, struct arena *a, audit_tell *teller, void *context,
	struct audit_report *out)
{
	struct walk w = {.store = s, .out = out, .tell = teller, .context = context};

	*out = (struct audit_report){0};
	enum db_status status = db_begin_snapshot(s->db);

	if (status == DB_OK)
		status = begin(&w);
	if (status == DB_OK)
		status = walk_chain(&w, a);
	if (status == DB_OK) {
		end(&w);
		status = look_at_waiting(&w, a);
	}
	db_rollback(s->db);
	return status;
}
