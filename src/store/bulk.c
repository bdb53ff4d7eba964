#include "store/bulk.h"

#include <endian.h>
#include <stdio.h>

#include "base/fail.h"
#include "store/driver.h"

enum { SQL_MAX = 2 * DB_INTO_MAX, SQL_ARENA = 4 * SQL_MAX, MENDED = 3 };

/* "id, hash": of all columns, or of the key's. */
static void add_names(struct buf *sql, const struct table *t, bool key)
{
	size_t n = key ? t->key_n : t->columns_n;

	for (size_t i = 0; i < n; i++)
		buf_addf(sql, "%s%s", i ? ", " : "", t->columns[key ? t->key[i] : i].name);
}

/* "($1, $2)": the values of a key */
static void add_marks(struct buf *sql, size_t n)
{
	for (size_t i = 1; i <= n; i++)
		buf_addf(sql, "%s$%zu", i == 1 ? "(" : ", ", i);
	buf_add_c(sql, ")");
}

static const char *text_of(struct buf *sql)
{
	buf_add_char(sql, '\0');
	return sql->p;
}

static size_t key_of(
	const struct table *t, const struct db_value *row, struct db_value out[TABLE_KEY])
{
	for (size_t i = 0; i < t->key_n; i++)
		out[i] = row[t->key[i]];
	return t->key_n;
}

static int compare_value(const struct db_value *a, const struct db_value *b)
{
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->type == DB_TYPE_NULL)
		return 0;
	if (a->type == DB_TYPE_INT)
		return a->i < b->i ? -1 : a->i > b->i;
	size_t n = a->s.n < b->s.n ? a->s.n : b->s.n;
	int order = n ? memcmp(a->s.p, b->s.p, n) : 0;

	return order ? order : a->s.n < b->s.n ? -1 : a->s.n > b->s.n;
}

int bulk_compare(const struct table *t, const struct db_value *a, const struct db_value *b)
{
	int order = 0;

	for (size_t i = 0; i < t->key_n && order == 0; i++)
		order = compare_value(&a[t->key[i]], &b[t->key[i]]);
	return order;
}

bool bulk_same(const struct table *t, const struct db_value *a, const struct db_value *b)
{
	for (size_t i = 0; i < t->columns_n; i++)
		if (compare_value(&a[i], &b[i]) != 0)
			return false;
	return true;
}

/* What is not UTF-8 becomes U+FFFD, as the driver does with what it is given. */
static struct str mend(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n * MENDED + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		size_t whole = str_utf8_prefix(str_slice(s, i, s.n));

		memcpy(out + n, s.p + i, whole);
		n += whole;
		i += whole;
		if (i < s.n) {
			memcpy(out + n, "\xEF\xBF\xBD", MENDED);
			n += MENDED;
			i++;
		}
	}
	return (struct str){out, n};
}

static bool is_key(const struct table *t, size_t column)
{
	for (size_t i = 0; i < t->key_n; i++)
		if (t->key[i] == column)
			return true;
	return false;
}

bool bulk_mend(struct bulk *b, struct arena *a)
{
	size_t columns = b->table->columns_n;

	for (size_t i = 0; i < b->n * columns; i++) {
		struct db_value *v = &b->rows[i];

		if (v->type != DB_TYPE_TEXT || str_is_utf8(v->s))
			continue;
		if (is_key(b->table, i % columns))
			return false;
		v->s = mend(a, v->s);
		b->mended++;
	}
	return true;
}

bool bulk_is_strict(const struct db *db)
{
	return db->driver->strict_text;
}

struct reading {
	struct bulk *out;
	struct arena *arena;
	size_t seen;
};

static bool is_own(const struct table *t, const struct db_value *row)
{
	return strcmp(t->name, "instance") == 0 && str_eq_c(row[0].s, INSTANCE_MOVE);
}

static enum db_status take(void *context, const struct db_value *row, size_t n)
{
	struct reading *r = context;
	struct bulk *out = r->out;
	struct db_value *to = out->rows + out->n * n;

