/* The form of a client's key set: RFC 7517 4 and 5, RFC 7518 6, RFC 8037 2. Whether the keys work
 * is for those who use them to find out. */
#include <jansson.h>
#include <string.h>

#include "base/json_object.h"
#include "core/client_metadata.h"

/* RFC 7518 6.2.2, 6.3.2 and 6.4.1: members that only the owner of a key may know. */
static bool is_private(const json_t *key)
{
	static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (json_object_get(key, names[i]))
			return true;
	return false;
}

static bool is_base64url(const json_t *value, size_t least)
{
	const char *text = json_string_value(value);

	return text && json_string_length(value) >= least &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
		       json_string_length(value);
}

static bool has_form(const json_t *key)
{
	enum { RSA_2048 = 342, EC_256 = 43, OKP_256 = 43 }; /* characters of base64url */
	struct str kty = str_from(json_string_value(json_object_get(key, "kty")));

	if (str_eq_c(kty, "RSA"))
		return is_base64url(json_object_get(key, "n"), RSA_2048) &&
		       is_base64url(json_object_get(key, "e"), 1);
	if (str_eq_c(kty, "EC"))
		return json_is_string(json_object_get(key, "crv")) &&
		       is_base64url(json_object_get(key, "x"), EC_256) &&
		       is_base64url(json_object_get(key, "y"), EC_256);
	return str_eq_c(kty, "OKP") && json_is_string(json_object_get(key, "crv")) &&
	       is_base64url(json_object_get(key, "x"), OKP_256);
}

const char *client_keys_fault(struct arena *a, struct str text)
{
	void *root;

	if (text.n > LIMIT_JWKS || json_parse(a, text, &root) != JSON_READ)
		return "keys_form";
	const json_t *keys = json_object_get(root, "keys");

	if (!json_is_array(keys) || json_array_size(keys) == 0 ||
		json_array_size(keys) > LIMIT_JWKS_KEYS)
		return "keys_form";
	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *key = json_array_get(keys, i);

		if (is_private(key))
			return "keys_private";
		if (!has_form(key))
			return "keys_form";
	}
	return NULL;
}
