/* The device authorization request: RFC 8628 3.1 and 3.2; GitHub reference 5.1. */
#ifndef LLAVERO_FLOW_DEVICE_H
#define LLAVERO_FLOW_DEVICE_H

#include "core/client_auth.h"
#include "core/scope.h"
#include "flow/check_app.h"
#include "flow/read_resources.h"
#include "store/device.h"

struct device_request {
	enum dialect edge;
	/* The GitHub dialect needs no secret; one that is sent must be right. */
	struct client_credentials credentials;
	struct str scope; /* STR_NONE when it was not sent */
	struct asked_resources resources;
	struct str details; /* RFC 9396: authorization_details */
	struct bound bound; /* for the token */
};

struct device_start {
	const struct device_request *request;
	struct client client;
	struct scope_set asked;
	struct bound bound;
	bool offline;
	struct refusal refusal;              /* when the result is STEP_REFUSE */
	char device_code[CODE_TEXT_LEN + 1]; /* when it is STEP_DONE */
	char user_code[USER_CODE_LEN + 1];
};

/* Runs the steps. Needs a write transaction. STEP_DONE, STEP_REFUSE or STEP_FAIL. */
enum step_result start_device(
	struct context *c, const struct device_request *request, struct device_start *out);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *start_device_step(size_t i);

#endif
