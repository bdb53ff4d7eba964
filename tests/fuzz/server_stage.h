/* The whole server in this process: one worker without a thread of its own, a database, a clock
 * that begins at the same moment for each input and a random stream that begins anew, so that an
 * input does the same each time. Nobody is asked for an address: nothing leaves the machine. */
#ifndef LLAVERO_TESTS_SERVER_STAGE_H
#define LLAVERO_TESTS_SERVER_STAGE_H

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>

#include "base/crypto.h"
#include "base/log.h"
#include "flow/resolve.h"
#include "flow/signing_keys.h"
#include "fuzz.h"
#include "github/github.h"
#include "oauth/oauth.h"
#include "server/demo.h"
#include "server/rehearse.h"
#include "server/secret_file.h"
#include "server/worker.h"
#include "store/account.h"
#include "web/web.h"

#define STAGE_ORIGIN "http://login.example"

enum { STAGE_NOW = 1900000000 };

struct stage {
	struct server server;
	struct worker worker;
	struct sockaddr_in address;
	char folder[32];
	sqlite3 *live, *clean; /* the database, and what it is set back to */
	int version;           /* of `live`, as SQLite counts others' commits */
};

static struct stage stage;

/* Instead of flow/resolve.c. */
bool resolve_host(const char *host, int64_t timeout_ms, struct resolved *out)
{
	(void)host;
	(void)timeout_ms;
	(void)out;
	return false;
}

static void stage_seed(struct random *r)
{
	static const uint8_t seed[32] = "every input has the same stream";

	MUST(random_seed(r, seed));
}

static void stage_clock(void)
{
	struct clock system;

	clock_init(&system);
	clock_set_offset(&stage.server.clock, (int64_t)STAGE_NOW * 1000000 - clock_now_us(&system));
}

static const char stage_settings[] =
	"base_url = " STAGE_ORIGIN "\n"
	"demo = on\nsignup = on\nregistration_dialects = both\n"
	"argon2_passes = 1\nargon2_memory = 8192\nlog_level = error\nmetrics = everyone\n"
	"api_rate_limit = 5000\nsignins_per_hour = 0\n"
	"trusted_proxies = 127.0.0.1\nclient_cert_header = on\n";

static void stage_configure(void)
{
	char path[64], file[80], data[80], problem[256] = "", *argv[] = {file, data, NULL};
	int fd = fuzz_file(str_from(stage_settings), path), argc = 2;

	snprintf(stage.folder, sizeof stage.folder, "/dev/shm/llavero-XXXXXX");
	MUST(mkdtemp(stage.folder));
	snprintf(file, sizeof file, "--config=%s", path);
	snprintf(data, sizeof data, "--data=%s", stage.folder);
	MUST(config_load(&stage.server.config, &argc, argv, problem) && argc == 0);
	MUST(rehearsal_decide(&stage.server.config, problem));
	close(fd);
	log_configure(LOG_ERROR, STDERR_FILENO);
}

static void stage_make_keys(struct store *store)
{
	struct arena a;
	const struct key_change change = {
		store, &a, &stage.server.config.settings, STR("housekeeping")};

	arena_init(&a, 8 << 20);
	MUST(signing_keys_tend(&change, true) == DB_OK);
	arena_release(&a);
}

/* The demo's user may see what operators see. */
static enum db_status stage_make_admin(struct store *store, void *arena)
{
	struct account user;
	enum db_status status = account_by_login(store, arena, STR("octocat"), &user);

	return status == DB_OK ? account_set_admin(store, user.id, true) : status;
}

static void stage_fill(void)
{
	static struct random random;
	struct server *s = &stage.server;
	char problem[256] = "";
	struct store store;
	struct arena a;

	stage_seed(&random);
	rate_limits_init(&s->rates, &random);
	rate_limits_init(&s->attempts, &random);
	MUST(store_open(&store, s->config.database_url, true, &random, &s->clock, problem));
	MUST(rehearsal_prepare(s, &store, problem) && demo_prepare(&s->config, &store, problem));
	arena_init(&a, 1 << 20);
	MUST(store_write(&store, stage_make_admin, &a) == DB_OK);
	arena_release(&a);
	stage_make_keys(&store);
	store_close(&store);
}