	if (n != out->table->columns_n || r->seen++ == BULK_ROWS)
		return DB_FAILED;
	if (is_own(out->table, row))
		return DB_OK;
	for (size_t i = 0; i < n; i++) {
		to[i] = row[i];
		if (row[i].type != DB_TYPE_TEXT && row[i].type != DB_TYPE_BYTES)
			continue;
		to[i].s = str_dup(r->arena, row[i].s);
		out->bytes += to[i].s.n;
	}
	out->n++;
	if (out->bytes < BULK_BYTES)
		return DB_OK;
	out->last = false;
	return DB_NONE;
}

enum db_status bulk_read(struct db *db, const struct table *t, const struct db_value *after,
	bool strict, struct arena *a, struct bulk *out)
{
	struct db_value key[TABLE_KEY];
	size_t n = after ? key_of(t, after, key) : 0;
	struct reading reading = {out, a, 0};
	struct buf sql;

	*out = (struct bulk){.table = t, .last = true};
	if (FAIL_AT("bulk.read"))
		return DB_FAILED;
	out->rows = ARENA_ARRAY(a, struct db_value, BULK_ROWS * t->columns_n);
	buf_init(&sql, a, SQL_MAX);
	buf_add_c(&sql, "SELECT ");
	add_names(&sql, t, false);
	buf_addf(&sql, " FROM %s", t->name);
	if (after) {
		buf_add_c(&sql, " WHERE (");
		add_names(&sql, t, true);
		buf_add_c(&sql, ") > ");
		add_marks(&sql, n);
	}
	buf_add_c(&sql, " ORDER BY ");
	add_names(&sql, t, true);
	buf_addf(&sql, " LIMIT %d", BULK_ROWS);
	enum db_status status = db->driver->scan(db, text_of(&sql), key, n, take, &reading);

	out->last = out->last && reading.seen < BULK_ROWS;
	return status == DB_OK && strict && !bulk_mend(out, a) ? DB_CONFLICT : status;
}

const struct db_value *bulk_key(const struct table *t, const struct db_value *row, struct arena *a)
{
	struct db_value *key = ARENA_ARRAY(a, struct db_value, t->columns_n);

	for (size_t i = 0; i < t->key_n; i++) {
		key[t->key[i]] = row[t->key[i]];
		key[t->key[i]].s = str_dup(a, row[t->key[i]].s);
	}
	return key;
}

enum db_status bulk_insert(struct db *db, const struct bulk *b)
{
	char text[DB_INTO_MAX];
	struct arena a;
	struct buf into;

	if (b->n == 0)
		return DB_OK;
	if (FAIL_AT("bulk.insert"))
		return DB_FAILED;
	arena_init(&a, SQL_MAX);
	buf_init(&into, &a, DB_INTO_MAX);
	buf_addf(&into, "%s (", b->table->name);
	add_names(&into, b->table, false);
	buf_add_c(&into, ")");
	snprintf(text, sizeof text, "%.*s", STR_ARG(buf_str(&into)));
	arena_release(&a);
	return db->driver->load(db, &(struct db_load){text, b->table->columns_n, b->n, b->rows});
}

enum db_status bulk_delete(struct db *db, const struct table *t, const struct db_value *row)
{
	struct db_value key[TABLE_KEY];
	size_t n = key_of(t, row, key);
	struct arena a;
	struct buf sql;

	arena_init(&a, SQL_ARENA);
	buf_init(&sql, &a, SQL_MAX);
	buf_addf(&sql, "DELETE FROM %s WHERE (", t->name);
	add_names(&sql, t, true);
	buf_add_c(&sql, ") = ");
	add_marks(&sql, n);
	enum db_status status = db->driver->scan(db, text_of(&sql), key, n, NULL, NULL);

	arena_release(&a);
	return status;
}

static enum db_status run_on(struct db *db, const char *doing, const char *table)
{
	char sql[TABLE_NAME + 64];

	snprintf(sql, sizeof sql, "%s %s", doing, table);
	return db->driver->run(db, sql);
}

enum db_status bulk_empty(struct db *db, const struct table *t)
{
	return run_on(db, "DELETE FROM", t->name);
}

enum db_status bulk_drop(struct db *db, const char *table)
{
	return run_on(db, "DROP TABLE IF EXISTS", table);
}

int64_t bulk_count(struct db *db, const char *table)
{
	char sql[TABLE_NAME + 64];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s", table);
	return db->driver->number(db, sql);
}

