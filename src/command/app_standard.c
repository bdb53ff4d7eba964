/* How an app is served by the standards: read from flags and files, and shown. */
#include "command/app.h"
#include "command/file.h"
#include "command/print.h"
#include "core/client_url.h"

static bool say_verdict(struct call *call, const struct metadata_verdict *v)
{
	if (*v->member)
		refuse(call, "%s: %s%s%.*s%s", v->member, v->why, str_is_set(v->value) ? " (" : "",
			STR_ARG(v->value), str_is_set(v->value) ? ")" : "");
	else
		refuse(call, "the metadata cannot be used: %s", v->why);
	return false;
}

static bool read_dialects(struct call *call, struct app_standard *s)
{
	const struct args *args = &call->args;
	unsigned dialects = 0;

	for (size_t i = 0; i < args->given_n; i++) {
		struct str word = args->given[i].value;

		if (!str_eq_c(str_from(args->given[i].name), "dialect"))
			continue;
		if (str_eq_c(word, "github")) {
			dialects |= DIALECT_GITHUB;
		} else if (str_eq_c(word, "standard")) {
			dialects |= DIALECT_STANDARD;
		} else {
			refuse(call, "'%.*s' is no dialect; there are github and standard",
				STR_ARG(word));
			return false;
		}
	}
	s->dialects = dialects ? dialects : s->dialects;
	return true;
}

static bool read_grants(struct call *call, struct app_standard *s)
{
	const struct args *args = &call->args;
	unsigned grants = 0;
	enum grant_type type;

	for (size_t i = 0; i < args->given_n; i++) {
		if (!str_eq_c(str_from(args->given[i].name), "grant-type"))
			continue;
		if (!grant_type_find(args->given[i].value, &type)) {
			refuse(call, "'%.*s' is no grant type that is supported",
				STR_ARG(args->given[i].value));
			return false;
		}
		grants |= type;
	}
	if (grants) {
		s->metadata.grant_types = grants;
		s->metadata.usual_grants = false;
		s->metadata.response_code = (grants & GRANT_TYPE_CODE) != 0;
	}
	return true;
}

static bool read_words(struct call *call, struct app_standard *s)
{
	struct str method = args_text(&call->args, "auth-method"),
		   profile = args_text(&call->args, "profile");

	if (str_is_set(profile) && !profile_find(profile, &s->profile)) {
		refuse(call, "'%.*s' is no profile; there are github, standard and strict",
			STR_ARG(profile));
		return false;
	}
	if (str_is_set(method) && !auth_method_find(method, &s->metadata.auth_method)) {
		refuse(call,
			"'%.*s' is no method of authentication (RFC 7591, "
			"token_endpoint_auth_method)",
			STR_ARG(method));
		return false;
	}
	s->metadata.auth_post = s->metadata.auth_post || str_eq_c(method, "client_secret_post");
	if (args_has(&call->args, "public"))
		s->metadata.auth_method = AUTH_NONE;
	return true;
}

static bool read_keys(struct call *call, struct app_standard *s)
{
	struct str file = args_text(&call->args, "jwks"), uri = args_text(&call->args, "jwks-uri");

	if (str_is_set(file)) {
		if (!read_file(call, file, LIMIT_JWKS, &s->metadata.jwks))
			return false;
		s->metadata.jwks = str_trim(s->metadata.jwks);
		s->metadata.jwks_uri = STR_NONE;
	}
	if (str_is_set(uri)) {
		s->metadata.jwks_uri = uri;
		if (!str_is_set(file))
			s->metadata.jwks = STR_NONE;
	}
	return true;
}

static bool read_metadata(struct call *call, struct app_standard *s)
{
	static const struct metadata_rules rules = {.local = true};
	struct str file = args_text(&call->args, "metadata"), json;
	struct metadata_verdict verdict;

	if (!str_is_set(file))
		return true;
	s->from_file = true;
	if (!read_file(call, file, LIMIT_METADATA, &json))
		return false;
	return client_metadata_read(&call->arena, json, &rules, &s->metadata, &verdict) ||
	       say_verdict(call, &verdict);
}

bool read_standard(struct call *call, struct app_standard *s)
{
	static const char *const flags[] = {"dialect", "profile", "public", "auth-method", "jwks",
		"jwks-uri", "grant-type", "metadata"};
	static const struct metadata_rules rules = {.local = true, .any_redirect = true};
	struct metadata_verdict verdict;

	s->given = false;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		s->given = s->given || args_has(&call->args, flags[i]);
	if (!s->given)
		return true;
	if (!read_metadata(call, s) || !read_dialects(call, s) || !read_words(call, s) ||
		!read_keys(call, s) || !read_grants(call, s))
		return false;
	return client_metadata_check(&call->arena, &rules, &s->metadata, &verdict) ||
	       say_verdict(call, &verdict);
}

void add_standard_json(json_t *json, struct arena *a, const struct app *app)
{
	struct str metadata = client_metadata_write(a, app_metadata_of(a, app), METADATA_WHOLE);
	json_t *dialects = json_array();

	if (app->dialects & DIALECT_GITHUB)
		json_array_append_new(dialects, json_string("github"));
	if (app->dialects & DIALECT_STANDARD)
		json_array_append_new(dialects, json_string("standard"));
	json_object_set_new(json, "dialects", dialects);
	json_object_set_new(json, "profile", json_string(profile_word(app->profile)));
	json_object_set_new(json, "auth_method", json_string(auth_method_word(app->auth_method)));
	json_object_set_new(json, "origin", json_string(app_origin_word(app->origin)));
	json_object_set_new(json, "unverified", json_boolean(app->unverified));
	json_object_set_new(json, "metadata",
		str_is_set(app->metadata) ? json_loadb(metadata.p, metadata.n, 0, NULL)
					  : json_null());
}

void tell_standard(struct arena *a, const struct app *app)
{
	static const char *const dialects[] = {"none", "github", "standard", "github, standard"};
	const struct client_metadata *m = app_metadata_of(a, app);

	print_field(a, "dialects", str_from(dialects[app->dialects & 3U]));
	print_field(a, "profile", str_from(profile_word(app->profile)));
	print_field(a, "authentication", str_from(auth_method_word(app->auth_method)));
	print_field(a, "grant types", grant_type_words(a, m->grant_types));
	if (str_is_set(m->jwks_uri) || str_is_set(m->jwks))
		print_field(a, "keys", str_is_set(m->jwks_uri) ? m->jwks_uri : STR("registered"));
	if (app->origin != APP_BY_PERSON)
		print_field(a, "origin",
			str_printf(a, "%s%s", app_origin_word(app->origin),
				app->unverified ? ", unverified" : ""));
}
