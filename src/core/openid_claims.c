#include "core/openid_claims.h"

#include <jansson.h>
#include <string.h>

#include "base/json_body.h"

static const char *const names[OPENID_CLAIMS] = {
	[OPENID_NAME] = "name",
	[OPENID_PREFERRED_USERNAME] = "preferred_username",
	[OPENID_PROFILE] = "profile",
	[OPENID_PICTURE] = "picture",
	[OPENID_UPDATED_AT] = "updated_at",
	[OPENID_EMAIL] = "email",
	[OPENID_EMAIL_VERIFIED] = "email_verified",
};

const char *openid_claim_name(enum openid_claim claim)
{
	return names[claim];
}

unsigned openid_claims_of_scope(bool profile, bool email)
{
	const unsigned of_email = 1U << OPENID_EMAIL | 1U << OPENID_EMAIL_VERIFIED;
	const unsigned all = (1U << OPENID_CLAIMS) - 1;

	return (profile ? all & ~of_email : 0) | (email ? of_email : 0);
}

static unsigned bits_of(const json_t *part)
{
	unsigned bits = 0;

	for (int i = 0; i < OPENID_CLAIMS; i++)
		if (json_object_get(part, names[i]))
			bits |= 1U << i;
	return bits;
}

/* A claim is asked for with null, or with an object. */
static bool is_part(json_t *part)
{
	const char *name;
	json_t *value;

	if (!part || json_is_null(part))
		return true;
	if (!json_is_object(part))
		return false;
	json_object_foreach (part, name, value) {
		if (!json_is_null(value) && !json_is_object(value))
			return false;
	}
	return true;
}

static struct str text_of(struct arena *a, const json_t *value)
{
	return json_is_string(value) ? str_dup(a, (struct str){json_string_value(value),
							  json_string_length(value)})
				     : STR_NONE;
}

static void add_acr(struct arena *a, const json_t *value, struct claims_request *out)
{
	struct str acr = text_of(a, value);

	if (str_is_set(acr) && out->acrs_n < OPENID_ACRS)
		out->acrs[out->acrs_n++] = acr;
}

static void read_acr(struct arena *a, const json_t *acr, struct claims_request *out)
{
	const json_t *values = json_object_get(acr, "values");

	out->acr_essential = json_is_true(json_object_get(acr, "essential"));
	add_acr(a, json_object_get(acr, "value"), out);
	for (size_t i = 0; i < json_array_size(values); i++)
		add_acr(a, json_array_get(values, i), out);
}

bool claims_request_read(struct arena *a, struct str text, struct claims_request *out)
{
	struct json_body body;

	memset(out, 0, sizeof *out);
	if (!str_is_set(text))
		return true;
	if (!str_has_text(text) || json_body_read(a, text, &body) != JSON_READ)
		return false;
	json_t *userinfo = json_object_get(body.root, "userinfo"),
	       *id_token = json_object_get(body.root, "id_token");

	if (!is_part(userinfo) || !is_part(id_token))
		return false;
	out->userinfo = bits_of(userinfo);
	out->id_token = bits_of(id_token);
	out->sub = text_of(a, json_object_get(json_object_get(id_token, "sub"), "value"));
	read_acr(a, json_object_get(id_token, "acr"), out);
	return true;
}
