/* user create, list, show, password, verify-email, suspend, unsuspend, admin, two-factor;
 * session list, end. */
#ifndef LLAVERO_COMMAND_USER_H
#define LLAVERO_COMMAND_USER_H

#include "command/print.h"
#include "store/account.h"

extern const struct flag user_create_flags[];
extern const struct flag user_password_flags[];
extern const struct flag user_two_factor_flags[];
extern const struct flag session_end_flags[];
extern const struct flag json_flags[];

int user_create(struct call *call);
int user_list(struct call *call);
int user_show(struct call *call);
int user_password(struct call *call);
int user_verify_email(struct call *call);
int user_suspend(struct call *call);
int user_unsuspend(struct call *call);
int user_admin(struct call *call);
int user_two_factor(struct call *call);
int session_list_command(struct call *call);
int session_end_command(struct call *call);

/* The account called `login`; a refusal that names it when there is none. */
enum db_status find_user(struct call *call, struct str login, struct account *out);
/* Writes to the security log of an account, as the command line. */
enum db_status audit(
	struct store *s, int64_t account_id, const char *action, int64_t app_id, struct str detail);
/* {"id", "login", "name", "site_admin", "suspended_at", "created_at", ...} */
json_t *user_json(struct arena *a, const struct account *account);

#endif
