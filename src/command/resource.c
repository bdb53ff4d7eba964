/* Resource servers (RFC 8707), and how tokens for them look. */
#include "command/resource.h"

#include "base/limits.h"
#include "core/acr.h"
#include "core/http_uri.h"
#include "core/scope.h"
#include "store/resource.h"

#define FLAG_LOOKS                                                                                 \
	{"format", FLAG_TEXT, false, "FORMAT",                                                     \
		"'jwt' for a resource that reads tokens itself, 'opaque' for one that asks"},      \
		{"alg", FLAG_TEXT, false, "ALG",                                                   \
			"what a JWT is signed with; default: the first of signing_algorithms"},    \
		{"acr-values", FLAG_TEXT, false, "CLASSES",                                        \
			"one of these classes of sign-in is needed there (RFC 9470); '': any"},    \
		{"max-age", FLAG_TEXT, false, "SECONDS",                                           \
			"how long ago a person may have signed in at most; '': any"},              \
		{"listed", FLAG_TEXT, false, "yes|no",                                             \
			"whether the server's metadata names it (RFC 9728); default: yes"},        \
	{                                                                                          \
		"scopes", FLAG_TEXT, false, "SCOPES",                                              \
			"the scopes that mean something there; '' or left out: all"                \
	}

const struct flag resource_create_flags[] = {
	{"name", FLAG_TEXT, false, "NAME", "what people call it; default: its URI"}, FLAG_LOOKS,
	FLAG_JSON, FLAG_END};
const struct flag resource_edit_flags[] = {
	{"name", FLAG_TEXT, false, "NAME", "what people call it"}, FLAG_LOOKS, FLAG_JSON, FLAG_END};
const struct flag resource_delete_flags[] = {
	{"yes", FLAG_SWITCH, false, NULL, "yes, really"}, FLAG_JSON, FLAG_END};

struct resource_work {
	struct call *call;
	struct resource resource;
};

static json_t *resource_json(struct arena *a, const struct resource *r)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:o}", "identifier",
		json_of(a, r->identifier), "name", json_of(a, r->name), "format",
		token_form_word(r->form), "alg",
		r->alg == JOSE_NO_ALG ? json_null() : json_string(jose_alg_word(r->alg)), "scopes",
		json_of(a, r->scopes), "acr_values", json_of(a, r->wants.acr_values), "max_age",
		r->wants.max_age_s < 0 ? json_null() : json_integer(r->wants.max_age_s), "listed",
		r->listed, "created_at", json_time(r->created_at), "updated_at",
		json_time(r->updated_at));
}

/* RFC 8707 2: an absolute URI without a fragment. Ours are of https, or of this machine. */
static int check_identifier(struct call *call, struct str text)
{
	struct str unused;

	if (text.n <= LIMIT_REDIRECT_URI && !str_has_char(text, '#') &&
		http_uri_normal(&call->arena, text, &unused))
		return EXIT_DONE;
	return say_misuse(call,
		"'%.*s' is not the URI of a resource: it begins with https:// and has no fragment",
		STR_ARG(text));
}

/* Only classes that this server can reach: asked for another, nobody could do anything. */
static bool are_known_classes(struct str words)
{
	struct str one;

	if (words.n > LIMIT_ACR_VALUES)
		return false;
	while (str_has_text(words) && str_next(&words, ' ', &one))
		if (!acr_is_known(one))
			return false;
	return true;
}

/* RFC 9470, and RFC 9728. */
static int read_terms(struct call *call, struct resource *r)
{
	struct str classes = args_text(&call->args, "acr-values");
	struct str max_age = args_text(&call->args, "max-age"),
		   listed = args_text(&call->args, "listed");

	if (!are_known_classes(classes))
		return say_misuse(call,
			"'--acr-values' has a class that is none of " ACR_ONE " and " ACR_TWO);
	if (str_is_set(classes))
		r->wants.acr_values = str_has_text(classes) ? classes : STR_NONE;
	if (str_has_text(max_age) &&
		(!str_to_i64(max_age, &r->wants.max_age_s) || r->wants.max_age_s < 0))
		return say_misuse(call, "'--max-age' is no number of seconds");
	if (str_is_set(max_age) && !str_has_text(max_age))
		r->wants.max_age_s = -1;
	if (str_is_set(listed) && !str_eq_c(listed, "yes") && !str_eq_c(listed, "no"))
		return say_misuse(call, "'--listed' is 'yes' or 'no'");
	if (str_is_set(listed))
		r->listed = str_eq_c(listed, "yes");
	return EXIT_DONE;
}

/* Takes over what was given; the rest stays. */
static int read_flags(struct call *call, struct resource *r)
{
	const struct args *args = &call->args;
	struct str form = args_text(args, "format"), alg = args_text(args, "alg");
	struct str scopes = args_text(args, "scopes"), name = str_trim(args_text(args, "name"));
	struct scope_set set;
	size_t unknown = 0;
	bool offline;

	if (str_is_set(form) && !token_form_find(form, &r->form))
		return say_misuse(
			call, "'--format' is '%.*s', but must be opaque or jwt", STR_ARG(form));
	if (str_has_text(alg)) {
		r->alg = jose_alg_of(alg);
		if (!(JOSE_ASYMMETRIC & JOSE_BIT(r->alg)))
			return say_misuse(call,
				"'--alg' is '%.*s', but must be ES256, RS256, PS256 or EdDSA",
				STR_ARG(alg));
	}
	if (str_is_set(scopes)) {
		if (scope_parse(scopes, &set, &unknown, &offline) != SCOPE_OK || unknown)
			return say_misuse(call, "'--scopes' has a name that is no scope here");
		r->scopes = str_has_text(scopes) ? scope_format(&call->arena, set, " ") : STR_NONE;
	}
	if (name.n > LIMIT_APP_NAME)
		return say_misuse(call, "'--name' is longer than %d bytes", LIMIT_APP_NAME);
	if (str_has_text(name))
		r->name = name;
	return read_terms(call, r);
}

