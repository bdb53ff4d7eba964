/* Whose credentials could these be? RFC 6749 2.3.1. */
#include "core/redact.h"
#include "flow/look_closer.h"
#include "store/look.h"

/* The texts that programs send for a variable that is not set, or that examples show. */
static const char *placeholder_of(struct str s)
{
	static const char *const nulls[] = {"null", "undefined", "None", "nil", "NULL"},
				 *const words[] = {"CLIENT_SECRET", "client_secret", "CLIENT_ID",
					 "client_id", "YOUR_CLIENT_SECRET", "YOUR_CLIENT_ID",
					 "secret", "changeme", "xxx"};

	for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++)
		if (str_eq_c(s, nulls[i]))
			return "null";
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_eq_nocase(s, str_from(words[i])))
			return "word";
	return str_starts(s, STR("$")) || str_starts(s, STR("{{")) || str_starts(s, STR("<")) ||
			       str_starts(s, STR("%"))
		       ? "variable"
		       : NULL;
}

static const char *stray_name(const char *c)
{
	if (*c == '\n' || *c == '\r')
		return "newline";
	if (*c == '\t')
		return "tab";
	return *c == ' ' ? "space" : "quote";
}

static void say_spaced(struct context *c, struct refusal *r, struct str sent, struct str bare,
	const struct look_secret *secret)
{
	bool before = bare.p > sent.p, after = bare.p + bare.n < sent.p + sent.n;

	r->cause = CAUSE_CLIENT_SECRET_SPACED;
	refusal_add(r, EVIDENCE_stray, str_from(stray_name(before ? sent.p : bare.p + bare.n)));
	refusal_add(r, EVIDENCE_place,
		str_from(before && after ? "both"
			 : before        ? "start"
					 : "end"));
	look_add_length(c, r, sent);
	refusal_add_number(r, c->arena, EVIDENCE_wanted_length, (int64_t)bare.n);
	look_add_last_four(r, secret->last_eight);
}

static bool say_revoked(struct context *c, struct refusal *r, const struct look_secret *secret)
{
	r->cause = CAUSE_CLIENT_SECRET_REVOKED;
	look_add_last_four(r, secret->last_eight);
	look_add_age(c, r, secret->revoked_at);
	return true;
}

/* The app's own in small letters. */
static bool find_lower(struct context *c, struct refusal *r, struct str bare)
{
	struct str lower = str_lower(c->arena, bare);
	struct look_secret found;

	if (str_eq(lower, bare) || look_secret(c->store, c->arena, lower, &found) != DB_OK ||
		found.app_id != r->app_id || found.revoked_at)
		return false;
	r->cause = CAUSE_CLIENT_SECRET_CASE;
	look_add_last_four(r, found.last_eight);
	return true;
}

/* One of the app's own, that is over, or right but for what surrounds it, or for its case; or
 * another app's. */
static bool find_owner_of(struct context *c, struct refusal *r, struct str sent)
{
	struct str bare = look_stripped(sent);
	struct look_secret found;

	if (!str_has_text(bare))
		return false;
	if (look_secret(c->store, c->arena, bare, &found) != DB_OK)
		return find_lower(c, r, bare);
	if (found.app_id == r->app_id && found.revoked_at)
		return say_revoked(c, r, &found);
	if (found.app_id == r->app_id && bare.n != sent.n) {
		say_spaced(c, r, sent, bare, &found);
		return true;
	}
	look_add_other_app(c, r, found.app_id, found.owner_id, found.app_name);
	if (r->evidence_n == 0)
		return false; /* of somebody else: that a secret is good is not told */
	r->cause = CAUSE_CLIENT_SECRET_OF_ANOTHER_APP;
	look_add_last_four(r, found.last_eight);
	return true;
}

