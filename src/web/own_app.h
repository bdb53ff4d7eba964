/* An app's own pages: only its owner gets to them. */
#ifndef LLAVERO_WEB_OWN_APP_H
#define LLAVERO_WEB_OWN_APP_H

#include "web/settings.h"

/* The app whose number is the path's first variable, when the signed-in person owns it. False:
 * the reply is ready; an app of somebody else looks like one that does not exist. */
bool own_app(struct context *c, struct http_request *req, struct http_reply *rep, struct app *app);
/* Back to its page ("" ) or to a page below it ("/advanced"), with a notice. */
void own_app_go(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct app *app, const char *page, enum message message, bool bad);

#endif
