/* What a request object says (RFC 9101 4): an authorization request as the claims of a JWT. */
#ifndef LLAVERO_CORE_REQUEST_OBJECT_H
#define LLAVERO_CORE_REQUEST_OBJECT_H

#include "base/form.h"
#include "base/json_body.h"

/* Its claims as parameters: texts as they are, numbers in digits, objects and lists as JSON, but a
 * list of texts named `resource` as so many parameters. What is about the JWT itself (iss, aud, exp
 * and so on) is left out. False: more than LIMIT_PARAMS. */
bool request_object_params(struct arena *a, const struct json_body *claims, struct params *out);

#endif
