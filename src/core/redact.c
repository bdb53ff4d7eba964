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

/* The longest of the secrets that stands here, and the letters and digits that touch its end: it
 * may be the beginning of a longer one. */
static size_t known_at(struct str text, size_t at, const struct str *secrets, size_t n)
{
	size_t longest = 0;

	for (size_t i = 0; i < n; i++)
		if (secrets[i].n >= SECRET_LEAST && secrets[i].n > longest &&
			str_starts(str_slice(text, at, text.n), secrets[i]))
			longest = secrets[i].n;
	return longest ? longest + run_at(text, at + longest) : 0;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* How many bytes at `at` must not be shown. */
static size_t secret_at(struct str text, size_t at, const struct str *secrets, size_t n)
{
	size_t known = known_at(text, at, secrets, n), run;

	if (at > 0 && is_word(text.p[at - 1]))
		return known;
	run = run_at(text, at);
	return larger(known, larger(token_at(text, at), run >= REDACT_RUN ? run : 0));
}

/* C0, DEL, C1 as UTF-8 writes it, and what is no UTF-8: how many bytes there are of it. */
static size_t unprintable_at(struct str text, size_t at, bool utf8)
{
	unsigned char c = (unsigned char)text.p[at];

	if (c < 0x20 || c == 0x7F || (c >= 0x80 && !utf8))
		return 1;
	return c == 0xC2 && (unsigned char)text.p[at + 1] <= 0x9F ? 2 : 0;
}

struct str redact(
	struct arena *a, struct str text, const struct str *secrets, size_t secrets_n, size_t most)
{
	bool utf8 = str_is_utf8(text);
	struct buf b;

	if (!str_is_set(text))
		return STR_NONE;
	buf_init(&b, a, most * GROWTH + ROOM);
	for (size_t i = 0, passed; i < text.n; i += passed) {
		/* Not inside a character. */
		if (i >= most && (!utf8 || ((unsigned char)text.p[i] & 0xC0) != 0x80)) {
			buf_add_c(&b, "…");
			break;
		}
		passed = secret_at(text, i, secrets, secrets_n);
		if (passed) {
			buf_addf(&b, "[%zu characters]", passed);
			continue;
		}
		passed = unprintable_at(text, i, utf8);
		if (passed == 0) {
			buf_add_char(&b, text.p[i]);
			passed = 1;
		} else {
			buf_add_char(&b, '?');
		}
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

struct str redact_client_id(struct arena *a, struct str id)
{
	if (!str_has_text(id) || looks_like_client_id(id))
		return id;
	return str_printf(a, "[%zu characters]", id.n);
}
