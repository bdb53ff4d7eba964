#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/limits.h"
#include "command/doctor.h"
#include "server/descriptors.h"
#include "server/tls.h"

enum {
	PATH_MOST = 1100,
	SPACE_LEAST_MB = 1024,
	SECONDS_A_DAY = 86400,
	CERTIFICATE_DAYS = 14,
};

/* A secret is in it: others may not read it. */
static void look_at_file(struct checkup *c, const char *path, const char *what)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		found(c, FINDING_PROBLEM, "Take the rights of others away: chmod go= FILE.",
			"others than its owner have rights to %s, %s (mode %o)", what, path,
			(unsigned)(st.st_mode & 07777));
	else if (geteuid() != 0 && access(path, R_OK | W_OK) != 0)
		found(c, FINDING_PROBLEM, "Run as the user whose it is.",
			"%s, %s, cannot be read and written by this user", what, path);
}

void doctor_files(struct checkup *c)
{
	const struct config *config = &c->call->config;
	const char *database = db_file_of(config->database_url);
	static const char *const names[] = {"demo.json", "rehearsal.json"};
	char path[PATH_MOST];

	look_at_file(c, config->data, "the data folder");
	if (database)
		look_at_file(c, database, "the database");
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", config->data, names[i]);
		look_at_file(c, path, "what the server has left");
	}
	if (*config->tls_key && access(config->tls_key, R_OK) != 0)
		found(c, FINDING_PROBLEM, "Run as a user who may read it.",
			"tls_key, %s, cannot be read: %s", config->tls_key, strerror(errno));
}

void doctor_certificate(struct checkup *c)
{
	const struct config *config = &c->call->config;
	struct clock real;
	char problem[256];
	bool key_is_readable;
	int64_t ends_at;

	if (!*config->tls_certificate || !*config->tls_key)
		return;
	if (!tls_look(config, &ends_at, &key_is_readable, problem)) {
		found(c, FINDING_PROBLEM, NULL, "%s", problem);
		return;
	}
	clock_init(&real);
	int64_t left_s = ends_at - clock_now_s(&real);

	if (left_s <= 0)
		found(c, FINDING_PROBLEM, "Renew it, and send the server SIGHUP.", "%s has expired",
			config->tls_certificate);
	else if (left_s < (int64_t)CERTIFICATE_DAYS * SECONDS_A_DAY)
		found(c, FINDING_WARNING, "Renew it, and send the server SIGHUP.",
			"%s expires in %lld days", config->tls_certificate,
			(long long)(left_s / SECONDS_A_DAY));
	if (key_is_readable)
		found(c, FINDING_PROBLEM, "Take the rights of others away: chmod go= FILE.",
			"others than its owner can read tls_key, %s", config->tls_key);
}

/* Where locks and shared memory are not what SQLite needs: linux/magic.h. */
static bool is_far_away(const struct statfs *fs)
{
	static const uint32_t kinds[] = {0x6969 /* NFS */, 0xFF534D42 /* CIFS */,
		0xFE534D42 /* SMB2 */, 0x01021997 /* 9P */};
	bool far = false;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		far = far || (uint32_t)fs->f_type == kinds[i];
	return far;
}

void doctor_disk(struct checkup *c)
{
	const char *database = db_file_of(c->call->config.database_url);
	char path[PATH_MOST];
	struct statfs fs;

	if (!database || strcmp(database, ":memory:") == 0)
		return;
	snprintf(path, sizeof path, "%s", database);
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
	if (statfs(slash ? (*path ? path : "/") : ".", &fs) != 0) {
		found(c, FINDING_NOTE, NULL, "the folder of the database, %s, is not there yet",
			path);
		return;
	}
	uint64_t free_mb = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize >> 20;

	if (is_far_away(&fs))
		found(c, FINDING_PROBLEM, "Put it on a disk of this machine, or use PostgreSQL.",
			"the database, %s, is on a network file system, where SQLite loses data",
			database);
	if (free_mb < SPACE_LEAST_MB)
		found(c, FINDING_WARNING, "Make room: without it nothing can be written.",
			"%llu MB are free where the database is", (unsigned long long)free_mb);
}

void doctor_descriptors(struct checkup *c)
{
	const struct config *config = &c->call->config;
	unsigned workers = config->workers ? (unsigned)config->workers : 4;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
		limit.rlim_max < descriptors_wanted(config, workers))
		found(c, FINDING_WARNING,
			"Raise the limit (LimitNOFILE in systemd), or lower max_connections.",
			"max_connections is %lld for each worker, but this user's processes may "
			"have %llu "
			"files open: the server takes fewer connections",
			(long long)config->max_connections, (unsigned long long)limit.rlim_max);
}

/* Whoever gets to run code in the server is then nobody. */
void doctor_user(struct checkup *c)
{
	const struct config *config = &c->call->config;

	if (geteuid() == 0 && !*config->user)
		found(c, FINDING_WARNING,
			"Start it as a user of its own (packaging/systemd), or set user.",
			"this is root, and the server would be root too");
	if (!config->confine)
		found(c, FINDING_WARNING, "Set confine = on.",
			"confine is off: the server keeps all system calls");
}

/* Codes, assertions and one-time codes are good for minutes: a clock that runs away breaks them. */
void doctor_clock(struct checkup *c)
{
	struct timex t = {0};

	if (adjtimex(&t) == TIME_ERROR || (t.status & STA_UNSYNC))
		found(c, FINDING_WARNING, "Run chrony or systemd-timesyncd.",
			"nothing keeps this machine's clock right");
}
