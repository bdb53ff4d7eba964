/* Parts that several flows share, over a real store: names of people, hints, marks, keys and
 * metadata of clients. */
#include "fail_each.h"
#include "flow/authorize.h"
#include "flow/client_keys.h"
#include "flow/id_token_hint.h"
#include "flow/own_resource.h"
#include "flow/person_claims.h"
#include "flow/registered_app.h"
#include "flow/sign_in_again.h"
#include "flow/subject.h"
#include "signing_node.h"
#include "store/remote_document.h"

static struct node node_at(struct fixture *f, const char *base_url)
{
	struct node n = make_node(f, &f->store);

	n.settings.base_url = str_from(base_url);
	return n;
}

static struct str subject(struct context *c, const struct app *app, const char *sector)
{
	struct client_metadata m = {.pairwise = true};
	struct str sub, again;

	if (sector)
		m.sector_identifier_uri = str_from(sector);
	assert_true(subject_for(c, app->id, &m, 7, &sub));
	assert_true(subject_for(c, app->id, &m, 7, &again));
	assert_true(str_has_text(sub) && str_eq(sub, again));
	return sub;
}

/* An app that has no host to be told apart by has a sector all the same, and only hosts count. */
static void test_OC_19_sectors(void **state)
{
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	const struct app_fields fields = {
		.name = STR("Bare"), .homepage = STR("https://a.example")};
	struct app bare;

	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App"), other = make_app(f, user.id, "Other");

	assert_int_equal(
		app_create(&f->store, &f->arena, user.id, STR_NONE, &fields, &bare), DB_OK);
	commit(f);
	struct str sub = subject(c, &app, NULL);

	assert_true(str_eq(sub, subject(c, &other, NULL)));
	assert_true(str_eq(sub, subject(c, &bare, "https://client.example/sector.json")));
	assert_false(str_eq(sub, subject(c, &app, "https://sector.example/sector.json")));
	assert_false(str_eq(sub, subject(c, &bare, NULL)));
	assert_true(str_eq(subject(c, &bare, NULL), subject(c, &app, "no URI")));
	end_node(&n);
}

/* A token of nobody is about its app; and where nobody can be named, nobody is. */
static void test_subjects_of_tokens(void **state)
{
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	struct client client;
	struct str sub, own;

	begin(f);
	struct account user = make_account(f, "mona", "mona@example.com");
	struct app app = make_app(f, user.id, "App");

	assert_int_equal(app_set_service(&f->store, app.id, DIALECT_STANDARD, PROFILE_STANDARD,
				 AUTH_SECRET, STR("{\"subject_type\":\"pairwise\"}")),
		DB_OK);
	commit(f);
	assert_int_equal(client_read(&f->store, &f->arena, app.client_id, &client), DB_OK);
	assert_true(subject_of_token(c, app.client_id, ACCOUNT_OF_APPS, &sub));
	assert_true(subject_of_own_token(c, &client, ACCOUNT_OF_APPS, &own));
	assert_true(str_eq(sub, app.client_id) && str_eq(own, app.client_id));
	assert_true(subject_of_token(c, app.client_id, user.id, &sub));
	assert_true(subject_of_own_token(c, &client, user.id, &own));
	assert_true(str_eq(sub, own) && !str_eq(sub, app.client_id));
	assert_false(c->failed);
	for (int i = 0; i < 3; i++) {
		static const char *const points[] = {
			"store.query:1", "store.query:1", "store.query:2"};

		c->failed = false;
		assert_true(fail_configure(points[i]));
		if (i == 0)
			assert_false(subject_of_own_token(c, &client, user.id, &own));
		else
			assert_false(subject_of_token(c, app.client_id, user.id, &sub));
		assert_true(c->failed);
	}
	end_node(&n);
}

