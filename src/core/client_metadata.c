/* Reading client metadata, member by member. What the members mean together is checked in
 * client_metadata_check.c. */
#include "core/client_metadata.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/json_object.h"
#include "base/memory.h"
#include "core/client_members.h"

/* The members that are one value each, in the order in which they are read and written. */
#define AT(member) offsetof(struct client_metadata, member)
#define URI METADATA_MEMBER_URI
#define TEXT METADATA_MEMBER_TEXT
#define FLAG METADATA_MEMBER_FLAG
#define LIST METADATA_MEMBER_LIST
#define WORD METADATA_MEMBER_ALGORITHM
/* clang-format off */
const struct metadata_member metadata_members[] = {
	{"redirect_uris", LIST, AT(redirect_uris), false, true},
	{"client_name", TEXT, AT(client_name), true, true},
	{"client_uri", URI, AT(client_uri), true, true},
	{"logo_uri", URI, AT(logo_uri), true, false},
	{"tos_uri", URI, AT(tos_uri), true, false},
	{"policy_uri", URI, AT(policy_uri), true, false},
	{"response_modes", LIST, AT(response_modes), false, false},
	{"contacts", LIST, AT(contacts), false, false},
	{"scope", TEXT, AT(scope), false, false},
	{"jwks_uri", URI, AT(jwks_uri), false, false},
	{"software_id", TEXT, AT(software_id), false, false},
	{"software_version", TEXT, AT(software_version), false, false},
	{"sector_identifier_uri", URI, AT(sector_identifier_uri), false, false},
	{"initiate_login_uri", URI, AT(initiate_login_uri), false, false},
	{"id_token_signed_response_alg", WORD, AT(id_token_signed_response_alg), false, false},
	{"userinfo_signed_response_alg", WORD, AT(userinfo_signed_response_alg), false, false},
	{"request_object_signing_alg", WORD, AT(request_object_signing_alg), false, false},
	{"token_endpoint_auth_signing_alg", WORD, AT(token_endpoint_auth_signing_alg), false, false},
	{"require_auth_time", FLAG, AT(require_auth_time), false, false},
	{"default_acr_values", LIST, AT(default_acr_values), false, false},
	{"post_logout_redirect_uris", LIST, AT(post_logout_redirect_uris), false, false},
	{"backchannel_logout_uri", URI, AT(backchannel_logout_uri), false, false},
	{"backchannel_logout_session_required", FLAG, AT(backchannel_logout_session_required), false, false},
	{"tls_client_certificate_bound_access_tokens", FLAG, AT(tls_client_certificate_bound_access_tokens), false, false},
	{"dpop_bound_access_tokens", FLAG, AT(dpop_bound_access_tokens), false, false},
	{"require_pushed_authorization_requests", FLAG, AT(require_pushed_authorization_requests), false, false},
	{"require_signed_request_object", FLAG, AT(require_signed_request_object), false, false},
	{"authorization_details_types", LIST, AT(authorization_details_types), false, false},
	{"resources", LIST, AT(resources), false, false},
	{NULL, TEXT, 0, false, false},
};
/* clang-format on */
#undef URI
#undef TEXT
#undef FLAG
#undef LIST
#undef WORD
#undef AT

const struct metadata_subject metadata_subjects[] = {
	{"tls_client_auth_subject_dn", TLS_SUBJECT_DN},
	{"tls_client_auth_san_dns", TLS_SAN_DNS},
	{"tls_client_auth_san_uri", TLS_SAN_URI},
	{"tls_client_auth_san_ip", TLS_SAN_IP},
	{"tls_client_auth_san_email", TLS_SAN_EMAIL},
	{NULL, TLS_SUBJECT_NONE},
};

const struct metadata_grant metadata_grants[] = {
	{"authorization_code", GRANT_TYPE_CODE},
	{"refresh_token", GRANT_TYPE_REFRESH},
	{"client_credentials", GRANT_TYPE_CLIENT_CREDENTIALS},
	{"urn:ietf:params:oauth:grant-type:device_code", GRANT_TYPE_DEVICE},
	{"urn:ietf:params:oauth:grant-type:token-exchange", GRANT_TYPE_EXCHANGE},
	{"urn:ietf:params:oauth:grant-type:jwt-bearer", GRANT_TYPE_JWT_BEARER},
	{NULL, GRANT_TYPE_CODE},
};

