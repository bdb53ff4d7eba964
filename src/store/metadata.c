#include "store/metadata.h"

/* An app for itself gets no scope that it was not given (RFC 6749 4.4), so who can prove that it is
 * that app may ask. */
static unsigned grants_of(
	const struct client_metadata *m, enum auth_method method, bool device_flow)
{
	unsigned grants = m->grant_types & ~(unsigned)GRANT_TYPE_DEVICE;

	if (m->usual_grants && method != AUTH_NONE)
		grants |= GRANT_TYPE_CLIENT_CREDENTIALS;
	return grants | (device_flow ? GRANT_TYPE_DEVICE : 0U);
}

static struct client_metadata *load(
	struct arena *a, struct str json, enum auth_method method, bool device_flow)
{
	struct client_metadata *m = ARENA_NEW(a, struct client_metadata);

	if (!client_metadata_load(a, json, m))
		client_metadata_init(m);
	m->auth_method = method;
	m->grant_types = grants_of(m, method, device_flow);
	return m;
}

const struct client_metadata *client_metadata_of(struct arena *a, const struct client *client)
{
	const struct client_metadata *m = client->parsed ? *client->parsed : NULL;

	if (!m)
		m = load(a, client->metadata, client->auth_method, client->device_flow);
	if (client->parsed)
		*client->parsed = m;
	return m;
}

const struct client_metadata *app_metadata_of(struct arena *a, const struct app *app)
{
	return load(a, app->metadata, app->auth_method, app->device_flow);
}

enum db_status app_metadata_whole(
	struct store *s, struct arena *a, const struct app *app, struct client_metadata *out)
{
	struct callback *callbacks;
	size_t n;
	enum db_status status = app_callbacks(s, a, app->id, &callbacks, &n);

	*out = *app_metadata_of(a, app);
	out->client_name = app->name;
	out->client_uri = str_has_text(app->homepage) ? app->homepage : STR_NONE;
	out->redirect_uris.n = 0;
	for (size_t i = 0; i < n && i < LIMIT_METADATA_LIST; i++)
		out->redirect_uris.v[out->redirect_uris.n++] = callbacks[i].uri;
	return status;
}
