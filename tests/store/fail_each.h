/* Work whose every call to the database fails once. */
#ifndef LLAVERO_TESTS_FAIL_EACH_H
#define LLAVERO_TESTS_FAIL_EACH_H

#include "store_fixture.h"

/* Something done in transactions of its own: false when it failed, and was undone. */
struct work {
	bool (*try)(void *of);
	void (*unchanged)(void *of); /* asserts that nothing has come of what failed */
	void *of;
};

/* Does it with the first passage of `point` failing, with the second, and so on, until so few are
 * made that all is well. Each that failed has to have been noticed. */
static inline void fail_each(const struct work *w, const char *point)
{
	bool good = false;
	unsigned long passage = 0;

	while (!good) {
		char spec[48];

		assert_in_range(++passage, 1, 500);
		snprintf(spec, sizeof spec, "%s:%lu", point, passage);
		assert_true(fail_configure(spec));
		good = w->try(w->of);
		bool failed = fail_passages(point) >= passage;

		fail_configure(NULL);
		assert_true(good == !failed);
		if (failed)
			w->unchanged(w->of);
	}
	assert_true(passage > 1);
}

/* The end of a transaction, as server/transaction.c has it. */
static inline bool finish(struct store *s, bool good)
{
	if (good)
		return db_commit(s->db) == DB_OK;
	db_rollback(s->db);
	store_drop_lease(s);
	return false;
}

#endif
