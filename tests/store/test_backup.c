/* Rows as a whole (store/bulk.h), and back-ups of them: assurance 6.3, I7, I18. */
#include <fcntl.h>
#include <sys/mman.h>

#include "base/limits.h"
#include "store/backup.h"
#include "store/backup_format.h"
#include "store/device.h"
#include "store_fixture.h"

static const struct bulk_watch nobody = {NULL, NULL};

static const struct table *table_of(struct fixture *f, const char *name)
{
	struct tables tables;
	struct db_schema schema;

	db_schema_known(true, &schema);
	assert_true(tables_of(&schema, &f->arena, &tables));
	const struct table *t = tables_find(&tables, str_from(name));

	assert_non_null(t);
	return t;
}

static enum db_status put(struct db *db, int n)
{
	char name[32];

	snprintf(name, sizeof name, "row %05d", n);
	return db_exec(db, STMT_INSTANCE_SET,
		DB_ARGS(db_text(str_from(name)), DB_BYTES("\0\1\2", (size_t)n % 4)), NULL);
}

static void put_many(struct fixture *f, int n)
{
	begin(f);
	for (int i = 0; i < n; i++)
		assert_int_equal(put(f->store.db, i), DB_OK);
	commit(f);
}

/* A batch is full at one size, and says by the next one that nothing follows. */
static void test_rows_come_in_batches_in_the_order_of_the_key(void **state)
{
	struct fixture *f = *state;
	const struct table *t = table_of(f, "instance");
	struct arena one, two;
	struct bulk first, second;

	run_sql(f, "DELETE FROM instance");
	arena_init(&one, BULK_ARENA);
	arena_init(&two, BULK_ARENA);
	for (int n = BULK_ROWS - 1; n <= BULK_ROWS + 1; n++) {
		put_many(f, n);
		arena_reset(&one);
		arena_reset(&two);
		assert_int_equal(bulk_read(f->store.db, t, NULL, true, &one, &first), DB_OK);
		assert_int_equal(first.n, n < BULK_ROWS ? n : BULK_ROWS);
		assert_int_equal(first.last, n < BULK_ROWS);
		assert_int_equal(bulk_read(f->store.db, t, bulk_row(&first, first.n - 1), true,
					 &two, &second),
			DB_OK);
		assert_int_equal(second.n, n > BULK_ROWS ? 1 : 0);
		assert_true(second.last);
	}
	for (size_t i = 1; i < first.n; i++)
		assert_true(bulk_compare(t, bulk_row(&first, i - 1), bulk_row(&first, i)) < 0);
	assert_true(bulk_compare(t, bulk_row(&first, first.n - 1), bulk_row(&second, 0)) < 0);
	db_rollback(f->store.db);
	arena_release(&one);
	arena_release(&two);
}

/* '@' in the text stands for bytes, none of them. */
static void run_words(struct fixture *f, const char *text)
{
	const char *empty = on_postgres() ? "''::bytea" : "x''";
	struct buf sql;

	buf_init(&sql, &f->arena, 4096);
	for (; *text; text++)
		if (*text == '@')
			buf_add_c(&sql, empty);
		else
			buf_add_char(&sql, *text);
	run_sql(f, str_c(&f->arena, buf_str(&sql)));
}

static void read_all(struct fixture *f, const struct table *t, struct bulk *out)
{
	assert_int_equal(
		bulk_read(f->store.db, t, NULL, bulk_is_strict(f->store.db), &f->arena, out),
		DB_OK);
	db_rollback(f->store.db);
}

static void test_rows_are_deleted_and_put_back_as_they_were(void **state)
{
	struct fixture *f = *state;
	const struct table *t = table_of(f, "app_secret");
	struct bulk before, after;

	run_words(f, "INSERT INTO app_secret (id, app_id, hash, last_eight, created_by, created_at)"
		     " VALUES (1, 2, @, 'last', 3, -4), (9223372036854775807, 2, @, '', 3, 4)");
	read_all(f, t, &before);
	assert_int_equal(before.n, 2);
	begin(f);
	assert_int_equal(bulk_delete(f->store.db, t, bulk_row(&before, 0)), DB_OK);
	commit(f);
	read_all(f, t, &after);
	assert_int_equal(after.n, 1);
	assert_true(bulk_same(t, bulk_row(&before, 1), bulk_row(&after, 0)));
	begin(f);
	assert_int_equal(bulk_insert(f->store.db, &before), DB_CONFLICT);
	db_rollback(f->store.db);
	begin(f);
	assert_int_equal(bulk_empty(f->store.db, t), DB_OK);
	assert_int_equal(bulk_insert(f->store.db, &before), DB_OK);
	commit(f);
	read_all(f, t, &after);
	for (size_t i = 0; i < 2; i++)
		assert_true(bulk_same(t, bulk_row(&before, i), bulk_row(&after, i)));
}

