/* Issuers that are trusted to speak for people (RFC 7523 2.1). */
#include "command/issuer.h"

#include "base/limits.h"
#include "command/file.h"
#include "core/client_metadata.h"
#include "core/http_uri.h"
#include "core/jose.h"
#include "core/scope.h"
#include "store/issuer.h"

#define ALGS "ES256, RS256, PS256 or EdDSA"

#define FLAG_TRUST                                                                                 \
	{"jwks", FLAG_TEXT, false, "FILE", "its public keys, a JWK set (RFC 7517)"},               \
		{"jwks-uri", FLAG_TEXT, false, "URL",                                              \
			"where its public keys are, in their place"},                              \
		{"alg", FLAG_LIST, false, "ALG",                                                   \
			"an algorithm it may sign with; default: ES256, RS256, PS256 and EdDSA"},  \
		{"subject", FLAG_TEXT, false, "WHAT",                                              \
			"what its 'sub' is here: 'login', 'email' (a verified address) or 'link' " \
			"(issuer link); default: link"},                                           \
		{"scopes", FLAG_TEXT, false, "SCOPES",                                             \
			"the most that tokens get; '' or left out: none"},                         \
		{"app", FLAG_LIST, false, "CLIENT_ID", "an app that may use its assertions"},      \
	{                                                                                          \
		"any-app", FLAG_SWITCH, false, NULL,                                               \
			"every app that is registered for the grant may"                           \
	}

const struct flag issuer_add_flags[] = {FLAG_TRUST, FLAG_JSON, FLAG_END};
const struct flag issuer_edit_flags[] = {FLAG_TRUST, FLAG_JSON, FLAG_END};
const struct flag issuer_remove_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really"}, FLAG_JSON, FLAG_END};

enum { LINKS_SHOWN = 1000 };

struct issuer_work {
	struct call *call;
	struct issuer issuer;
	int64_t apps[LIMIT_ISSUER_APPS];
	size_t apps_n;
	bool has_apps; /* they were given */
	struct str *client_ids;
	size_t client_ids_n;
	struct issuer_link *links;
	size_t links_n;
};

static json_t *texts_json(struct arena *a, const struct str *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_of(a, v[i]));
	return list;
}

static json_t *links_json(struct arena *a, const struct issuer_work *w)
{
	json_t *links = json_object();

	for (size_t i = 0; i < w->links_n; i++)
		json_object_set_new(
			links, str_c(a, w->links[i].subject), json_of(a, w->links[i].login));
	return links;
}

static json_t *issuer_json(struct arena *a, const struct issuer_work *w)
{
	const struct issuer *i = &w->issuer;

	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:b, s:o, s:o, s:o, s:o}", "issuer",
		json_of(a, i->issuer), "jwks",
		str_is_set(i->jwks) ? json_loadb(i->jwks.p, i->jwks.n, 0, NULL) : json_null(),
		"jwks_uri", json_of(a, i->jwks_uri), "algs",
		json_of(a, jose_alg_words(a, i->algs, " ")), "subject",
		issuer_subject_word(i->subject), "scopes", json_of(a, i->scopes), "any_app",
		i->any_app, "apps", texts_json(a, w->client_ids, w->client_ids_n), "links",
		links_json(a, w), "created_at", json_time(i->created_at), "updated_at",
		json_time(i->updated_at));
}

/* Compared letter by letter with "iss"; RFC 8414 2 has it begin with https. */
static int check_name(struct call *call, struct str text)
{
	struct str unused;

	if (text.n <= LIMIT_ISSUER && !str_has_char(text, '#') && !str_has_char(text, '?') &&
		http_uri_normal(&call->arena, text, &unused))
		return EXIT_DONE;
	return say_misuse(call,
		"'%.*s' is no issuer: it begins with https:// and has neither query nor fragment",
		STR_ARG(text));
}