/* Signed by us, and yet no ID token of the app. */
static void test_OC_09_hints_that_name_nobody(void **state)
{
	static const struct {
		const char *payload;
		enum hint_verdict verdict;
	} rows[] = {
		{"{\"iss\":\"https://id.example\",\"aud\":\"abc\",\"exp\":1,\"sub\":\"7\","
		 "\"sid\":\"s\"}",
			HINT_GOOD},
		{"[]", HINT_UNREADABLE},
		{"x", HINT_UNREADABLE},
		{"{\"iss\":\"https://id.example\",\"aud\":\"abc\",\"exp\":1}", HINT_OF_ANOTHER},
		{"{\"iss\":\"https://id.example\",\"aud\":[\"abc\",\"def\"],\"exp\":1,"
		 "\"sub\":\"7\"}",
			HINT_OF_ANOTHER},
		{"{\"iss\":\"https://other.example\",\"aud\":\"abc\",\"exp\":1,\"sub\":\"7\"}",
			HINT_OF_ANOTHER},
		{"{\"iss\":\"https://id.example\",\"aud\":\"abc\",\"sub\":\"7\"}", HINT_OF_ANOTHER},
	};
	struct node n = node_at(*state, "https://id.example");
	struct context *c = context_of(&n);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct id_token_hint hint;
		struct str text;

		begin(*state);
		assert_true(sign_jwt(c, JOSE_ES256, "JWT", str_from(rows[i].payload), &text));
		commit(*state);
		enum hint_verdict v = id_token_hint_read(c, text, STR_NONE, &hint);

		if (v != rows[i].verdict)
			fail_msg("%s: %s", rows[i].payload, hint_verdict_word(v));
		assert_true(v == HINT_GOOD || !str_is_set(hint.client_id));
		assert_false(c->failed);
		db_rollback(n.store->db);
	}
	end_node(&n);
}

static bool is_met(struct context *c, struct authorize *a, struct str mark)
{
	const struct authorize_request request = {.sign_in_mark = mark};

	a->request = &request;
	return signed_in_since_mark(c, a);
}

/* Who asked for it gets nothing by a mark that is none, is another app's, or is old. */
static void test_OC_06_marks_of_a_sign_in(void **state)
{
	static const char *const broken[] = {"", ".", "..", "1", "1.", "1.x", "1.x.", "1.x.y",
		"x.y.z", "99999999999999999999.x.y", ".x.y", "1..y"};
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	struct authorize a = {.app = {.client_id = STR("abc")},
		.signed_on = {.session_id = 1, .auth_time = store_now(&f->store), .auth_n = 1}};
	struct str mark = sign_in_mark(c, &a), rest = mark, time;

	assert_false(is_met(c, &a, mark));
	a.signed_on.auth_n = 2;
	assert_true(is_met(c, &a, mark));
	assert_false(is_met(c, &a, STR_NONE));
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		if (is_met(c, &a, str_from(broken[i])))
			fail_msg("%s", broken[i]);
	assert_true(str_next(&rest, '.', &time));
	assert_false(is_met(c, &a, rest));
	assert_false(is_met(c, &a, time));
	assert_false(is_met(c, &a, str_printf(&f->arena, "x%.*s", STR_ARG(mark))));
	a.app.client_id = STR("abd");
	assert_false(is_met(c, &a, mark));
	a.app.client_id = STR("abc");
	/* it was met, but long ago */
	advance(f, LIMIT_SIGN_IN_FRESH - 1);
	assert_true(is_met(c, &a, mark));
	advance(f, 1);
	assert_false(is_met(c, &a, mark));
	/* somebody signed in, but the mark is of an hour ago */
	advance(f, 3600);
	a.signed_on.auth_time = store_now(&f->store);
	assert_false(is_met(c, &a, mark));
	end_node(&n);
}

#define KEYS(kid)                                                                                  \
	"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"" kid "\","                     \
	"\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}"

