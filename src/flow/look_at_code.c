/* What became of an authorization code, or of what was sent for one. RFC 6749 4.1.2. */
#include <string.h>

#include "base/form.h"
#include "base/limits.h"
#include "flow/look_closer.h"
#include "store/look.h"

enum { CODES_KEPT_DAYS = 1 };

/* Is this text, exactly, a code that was issued here? The hash in its row is the checksum. */
static bool is_genuine(struct context *c, struct str text, struct code *out)
{
	uint8_t hash[SHA256_LEN];
	uint64_t id;

	if (!code_locate(&c->store->locator, text, &id) || !look_id_was_given(c->store, id) ||
		code_read_row(c->store, c->arena, id, out) != DB_OK)
		return false;
	sha256(text, hash);
	return ct_equal(hash, out->hash, sizeof hash);
}

/* Cheaply, before the store is asked: an id that was never given is no code of ours. */
struct search {
	struct context *c;
	char text[CODE_TEXT_LEN];
	uint64_t last_id; /* ids beyond it have not been given */
	struct code code;
};

static bool try_candidate(struct search *s)
{
	const struct str text = {s->text, sizeof s->text};
	uint64_t id;

	return code_locate(&s->c->store->locator, text, &id) && id <= s->last_id &&
	       is_genuine(s->c, text, &s->code);
}

/* One character was replaced, or two neighbours were exchanged; `*at` is where. */
static bool find_neighbour(struct search *s, size_t *at)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < CODE_TEXT_LEN; i++) {
		char was = s->text[i];

		*at = i;
		for (size_t d = 0; d < 16; d++) {
			s->text[i] = digits[d];
			if (digits[d] != was && try_candidate(s))
				return true;
		}
		s->text[i] = was;
	}
	for (size_t i = 0; i + 1 < CODE_TEXT_LEN; i++) {
		char was = s->text[i];

		*at = i;
		s->text[i] = s->text[i + 1];
		s->text[i + 1] = was;
		if (try_candidate(s))
			return true;
		s->text[i + 1] = s->text[i];
		s->text[i] = was;
	}
	return false;
}

static struct search *search_of(struct context *c)
{
	struct search *s = ARENA_NEW(c->arena, struct search);

	s->c = c;
	s->last_id = look_last_id(c->store);
	return s;
}

/* A genuine code somewhere within `text`, whatever stands around it. */
static bool find_within(struct search *s, struct str text, size_t *at)
{
	for (size_t i = 0; i + CODE_TEXT_LEN <= text.n; i++) {
		memcpy(s->text, text.p + i, CODE_TEXT_LEN);
		*at = i == 0 ? CODE_TEXT_LEN : 0;
		if (try_candidate(s))
			return true;
	}
	return false;
}

/* The first difference from the code in its own letters, for a code whose case was changed. */
static bool find_other_case(struct search *s, struct str text, size_t *at)
{
	struct str lower = str_lower(s->c->arena, text);

	if (text.n != CODE_TEXT_LEN || str_eq(lower, text))
		return false;
	for (*at = 0; lower.p[*at] == text.p[*at]; (*at)++)
		;
	memcpy(s->text, lower.p, CODE_TEXT_LEN);
	return try_candidate(s);
}

static bool was_encoded_twice(struct context *c, struct str text, struct code *code)
{
	struct str decoded;

	return str_has_char(text, '%') && percent_decode(c->arena, text, true, &decoded) &&
	       is_genuine(c, decoded, code);
}

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static void add_lengths(struct context *c, struct refusal *r, struct str sent)
{
	look_add_length(c, r, sent);
	refusal_add_number(r, c->arena, EVIDENCE_wanted_length, CODE_TEXT_LEN);
}

/* What was sent is no code of ours as it stands: is it one that suffered on its way? */
static bool look_for_original(struct context *c, struct refusal *r, struct str sent)
{
	struct search *s = search_of(c);
	struct str text = str_slice(sent, 0, LIMIT_CODE);
	size_t at = 0;

	if (was_encoded_twice(c, sent, &s->code)) {
		r->cause = CAUSE_CODE_ENCODED_TWICE;
		add_lengths(c, r, sent);
	} else if (find_within(s, text, &at) || find_other_case(s, text, &at)) {
		r->cause = CAUSE_CODE_ALTERED;
	} else if (text.n == CODE_TEXT_LEN && is_hex(text)) {
		memcpy(s->text, text.p, CODE_TEXT_LEN);
		if (!find_neighbour(s, &at))
			return false;
		r->cause = CAUSE_CODE_ALTERED;
	} else {
		return false;
	}
	r->flow_id = s->code.app_id == r->app_id ? s->code.token_id : 0;
	if (r->cause == CAUSE_CODE_ALTERED) {
		refusal_add_number(r, c->arena, EVIDENCE_position, (int64_t)at + 1);
		add_lengths(c, r, sent);
	}
	return true;
}

