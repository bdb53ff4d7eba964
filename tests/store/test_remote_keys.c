/* Key sets of clients: row 7523-05, and what happens while their server is away. What a fetch would
 * bring is put in its place. */
#include "flow/rate_limit.h"
#include "flow/remote_keys.h"
#include "flow/resolve_client.h"
#include "store_fixture.h"

#define N43 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define KEYS "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" N43 "\"}]}"

struct stage {
	struct settings settings;
	struct context context;
	struct client_metadata metadata;
	struct remote_keys keys;
	struct resolve_client client;
};

static void prepare(struct stage *s, struct fixture *f)
{
	memset(s, 0, sizeof *s);
	s->settings.rehearsal = true;
	s->context = (struct context){.store = &f->store,
		.settings = &s->settings,
		.arena = &f->arena,
		.random = &f->random,
		.remote = STR("192.0.2.1")};
	client_metadata_init(&s->metadata);
	s->metadata.jwks_uri = STR("https://client.example/jwks");
	begin(f);
}

static enum keys_state ask(struct stage *s, bool again)
{
	return remote_keys(&s->context, &s->metadata, again, &s->keys);
}

/* What its server answers. */
static enum keys_state take(struct stage *s, enum fetch_fault fault, const char *body)
{
	s->keys.fetch.fault = fault;
	s->keys.fetch.body_n = strlen(body);
	memcpy(s->keys.fetch.body, body, s->keys.fetch.body_n);
	return remote_keys_take(&s->context, &s->keys);
}

static void test_registered_keys_need_no_fetch(void **state)
{
	struct stage s;

	prepare(&s, *state);
	s.metadata.jwks_uri = STR_NONE;
	assert_int_equal(ask(&s, false), KEYS_NONE);
	s.metadata.jwks = STR(KEYS);
	assert_int_equal(ask(&s, false), KEYS_READY);
	assert_true(str_eq_c(s.keys.jwks, KEYS));
	assert_int_equal(ask(&s, true), KEYS_NONE);
}

static void test_7523_05_an_unknown_key_is_asked_for_once_a_minute(void **state)
{
	struct fixture *f = *state;
	struct stage s;

	prepare(&s, f);
	assert_int_equal(ask(&s, false), KEYS_FETCH);
	assert_int_equal(take(&s, FETCH_OK, KEYS), KEYS_READY);
	assert_int_equal(ask(&s, false), KEYS_READY);
	assert_true(str_eq_c(s.keys.jwks, KEYS));
	assert_int_equal(ask(&s, true), KEYS_NONE);
	assert_string_equal(s.keys.fault, "keys_again");
	clock_advance(&f->clock, (int64_t)(LIMIT_FRESH_LEAST + 1) * 1000000);
	assert_int_equal(ask(&s, true), KEYS_FETCH);
	assert_int_equal(take(&s, FETCH_OK, KEYS), KEYS_READY);
	assert_int_equal(ask(&s, true), KEYS_NONE);
}

static void test_they_are_fetched_again_when_stale(void **state)
{
	struct fixture *f = *state;
	struct stage s;

	prepare(&s, f);
	ask(&s, false);
	take(&s, FETCH_OK, KEYS);
	clock_advance(&f->clock, (int64_t)(LIMIT_FRESH_USUAL + 1) * 1000000);
	assert_int_equal(ask(&s, false), KEYS_FETCH);
}

static void test_old_keys_serve_a_day_while_their_server_is_away(void **state)
{
	struct fixture *f = *state;
	struct stage s;

	prepare(&s, f);
	ask(&s, false);
	assert_int_equal(take(&s, FETCH_TIMEOUT, ""), KEYS_NONE);
	assert_string_equal(s.keys.fault, "fetch_timeout");
	ask(&s, false);
	take(&s, FETCH_OK, KEYS);
	clock_advance(&f->clock, (int64_t)(LIMIT_STALE - 10) * 1000000);
	assert_int_equal(ask(&s, false), KEYS_FETCH);
	assert_int_equal(take(&s, FETCH_TIMEOUT, ""), KEYS_READY);
	assert_true(str_eq_c(s.keys.jwks, KEYS));
	assert_int_equal(take(&s, FETCH_TYPE, ""), KEYS_NONE);
	clock_advance(&f->clock, (int64_t)20 * 1000000);
	assert_int_equal(take(&s, FETCH_TIMEOUT, ""), KEYS_NONE);
}