/* Other keys, or none any more: who agreed is asked again. The same once more: nobody is. */
static void test_MCP_15_what_makes_another_app(void **state)
{
	static const struct {
		const char *jwks, *jwks_uri, *name, *redirect_uri;
		bool another;
	} rows[] = {{NULL, NULL, "App", "https://a.example/cb", false},
		{KEYS("a"), NULL, "App", "https://a.example/cb", true},
		{KEYS("a"), NULL, "App", "https://a.example/cb", false},
		{KEYS("b"), NULL, "App", "https://a.example/cb", true},
		{NULL, NULL, "App", "https://a.example/cb", true},
		{NULL, "https://a.example/keys", "App", "https://a.example/cb", true},
		{NULL, "https://a.example/keys", "App", "https://a.example/cb", false},
		{NULL, "https://b.example/keys", "App", "https://a.example/cb", true},
		{NULL, NULL, "App", "https://a.example/cb", true},
		{NULL, NULL, "App", "https://a.example/other", true},
		{NULL, NULL, "Another", "https://a.example/other", true}};
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	struct app app;

	n.settings.registration_dialects = DIALECT_STANDARD;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct client_metadata m;
		const struct registered_app r = {.metadata = &m,
			.owner_id = ACCOUNT_OF_APPS,
			.client_id = STR_NONE,
			.origin = APP_BY_REGISTRATION};

		client_metadata_init(&m);
		m.jwks = str_from(rows[i].jwks);
		m.jwks_uri = str_from(rows[i].jwks_uri);
		m.client_name = str_from(rows[i].name);
		m.redirect_uris = (struct metadata_list){{str_from(rows[i].redirect_uri)}, 1};
		advance(f, 1);
		begin(f);
		int64_t before = i ? app.changed_at : 0;

		assert_int_equal(
			i ? registered_app_update(c, &m, &app) : registered_app_create(c, &r, &app),
			DB_OK);
		commit(f);
		if ((app.changed_at != before) != rows[i].another)
			fail_msg("row %zu", i);
	}
	end_node(&n);
}

static const char *claims_of(
	struct context *c, struct buf *b, const struct account *account, unsigned claims)
{
	buf_init(b, c->arena, 1000);
	assert_true(person_claims_add(c, b, account, claims));
	assert_false(c->failed);
	return str_printf(c->arena, "%.*s", STR_ARG(buf_str(b))).p;
}

/* Each of the two is told alone when it alone is asked for. */
static void test_OC_13_14_claims_of_an_address(void **state)
{
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	const unsigned address = 1U << OPENID_EMAIL, verified = 1U << OPENID_EMAIL_VERIFIED;
	struct account user, fresh;
	bool taken;
	struct buf b;

	begin(f);
	user = make_account(f, "mona", "mona@example.com");
	assert_int_equal(account_create(&f->store, &f->arena, STR("lisa"), STR_NONE,
				 STR("lisa@example.com"), false, STR_NONE, false, &fresh, &taken),
		DB_OK);
	commit(f);
	assert_string_equal(claims_of(c, &b, &user, address), ",\"email\":\"mona@example.com\"");
	assert_string_equal(claims_of(c, &b, &user, verified), ",\"email_verified\":true");
	assert_string_equal(claims_of(c, &b, &fresh, address | verified),
		",\"email\":\"lisa@example.com\",\"email_verified\":false");
	run_sql(f, "DELETE FROM email");
	db_rollback(f->store.db);
	assert_string_equal(claims_of(c, &b, &user, address | verified), "");
	claim_names(&b, "groups", STR(""));
	claim_names(&b, "groups", STR_NONE);
	assert_int_equal(buf_str(&b).n, 0);
	claim_names(&b, "groups", STR("a b"));
	assert_true(str_eq_c(buf_str(&b), ",\"groups\":[\"a\",\"b\"]"));
	end_node(&n);
}

/* A server that is down is asked once, whatever key is missed: its keys of before serve on. */
static void test_7523_05_nothing_is_fetched_twice(void **state)
{
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	const struct client_metadata m = {.jwks_uri = STR("https://client.example/keys")};
	struct remote_keys *keys, *fetched;

	begin(f);
	assert_int_equal(
		remote_document_put(&f->store, m.jwks_uri, STR(KEYS("a")), LIMIT_FRESH_LEAST),
		DB_OK);
	commit(f);
	advance(f, LIMIT_FRESH_LEAST + 1);
	assert_int_equal(client_keys(c, &m, false, &keys), KEYS_FETCH);
	assert_ptr_equal(c->keys_wanted, keys);
	fetched = c->keys_wanted;
	fetched->fetch.fault = FETCH_CONNECT;
	c->keys_fetched = fetched;
	c->keys_wanted = NULL;
	assert_int_equal(client_keys(c, &m, false, &keys), KEYS_READY);
	assert_true(str_eq_c(keys->jwks, KEYS("a")));
	assert_int_equal(client_keys(c, &m, true, &keys), KEYS_NONE);
	assert_null(c->keys_wanted);
	/* those of another client are still asked for */
	const struct client_metadata other = {.jwks_uri = STR("https://other.example/keys")};

	assert_int_equal(client_keys(c, &other, false, &keys), KEYS_FETCH);
	assert_ptr_equal(c->keys_wanted, keys);
	end_node(&n);
}

