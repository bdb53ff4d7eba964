/* The settings of a signed-in person. Every handler here is reached with an account. */
#ifndef LLAVERO_WEB_SETTINGS_H
#define LLAVERO_WEB_SETTINGS_H

#include "store/grant.h"
#include "store/upkeep.h"
#include "web/page.h"
#include "web/sign_in.h"

http_handler settings_profile_page, settings_profile_save, settings_password_change;
http_handler settings_sessions_page, settings_session_end, settings_sessions_end_others;
http_handler settings_log_page;

/* Two-factor authentication. */
http_handler two_factor_page, two_factor_enable, two_factor_setup_page, two_factor_qr,
	two_factor_confirm_submit, two_factor_change;

/* Apps that the person has authorized. */
http_handler authorized_apps_page, authorized_app_page, authorized_app_revoke,
	authorized_apps_revoke_all;

/* Apps that the person owns. */
http_handler developer_apps_page, app_new_page, app_create_submit;
http_handler app_edit_page, app_update_submit, app_secret_generate, app_secret_delete;
http_handler app_standard_page, app_standard_submit, app_advanced_page, app_transfer_submit,
	app_transfer_cancel_submit, app_revoke_tokens_submit, app_delete_submit;
http_handler transfer_page, transfer_answer;

/* Tokens that the person made for themselves. */
http_handler personal_tokens_page, personal_token_new_page, personal_token_create,
	personal_token_regenerate, personal_token_delete;

/* Notes an action of the signed-in person in their security log. False when the store failed. */
bool settings_audit(struct context *c, const char *action, int64_t app_id, struct str detail);

/* How many people use an app, as pages show it: counting ends there. */
enum { USERS_COUNT_MAX = 10000 };

#endif
