#include "http/visitors.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/fail.h"

enum { TEXT_LEN = 64, KEY_LEN = 16, NETWORK_LEN = 8, BUCKETS = 1024 };

/* A place in a line: the one that has stood in it for longest is the first. */
struct place {
	struct visitor *next, *previous;
};

struct line {
	struct visitor *first, *last;
};

/* Every visitor stands in two lines while we wait for them: everybody's, and their household's. */
enum { ALL, HOUSEHOLD, LINES };

/* The visitors of one address; with IPv6, of one network. */
struct household {
	uint8_t key[KEY_LEN];
	unsigned n;
	struct line line;
	struct household *next; /* in its bucket */
};

struct visitor {
	char address[TEXT_LEN];
	int fd;
	bool has_asked;
	bool waited_for; /* stands in the lines */
	bool leaving;    /* shown out, and no longer counted */
	int64_t since_us;
	struct place places[LINES];
	struct household *household; /* NULL: its address speaks for many */
};

struct visitors {
	const struct http_daemon_config *config;
	unsigned n, silent;
	int64_t now_us;
	struct line line;
	uint8_t hash_key[16]; /* nobody chooses addresses that meet in one bucket */
	struct household *households[BUCKETS];
};

struct visitors *visitors_new(const struct http_daemon_config *config)
{
	struct visitors *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	all->config = config;
	all->now_us = clock_monotonic_us();
	if (getrandom(all->hash_key, sizeof all->hash_key, 0) != (ssize_t)sizeof all->hash_key)
		abort();
	return all;
}

void visitors_free(struct visitors *all)
{
	free(all);
}

/* Lines. */

static void stand(struct line *line, struct visitor *v, int which)
{
	v->places[which] = (struct place){.next = NULL, .previous = line->last};
	if (line->last)
		line->last->places[which].next = v;
	else
		line->first = v;
	line->last = v;
}

static void step_out(struct line *line, struct visitor *v, int which)
{
	const struct place *at = &v->places[which];

	if (at->next)
		at->next->places[which].previous = at->previous;
	else
		line->last = at->previous;
	if (at->previous)
		at->previous->places[which].next = at->next;
	else
		line->first = at->next;
}

void visitors_serve(struct visitors *all, struct visitor *v)
{
	if (!v || !v->waited_for)
		return;
	v->waited_for = false;
	step_out(&all->line, v, ALL);
	if (v->household)
		step_out(&v->household->line, v, HOUSEHOLD);
}

void visitors_wait(struct visitors *all, struct visitor *v)
{
	if (!v || v->leaving)
		return;
	visitors_serve(all, v);
	v->waited_for = true;
	v->since_us = all->now_us;
	stand(&all->line, v, ALL);
	if (v->household)
		stand(&v->household->line, v, HOUSEHOLD);
}

/* Households. */

/* Whoever has one IPv6 address of a network has all of them. */
static void key_of(const struct sockaddr *address, uint8_t key[KEY_LEN])
{
	memset(key, 0, KEY_LEN);
	if (address->sa_family == AF_INET) {
		memcpy(key, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
		key[KEY_LEN - 1] = 4;
	} else if (address->sa_family == AF_INET6) {
		const struct in6_addr *six =
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

		memcpy(key, six, IN6_IS_ADDR_V4MAPPED(six) ? KEY_LEN : NETWORK_LEN);
	}
}

static struct household **bucket_of(struct visitors *all, const uint8_t key[KEY_LEN])
{
	const struct str text = {(const char *)key, KEY_LEN};

	return &all->households[keyed_hash64(all->hash_key, text) % BUCKETS];
}

static struct household *household_of(struct visitors *all, const struct sockaddr *address)
{
	uint8_t key[KEY_LEN];

	key_of(address, key);
	struct household **bucket = bucket_of(all, key), *h = *bucket;

	while (h && memcmp(h->key, key, KEY_LEN) != 0)
		h = h->next;
	if (h)
		return h;
	h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	memcpy(h->key, key, KEY_LEN);
	h->next = *bucket;
	*bucket = h;
	return h;
}

static void forget_when_empty(struct visitors *all, struct household *h)
{
	struct household **at = bucket_of(all, h->key);

	if (h->n > 0)
		return;
	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	free(h);
}

static void leave_count(struct visitors *all, struct visitor *v)
{
	struct household *h = v->household;

	visitors_serve(all, v);
	all->n--;
	v->household = NULL;
	if (h) {
		h->n--;
		forget_when_empty(all, h);
	}
}

/* Coming and going. */

static void count(_Atomic uint64_t *counter)
{
	if (counter)
		atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* The library finds the socket ended, and closes it in its own time. */
static void show_out(struct visitors *all, struct visitor *v)
{
	leave_count(all, v);
	v->leaving = true;
	shutdown(v->fd, SHUT_RDWR);
}

/* Who just came goes only when we wait for nobody else. */
static void make_room(struct visitors *all, struct visitor *newcomer)
{
	const struct http_daemon_config *c = all->config;
	const struct household *h = newcomer->household;
	const struct line *line = NULL;

	if (h && h->n > c->max_per_address)
		line = &h->line;
	else if (all->n > c->max_connections)
		line = &all->line;
	if (!line)
		return;
	show_out(all, line->first);
	count(c->crowded_out);
}

static void write_address(const struct sockaddr *addr, char out[TEXT_LEN])
{
	if (addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, out,
			TEXT_LEN);
	else if (addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr,
			out, TEXT_LEN);
}

static bool is_limited(const struct visitors *all, const struct visitor *v)
{
	const struct http_daemon_config *c = all->config;

	return c->max_per_address > 0 &&
	       !(c->speaks_for_many && c->speaks_for_many(c->owner, visitor_address(v)));
}

struct visitor *visitors_add(struct visitors *all, const struct sockaddr *address, int fd)
{
	struct visitor *v = FAIL_AT("http.visitor") ? NULL : calloc(1, sizeof *v);

	if (!v)
		return NULL;
	write_address(address, v->address);
	v->fd = fd;
	all->n++;
	all->silent++;
	if (is_limited(all, v))
		v->household = household_of(all, address);
	if (v->household)
		v->household->n++;
	visitors_wait(all, v);
	make_room(all, v);
	return v;
}

void visitors_remove(struct visitors *all, struct visitor *v)
{
	if (!v)
		return;
	visitors_note_request(all, v);
	if (!v->leaving)
		leave_count(all, v);
	free(v);
}

void visitors_look(struct visitors *all)
{
	const struct http_daemon_config *c = all->config;

	all->now_us = clock_monotonic_us();
	while (all->line.first &&
		all->now_us - all->line.first->since_us >= (int64_t)c->idle_s * 1000000) {
		show_out(all, all->line.first);
		count(c->too_slow);
	}
}

struct str visitor_address(const struct visitor *v)
{
	return v && *v->address ? str_from(v->address) : STR("unknown");
}

unsigned visitors_silent(const struct visitors *all)
{
	return all->silent;
}

void visitors_note_request(struct visitors *all, struct visitor *v)
{
	if (!v || v->has_asked)
		return;
	v->has_asked = true;
	all->silent--;
}
