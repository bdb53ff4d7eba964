/* Texts that stand for something: tokens, codes, sessions, refresh tokens, what people type. Its
 * first 32 bytes are what ours are made of, the rest is what somebody shows us. What we make is
 * read as what it was made of, and with one byte changed it is no token any more. */
#include "core/pkce.h"
#include "core/recovery_code.h"
#include "core/redact.h"
#include "core/refresh_token.h"
#include "core/totp.h"
#include "core/user_code.h"
#include "fuzz.h"

enum { MADE_OF = 32 };
static const struct refresh_keys keys = {{"0123456789abcde"}, "0123456789abcdef0123456789abcde"};

/* One byte of `text` is another one. */
static struct str changed(struct arena *a, struct str text, uint8_t at, uint8_t by)
{
	char *copy = str_c(a, text);

	copy[at % text.n] = (char)(copy[at % text.n] ^ (by ? by : 1));
	return (struct str){copy, text.n};
}

static uint64_t id_of(const uint8_t *seed)
{
	uint64_t id = 0;

	for (int i = 0; i < 6; i++)
		id = id << 8 | seed[i];
	return id;
}

static void check_token(struct arena *a, const uint8_t *seed)
{
	enum token_kind kind = seed[7] & 1 ? TOKEN_PERSONAL : TOKEN_OAUTH, read_kind;
	char text[TOKEN_TEXT_LEN + 1];
	uint64_t id;

	token_write(&keys.locator, kind, id_of(seed), seed + 8, text);
	MUST(strlen(text) == TOKEN_TEXT_LEN);
	MUST(token_read(&keys.locator, str_from(text), &read_kind, &id) == TOKEN_OK);
	MUST(read_kind == kind && id == id_of(seed));
	struct str other = changed(a, str_from(text), seed[24], seed[25]);

	/* the prefix is no part of the checksum: one kind for another is told by the store */
	if (!str_eq(str_slice(other, 4, other.n), str_from(text + 4)))
		MUST(token_read(&keys.locator, other, &read_kind, &id) != TOKEN_OK);
	struct str shown = str_printf(a, "/a/%s/b", text);

	shown = redact(a, shown, NULL, 0, shown.n);
	MUST(!memmem(shown.p, shown.n, text + 4, 8));
}

static void check_refresh(struct arena *a, const uint8_t *seed)
{
	struct refresh_parts parts = {.family = id_of(seed), .generation = 1U + seed[6]}, read,
			     next;
	char text[REFRESH_TEXT_LEN + 1];
	uint8_t access[TOKEN_SECRET_LEN];

	memcpy(parts.secret, seed + 8, sizeof parts.secret);
	refresh_write(&keys, &parts, text);
	MUST(refresh_read(&keys, str_from(text), &read) == REFRESH_OK);
	MUST(read.family == parts.family && read.generation == parts.generation);
	MUST(memcmp(read.secret, parts.secret, sizeof read.secret) == 0);
	refresh_successor(&keys, str_from(text), &parts, &next, access);
	MUST(next.family == parts.family && next.generation == parts.generation + 1);
	struct str other = changed(a, str_from(text), seed[26], seed[27]);

	MUST(refresh_read(&keys, other, &read) != REFRESH_OK);
}

/* What nobody but us can have made. */
static void check_shown(struct str text)
{
	struct refresh_parts parts;
	enum token_kind kind;
	char sum[6];
	uint64_t id;

	if (token_read(&keys.locator, text, &kind, &id) == TOKEN_OK) {
		token_checksum(text.p + 4, sum);
		MUST(text.n == TOKEN_TEXT_LEN && memcmp(sum, text.p + 34, 6) == 0);
		MUST(id < (uint64_t)1 << 48);
	}
	if (code_locate(&keys.locator, text, &id))
		MUST(text.n == CODE_TEXT_LEN && id < (uint64_t)1 << 48);
	if (token_name_locate(&keys.locator, text, &id))
		MUST(text.n == TOKEN_NAME_LEN && id < (uint64_t)1 << 48);
	if (session_locate(&keys.locator, text, &id))
		MUST(text.n == SESSION_TEXT_LEN && id < (uint64_t)1 << 48);
	/* 128 bits that only the key makes */
	MUST(refresh_read(&keys, text, &parts) != REFRESH_OK);
}

static void check_typed(struct arena *a, struct str text)
{
	char code[USER_CODE_LEN + 1], recovery[RECOVERY_TEXT_LEN + 1], again[RECOVERY_TEXT_LEN + 1];
	bool used;

	if (user_code_read(text, code)) {
		MUST(strspn(code, "0123456789ABCDEF") == USER_CODE_LEN);
		MUST(user_code_read(user_code_show(a, code), again));
		MUST(strcmp(code, again) == 0);
	}
	if (recovery_code_read(text, recovery)) {
		MUST(recovery_code_read(str_from(recovery), again));
		MUST(strcmp(recovery, again) == 0);
	}
	if (totp_is_code(text))
		MUST(text.n == TOTP_DIGITS);
	if (pkce_check_request(text, STR("S256"), &used) == PKCE_OK && used)
		MUST(text.n == LIMIT_CHALLENGE);
	if (pkce_check_verifier(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), text) ==
		PKCE_OK)
		MUST(str_eq_c(text, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
	struct str shown = redact(a, text, NULL, 0, 200);

	MUST(!fuzz_splits(shown) && (!str_is_utf8(text) || str_is_utf8(shown)));
}

static void target(struct arena *a, struct str text)
{
	if (text.n >= MADE_OF) {
		uint8_t seed[MADE_OF];

		memcpy(seed, text.p, sizeof seed);
		check_token(a, seed);
		check_refresh(a, seed);
	}
	text = str_slice(text, MADE_OF, text.n);
	check_shown(text);
	check_typed(a, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
