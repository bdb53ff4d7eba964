/* A connection to PostgreSQL: made, lost and made again (postgres_connect.c), to one of several
 * hosts (postgres_hosts.c), which is looked at (postgres_server.c), and what is asked of it
 * (postgres.c) with which arguments (postgres_bind.c). Nothing here waits without an end. */
#ifndef LLAVERO_STORE_POSTGRES_H
#define LLAVERO_STORE_POSTGRES_H

#include <libpq-fe.h>

#include "base/random.h"
#include "store/driver.h"

enum { /* pg_type.h, which is not for clients */
	KIND_BYTES = 17,
	KIND_INT = 20,
	KIND_TEXT = 25,
};

/* The hosts that a URL names, as libpq has them: lists with commas, or NULL. */
struct postgres_hosts {
	char *names, *addresses, *ports;
	unsigned n;
};

struct postgres {
	struct db db; /* first */
	char *url;
	struct postgres_hosts hosts;
	unsigned host;  /* that is tried now, or was reached */
	unsigned tried; /* hosts in this round */
	struct db_options options;
	struct random random;             /* spreads out who connects again when */
	PGconn *conn;                     /* NULL: lost */
	bool up;                          /* connected and set up; else it is being connected */
	PostgresPollingStatusType stands; /* of connecting */
	int64_t connecting_us;
	int64_t again_us; /* monotonic: not before is it connected again */
	unsigned failures;
	uint64_t line; /* of history that the server is on: postgres_server.c; 0: it does not say */
	bool warned;   /* the server has warned since this was set to false */
	const char *begin;             /* not sent yet: what begins the transaction, else NULL */
	int waiting;                   /* commands that were handed to the library, not answered */
	bool spoilt;                   /* something has failed in this transaction */
	bool patient;                  /* this transaction may take as long as it needs */
	bool always_patient;           /* and so may whatever this connection does */
	bool prepared[STMTS];          /* on this connection */
	Oid kinds[STMTS][DB_MAX_ARGS]; /* of its arguments; of those that are prepared */
	PGresult *results[STMTS];      /* of open statements */
	int rows[STMTS];               /* the current one */
	size_t changed;
	int64_t changed_in_all;
};

/* An engine, by what its version() has in it. `advice`: what to know before using it; NULL: it is
 * PostgreSQL, which the tests use. */
struct postgres_engine {
	const char *name, *mark, *advice;
};
const struct postgres_engine *postgres_engine_of(const char *version);
/* Warns in the log when the server, just connected, is another engine than PostgreSQL. */
void postgres_name_engine(struct postgres *p);
/* Reads the hosts out of a URL; false: memory is lacking. One that libpq cannot read has none. */
bool postgres_hosts_read(struct postgres_hosts *hosts, const char *url);
void postgres_hosts_free(struct postgres_hosts *hosts);
/* The part of a list of hosts that is of host `i`; a list of one part is of all. "": there is
 * none. */
const char *postgres_hosts_part(const char *list, unsigned i, char out[256]);

/* Asks the server, just connected, which line of history it is on, and sets db_fence by it. False:
 * it is of no use, with a sentence in `problem`: it is a standby, or a primary whose successor this
 * process has seen. */
bool postgres_read_line(struct postgres *p, char problem[256]);
/* Has this process seen a successor of the connection's server? */
bool postgres_is_left_behind(const struct postgres *p);
/* Logs each setting of the server by which commits may be lost. With DB_REQUIRE the first is a
 * failure, with a sentence in `problem`. */
bool postgres_look_at_durability(struct postgres *p, char problem[256]);
/* As driver.h says. */
bool postgres_is_durable(struct db *db, char problem[256]);

/* Connects for the first time, waiting for it. With `look` the server is looked at: what makes it
 * unfit is a failure, with a sentence in `problem`; what is a risk is logged. */
bool postgres_connect(struct postgres *p, bool look, char problem[256]);
/* Is there a connection? One that is lost is made again, a few milliseconds of it at each call, and
 * at growing intervals while that fails. */
bool postgres_is_up(struct postgres *p);
/* The connection is of no use any more: whatever was open on it is forgotten. */
void postgres_drop(struct postgres *p);
/* From here on what is sent waits in the library until postgres_answer. False: the connection was
 * of no use; it has been dropped. */
bool postgres_gather(struct postgres *p);
/* Lets one command wait like that. False: as above. */
bool postgres_queue(struct postgres *p, const char *sql);
/* What the server answers to what was sent, and to all that waited: its first failure, else its
 * last result. NULL: the connection was lost, or the server did not answer in time; it has been
 * dropped. */
PGresult *postgres_answer(struct postgres *p);
/* Sends SQL text and waits: as postgres_answer. Nothing else may wait. */
PGresult *postgres_ask(struct postgres *p, const char *sql);
/* The same for one command, after all that waits: it is not run if something of that fails. */
PGresult *postgres_ask_with(struct postgres *p, const char *sql);

/* The arguments of one run, as the server wants them. */
struct binding {
	const char *values[DB_MAX_ARGS];
	int lengths[DB_MAX_ARGS], formats[DB_MAX_ARGS];
	uint64_t numbers[DB_MAX_ARGS];
	char *mended[DB_MAX_ARGS];
};

/* False: an argument is not of the kind that the statement takes, or memory is lacking. In any case
 * postgres_unbind comes after. */
bool postgres_bind(struct binding *b, const Oid *kinds, const struct db_value *args, size_t n);
void postgres_unbind(struct binding *b);

/* postgres.c: what a failure means, which is logged; NULL: the connection was lost. */
enum db_status postgres_failure(struct postgres *p, const PGresult *result, const char *doing);
bool postgres_is_good(const PGresult *result);
/* What a transaction still owes the server goes out now: its beginning, and what waits. Before
 * anything is asked that is no prepared statement. */
enum db_status postgres_catch_up(struct postgres *p);

/* postgres_bulk.c: whole tables, as driver.h says. */
enum db_status postgres_be_patient(struct db *db);
enum db_status postgres_scan(struct db *db, const char *sql, const struct db_value *args, size_t n,
	db_take_row *take, void *context);
enum db_status postgres_load(struct db *db, const struct db_load *load);
enum db_status postgres_guard(struct db *db, const char *table, bool on);
enum db_status postgres_scrub(struct db *db, const char *table);
bool postgres_is_alone(struct db *db);

#endif
