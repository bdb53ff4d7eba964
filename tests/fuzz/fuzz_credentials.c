/* Who a program says that it is: the Authorization header on the first line, then client_id,
 * client_secret, client_assertion. RFC 6749 2.3.1, RFC 6750 2.1, RFC 7617. */
#include "base/crypto.h"
#include "core/client_auth.h"
#include "fuzz.h"

/* What was read of a Basic header, written as one, is read the same. */
static void check_basic(struct arena *a, struct str header)
{
	struct str user, password, again_user, again_password;

	if (!client_auth_read_basic(a, header, &user, &password))
		return;
	struct str both = str_printf(a, "%.*s:%.*s", STR_ARG(user), STR_ARG(password));
	struct str text = base64_encode(a, both.p, both.n);
	struct str again = str_printf(a, "Basic %.*s", STR_ARG(text));

	MUST(!str_has_char(user, ':') && !str_has_char(both, '\0'));
	MUST(client_auth_read_basic(a, again, &again_user, &again_password));
	MUST(str_eq(user, again_user) && str_eq(password, again_password));
}

static void check_token(struct arena *a, struct str header)
{
	struct str token;

	if (client_auth_read_token(a, header, &token))
		MUST(str_has_text(token));
	if (client_auth_read_dpop(header, &token))
		MUST(str_has_text(token) && token.n < header.n);
}

static void target(struct arena *a, struct str text)
{
	struct str header = fuzz_line(&text), id = fuzz_line(&text), secret = fuzz_line(&text);
	struct client_credentials c = {0};
	enum client_auth_fault fault = client_auth_read(a, header, id, secret, &c);

	MUST(c.fault == fault);
	MUST((fault == CLIENT_AUTH_MALFORMED_BASIC) == (c.basic_fault != NULL));
	if (fault == CLIENT_AUTH_OK && !c.from_basic) {
		MUST(!str_has_text(id) || str_eq(c.client_id, id));
		MUST(!str_has_text(secret) || str_eq(c.client_secret, secret));
	}
	MUST(c.from_basic || !str_is_set(c.raw_secret) || str_eq(c.raw_secret, secret));
	client_auth_take_assertion(
		a, text, STR("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), &c);
	check_basic(a, header);
	check_token(a, header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run(data, n, target);
}