/* What we do not do, and what somebody who asks for it must not be left to believe. */
static const char *const refused[] = {"id_token_encrypted_response_alg",
	"userinfo_encrypted_response_alg", "request_object_encryption_alg",
	"authorization_encrypted_response_alg", "introspection_encrypted_response_alg"};

bool metadata_list_has(const struct metadata_list *list, struct str text)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], text))
			return true;
	return false;
}

const char *grant_type_word(enum grant_type g)
{
	const struct metadata_grant *row = metadata_grants;

	while (row->word && row->type != g)
		row++;
	return row->word;
}

struct str grant_type_words(struct arena *a, unsigned grants)
{
	struct str list = STR("");

	for (unsigned bit = 1; bit <= GRANT_TYPE_JWT_BEARER; bit <<= 1)
		if (grants & bit)
			list = str_joined(
				a, list, ", ", str_from(grant_type_word((enum grant_type)bit)));
	return list;
}

bool grant_type_find(struct str word, enum grant_type *out)
{
	for (const struct metadata_grant *row = metadata_grants; row->word; row++) {
		if (!str_eq_c(word, row->word))
			continue;
		*out = row->type;
		return true;
	}
	return false;
}

void client_metadata_init(struct client_metadata *out)
{
	*out = (struct client_metadata){
		.auth_method = AUTH_SECRET,
		.grant_types = GRANT_TYPE_CODE,
		.response_code = true,
		.id_token_signed_response_alg = STR("RS256"),
		.default_max_age = -1,
	};
}

static struct str text_of(struct arena *a, const json_t *value)
{
	return str_dup(a, (struct str){json_string_value(value), json_string_length(value)});
}

static bool read_text(
	struct metadata_reading *r, const char *name, const json_t *value, struct str *out)
{
	if (!json_is_string(value))
		return metadata_wrong(r, name, METADATA_TYPE, STR_NONE);
	struct str text = text_of(r->arena, value);

	if (text.n > LIMIT_METADATA_TEXT)
		return metadata_wrong(r, name, METADATA_LONG, STR_NONE);
	/* An empty one is one that is not there (RFC 7592 2.2 for null; many clients send ""). */
	*out = text.n ? text : STR_NONE;
	return true;
}

static bool read_list(struct metadata_reading *r, const char *name, const json_t *value,
	struct metadata_list *out)
{
	*out = (struct metadata_list){.n = 0};
	if (!json_is_array(value))
		return metadata_wrong(r, name, METADATA_TYPE, STR_NONE);
	if (json_array_size(value) > LIMIT_METADATA_LIST)
		return metadata_wrong(r, name, METADATA_MANY, STR_NONE);
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct str one = STR_NONE;

		if (!read_text(r, name, json_array_get(value, i), &one))
			return false;
		if (!str_is_set(one))
			return metadata_wrong(r, name, METADATA_EMPTY, STR_NONE);
		out->v[out->n++] = one;
	}
	return true;
}

static bool read_member(
	struct metadata_reading *r, const struct metadata_member *m, const json_t *value)
{
	void *at = (char *)r->out + m->offset;

	if (!value || json_is_null(value))
		return true;
	switch (m->kind) {
	case METADATA_MEMBER_LIST:
		return read_list(r, m->name, value, at);
	case METADATA_MEMBER_FLAG:
		if (!json_is_boolean(value))
			return metadata_wrong(r, m->name, METADATA_TYPE, STR_NONE);
		*(bool *)at = json_is_true(value);
		return true;
	case METADATA_MEMBER_TEXT:
	case METADATA_MEMBER_URI:
	case METADATA_MEMBER_ALGORITHM:
		break;
	}
	return read_text(r, m->name, value, at);
}

/* "client_name#es": the member that it is another language's form of. */
static const struct metadata_member *localized_of(struct str name)
{
	struct str base = str_slice(name, 0, str_find(name, '#'));

	for (const struct metadata_member *m = metadata_members; base.n < name.n && m->name; m++)
		if (m->localized && str_eq_c(base, m->name))
			return m;
	return NULL;
}