static void test_a_digest_tells_any_change_and_no_order(void **state)
{
	struct fixture *f = *state;
	const struct table *t = table_of(f, "instance");
	struct db_value rows[] = {
		db_text(STR("a")), DB_BYTES("1", 1), db_text(STR("b")), DB_BYTES("2", 1)};
	struct db_value other_order[] = {rows[2], rows[3], rows[0], rows[1]};
	struct db_value moved[] = {
		db_text(STR("a1")), DB_BYTES("", 0), db_text(STR("b")), DB_BYTES("2", 1)};
	struct db_value other_type[] = {rows[0], db_text(STR("1")), rows[2], rows[3]};
	struct db_value *all[] = {rows, other_order, moved, other_type};
	struct digest digests[4] = {0};

	for (size_t i = 0; i < 4; i++)
		digest_add(&digests[i], &(const struct bulk){.table = t, .rows = all[i], .n = 2});
	assert_true(digest_same(&digests[0], &digests[1]));
	assert_false(digest_same(&digests[0], &digests[2]));
	assert_false(digest_same(&digests[0], &digests[3]));
}

/* What SQLite takes and PostgreSQL does not. */
static void test_text_that_is_none_is_mended_but_in_a_key(void **state)
{
	struct fixture *f = *state;
	struct db_value device[] = {db_text((struct str){"a\0b\xFF", 4})};
	struct table t = {.name = "x", .columns = {{"id", DB_TYPE_TEXT}}, .columns_n = 1};
	struct bulk b = {.table = &t, .rows = device, .n = 1};

	assert_true(bulk_mend(&b, &f->arena));
	assert_true(str_eq_c(device[0].s, "a\xEF\xBF\xBD"
					  "b\xEF\xBF\xBD"));
	assert_int_equal(b.mended, 1);
	device[0] = db_text(STR("\xFF"));
	t.key_n = 1;
	assert_false(bulk_mend(&b, &f->arena));
}

/* back-ups */

static int make_backup(struct fixture *f)
{
	char problem[256];
	struct backup_summary found;
	int fd = memfd_create("backup", MFD_CLOEXEC);

	if (!backup_make(f->store.db, fd, 1000, &nobody, &f->arena, &found, problem))
		fail_msg("%s", problem);
	lseek(fd, 0, SEEK_SET);
	return fd;
}

static bool verify(struct fixture *f, int fd, char problem[256])
{
	struct backup_summary found;

	lseek(fd, 0, SEEK_SET);
	arena_reset(&f->arena);
	return backup_verify(fd, &nobody, &f->arena, &found, problem);
}

/* Each byte of the first hundred, and each of the last; and every length that is too short. */
static void test_a_changed_byte_or_a_missing_one_is_found(void **state)
{
	struct fixture *f = *state;
	char problem[256];
	int fd = make_backup(f);
	off_t size = lseek(fd, 0, SEEK_END);
	char byte;

	assert_true(verify(f, fd, problem));
	for (off_t at = 0; at < size; at += at < 100 || at > size - 100 ? 1 : 37) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		if (verify(f, fd, problem))
			fail_msg("a change at %lld was not found", (long long)at);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_true(verify(f, fd, problem));
	assert_int_equal(pwrite(fd, "x", 1, size), 1);
	assert_false(verify(f, fd, problem));
	for (off_t n = size - 1; n >= 0; n -= n < 100 || n > size - 100 ? 1 : 41) {
		assert_int_equal(ftruncate(fd, n), 0);
		assert_false(verify(f, fd, problem));
	}
	close(fd);
}

