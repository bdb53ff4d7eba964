/* What the members of client metadata mean together, and what a URI among them may be. RFC 7591 2
 * and 5, OpenID Connect Registration 2, RFC 8252 7 and 8. */
#include <stdlib.h>

#include "core/account.h"
#include "core/client_members.h"

static const struct {
	const char *word, *why;
} faults[METADATA_FAULTS] = {
	[METADATA_SYNTAX] = {"not_json", "the body is not JSON, or a member comes twice"},
	[METADATA_NO_OBJECT] = {"no_object", "the body is JSON, but not an object"},
	[METADATA_TYPE] = {"type", "it is of the wrong JSON type"},
	[METADATA_LONG] = {"too_long", "it is too long"},
	[METADATA_MANY] = {"too_many", "it has too many entries"},
	[METADATA_EMPTY] = {"empty", "an entry is empty"},
	[METADATA_TWICE] = {"twice", "it is given twice, or beside another of its kind"},
	[METADATA_MISSING] = {"missing", "it is missing"},
	[METADATA_UNSUPPORTED] = {"unsupported", "this value is not supported"},
	[METADATA_UNAPPROVED] = {"unapproved", "software statements are not taken here"},
	[METADATA_SECRET] = {"shared_secret", "a client that anybody can read about has no secret"},
	[METADATA_TEXT_FORM] = {"text", "it has characters that it cannot have"},
	[METADATA_NOT_HTTPS] = {"not_https", "it must be an https URL"},
	[METADATA_INCONSISTENT] = {"inconsistent", "it does not go with the other members"},
	[METADATA_NEEDS_KEYS] = {"needs_keys", "this method needs jwks or jwks_uri"},
	[METADATA_KEYS_TWICE] = {"keys_twice", "jwks and jwks_uri exclude each other"},
	[METADATA_KEYS_FORM] = {"keys_form", "it is no set of public keys (RFC 7517)"},
	[METADATA_KEYS_PRIVATE] = {"keys_private", "it holds a private or a shared key"},
	[METADATA_URI_WEB] = {"uri_web", "a web app is sent back to https URLs only"},
	[METADATA_URI_LOCALHOST] = {"uri_localhost",
		"a web app is not on the machine of its user; is this a native app?"},
	[METADATA_URI_HTTP] = {"uri_http", "http is for 127.0.0.1, [::1] and localhost only"},
	[METADATA_URI_DOT] = {"uri_dot",
		"a scheme of its own needs a dot, as in com.example.app (RFC 8252 7.1)"},
};

bool metadata_wrong(
	struct metadata_reading *r, const char *member, enum metadata_fault fault, struct str value)
{
	enum { SHOWN = 200 };

	*r->verdict = (struct metadata_verdict){
		.error = METADATA_CLIENT,
		.member = member,
		.fault = faults[fault].word,
		.why = faults[fault].why,
		.value = value.n <= SHOWN && str_is_printable(value) ? value : STR_NONE,
	};
	return false;
}

static bool wrong_uri(struct metadata_reading *r, const char *member, enum redirect_uri_fault fault,
	struct str value)
{
	metadata_wrong(r, member, METADATA_TEXT_FORM, value);
	r->verdict->fault = redirect_uri_fault_word(fault);
	r->verdict->why = redirect_uri_fault_text(fault);
	return false;
}

/* http or https, to 127.x, ::1 or a localhost name: the machine of whoever asks. */
static bool is_this_machine(const struct redirect_uri *u)
{
	struct str h = u->host;

	return str_eq_nocase(h, STR("localhost")) || str_ends(h, STR(".localhost")) ||
	       str_starts(h, STR("127.")) || str_eq_c(h, "[::1]");
}

/* OpenID Connect Registration 2, application_type; RFC 8252 7.1 to 7.3 and 8.4. */
static bool check_place(
	struct metadata_reading *r, const char *member, const struct redirect_uri *u)
{
	bool native = r->out->application_type == APPLICATION_NATIVE || r->rules->any_redirect;

	if (!u->is_http) {
		if (!native)
			return metadata_wrong(r, member, METADATA_URI_WEB, u->text);
		return str_has_char(u->scheme, '.') ||
		       metadata_wrong(r, member, METADATA_URI_DOT, u->text);
	}
	if (u->is_loopback && (native || r->rules->local))
		return true;
	if (u->scheme.n == 4) /* http */
		return metadata_wrong(
			r, member, native ? METADATA_URI_HTTP : METADATA_URI_WEB, u->text);
	return native || r->rules->local || !is_this_machine(u) ||
	       metadata_wrong(r, member, METADATA_URI_LOCALHOST, u->text);
}

static bool check_place_list(
	struct metadata_reading *r, const char *member, const struct metadata_list *list)
{
	struct redirect_uri u;

	for (size_t i = 0; i < list->n; i++) {
		enum redirect_uri_fault fault = redirect_uri_parse(list->v[i], &u);

		if (fault != REDIRECT_URI_OK)
			return wrong_uri(r, member, fault, list->v[i]);
		if (!check_place(r, member, &u))
			return false;
		for (size_t k = 0; k < i; k++)
			if (str_eq(list->v[k], list->v[i]))
				return metadata_wrong(r, member, METADATA_TWICE, list->v[i]);
	}
	return true;
}

