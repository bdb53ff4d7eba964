#include "flow/password_job.h"

void password_job_init(struct context *c, struct password_job *job)
{
	job->passes = (unsigned long long)c->settings->argon2_passes;
	job->memory_kib = (size_t)c->settings->argon2_memory_kib;
}

static void compare(struct password_job *job)
{
	char unused[PASSWORD_HASH_LEN];

	if (job->hash) {
		job->matches = password_matches(job->given, job->hash, &job->failed);
		return;
	}
	job->failed = !password_hash(job->given, job->passes, job->memory_kib, unused);
	wipe(unused, sizeof unused);
}

void password_job_work(void *arg)
{
	struct password_job *job = arg;

	if (str_is_set(job->given))
		compare(job);
	if (str_is_set(job->wanted) && (job->matches || !str_is_set(job->given)))
		job->failed = !password_hash(job->wanted, job->passes, job->memory_kib, job->made);
}