static void look_at_malformed(struct context *c, struct refusal *r, struct str sent)
{
	if (look_for_original(c, r, sent))
		return;
	if (sent.n < CODE_TEXT_LEN && is_hex(sent))
		r->cause = CAUSE_CODE_CUT;
	add_lengths(c, r, sent);
}

static void look_at_unknown(struct context *c, struct refusal *r, struct str sent)
{
	uint64_t id;

	/* First: a character changed among the leading ones gives the number of another row. */
	if (look_for_original(c, r, sent))
		return;
	if (code_locate(&c->store->locator, sent, &id) && look_id_was_given(c->store, id)) {
		/* Its number is one of ours, and its row has been cleared away. */
		r->cause = CAUSE_CODE_FORGOTTEN;
		refusal_add_number(r, c->arena, EVIDENCE_days, CODES_KEPT_DAYS);
	} else {
		look_add_hash_prefix(c, r, sent);
	}
}

static void look_at_redeemed(struct context *c, struct refusal *r, struct code code)
{
	/* Two at once: the row was read before the other took it. */
	if (!code.consumed_at)
		code_read_row(c->store, c->arena, code.id, &code);
	look_add_age(c, r, code.consumed_at);
	refusal_add(r, EVIDENCE_other_request,
		str_is_set(code.consumed_by) ? code.consumed_by : STR("?"));
	refusal_add(r, EVIDENCE_same_address,
		str_eq(code.consumed_from, c->remote) ? STR("yes")
		: str_is_set(code.consumed_from)      ? STR("no")
						      : STR("unknown"));
}

static void look_at_redirect(struct refusal *r, const struct redeem *of)
{
	static const char *const names[] = {
		[REDIRECT_SAME] = NULL,
		[REDIRECT_DIFFERS_SCHEME] = "scheme",
		[REDIRECT_DIFFERS_HOST] = "host",
		[REDIRECT_DIFFERS_PORT] = "port",
		[REDIRECT_DIFFERS_TRAILING_SLASH] = "slash",
		[REDIRECT_DIFFERS_CASE] = "case",
		[REDIRECT_DIFFERS_ENCODING] = "encoding",
		[REDIRECT_DIFFERS_PATH] = "path",
		[REDIRECT_DIFFERS_QUERY] = "query",
	};
	struct redirect_uri had, sent;
	size_t at;

	if (redirect_uri_parse(of->code.redirect_uri, &had) == REDIRECT_URI_OK &&
		redirect_uri_parse(of->request->redirect_uri, &sent) == REDIRECT_URI_OK)
		refusal_add(r, EVIDENCE_difference,
			str_from(names[redirect_uri_difference(&had, REDIRECT_EXACT, &sent, &at)]));
}

void look_at_code(struct context *c, struct refusal *r, const void *of)
{
	const struct redeem *redeem = of;
	const struct code *code = &redeem->code;

	if (r->cause == CAUSE_CODE_MALFORMED) {
		look_at_malformed(c, r, redeem->request->code);
	} else if (r->cause == CAUSE_CODE_UNKNOWN) {
		look_at_unknown(c, r, redeem->request->code);
	} else if (r->cause == CAUSE_CODE_OF_ANOTHER_APP) {
		look_add_other_app_by_id(c, r, code->app_id);
		refusal_add_number(
			r, c->arena, EVIDENCE_age, store_now(c->store) - code->created_at);
	} else if (r->cause == CAUSE_CODE_FENCED) {
		refusal_add_number(
			r, c->arena, EVIDENCE_age, store_now(c->store) - code->created_at);
	} else if (r->cause == CAUSE_CODE_EXPIRED) {
		look_add_age(c, r, code->expires_at);
		refusal_add_number(
			r, c->arena, EVIDENCE_lifetime, code->expires_at - code->created_at);
	} else if (r->cause == CAUSE_CODE_REDEEMED) {
		look_at_redeemed(c, r, *code);
	} else if (r->cause == CAUSE_CODE_GRANT_REVOKED) {
		look_add_grant_end(c, r, code->grant_id);
	} else if (r->cause == CAUSE_CODE_USER_SUSPENDED) {
		look_add_age(c, r, code->account_suspended_at);
	} else if (r->cause == CAUSE_CODE_REDIRECT_DIFFERS) {
		look_at_redirect(r, redeem);
	}
}
