/* Making apps, and changing what is written about them. */
#include "command/app.h"

#include <string.h>

#include "command/fields.h"
#include "command/presets.h"

#define FLAG_CALLBACKS                                                                             \
	{"callback", FLAG_LIST, false, "URL", "where people may be sent back to"},                 \
	{                                                                                          \
		"wildcard-callback", FLAG_LIST, false, "URL",                                      \
			"the same, its sub-domains and deeper paths included"                      \
	}

const struct flag app_create_flags[] = {
	{"owner", FLAG_TEXT, true, "LOGIN", "the user it belongs to"},
	{"name", FLAG_TEXT, false, "NAME", "what people are asked to authorize"},
	{"homepage", FLAG_TEXT, false, "URL", "the app's own page"},
	{"preset", FLAG_TEXT, false, "TOOL", "a known tool as it is: gh or gcm"},
	FLAG_CALLBACKS,
	{"description", FLAG_TEXT, false, "TEXT", "what the app is, in a sentence"},
	{"device-flow", FLAG_SWITCH, false, NULL, "let it use the device flow"},
	{"expiring-tokens", FLAG_SWITCH, false, NULL, "its tokens expire and can be refreshed"},
	FLAGS_STANDARD,
	FLAG_JSON,
	FLAG_END,
};
const struct flag app_edit_flags[] = {
	{"name", FLAG_TEXT, false, "NAME", "the new name"},
	{"homepage", FLAG_TEXT, false, "URL", "the new homepage"},
	FLAG_CALLBACKS,
	{"description", FLAG_TEXT, false, "TEXT", "the new description; '' takes it away"},
	{"device-flow", FLAG_SWITCH, false, NULL, "let it use the device flow"},
	{"no-device-flow", FLAG_SWITCH, false, NULL, "do not let it use the device flow"},
	{"expiring-tokens", FLAG_SWITCH, false, NULL, "its tokens expire and can be refreshed"},
	{"no-expiring-tokens", FLAG_SWITCH, false, NULL, "its tokens live until they are ended"},
	FLAGS_STANDARD,
	FLAG_JSON,
	FLAG_END,
};

enum db_status find_app(struct call *call, struct str client_id, struct app *out)
{
	enum db_status status = app_by_client_id(&call->store, &call->arena, client_id, out);

	return status == DB_NONE ? refuse(call, "there is no app with the client id '%.*s'",
					   STR_ARG(client_id))
				 : status;
}

enum db_status check_room_for_app(struct call *call, const struct account *owner)
{
	struct app *apps;
	size_t n;
	enum db_status status = app_list_of_owner(&call->store, &call->arena, owner->id, &apps, &n);

	if (status != DB_OK || n < LIMIT_APPS_PER_OWNER)
		return status;
	return refuse(call, "%.*s has %d apps already, which is the most", STR_ARG(owner->login),
		LIMIT_APPS_PER_OWNER);
}

/* Checks the flags that are there. */
static bool read_fields(struct app_work *w)
{
	const struct args *args = &w->call->args;
	struct app_fields *f = &w->fields;

	*f = (struct app_fields){.name = str_trim(args_text(args, "name")),
		.homepage = str_trim(args_text(args, "homepage")),
		.description = str_trim(args_text(args, "description")),
		.device_flow = args_has(args, "device-flow"),
		.token_expiration = args_has(args, "expiring-tokens"),
		.callbacks = w->callbacks};
	bool good = (!str_is_set(f->name) || check_app_name(f->name)) &&
		    (!str_is_set(f->homepage) || check_homepage(f->homepage)) &&
		    (!str_is_set(f->description) || check_description(f->description)) &&
		    read_callbacks(args, w->callbacks, &w->callbacks_n);

	f->callbacks_n = w->callbacks_n;
	return good;
}

static enum db_status name_taken(struct app_work *w, enum db_status status)
{
	return status == DB_CONFLICT ? refuse(w->call, "the name '%.*s' is taken by another app",
					       STR_ARG(w->fields.name))
				     : status;
}

/* Is the preset's app there already? Then there is nothing to do. */
static enum db_status look_for_preset(struct store *s, struct app_work *w)
{
	enum db_status status;

	if (!w->preset)
		return DB_OK;
	status = app_by_client_id(s, &w->call->arena, str_from(w->preset->client_id), &w->app);
	w->nothing_to_do = status == DB_OK;
	return status == DB_NONE ? DB_OK : status;
}

static enum db_status add_secret(struct store *s, struct app_work *w)
{
	if (w->app.auth_method != AUTH_SECRET) {
		*w->secret = '\0';
		return DB_OK;
	}
	return w->preset ? app_secret_add_fixed(s, w->app.id, w->to.id, str_from(w->secret))
			 : app_secret_add(s, w->app.id, w->to.id, w->secret);
}

