/* Reading back-ups, and finding out whether they are whole. */
#include <jansson.h>
#include <stdio.h>

#include "store/backup.h"
#include "store/backup_format.h"

struct checking {
	struct backup_file file;
	struct tables tables;
	const struct backup_reader *reader;
	const struct bulk_watch *watch;
	struct bulk_told told;
	struct arena *arena; /* of the whole */
	struct arena batch;
	size_t at; /* the table that is next */
	const struct table *table;
	struct digest digest;
	struct backup_summary *out;
	char *problem;
};

static bool fail(struct checking *c, const char *sentence)
{
	snprintf(c->problem, 256, "%s", sentence);
	return false;
}

static bool changed(struct checking *c, const char *where)
{
	snprintf(c->problem, 256, "the back-up was changed: %s", where);
	return false;
}

static bool same_columns(const struct table *t, const json_t *columns)
{
	if (json_array_size(columns) != t->columns_n)
		return false;
	for (size_t i = 0; i < t->columns_n; i++) {
		const char *name = json_string_value(json_array_get(columns, i));

		if (!name || strcmp(name, t->columns[i].name) != 0)
			return false;
	}
	return true;
}

static bool take_tables(struct checking *c, const json_t *tables)
{
	if (json_array_size(tables) != c->tables.n)
		return false;
	for (size_t i = 0; i < c->tables.n; i++) {
		const json_t *one = json_array_get(tables, i);
		const char *name = json_string_value(json_object_get(one, "name"));

		if (!name || strcmp(name, c->tables.all[i].name) != 0 ||
			!same_columns(&c->tables.all[i], json_object_get(one, "columns")))
			return false;
		c->told.rows_in_all += (uint64_t)json_integer_value(json_object_get(one, "rows"));
	}
	return true;
}

static bool take_migrations(struct checking *c, const json_t *numbers)
{
	struct db_schema *schema = &c->out->schema, known;
	size_t n = json_array_size(numbers);

	db_schema_known(true, &known);
	for (size_t i = 0; i < n && i < DB_MIGRATIONS; i++)
		schema->numbers[schema->n++] = (int)json_integer_value(json_array_get(numbers, i));
	if (n == 0)
		return changed(c, "it has no schema");
	if (backup_schema(c->out) <= known.numbers[known.n - 1])
		return tables_of(schema, c->arena, &c->tables) ||
		       changed(c, "its schema is unknown");
	snprintf(c->problem, 256,
		"the back-up has schema %d; this program knows %d: use a newer llavero",
		backup_schema(c->out), known.numbers[known.n - 1]);
	return false;
}

static bool take_head(struct checking *c, struct str payload)
{
	json_t *head = json_loadb(payload.p, payload.n, 0, NULL);
	bool good = take_migrations(c, json_object_get(head, "migrations"));

	c->out->made_at = json_integer_value(json_object_get(head, "made_at"));
	if (good && !take_tables(c, json_object_get(head, "tables")))
		good = changed(c, "its tables are not those of its schema");
	json_decref(head);
	c->out->tables = c->tables.n;
	return good &&
	       (!c->reader->begin || c->reader->begin(c->reader->context, c->out, &c->tables));
}

static bool take_table(struct checking *c, struct str name)
{
	if (c->table || c->at == c->tables.n || !str_eq_c(name, c->tables.all[c->at].name))
		return changed(c, "its tables are in another order");
	c->table = &c->tables.all[c->at++];
	c->digest = (struct digest){0};
	return true;
}

static void tell(struct checking *c, size_t rows)
{
	c->told.table = c->table->name;
	c->told.rows += rows;
	if (c->watch->tell)
		c->watch->tell(c->watch->context, &c->told);
}

/* A piece's rows, in batches. */
static bool take_rows(struct checking *c, struct str payload)
{
	if (!c->table)
		return changed(c, "rows are of no table");
	while (payload.n > 0) {
		struct bulk b = {.table = c->table};

		arena_reset(&c->batch);
		b.rows = ARENA_ARRAY(&c->batch, struct db_value, BULK_ROWS * c->table->columns_n);
		for (; b.n < BULK_ROWS && payload.n > 0; b.n++)
			if (!bulk_decode(&payload, c->table, &b.rows[b.n * c->table->columns_n]))
				return changed(c, "a row cannot be read");
		digest_add(&c->digest, &b);
		if (c->reader->rows && !c->reader->rows(c->reader->context, &b))
			return false;
		tell(c, b.n);
	}
	return true;
}

static bool end_table(struct checking *c, struct str payload)
{
	struct digest digest;

	if (!c->table || !digest_decode(payload, &digest))
		return changed(c, "a table has no end");
	if (!digest_same(&digest, &c->digest)) {
		snprintf(c->problem, 256, "the back-up was changed: table '%s' is another one",
			c->table->name);
		return false;
	}
	const struct table *t = c->table;

	c->out->rows += digest.rows;
	c->table = NULL;
	return !c->reader->table_end || c->reader->table_end(c->reader->context, t, &digest);
}

static bool take_frame(struct checking *c, char kind, struct str payload)
{
	if ((kind == 'H') != (c->out->schema.n == 0))
		return changed(c, "its head is not where it should be");
	switch (kind) {
	case 'H':
		return take_head(c, payload);
	case 'T':
		return take_table(c, payload);
	case 'R':
		return take_rows(c, payload);
	case 'E':
		return end_table(c, payload);
	case 'Z':
		return (!c->table && c->at == c->tables.n) || changed(c, "tables are missing");
	default:
		return changed(c, "a piece of it is of no known kind");
	}
}

static bool take_all(struct checking *c)
{
	struct str payload;
	char kind = 0;

	while (kind != 'Z')
		if (!backup_read(&c->file, &kind, &payload) || !take_frame(c, kind, payload))
			return false;
	return true;
}

bool backup_read_all(int fd, const struct backup_reader *reader, const struct bulk_watch *watch,
	struct arena *a, struct backup_summary *out, char problem[256])
{
	struct checking c = {.reader = reader,
		.watch = watch,
		.told = {.doing = reader->rows ? "restoring" : "checking"},
		.arena = a,
		.out = out,
		.problem = problem};

	*out = (struct backup_summary){0};
	*problem = '\0';
	arena_init(&c.batch, BULK_ARENA);
	c.batch.escape = a->escape;
	bool good = (backup_file_open(&c.file, fd, problem) && take_all(&c)) ||
		    (!*problem && fail(&c, "the back-up cannot be read"));

	out->bytes = c.file.bytes;
	backup_file_release(&c.file);
	arena_release(&c.batch);
	return good;
}

bool backup_verify(int fd, const struct bulk_watch *watch, struct arena *a,
	struct backup_summary *out, char problem[256])
{
	return backup_read_all(fd, &(const struct backup_reader){0}, watch, a, out, problem);
}
