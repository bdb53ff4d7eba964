#include "base/memory.h"

#include <cjose/util.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "base/fail.h"

static _Thread_local bool ran_out;

static void *noted(void *p)
{
	if (!p)
		ran_out = true;
	return p;
}

static void *take(size_t n)
{
	return noted(FAIL_AT("memory.library") ? NULL : malloc(n ? n : 1));
}

static void *take_more(void *p, size_t n)
{
	return noted(FAIL_AT("memory.library") ? NULL : realloc(p, n ? n : 1));
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
	free(p);
}

static void *take_more_for_openssl(void *p, size_t n, const char *file, int line)
{
	if (!p)
		return take_for_openssl(n, file, line);
	if (n)
		return take_more(p, n);
	free(p);
	return NULL;
}

bool memory_watch_libraries(void)
{
	cjose_set_alloc_funcs(take, take_more, free);
	json_set_alloc_funcs(take, free);
	return CRYPTO_set_mem_functions(take_for_openssl, take_more_for_openssl, give_of_openssl) ==
	       1;
}

bool memory_ran_out(void)
{
	return ran_out;
}

void memory_forget(void)
{
	ran_out = false;
}
