#include "base/limits.h"
#include "oauth/jwks.h"
#include "oauth/oauth.h"
#include "oauth/register.h"

/* clang-format off */
const struct http_route oauth_routes[] = {
	{HTTP_GET, "/oauth2/jwks", oauth_jwks, ROUTE_API, 0},
	{HTTP_OPTIONS, "/oauth2/jwks", oauth_jwks_preflight, ROUTE_API, 0},
	{HTTP_POST, "/oauth2/register", oauth_register, ROUTE_WRITES, LIMIT_METADATA},
	{HTTP_GET, "/oauth2/register/:client_id", oauth_registration_show, 0, 0},
	{HTTP_PUT, "/oauth2/register/:client_id", oauth_registration_replace, ROUTE_WRITES, LIMIT_METADATA},
	{HTTP_DELETE, "/oauth2/register/:client_id", oauth_registration_delete, ROUTE_WRITES, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
