/* Signing in, out and up: what their pages share. */
#ifndef LLAVERO_WEB_SIGN_IN_H
#define LLAVERO_WEB_SIGN_IN_H

#include "core/account.h"
#include "flow/throttle.h"
#include "web/page.h"

/* GET /login, POST /session; GET and POST /logout; GET and POST /join. */
http_handler sign_in_page;
http_handler sign_in_submit;
http_handler sign_out_page;
http_handler sign_out_submit;
http_handler sign_up_page;
http_handler sign_up_submit;

/* The sign-in page with an error; MSG_NONE for none. `login` is filled in, `return_to` was checked.
 */
void sign_in_show(struct context *c, struct http_request *req, struct http_reply *rep, int status,
	struct str login, struct str return_to, enum message error);

/* Begins a session for `account` in this browser: always a fresh secret (assurance A075). The
 * session that the browser had goes on with it when it was of the same account, else it ends. `amr`
 * is one of core/acr.h. Sets c->failed when the store fails. */
void sign_in_as(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct account *account, const char *amr);

/* True: too many failures; the 429 page is the reply. Also true when the store fails. */
bool throttle_refuses(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str subject);
/* The 429 page; `wait_s` as in Retry-After. */
void show_too_many_attempts(
	struct context *c, struct http_request *req, struct http_reply *rep, int64_t wait_s);

/* What to tell a person about a password that is not good enough; MSG_NONE for FIELD_OK. */
enum message password_error(enum field_fault fault);

/* Adds "?name=value" or "&name=value" to a URL, the value encoded. */
void web_add_parameter(struct buf *b, const char *name, struct str value);

/* A field of the form, "" when it was not sent. */
struct str form_field(const struct context *c, const char *name);

#endif