/* One of its own, that is over. */
static bool find_revoked(struct context *c, struct refusal *r, struct str sent)
{
	struct look_secret found;

	return str_has_text(sent) && look_secret(c->store, c->arena, sent, &found) == DB_OK &&
	       found.app_id == r->app_id && found.revoked_at && say_revoked(c, r, &found);
}

/* `other` is the same before or after form-decoding. */
static void look_at_secret(struct context *c, struct refusal *r, struct str sent, struct str other)
{
	const char *placeholder = placeholder_of(sent);

	if (find_owner_of(c, r, sent) || (!str_eq(other, sent) && find_revoked(c, r, other)))
		return;
	if (placeholder) {
		r->cause = CAUSE_CLIENT_SECRET_PLACEHOLDER;
		refusal_add(r, EVIDENCE_placeholder, str_from(placeholder));
	} else if (sent.n != CLIENT_SECRET_LEN) {
		r->cause = CAUSE_CLIENT_SECRET_LENGTH;
		refusal_add_number(r, c->arena, EVIDENCE_wanted_length, CLIENT_SECRET_LEN);
	} else {
		look_add_last_four(r, str_slice(sent, sent.n - 8, sent.n));
	}
	look_add_length(c, r, sent);
}

/* A registered client id that `sent` is but for what surrounds it. */
static bool find_meant(struct context *c, struct refusal *r, struct str sent)
{
	struct str bare = look_stripped(sent);
	struct app app;

	if (bare.n == sent.n || app_by_client_id(c->store, c->arena, bare, &app) != DB_OK)
		return false;
	r->app_id = app.id;
	r->expected = app.client_id;
	r->received = sent;
	return true;
}

static void look_at_unknown(struct context *c, struct refusal *r, struct str id, enum cause altered,
	enum cause elsewhere)
{
	if (find_meant(c, r, id)) {
		r->cause = altered;
	} else if (looks_like_client_id(id)) {
		r->cause = elsewhere;
		refusal_add(r, EVIDENCE_client_id, id);
	} else {
		look_add_length(c, r, id);
	}
}

/* The client id where the secret belongs: then what came as client id may be the secret. */
static bool is_swapped(struct context *c, struct refusal *r, const struct client_credentials *given)
{
	struct app app;

	if (!str_has_text(given->client_secret) ||
		app_by_client_id(c->store, c->arena, look_stripped(given->client_secret), &app) !=
			DB_OK)
		return false;
	r->cause = CAUSE_CLIENT_ID_SECRET_SWAPPED;
	r->app_id = app.id;
	return true;
}

void look_at_client(struct context *c, struct refusal *r, const void *of)
{
	const struct look_client *look = of;
	const struct client_credentials *given = look->given;
	bool basic_only = given->from_basic && !given->from_body;

	if (r->cause == CAUSE_CLIENT_UNKNOWN && !is_swapped(c, r, given))
		look_at_unknown(c, r, given->client_id, CAUSE_CLIENT_ID_ALTERED,
			CAUSE_CLIENT_OF_ANOTHER_SERVER);
	else if (r->cause == CAUSE_CLIENT_SECRET_WRONG)
		look_at_secret(c, r, basic_only ? given->raw_secret : given->client_secret,
			basic_only ? given->client_secret : given->raw_secret);
	else if (r->cause == CAUSE_CLIENT_BASIC_MALFORMED)
		refusal_add(r, EVIDENCE_fault, str_from(given->basic_fault));
	else if (r->cause == CAUSE_CLIENT_CREDENTIALS_CONFLICT ||
		 r->cause == CAUSE_CLIENT_METHODS_MIXED)
		refusal_add(r, EVIDENCE_part,
			str_from(given->id_conflicts ? "client_id" : "client_secret"));
}

void look_at_client_id(struct context *c, struct refusal *r, const void *of)
{
	const struct str *id = of;

	look_at_unknown(c, r, *id, CAUSE_AUTHORIZE_CLIENT_ID_ALTERED,
		CAUSE_AUTHORIZE_CLIENT_OF_ANOTHER_SERVER);
}
