#include "explain/refusal.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/limits.h"
#include "base/log.h"
#include "core/redact.h"
#include "explain/detail.h"
#include "explain/notes.h"

static struct str shown(struct context *c, struct str s, size_t most)
{
	return redact(c->arena, s, c->secrets, c->secrets_n, most);
}

#ifndef LLAVERO_RELEASE
static bool has_evidence(const struct refusal *r, struct str name)
{
	if (str_eq_c(name, "compare"))
		return str_is_set(r->expected) || str_is_set(r->received);
	for (size_t i = 0; i < r->evidence_n; i++)
		if (str_eq_c(name, evidence_name(r->evidence[i].name)))
			return true;
	return false;
}

/* Texts rely on what errors.def promises: hold the code to it, in every test run. */
static void check_evidence(const struct refusal *r)
{
	struct str rest = str_from(cause_evidence(r->cause)), name;

	while (str_next(&rest, ' ', &name)) {
		bool optional = str_ends(name, STR("?"));

		if (optional || !str_has_text(name) || has_evidence(r, name))
			continue;
		/* A store that fails gives none. */
		if (fail_is_configured())
			continue;
		LOG(LOG_ERROR, "evidence is missing", LOG_CSTR("cause", cause_name(r->cause)),
			LOG_STR("evidence", name));
		abort();
	}
}
#else
static void check_evidence(const struct refusal *r)
{
	(void)r;
}
#endif

static void copy_evidence(struct context *c, const struct refusal *r, struct facts *out)
{
	for (size_t i = 0; i < r->evidence_n; i++)
		facts_add(out, r->evidence[i].name, shown(c, r->evidence[i].value, LIMIT_LOG_TEXT));
}

static void describe(struct context *c, struct facts *out)
{
	struct facts raw = {.n = 0};

	if (c->describe)
		c->describe(c, &raw, c->describe_of);
	for (size_t i = 0; i < raw.n; i++)
		facts_add(out, raw.v[i].name, shown(c, raw.v[i].value, LIMIT_LOG_TEXT));
}

static void note(struct context *c, struct log_entry *entry, struct detail *d)
{
	struct buf b;

	describe(c, &d->facts);
	buf_init(&b, c->arena, LIMIT_LOG_ENTRY);
	detail_write(&b, d);
	if (b.overflow) {
		/* Better short than not at all. */
		d->facts.n = 0;
		buf_init(&b, c->arena, LIMIT_LOG_ENTRY);
		detail_write(&b, d);
	}
	entry->request_id = c->request_id;
	entry->at_us = clock_now_us(c->store->clock);
	entry->address = c->remote;
	entry->user_agent =
		str_is_set(c->user_agent) ? shown(c, c->user_agent, LIMIT_LOG_USER_AGENT) : STR("");
	entry->detail = buf_str(&b);
	notes_add(c->notes, entry);
}

static void note_refusal(struct context *c, const char *endpoint, const struct refusal *r)
{
	struct log_entry entry = {.app_id = r->app_id,
		.proven = r->proven,
		.endpoint = str_from(endpoint),
		.cause = str_from(cause_name(r->cause)),
		.flow_id = r->flow_id};
	struct detail d = {.expected = shown(c, r->expected, LIMIT_LOG_TEXT),
		.received = shown(c, r->received, LIMIT_LOG_TEXT),
		.flow = str_from(r->flow),
		.passed = r->passed};

	copy_evidence(c, r, &d.evidence);
	note(c, &entry, &d);
}

static void log_refusal(
	struct context *c, const char *endpoint, struct str client_id, const struct refusal *r)
{
	LOG(LOG_INFO, "request refused", LOG_STR("request", c->request_id),
		LOG_CSTR("endpoint", endpoint), LOG_CSTR("cause", cause_name(r->cause)),
		LOG_STR("client_id", redact_client_id(c->arena, client_id)),
		LOG_STR("address", c->remote),
		LOG_STR("expected", shown(c, r->expected, LIMIT_LOG_TEXT)),
		LOG_STR("received", shown(c, r->received, LIMIT_LOG_TEXT)));
}

/* A device that waits is told so again and again: that is the flow, not a mistake. */
static bool is_worth_noting(enum cause cause)
{
	return cause != CAUSE_DEVICE_PENDING;
}

/* Is there room in the log for it? Finding out more may tell whose request it was; then it is
 * theirs that has to have room. */
static bool look_closer(struct context *c, struct refusal *r)
{
	int64_t app_id = r->app_id;

	if (!notes_has_room(c->notes, app_id, r->proven, true, c->remote))
		return false;
	if (r->closer)
		r->closer(c, r, r->closer_of);
	return r->app_id == app_id ||
	       notes_has_room(c->notes, r->app_id, r->proven, true, c->remote);
}

void explain_refusal(struct context *c, const char *endpoint, struct str client_id,
	const struct refusal *refusal)
{
	struct refusal r = *refusal;

	if (!r.app_id && c->app_id) {
		r.app_id = c->app_id;
		r.proven = true;
	}
	bool noted = c->notes && is_worth_noting(r.cause);
	bool kept = noted && look_closer(c, &r);

	assert(cause_wire(r.cause) == cause_wire(refusal->cause));
	atomic_fetch_add_explicit(&c->counters->refused[r.cause], 1, memory_order_relaxed);
	if (log_enabled(LOG_INFO))
		log_refusal(c, endpoint, client_id, &r);
	if (noted)
		notes_count(c->notes, r.app_id, r.cause, store_now(c->store));
	if (!kept)
		return;
	check_evidence(&r);
	note_refusal(c, endpoint, &r);
}

void explain_step(struct context *c, const char *endpoint, int64_t app_id, uint64_t flow_id)
{
	struct log_entry entry = {.app_id = app_id,
		.proven = true,
		.endpoint = str_from(endpoint),
		.flow_id = flow_id};
	struct detail d = {.passed = 0};

	if (c->notes && notes_has_room(c->notes, app_id, true, false, c->remote))
		note(c, &entry, &d);
}
