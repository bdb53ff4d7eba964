#include "flow/faults.h"

#include <string.h>

#define AT(place) (1U << FAULT_AT_##place)
enum { EVERYWHERE = AT(TOKEN) | AT(POLL) | AT(DEVICE) | AT(API) | AT(AUTHORIZE) };

static const struct {
	const char *word;
	unsigned places;
} kinds[FAULT_KINDS] =
	{
		[FAULT_NONE] = {"", 0},
		[FAULT_SERVER_ERROR] = {"server_error", EVERYWHERE},
		[FAULT_TIMEOUT] = {"timeout", EVERYWHERE},
		[FAULT_SLOW_DOWN] = {"slow_down", AT(TOKEN) | AT(POLL)},
		[FAULT_DROP_AFTER_COMMIT] = {"drop_after_commit", EVERYWHERE},
		[FAULT_EXPIRED_KEY] = {"expired_key", AT(SIGNATURE)},
},
  endpoints[FAULT_ENDPOINTS] = {
	  [FAULT_ENDPOINT_ANY] = {"any", EVERYWHERE | AT(SIGNATURE)},
	  [FAULT_ENDPOINT_TOKEN] = {"token", AT(TOKEN) | AT(POLL) | AT(SIGNATURE)},
	  [FAULT_ENDPOINT_DEVICE] = {"device", AT(DEVICE) | AT(POLL)},
	  [FAULT_ENDPOINT_API] = {"api", AT(API)},
	  [FAULT_ENDPOINT_AUTHORIZE] = {"authorize", AT(AUTHORIZE)},
};

void faults_init(struct faults *f)
{
	memset(f, 0, sizeof *f);
	pthread_mutex_init(&f->lock, NULL);
}

static unsigned places_of(enum fault_kind kind, enum fault_endpoint endpoint)
{
	return kinds[kind].places & endpoints[endpoint].places;
}

bool fault_fits(enum fault_kind kind, enum fault_endpoint endpoint)
{
	return places_of(kind, endpoint) != 0;
}

bool faults_add(struct faults *f, const struct fault *fault)
{
	pthread_mutex_lock(&f->lock);
	bool room = f->n < LIMIT_FAULTS;

	if (room)
		f->list[f->n++] = *fault;
	pthread_mutex_unlock(&f->lock);
	return room;
}

static void drop(struct faults *f, size_t i)
{
	memmove(&f->list[i], &f->list[i + 1], (f->n - i - 1) * sizeof f->list[0]);
	f->n--;
}

enum fault_kind faults_take(
	struct faults *f, struct str client_id, enum fault_place place, int64_t *seconds)
{
	enum fault_kind kind = FAULT_NONE;

	/* Almost always: no thread waits for another then. */
	if (atomic_load_explicit(&f->n, memory_order_relaxed) == 0)
		return FAULT_NONE;
	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->n && kind == FAULT_NONE; i++) {
		struct fault *one = &f->list[i];

		if (!str_eq_c(client_id, one->client_id) ||
			!(places_of(one->kind, one->endpoint) & 1U << place))
			continue;
		kind = one->kind;
		*seconds = one->seconds;
		if (--one->left == 0)
			drop(f, i);
	}
	pthread_mutex_unlock(&f->lock);
	return kind;
}

size_t faults_list(struct faults *f, struct fault *out)
{
	pthread_mutex_lock(&f->lock);
	size_t n = f->n;

	memcpy(out, f->list, n * sizeof *out);
	pthread_mutex_unlock(&f->lock);
	return n;
}

size_t faults_clear(struct faults *f, struct str client_id)
{
	size_t cleared = 0;

	pthread_mutex_lock(&f->lock);
	for (size_t i = f->n; i-- > 0;) {
		if (str_is_set(client_id) && !str_eq_c(client_id, f->list[i].client_id))
			continue;
		drop(f, i);
		cleared++;
	}
	pthread_mutex_unlock(&f->lock);
	return cleared;
}

const char *fault_kind_word(enum fault_kind kind)
{
	return kinds[kind].word;
}

enum fault_kind fault_kind_of(struct str word)
{
	for (int i = FAULT_NONE + 1; i < FAULT_KINDS; i++)
		if (str_eq_c(word, kinds[i].word))
			return (enum fault_kind)i;
	return FAULT_NONE;
}

const char *fault_endpoint_word(enum fault_endpoint endpoint)
{
	return endpoints[endpoint].word;
}

enum fault_endpoint fault_endpoint_of(struct str word)
{
	for (int i = 0; i < FAULT_ENDPOINTS; i++)
		if (str_eq_c(word, endpoints[i].word))
			return (enum fault_endpoint)i;
	return FAULT_ENDPOINTS;
}