/* What was fetched and could not be kept is no verdict on the client, and is kept the next time. */
static void test_7523_05_keys_that_cannot_be_kept_are_our_failure(void **state)
{
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);
	const struct client_metadata m = {.jwks_uri = STR("https://client.example/keys")};
	const struct str body = STR(KEYS("a"));
	struct remote_document kept;
	struct remote_keys *keys;

	assert_int_equal(client_keys(c, &m, false, &keys), KEYS_FETCH);
	db_rollback(f->store.db);
	c->keys_fetched = keys;
	keys->fetch.fault = FETCH_CONNECT;
	assert_true(fail_configure("store.query:1"));
	assert_int_equal(client_keys(c, &m, false, &keys), KEYS_FAILED);
	assert_true(c->failed);
	keys->fetch.fault = FETCH_OK;
	memcpy(keys->fetch.body, body.p, body.n);
	keys->fetch.body_n = body.n;
	for (int i = 0; i < 3; i++) {
		static const char *const points[] = {"store.begin:1", "store.query:1", NULL};

		c->failed = c->part = false;
		fail_configure(points[i]);
		assert_int_equal(
			client_keys(c, &m, false, &keys), points[i] ? KEYS_FAILED : KEYS_READY);
		fail_configure(NULL);
		assert_int_equal(c->failed, points[i] != NULL);
		finish(&f->store, !c->failed);
		assert_int_equal(count(f, "remote_document"), !c->failed);
	}
	assert_int_equal(remote_document_get(&f->store, &f->arena, m.jwks_uri, &kept), DB_OK);
	assert_true(str_eq(kept.body, body));
	end_node(&n);
}

/* RFC 9728 3.1 */
static void test_9728_01_where_resources_are_described(void **state)
{
	static const struct {
		const char *path;
		enum own_resource at;
	} rows[] = {{"/", OWN_SERVER}, {"", OWN_SERVER}, {"/api/v3", OWN_API},
		{"/api/v3/user", OWN_API}, {"/api/v3x", OWN_SERVER}, {"/api/v", OWN_SERVER},
		{"/api/graphql", OWN_GRAPHQL}, {"/api/graphqls", OWN_SERVER},
		{"/oauth2/userinfo", OWN_USERINFO}};
	struct fixture *f = *state;
	struct node n = node_at(f, "https://id.example");
	struct context *c = context_of(&n);

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(own_resource_at(str_from(rows[i].path)), rows[i].at);
	assert_true(str_eq_c(resource_metadata_url(&f->arena, STR("https://id.example/")),
		"https://id.example" RESOURCE_METADATA));
	assert_true(str_eq_c(resource_metadata_url(&f->arena, STR("https://id.example/a/")),
		"https://id.example" RESOURCE_METADATA "/a/"));
	assert_true(str_eq_c(resource_of_metadata_path(c, STR(RESOURCE_METADATA "/api/v3")),
		"https://id.example/api/v3"));
	assert_false(str_is_set(resource_of_metadata_path(c, STR(RESOURCE_METADATA "s"))));
	assert_false(str_is_set(resource_of_metadata_path(c, STR("/.well-known"))));
	end_node(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_OC_19_sectors),
		WITH_STORE(test_subjects_of_tokens),
		WITH_STORE(test_OC_09_hints_that_name_nobody),
		WITH_STORE(test_OC_06_marks_of_a_sign_in),
		WITH_STORE(test_MCP_15_what_makes_another_app),
		WITH_STORE(test_OC_13_14_claims_of_an_address),
		WITH_STORE(test_7523_05_nothing_is_fetched_twice),
		WITH_STORE(test_7523_05_keys_that_cannot_be_kept_are_our_failure),
		WITH_STORE(test_9728_01_where_resources_are_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
