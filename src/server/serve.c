/* llavero serve: start, run, stop. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/log.h"
#include "core/certificate.h"
#include "github/github.h"
#include "http/tls.h"
#include "oauth/oauth.h"
#include "rehearsal/rehearsal.h"
#include "server/confine.h"
#include "server/database_clock.h"
#include "server/demo.h"
#include "server/descriptors.h"
#include "server/give_back.h"
#include "server/listen.h"
#include "server/rehearse.h"
#include "server/scopes_file.h"
#include "server/set_back.h"
#include "server/supervisor.h"
#include "server/tls.h"
#include "server/upkeep.h"
#include "server/worker.h"
#include "store/instance_keys.h"
#include "store/served_at.h"
#include "web/web.h"

enum { WORKERS_MAX = 64, JOB_QUEUE = 256 };

static unsigned processors(unsigned most)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned long)n > most ? most : (unsigned)n;
}

static bool make_router(struct server *s)
{
	const struct settings *settings = &s->config.settings;
	const struct http_route *tables[6] = {
		server_routes, github_routes, oauth_routes, web_routes};
	size_t n = 4;

	if (settings->demo)
		tables[n++] = web_demo_routes;
	if (settings->rehearsal)
		tables[n++] = rehearsal_routes;
	s->router = http_router_new(tables, n);
	return s->router != NULL;
}

static bool make_data_folder(const struct config *c, char problem[256])
{
	if (*c->database && !c->settings.demo && !c->settings.rehearsal)
		return true;
	if (mkdir(c->data, 0700) == 0 || errno == EEXIST)
		return true;
	snprintf(problem, 256, "the folder '%.150s' cannot be made: %s", c->data, strerror(errno));
	return false;
}

static enum db_status note_base_url(struct store *store, void *context)
{
	struct server *s = context;

	return served_at_put(store, &s->config.texts, s->config.settings.base_url);
}

/* Whoever can write the database could put keys of their own into it, unsealed. */
static void tell_of_keys(struct store *store)
{
	struct instance_keys_state state;

	if (instance_keys_look(store->db, &state) != DB_OK)
		return;
	if (master_key_is_there() && state.form == INSTANCE_KEYS_OPEN)
		LOG(LOG_WARN, "the database's keys are not sealed: run llavero vault seal",
			LOG_CSTR("master_key", master_key_name()));
	if (state.form == INSTANCE_KEYS_OLD)
		LOG(LOG_WARN,
			"the database's keys are sealed under the old master key: run llavero "
			"vault seal",
			LOG_CSTR("master_key", master_key_name()), LOG_CSTR("old", state.master));
}

static enum db_status note_time(struct store *store, void *server)
{
	return set_back_note(server, store);
}

/* What needs the database before workers run: schema, keys, the demo's things. */
static bool prepare_store(struct server *s, char problem[256])
{
	struct random random;
	struct store store;

	random_init(&random);
	rate_limits_init(&s->rates, &random);
	rate_limits_init(&s->attempts, &random);
	if (!store_open(&store, s->config.database_url, true, &random, &s->clock, problem))
		return false;
	tell_of_keys(&store);
	bool good = database_clock_agrees(&store, problem) &&
		    rehearsal_prepare(s, &store, problem) &&
		    (!s->config.settings.demo || demo_prepare(&s->config, &store, problem));

	if (good &&
		(!set_back_start(s, &store) || store_write(&store, note_base_url, s) != DB_OK)) {
		snprintf(problem, 256, "the database cannot be written");
		good = false;
	}
	/* A database that takes no changes just now may be served. */
	if (good)
		store_write(&store, note_time, s);
	store_close(&store);
	return good;
}

static void greet(const struct server *s)
{
	const struct settings *settings = &s->config.settings;

	printf("ready %.*s\n", STR_ARG(settings->base_url));
	if (settings->demo)
		printf("\n  Open   %.*s/demo   and press \"Sign in with llavero\".\n"
		       "  The demo user's name and password are in %s/demo.json.\n"
		       "  Stop with Ctrl-C.\n\n",
			STR_ARG(settings->base_url), s->config.data);
	else if (settings->rehearsal)
		printf("\n  This is a rehearsal. Its token is in %s/rehearsal.json.\n\n",
			s->config.data);
	fflush(stdout);
}

/* Waits for the signal to stop. Signals are blocked in every thread; this one takes them. */
static void wait_for_stop(struct server *s, const sigset_t *signals)
{
	int signal;

	while (sigwait(signals, &signal), signal == SIGHUP)
		tls_reload(s);
	LOG(LOG_INFO, "stopping", LOG_CSTR("signal", strsignal(signal)));
}

/* Of each worker. */
struct sockets {
	struct supervised given;
	unsigned n;
	int web[WORKERS_MAX], mtls[WORKERS_MAX];
};

/* A socket that was opened for us says where we listen, whatever the setting does. */
static bool share(
	struct config *c, int fd, int *fds, unsigned n, const char **setting, char problem[256])
{
	char address[128];

