/* A person types the code that a device shows: RFC 8628 3.3 and 5.1; GitHub reference 5.2, 5.6. */
#ifndef LLAVERO_FLOW_DEVICE_ENTER_H
#define LLAVERO_FLOW_DEVICE_ENTER_H

#include "flow/context.h"
#include "store/device.h"

enum device_entered {
	DEVICE_ENTERED,   /* this session may now decide */
	DEVICE_UNKNOWN,   /* never given, expired, or decided: told alike (assurance A109) */
	DEVICE_THROTTLED, /* too many wrong codes, or too many codes of this app */
	DEVICE_FAILED,    /* c->failed is set */
};

struct device_entry {
	const struct account *account; /* who is signed in, */
	uint64_t session_id;           /* and where */
	struct str typed;
	char user_code[USER_CODE_LEN + 1]; /* of DEVICE_ENTERED */
	int64_t retry_after_s;             /* of DEVICE_THROTTLED */
};

/* Needs a write transaction. Wrong codes are counted per account and per address. */
enum device_entered enter_device_code(struct context *c, struct device_entry *e);

#endif
