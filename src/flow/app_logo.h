/* The picture of an app that named one (logo_uri, RFC 7591 2): fetched by this server, kept, and
 * served from here. So no browser asks the app's server, which would tell it who is about to sign
 * in, and it cannot show each of them another one (MCP-10, client ID metadata documents 6.4).
 *
 *	switch (app_logo(c, app, l)) {
 *	case LOGO_READY: l->type and l->bytes
 *	case LOGO_FETCH: rep->job = {app_logo_work, done, l, outgoing}; there app_logo_take(c, l)
 *	case LOGO_NONE:  it named none, or there is no picture
 *	case LOGO_FAILED: c->failed is set
 *	}
 */
#ifndef LLAVERO_FLOW_APP_LOGO_H
#define LLAVERO_FLOW_APP_LOGO_H

#include "flow/context.h"
#include "flow/fetch.h"
#include "store/app.h"

enum logo { LOGO_READY, LOGO_FETCH, LOGO_NONE, LOGO_FAILED };

struct app_logo {
	struct fetch fetch; /* first */
	struct str key;     /* of the copy */
	struct str type, bytes;
	bool usable; /* there is an older copy */
};

/* The URL that the app named; STR_NONE: it named none. */
struct str app_logo_url(struct arena *a, const struct app *app);
enum logo app_logo(struct context *c, const struct app *app, struct app_logo *l);
void app_logo_work(void *l);
/* Keeps what came, that it was no picture too, and begins to write for it. */
enum logo app_logo_take(struct context *c, struct app_logo *l);

#endif
