/* What the settings say of TLS. */
#ifndef LLAVERO_SERVER_TLS_H
#define LLAVERO_SERVER_TLS_H

#include "server/server.h"

/* Checks the settings together and, when they name a certificate, loads it. Without one, an
 * address that others can reach is refused, unless a proxy in front speaks https or the operator
 * allows it (assurance A219). False with a sentence in `problem`. */
bool tls_start(struct server *s, char problem[256]);
/* Reads the files that the settings name and forgets them: when the certificate ends (seconds since
 * 1970), and whether others than its owner can read the key. False with a sentence in `problem`. */
bool tls_look(const struct config *c, int64_t *ends_at, bool *key_is_readable, char problem[256]);
/* Reads the files again; the former certificate stays when that fails. What came of it is logged.
 */
void tls_reload(struct server *s);

#endif
