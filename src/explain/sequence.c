#include "explain/sequence.h"

#include <string.h>

#include "explain/told.h"

/* A window is searched by what is short of each entry: all of them would not fit in a request's
 * memory. */
enum { LOOKED_AT = 400, READ = 200 };
static const int64_t FOREVER_US = INT64_MAX;

static enum sequence_party party_of(struct str endpoint)
{
	if (str_eq_c(endpoint, "authorize") || str_eq_c(endpoint, "device_approval") ||
		str_eq_c(endpoint, "device_denial"))
		return PARTY_BROWSER;
	return str_eq_c(endpoint, "device") || str_eq_c(endpoint, "device_token") ? PARTY_DEVICE
										  : PARTY_APP;
}

static bool is_end(const struct log_entry *e)
{
	return !str_is_set(e->cause) &&
	       (str_eq_c(e->endpoint, "token") || str_eq_c(e->endpoint, "device_token"));
}

/* A cause of a newer version is one, too. */
static bool is_refused(const struct sequence_step *step)
{
	return str_is_set(step->e.entry->cause) && !step->e.notice;
}

/* Of a device that asked for hours: how it began and how it ended. */
static bool is_left_out(size_t i, size_t n)
{
	return n > SEQUENCE_STEPS && i >= SEQUENCE_STEPS / 2 && i < n - SEQUENCE_STEPS / 2;
}

/* Has the step before the same request? */
static bool is_told_again(const struct sequence *flow, const struct log_entry *entry)
{
	return flow->n && str_eq(flow->steps[flow->n - 1].e.entry->request_id, entry->request_id);
}

static void fill(const struct sequence_of *of, const struct log_entry *entries, size_t n,
	struct sequence *out)
{
	memset(out, 0, sizeof *out);
	out->steps = ARENA_ARRAY(of->arena, struct sequence_step, n ? n : 1);
	for (size_t i = 0; i < n; i++) {
		out->went_well |= is_end(&entries[i]);
		if (is_left_out(i, n))
			continue;
		/* A notice about a step says all that the step says, and more. */
		if (!is_told_again(out, &entries[i]))
			out->n++;
		struct sequence_step *step = &out->steps[out->n - 1];

		explain_entry(of->arena, of->lang, &entries[i], &step->e);
		step->from = party_of(entries[i].endpoint);
		out->refused |= is_refused(step);
	}
	out->first_different = out->n;
}

/* What differs each time, whatever the app does. */
static bool varies(enum evidence_name name)
{
	return name == EVIDENCE_since_code || name == EVIDENCE_consent || name == EVIDENCE_accept;
}

static void compare_facts(
	const struct sequence_of *of, struct sequence_step *step, const struct facts *there)
{
	const struct facts *here = &step->e.detail.facts;

	for (int i = 0; i < EVIDENCE_NAMES; i++) {
		enum evidence_name name = (enum evidence_name)i;
		struct str a = facts_get(here, name), b = facts_get(there, name);

		if (varies(name) || str_eq(a, b) || (!str_is_set(a) && !str_is_set(b)) ||
			step->differences_n == SEQUENCE_DIFFERENCES)
			continue;
		step->differences[step->differences_n++] =
			(struct sequence_difference){told_label(of->arena, of->lang, name),
				told_value(of->arena, of->lang, name, a),
				told_value(of->arena, of->lang, name, b)};
	}
}

/* The step of the other flow at the same place: the first of the endpoint that went well. */
static const struct sequence_step *counterpart(
	const struct sequence *other, const struct sequence_step *step)
{
	for (size_t i = 0; i < other->n; i++)
		if ((other->steps[i].e.cause == CAUSE_NONE || other->steps[i].e.notice) &&
			str_eq(other->steps[i].e.entry->endpoint, step->e.entry->endpoint))
			return &other->steps[i];
	return NULL;
}

static void compare(
	const struct sequence_of *of, struct sequence *here, const struct sequence *there)
{
	for (size_t i = 0; i < here->n; i++) {
		struct sequence_step *step = &here->steps[i];
		const struct sequence_step *other = counterpart(there, step);

		if (other)
			compare_facts(of, step, &other->e.detail.facts);
		bool differs = step->differences_n || is_refused(step);

		if (differs && here->first_different == here->n)
			here->first_different = i;
	}
}

