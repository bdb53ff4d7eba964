#include "core/pkce.h"

#include "base/crypto.h"

static bool is_alnum(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* RFC 7636 4.2: base64url of 32 bytes. */
static bool challenge_is_good(struct str challenge)
{
	if (challenge.n != LIMIT_CHALLENGE)
		return false;
	for (size_t i = 0; i < challenge.n; i++)
		if (!is_alnum(challenge.p[i]) && challenge.p[i] != '-' && challenge.p[i] != '_')
			return false;
	return true;
}

/* RFC 7636 4.1: 43 to 128 unreserved characters. */
static bool verifier_is_good(struct str verifier)
{
	if (verifier.n < LIMIT_VERIFIER_MIN || verifier.n > LIMIT_VERIFIER_MAX)
		return false;
	for (size_t i = 0; i < verifier.n; i++) {
		char c = verifier.p[i];

		if (!is_alnum(c) && c != '-' && c != '.' && c != '_' && c != '~')
			return false;
	}
	return true;
}

enum pkce_fault pkce_check_request(struct str challenge, struct str method, bool *used)
{
	*used = false;
	if (!str_has_text(challenge) && !str_has_text(method))
		return PKCE_OK;
	if (!str_has_text(method))
		return PKCE_METHOD_MISSING;
	if (!str_eq_c(method, "S256"))
		return PKCE_METHOD_UNSUPPORTED;
	if (!str_has_text(challenge))
		return PKCE_CHALLENGE_MISSING;
	if (!challenge_is_good(challenge))
		return PKCE_CHALLENGE_MALFORMED;
	*used = true;
	return PKCE_OK;
}

/* Base64url of a digest, on the stack: this runs once per exchange and needs no memory. */
void pkce_challenge(struct str verifier, char out[LIMIT_CHALLENGE])
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t digest[SHA256_LEN + 1] = {0};

	sha256(verifier, digest);
	for (size_t i = 0; i < LIMIT_CHALLENGE; i++) {
		size_t byte = i * 6 / 8, shift = 10 - i * 6 % 8;
		unsigned pair = (unsigned)digest[byte] << 8 | digest[byte + 1];

		out[i] = alphabet[pair >> shift & 63];
	}
}

enum pkce_fault pkce_check_verifier(struct str challenge, struct str verifier)
{
	char computed[LIMIT_CHALLENGE];

	if (!str_has_text(challenge))
		return str_has_text(verifier) ? PKCE_VERIFIER_UNEXPECTED : PKCE_OK;
	if (!str_has_text(verifier))
		return PKCE_VERIFIER_MISSING;
	if (!verifier_is_good(verifier))
		return PKCE_VERIFIER_MALFORMED;
	pkce_challenge(verifier, computed);
	return ct_equal_str((struct str){computed, sizeof computed}, challenge)
		       ? PKCE_OK
		       : PKCE_VERIFIER_WRONG;
}
