/* Client ids that are URLs: client ID metadata documents,
 * draft-ietf-oauth-client-id-metadata-document section 3. Compared byte for byte, so nothing is
 * normalised here (MCP-07). */
#ifndef LLAVERO_CORE_CLIENT_URL_H
#define LLAVERO_CORE_CLIENT_URL_H

#include "core/redirect_uri.h"

enum client_url_fault {
	CLIENT_URL_OK,
	CLIENT_URL_TOO_LONG, /* over LIMIT_CLIENT_URL */
	CLIENT_URL_FORM,   /* not a URL as core/redirect_uri.h reads them: user-info, fragment, dot
			    * segments, characters, a host that is no name or address */
	CLIENT_URL_SCHEME, /* not https; `local` allows http to a loopback host */
	CLIENT_URL_NO_PATH,
	CLIENT_URL_QUERY,
	CLIENT_URL_PORT, /* below 1024 and not 443: no service that speaks https */
};

/* Does the text claim to be one? Whoever registers otherwise never gets such a client id (MCP-11).
 * Also what begins with "http:", so that a mistake is told as such. */
bool is_client_url(struct str client_id);
/* Is it a good one? `local`: this is a rehearsal. On CLIENT_URL_OK `out` is filled. */
enum client_url_fault client_url_parse(struct str client_id, bool local, struct redirect_uri *out);
/* One word for it: word.fault.<word> of the locales. */
const char *client_url_fault_word(enum client_url_fault fault);
/* May a client id be so long? URLs may be longer than those we make. */
bool client_id_fits(struct str client_id);

#endif
