#include "store/move_mark.h"

#include <stdio.h>

#include "store/bulk.h"

static const char *const words[] = {
	[MOVE_FILLING] = "filling", [MOVE_CLOSED] = "closed", [MOVE_MOVED] = "moved"};

/* The value of a setting in a URL's query, or "". */
static struct str setting(struct str query, const char *name)
{
	struct str one, rest = str_slice(query, 1, query.n), wanted = str_from(name);

	while (str_next(&rest, '&', &one))
		if (str_starts(one, wanted))
			return str_slice(one, wanted.n, one.n);
	return STR("");
}

void move_name(const char *url, char out[MOVE_NAME])
{
	struct str all = str_from(url);
	struct str rest = str_slice(all, str_find(all, '/') + 2, all.n);

	if (!str_starts(all, STR("postgres"))) {
		snprintf(out, MOVE_NAME, "%s%s",
			str_starts(all, STR("sqlite:")) ? "" : "sqlite:", url);
		return;
	}
	struct str query = str_slice(rest, str_find(rest, '?'), rest.n);
	struct str host = setting(query, "host="), port = setting(query, "port=");

	rest = str_slice(rest, 0, str_find(rest, '?'));
	for (size_t at = str_find(rest, '@'); at < rest.n; at = str_find(rest, '@'))
		rest = str_slice(rest, at + 1, rest.n);
	snprintf(out, MOVE_NAME, "postgres://%.*s%s%.*s%s%.*s", STR_ARG(rest),
		host.n ? "?host=" : "", STR_ARG(host),
		!port.n  ? ""
		: host.n ? "&port="
			 : "?port=",
		STR_ARG(port));
}

static enum move_state state_of(struct str word)
{
	for (size_t i = MOVE_FILLING; i <= MOVE_MOVED; i++)
		if (str_eq_c(word, words[i]))
			return (enum move_state)i;
	return MOVE_CLOSED; /* of a newer program: not one to be used */
}

static void parse(struct str text, struct move_mark *out)
{
	struct str word = STR(""), at = STR(""), other = STR("");

	str_next(&text, '\n', &word);
	str_next(&text, '\n', &at);
	str_next(&text, '\n', &other);
	out->state = state_of(word);
	str_to_i64(at, &out->at);
	snprintf(out->other, sizeof out->other, "%.*s", STR_ARG(other));
}

enum db_status move_mark_read(struct db *db, struct move_mark *out)
{
	struct arena a;
	struct db_rows r;

	*out = (struct move_mark){.state = MOVE_NONE};
	db_rollback(db);
	int version = db_schema_version(db);

	if (version <= 0)
		return version < 0 ? DB_FAILED : DB_OK;
	arena_init(&a, 4096);
	db_query(&r, db, STMT_INSTANCE_GET, DB_ARGS(db_text(STR(INSTANCE_MOVE))));
	if (db_next(&r))
		parse(db_str(&r, 0, &a), out);
	db_end(&r);
	db_rollback(db);
	arena_release(&a);
	return r.status;
}

enum db_status move_mark_put(struct db *db, const struct move_mark *mark)
{
	char text[MOVE_NAME + 64];

	if (mark->state == MOVE_NONE)
		return db_exec(
			db, STMT_INSTANCE_DELETE, DB_ARGS(db_text(STR(INSTANCE_MOVE))), NULL);
	int n = snprintf(text, sizeof text, "%s\n%lld\n%s", words[mark->state], (long long)mark->at,
		mark->other);

	return db_exec(db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(STR(INSTANCE_MOVE)), DB_BYTES(text, (size_t)n)), NULL);
}

bool move_mark_allows(struct db *db, char problem[256])
{
	struct move_mark mark;

	if (move_mark_read(db, &mark) != DB_OK) {
		snprintf(problem, 256, "the database cannot be read");
		return false;
	}
	switch (mark.state) {
	case MOVE_NONE:
		return true;
	case MOVE_FILLING:
		snprintf(problem, 256,
			"the database is not whole: it is being filled from %.100s. Run that "
			"'llavero migrate' again to go on",
			mark.other);
		break;
	case MOVE_CLOSED:
		snprintf(problem, 256,
			"the database is being moved to %.100s. Run that 'llavero migrate' again "
			"to "
			"go on, or with --reopen to stay",
			mark.other);
		break;
	case MOVE_MOVED:
		snprintf(problem, 256,
			"the database has moved to %.100s: use that one, or 'llavero migrate "
			"--reopen' to use this one again",
			mark.other);
		break;
	}
	return false;
}
