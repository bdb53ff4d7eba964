/* The start page and the static files. */
#ifndef LLAVERO_WEB_HOME_H
#define LLAVERO_WEB_HOME_H

#include "http/http.h"

http_handler home_page;
/* GET /static/:file, /favicon.ico and /avatars/u/:id */
http_handler asset_file, asset_favicon, asset_avatar;

#endif
