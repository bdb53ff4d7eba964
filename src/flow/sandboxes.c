#include "flow/sandboxes.h"

enum { DUE_AT_ONCE = 64, ARENA_MAX = 16 << 20 };

void rehearsal_init(struct rehearsal *r, struct clock *clock)
{
	r->clock = clock;
	faults_init(&r->faults);
	atomic_init(&r->sandbox_ends_at, 0);
	atomic_init(&r->sandboxes_noted, 0);
	/* An earlier run may have ended in the middle. */
	atomic_init(&r->sweep, true);
}

bool sandboxes_are_due(const struct rehearsal *r, const struct store *s)
{
	return store_now(s) >= atomic_load_explicit(&r->sandbox_ends_at, memory_order_relaxed);
}

void sandboxes_note(struct rehearsal *r, int64_t ends_at)
{
	atomic_fetch_add(&r->sandboxes_noted, 1);
	if (ends_at < atomic_load(&r->sandbox_ends_at))
		atomic_store(&r->sandbox_ends_at, ends_at);
}

/* Ends those that are over at `now`. */
static enum db_status end_until(struct store *s, struct arena *a, int64_t now, size_t *ended)
{
	enum db_status status = DB_OK;
	size_t n = DUE_AT_ONCE;

	while (n == DUE_AT_ONCE && status == DB_OK) {
		struct sandbox *due;

		arena_reset(a);
		status = sandbox_list_due(s, a, now, DUE_AT_ONCE, &due, &n);
		for (size_t i = 0; i < n && status == DB_OK; i++)
			status = sandbox_delete(s, a, &due[i]);
		*ended += n;
	}
	return status;
}

/* The same with an arena of its own. */
static enum db_status end_with_arena(struct store *s, int64_t now, size_t *ended)
{
	struct arena a;
	jmp_buf out_of_memory;
	volatile enum db_status status = DB_FAILED;

	arena_init(&a, ARENA_MAX);
	a.escape = &out_of_memory;
	if (!setjmp(out_of_memory))
		status = end_until(s, &a, now, ended);
	arena_release(&a);
	return status;
}

enum db_status sandboxes_end_due(
	struct store *s, const struct rehearsal *r, struct sandboxes_look *look)
{
	*look = (struct sandboxes_look){.noted = atomic_load(&r->sandboxes_noted)};
	enum db_status status = end_with_arena(s, store_now(s), &look->ended);

	return status == DB_OK ? sandbox_soonest(s, &look->next_end) : status;
}

void sandboxes_ended(struct rehearsal *r, const struct sandboxes_look *look)
{
	atomic_store(&r->sandbox_ends_at, look->next_end);
	/* One that was made since may end before that. */
	if (atomic_load(&r->sandboxes_noted) != look->noted)
		atomic_store(&r->sandbox_ends_at, 0);
	if (look->ended > 0)
		atomic_store(&r->sweep, true);
}

enum db_status sandboxes_end_all(struct store *s, size_t *ended)
{
	return end_with_arena(s, INT64_MAX, ended);
}