static bool read_localized(struct metadata_reading *r, json_t *root)
{
	const char *name;
	json_t *value;

	json_object_foreach (root, name, value) {
		const struct metadata_member *m = localized_of(str_from(name));
		struct str text = STR_NONE;

		if (!m || json_is_null(value))
			continue;
		if (r->out->localized_n == LIMIT_METADATA_LOCALIZED)
			return metadata_wrong(r, m->name, METADATA_MANY, STR_NONE);
		if (!read_text(r, m->name, value, &text))
			return false;
		if (str_is_set(text))
			r->out->localized[r->out->localized_n++] =
				(struct metadata_text){str_dup(r->arena, str_from(name)), text};
	}
	return true;
}

static bool read_grant_types(struct metadata_reading *r, const json_t *root)
{
	const json_t *grants = json_object_get(root, "grant_types"),
		     *responses = json_object_get(root, "response_types");
	struct metadata_list list;
	enum grant_type type;

	if (grants && !json_is_null(grants)) {
		if (!read_list(r, "grant_types", grants, &list))
			return false;
		r->out->grant_types = 0;
		for (size_t i = 0; i < list.n; i++) {
			if (!grant_type_find(list.v[i], &type))
				return metadata_wrong(
					r, "grant_types", METADATA_UNSUPPORTED, list.v[i]);
			r->out->grant_types |= type;
		}
	}
	/* Left out, it is what the grant types need (7591-05). */
	r->out->response_code = (r->out->grant_types & GRANT_TYPE_CODE) != 0;
	if (!responses || json_is_null(responses))
		return true;
	if (!read_list(r, "response_types", responses, &list))
		return false;
	r->out->response_code = list.n > 0;
	for (size_t i = 0; i < list.n; i++)
		if (!str_eq_c(list.v[i], "code"))
			return metadata_wrong(r, "response_types", METADATA_UNSUPPORTED, list.v[i]);
	return true;
}

static bool read_auth_method(struct metadata_reading *r, const json_t *root)
{
	const json_t *value = json_object_get(root, "token_endpoint_auth_method");
	struct str word = STR_NONE;

	if (!value || json_is_null(value)) {
		/* A document's client has no secret to prove itself with (MCP-09). */
		r->out->auth_method = r->rules->document ? AUTH_NONE : AUTH_SECRET;
		return true;
	}
	if (!read_text(r, "token_endpoint_auth_method", value, &word))
		return false;
	r->out->auth_post = str_eq_c(word, "client_secret_post");
	return auth_method_find(word, &r->out->auth_method) ||
	       metadata_wrong(r, "token_endpoint_auth_method", METADATA_UNSUPPORTED, word);
}

/* One of two words. */
static bool read_choice(struct metadata_reading *r, const json_t *root, const char *name,
	const char *no, const char *yes, bool *out, bool *here)
{
	const json_t *value = json_object_get(root, name);
	struct str word = STR_NONE;

	*here = value && !json_is_null(value);
	if (!*here)
		return true;
	if (!read_text(r, name, value, &word))
		return false;
	*out = str_eq_c(word, yes);
	return *out || str_eq_c(word, no) || metadata_wrong(r, name, METADATA_UNSUPPORTED, word);
}

/* RFC 8252 7: who is sent back to this machine or to a scheme of its own is a native app. Clients
 * that leave application_type out expect no less (MCP until 2025-11-25). */
static enum application_type guess_type(const struct client_metadata *m)
{
	struct redirect_uri uri;

	for (size_t i = 0; i < m->redirect_uris.n; i++)
		if (redirect_uri_parse(m->redirect_uris.v[i], &uri) == REDIRECT_URI_OK &&
			(!uri.is_http || uri.is_loopback))
			return APPLICATION_NATIVE;
	return APPLICATION_WEB;
}

static bool read_choices(struct metadata_reading *r, const json_t *root)
{
	bool native = guess_type(r->out) == APPLICATION_NATIVE, here;

	if (!read_choice(r, root, "application_type", "web", "native", &native, &here) ||
		!read_choice(
			r, root, "subject_type", "public", "pairwise", &r->out->pairwise, &here))
		return false;
	r->out->application_type = native ? APPLICATION_NATIVE : APPLICATION_WEB;
	return true;
}

static bool read_max_age(struct metadata_reading *r, const json_t *root)
{
	const json_t *value = json_object_get(root, "default_max_age");

	if (!value || json_is_null(value))
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return metadata_wrong(r, "default_max_age", METADATA_TYPE, STR_NONE);
	r->out->default_max_age = json_integer_value(value);
	return true;
}