static int read_jwks(struct call *call, struct issuer *i)
{
	struct str file = args_text(&call->args, "jwks"), uri = args_text(&call->args, "jwks-uri"),
		   unused;

	if (str_is_set(file) && str_is_set(uri))
		return say_misuse(call, "'--jwks' and '--jwks-uri' exclude each other");
	if (str_is_set(file)) {
		if (!read_file(call, file, LIMIT_JWKS, &i->jwks))
			return say_failure("%s", call->refusal);
		i->jwks = str_trim(i->jwks);
		i->jwks_uri = STR_NONE;
		if (client_keys_fault(&call->arena, i->jwks))
			return say_failure(
				"'%.*s' is no set of public keys (RFC 7517)", STR_ARG(file));
	}
	if (str_is_set(uri)) {
		if (!http_uri_normal(&call->arena, uri, &unused))
			return say_misuse(call, "'--jwks-uri' is no https URL");
		i->jwks_uri = uri;
		i->jwks = STR_NONE;
	}
	return EXIT_DONE;
}

static int read_algs(struct call *call, struct issuer *i)
{
	const struct args *args = &call->args;
	unsigned algs = 0;

	for (size_t k = 0; k < args->given_n; k++) {
		struct str word = args->given[k].value;

		if (!str_eq_c(str_from(args->given[k].name), "alg"))
			continue;
		if (!(JOSE_ASYMMETRIC & JOSE_BIT(jose_alg_of(word))))
			return say_misuse(
				call, "'--alg' is '%.*s', but must be " ALGS, STR_ARG(word));
		algs |= JOSE_BIT(jose_alg_of(word));
	}
	i->algs = algs ? algs : i->algs;
	return EXIT_DONE;
}

static int read_words(struct call *call, struct issuer *i)
{
	struct str subject = args_text(&call->args, "subject"),
		   scopes = args_text(&call->args, "scopes");
	struct scope_set set;
	size_t unknown = 0;
	bool offline;

	if (str_is_set(subject) && !issuer_subject_find(subject, &i->subject))
		return say_misuse(call, "'--subject' is '%.*s', but must be login, email or link",
			STR_ARG(subject));
	if (!str_is_set(scopes))
		return EXIT_DONE;
	if (scope_parse_form(scopes, SCOPE_FORM_SPACED, &set, &unknown, &offline) != SCOPE_OK ||
		unknown)
		return say_misuse(call, "'--scopes' has a name that is no scope here");
	i->scopes = str_has_text(scopes) ? scope_format(&call->arena, set, " ") : STR_NONE;
	return EXIT_DONE;
}

/* Takes over what was given; the rest stays. */
static int read_flags(struct issuer_work *w)
{
	struct call *call = w->call;
	int good = read_jwks(call, &w->issuer);

	if (good == EXIT_DONE)
		good = read_algs(call, &w->issuer);
	if (good == EXIT_DONE)
		good = read_words(call, &w->issuer);
	w->has_apps = args_has(&call->args, "app") || args_has(&call->args, "any-app");
	if (args_has(&call->args, "app") && args_has(&call->args, "any-app"))
		return say_misuse(call, "'--app' and '--any-app' exclude each other");
	if (w->has_apps)
		w->issuer.any_app = args_has(&call->args, "any-app");
	return good;
}

static enum db_status find_apps(struct store *s, struct issuer_work *w)
{
	const struct args *args = &w->call->args;
	struct app app;

	w->apps_n = 0;
	for (size_t i = 0; i < args->given_n; i++) {
		struct str client_id = args->given[i].value;

		if (!str_eq_c(str_from(args->given[i].name), "app"))
			continue;
		if (w->apps_n == LIMIT_ISSUER_APPS)
			return refuse(w->call, "there are more than %d apps", LIMIT_ISSUER_APPS);
		enum db_status status = app_by_client_id(s, &w->call->arena, client_id, &app);

		if (status == DB_NONE)
			return refuse(w->call, "there is no app with client ID '%.*s'",
				STR_ARG(client_id));
		if (status != DB_OK)
			return status;
		w->apps[w->apps_n++] = app.id;
	}
	return DB_OK;
}

