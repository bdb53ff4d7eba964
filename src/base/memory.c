#include "base/memory.h"

#include <cjose/util.h>
#include <curl/curl.h>
#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

static _Thread_local bool ran_out;

/* What libraries get when there is no more: some of them go on with the NULL that they were given,
 * and that ends the process. The request is lost in any case. */
enum { SMALL = 256, SMALL_N = 1024, LARGE = 8192, LARGE_N = 64 };
static _Alignas(16) unsigned char small[SMALL_N][SMALL], large[LARGE_N][LARGE];
static atomic_flag small_taken[SMALL_N], large_taken[LARGE_N];

static void *take_reserved(size_t n)
{
	for (size_t i = 0; n <= SMALL && i < SMALL_N; i++)
		if (!atomic_flag_test_and_set(&small_taken[i]))
			return small[i];
	for (size_t i = 0; n <= LARGE && i < LARGE_N; i++)
		if (!atomic_flag_test_and_set(&large_taken[i]))
			return large[i];
	return NULL;
}

static bool is_within(const void *p, const void *begin, size_t n)
{
	return (uintptr_t)p >= (uintptr_t)begin && (uintptr_t)p < (uintptr_t)begin + n;
}

static size_t size_of(void *p)
{
	return is_within(p, small, sizeof small)   ? SMALL
	       : is_within(p, large, sizeof large) ? LARGE
						   : malloc_usable_size(p);
}

void memory_give(void *p)
{
	size_t at = (size_t)((uintptr_t)p - (uintptr_t)small);

	if (is_within(p, small, sizeof small)) {
		OPENSSL_cleanse(p, SMALL);
		atomic_flag_clear(&small_taken[at / SMALL]);
	} else if (is_within(p, large, sizeof large)) {
		at = (size_t)((uintptr_t)p - (uintptr_t)large);
		OPENSSL_cleanse(p, LARGE);
		atomic_flag_clear(&large_taken[at / LARGE]);
	} else {
		free(p);
	}
}

static void *take(size_t n)
{
	void *p = FAIL_AT("memory.library") ? NULL : malloc(n ? n : 1);

	if (p)
		return p;
	ran_out = true;
	return take_reserved(n);
}

static void *take_more(void *p, size_t n)
{
	void *more = take(n);

	if (!p || !more)
		return more;
	size_t had = size_of(p);

	memcpy(more, p, had < n ? had : n);
	memory_give(p);
	return more;
}

static void *take_for_openssl(size_t n, const char *file, int line)
{
	(void)file;
	(void)line;
	return n ? take(n) : NULL;
}

static void give_of_openssl(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	memory_give(p);
}

static void *take_more_for_openssl(void *p, size_t n, const char *file, int line)
{
	if (n)
		return take_more(p, n);
	give_of_openssl(p, file, line);
	return NULL;
}

/* libcurl gives some back in other ways, and stands the NULL. */
static void *noted(void *p)
{
	if (!p)
		ran_out = true;
	return p;
}

static void *take_for_curl(size_t n)
{
	return noted(FAIL_AT("memory.library") ? NULL : malloc(n ? n : 1));
}

static void *take_more_for_curl(void *p, size_t n)
{
	return noted(FAIL_AT("memory.library") ? NULL : realloc(p, n ? n : 1));
}

static void *take_zeroed_for_curl(size_t n, size_t size)
{
	return noted(FAIL_AT("memory.library") ? NULL : calloc(n, size));
}

static char *take_text_for_curl(const char *text)
{
	return noted(FAIL_AT("memory.library") ? NULL : strdup(text));
}

bool memory_watch_libraries(void)
{
	cjose_set_alloc_funcs(take, take_more, memory_give);
	json_set_alloc_funcs(take, memory_give);
	return CRYPTO_set_mem_functions(take_for_openssl, take_more_for_openssl, give_of_openssl) ==
		       1 &&
	       curl_global_init_mem(CURL_GLOBAL_ALL, take_for_curl, free, take_more_for_curl,
		       take_text_for_curl, take_zeroed_for_curl) == CURLE_OK;
}

bool memory_ran_out(void)
{
	return ran_out;
}

void memory_note_missing(void)
{
	ran_out = true;
}

void memory_forget(void)
{
	ran_out = false;
}
