#include "base/limits.h"
#include "web/demo.h"
#include "web/device.h"
#include "web/home.h"
#include "web/logo.h"
#include "web/orgs.h"
#include "web/requests.h"
#include "web/second_step.h"
#include "web/settings.h"
#include "web/web.h"

enum {
	PAGE = ROUTE_PAGE,
	FORM = ROUTE_PAGE | ROUTE_FORM | ROUTE_WRITES,
	OWN_PAGE = ROUTE_PAGE | ROUTE_NEEDS_USER,
	OWN_FORM = ROUTE_PAGE | ROUTE_NEEDS_USER | ROUTE_FORM | ROUTE_WRITES,
};

/* clang-format off */
const struct http_route web_routes[] = {
	{HTTP_GET, "/", home_page, PAGE, 0},
	{HTTP_GET, "/static/:file", asset_file, 0, 0},
	{HTTP_GET, "/favicon.ico", asset_favicon, 0, 0},
	{HTTP_GET, "/avatars/u/:id", asset_avatar, 0, 0},
	{HTTP_GET, "/logos/:id", app_logo_picture, 0, 0},

	{HTTP_GET, "/login", sign_in_page, PAGE, 0},
	{HTTP_POST, "/session", sign_in_submit, FORM, LIMIT_BODY},
	{HTTP_GET, "/sessions/two-factor", second_step_page, PAGE, 0},
	{HTTP_POST, "/sessions/two-factor", second_step_submit, FORM, LIMIT_BODY},
	{HTTP_GET, "/logout", sign_out_page, PAGE, 0},
	{HTTP_POST, "/logout", sign_out_submit, FORM, LIMIT_BODY},
	{HTTP_GET, "/join", sign_up_page, PAGE, 0},
	{HTTP_POST, "/join", sign_up_submit, FORM, LIMIT_BODY},

	{HTTP_GET, "/login/device", device_page, OWN_PAGE, 0},
	{HTTP_POST, "/login/device", device_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/login/device/select_account", device_account_page, OWN_PAGE, 0},
	{HTTP_GET, "/login/device/confirmation", device_confirmation_page, OWN_PAGE, 0},
	{HTTP_POST, "/login/device/authorize", device_decide_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/login/device/success", device_success_page, OWN_PAGE, 0},
	{HTTP_GET, "/login/device/failure", device_failure_page, OWN_PAGE, 0},
	{HTTP_GET, "/login/device/qr.svg", device_qr, 0, 0},

	{HTTP_GET, "/settings/profile", settings_profile_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/profile", settings_profile_save, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/password", settings_password_change, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/sessions", settings_sessions_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/sessions/end", settings_session_end, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/sessions/end-others", settings_sessions_end_others, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/two_factor", two_factor_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/two_factor/enable", two_factor_enable, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/two_factor/setup", two_factor_setup_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/two_factor/qr.svg", two_factor_qr, OWN_PAGE, 0},
	{HTTP_POST, "/settings/two_factor/confirm", two_factor_confirm_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/two_factor/change", two_factor_change, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/security-log", settings_log_page, OWN_PAGE, 0},

	{HTTP_GET, "/settings/applications", authorized_apps_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/connections/applications/:client_id", authorized_app_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/connections/applications/:client_id/revoke", authorized_app_revoke, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/connections/revoke-all", authorized_apps_revoke_all, OWN_FORM, LIMIT_BODY},

	{HTTP_GET, "/settings/tokens", personal_tokens_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/tokens/new", personal_token_new_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/tokens", personal_token_create, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/tokens/:id/regenerate", personal_token_regenerate, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/tokens/:id/delete", personal_token_delete, OWN_FORM, LIMIT_BODY},

	{HTTP_GET, "/organizations", orgs_page, OWN_PAGE, 0},
	{HTTP_POST, "/organizations", org_create_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/organizations/:org", org_page, OWN_PAGE, 0},
	{HTTP_POST, "/organizations/:org", org_change, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/organizations/:org/teams/:slug", team_page, OWN_PAGE, 0},
	{HTTP_POST, "/organizations/:org/teams/:slug", team_change, OWN_FORM, LIMIT_BODY},

	{HTTP_GET, "/settings/developers", developer_apps_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/applications/new", app_new_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/applications", app_create_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/applications/:id", app_edit_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/applications/:id", app_update_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/applications/:id/secrets", app_secret_generate, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/applications/:id/secrets/:secret/delete", app_secret_delete, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/applications/:id/requests", app_requests_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/applications/:id/requests/events", app_requests_events, OWN_PAGE, 0},
	{HTTP_GET, "/settings/applications/:id/requests/:request", app_request_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/applications/:id/flows/:flow", app_flow_page, OWN_PAGE, 0},
	{HTTP_GET, "/settings/applications/:id/standards", app_standard_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/applications/:id/standards", app_standard_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/applications/:id/advanced", app_advanced_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/applications/:id/transfer", app_transfer_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/applications/:id/transfer/cancel", app_transfer_cancel_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/applications/:id/revoke-tokens", app_revoke_tokens_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_POST, "/settings/applications/:id/delete", app_delete_submit, OWN_FORM, LIMIT_BODY},
	{HTTP_GET, "/settings/transfers/:id", transfer_page, OWN_PAGE, 0},
	{HTTP_POST, "/settings/transfers/:id", transfer_answer, OWN_FORM, LIMIT_BODY},

	{HTTP_GET, "/admin/requests", admin_requests_page, OWN_PAGE, 0},
	{HTTP_GET, "/admin/requests/events", admin_requests_events, OWN_PAGE, 0},
	{HTTP_GET, "/admin/requests/:request", admin_request_page, OWN_PAGE, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};

const struct http_route web_demo_routes[] = {
	{HTTP_GET, "/demo", demo_page, PAGE, 0},
	{HTTP_GET, "/demo/start/:case", demo_start, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_POST, "/demo/scenarios", demo_scenario, FORM, LIMIT_BODY},
	{HTTP_GET, "/demo/callback", demo_callback, ROUTE_PAGE | ROUTE_WRITES, 0},
	{HTTP_GET, "/demo/result", demo_result, PAGE, 0},
	{HTTP_GET, NULL, NULL, 0, 0},
};
/* clang-format on */
