/* The server's public keys. */
#ifndef LLAVERO_OAUTH_JWKS_H
#define LLAVERO_OAUTH_JWKS_H

#include "http/http.h"

http_handler oauth_jwks;

#endif
