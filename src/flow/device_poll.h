/* The device access token request, sent again and again: RFC 8628 3.4 and 3.5; GitHub reference
 * 5.3 to 5.5. */
#ifndef LLAVERO_FLOW_DEVICE_POLL_H
#define LLAVERO_FLOW_DEVICE_POLL_H

#include "core/client_auth.h"
#include "flow/context.h"
#include "flow/issue_token.h"
#include "flow/read_resources.h"
#include "flow/sender.h"
#include "store/device.h"

#define DEVICE_GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"

struct device_poll_request {
	enum dialect edge;
	/* The GitHub dialect needs no secret; one that is sent must be right. */
	struct client_credentials credentials;
	struct str grant_type, device_code; /* each STR_NONE when it was not sent */
	struct asked_resources resources;   /* of those that the device asked for at first; */
	struct str details;                 /* the same of authorization details */
	bool slow_down; /* a rehearsal: this poll is one too many, however late it comes */
};

struct device_polling {
	const struct device_poll_request *request;
	struct client client;
	bool proven; /* the client showed its secret */
	struct sender sender;
	struct device device;
	struct bound bound, for_token; /* of the device code; of the access token */
	int64_t interval_s;            /* with CAUSE_DEVICE_TOO_EARLY: how long to wait */
	int64_t waited_s;              /* since the poll before */
	struct refusal refusal;        /* when the result is STEP_REFUSE */
	struct issued issued;          /* when it is STEP_DONE */
};

/* Runs the steps. Needs a write transaction, to be committed on a refusal too: it remembers how the
 * device polls. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result poll_device(
	struct context *c, const struct device_poll_request *request, struct device_polling *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *poll_device_step(size_t i);

#endif
