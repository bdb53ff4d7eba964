/* What libraries are refused is noticed, whatever they make of it. */
#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/memory.h"
#include "core/bound.h"
#include "unit.h"

static void test_nothing_is_missing_by_itself(void **state)
{
	(void)state;
	memory_forget();
	json_decref(json_loads("{\"a\": [1, \"two\"]}", 0, NULL));
	EVP_PKEY_CTX_free(EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL));
	assert_false(memory_ran_out());
}

#ifndef LLAVERO_RELEASE
static void test_each_library_is_watched(void **state)
{
	(void)state;
	memory_forget();
	assert_true(fail_configure("memory.library:1"));
	json_decref(json_loads("{}", 0, NULL));
	assert_true(memory_ran_out());
	memory_forget();
	assert_true(fail_configure("memory.library:1"));
	OPENSSL_free(OPENSSL_malloc(8));
	fail_configure(NULL);
	assert_true(memory_ran_out());
	memory_forget();
	assert_false(memory_ran_out());
}

/* Some go on with the NULL they are given: there is a reserve, and it is used again and again. */
static void test_there_is_a_reserve(void **state)
{
	enum { ROUNDS = 3000 };
	static const size_t sizes[] = {1, 256, 257, 8192};

	(void)state;
	assert_true(fail_configure("memory.library:1+"));
	for (int i = 0; i < ROUNDS; i++)
		for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
			char *p = OPENSSL_malloc(sizes[s]);

			assert_non_null(p);
			memset(p, 'x', sizes[s]);
			OPENSSL_free(p);
		}
	assert_null(OPENSSL_malloc(8193));
	char *text = OPENSSL_strdup("kept"), *more = OPENSSL_realloc(text, 1000);

	assert_non_null(more);
	assert_string_equal(more, "kept");
	fail_configure(NULL);
	more = OPENSSL_realloc(more, 20000);
	assert_string_equal(more, "kept");
	assert_true(fail_configure("memory.library:1+"));
	more = OPENSSL_realloc(more, 8000);
	fail_configure(NULL);
	assert_string_equal(more, "kept");
	OPENSSL_free(more);
	memory_forget();
}

/* 9449-09: without its key it would pass for a plain bearer token. */
static void test_what_a_token_is_bound_to_is_not_missed(void **state)
{
	const struct str text = STR("{\"jkt\":\"0123456789012345678901234567890123456789012\","
				    "\"resources\":[\"https://api.example/v1\"]}");
	struct arena arena;

	(void)state;
	arena_init(&arena, 65536);
	for (int n = 1;; n++) {
		char spec[32];
		struct bound bound;

		snprintf(spec, sizeof spec, "memory.library:%d", n);
		assert_true(fail_configure(spec));
		memory_forget();
		bool whole = bound_read(&arena, text, &bound) && bound.jkt.n == 43 &&
			     bound.resources_n == 1;

		assert_true(whole || memory_ran_out());
		if (fail_passages("memory.library") < (unsigned long)n)
			break;
		assert_true(memory_ran_out());
	}
	fail_configure(NULL);
	arena_release(&arena);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_missing_by_itself),
#ifndef LLAVERO_RELEASE
		cmocka_unit_test(test_each_library_is_watched),
		cmocka_unit_test(test_there_is_a_reserve),
		cmocka_unit_test(test_what_a_token_is_bound_to_is_not_missed),
#endif
	};

	if (!memory_watch_libraries())
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