static enum db_status put_apps(struct store *s, struct issuer_work *w)
{
	enum db_status status = w->has_apps ? find_apps(s, w) : DB_OK;

	return status == DB_OK && w->has_apps
		       ? issuer_set_apps(s, w->issuer.issuer, w->apps, w->apps_n)
		       : status;
}

static enum db_status find(struct store *s, struct issuer_work *w)
{
	struct str name = w->call->args.words[0];
	struct arena *a = &w->call->arena;
	enum db_status status = issuer_read(s, a, name, &w->issuer);

	if (status == DB_NONE)
		return refuse(w->call, "no issuer '%.*s' is trusted", STR_ARG(name));
	if (status == DB_OK)
		status = issuer_apps(s, a, name, &w->client_ids, &w->client_ids_n);
	if (status == DB_OK)
		status = issuer_link_list(s, a, name, STR(""), LINKS_SHOWN, &w->links, &w->links_n);
	return status;
}

static int tell(const struct issuer_work *w, const char *done)
{
	struct arena *a = &w->call->arena;

	if (w->call->json)
		print_json(issuer_json(a, w));
	else
		print_line(
			"The issuer %.*s is %s.", STR_ARG(print_safe(a, w->issuer.issuer)), done);
	return EXIT_DONE;
}

static enum db_status add(struct store *s, void *context)
{
	struct issuer_work *w = context;
	enum db_status status = issuer_create(s, &w->call->arena, &w->issuer);

	if (status == DB_CONFLICT)
		return refuse(
			w->call, "the issuer '%.*s' is trusted already", STR_ARG(w->issuer.issuer));
	if (status == DB_OK)
		status = put_apps(s, w);
	return status == DB_OK ? find(s, w) : status;
}

int issuer_add_command(struct call *call)
{
	struct issuer_work w = {.call = call,
		.issuer = {.issuer = call->args.words[0],
			.algs = JOSE_ASYMMETRIC,
			.subject = SUBJECT_IS_LINK}};
	int good = check_name(call, w.issuer.issuer);

	if (good == EXIT_DONE)
		good = read_flags(&w);
	if (good != EXIT_DONE)
		return good;
	if (!str_is_set(w.issuer.jwks) && !str_is_set(w.issuer.jwks_uri))
		return say_misuse(call, "'--jwks' or '--jwks-uri' is missing");
	if (!w.has_apps)
		return say_misuse(call, "'--app' or '--any-app' is missing");
	return call_write(call, add, &w) ? tell(&w, "trusted now") : EXIT_FAILED;
}

/* The flags were read once to be judged; here they meet the row. */
static enum db_status edit(struct store *s, void *context)
{
	struct issuer_work *w = context;
	enum db_status status = find(s, w);

	if (status != DB_OK || read_flags(w) != EXIT_DONE)
		return status;
	status = issuer_update(s, &w->call->arena, &w->issuer);
	if (status == DB_OK)
		status = put_apps(s, w);
	return status == DB_OK ? find(s, w) : status;
}

int issuer_edit_command(struct call *call)
{
	struct issuer_work w = {.call = call}, judged = {.call = call};

	if (call->args.given_n == (call->json ? 1 : 0))
		return say_misuse(call, "nothing is said that should change");
	int good = read_flags(&judged);

	if (good != EXIT_DONE)
		return good;
	return call_write(call, edit, &w) ? tell(&w, "changed") : EXIT_FAILED;
}

static enum db_status remove_one(struct store *s, void *context)
{
	struct issuer_work *w = context;
	enum db_status status = find(s, w);

	return status == DB_OK ? issuer_delete(s, w->issuer.issuer) : status;
}

int issuer_remove_command(struct call *call)
{
	struct issuer_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(
			call, "its assertions are worth nothing then; '--yes' is missing");
	return call_write(call, remove_one, &w) ? tell(&w, "no longer trusted") : EXIT_FAILED;
}

static enum db_status put_link(struct store *s, void *context)
{
	struct issuer_work *w = context;
	const struct args *args = &w->call->args;
	struct account account;
	enum db_status status = find(s, w);