/* RFC 8705 2.1.2: exactly one of them. */
static bool read_subject(struct metadata_reading *r, const json_t *root)
{
	for (const struct metadata_subject *s = metadata_subjects; s->name; s++) {
		const json_t *value = json_object_get(root, s->name);
		struct str text = STR_NONE;

		if (!value || json_is_null(value))
			continue;
		if (!read_text(r, s->name, value, &text))
			return false;
		if (r->out->tls_subject_kind != TLS_SUBJECT_NONE)
			return metadata_wrong(r, s->name, METADATA_TWICE, STR_NONE);
		if (!str_is_set(text))
			continue;
		r->out->tls_subject_kind = s->kind;
		r->out->tls_subject = text;
	}
	return true;
}

static void release_text(void *at)
{
	memory_give(*(char **)at);
}

static bool read_jwks(struct metadata_reading *r, const json_t *root)
{
	const json_t *value = json_object_get(root, "jwks");

	if (!value || json_is_null(value))
		return true;
	if (!json_is_object(value))
		return metadata_wrong(r, "jwks", METADATA_TYPE, STR_NONE);
	char **text = ARENA_NEW(r->arena, char *);

	arena_defer(r->arena, release_text, text);
	*text = json_dumps(value, JSON_COMPACT);
	if (!*text)
		return metadata_wrong(r, "jwks", METADATA_TYPE, STR_NONE);
	r->out->jwks = str_from(*text);
	return r->out->jwks.n <= LIMIT_JWKS || metadata_wrong(r, "jwks", METADATA_LONG, STR_NONE);
}

static bool read_refused(struct metadata_reading *r, const json_t *root)
{
	const json_t *statement = json_object_get(root, "software_statement");

	if (statement && !json_is_null(statement)) {
		metadata_wrong(r, "software_statement", METADATA_UNAPPROVED, STR_NONE);
		r->verdict->error = METADATA_STATEMENT;
		return false;
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		if (json_is_string(json_object_get(root, refused[i])))
			return metadata_wrong(r, refused[i], METADATA_UNSUPPORTED, STR_NONE);
	/* MCP-09: what everybody can read is no secret. */
	if (r->rules->document && (json_object_get(root, "client_secret") ||
					  json_object_get(root, "client_secret_expires_at")))
		return metadata_wrong(r, "client_secret", METADATA_SECRET, STR_NONE);
	return true;
}

static bool read_all(struct metadata_reading *r, json_t *root)
{
	for (const struct metadata_member *m = metadata_members; m->name; m++)
		if (!read_member(r, m, json_object_get(root, m->name)))
			return false;
	return read_localized(r, root) && read_grant_types(r, root) && read_auth_method(r, root) &&
	       read_choices(r, root) && read_max_age(r, root) && read_subject(r, root) &&
	       read_jwks(r, root);
}

bool client_metadata_read(struct arena *a, struct str json, const struct metadata_rules *rules,
	struct client_metadata *out, struct metadata_verdict *verdict)
{
	struct metadata_reading r = {a, rules, out, verdict};
	void *root;

	*verdict = (struct metadata_verdict){.error = METADATA_GOOD, .value = STR_NONE};
	client_metadata_init(out);
	if (json_parse(a, json, &root) != JSON_READ)
		return metadata_wrong(&r, "", METADATA_SYNTAX, STR_NONE);
	if (!json_is_object((json_t *)root))
		return metadata_wrong(&r, "", METADATA_NO_OBJECT, STR_NONE);
	return read_refused(&r, root) && read_all(&r, root) &&
	       client_metadata_check(a, rules, out, verdict);
}

/* What GitHub's apps may do. */
static void take_usual_grants(struct client_metadata *out)
{
	out->grant_types = GRANT_TYPE_CODE | GRANT_TYPE_REFRESH;
	out->response_code = true;
	out->usual_grants = true;
}

bool client_metadata_load(struct arena *a, struct str json, struct client_metadata *out)
{
	static const struct metadata_rules rules = {.local = true, .document = false};
	struct metadata_verdict unused;
	struct metadata_reading r = {a, &rules, out, &unused};
	void *root;

	client_metadata_init(out);
	if (!str_is_set(json)) {
		take_usual_grants(out);
		return true;
	}
	if (json_parse(a, json, &root) != JSON_READ || !json_is_object((json_t *)root) ||
		!read_all(&r, root))
		return false;
	if (!json_object_get((json_t *)root, "grant_types"))
		take_usual_grants(out);
	return true;
}
