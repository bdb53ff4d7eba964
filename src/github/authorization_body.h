/* The JSON bodies of /authorizations: GitHub reference 7.2. */
#ifndef LLAVERO_GITHUB_AUTHORIZATION_BODY_H
#define LLAVERO_GITHUB_AUTHORIZATION_BODY_H

#include "core/scope.h"
#include "github/api_body.h"

struct scope_list {
	bool is_set; /* the member is there and not null */
	struct scope_set set;
};

struct authorization_body {
	struct scope_list scopes, add_scopes, remove_scopes;
	/* Each STR_NONE when it is absent or null. */
	struct str note, note_url, fingerprint, client_id, client_secret;
	bool has_note, has_note_url, has_fingerprint; /* there, though perhaps null */
};

/* Reads and checks it. False: the refusal is the reply. */
bool github_authorization_body(struct context *c, struct http_request *req, struct http_reply *rep,
	struct authorization_body *out);

#endif