static void test_pieces_have_a_longest_length(void **state)
{
	struct fixture *f = *state;
	struct backup_file file;
	char problem[256] = "", kind, *text = arena_alloc(&f->arena, LIMIT_BACKUP_FRAME + 1);
	struct str payload;
	int fd = memfd_create("backup", MFD_CLOEXEC);
	const uint8_t above[] = {'T', (LIMIT_BACKUP_FRAME + 1) >> 24 & 0xFF,
		(LIMIT_BACKUP_FRAME + 1) >> 16 & 0xFF, (LIMIT_BACKUP_FRAME + 1) >> 8 & 0xFF,
		(LIMIT_BACKUP_FRAME + 1) & 0xFF};

	assert_true(backup_file_create(&file, fd, problem));
	assert_true(backup_write(&file, 'T', (struct str){text, LIMIT_BACKUP_FRAME - 1}));
	assert_true(backup_write(&file, 'T', (struct str){text, LIMIT_BACKUP_FRAME}));
	assert_false(backup_write(&file, 'T', (struct str){text, LIMIT_BACKUP_FRAME + 1}));
	assert_int_equal(write(fd, above, sizeof above), sizeof above);
	backup_file_release(&file);
	lseek(fd, 0, SEEK_SET);
	assert_true(backup_file_open(&file, fd, problem));
	assert_true(backup_read(&file, &kind, &payload) && payload.n == LIMIT_BACKUP_FRAME - 1);
	assert_true(backup_read(&file, &kind, &payload) && payload.n == LIMIT_BACKUP_FRAME);
	assert_false(backup_read(&file, &kind, &payload));
	assert_non_null(strstr(problem, "too long"));
	backup_file_release(&file);
	close(fd);
}

/* Into SQLite, from whichever engine it is. */
static struct db *restored(struct fixture *f, int fd, const struct restore_how *how)
{
	char problem[256];
	struct backup_summary found;
	struct db *db = db_open("sqlite::memory:", true, problem);

	assert_non_null(db);
	if (!backup_restore(db, fd, 5000, how, &nobody, &f->arena, &found, problem))
		fail_msg("%s", problem);
	return db;
}

static int64_t number(struct db *db, const char *sql)
{
	return db->driver->number(db, sql);
}

static void test_6_3_M2_what_waits_ends_when_it_is_restored(void **state)
{
	struct fixture *f = *state;

	run_words(f,
		"INSERT INTO code (id, hash, app_id, account_id, grant_id, redirect_uri, scopes,"
		" created_at, expires_at, consumed_at) VALUES"
		" (1, @, 1, 1, 1, '', '', 900, 9000, NULL),"
		" (2, @, 1, 1, 1, '', '', 900, 9000, 950),"
		" (3, @, 1, 1, 1, '', '', 100, 700, NULL)");
	run_words(f,
		"INSERT INTO device_code (id, hash, user_code, app_id, scopes, offline, address,"
		" created_at, expires_at) VALUES (1, @, 7, 1, '', 0, '', 900, 9000)");
	run_words(f, "INSERT INTO pushed_request (hash, app_id, request, created_at, expires_at)"
		     " VALUES (@, 1, 'a=b', 900, 9000)");
	run_words(f, "INSERT INTO two_factor (account_id, sealed, session_id, created_at,"
		     " confirmed_at, used_step) VALUES (1, @, 1, 900, 900, 30)");
	run_words(f, "INSERT INTO session (id, secret_hash, account_id, created_at, seen_at,"
		     " expires_at, address, user_agent) VALUES (1, @, 1, 900, 900, 9000, '', '')");
	int64_t next = ask_sql(f, "SELECT next FROM counter WHERE name = 'object'", true);
	int64_t account = ask_sql(f, "SELECT next FROM counter WHERE name = 'account'", true);
	int fd = make_backup(f);
	struct db *db = restored(f, fd, &(const struct restore_how){0});

	/* a code that was used stays, so that a second use of it is known for one (I18) */
	assert_int_equal(number(db, "SELECT expires_at FROM code WHERE id = 1"), 5000);
	assert_int_equal(number(db, "SELECT expires_at FROM code WHERE id = 2"), 9000);
	assert_int_equal(number(db, "SELECT expires_at FROM code WHERE id = 3"), 700);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM device_code WHERE user_code IS NULL"
				    " AND expires_at = 5000"),
		1);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM pushed_request WHERE used_at = 5000"
				    " AND request = ''"),
		1);
	assert_int_equal(number(db, "SELECT used_step FROM two_factor"), 5000 / 30);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM instance WHERE name = 'form_key'"), 0);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM instance WHERE name = 'vault_key'"), 1);
	assert_int_equal(number(db, "SELECT COUNT(*) FROM session WHERE ended_at IS NULL"), 1);
	/* ids that were given after the back-up are not given to others */
	assert_true(number(db, "SELECT next FROM counter WHERE name = 'object'") >=
		    next + (INT64_C(1) << 32));
	assert_true(
		number(db, "SELECT next FROM counter WHERE name = 'account'") >= account + 1000000);
	db_close(db);
	lseek(fd, 0, SEEK_SET);
	db = restored(f, fd, &(const struct restore_how){.revoke_all_tokens = true});
	assert_int_equal(number(db, "SELECT COUNT(*) FROM session WHERE ended_at = 5000"), 1);
	assert_int_equal(number(db, "SELECT epoch FROM app WHERE id = 0"), 2);
	db_close(db);
	close(fd);
}