static void add_number(struct buf *to, uint64_t number, size_t bytes)
{
	uint64_t big = htobe64(number);

	buf_add(to, (struct str){(const char *)&big + sizeof big - bytes, bytes});
}

void bulk_encode(struct buf *to, const struct db_value *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_add_char(to, (char)row[i].type);
		if (row[i].type == DB_TYPE_INT)
			add_number(to, (uint64_t)row[i].i, sizeof(uint64_t));
		if (row[i].type == DB_TYPE_TEXT || row[i].type == DB_TYPE_BYTES) {
			add_number(to, row[i].s.n, sizeof(uint32_t));
			buf_add(to, row[i].s);
		}
	}
}

static bool take_number(struct str *from, size_t bytes, uint64_t *out)
{
	*out = 0;
	if (from->n < bytes)
		return false;
	for (size_t i = 0; i < bytes; i++)
		*out = *out << 8 | (unsigned char)from->p[i];
	*from = str_slice(*from, bytes, from->n);
	return true;
}

static bool take_value(struct str *from, enum db_type wanted, struct db_value *out)
{
	uint64_t type, number;

	*out = DB_NULL;
	if (!take_number(from, 1, &type) || (type != DB_TYPE_NULL && type != wanted))
		return false;
	if (type == DB_TYPE_NULL)
		return true;
	if (!take_number(
		    from, wanted == DB_TYPE_INT ? sizeof(uint64_t) : sizeof(uint32_t), &number))
		return false;
	*out = DB_INT(number);
	if (wanted == DB_TYPE_INT)
		return true;
	if (number > from->n)
		return false;
	*out = (struct db_value){wanted, 0, {from->p, (size_t)number}};
	*from = str_slice(*from, (size_t)number, from->n);
	return true;
}

bool bulk_decode(struct str *from, const struct table *t, struct db_value *row)
{
	for (size_t i = 0; i < t->columns_n; i++)
		if (!take_value(from, t->columns[i].type, &row[i]))
			return false;
	return true;
}

/* Sums do not depend on the order; four of them of a hash do not agree by accident. */
static void add_hash(struct digest *d, struct str row)
{
	uint8_t hash[CONTENT_HASH_LEN];
	uint64_t lane;

	content_hash(row, hash);
	for (size_t i = 0; i < sizeof d->sums / sizeof d->sums[0]; i++) {
		memcpy(&lane, hash + i * sizeof lane, sizeof lane);
		d->sums[i] += be64toh(lane);
	}
	d->rows++;
}

void digest_add(struct digest *d, const struct bulk *b)
{
	struct arena a;
	struct buf row;

	arena_init(&a, BULK_ARENA);
	buf_init(&row, &a, BULK_ARENA / 4);
	for (size_t i = 0; i < b->n; i++) {
		row.n = 0;
		bulk_encode(&row, bulk_row(b, i), b->table->columns_n);
		add_hash(d, buf_str(&row));
	}
	arena_release(&a);
}

void digest_encode(struct buf *to, const struct digest *d)
{
	add_number(to, d->rows, sizeof d->rows);
	for (size_t i = 0; i < sizeof d->sums / sizeof d->sums[0]; i++)
		add_number(to, d->sums[i], sizeof d->sums[i]);
}

bool digest_decode(struct str from, struct digest *out)
{
	bool good = take_number(&from, sizeof out->rows, &out->rows);

	for (size_t i = 0; i < sizeof out->sums / sizeof out->sums[0]; i++)
		good = good && take_number(&from, sizeof out->sums[i], &out->sums[i]);
	return good && from.n == 0;
}

bool digest_same(const struct digest *a, const struct digest *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

enum db_status digest_of(
	struct db *db, const struct table *t, bool strict, struct arena *a, struct digest *out)
{
	struct arena keys;
	const struct db_value *after = NULL;
	enum db_status status = DB_OK;
	struct bulk b = {0};

	*out = (struct digest){0};
	arena_init(&keys, BULK_ARENA);
	keys.escape = a->escape;
	while (status == DB_OK && !b.last) {
		arena_reset(a);
		status = bulk_read(db, t, after, strict, a, &b);
		digest_add(out, &b);
		arena_reset(&keys);
		if (b.n)
			after = bulk_key(t, bulk_row(&b, b.n - 1), &keys);
	}
	arena_release(&keys);
	return status;
}
