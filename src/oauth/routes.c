#include "base/limits.h"
#include "flow/own_resource.h"
#include "oauth/jwks.h"
#include "oauth/oauth.h"
#include "oauth/register.h"

#define METADATA "/.well-known/oauth-authorization-server"
#define DISCOVERY "/.well-known/openid-configuration"

/* clang-format off */
const struct http_route oauth_routes[] = {
	{HTTP_GET, "/oauth2/jwks", oauth_jwks, ROUTE_API | ROUTE_CORS, 0},
	{HTTP_POST, "/oauth2/register", oauth_register, ROUTE_WRITES | ROUTE_CORS, LIMIT_METADATA},
	{HTTP_GET, "/oauth2/register/:client_id", oauth_registration_show, ROUTE_CORS, 0},
	{HTTP_PUT, "/oauth2/register/:client_id", oauth_registration_replace, ROUTE_WRITES | ROUTE_CORS, LIMIT_METADATA},
	{HTTP_DELETE, "/oauth2/register/:client_id", oauth_registration_delete, ROUTE_WRITES | ROUTE_CORS, 0},
	{HTTP_GET, "/oauth2/authorize", oauth_authorize, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/oauth2/authorize", oauth_authorize_post, ROUTE_PAGE | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_GET, "/oauth2/select_account", oauth_select_account, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/oauth2/select_account", oauth_account_selected, ROUTE_PAGE | ROUTE_FORM | ROUTE_WRITES, LIMIT_BODY},

	{HTTP_GET, "/oauth2/logout", oauth_logout, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/oauth2/logout", oauth_logout_post, ROUTE_PAGE | ROUTE_WRITES, LIMIT_BODY},

	{HTTP_POST, "/oauth2/par", oauth_par, ROUTE_WRITES | ROUTE_SNAPSHOT | ROUTE_CORS, LIMIT_BODY},
	{HTTP_POST, "/oauth2/token", oauth_token, ROUTE_WRITES | ROUTE_SNAPSHOT | ROUTE_CORS, LIMIT_BODY},
	{HTTP_POST, "/oauth2/revoke", oauth_revoke, ROUTE_WRITES | ROUTE_SNAPSHOT | ROUTE_CORS, LIMIT_BODY},
	{HTTP_POST, "/oauth2/introspect", oauth_introspect, 0, LIMIT_BODY},
	{HTTP_POST, "/oauth2/device_authorization", oauth_device_authorization, ROUTE_WRITES | ROUTE_SNAPSHOT | ROUTE_CORS, LIMIT_BODY},

	{HTTP_GET, "/oauth2/userinfo", oauth_userinfo, ROUTE_CORS, 0},
	{HTTP_POST, "/oauth2/userinfo", oauth_userinfo, ROUTE_CORS, LIMIT_BODY},

	{HTTP_GET, METADATA, oauth_metadata, ROUTE_CORS, 0},
	{HTTP_GET, METADATA "/:a", oauth_metadata_of_path, ROUTE_CORS, 0},
	{HTTP_GET, METADATA "/:a/:b", oauth_metadata_of_path, ROUTE_CORS, 0},
	{HTTP_GET, "/:a" METADATA, oauth_metadata_of_path, ROUTE_CORS, 0},
	{HTTP_GET, "/:a/:b" METADATA, oauth_metadata_of_path, ROUTE_CORS, 0},

	{HTTP_GET, DISCOVERY, oauth_discovery, ROUTE_CORS, 0},
	{HTTP_GET, DISCOVERY "/:a", oauth_discovery_of_path, ROUTE_CORS, 0},
	{HTTP_GET, DISCOVERY "/:a/:b", oauth_discovery_of_path, ROUTE_CORS, 0},
	{HTTP_GET, "/:a" DISCOVERY, oauth_discovery_of_path, ROUTE_CORS, 0},
	{HTTP_GET, "/:a/:b" DISCOVERY, oauth_discovery_of_path, ROUTE_CORS, 0},
	{HTTP_GET, RESOURCE_METADATA, oauth_protected_resource, ROUTE_CORS, 0},
	{HTTP_GET, RESOURCE_METADATA "/:a", oauth_protected_resource, ROUTE_CORS, 0},
	{HTTP_GET, RESOURCE_METADATA "/:a/:b", oauth_protected_resource, ROUTE_CORS, 0},
	{HTTP_GET, RESOURCE_METADATA "/:a/:b/:c", oauth_protected_resource, ROUTE_CORS, 0},
	{HTTP_GET, RESOURCE_METADATA "/:a/:b/:c/:d", oauth_protected_resource, ROUTE_CORS, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
