/* What is wrong with a PKCE verifier or challenge. RFC 7636 4.1, 4.2 and 4.6. */
#include "core/pkce.h"
#include "flow/look_closer.h"

enum { PREFIX_SHOWN = 6, HEX_DIGEST = 2 * SHA256_LEN };

static bool is_unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static size_t first_bad(struct str s)
{
	size_t i = 0;

	while (i < s.n && is_unreserved(s.p[i]))
		i++;
	return i;
}

static void add_character(struct context *c, struct refusal *r, struct str sent, size_t at)
{
	unsigned char bad = at < sent.n ? (unsigned char)sent.p[at] : 0;

	refusal_add(r, EVIDENCE_character,
		bad > 0x20 && bad < 0x7F ? str_dup(c->arena, str_slice(sent, at, at + 1))
					 : str_printf(c->arena, "0x%02X", bad));
	refusal_add_number(r, c->arena, EVIDENCE_position, (int64_t)at + 1);
}

static bool is_padded(struct str s, size_t bad)
{
	if (bad == s.n)
		return false;
	while (s.n && s.p[s.n - 1] == '=')
		s.n--;
	return bad == s.n && s.n >= LIMIT_VERIFIER_MIN;
}

static void look_at_malformed(struct context *c, struct refusal *r, struct str sent)
{
	size_t bad = first_bad(sent);

	if (is_padded(sent, bad)) {
		r->cause = CAUSE_VERIFIER_PADDED;
		look_add_length(c, r, sent);
	} else if (sent.n < LIMIT_VERIFIER_MIN || sent.n > LIMIT_VERIFIER_MAX) {
		r->cause = CAUSE_VERIFIER_LENGTH;
		look_add_length(c, r, sent);
		refusal_add_number(r, c->arena, EVIDENCE_least, LIMIT_VERIFIER_MIN);
		refusal_add_number(r, c->arena, EVIDENCE_most, LIMIT_VERIFIER_MAX);
	} else {
		add_character(c, r, sent, bad);
	}
}

static struct str shown(struct arena *a, struct str challenge)
{
	return str_printf(a, "%.*s…", STR_ARG(str_slice(challenge, 0, PREFIX_SHOWN)));
}

static void look_at_wrong(struct context *c, struct refusal *r, struct str bound, struct str sent)
{
	char once[LIMIT_CHALLENGE], twice[LIMIT_CHALLENGE];
	const struct str hashed = {once, sizeof once}, again = {twice, sizeof twice};

	pkce_challenge(sent, once);
	pkce_challenge(hashed, twice);
	if (str_eq(sent, bound))
		r->cause = CAUSE_VERIFIER_IS_CHALLENGE;
	else if (str_eq(again, bound))
		r->cause = CAUSE_VERIFIER_HASHED_TWICE;
	if (r->cause != CAUSE_VERIFIER_WRONG) {
		refusal_add(r, EVIDENCE_hash_prefix, shown(c->arena, bound));
		return;
	}
	r->expected = shown(c->arena, bound);
	r->received = shown(c->arena, hashed);
}

void look_at_verifier(struct context *c, struct refusal *r, const void *of)
{
	const struct redeem *redeem = of;
	struct str sent = redeem->request->code_verifier;

	if (r->cause == CAUSE_VERIFIER_MALFORMED)
		look_at_malformed(c, r, sent);
	else if (r->cause == CAUSE_VERIFIER_WRONG)
		look_at_wrong(c, r, redeem->code.challenge, sent);
	else if (r->cause == CAUSE_VERIFIER_UNEXPECTED)
		look_add_length(c, r, sent);
}

static bool all_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f') ||
			    (s.p[i] >= 'A' && s.p[i] <= 'F')))
			return false;
	return true;
}

/* Base64url has no '.' and no '~', which verifiers may have. */
static size_t first_bad_of_challenge(struct str s)
{
	size_t i = 0;

	while (i < s.n && is_unreserved(s.p[i]) && s.p[i] != '.' && s.p[i] != '~')
		i++;
	return i;
}

void look_at_challenge(struct context *c, struct refusal *r, const void *of)
{
	const struct authorize *a = of;
	struct str sent = a->request->code_challenge;
	size_t bad = first_bad_of_challenge(sent);

	if (is_padded(sent, bad))
		r->cause = CAUSE_AUTHORIZE_PKCE_CHALLENGE_PADDED;
	else if (sent.n == HEX_DIGEST && all_hex(sent))
		r->cause = CAUSE_AUTHORIZE_PKCE_CHALLENGE_HEX;
	else if (bad < sent.n)
		r->cause = CAUSE_AUTHORIZE_PKCE_CHALLENGE_ALPHABET;
	if (r->cause == CAUSE_AUTHORIZE_PKCE_CHALLENGE_ALPHABET) {
		add_character(c, r, sent, bad);
		return;
	}
	look_add_length(c, r, sent);
	refusal_add_number(r, c->arena, EVIDENCE_wanted_length, LIMIT_CHALLENGE);
}