static void test_what_is_no_key_set_is_not_kept(void **state)
{
	static const struct {
		const char *body, *fault;
	} rows[] = {{"{", "keys_form"}, {"{\"keys\":[]}", "keys_form"},
		{"{\"keys\":[{\"kty\":\"oct\",\"k\":\"" N43 "\"}]}", "keys_private"}};
	struct stage s;

	prepare(&s, *state);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(ask(&s, false), KEYS_FETCH);
		assert_int_equal(take(&s, FETCH_OK, rows[i].body), KEYS_NONE);
		assert_string_equal(s.keys.fault, rows[i].fault);
	}
	assert_int_equal(ask(&s, false), KEYS_FETCH);
}

static void test_where_nobody_may_be_sent(void **state)
{
	struct stage s;

	prepare(&s, *state);
	s.metadata.jwks_uri = STR("http://client.example/jwks");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	assert_string_equal(s.keys.fault, "url_form");
	s.metadata.jwks_uri = STR("https://printer.local/jwks");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	assert_string_equal(s.keys.fault, "fetch_address");
}

/* A150: neither one host nor because of one address, whoever names it; each by its name. */
static void test_A150_fetches_are_counted(void **state)
{
	struct fixture *f = *state;
	struct rate_limits rates;
	struct stage s;

	prepare(&s, f);
	rate_limits_init(&rates, &f->random);
	s.context.rates = &rates;
	for (int i = 0; i < LIMIT_FETCHES_PER_HOST; i++)
		assert_int_equal(ask(&s, false), KEYS_FETCH);
	s.context.remote = STR("192.0.2.2");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	assert_string_equal(s.keys.fault, "fetch_throttled");
	s.metadata.jwks_uri = STR("https://CLIENT.example/elsewhere");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	/* for documents as for keys */
	s.settings.client_id_documents = true;
	assert_int_equal(resolve_client(&s.context, STR("https://client.example/doc"), &s.client),
		RESOLVE_REFUSED);
	assert_int_equal(s.client.refusal.cause, CAUSE_DOCUMENT_UNREACHABLE);
	assert_int_equal(resolve_client(&s.context, STR("https://other.example/doc"), &s.client),
		RESOLVE_FETCH);
	s.metadata.jwks_uri = STR("https://other.example/jwks");
	assert_int_equal(ask(&s, false), KEYS_FETCH);
	/* of the address that asked for all of those */
	s.context.remote = STR("192.0.2.1");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	assert_string_equal(s.keys.fault, "fetch_throttled");
	/* a rehearsal's own machine is nobody's */
	s.metadata.jwks_uri = STR("http://127.0.0.1/jwks");
	assert_int_equal(ask(&s, false), KEYS_FETCH);
	/* what came before goes on */
	s.metadata.jwks_uri = STR("https://client.example/jwks");
	assert_int_equal(ask(&s, false), KEYS_NONE);
	assert_int_equal(take(&s, FETCH_OK, KEYS), KEYS_READY);
	clock_advance(&f->clock, (int64_t)3500 * 1000000);
	assert_int_equal(ask(&s, true), KEYS_READY);
	clock_advance(&f->clock, (int64_t)200 * 1000000);
	assert_int_equal(ask(&s, true), KEYS_FETCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_registered_keys_need_no_fetch),
		WITH_STORE(test_7523_05_an_unknown_key_is_asked_for_once_a_minute),
		WITH_STORE(test_they_are_fetched_again_when_stale),
		WITH_STORE(test_old_keys_serve_a_day_while_their_server_is_away),
		WITH_STORE(test_what_is_no_key_set_is_not_kept),
		WITH_STORE(test_where_nobody_may_be_sent),
		WITH_STORE(test_A150_fetches_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
