/* Argon2id off the loop: checking a password, making the hash of a new one, or both. */
#ifndef LLAVERO_FLOW_PASSWORD_JOB_H
#define LLAVERO_FLOW_PASSWORD_JOB_H

#include "base/crypto.h"
#include "flow/context.h"

/* The first member of whatever a handler keeps while it waits. */
struct password_job {
	struct str given;  /* to be compared with `hash`; STR_NONE: nothing to compare */
	const char *hash;  /* NULL: no such account; as much time is spent (assurance A198) */
	struct str wanted; /* to be hashed into `made`, after `given` was right; or STR_NONE */
	unsigned long long passes;
	size_t memory_kib;
	bool matches, failed; /* `failed`: memory was lacking */
	char made[PASSWORD_HASH_LEN];
};

/* Takes the cost from the settings. The texts must outlive the job. */
void password_job_init(struct context *c, struct password_job *job);
/* For rep->job.work; `job` is a struct password_job. */
void password_job_work(void *job);

#endif
