#include "flow/person_claims.h"

void claim_text(struct buf *b, const char *name, struct str value)
{
	if (!str_is_set(value))
		return;
	buf_addf(b, ",\"%s\":", name);
	buf_add_json(b, value);
}

void claim_number(struct buf *b, const char *name, int64_t value)
{
	buf_addf(b, ",\"%s\":%lld", name, (long long)value);
}

void claim_names(struct buf *b, const char *name, struct str names)
{
	struct str one;
	char separator = '[';

	if (!str_has_text(names))
		return;
	buf_addf(b, ",\"%s\":", name);
	for (; str_next(&names, ' ', &one); separator = ',') {
		buf_add_char(b, separator);
		buf_add_json(b, one);
	}
	buf_add_char(b, ']');
}

static bool wants(unsigned claims, enum openid_claim claim)
{
	return claims & 1U << claim;
}

static void add_profile(
	struct context *c, struct buf *b, const struct account *account, unsigned claims)
{
	struct str base = c->settings->base_url;

	if (wants(claims, OPENID_NAME) && str_has_text(account->name))
		claim_text(b, "name", account->name);
	if (wants(claims, OPENID_PREFERRED_USERNAME))
		claim_text(b, "preferred_username", account->login);
	if (wants(claims, OPENID_PROFILE))
		claim_text(b, "profile",
			str_printf(c->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(account->login)));
	if (wants(claims, OPENID_PICTURE))
		claim_text(b, "picture",
			str_printf(c->arena, "%.*s/avatars/u/%lld", STR_ARG(base),
				(long long)account->id));
	if (wants(claims, OPENID_UPDATED_AT))
		claim_number(b, "updated_at", account->updated_at);
}

bool person_claims_add(
	struct context *c, struct buf *b, const struct account *account, unsigned claims)
{
	struct email *emails;
	size_t n;

	add_profile(c, b, account, claims);
	if (!wants(claims, OPENID_EMAIL) && !wants(claims, OPENID_EMAIL_VERIFIED))
		return true;
	if (context_failed(c, email_list(c->store, c->arena, account->id, &emails, &n)))
		return false;
	if (n && wants(claims, OPENID_EMAIL))
		claim_text(b, "email", emails[0].address);
	if (n && wants(claims, OPENID_EMAIL_VERIFIED))
		buf_addf(b, ",\"email_verified\":%s", emails[0].verified_at ? "true" : "false");
	return true;
}
