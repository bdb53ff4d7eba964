/* Handlers of GitHub reference section 7: tokens and grants looked after by apps, by users and by
 * whoever found one. */
#ifndef LLAVERO_GITHUB_TOKEN_MANAGEMENT_H
#define LLAVERO_GITHUB_TOKEN_MANAGEMENT_H

#include "github/github.h"

/* 7.1: /applications/:client_id/token and /grant */
http_handler github_app_token_check, github_app_token_reset, github_app_token_delete,
	github_app_grant_delete;
/* llavero's own: why requests were refused */
http_handler github_app_refusals, github_app_refusal, github_app_flows, github_admin_refusals,
	github_admin_refusal;
/* 7.2: /authorizations */
http_handler github_authorizations, github_authorization_create, github_authorization_put,
	github_authorization_show, github_authorization_change, github_authorization_delete;
/* 7.2: /applications/grants */
http_handler github_grants, github_grant_show, github_grant_delete;
/* 7.2: /admin/users/:username/authorizations */
http_handler github_impersonate, github_impersonate_end;
/* 7.3 */
http_handler github_credentials_revoke;

#endif