/* 7591-03 */
static bool check_redirect_uris(struct metadata_reading *r)
{
	const struct client_metadata *m = r->out;

	if (r->rules->any_redirect)
		return true;
	bool good = (m->redirect_uris.n > 0 || !(m->grant_types & GRANT_TYPE_CODE) ||
			    metadata_wrong(r, "redirect_uris", METADATA_MISSING, STR_NONE)) &&
		    check_place_list(r, "redirect_uris", &m->redirect_uris);

	if (!good)
		r->verdict->error = METADATA_REDIRECT_URI;
	return good;
}

/* 7591-09 */
static bool check_uri(struct metadata_reading *r, const char *member, struct str uri)
{
	struct redirect_uri origin;

	if (homepage_check(uri) != FIELD_OK)
		return metadata_wrong(r, member, METADATA_NOT_HTTPS, uri);
	if (str_starts(uri, STR("https://")))
		return true;
	struct str rest = str_slice(uri, 7, uri.n);
	size_t end = 7 + str_find(str_slice(rest, 0, str_find(rest, '?')), '/');

	return (r->rules->local &&
		       redirect_uri_parse(str_slice(uri, 0, end), &origin) == REDIRECT_URI_OK &&
		       origin.is_loopback) ||
	       metadata_wrong(r, member, METADATA_NOT_HTTPS, uri);
}

/* Signatures that anybody can check: no "none", and none whose key would be the client's secret. */
static bool check_algorithm(struct metadata_reading *r, const char *member, struct str name)
{
	static const char *const taken[] = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA"};

	for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
		if (str_eq_c(name, taken[i]))
			return true;
	return metadata_wrong(r, member, METADATA_UNSUPPORTED, name);
}

static bool check_localized(struct metadata_reading *r)
{
	for (size_t i = 0; i < r->out->localized_n; i++) {
		const struct metadata_text *t = &r->out->localized[i];
		bool name = str_starts(t->name, STR("client_name#"));

		if (name && app_name_check(t->value) != FIELD_OK)
			return metadata_wrong(r, "client_name", METADATA_TEXT_FORM, STR_NONE);
		if (!name && !check_uri(r, str_c(r->arena, t->name), t->value))
			return false;
	}
	return true;
}

static bool check_members(struct metadata_reading *r)
{
	for (const struct metadata_member *m = metadata_members; m->name; m++) {
		if (m->kind != METADATA_MEMBER_URI && m->kind != METADATA_MEMBER_ALGORITHM)
			continue;
		struct str value =
			*(const struct str *)(const void *)((const char *)r->out + m->offset);

		if (!str_is_set(value))
			continue;
		if (m->kind == METADATA_MEMBER_URI ? !check_uri(r, m->name, value)
						   : !check_algorithm(r, m->name, value))
			return false;
	}
	if (str_is_set(r->out->client_name) && app_name_check(r->out->client_name) != FIELD_OK)
		return metadata_wrong(r, "client_name", METADATA_TEXT_FORM, STR_NONE);
	return check_localized(r);
}

static bool check_texts(
	struct metadata_reading *r, const char *member, const struct metadata_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!str_is_utf8(list->v[i]) || str_has_char(list->v[i], '\n'))
			return metadata_wrong(r, member, METADATA_TEXT_FORM, STR_NONE);
	return true;
}

static bool check_response_modes(struct metadata_reading *r)
{
	const struct metadata_list *modes = &r->out->response_modes;

	for (size_t i = 0; i < modes->n; i++)
		if (!str_eq_c(modes->v[i], "query") && !str_eq_c(modes->v[i], "form_post"))
			return metadata_wrong(
				r, "response_modes", METADATA_UNSUPPORTED, modes->v[i]);
	return true;
}

/* RFC 6749 3.3 */
static bool check_scope(struct metadata_reading *r)
{
	struct str s = r->out->scope;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7E || s.p[i] == '"' || s.p[i] == '\\')
			return metadata_wrong(r, "scope", METADATA_TEXT_FORM, STR_NONE);
	return true;
}

/* RFC 8707 2: absolute, and without a fragment. */
static bool check_resources(struct metadata_reading *r)
{
	for (size_t i = 0; i < r->out->resources.n; i++) {
		struct str uri = r->out->resources.v[i];
		size_t colon = str_find(uri, ':');

		if (colon == 0 || colon == uri.n || str_has_char(uri, '#') ||
			!str_is_printable(uri) || str_has_char(uri, ' '))
			return metadata_wrong(r, "resources", METADATA_TEXT_FORM, uri);
	}
	return true;
}

