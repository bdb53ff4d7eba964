/* Handlers of /login/oauth/ and what they share. */
#ifndef LLAVERO_GITHUB_OAUTH_H
#define LLAVERO_GITHUB_OAUTH_H

#include "github/github.h"

/* GET: the authorization request. POST: the person's decision on the consent page. */
http_handler github_authorize;
http_handler github_authorize_decide;
/* The account picker by its own URL, and its answer. Reference 2.4. */
http_handler github_select_account;
http_handler github_account_selected;
/* The token endpoint. Reference section 3. */
http_handler github_access_token;
http_handler github_access_token_by_get;
/* RFC 8414 metadata at the place GitHub serves it. Reference section 11. */
http_handler github_metadata;

/* How a reply is written. Reference 3.2. */
enum reply_format { FORMAT_FORM, FORMAT_JSON, FORMAT_XML, FORMAT_NONE /* 406 */ };
enum reply_format github_negotiate(struct str accept);

struct reply_field {
	const char *name;
	struct str value;
	bool is_number; /* in JSON without quotes */
};

/* Writes the fields in the given order; a form is sorted by name (GitHub's is alphabetical). */
void github_reply_fields(struct http_request *req, struct http_reply *rep, int status,
	enum reply_format format, const struct reply_field *fields, size_t n);

/* The parameters of a program's request, from its body (form or JSON) and its query string. */
enum read_status {
	READ_OK,
	READ_BAD_ENCODING, /* 400: malformed escapes, JSON, NUL or bad UTF-8, too many */
	READ_BAD_TYPE,     /* 415: a body of another type */
};
enum read_status github_read_params(struct http_request *req, struct params *out);

#endif
