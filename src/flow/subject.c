#include "flow/subject.h"

#include "core/redirect_uri.h"
#include "core/subject.h"
#include "store/account.h"

static struct str host_of(struct str uri)
{
	struct redirect_uri parsed;

	return redirect_uri_parse(uri, &parsed) == REDIRECT_URI_OK ? parsed.host : STR("");
}

/* Core 8.1: the host of sector_identifier_uri, else the one host of the redirect URIs. */
static bool find_sector(
	struct context *c, int64_t app_id, const struct client_metadata *m, struct str *out)
{
	struct callback *callbacks;
	size_t n;

	if (str_is_set(m->sector_identifier_uri)) {
		*out = host_of(m->sector_identifier_uri);
		return true;
	}
	if (context_failed(c, app_callbacks(c->store, c->arena, app_id, &callbacks, &n)))
		return false;
	*out = n ? host_of(callbacks[0].uri) : STR("");
	return true;
}

bool subject_for(struct context *c, int64_t app_id, const struct client_metadata *m,
	int64_t account_id, struct str *out)
{
	const uint8_t *key = c->store->subject_key;
	struct str sector;

	if (!m->pairwise) {
		*out = subject_public(c->arena, key, account_id);
		return true;
	}
	if (!find_sector(c, app_id, m, &sector))
		return false;
	*out = subject_pairwise(c->arena, key, sector, account_id);
	return true;
}

bool subject_of_token(struct context *c, struct str client_id, int64_t account_id, struct str *out)
{
	struct app app;

	*out = client_id;
	if (account_id == ACCOUNT_OF_APPS)
		return true;
	return !context_failed(c, app_by_client_id(c->store, c->arena, client_id, &app)) &&
	       subject_for(c, app.id, app_metadata_of(c->arena, &app), account_id, out);
}

bool subject_of_own_token(
	struct context *c, const struct client *client, int64_t account_id, struct str *out)
{
	*out = client->client_id;
	return account_id == ACCOUNT_OF_APPS ||
	       subject_for(
		       c, client->app_id, client_metadata_of(c->arena, client), account_id, out);
}

struct str session_name_for(const struct context *c, int64_t app_id, uint64_t session_id)
{
	return subject_of_session(c->arena, c->store->subject_key, session_id, app_id);
}
