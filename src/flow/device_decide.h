/* A person decides about a device: RFC 8628 3.3 and 5.4; GitHub reference 5.2. */
#ifndef LLAVERO_FLOW_DEVICE_DECIDE_H
#define LLAVERO_FLOW_DEVICE_DECIDE_H

#include "flow/authorize.h"
#include "store/device.h"

enum device_outcome {
	DEVICE_ASK,          /* show what it is about */
	DEVICE_VERIFY_EMAIL, /* the account has no verified address */
	DEVICE_APPROVED,
	DEVICE_DENIED,
	DEVICE_EXPIRED,
	DEVICE_NOT_FOUND, /* no such code, decided already, or not entered in this session */
};

struct device_decision {
	const struct account *account; /* who is signed in, */
	uint64_t session_id;           /* where, */
	struct signed_on signed_on;    /* and how */
	struct str typed;              /* the user code */
	enum authorize_decision decision;

	char user_code[USER_CODE_LEN + 1];
	struct device device;
	struct app app;
	struct scope_set granted, scopes; /* allowed before; what the device will get */
	bool has_grant;
	struct bound bound;          /* what the code is bound to as it was asked for */
	enum device_outcome outcome; /* unless the result is STEP_FAIL */
};

/* Runs the steps. Needs a write transaction when `decision` is one. Consent is always asked for,
 * whatever was allowed before. STEP_DONE: `outcome` says how it ended; or STEP_FAIL. */
enum step_result decide_device(struct context *c, struct device_decision *d);

/* The name of step `i`, NULL past the last; for the test that holds their order. */
const char *decide_device_step(size_t i);

#endif
