/* Who a token is about, as apps are told: OpenID Connect Core 2 ("sub") and 8. Opaque, always the
 * same, and never given to anybody else: made of the account's id, which is never used twice, and a
 * key of the instance. An app of its own sector learns a name that no other sector sees. */
#ifndef LLAVERO_CORE_SUBJECT_H
#define LLAVERO_CORE_SUBJECT_H

#include "base/crypto.h"

enum { SUBJECT_LEN = 26 }; /* no client_id is as long (assurance 9068-04), and "usr_" begins none */

/* `key` is SHA256_LEN bytes. */
struct str subject_public(struct arena *a, const uint8_t *key, int64_t account_id);
/* Core 8.1; `sector` is a host. */
struct str subject_pairwise(
	struct arena *a, const uint8_t *key, struct str sector, int64_t account_id);
/* Front- and Back-Channel Logout ("sid"): a session, as one app knows it. */
struct str subject_of_session(
	struct arena *a, const uint8_t *key, uint64_t session_id, int64_t app_id);

#endif
