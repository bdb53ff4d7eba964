#include "core/totp.h"

#include <liboath/oath.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/crypto.h"

enum { URI_MAX = 1024, SECRET_TEXT_MAX = 64 };

bool totp_is_code(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return text.n == TOTP_DIGITS;
}

bool totp_code(const uint8_t *secret, size_t n, int64_t step, char out[TOTP_DIGITS + 1])
{
	return step >= 0 && oath_hotp_generate((const char *)secret, n, (uint64_t)step, TOTP_DIGITS,
				    false, OATH_HOTP_DYNAMIC_TRUNCATION, out) == OATH_OK;
}

bool totp_find(const uint8_t *secret, size_t n, int64_t now_s, struct str code, int64_t *step)
{
	int64_t now = now_s / TOTP_STEP_S;
	bool found = false;
	char good[TOTP_DIGITS + 1];

	if (!totp_is_code(code))
		return false;
	/* The newest one counts, should two steps have the same code. */
	for (int64_t at = now - TOTP_WINDOW; at <= now + TOTP_WINDOW; at++)
		if (totp_code(secret, n, at, good) && ct_equal(good, code.p, TOTP_DIGITS)) {
			found = true;
			*step = at;
		}
	wipe(good, sizeof good);
	return found;
}

struct str totp_secret_text(struct arena *a, const uint8_t secret[TOTP_SECRET_LEN])
{
	char copy[SECRET_TEXT_MAX] = "", *made = NULL;
	size_t n = 0;

	/* Copied before the arena is asked, which may jump away. */
	if (oath_base32_encode((const char *)secret, TOTP_SECRET_LEN, &made, &n) == OATH_OK &&
		n < sizeof copy)
		for (size_t i = 0; i < n; i++)
			copy[i] = made[i];
	if (made)
		wipe(made, n);
	free(made);

	struct str text = str_dup(a, str_from(copy));

	wipe(copy, sizeof copy);
	return text;
}

struct str totp_uri(struct arena *a, struct str issuer, struct str account, struct str secret_text)
{
	struct buf b;

	buf_init(&b, a, URI_MAX);
	buf_add_c(&b, "otpauth://totp/");
	buf_add_percent(&b, issuer);
	buf_add_char(&b, ':');
	buf_add_percent(&b, account);
	buf_add_c(&b, "?secret=");
	buf_add(&b, secret_text);
	buf_add_c(&b, "&issuer=");
	buf_add_percent(&b, issuer);
	buf_addf(&b, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_S);
	return buf_str(&b);
}
