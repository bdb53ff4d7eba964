#include "core/subject.h"

enum { DIGEST_USED = 16 }; /* 128 bits */

static struct str name(struct arena *a, const uint8_t *key, const char *prefix, struct str what)
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(key, SHA256_LEN, what, mac);
	return str_printf(a, "%s%.*s", prefix, STR_ARG(base64url_encode(a, mac, DIGEST_USED)));
}

struct str subject_public(struct arena *a, const uint8_t *key, int64_t account_id)
{
	return name(a, key, "usr_", str_printf(a, "public %lld", (long long)account_id));
}

struct str subject_pairwise(
	struct arena *a, const uint8_t *key, struct str sector, int64_t account_id)
{
	return name(a, key, "usr_",
		str_printf(a, "pairwise %lld %.*s", (long long)account_id,
			STR_ARG(str_lower(a, sector))));
}

struct str subject_of_session(
	struct arena *a, const uint8_t *key, uint64_t session_id, int64_t app_id)
{
	return name(a, key, "",
		str_printf(
			a, "session %llu %lld", (unsigned long long)session_id, (long long)app_id));
}
