/* Writing back-ups. What reads them is backup_read.c, what takes them in restore.c. */
#include "store/backup.h"

#include <jansson.h>
#include <stdio.h>

#include "base/memory.h"
#include "store/backup_format.h"

enum { PIECE = 256 << 10, HEAD_MAX = 1 << 20 };

struct making {
	struct db *db;
	struct backup_file file;
	struct tables tables;
	const struct bulk_watch *watch;
	struct bulk_told told;
	struct arena *arena; /* of a batch */
	struct backup_summary *out;
	char *problem;
};

static bool fail(struct making *m, const char *sentence)
{
	snprintf(m->problem, 256, "%s", sentence);
	return false;
}

/* An old schema is known too: it is saved as it is. */
static bool read_schema(struct making *m, struct arena *a)
{
	enum db_status status = db_schema_read(m->db, &m->out->schema);

	if (status == DB_CONFLICT)
		return fail(m, "the database is of a newer llavero, which has to save it");
	if (status != DB_OK)
		return fail(m, "the database cannot be read");
	if (m->out->schema.n == 0)
		return fail(m, "there is nothing in the database");
	return tables_of(&m->out->schema, a, &m->tables) || fail(m, "the schema is not understood");
}

static json_t *describe(const struct table *t, int64_t rows)
{
	json_t *columns = json_array();

	for (size_t i = 0; i < t->columns_n; i++)
		json_array_append_new(columns, json_string(t->columns[i].name));
	return json_pack("{s:s, s:o, s:I}", "name", t->name, "columns", columns, "rows", rows);
}

static json_t *numbers(const struct db_schema *schema)
{
	json_t *all = json_array();

	for (size_t i = 0; i < schema->n; i++)
		json_array_append_new(all, json_integer(schema->numbers[i]));
	return all;
}

static bool write_head(struct making *m)
{
	char made_at[24];
	json_t *tables = json_array();
	bool counted = true;

	for (size_t i = 0; i < m->tables.n; i++) {
		int64_t rows = bulk_count(m->db, m->tables.all[i].name);

		counted &= rows >= 0;
		m->told.rows_in_all += (uint64_t)rows;
		json_array_append_new(tables, describe(&m->tables.all[i], rows));
	}
	clock_format_iso(m->out->made_at, made_at);
	json_t *head = json_pack("{s:o, s:I, s:s, s:o}", "migrations", numbers(&m->out->schema),
		"made_at", (json_int_t)m->out->made_at, "made_at_iso", made_at, "tables", tables);
	char *text = head ? json_dumps(head, JSON_COMPACT) : NULL;
	bool good = counted && text && backup_write(&m->file, 'H', str_from(text));

	memory_give(text);
	json_decref(head);
	return good || (!*m->problem && fail(m, "the database cannot be read"));
}

static bool write_rows(struct making *m, const struct bulk *b)
{
	struct buf piece;

	buf_init(&piece, m->arena, BULK_ARENA / 4);
	for (size_t i = 0; i < b->n; i++) {
		bulk_encode(&piece, bulk_row(b, i), b->table->columns_n);
		if (piece.n < PIECE && i + 1 < b->n)
			continue;
		if (!backup_write(&m->file, 'R', buf_str(&piece)))
			return false;
		piece.n = 0;
	}
	return true;
}

static bool write_end_of_table(struct making *m, const struct digest *d)
{
	struct buf end;

	buf_init(&end, m->arena, HEAD_MAX);
	digest_encode(&end, d);
	return backup_write(&m->file, 'E', buf_str(&end));
}

static void tell(struct making *m, const struct bulk *b)
{
	m->told.table = b->table->name;
	m->told.rows += b->n;
	if (m->watch->tell)
		m->watch->tell(m->watch->context, &m->told);
}

static bool write_table(struct making *m, const struct table *t)
{
	struct arena keys;
	const struct db_value *after = NULL;
	struct digest digest = {0};
	struct bulk b = {0};
	bool good = backup_write(&m->file, 'T', str_from(t->name));

	arena_init(&keys, BULK_ARENA);
	keys.escape = m->arena->escape;
	while (good && !b.last) {
		arena_reset(m->arena);
		if (bulk_read(m->db, t, after, false, m->arena, &b) != DB_OK) {
			good = fail(m, "the database cannot be read");
			break;
		}
		arena_reset(&keys);
		after = b.n ? bulk_key(t, bulk_row(&b, b.n - 1), &keys) : NULL;
		digest_add(&digest, &b);
		good = write_rows(m, &b);
		tell(m, &b);
	}
	arena_release(&keys);
	m->out->rows += digest.rows;
	return good && write_end_of_table(m, &digest);
}

static bool write_all(struct making *m)
{
	bool good = write_head(m);

	for (size_t i = 0; i < m->tables.n && good; i++)
		good = write_table(m, &m->tables.all[i]);
	return good && backup_write_end(&m->file);
}

bool backup_make(struct db *db, int fd, int64_t now, const struct bulk_watch *watch,
	struct arena *a, struct backup_summary *out, char problem[256])
{
	struct arena batch;
	struct making m = {.db = db,
		.watch = watch,
		.told = {.doing = "saving"},
		.arena = &batch,
		.out = out,
		.problem = problem};

	*out = (struct backup_summary){.made_at = now};
	*problem = '\0';
	if (db_be_patient(db) != DB_OK || db_begin_snapshot(db) != DB_OK)
		return fail(&m, "the database cannot be read");
	arena_init(&batch, BULK_ARENA);
	batch.escape = a->escape;
	bool good = read_schema(&m, a) && backup_file_create(&m.file, fd, problem) && write_all(&m);

	out->tables = m.tables.n;
	out->bytes = m.file.bytes;
	backup_file_release(&m.file);
	arena_release(&batch);
	db_rollback(db);
	return good;
}
