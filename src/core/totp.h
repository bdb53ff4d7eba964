/* One-time codes of authenticators: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which
 * is what every authenticator can do. Over liboath. */
#ifndef LLAVERO_CORE_TOTP_H
#define LLAVERO_CORE_TOTP_H

#include "base/str.h"

struct arena;

enum {
	TOTP_SECRET_LEN = 20, /* bytes: RFC 4226 4, R6 */
	TOTP_DIGITS = 6,
	TOTP_STEP_S = 30,
	TOTP_WINDOW = 1, /* steps before and after now that are good too: RFC 6238 5.2, 6 */
};

/* The code of time step `step` (seconds since 1970 / 30), NUL-terminated. False when the library
 * cannot. */
bool totp_code(const uint8_t *secret, size_t n, int64_t step, char out[TOTP_DIGITS + 1]);
/* Is `code` that of `now_s` or of a step beside it? `*step` is the step it belongs to, which the
 * caller must not have taken before (RFC 6238 5.2). Compares in constant time. */
bool totp_find(const uint8_t *secret, size_t n, int64_t now_s, struct str code, int64_t *step);
/* Six ASCII digits? */
bool totp_is_code(struct str text);
/* RFC 4648 base32 without padding, as authenticators take a secret by hand. */
struct str totp_secret_text(struct arena *a, const uint8_t secret[TOTP_SECRET_LEN]);
/* The otpauth: URI that a QR code carries. `issuer` and `account` name the entry in the
 * authenticator. */
struct str totp_uri(struct arena *a, struct str issuer, struct str account, struct str secret_text);

#endif