static enum db_status create(struct store *s, void *context)
{
	struct app_work *w = context;
	struct str client_id = w->preset ? str_from(w->preset->client_id) : STR_NONE;
	enum db_status status = find_user(w->call, args_text(&w->call->args, "owner"), &w->to);

	if (status == DB_OK)
		status = look_for_preset(s, w);
	if (status != DB_OK || w->nothing_to_do)
		return status;
	status = check_room_for_app(w->call, &w->to);
	if (status != DB_OK)
		return status;
	status = name_taken(
		w, app_create(s, &w->call->arena, w->to.id, client_id, &w->fields, &w->app));
	if (status == DB_OK)
		status = add_secret(s, w);
	return status == DB_OK
		       ? audit(s, w->to.id, "oauth_application.create", w->app.id, w->app.name)
		       : status;
}

/* What has to be told of an app, unless a preset tells it. */
static int check_told(struct call *call, bool preset)
{
	const struct args *args = &call->args;
	bool callbacks = args_has(args, "callback") || args_has(args, "wildcard-callback");

	if (args_has(args, "metadata"))
		return EXIT_DONE;
	if (preset)
		return callbacks ? say_misuse(call, "'--preset' has callbacks of its own")
				 : EXIT_DONE;
	if (!args_has(args, "name"))
		return say_misuse(call, "'--name NAME' is missing");
	if (!args_has(args, "homepage"))
		return say_misuse(call, "'--homepage URL' is missing");
	return callbacks ? EXIT_DONE : say_misuse(call, "'--callback URL' is missing");
}

static void take_preset(struct app_work *w, const struct preset *preset)
{
	struct app_fields *f = &w->fields;

	w->preset = preset;
	if (!str_is_set(f->name))
		f->name = str_from(preset->name);
	if (!str_is_set(f->homepage))
		f->homepage = str_from(preset->homepage);
	f->device_flow = true;
	f->callbacks = preset->callbacks;
	f->callbacks_n = sizeof preset->callbacks / sizeof preset->callbacks[0];
	memcpy(w->secret, preset->client_secret, sizeof w->secret);
}

/* What the metadata says of what has flags of its own: the flags win. */
static void take_metadata(struct app_work *w)
{
	const struct client_metadata *m = &w->standard.metadata;
	struct app_fields *f = &w->fields;

	if (!str_is_set(f->name))
		f->name = m->client_name;
	if (!str_is_set(f->homepage))
		f->homepage = m->client_uri;
	for (size_t i = 0; f->callbacks_n == 0 && i < m->redirect_uris.n; i++)
		w->callbacks[w->callbacks_n++] =
			(struct callback){m->redirect_uris.v[i], REDIRECT_EXACT};
	f->callbacks_n = w->callbacks_n;
	f->device_flow = f->device_flow || (m->grant_types & GRANT_TYPE_DEVICE) != 0;
}

/* How a new app is served. False after saying what is wrong. */
static bool take_standard(struct app_work *w)
{
	struct app_standard *s = &w->standard;

	client_metadata_load(&w->call->arena, STR_NONE, &s->metadata);
	if (!read_standard(w->call, s)) {
		say_failure("%s", w->call->refusal);
		return false;
	}
	if (!s->given)
		return true;
	if (s->from_file)
		take_metadata(w);
	if (s->metadata.grant_types & GRANT_TYPE_DEVICE)
		w->fields.device_flow = true;
	w->fields.dialects = s->dialects;
	w->fields.profile = s->profile;
	w->fields.auth_method = s->metadata.auth_method;
	w->fields.metadata = client_metadata_write(&w->call->arena, &s->metadata, METADATA_KEPT);
	return true;
}

/* What has to be there is told by flags or by the metadata. */
static bool is_whole(const struct app_work *w)
{
	const struct app_fields *f = &w->fields;
	bool needs_callback = !w->standard.given || w->standard.metadata.response_code;

	if (!str_has_text(f->name)) {
		say_failure("the app has no name; give --name, or client_name in the metadata");
		return false;
	}
	if (!str_has_text(f->homepage)) {
		say_failure("the app has no homepage; give --homepage, or client_uri in the "
			    "metadata");
		return false;
	}
	if (f->callbacks_n || !needs_callback)
		return true;
	say_failure("the app has no callback; give --callback, or redirect_uris in the metadata");
	return false;
}

static void print_created(const struct app_work *w)
{
	struct arena *a = &w->call->arena;

	if (w->nothing_to_do)
		print_line("The app '%.*s' is registered already; it belongs to %.*s.",
			STR_ARG(w->app.name), STR_ARG(w->app.owner_login));
	else
		print_line("The app '%.*s' of %.*s is made.", STR_ARG(w->app.name),
			STR_ARG(w->to.login));
	print_field(a, "client id", w->app.client_id);
	if (!*w->secret)
		return;
	print_field(a, "client secret", str_from(w->secret));
	print_line(w->preset ? "The secret is public: it is the same in every copy of the tool."
			     : "Keep the secret now: it is not shown again.");
}

