/* The built-in demo client: an OAuth client like any other, which asks this server over HTTP and
 * shows what was said. Cases provoke each documented error. */
#ifndef LLAVERO_WEB_DEMO_H
#define LLAVERO_WEB_DEMO_H

#include "gen/messages.h"
#include "http/http.h"

http_handler demo_page, demo_start, demo_callback, demo_result, demo_scenario;

enum demo_case_id {
	DEMO_SIGN_IN,
	DEMO_DENIED,
	DEMO_SUSPENDED,
	DEMO_REDIRECT_AUTHORIZE,
	DEMO_REDIRECT_TOKEN,
	DEMO_WRONG_SECRET,
	DEMO_UNKNOWN_CLIENT,
	DEMO_BAD_CODE,
	DEMO_CODE_TWICE,
	DEMO_WRONG_VERIFIER,
	DEMO_NO_VERIFIER,
	DEMO_GRANT_TYPE,
	DEMO_CASES,
	DEMO_SCENARIO = DEMO_CASES, /* none of the cases: one of rehearsal/scenario.h */
};

/* Where a case begins: in the browser, at the authorization endpoint; or at once with a request of
 * the demo client's own. */
enum demo_begin { DEMO_BY_BROWSER, DEMO_BY_CLIENT };

struct demo_case {
	const char *name;  /* in paths: "wrong-secret" */
	const char *error; /* the documented error; "" for DEMO_SIGN_IN */
	enum demo_begin begin;
	enum message title, text;      /* its button */
	enum message heading, verdict; /* its result */
};

extern const struct demo_case demo_cases[DEMO_CASES];

#endif
