/* TLS of the listening side. GnuTLS comes with libmicrohttpd, and hands its callback nothing of
 * ours, so the identity that is served is one for the whole process. */
#ifndef LLAVERO_HTTP_TLS_H
#define LLAVERO_HTTP_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* TLS 1.2 and 1.3, forward secrecy and authenticated encryption only (assurance A216; RFC 9325
 * 3.1.1, 4.1, 4.2). In the notation of GnuTLS. */
#define HTTP_TLS_PRIORITIES                                                                        \
	"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:"           \
	"-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:+AES-128-GCM:-SIGN-RSA-SHA1:"                 \
	"-SIGN-ECDSA-SHA1:%SERVER_PRECEDENCE"

struct http_tls_info {
	int64_t ends_at;      /* when the certificate expires, seconds since 1970 */
	bool key_is_readable; /* by others than the key file's owner */
};

/* Reads a certificate with its chain and the key that belongs to it (two files in PEM) and serves
 * them from the next handshake on; connections that are open go on with what they have. May be
 * called while daemons run. False, with a sentence in `problem` and with the former identity still
 * served, when a file cannot be read or understood or the key is another certificate's. */
bool http_tls_load(
	const char *certificate, const char *key, struct http_tls_info *info, char problem[256]);
/* Forgets the identity; handshakes fail from now on. */
void http_tls_unload(void);

/* The certificates that the client of a session (gnutls_session_t) has shown, in DER, one after the
 * other; STR_NONE when it has shown none. */
struct str http_tls_peer(void *session, struct arena *a);

/* The callback that gives a handshake the identity served now, for the library: a
 * gnutls_certificate_retrieve_function3. With `ask` the client is asked for a certificate, and may
 * leave it out: who needs one looks for it. Its type is not told here, because GnuTLS's header has
 * a `params` that is not ours. */
void (*http_tls_callback(bool ask))(void);

#endif
