/* The device flow's edge: GitHub reference section 5. */
#ifndef LLAVERO_GITHUB_DEVICE_CODE_H
#define LLAVERO_GITHUB_DEVICE_CODE_H

#include "core/client_auth.h"
#include "github/oauth.h"

/* POST /login/device/code */
http_handler github_device_code;
/* The device's grant at the token endpoint. */
void github_poll_device(struct context *c, struct http_request *req, struct http_reply *rep,
	const struct params *p, const struct client_credentials *given);

#endif
