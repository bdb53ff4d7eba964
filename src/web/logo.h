/* GET /logos/:id: the picture of an app. */
#ifndef LLAVERO_WEB_LOGO_H
#define LLAVERO_WEB_LOGO_H

#include "base/arena.h"
#include "http/http.h"

struct app;

http_handler app_logo_picture;
/* Where it is; "" when the app named none, and its initial will do. */
struct str web_logo_of(struct arena *a, const struct app *app);

#endif