/* The newest flow that came to a token, other than this one. */
static enum db_status find_baseline(const struct sequence_of *of, struct sequence *here)
{
	const struct log_query q = {.app_id = of->app_id,
		.before_us = FOREVER_US,
		.cause = STR(""),
		.most = LOOKED_AT,
		.brief = true};
	struct log_entry *entries, *steps;
	size_t n, steps_n;
	struct sequence there;
	enum db_status status = request_log_list(of->store, of->arena, &q, &entries, &n);

	for (size_t i = 0; i < n && status == DB_OK && !here->compared_to; i++) {
		if (!is_end(&entries[i]) || !entries[i].flow_id ||
			entries[i].flow_id == here->flow_id)
			continue;
		here->compared_to = entries[i].flow_id;
	}
	if (status != DB_OK || !here->compared_to)
		return status;
	status = request_log_by_flow(
		of->store, of->arena, here->compared_to, READ, &steps, &steps_n);
	if (status != DB_OK)
		return status;
	fill(of, steps, steps_n, &there);
	compare(of, here, &there);
	return DB_OK;
}

enum db_status sequence_read(const struct sequence_of *of, uint64_t flow_id, struct sequence *out)
{
	struct log_entry *entries;
	size_t n;
	enum db_status status =
		request_log_by_flow(of->store, of->arena, flow_id, READ, &entries, &n);

	if (status != DB_OK)
		return status;
	if (entries[0].app_id != of->app_id)
		return DB_NONE;
	fill(of, entries, n, out);
	out->flow_id = flow_id;
	return find_baseline(of, out);
}

enum db_status sequence_of_entry(
	const struct sequence_of *of, const struct log_entry *entry, struct sequence *out)
{
	if (entry->flow_id)
		return sequence_read(of, entry->flow_id, out);
	fill(of, entry, 1, out);
	return find_baseline(of, out);
}

static bool is_listed(const struct sequence *flows, size_t n, uint64_t flow_id)
{
	for (size_t i = 0; i < n; i++)
		if (flow_id && flows[i].flow_id == flow_id)
			return true;
	return false;
}

/* The whole of an entry that belongs to no flow. */
static enum db_status read_alone(
	const struct sequence_of *of, const struct log_entry *brief, struct log_entry **out)
{
	struct log_entry *entries;
	size_t n;
	enum db_status status =
		request_log_by_request(of->store, of->arena, brief->request_id, &entries, &n);

	for (size_t i = 0; i < n; i++)
		if (entries[i].id == brief->id) {
			*out = &entries[i];
			return DB_OK;
		}
	return status == DB_OK ? DB_NONE : status;
}

static enum db_status read_listed(
	const struct sequence_of *of, const struct log_entry *brief, struct sequence *out)
{
	struct log_entry *steps;
	size_t n = 1;
	enum db_status status = brief->flow_id
					? request_log_by_flow(of->store, of->arena, brief->flow_id,
						  SEQUENCE_LISTED, &steps, &n)
					: read_alone(of, brief, &steps);

	if (status != DB_OK)
		return status;
	fill(of, steps, n, out);
	out->flow_id = brief->flow_id;
	return DB_OK;
}

enum db_status sequence_list(const struct sequence_of *of, struct sequence **out, size_t *n)
{
	const struct log_query q = {
		.app_id = of->app_id, .before_us = FOREVER_US, .most = LOOKED_AT, .brief = true};
	struct log_entry *entries;
	size_t entries_n;
	enum db_status status = request_log_list(of->store, of->arena, &q, &entries, &entries_n);

	*out = ARENA_ARRAY(of->arena, struct sequence, SEQUENCE_FLOWS);
	*n = 0;
	for (size_t i = 0; i < entries_n && status == DB_OK && *n < SEQUENCE_FLOWS; i++) {
		if (is_listed(*out, *n, entries[i].flow_id))
			continue;
		status = read_listed(of, &entries[i], &(*out)[*n]);
		if (status == DB_OK)
			(*n)++;
		else if (status == DB_NONE)
			status = DB_OK;
	}
	return status;
}