static int stage_listen(void)
{
	socklen_t n = sizeof stage.address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	stage.address = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	MUST(fd >= 0 && bind(fd, (struct sockaddr *)&stage.address, n) == 0);
	MUST(getsockname(fd, (struct sockaddr *)&stage.address, &n) == 0 && listen(fd, 16) == 0);
	return fd;
}

static void stage_open(void)
{
	const struct http_route *tables[] = {
		server_routes, github_routes, oauth_routes, web_routes};
	struct server *s = &stage.server;
	char problem[256] = "";

	signal(SIGPIPE, SIG_IGN);
	MUST(crypto_start());
	stage_configure();
	clock_init(&s->clock);
	stage_clock();
	s->started_at = STAGE_NOW;
	stage_fill();
	s->jobs = jobs_start(1, 64);
	s->fetches = jobs_start(1, 64);
	s->router = http_router_new(tables, sizeof tables / sizeof tables[0]);
	MUST(s->jobs && s->fetches && s->router);
	MUST(worker_open(&stage.worker, s, 0, (const int[2]){stage_listen(), -1}, problem));
}

static void stage_close(void)
{
	static const char *const names[] = {
		"llavero.db", "llavero.db-wal", "llavero.db-shm", "demo.json"};
	char path[64];

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", stage.folder, names[i]);
		unlink(path);
	}
	rmdir(stage.folder);
}

static void stage_copy(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", from, "main");

	MUST(copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE);
	MUST(sqlite3_backup_finish(copy) == SQLITE_OK);
}

static int stage_version(void)
{
	sqlite3_stmt *ask;
	int version;

	MUST(sqlite3_prepare_v2(stage.live, "PRAGMA data_version", -1, &ask, NULL) == SQLITE_OK);
	MUST(sqlite3_step(ask) == SQLITE_ROW);
	version = sqlite3_column_int(ask, 0);
	sqlite3_finalize(ask);
	return version;
}

/* What the database holds now is what every input begins with. */
static void stage_keep(void)
{
	MUST(sqlite3_open(db_file_of(stage.server.config.database_url), &stage.live) == SQLITE_OK);
	MUST(sqlite3_open(":memory:", &stage.clean) == SQLITE_OK);
	stage_copy(stage.clean, stage.live);
	stage.version = stage_version();
}

static void stage_reset(void)
{
	struct server *s = &stage.server;
	struct random unseeded;

	if (stage.clean && stage_version() != stage.version) {
		stage_copy(stage.live, stage.clean);
		stage.version = stage_version();
	}
	store_drop_lease(&stage.worker.store);
	stage_clock();
	stage_seed(&stage.worker.random);
	/* With another key nobody is known any more. */
	random_init(&unseeded);
	rate_limits_init(&s->rates, &unseeded);
	rate_limits_init(&s->attempts, &unseeded);
}

static bool stage_is_busy(void)
{
	return stage.worker.jobs_out || stage.worker.held || stage.worker.delayed;
}

/* Turns until nothing is left to do. */
static void stage_run(void)
{
	bool answers = true;

	for (int quiet = 0; quiet < 2;) {
		worker_turn(&stage.worker, stage.worker.jobs_out ? 5 : 0, &answers);
		quiet = answers || stage_is_busy() ? 0 : quiet + 1;
	}
}

/* The client's end of a new connection. Closed, it leaves nothing behind in the kernel. */
static int stage_connect(void)
{
	const struct linger at_once = {1, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0 && connect(fd, (const struct sockaddr *)(const void *)&stage.address,
				sizeof stage.address) == 0);
	MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
	return fd;
}

#endif
