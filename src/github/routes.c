#include "base/limits.h"
#include "github/api.h"
#include "github/device_code.h"
#include "github/oauth.h"
#include "github/org.h"
#include "github/token_management.h"

/* clang-format off */
const struct http_route github_routes[] = {
	{HTTP_GET, "/login/oauth/authorize", github_authorize, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/login/oauth/authorize", github_authorize_decide, ROUTE_PAGE | ROUTE_FORM | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_GET, "/login/oauth/select_account", github_select_account, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/login/oauth/select_account", github_account_selected, ROUTE_PAGE | ROUTE_FORM | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_POST, "/login/oauth/access_token", github_access_token, ROUTE_WRITES | ROUTE_SNAPSHOT, LIMIT_BODY},
	{HTTP_GET, "/login/oauth/access_token", github_access_token_by_get, 0, 0},
	{HTTP_POST, "/login/device/code", github_device_code, ROUTE_WRITES | ROUTE_SNAPSHOT, LIMIT_BODY},

	{HTTP_GET, "/api/v3", github_api_root, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/", github_api_root, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/meta", github_meta, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/rate_limit", github_rate_limit, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/user", github_user, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/user/emails", github_user_emails, ROUTE_API, 0},

	{HTTP_POST, "/api/v3/applications/:client_id/token", github_app_token_check, ROUTE_API | ROUTE_WRITES | ROUTE_SNAPSHOT, LIMIT_BODY},
	{HTTP_PATCH, "/api/v3/applications/:client_id/token", github_app_token_reset, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_DELETE, "/api/v3/applications/:client_id/token", github_app_token_delete, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_DELETE, "/api/v3/applications/:client_id/grant", github_app_grant_delete, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_GET, "/api/v3/applications/:client_id/refusals", github_app_refusals, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_GET, "/api/v3/applications/:client_id/refusals/:request_id", github_app_refusal, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_GET, "/api/v3/applications/:client_id/flows", github_app_flows, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_GET, "/api/v3/admin/refusals", github_admin_refusals, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/admin/refusals/:request_id", github_admin_refusal, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/applications/grants", github_grants, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_GET, "/api/v3/applications/grants/:id", github_grant_show, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_DELETE, "/api/v3/applications/grants/:id", github_grant_delete, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_GET, "/api/v3/authorizations", github_authorizations, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_POST, "/api/v3/authorizations", github_authorization_create, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_PUT, "/api/v3/authorizations/clients/:client_id", github_authorization_put, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_PUT, "/api/v3/authorizations/clients/:client_id/:fingerprint", github_authorization_put, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_GET, "/api/v3/authorizations/:id", github_authorization_show, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_PATCH, "/api/v3/authorizations/:id", github_authorization_change, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_DELETE, "/api/v3/authorizations/:id", github_authorization_delete, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_POST, "/api/v3/admin/users/:username/authorizations", github_impersonate, ROUTE_API | ROUTE_WRITES, LIMIT_BODY},
	{HTTP_DELETE, "/api/v3/admin/users/:username/authorizations", github_impersonate_end, ROUTE_API | ROUTE_WRITES, 0},
	{HTTP_POST, "/api/v3/credentials/revoke", github_credentials_revoke, ROUTE_API | ROUTE_WRITES, LIMIT_REVOKE_BODY},

	{HTTP_GET, "/api/v3/user/orgs", github_own_orgs, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/user/teams", github_own_teams, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/user/memberships/orgs/:org", github_own_membership, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/users/:login", github_user_by_login, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/users/:login/orgs", github_user_orgs, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/orgs/:org", github_org, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/orgs/:org/members/:login", github_org_member, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/orgs/:org/public_members/:login", github_org_public_member, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/orgs/:org/memberships/:login", github_org_membership, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/orgs/:org/teams/:slug/memberships/:login", github_team_slug_membership, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/teams/:id/members/:login", github_team_member, ROUTE_API, 0},
	{HTTP_GET, "/api/v3/teams/:id/memberships/:login", github_team_membership, ROUTE_API, 0},

	{HTTP_POST, "/api/graphql", github_graphql, ROUTE_API, LIMIT_BODY},

	{HTTP_GET, "/.well-known/oauth-authorization-server/login/oauth", github_metadata, ROUTE_API, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