	if (fd < 0)
		return true;
	if (!listen_share(fd, fds, n, address, problem))
		return false;
	*setting = str_c(&c->texts, str_from(address));
	return true;
}

static bool take_given(struct server *s, struct sockets *fds, char problem[256])
{
	struct config *c = &s->config;

	return supervisor_sockets(&fds->given, problem) &&
	       share(c, fds->given.web, fds->web, fds->n, &c->listen, problem) &&
	       share(c, fds->given.mtls, fds->mtls, fds->n, &c->mtls_listen, problem);
}

static bool listen_web(struct server *s, struct sockets *fds, char problem[256])
{
	struct config *c = &s->config;
	char address[128];

	if (fds->given.web >= 0)
		return config_set_address(c, c->listen, problem);
	return listen_on(c->listen, fds->web, fds->n, address, problem) &&
	       config_set_address(c, address, problem);
}

/* RFC 8705 5: the second listener, if there is one, and what clients call it. */
static bool listen_mtls(struct server *s, struct sockets *fds, char problem[256])
{
	struct config *c = &s->config;
	char address[128];

	if (fds->given.mtls >= 0)
		return config_set_mtls(c, c->mtls_listen, problem);
	for (unsigned i = 0; i < fds->n; i++)
		fds->mtls[i] = -1;
	if (!*c->mtls_listen)
		return config_set_mtls(c, NULL, problem);
	return listen_on(c->mtls_listen, fds->mtls, fds->n, address, problem) &&
	       config_set_mtls(c, address, problem);
}

static bool open_sockets(struct server *s, struct sockets *fds, char problem[256])
{
	return take_given(s, fds, problem) && tls_start(s, problem) &&
	       listen_web(s, fds, problem) && listen_mtls(s, fds, problem);
}

static bool start_workers(struct server *s, struct worker *workers, const struct sockets *fds,
	unsigned *started, char problem[256])
{
	for (*started = 0; *started < fds->n; (*started)++)
		if (!worker_start(&workers[*started], s, *started,
			    (const int[2]){fds->web[*started], fds->mtls[*started]}, problem))
			return false;
	return true;
}

static void stop_workers(struct server *s, struct worker *workers, unsigned n)
{
	atomic_store(&s->stopping, true);
	for (unsigned i = 0; i < n; i++)
		worker_wake(&workers[i]);
	for (unsigned i = 0; i < n; i++)
		worker_join(&workers[i]);
}

static bool run(struct server *s, const sigset_t *signals, char problem[256])
{
	static struct worker workers[WORKERS_MAX];
	struct sockets fds = {.n = s->config.workers ? (unsigned)s->config.workers : processors(4)};
	unsigned started = 0;
	unsigned jobs = s->config.jobs ? (unsigned)s->config.jobs : processors(16);
	struct upkeep upkeep = {0};
	bool good = false;

	if (!open_sockets(s, &fds, problem) || !config_load_master_key(&s->config, problem) ||
		!confine_user(s->config.user, problem) || !rehearsal_decide(&s->config, problem) ||
		!make_data_folder(&s->config, problem) || !prepare_store(s, problem) ||
		(s->config.confine && !confine_calls(problem)))
		return false;
	descriptors_fit(&s->config, fds.n);
	s->jobs = jobs_start(jobs, JOB_QUEUE);
	s->fetches = jobs_start(LIMIT_FETCH_THREADS, LIMIT_FETCH_QUEUE);
	if (!s->jobs || !s->fetches || !make_router(s)) {
		snprintf(problem, 256, "out of memory at start");
		goto out;
	}
	if (!start_workers(s, workers, &fds, &started, problem) ||
		!upkeep_start(&upkeep, s, problem))
		goto out;
	good = true;
	master_key_forget(); /* every store is open */
	give_back_memory();
	greet(s);
	supervisor_tell("READY=1");
	wait_for_stop(s, signals);
	supervisor_tell("STOPPING=1");
out:
	stop_workers(s, workers, started);
	http_tls_unload();
	authorities_free(s->config.settings.client_authorities);
	s->config.settings.client_authorities = NULL;
	jobs_stop(s->jobs);
	jobs_stop(s->fetches);
	upkeep_stop(&upkeep);
	http_router_free(s->router);
	return good;
}

int serve(struct config *config)
{
	static struct server server;
	char problem[256];
	sigset_t signals;

	if (*config->scopes_file &&
		!scopes_file_load(config->scopes_file, &config->texts, problem)) {
		fprintf(stderr, "llavero: %s\n", problem);
		return 1;
	}
	server.config = *config;
	clock_init(&server.clock);
	server.started_at = clock_now_s(&server.clock);
	log_configure((enum log_level)config->log_level, STDERR_FILENO);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	bool good = run(&server, &signals, problem);

	if (!good)
		fprintf(stderr, "llavero: %s\n", problem);
	*config = server.config;
	return good ? 0 : 1;
}
