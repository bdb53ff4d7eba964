/* The tables as schema.def is read (store/tables.h) are those that an engine has after it: a table
 * or a column that is not understood would be missing in every back-up and every move. */
#include "store/bulk.h"
#include "store_fixture.h"

enum { CATALOG = 2000 };

struct column {
	char table[TABLE_NAME], name[TABLE_NAME];
	enum db_type type;
	int64_t key; /* its place in the primary key, from 1; 0: none */
};

struct catalog {
	struct column columns[CATALOG];
	size_t n;
};

static void copy_name(char out[TABLE_NAME], struct str s)
{
	snprintf(out, TABLE_NAME, "%.*s", STR_ARG(s));
}

static enum db_type type_of(struct str s)
{
	return str_eq_c(s, "INTEGER") || str_eq_c(s, "bigint") ? DB_TYPE_INT
	       : str_eq_c(s, "TEXT") || str_eq_c(s, "text")    ? DB_TYPE_TEXT
	       : str_eq_c(s, "BLOB") || str_eq_c(s, "bytea")   ? DB_TYPE_BYTES
							       : DB_TYPE_NULL;
}

static enum db_status take(void *context, const struct db_value *row, size_t n)
{
	struct catalog *c = context;
	struct column *to = &c->columns[c->n++];

	assert_int_equal(n, 4);
	assert_true(c->n < CATALOG);
	copy_name(to->table, row[0].s);
	copy_name(to->name, row[1].s);
	to->type = type_of(row[2].s);
	to->key = row[3].i;
	return DB_OK;
}

static const char of_sqlite[] =
	"SELECT m.name, p.name, p.type, p.pk FROM sqlite_schema m, pragma_table_info(m.name) p"
	" WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY m.rowid, p.cid";
static const char of_postgres[] =
	"SELECT c.table_name::text, c.column_name::text, c.data_type::text,"
	" COALESCE((SELECT k.ordinal_position::bigint FROM information_schema.key_column_usage k"
	" JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name"
	" WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_name = c.table_name"
	" AND k.column_name = c.column_name AND t.table_schema = 'public'"
	" AND k.table_name = c.table_name), 0)"
	" FROM information_schema.columns c WHERE c.table_schema = 'public'"
	" ORDER BY c.table_name, c.ordinal_position";

static bool is_version(const struct column *c)
{
	return strncmp(c->table, "schema_", 7) == 0;
}

static const struct column *column_of(const struct catalog *c, const char *table, size_t nth)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->columns[i].table, table) == 0 && nth-- == 0)
			return &c->columns[i];
	return NULL;
}

static void compare(const struct tables *tables, const struct catalog *catalog)
{
	size_t columns = 0, found = 0;

	for (size_t i = 0; i < catalog->n; i++)
		found += !is_version(&catalog->columns[i]);
	for (size_t i = 0; i < tables->n; i++) {
		const struct table *t = &tables->all[i];

		for (size_t c = 0; c < t->columns_n; c++) {
			const struct column *other = column_of(catalog, t->name, c);

			if (!other || strcmp(other->name, t->columns[c].name) != 0)
				fail_msg("%s.%s is not there", t->name, t->columns[c].name);
			assert_int_equal(other->type, t->columns[c].type);
			if (other->key)
				assert_int_equal(t->key[other->key - 1], c);
		}
		columns += t->columns_n;
	}
	assert_int_equal(columns, found);
}

static void look(struct db *db, const char *sql, struct catalog *out)
{
	out->n = 0;
	assert_int_equal(db->driver->scan(db, sql, NULL, 0, take, out), DB_OK);
	assert_true(out->n > 0);
}

static void test_they_are_those_of_the_engine(void **state)
{
	struct fixture *f = *state;
	struct catalog *catalog = calloc(1, sizeof *catalog);
	struct tables tables;

	struct db_schema schema;

	db_schema_known(true, &schema);
	assert_true(tables_of(&schema, &f->arena, &tables));
	look(f->store.db, on_postgres() ? of_postgres : of_sqlite, catalog);
	compare(&tables, catalog);
	free(catalog);
}

static void test_they_are_those_of_every_older_schema(void **state)
{
	struct fixture *f = *state;
	struct catalog *catalog = calloc(1, sizeof *catalog);
	char problem[256];

	struct db_schema all, some;

	db_schema_known(true, &all);
	some = all;
	for (some.n = 1; some.n <= all.n; some.n++) {
		struct db *db = db_open("sqlite::memory:", true, problem);
		struct tables tables;

		assert_non_null(db);
		assert_int_equal(db_begin_schema(db, NULL), DB_OK);
		assert_int_equal(db_make_schema(db, &some), DB_OK);
		assert_int_equal(db_commit(db), DB_OK);
		assert_true(tables_of(&some, &f->arena, &tables));
		look(db, of_sqlite, catalog);
		compare(&tables, catalog);
		db_close(db);
	}
	free(catalog);
}

static void test_what_is_known_of_some(void **state)
{
	struct fixture *f = *state;
	struct tables tables;

	struct db_schema schema;

	db_schema_known(true, &schema);
	assert_true(tables_of(&schema, &f->arena, &tables));
	const struct table *grants = tables_find(&tables, STR("app_grant"));
	const struct table *secrets = tables_find(&tables, STR("app_secret"));
	const struct table *codes = tables_find(&tables, STR("code"));

	assert_true(grants->other_unique); /* by an index */
	assert_true(tables_find(&tables, STR("team"))->other_unique);
	assert_true(tables_find(&tables, STR("account"))->other_unique);
	assert_false(codes->other_unique);
	assert_int_equal(secrets->key_n, 2);
	assert_string_equal(secrets->columns[secrets->key[0]].name, "app_id");
	assert_string_equal(secrets->columns[secrets->key[1]].name, "id");
	assert_string_equal(codes->columns[codes->columns_n - 1].name, "fence");
	assert_null(tables_find(&tables, STR("schema_version")));
	schema.n = 1;
	assert_true(tables_of(&schema, &f->arena, &tables));
	assert_null(tables_find(&tables, STR("device_code")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_they_are_those_of_the_engine),
		WITH_STORE(test_they_are_those_of_every_older_schema),
		WITH_STORE(test_what_is_known_of_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