static int tell(const struct resource_work *w, const char *done)
{
	struct arena *a = &w->call->arena;

	if (w->call->json)
		print_json(resource_json(a, &w->resource));
	else
		print_line("The resource %.*s is %s.",
			STR_ARG(print_safe(a, w->resource.identifier)), done);
	return EXIT_DONE;
}

static enum db_status find(struct store *s, struct resource_work *w)
{
	struct str identifier = w->call->args.words[0];
	enum db_status status = resource_read(s, &w->call->arena, identifier, &w->resource);

	return status == DB_NONE
		       ? refuse(w->call, "there is no resource '%.*s'", STR_ARG(identifier))
		       : status;
}

static enum db_status create(struct store *s, void *context)
{
	struct resource_work *w = context;
	enum db_status status = resource_create(s, &w->resource);

	if (status == DB_CONFLICT)
		return refuse(w->call, "there is a resource '%.*s' already",
			STR_ARG(w->resource.identifier));
	return status == DB_OK ? find(s, w) : status;
}

int resource_create_command(struct call *call)
{
	struct str identifier = call->args.words[0];
	const struct resource fresh = {.identifier = identifier,
		.name = identifier,
		.wants = {STR_NONE, -1},
		.listed = true};
	struct resource_work w = {call, fresh};
	int good = check_identifier(call, identifier);

	if (good == EXIT_DONE)
		good = read_flags(call, &w.resource);
	if (good != EXIT_DONE)
		return good;
	return call_write(call, create, &w) ? tell(&w, "known now") : EXIT_FAILED;
}

/* The flags were read once to be judged; here they meet the row. */
static enum db_status edit(struct store *s, void *context)
{
	struct resource_work *w = context;
	enum db_status status = find(s, w);

	if (status != DB_OK || read_flags(w->call, &w->resource) != EXIT_DONE)
		return status;
	status = resource_update(s, &w->resource);
	return status == DB_OK ? find(s, w) : status;
}

int resource_edit_command(struct call *call)
{
	struct resource_work w = {.call = call};
	struct resource judged = {0};

	if (call->args.given_n == (call->json ? 1 : 0))
		return say_misuse(call, "nothing is said that should change");
	int good = read_flags(call, &judged);

	if (good != EXIT_DONE)
		return good;
	return call_write(call, edit, &w) ? tell(&w, "changed") : EXIT_FAILED;
}

static enum db_status delete_one(struct store *s, void *context)
{
	struct resource_work *w = context;
	enum db_status status = find(s, w);

	return status == DB_OK ? resource_delete(s, w->resource.identifier) : status;
}

int resource_delete_command(struct call *call)
{
	struct resource_work w = {.call = call};

	if (!args_has(&call->args, "yes"))
		return say_misuse(
			call, "nobody can ask for tokens for it then; '--yes' is missing");
	return call_write(call, delete_one, &w) ? tell(&w, "deleted") : EXIT_FAILED;
}

int resource_show_command(struct call *call)
{
	struct resource_work w = {.call = call};
	struct arena *a = &call->arena;
	const struct resource *r = &w.resource;

	if (!call_read_done(call, find(&call->store, &w)))
		return EXIT_FAILED;
	if (call->json) {
		print_json(resource_json(a, r));
		return EXIT_DONE;
	}
	print_field(a, "identifier", r->identifier);
	print_field(a, "name", r->name);
	print_field(a, "format", str_from(token_form_word(r->form)));
	print_field(a, "alg", r->alg == JOSE_NO_ALG ? STR_NONE : str_from(jose_alg_word(r->alg)));
	print_field(a, "scopes", r->scopes);
	print_field(a, "acr values", r->wants.acr_values);
	print_field(a, "max age",
		r->wants.max_age_s < 0 ? STR_NONE
				       : str_printf(a, "%lld s", (long long)r->wants.max_age_s));
	print_field(a, "listed", r->listed ? STR("yes") : STR("no"));
	print_field(a, "created", print_time(a, r->created_at));
	print_field(a, "changed", print_time(a, r->updated_at));
	return EXIT_DONE;
}

int resource_list_command(struct call *call)
{
	enum { PIECE = 100 };
	struct list list;
	struct resource *found;
	size_t n;
	struct str after = STR("");

	list_begin(&list, call, "FORMAT ALG   IDENTIFIER                               NAME");
	do {
		if (!call_read_done(call,
			    resource_list(&call->store, &call->arena, after, PIECE, &found, &n)))
			return EXIT_FAILED;
		for (size_t i = 0; i < n; i++) {
			const struct resource *r = &found[i];

			after = r->identifier;
			if (call->json)
				list_json(&list, resource_json(&call->arena, r));
			else
				list_line(&list, "%-6s %-5s %-40.*s %.*s", token_form_word(r->form),
					r->alg == JOSE_NO_ALG ? "-" : jose_alg_word(r->alg),
					STR_ARG(print_safe(&call->arena, r->identifier)),
					STR_ARG(print_safe(&call->arena, r->name)));
		}
	} while (n == PIECE);
	list_end(&list, "There are no resources: every token is for this server, and opaque.");
	return EXIT_DONE;
}
