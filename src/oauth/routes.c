#include "base/limits.h"
#include "oauth/jwks.h"
#include "oauth/oauth.h"

/* clang-format off */
const struct http_route oauth_routes[] = {
	{HTTP_GET, "/oauth2/jwks", oauth_jwks, ROUTE_API, 0},
	{HTTP_OPTIONS, "/oauth2/jwks", oauth_jwks_preflight, ROUTE_API, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
