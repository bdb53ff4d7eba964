#include "explain/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/fail.h"
#include "base/random.h"
#include "explain/pace.h"

enum {
	ENTRIES_MAX = 1024,
	COUNTS_MAX = 512,
	COUNTS_FULL = 384,
	OWN_MAX = 4, /* a request is refused once, and told what it should know */
	TEXTS = 6,
	ADDRESS_SHOWN = 62, /* of an address, at most; the longest has 45 characters */
	HOUR_S = 3600
};

struct count {
	int64_t app_id, hour;
	enum cause cause;
	int64_t n;
};

struct notes {
	struct pace pace;
	uint8_t key[16]; /* so that nobody can choose whose bucket to share */
	struct log_entry *entries[ENTRIES_MAX];
	size_t entries_n, entries_before; /* before: of the requests before this one */
	struct count counts[COUNTS_MAX];
	size_t counts_n;
	struct count *own[OWN_MAX]; /* what this request counted */
	size_t own_n;
};

struct notes *notes_new(int64_t per_minute)
{
	struct notes *n = FAIL_AT("explain.notes") ? NULL : calloc(1, sizeof *n);
	struct random random;

	if (!n)
		return NULL;
	random_init(&random);
	random_bytes(&random, n->key, sizeof n->key);
	pace_init(&n->pace, per_minute);
	return n;
}

void notes_free(struct notes *n)
{
	if (!n)
		return;
	notes_clear(n);
	free(n);
}

static uint64_t hash_of(
	struct notes *n, int64_t app_id, bool proven, bool refused, struct str address)
{
	struct {
		int64_t app_id;
		char proven, refused, address[ADDRESS_SHOWN];
	} of = {.app_id = app_id, .proven = (char)proven, .refused = (char)refused};

	if (address.n)
		memcpy(of.address, address.p,
			address.n < ADDRESS_SHOWN ? address.n : ADDRESS_SHOWN);
	return keyed_hash64(n->key, (struct str){(const char *)&of, sizeof of}) | 1;
}

/* Whoever can name an app can fill its window, but for what only the app itself can do, and but
 * for what comes from elsewhere. */
bool notes_has_room(struct notes *n, int64_t app_id, bool proven, bool refused, struct str address)
{
	int64_t now = clock_monotonic_us();

	return n->entries_n < ENTRIES_MAX && pace_all_has_room(&n->pace, now) &&
	       pace_has_room(&n->pace, hash_of(n, app_id, proven, refused, STR_NONE), 1, now) &&
	       (proven || pace_has_room(
				  &n->pace, hash_of(n, app_id, proven, refused, address), 2, now));
}

/* One block for the entry and its texts. */
static struct log_entry *copy_of(const struct log_entry *e)
{
	struct log_entry *copy;
	size_t room = sizeof *copy + e->request_id.n + e->endpoint.n + e->cause.n + e->address.n +
		      e->user_agent.n + e->detail.n;
	char *to = FAIL_AT("explain.entry") ? NULL : malloc(room);

	if (!to)
		return NULL;
	copy = (struct log_entry *)(void *)to;
	*copy = *e;
	to += sizeof *copy;
	struct str *texts[TEXTS] = {&copy->request_id, &copy->endpoint, &copy->cause,
		&copy->address, &copy->user_agent, &copy->detail};

	for (size_t i = 0; i < TEXTS; i++) {
		if (!texts[i]->n)
			continue;
		memcpy(to, texts[i]->p, texts[i]->n);
		texts[i]->p = to;
		to += texts[i]->n;
	}
	return copy;
}

void notes_add(struct notes *n, const struct log_entry *e)
{
	bool refused = str_is_set(e->cause);
	struct log_entry *copy = n->entries_n < ENTRIES_MAX ? copy_of(e) : NULL;

	if (!copy)
		return;
	n->entries[n->entries_n++] = copy;
	pace_take_all(&n->pace);
	pace_take(&n->pace, hash_of(n, e->app_id, e->proven, refused, STR_NONE));
	if (!e->proven)
		pace_take(&n->pace, hash_of(n, e->app_id, e->proven, refused, e->address));
}

static struct count *find_count(struct notes *n, int64_t app_id, enum cause cause, int64_t hour)
{
	for (size_t i = 0; i < n->counts_n; i++)
		if (n->counts[i].app_id == app_id && n->counts[i].cause == cause &&
			n->counts[i].hour == hour)
			return &n->counts[i];
	return NULL;
}

void notes_count(struct notes *n, int64_t app_id, enum cause cause, int64_t now_s)
{
	int64_t hour = now_s / HOUR_S;
	struct count *c = find_count(n, app_id, cause, hour);

	if ((!c && n->counts_n == COUNTS_MAX) || n->own_n == OWN_MAX)
		return;
	if (!c) {
		c = &n->counts[n->counts_n++];
		*c = (struct count){app_id, hour, cause, 0};
	}
	c->n++;
	n->own[n->own_n++] = c;
}

void notes_begin(struct notes *n)
{
	n->entries_before = n->entries_n;
	n->own_n = 0;
}

void notes_undo(struct notes *n)
{
	while (n->entries_n > n->entries_before)
		free(n->entries[--n->entries_n]);
	while (n->own_n > 0)
		n->own[--n->own_n]->n--;
}

bool notes_wait(const struct notes *n)
{
	return n->entries_n > 0;
}

bool notes_any(const struct notes *n)
{
	return n->entries_n > 0 || n->counts_n > 0;
}

bool notes_full(const struct notes *n)
{
	return n->counts_n >= COUNTS_FULL;
}

enum db_status notes_write(struct notes *n, struct store *s)
{
	enum db_status status = DB_OK;

	for (size_t i = 0; i < n->entries_n && status == DB_OK; i++)
		status = request_log_add(s, n->entries[i]);
	for (size_t i = 0; i < n->counts_n && status == DB_OK; i++)
		if (n->counts[i].n > 0)
			status = refusal_count_add(s, n->counts[i].app_id, n->counts[i].hour,
				str_from(cause_name(n->counts[i].cause)), n->counts[i].n);
	return status;
}

void notes_clear(struct notes *n)
{
	while (n->entries_n > 0)
		free(n->entries[--n->entries_n]);
	n->entries_before = 0;
	n->counts_n = n->own_n = 0;
}