	if (status == DB_OK)
		status = account_by_login(s, &w->call->arena, args->words[2], &account);
	else
		return status;
	if (status == DB_NONE)
		return refuse(w->call, "there is no user '%.*s'", STR_ARG(args->words[2]));
	if (status == DB_OK)
		status = issuer_link_put(s, args->words[0], args->words[1], account.id);
	return status == DB_OK ? find(s, w) : status;
}

int issuer_link_command(struct call *call)
{
	struct issuer_work w = {.call = call};

	if (call->args.words[1].n > LIMIT_ISSUER || !str_has_text(call->args.words[1]))
		return say_misuse(call, "the subject has 1 to %d bytes", LIMIT_ISSUER);
	return call_write(call, put_link, &w) ? tell(&w, "linked with the user") : EXIT_FAILED;
}

static enum db_status end_link(struct store *s, void *context)
{
	struct issuer_work *w = context;
	const struct args *args = &w->call->args;
	enum db_status status = find(s, w);

	if (status == DB_OK)
		status = issuer_link_delete(s, args->words[0], args->words[1]);
	else
		return status;
	if (status == DB_NONE)
		return refuse(w->call, "the subject '%.*s' has no link", STR_ARG(args->words[1]));
	return status == DB_OK ? find(s, w) : status;
}

int issuer_unlink_command(struct call *call)
{
	struct issuer_work w = {.call = call};

	return call_write(call, end_link, &w) ? tell(&w, "no longer linked with the user")
					      : EXIT_FAILED;
}

int issuer_show_command(struct call *call)
{
	struct issuer_work w = {.call = call};
	struct arena *a = &call->arena;
	const struct issuer *i = &w.issuer;

	if (!call_read_done(call, find(&call->store, &w)))
		return EXIT_FAILED;
	if (call->json) {
		print_json(issuer_json(a, &w));
		return EXIT_DONE;
	}
	print_field(a, "issuer", i->issuer);
	print_field(a, "keys", str_is_set(i->jwks_uri) ? i->jwks_uri : STR("given"));
	print_field(a, "algorithms", jose_alg_words(a, i->algs, " "));
	print_field(a, "subject", str_from(issuer_subject_word(i->subject)));
	print_field(a, "scopes", i->scopes);
	if (i->any_app)
		print_field(a, "apps", STR("any"));
	for (size_t k = 0; k < w.client_ids_n; k++)
		print_field(a, "app", w.client_ids[k]);
	for (size_t k = 0; k < w.links_n; k++)
		print_field(a, "link",
			str_printf(a, "%.*s is %.*s", STR_ARG(w.links[k].subject),
				STR_ARG(w.links[k].login)));
	print_field(a, "created", print_time(a, i->created_at));
	print_field(a, "changed", print_time(a, i->updated_at));
	return EXIT_DONE;
}

int issuer_list_command(struct call *call)
{
	enum { PIECE = 100 };
	struct list list;
	struct issuer *found;
	size_t n;
	struct str after = STR("");

	list_begin(&list, call, "SUBJECT ISSUER");
	do {
		if (!call_read_done(call,
			    issuer_list(&call->store, &call->arena, after, PIECE, &found, &n)))
			return EXIT_FAILED;
		for (size_t i = 0; i < n; i++) {
			const struct issuer *one = &found[i];

			after = one->issuer;
			if (call->json)
				list_json(&list,
					json_pack("{s:o, s:s, s:o}", "issuer",
						json_of(&call->arena, one->issuer), "subject",
						issuer_subject_word(one->subject), "scopes",
						json_of(&call->arena, one->scopes)));
			else
				list_line(&list, "%-7s %.*s", issuer_subject_word(one->subject),
					STR_ARG(print_safe(&call->arena, one->issuer)));
		}
	} while (n == PIECE);
	list_end(&list, "No issuer is trusted: nobody can speak for people but themselves.");
	return EXIT_DONE;
}
