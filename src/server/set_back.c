#include "server/set_back.h"

#include "base/limits.h"
#include "base/log.h"
#include "store/clock_back.h"

enum { US = 1000000 };

struct step {
	int64_t now_s, back_s, system_s;
};

static bool is_shared(struct store *store)
{
	int64_t theirs;

	return db_server_clock(store->db, &theirs);
}

static enum db_status settle(struct store *store, void *context)
{
	const struct step *step = context;

	return clock_back_settle(store, step->now_s, step->back_s, step->system_s);
}

static int64_t system_s(const struct clock *c)
{
	return (clock_now_us(c) - clock_offset_us(c)) / US;
}

static enum db_status note(struct store *store, void *server)
{
	return set_back_note(server, store);
}

/* Set forward: a step back from there would not be seen by what was noted before. */
static bool has_leapt(const struct server *s)
{
	return system_s(&s->clock) - s->noted_s > LIMIT_CLOCK_WAIT;
}

bool set_back_look(struct server *s, struct store *store)
{
	int64_t behind_us = clock_behind_us(&s->clock);

	if (behind_us <= (int64_t)LIMIT_CLOCK_WAIT * US)
		return !has_leapt(s) || store_write(store, note, s) == DB_OK;
	int64_t now_us = clock_now_us(&s->clock) - behind_us;
	/* Rounded up: nothing may be left a second too long. */
	struct step step = {.now_s = now_us / US,
		.back_s = (behind_us + US - 1) / US,
		.system_s = (now_us - clock_offset_us(&s->clock)) / US};
	bool good = is_shared(store) || store_write(store, settle, &step) == DB_OK;

	LOG(LOG_WARN, "the clock was set back", LOG_INT("seconds", step.back_s),
		LOG_INT("settled", good));
	if (good)
		clock_let_go(&s->clock);
	return good;
}

bool set_back_start(struct server *s, struct store *store)
{
	int64_t latest_s;
	bool good = clock_back_read(store, &latest_s) == DB_OK;

	db_rollback(store->db);
	if (good)
		clock_hold(&s->clock, &s->floor, latest_s * US);
	return good && set_back_look(s, store);
}

enum db_status set_back_note(struct server *s, struct store *store)
{
	int64_t now_s = system_s(&s->clock);
	enum db_status status = is_shared(store) ? DB_OK : clock_back_note(store, now_s);

	if (status == DB_OK)
		s->noted_s = now_s;
	return status;
}
