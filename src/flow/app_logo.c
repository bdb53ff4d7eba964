#include "flow/app_logo.h"

#include <string.h>

#include "base/crypto.h"
#include "core/image.h"
#include "store/metadata.h"
#include "store/remote_document.h"

enum { NOTHING_FOR_S = 3600 }; /* until what was no picture is asked for again */

struct str app_logo_url(struct arena *a, const struct app *app)
{
	return app_metadata_of(a, app)->logo_uri;
}

/* A copy is "image/png BASE64", or "" where there was no picture. */
static bool read_copy(struct context *c, struct str copy, struct app_logo *l)
{
	size_t space = str_find(copy, ' ');

	l->type = str_slice(copy, 0, space);
	return space < copy.n &&
	       base64_decode(c->arena, str_slice(copy, space + 1, copy.n), &l->bytes) &&
	       image_type(l->bytes);
}

enum logo app_logo(struct context *c, const struct app *app, struct app_logo *l)
{
	struct str url = app_logo_url(c->arena, app);
	struct remote_document copy;

	*l = (struct app_logo){.key = STR_NONE};
	if (!str_has_text(url))
		return LOGO_NONE;
	/* apart from the documents, which may be at the same URL */
	struct str key = str_printf(c->arena, "logo %.*s", STR_ARG(url));
	enum db_status status = remote_document_get(c->store, c->arena, key, &copy);

	if (context_failed(c, status))
		return LOGO_FAILED;
	bool usable = status == DB_OK && read_copy(c, copy.body, l);

	if (status == DB_OK && copy.fresh_until > store_now(c->store))
		return usable ? LOGO_READY : LOGO_NONE;
	l->key = key;
	l->usable = usable;
	if (fetch_start(c, &l->fetch, url, LIMIT_LOGO) != FETCH_OK)
		return usable ? LOGO_READY : LOGO_NONE;
	l->fetch.accept = "image/png, image/jpeg, image/gif, image/webp";
	return LOGO_FETCH;
}

void app_logo_work(void *l)
{
	fetch_work(l);
}

static enum logo keep(struct context *c, const struct app_logo *l, struct str copy, int64_t fresh_s)
{
	if (!context_begin_write(c) ||
		context_failed(c, remote_document_put(c->store, l->key, copy, fresh_s)))
		return LOGO_FAILED;
	return str_has_text(copy) ? LOGO_READY : LOGO_NONE;
}

enum logo app_logo_take(struct context *c, struct app_logo *l)
{
	const char *type = l->fetch.fault == FETCH_OK ? image_type(fetch_body(&l->fetch)) : NULL;

	if (!type && l->usable && fetch_may_pass(&l->fetch))
		return LOGO_READY;
	if (!type)
		return keep(c, l, STR(""), NOTHING_FOR_S);
	l->type = str_from(type);
	l->bytes = fetch_body(&l->fetch);
	return keep(c, l,
		str_printf(c->arena, "%s %.*s", type,
			STR_ARG(base64_encode(c->arena, l->bytes.p, l->bytes.n))),
		fetch_fresh_for(&l->fetch));
}
