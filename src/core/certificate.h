/* Client certificates: RFC 8705, RFC 5280. Read by libcrypto; what it gives is compared here. */
#ifndef LLAVERO_CORE_CERTIFICATE_H
#define LLAVERO_CORE_CERTIFICATE_H

#include "base/arena.h"
#include "core/jwk.h"

enum { CERTIFICATE_THUMBPRINT_LEN = 43 }; /* base64url of SHA-256 */

struct certificate {
	struct str der; /* its own, without what followed */
	void *lib;      /* X509; lives as long as the arena */
	void *chain;    /* STACK_OF(X509): what was sent with it */
};

/* `ders`: one after the other, the client's own first. False when that is none, or too many. */
bool certificate_read(struct arena *a, struct str ders, struct certificate *out);
/* RFC 8705 3.1, "x5t#S256". */
void certificate_thumbprint(
	struct arena *a, struct str ders, char out[CERTIFICATE_THUMBPRINT_LEN + 1]);

/* RFC 8705 2.1.2: is the subject this name? `text` is in the form of RFC 4514. Names are compared
 * part by part (RFC 5280 7.1), not as text. False for a text that is none. */
bool certificate_has_subject(const struct certificate *c, struct str text);
/* Is it among the alternative names? */
enum alternative_name { NAME_DNS, NAME_URI, NAME_IP, NAME_EMAIL };
bool certificate_has_name(const struct certificate *c, enum alternative_name kind, struct str text);
/* The subject in the form of RFC 4514: evidence. */
struct str certificate_subject(struct arena *a, const struct certificate *c);
/* RFC 8705 2.2: the public key as a JWK. False when it is of a sort that is not ours. */
bool certificate_key(struct arena *a, const struct certificate *c, struct jwk *out);

/* The authorities that client certificates may come from. Shared by threads once it is there. */
struct authorities;
/* From a PEM file; NULL when it cannot be read or has no certificate in it. */
struct authorities *authorities_load(const char *file);
/* Replaces them by those of the file, on any thread. False, and nothing is changed, when it cannot
 * be read or has none. */
bool authorities_reload(struct authorities *a, const char *file);
void authorities_free(struct authorities *a);
/* Is it of one of these, for clients, and good at `now`? NULL when it is; else a word for what is
 * wrong, as in word.fault.<word> of the locales. `a` NULL: only its own dates are looked at. */
const char *certificate_fault(const struct certificate *c, struct authorities *a, int64_t now);

/* A header of a proxy: RFC 9440 (":base64:"), or the PEM text, percent-encoded, as nginx has it. */
bool certificate_from_header(struct arena *a, struct str value, struct str *der);

#endif