static void test_every_older_schema_can_be_restored(void **state)
{
	struct fixture *f = *state;
	char problem[256];
	struct backup_summary found;

	struct db_schema all, some;

	db_schema_known(true, &all);
	some = all;
	for (some.n = 1; some.n <= all.n; some.n++) {
		struct db *old = db_open("sqlite::memory:", true, problem);
		int fd = memfd_create("backup", MFD_CLOEXEC);

		assert_int_equal(db_begin_schema(old, NULL), DB_OK);
		assert_int_equal(db_make_schema(old, &some), DB_OK);
		assert_int_equal(old->driver->run(old,
					 "INSERT INTO account (id, login, login_key, site_admin,"
					 " primary_verified, created_at, updated_at)"
					 " VALUES (5, 'Mona', 'mona', 0, 1, 10, 10)"),
			DB_OK);
		assert_int_equal(db_commit(old), DB_OK);
		if (!backup_make(old, fd, 1000, &nobody, &f->arena, &found, problem))
			fail_msg("%s", problem);
		assert_int_equal(found.schema.n, some.n);
		lseek(fd, 0, SEEK_SET);
		struct db *db = restored(f, fd, &(const struct restore_how){0});

		assert_int_equal(db_schema_version(db), all.numbers[all.n - 1]);
		assert_int_equal(number(db, "SELECT id FROM account WHERE login = 'Mona'"), 5);
		db_close(db);
		db_close(old);
		close(fd);
	}
}

/* Whatever fails, and wherever: the database is what it was. */
static void test_a_restore_that_fails_changes_nothing(void **state)
{
	static const char *const points[] = {"restore.rows:1", "restore.rows:3", "restore.commit:1",
		"bulk.insert:2", "bulk.read:1", "store.commit:1"};
	struct fixture *f = *state;
	char problem[256];
	struct backup_summary found;
	int fd = make_backup(f);
	struct db *db = restored(f, fd, &(const struct restore_how){0});

	assert_int_equal(put(db, 1), DB_OK);
	for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
		lseek(fd, 0, SEEK_SET);
		fail_configure(points[i]);
		assert_false(backup_restore(db, fd, 5000, &(const struct restore_how){true, true},
			&nobody, &f->arena, &found, problem));
		fail_configure(NULL);
		assert_true(*problem);
		assert_int_equal(
			number(db, "SELECT COUNT(*) FROM instance WHERE name = 'row 00001'"), 1);
	}
	lseek(fd, 0, SEEK_SET);
	assert_false(backup_restore(
		db, fd, 5000, &(const struct restore_how){0}, &nobody, &f->arena, &found, problem));
	assert_non_null(strstr(problem, "not empty"));
	db_close(db);
	close(fd);
}

static void test_a_backup_is_of_one_moment(void **state)
{
	struct fixture *f = *state;
	struct digest before, after;
	struct arena batch;
	const struct table *t = table_of(f, "instance");

	assert_int_equal(db_begin_snapshot(f->store.db), DB_OK);
	arena_init(&batch, BULK_ARENA);
	assert_int_equal(digest_of(f->store.db, t, false, &batch, &before), DB_OK);
	assert_int_equal(db_begin_write(f->other.db), DB_OK);
	assert_int_equal(put(f->other.db, 1), DB_OK);
	assert_int_equal(db_commit(f->other.db), DB_OK);
	assert_int_equal(digest_of(f->store.db, t, false, &batch, &after), DB_OK);
	assert_true(digest_same(&before, &after));
	db_rollback(f->store.db);
	arena_release(&batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_rows_come_in_batches_in_the_order_of_the_key),
		WITH_STORE(test_rows_are_deleted_and_put_back_as_they_were),
		WITH_STORE(test_a_digest_tells_any_change_and_no_order),
		WITH_STORE(test_text_that_is_none_is_mended_but_in_a_key),
		WITH_STORE(test_a_changed_byte_or_a_missing_one_is_found),
		WITH_STORE(test_pieces_have_a_longest_length),
		WITH_STORE(test_6_3_M2_what_waits_ends_when_it_is_restored),
		WITH_STORE(test_every_older_schema_can_be_restored),
		WITH_STORE(test_a_restore_that_fails_changes_nothing),
		WITH_STORE(test_a_backup_is_of_one_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
