/* Which engine speaks PostgreSQL's protocol: the SQL is for all of them (tools/check_sql.py), but
 * they differ in what SQL does not say. docs/scaling.md has more. */
#include <string.h>

#include "base/log.h"
#include "store/postgres.h"

static const struct postgres_engine postgresql = {"PostgreSQL", "PostgreSQL ", NULL};
/* The first whose mark the server's version has. */
static const struct postgres_engine engines[] = {
	{"CockroachDB", "CockroachDB",
		"run llavero migrate alone before servers start: a migration is not one "
		"transaction "
		"there, and keeps nobody waiting"},
	{"YugabyteDB", "-YB-",
		"set yb_enable_read_committed_isolation, or housekeeping is in the way of "
		"requests"},
	{"PostgreSQL with Citus", "Citus",
		"leave the tables on one node: their keys have no column in common"},
};
static const struct postgres_engine unknown = {
	"unknown", "", "nobody has looked at how it differs"};

const struct postgres_engine *postgres_engine_of(const char *version)
{
	for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
		if (strstr(version, engines[i].mark))
			return &engines[i];
	return strncmp(version, postgresql.mark, strlen(postgresql.mark)) == 0 ? &postgresql
									       : &unknown;
}

void postgres_name_engine(struct postgres *p)
{
	/* Citus is an extension, and not in the version. */
	PGresult *result = postgres_ask(p,
		"SELECT version() || (SELECT CASE WHEN COUNT(*) > 0 THEN ' Citus' ELSE '' END"
		" FROM pg_extension WHERE extname = 'citus')");
	bool told = result && PQntuples(result) == 1;
	const char *version = told ? PQgetvalue(result, 0, 0) : "";
	const struct postgres_engine *engine = postgres_engine_of(version);

	if (engine->advice)
		LOG(LOG_WARN, "llavero is not tested with this database engine",
			LOG_CSTR("engine", engine->name), LOG_CSTR("version", version),
			LOG_CSTR("advice", engine->advice));
	PQclear(result);
}
