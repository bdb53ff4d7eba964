/* The endpoints of RFC 7591 and RFC 7592. */
#ifndef LLAVERO_OAUTH_REGISTER_H
#define LLAVERO_OAUTH_REGISTER_H

#include "http/http.h"

http_handler oauth_register, oauth_registration_show, oauth_registration_replace,
	oauth_registration_delete;

#endif
