/* Faults that an app developer has scripted for an app: what goes wrong with its next requests.
 * Kept in memory, per process: a restart forgets them. */
#ifndef LLAVERO_FLOW_FAULTS_H
#define LLAVERO_FLOW_FAULTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/limits.h"
#include "base/str.h"

enum fault_kind {
	FAULT_NONE,
	FAULT_SERVER_ERROR,      /* 500, nothing is done */
	FAULT_TIMEOUT,           /* nothing is done, and 504 only after a while */
	FAULT_SLOW_DOWN,         /* the token endpoint is asked too often */
	FAULT_DROP_AFTER_COMMIT, /* all is done, and nothing is answered */
	FAULT_EXPIRED_KEY,       /* a JWT is signed with a key that no JWKS has: flow/signing.h */
	FAULT_KINDS,
};

/* What a request is. */
enum fault_place {
	FAULT_AT_TOKEN,  /* the token endpoint, but for */
	FAULT_AT_POLL,   /* a device's poll there */
	FAULT_AT_DEVICE, /* a device asks for codes */
	FAULT_AT_API,
	FAULT_AT_AUTHORIZE,
	FAULT_AT_SIGNATURE, /* no request: a JWT for the app is signed */
};

/* What a script is for, as its author names it. */
enum fault_endpoint {
	FAULT_ENDPOINT_ANY,
	FAULT_ENDPOINT_TOKEN,  /* polls included */
	FAULT_ENDPOINT_DEVICE, /* codes and polls */
	FAULT_ENDPOINT_API,
	FAULT_ENDPOINT_AUTHORIZE,
	FAULT_ENDPOINTS,
};

struct fault {
	char client_id[LIMIT_CLIENT_ID + 1];
	enum fault_kind kind;
	enum fault_endpoint endpoint;
	int64_t left; /* requests */
	int64_t seconds;
};

struct faults {
	pthread_mutex_t lock;
	struct fault list[LIMIT_FAULTS]; /* oldest first */
	_Atomic size_t n;                /* changed under the lock */
};

void faults_init(struct faults *f);
/* Can this fault happen at this endpoint at all? */
bool fault_fits(enum fault_kind kind, enum fault_endpoint endpoint);
/* Adds a script behind the others. False when the table is full. */
bool faults_add(struct faults *f, const struct fault *fault);
/* Takes one request of the oldest script that is for it; `*seconds` is that script's. FAULT_NONE
 * when there is none. */
enum fault_kind faults_take(
	struct faults *f, struct str client_id, enum fault_place place, int64_t *seconds);
/* A copy of the list. `out` has room for LIMIT_FAULTS; returns how many there are. */
size_t faults_list(struct faults *f, struct fault *out);
/* Removes those of an app, or all when `client_id` is absent; returns how many. */
size_t faults_clear(struct faults *f, struct str client_id);

/* "server_error", "token"; and back. FAULT_NONE and FAULT_ENDPOINTS when there is no such word. */
const char *fault_kind_word(enum fault_kind kind);
enum fault_kind fault_kind_of(struct str word);
const char *fault_endpoint_word(enum fault_endpoint endpoint);
enum fault_endpoint fault_endpoint_of(struct str word);

#endif
