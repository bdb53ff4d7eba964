/* What the protocol edges and the server ask of the pages for people. */
#ifndef LLAVERO_WEB_WEB_H
#define LLAVERO_WEB_WEB_H

#include "flow/authorize.h"
#include "http/http.h"

/* Pages' own routes, ended by a NULL path. demo_routes only when settings.demo. */
extern const struct http_route web_routes[];
extern const struct http_route web_demo_routes[];

/* Finds out who is at the browser, before a ROUTE_PAGE handler runs: session, language, and for
 * ROUTE_FORM the form's parameters and its authenticity_token. Sets c->visit and the security
 * headers of pages. False: `rep` is ready (a refused form, or a redirect to sign in for
 * ROUTE_NEEDS_USER) and the handler is not to run. */
bool web_open(struct context *c, struct http_request *req, struct http_reply *rep);
/* Reads and checks a form of ours, for a handler whose path takes other posts too; a ROUTE_FORM has
 * that done already. False: `rep` is ready. After web_open. */
bool web_open_form(struct context *c, struct http_request *req, struct http_reply *rep);
/* The account that is signed in, or NULL. After web_open. */
const struct account *web_account(const struct context *c);
/* How they have signed in; all 0 when nobody is. */
struct signed_on web_signed_on(const struct context *c);
/* The fields of the form that a ROUTE_FORM request brought, token checked. */
const struct params *web_form(const struct context *c);

/* To the sign-in page, to come back to this very request. `client_id` names the app that one
 * signs in for, or STR_NONE. */
void web_ask_sign_in(
	struct context *c, struct http_request *req, struct http_reply *rep, struct str client_id);
/* Asks what an authorization request asks for (a->ask): to sign in, which account, to verify an
 * address first, consent. `params` are the request's own parameters, to be carried in hidden
 * fields; what is decided comes back to the edge that the request came to (web/authorize_paths.h).
 */
void web_ask(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a, const struct params *params);
/* The answer to an authorization request as a form (a->form), which our script posts, or the
 * person.
 */
void web_post_answer(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a);
/* Only the page about the address. */
void web_show_verify_email(struct context *c, struct http_request *req, struct http_reply *rep);
/* The query of a link to the account picker: as an authorization request that asks for it. */
const struct params *web_picker_params(struct http_request *req);
/* A refused authorization request that may not be redirected: unknown app (404), a redirect URI
 * that is not registered, a malformed request. Status per kind; a link to the documentation. */
void web_show_refusal(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct authorize *a);
/* Error pages for people: 404, 405 (Allow already set), 413, 429, 500, 503... */
void web_show_error(
	struct context *c, struct http_request *req, struct http_reply *rep, int status);
/* Answers with a documentation page, or with a redirect to one, when the path is that of one.
 * False: it is not, and `rep` is untouched. */
bool web_show_docs(struct context *c, struct http_request *req, struct http_reply *rep);

#endif
