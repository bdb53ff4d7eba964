#include "web/demo.h"

#define TEXTS(id)                                                                                  \
	MSG_DEMO_CASE_##id##_TITLE, MSG_DEMO_CASE_##id##_TEXT, MSG_DEMO_CASE_##id##_HEADING,       \
		MSG_DEMO_CASE_##id##_VERDICT

/* clang-format off */
const struct demo_case demo_cases[DEMO_CASES] = {
	[DEMO_SIGN_IN] = {"sign-in", "", DEMO_BY_BROWSER, MSG_NONE, MSG_NONE,
		MSG_DEMO_CASE_SIGN_IN_HEADING, MSG_DEMO_CASE_SIGN_IN_VERDICT},
	[DEMO_DENIED] = {"denied", "access_denied", DEMO_BY_BROWSER, TEXTS(DENIED)},
	[DEMO_SUSPENDED] = {"suspended", "application_suspended", DEMO_BY_BROWSER, TEXTS(SUSPENDED)},
	[DEMO_REDIRECT_AUTHORIZE] = {"redirect-mismatch", "redirect_uri_mismatch", DEMO_BY_CLIENT, TEXTS(REDIRECT_AUTHORIZE)},
	[DEMO_REDIRECT_TOKEN] = {"redirect-mismatch-token", "redirect_uri_mismatch", DEMO_BY_BROWSER, TEXTS(REDIRECT_TOKEN)},
	[DEMO_WRONG_SECRET] = {"wrong-secret", "incorrect_client_credentials", DEMO_BY_CLIENT, TEXTS(WRONG_SECRET)},
	[DEMO_UNKNOWN_CLIENT] = {"unknown-client", "incorrect_client_credentials", DEMO_BY_CLIENT, TEXTS(UNKNOWN_CLIENT)},
	[DEMO_BAD_CODE] = {"bad-code", "bad_verification_code", DEMO_BY_CLIENT, TEXTS(BAD_CODE)},
	[DEMO_CODE_TWICE] = {"code-twice", "bad_verification_code", DEMO_BY_BROWSER, TEXTS(CODE_TWICE)},
	[DEMO_WRONG_VERIFIER] = {"wrong-verifier", "bad_verification_code", DEMO_BY_BROWSER, TEXTS(WRONG_VERIFIER)},
	[DEMO_NO_VERIFIER] = {"no-verifier", "bad_verification_code", DEMO_BY_BROWSER, TEXTS(NO_VERIFIER)},
	[DEMO_GRANT_TYPE] = {"grant-type", "unsupported_grant_type", DEMO_BY_CLIENT, TEXTS(GRANT_TYPE)},
};
/* clang-format on */