/* 7591-05. A client that gets no token by any of its grants is a mistake too. */
static bool check_grants(struct metadata_reading *r)
{
	const struct client_metadata *m = r->out;
	bool code = (m->grant_types & GRANT_TYPE_CODE) != 0;

	if (code != m->response_code)
		return metadata_wrong(r, "response_types", METADATA_INCONSISTENT, STR_NONE);
	if (m->grant_types == 0 || m->grant_types == GRANT_TYPE_REFRESH)
		return metadata_wrong(r, "grant_types", METADATA_INCONSISTENT, STR_NONE);
	/* RFC 6749 4.4: confidential clients only. */
	if (m->auth_method == AUTH_NONE && !m->usual_grants &&
		(m->grant_types & (GRANT_TYPE_CLIENT_CREDENTIALS | GRANT_TYPE_EXCHANGE)))
		return metadata_wrong(r, "grant_types", METADATA_INCONSISTENT, STR_NONE);
	return true;
}

/* 7591-04 */
static bool check_keys(struct metadata_reading *r)
{
	const struct client_metadata *m = r->out;
	bool has_keys = str_is_set(m->jwks) || str_is_set(m->jwks_uri);
	bool signs = m->auth_method == AUTH_PRIVATE_KEY_JWT ||
		     m->auth_method == AUTH_SELF_SIGNED_TLS || m->require_signed_request_object;

	if (str_is_set(m->jwks) && str_is_set(m->jwks_uri))
		return metadata_wrong(r, "jwks_uri", METADATA_KEYS_TWICE, STR_NONE);
	if (signs && !has_keys)
		return metadata_wrong(r, "jwks", METADATA_NEEDS_KEYS, STR_NONE);
	const char *fault = str_is_set(m->jwks) ? client_keys_fault(r->arena, m->jwks) : NULL;

	if (!fault)
		return true;
	metadata_wrong(r, "jwks", METADATA_KEYS_FORM, STR_NONE);
	if (str_eq_c(str_from(fault), faults[METADATA_KEYS_PRIVATE].word)) {
		r->verdict->fault = fault;
		r->verdict->why = faults[METADATA_KEYS_PRIVATE].why;
	}
	return false;
}

static bool check_method(struct metadata_reading *r)
{
	static const char method[] = "token_endpoint_auth_method";
	const struct client_metadata *m = r->out;
	bool shared = m->auth_method == AUTH_SECRET || m->auth_method == AUTH_CLIENT_SECRET_JWT;

	if (r->rules->document && shared)
		return metadata_wrong(r, method, METADATA_SECRET, STR_NONE);
	/* Its key would be the secret itself, of which we keep nothing but a hash. */
	if (m->auth_method == AUTH_CLIENT_SECRET_JWT)
		return metadata_wrong(r, method, METADATA_UNSUPPORTED, STR("client_secret_jwt"));
	if ((m->auth_method == AUTH_TLS) != (m->tls_subject_kind != TLS_SUBJECT_NONE))
		return metadata_wrong(
			r, "tls_client_auth_subject_dn", METADATA_INCONSISTENT, STR_NONE);
	if (m->tls_client_certificate_bound_access_tokens && m->dpop_bound_access_tokens)
		return metadata_wrong(
			r, "dpop_bound_access_tokens", METADATA_INCONSISTENT, STR_NONE);
	return true;
}

static bool check_logout(struct metadata_reading *r)
{
	const struct client_metadata *m = r->out;

	if (m->backchannel_logout_session_required && !str_is_set(m->backchannel_logout_uri))
		return metadata_wrong(
			r, "backchannel_logout_session_required", METADATA_INCONSISTENT, STR_NONE);
	return check_place_list(r, "post_logout_redirect_uris", &m->post_logout_redirect_uris);
}

/* OC-19: without a sector, users are told apart by the one host of the redirect URIs. */
static bool check_sector(struct metadata_reading *r)
{
	const struct metadata_list *uris = &r->out->redirect_uris;
	struct redirect_uri first, u;

	if (!r->out->pairwise || str_is_set(r->out->sector_identifier_uri))
		return true;
	for (size_t i = 0; i < uris->n; i++) {
		if (redirect_uri_parse(uris->v[i], &u) != REDIRECT_URI_OK)
			return false;
		if (i == 0)
			first = u;
		else if (!str_eq_nocase(first.host, u.host))
			return metadata_wrong(
				r, "sector_identifier_uri", METADATA_MISSING, STR_NONE);
	}
	return true;
}

bool client_metadata_check(struct arena *a, const struct metadata_rules *rules,
	struct client_metadata *m, struct metadata_verdict *verdict)
{
	struct metadata_reading r = {a, rules, m, verdict};

	*verdict = (struct metadata_verdict){.error = METADATA_GOOD, .value = STR_NONE};
	return check_redirect_uris(&r) && check_grants(&r) && check_members(&r) &&
	       check_texts(&r, "contacts", &m->contacts) &&
	       check_texts(&r, "default_acr_values", &m->default_acr_values) &&
	       check_texts(&r, "authorization_details_types", &m->authorization_details_types) &&
	       check_response_modes(&r) && check_scope(&r) && check_resources(&r) &&
	       check_method(&r) && check_keys(&r) && check_logout(&r) && check_sector(&r);
}
