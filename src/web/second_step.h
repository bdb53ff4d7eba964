/* The second step of signing in: the password was right, the account has two-factor
 * authentication. What is remembered meanwhile is no session: a cookie for five minutes, signed,
 * good for this browser, this account and this password only. */
#ifndef LLAVERO_WEB_SECOND_STEP_H
#define LLAVERO_WEB_SECOND_STEP_H

#include "store/account.h"
#include "web/page.h"

enum { SECOND_STEP_LIFETIME_S = 300 };

/* Leaves the cookie and asks for the code. `return_to` was checked. */
void second_step_begin(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, struct str return_to);
/* GET and POST /sessions/two-factor; the form's fields: otp, return_to. */
http_handler second_step_page, second_step_submit;

#endif
