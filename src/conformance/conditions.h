/* What requirements depend on: a function for each condition that requirements.def names. */
#ifndef LLAVERO_CONFORMANCE_CONDITIONS_H
#define LLAVERO_CONFORMANCE_CONDITIONS_H

#include "conformance/requirements.h"

#define CONDITION(name) struct verdict name(const struct deployment *d)

/* the server */
CONDITION(condition_https_issuer);
CONDITION(condition_modern_tls);
CONDITION(condition_certificates);
CONDITION(condition_certificate_chains);
CONDITION(condition_registration);
CONDITION(condition_registrations_limited);
CONDITION(condition_client_documents);
CONDITION(condition_nonces);
CONDITION(condition_assertion_audience);
CONDITION(condition_few_user_codes);
CONDITION(condition_few_client_failures);
CONDITION(condition_few_unknown_tokens);
CONDITION(condition_lost_replies);
/* the app's profile, and settings where the profile leaves them alone */
CONDITION(condition_short_tokens);
CONDITION(condition_short_codes);
CONDITION(condition_pkce_always);
CONDITION(condition_pushed_always);
CONDITION(condition_confidential);
CONDITION(condition_sender_bound);
CONDITION(condition_signed_auth);
CONDITION(condition_https_redirects);
/* the GitHub edge */
CONDITION(condition_mismatch_redirects);
CONDITION(condition_callback_paths);
CONDITION(condition_unknown_clients);
CONDITION(condition_verified_addresses);
CONDITION(condition_token_list);
CONDITION(condition_send_iss);

#endif
