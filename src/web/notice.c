#include "web/notice.h"

#include "base/buf.h"
#include "base/crypto.h"

/* NUMBER.KIND.HEX.MAC: a message, "g" or "b", the app's name, and the proof that we wrote them. */
enum { NOTICE_S = 60, MAC_LEN = 43, NAME_MAX_BYTES = 512 };

static struct str mac_of(struct arena *a, const uint8_t *key, struct str text)
{
	uint8_t mac[SHA256_LEN];

	hmac_sha256(key, SHA256_LEN, str_printf(a, "notice %.*s", STR_ARG(text)), mac);
	return base64url_encode(a, mac, sizeof mac);
}

struct str notice_encode(struct arena *a, const uint8_t *key, const struct notice *n)
{
	size_t bytes = n->app.n < NAME_MAX_BYTES ? n->app.n : 0;
	char *hex = arena_alloc(a, 2 * bytes + 1);

	hex_encode(n->app.p, bytes, hex);
	struct str text = str_printf(a, "%d.%c.%s", (int)n->message, n->bad ? 'b' : 'g', hex);

	return str_printf(a, "%.*s.%.*s", STR_ARG(text), STR_ARG(mac_of(a, key, text)));
}

bool notice_decode(struct arena *a, const uint8_t *key, struct str text, struct notice *out)
{
	struct str rest, number, kind, hex;
	int64_t message;

	if (text.n < MAC_LEN + 1 || text.p[text.n - MAC_LEN - 1] != '.')
		return false;
	rest = str_slice(text, 0, text.n - MAC_LEN - 1);
	if (!ct_equal_str(str_slice(text, text.n - MAC_LEN, text.n), mac_of(a, key, rest)))
		return false;
	if (!str_next(&rest, '.', &number) || !str_next(&rest, '.', &kind) ||
		!str_next(&rest, '.', &hex) || !str_to_i64(number, &message) || message >= MESSAGES)
		return false;
	char *app = arena_alloc(a, hex.n / 2 + 1);

	if (!hex_decode(hex, (uint8_t *)app, hex.n / 2))
		return false;
	*out = (struct notice){(enum message)message, str_eq_c(kind, "b"), {app, hex.n / 2}};
	return true;
}

void notice_leave(
	struct context *c, struct http_request *req, struct http_reply *rep, const struct notice *n)
{
	web_set_cookie(c, req, rep, COOKIE_NOTICE, notice_encode(c->arena, c->store->form_key, n),
		NOTICE_S);
}

struct notice notice_take(struct context *c, struct http_request *req, struct http_reply *rep)
{
	struct str cookie = web_cookie(c, req, COOKIE_NOTICE);
	struct notice n = {MSG_NONE, false, STR_NONE};

	if (!str_has_text(cookie))
		return n;
	web_set_cookie(c, req, rep, COOKIE_NOTICE, STR(""), 0);
	if (!notice_decode(c->arena, c->store->form_key, cookie, &n))
		n.message = MSG_NONE;
	return n;
}
