#include "explain/explanation.h"

#include <string.h>

#include "base/limits.h"
#include "explain/told.h"
#include "flow/authorize.h"
#include "flow/check_token.h"
#include "flow/client_credentials.h"
#include "flow/device.h"
#include "flow/device_poll.h"
#include "flow/exchange_token.h"
#include "flow/introspect.h"
#include "flow/jwt_bearer.h"
#include "flow/push_request.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "flow/register.h"
#include "flow/revoke_token.h"

static const struct {
	const char *flow;
	const char *(*step)(size_t);
} flows[] = {
	{"authorize", authorize_step},
	{"push_request", push_request_step},
	{"redeem_code", redeem_code_step},
	{"refresh", refresh_step},
	{"start_device", start_device_step},
	{"poll_device", poll_device_step},
	{"check_token", check_token_step},
	{"register", register_step},
	{"registration_replace", replace_step},
	{"grant_to_client", grant_to_client_step},
	{"grant_by_assertion", grant_by_assertion_step},
	{"exchange_token", exchange_token_step},
	{"introspect", introspect_step},
	{"revoke_token", revoke_token_step},
};

static void tell_steps(struct arena *a, enum lang lang, struct explanation *e)
{
	for (size_t f = 0; f < sizeof flows / sizeof flows[0]; f++) {
		if (!str_eq_c(e->detail.flow, flows[f].flow))
			continue;
		for (size_t i = 0; (int64_t)i < e->detail.passed && i < EXPLANATION_STEPS; i++)
			if (flows[f].step(i))
				e->passed[e->passed_n++] =
					told_step(a, lang, e->detail.flow, flows[f].step(i));
	}
}

static void tell_facts(
	struct arena *a, enum lang lang, const struct facts *facts, struct told_list *out)
{
	for (size_t i = 0; i < facts->n; i++)
		out->v[out->n++] =
			(struct told){facts->v[i].name, told_label(a, lang, facts->v[i].name),
				told_value(a, lang, facts->v[i].name, facts->v[i].value)};
}

static struct str or_nothing(struct arena *a, enum lang lang, struct str text)
{
	return text.n ? text : told_nothing(a, lang);
}

/* `name` as in errors.def; what may be missing has a '?' and so is no name. */
static bool has(const struct explanation *e, struct str name)
{
	enum evidence_name n;

	if (str_eq_c(name, "compare"))
		return str_is_set(e->detail.expected) && str_is_set(e->detail.received);
	return !evidence_find(name, &n) || str_is_set(facts_get(&e->detail.evidence, n));
}

/* Whoever wrote the entry may not have got at all that errors.def promises: the store failed, or it
 * was another version. */
static bool has_evidence(const struct explanation *e)
{
	struct str rest = str_from(cause_evidence(e->cause)), name;

	while (str_next(&rest, ' ', &name))
		if (!has(e, name))
			return false;
	return true;
}

static void tell_cause(struct arena *a, enum lang lang, struct explanation *e)
{
	struct message_arg args[DETAIL_FACTS + 2];
	size_t n = 0;

	for (size_t i = 0; i < e->evidence.n; i++)
		args[n++] = (struct message_arg){
			evidence_name(e->evidence.v[i].name), e->evidence.v[i].value};
	args[n++] = (struct message_arg){"expected", or_nothing(a, lang, e->detail.expected)};
	args[n++] = (struct message_arg){"received", or_nothing(a, lang, e->detail.received)};
	e->title = told_cause(a, lang, e->cause);
	if (has_evidence(e))
		e->seen = told_why(a, lang, e->cause, "seen", args, n);
	e->means = told_why(a, lang, e->cause, "means", args, n);
	e->fix = told_why(a, lang, e->cause, "fix", args, n);
}

/* "#code-expired" */
static struct str docs_of(struct arena *a, enum cause cause)
{
	struct str name = str_lower(a, str_from(cause_name(cause)));
	struct buf b;

	buf_init(&b, a, LIMIT_LOG_TEXT);
	buf_add_c(&b, CAUSES_PAGE "#");
	buf_add(&b, str_replaced(a, name, '_', '-'));
	return buf_str(&b);
}

/* RFC 7662 2.2, RFC 7009 2.2: where a token is asked about, or ended, what is wrong with it is no
 * error of the request, and the reply does not tell. */
static bool is_silent(const struct log_entry *entry, enum wire_error wire)
{
	bool about_token =
		str_eq_c(entry->endpoint, "introspect") || str_eq_c(entry->endpoint, "revoke");

	return wire == WIRE_NOTICE ||
	       (about_token && (wire == WIRE_BAD_CREDENTIALS || wire == WIRE_ACCOUNT_SUSPENDED ||
				       wire == WIRE_BAD_REFRESH_TOKEN || wire == WIRE_NOT_FOUND));
}

/* The two edges have words of their own for the same error. */
static struct str error_of(const struct log_entry *entry, enum cause cause, const struct detail *d)
{
	struct str edge = facts_get(&d->facts, EVIDENCE_dialect);

	if (cause == CAUSE_NONE || is_silent(entry, cause_wire(cause)))
		return STR("");
	const struct wire_row *row = wire_row(cause_wire(cause));

	return str_from(str_eq_c(edge, dialect_word(DIALECT_STANDARD)) ? row->rfc_code : row->code);
}

struct str told_error(struct arena *a, const struct log_entry *entry)
{
	struct detail detail;

	detail_read(a, entry->detail, &detail);
	return error_of(
		entry, str_is_set(entry->cause) ? cause_find(entry->cause) : CAUSE_NONE, &detail);
}

bool explain_entry(
	struct arena *a, enum lang lang, const struct log_entry *entry, struct explanation *out)
{
	const struct str none = STR("");

	memset(out, 0, sizeof *out);
	out->entry = entry;
	out->cause = str_is_set(entry->cause) ? cause_find(entry->cause) : CAUSE_NONE;
	out->endpoint = told_endpoint(a, lang, entry->endpoint);
	out->error = out->title = out->seen = out->means = out->fix = out->docs = none;
	bool good = detail_read(a, entry->detail, &out->detail);

	tell_facts(a, lang, &out->detail.evidence, &out->evidence);
	tell_facts(a, lang, &out->detail.facts, &out->facts);
	tell_steps(a, lang, out);
	out->compares = str_is_set(out->detail.expected) && str_is_set(out->detail.received);
	out->same = told_same(out->detail.expected, out->detail.received);
	if (out->cause == CAUSE_NONE) {
		out->title = str_is_set(entry->cause) ? entry->cause : none;
		return good;
	}
	out->notice = cause_wire(out->cause) == WIRE_NOTICE;
	out->error = error_of(entry, out->cause, &out->detail);
	out->docs = docs_of(a, out->cause);
	tell_cause(a, lang, out);
	return good;
}
