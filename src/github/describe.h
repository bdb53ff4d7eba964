/* What a request of the GitHub dialect was like: its requests in the words of explain/describe.h.
 */
#ifndef LLAVERO_GITHUB_DESCRIBE_H
#define LLAVERO_GITHUB_DESCRIBE_H

#include "explain/describe.h"
#include "http/http.h"

/* `p` may be NULL when the parameters could not be read. Lives as long as the request. */
const struct described *github_described(const struct http_request *req, const struct params *p);
/* A request of the API. */
void github_describe_api(struct context *c, const struct http_request *req);

#endif
