#include "flow/registered_app.h"

#include "store/metadata.h"

struct metadata_rules registered_app_rules(const struct context *c, bool document)
{
	return (struct metadata_rules){.local = c->settings->rehearsal, .document = document};
}

/* RFC 7591 2: client_name is a wish; people have to be shown something. */
static struct str name_of(struct context *c, const struct client_metadata *m, struct str client_id)
{
	struct redirect_uri uri;

	if (str_is_set(m->client_name))
		return m->client_name;
	if (m->redirect_uris.n &&
		redirect_uri_parse(m->redirect_uris.v[0], &uri) == REDIRECT_URI_OK && uri.is_http &&
		!uri.is_loopback)
		return str_slice(uri.host, 0, LIMIT_APP_NAME);
	return str_is_set(client_id) ? str_slice(str_dup(c->arena, client_id), 0, LIMIT_APP_NAME)
				     : STR("Unnamed app");
}

static struct app_fields fields_of(
	struct context *c, const struct client_metadata *m, struct str client_id)
{
	struct callback *callbacks = ARENA_ARRAY(c->arena, struct callback, m->redirect_uris.n + 1);

	for (size_t i = 0; i < m->redirect_uris.n; i++)
		callbacks[i] = (struct callback){m->redirect_uris.v[i], REDIRECT_EXACT};
	return (struct app_fields){
		.name = name_of(c, m, client_id),
		.name_key = app_own_name_key(c->arena, client_id),
		.homepage = str_is_set(m->client_uri) ? m->client_uri : STR(""),
		.description = STR_NONE,
		.device_flow = (m->grant_types & GRANT_TYPE_DEVICE) != 0,
		.token_expiration = true,
		.callbacks = callbacks,
		.callbacks_n = m->redirect_uris.n,
		.dialects = c->settings->registration_dialects,
		.profile = PROFILE_STANDARD,
		.auth_method = m->auth_method,
		.metadata = client_metadata_write(c->arena, m, METADATA_KEPT),
	};
}

enum db_status registered_app_create(
	struct context *c, const struct registered_app *r, struct app *out)
{
	char fresh[CLIENT_ID_LEN + 1];
	struct str client_id = r->client_id;

	if (!str_is_set(client_id)) {
		client_id_generate(c->random, fresh);
		client_id = str_dup(c->arena, str_from(fresh));
	}
	struct app_fields fields = fields_of(c, r->metadata, client_id);

	fields.origin = r->origin;
	fields.unverified = r->unverified;
	return app_create(c->store, c->arena, r->owner_id, client_id, &fields, out);
}

static bool same_list(const struct metadata_list *a, const struct metadata_list *b)
{
	for (size_t i = 0; i < a->n && a->n == b->n; i++)
		if (!str_eq(a->v[i], b->v[i]))
			return false;
	return a->n == b->n;
}

static bool same_text(struct str a, struct str b)
{
	return str_eq(a, b) || (!str_is_set(a) && !str_is_set(b));
}

/* Is it another one for those who agreed to it? */
static bool is_another(const struct client_metadata *was, const struct client_metadata *is,
	struct str old_name, struct str new_name)
{
	return !str_eq(old_name, new_name) || !same_list(&was->redirect_uris, &is->redirect_uris) ||
	       !same_text(was->jwks, is->jwks) || !same_text(was->jwks_uri, is->jwks_uri) ||
	       was->auth_method != is->auth_method;
}

enum db_status registered_app_update(
	struct context *c, const struct client_metadata *m, struct app *app)
{
	struct client_metadata was;
	struct app_fields fields = fields_of(c, m, app->client_id);
	enum db_status status = app_metadata_whole(c->store, c->arena, app, &was);

	if (status == DB_OK && is_another(&was, m, app->name, fields.name))
		status = app_set_changed(c->store, app->id);
	if (status == DB_OK)
		status = app_update(c->store, c->arena, app->id, &fields);
	if (status == DB_OK)
		status = app_set_service(c->store, app->id, app->dialects, app->profile,
			fields.auth_method, fields.metadata);
	return status == DB_OK ? app_by_id(c->store, c->arena, app->id, app) : status;
}