int app_create_command(struct call *call)
{
	struct app_work w = {.call = call};
	struct str word = args_text(&call->args, "preset");
	const struct preset *preset = preset_find(word);

	if (str_is_set(word) && !preset)
		return say_misuse(call, "'%.*s' is no preset; there are gh and gcm", STR_ARG(word));
	int told = check_told(call, preset != NULL);

	if (told != EXIT_DONE)
		return told;
	if (!read_fields(&w))
		return EXIT_FAILED;
	if (!str_has_text(w.fields.description))
		w.fields.description = STR_NONE;
	if (preset)
		take_preset(&w, preset);
	if (!take_standard(&w) || !is_whole(&w) || !call_write(call, create, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(json_pack("{s:I, s:o, s:s?}", "id", (json_int_t)w.app.id, "client_id",
			json_of(&call->arena, w.app.client_id), "client_secret",
			*w.secret ? w.secret : NULL));
	else
		print_created(&w);
	return EXIT_DONE;
}

/* Fills what was not given from the app as it is. */
static enum db_status complete(struct app_work *w, struct app_fields *f)
{
	struct callback *callbacks;
	size_t n;
	enum db_status status =
		app_callbacks(&w->call->store, &w->call->arena, w->app.id, &callbacks, &n);

	*f = w->fields;
	if (w->app.origin != APP_BY_PERSON)
		f->name_key = app_own_name_key(&w->call->arena, w->app.client_id);
	if (!str_is_set(f->name))
		f->name = w->app.name;
	if (!str_is_set(f->homepage))
		f->homepage = w->app.homepage;
	if (!str_is_set(f->description))
		f->description = w->app.description;
	else if (f->description.n == 0)
		f->description = STR_NONE;
	if (!args_has(&w->call->args, "device-flow") && !w->fields.device_flow &&
		!args_has(&w->call->args, "grant-type"))
		f->device_flow = w->app.device_flow && !args_has(&w->call->args, "no-device-flow");
	if (!args_has(&w->call->args, "expiring-tokens"))
		f->token_expiration =
			w->app.token_expiration && !args_has(&w->call->args, "no-expiring-tokens");
	if (f->callbacks_n == 0) {
		f->callbacks = callbacks;
		f->callbacks_n = n;
	}
	return status;
}

/* How it is served: what is not named stays. */
static enum db_status edit_standard(struct store *s, struct app_work *w)
{
	struct app_standard *standard = &w->standard;
	enum db_status status =
		app_metadata_whole(s, &w->call->arena, &w->app, &standard->metadata);

	standard->dialects = w->app.dialects;
	standard->profile = w->app.profile;
	if (status != DB_OK)
		return status;
	if (!read_standard(w->call, standard))
		return DB_CONFLICT; /* refused: it is said why */
	if (!standard->given)
		return DB_OK;
	if (standard->from_file)
		take_metadata(w);
	if (args_has(&w->call->args, "grant-type"))
		w->fields.device_flow = (standard->metadata.grant_types & GRANT_TYPE_DEVICE) != 0;
	return app_set_service(s, w->app.id, standard->dialects, standard->profile,
		standard->metadata.auth_method,
		client_metadata_write(&w->call->arena, &standard->metadata, METADATA_KEPT));
}

static enum db_status edit(struct store *s, void *context)
{
	struct app_work *w = context;
	struct app_fields fields;
	enum db_status status = find_app(w->call, w->call->args.words[0], &w->app);

	if (status == DB_OK)
		status = edit_standard(s, w);
	if (status == DB_OK)
		status = complete(w, &fields);
	if (status == DB_OK)
		status = name_taken(w, app_update(s, &w->call->arena, w->app.id, &fields));
	if (status == DB_OK)
		status = audit(
			s, w->app.owner_id, "oauth_application.update", w->app.id, fields.name);
	return status == DB_OK ? app_by_id(s, &w->call->arena, w->app.id, &w->app) : status;
}

int app_edit(struct call *call)
{
	struct app_work w = {.call = call};
	const struct args *args = &call->args;

	if (args->given_n == (call->json ? 1 : 0))
		return say_misuse(call, "nothing is said that should change");
	if (args_has(args, "device-flow") && args_has(args, "no-device-flow"))
		return say_misuse(
			call, "'--device-flow' and '--no-device-flow' exclude each other");
	if (args_has(args, "expiring-tokens") && args_has(args, "no-expiring-tokens"))
		return say_misuse(
			call, "'--expiring-tokens' and '--no-expiring-tokens' exclude each other");
	if (!read_fields(&w) || !call_write(call, edit, &w))
		return EXIT_FAILED;
	if (call->json)
		print_json(app_json(&call->arena, &w.app));
	else
		print_line("The app '%.*s' is changed.", STR_ARG(w.app.name));
	return EXIT_DONE;
}
