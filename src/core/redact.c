#include "core/redact.h"

#include "base/buf.h"

enum { SECRET_LEAST = 8, PREFIXED_LEAST = 8, GROWTH = 4, ROOM = 64 };

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t run_at(struct str text, size_t at)
{
	size_t i = at;

	while (i < text.n && is_word(text.p[i]))
		i++;
	return i - at;
}

/* "gho_..." and its kin: the prefix names the kind, the rest is the secret. */
static size_t token_at(struct str text, size_t at)
{
	struct str rest = str_slice(text, at, text.n);

	if (rest.n < 4 || !str_starts(rest, STR("gh")) || rest.p[3] != '_')
		return 0;
	size_t run = run_at(rest, 4);

	return run >= PREFIXED_LEAST ? run + 4 : 0;
}

static size_t known_at(struct str text, size_t at, const struct str *secrets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (secrets[i].n >= SECRET_LEAST &&
			str_starts(str_slice(text, at, text.n), secrets[i]))
			return secrets[i].n;
	return 0;
}

/* How many bytes at `at` must not be shown. */
static size_t secret_at(struct str text, size_t at, const struct str *secrets, size_t n)
{
	size_t known = known_at(text, at, secrets, n), token, run;

	if (known)
		return known;
	if (at > 0 && is_word(text.p[at - 1]))
		return 0;
	token = token_at(text, at);
	run = run_at(text, at);
	return token ? token : run >= REDACT_RUN ? run : 0;
}

struct str redact(
	struct arena *a, struct str text, const struct str *secrets, size_t secrets_n, size_t most)
{
	bool utf8 = str_is_utf8(text);
	struct buf b;

	if (!str_is_set(text))
		return STR_NONE;
	buf_init(&b, a, most * GROWTH + ROOM);
	for (size_t i = 0; i < text.n;) {
		size_t hidden = secret_at(text, i, secrets, secrets_n);
		unsigned char c = (unsigned char)text.p[i];

		/* Not inside a character. */
		if (i >= most && (c & 0xC0) != 0x80) {
			buf_add_c(&b, "…");
			break;
		}
		if (hidden) {
			buf_addf(&b, "[%zu characters]", hidden);
			i += hidden;
			continue;
		}
		buf_add_char(&b, c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8) ? '?' : (char)c);
		i++;
	}
	return buf_str(&b);
}

static bool all_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

bool looks_like_client_id(struct str text)
{
	/* "Ov23" of OAuth Apps, ours and GitHub's; "Iv1." and "Iv23" of GitHub Apps; the 20 hex
	 * digits that both had before. */
	if (text.n == 20 && (str_starts(text, STR("Ov23")) || str_starts(text, STR("Iv23"))))
		return run_at(text, 0) == text.n;
	if (text.n == 20 && str_starts(text, STR("Iv1.")))
		return all_hex(str_slice(text, 4, text.n));
	return text.n == 20 && all_hex(text);
}
