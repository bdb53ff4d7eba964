/* Client metadata, member by member: rows 7591-02 to 7591-09, MCP-09, MCP-14, 8252-02, OC-19. */
#include "base/limits.h"
#include "core/client_metadata.h"
#include "unit.h"

#define WEB "\"redirect_uris\":[\"https://app.example/cb\"]"
#define N43 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define EC_KEY "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" N43 "\",\"y\":\"" N43 "\"}"
#define KEYS "\"jwks\":{\"keys\":[" EC_KEY "]}"

static const struct metadata_rules usual = {.local = false}, local = {.local = true},
				   document = {.document = true};

static bool read(struct arena *a, const char *json, const struct metadata_rules *rules,
	struct client_metadata *m, struct metadata_verdict *v)
{
	return client_metadata_read(a, str_from(json), rules, m, v);
}

/* One member more beside a good redirect URI: what is said of it. */
struct row {
	const char *members;
	const char *member, *fault; /* NULL: it is good */
};

static void check_rows(
	struct arena *a, const struct row *rows, size_t n, const struct metadata_rules *rules)
{
	for (size_t i = 0; i < n; i++) {
		struct client_metadata m;
		struct metadata_verdict v;
		bool good = read(a, rows[i].members, rules, &m, &v);

		if (good != !rows[i].member)
			fail_msg("%s: %s %s", rows[i].members, good ? "good" : v.member,
				good ? "" : v.fault);
		if (good)
			continue;
		if (strcmp(v.member, rows[i].member) != 0 || strcmp(v.fault, rows[i].fault) != 0)
			fail_msg("%s: %s %s", rows[i].members, v.member, v.fault);
		assert_int_equal(v.error, strcmp(v.member, "redirect_uris") == 0 &&
							  strcmp(v.fault, "type") != 0 &&
							  strcmp(v.fault, "too_many") != 0 &&
							  strcmp(v.fault, "empty") != 0 &&
							  strcmp(v.fault, "too_long") != 0
						  ? METADATA_REDIRECT_URI
						  : METADATA_CLIENT);
		assert_true(strlen(v.why) > 5);
	}
}

static void test_defaults(void **state)
{
	struct client_metadata m;
	struct metadata_verdict v;

	assert_true(read(*state, "{" WEB "}", &usual, &m, &v));
	assert_int_equal(v.error, METADATA_GOOD);
	assert_int_equal(m.auth_method, AUTH_SECRET);
	assert_int_equal(m.grant_types, GRANT_TYPE_CODE);
	assert_true(m.response_code && !m.pairwise && !m.require_auth_time && !m.auth_post);
	assert_int_equal(m.application_type, APPLICATION_WEB);
	assert_str(m.id_token_signed_response_alg, "RS256");
	assert_int_equal(m.default_max_age, -1);
	assert_false(str_is_set(m.userinfo_signed_response_alg));
	assert_true(read(*state, "{" WEB "}", &document, &m, &v));
	assert_int_equal(m.auth_method, AUTH_NONE);
}

static void test_7591_03_redirect_uris(void **state)
{
	static const struct row rows[] = {
		{"{}", "redirect_uris", "missing"},
		{"{\"redirect_uris\":[]}", "redirect_uris", "missing"},
		{"{\"redirect_uris\":null}", "redirect_uris", "missing"},
		{"{\"redirect_uris\":\"https://app.example/cb\"}", "redirect_uris", "type"},
		{"{\"redirect_uris\":[1]}", "redirect_uris", "type"},
		{"{\"redirect_uris\":[\"\"]}", "redirect_uris", "empty"},
		{"{\"redirect_uris\":[\"/cb\"]}", "redirect_uris", "uri_no_scheme"},
		{"{\"redirect_uris\":[\"https://app.example/cb#f\"]}", "redirect_uris",
			"uri_fragment"},
		{"{\"redirect_uris\":[\"javascript:alert(1)\"]}", "redirect_uris",
			"uri_bad_scheme"},
		{"{\"redirect_uris\":[\"data:text/html,x\"]}", "redirect_uris", "uri_bad_scheme"},
		{"{\"redirect_uris\":[\"https://u@app.example/\"]}", "redirect_uris",
			"uri_user_info"},
		{"{\"redirect_uris\":[\"https://*.app.example/\"]}", "redirect_uris",
			"uri_bad_host"},
		{"{\"redirect_uris\":[\"https://app.example/a/../b\"]}", "redirect_uris",
			"uri_bad_path"},
		{"{\"redirect_uris\":[\"https://app.example/\",\"https://app.example/\"]}",
			"redirect_uris", "twice"},
		{"{\"redirect_uris\":[\"https://a.example/1\",\"https://a.example/2\",\"https://"
		 "a.example/3\",\"https://a.example/4\",\"https://a.example/5\",\"https://"
		 "a.example/6\",\"https://a.example/7\",\"https://a.example/8\",\"https://"
		 "a.example/9\",\"https://a.example/10\",\"https://a.example/11\"]}",
			"redirect_uris", "too_many"},
		{"{\"grant_types\":[\"client_credentials\"]}", NULL, NULL},
		{"{" WEB "}", NULL, NULL},
		{"{\"redirect_uris\":[\"https://app.example/cb?x=1\"]}", NULL, NULL},
	};

	check_rows(*state, rows, COUNT(rows), &usual);
}

/* A014 */
static void test_MCP_14_8252_02_where_an_application_type_is_sent(void **state)
{
	static const struct row rows[] = {
		{"{\"redirect_uris\":[\"http://app.example/cb\"]}", "redirect_uris", "uri_web"},
		{"{\"application_type\":\"web\",\"redirect_uris\":[\"http://127.0.0.1/cb\"]}",
			"redirect_uris", "uri_web"},
		{"{\"application_type\":\"web\",\"redirect_uris\":[\"com.example.app:/cb\"]}",
			"redirect_uris", "uri_web"},
		{"{\"application_type\":\"web\",\"redirect_uris\":[\"https://localhost/cb\"]}",
			"redirect_uris", "uri_localhost"},
		{"{\"redirect_uris\":[\"https://127.0.0.9/cb\"]}", "redirect_uris",
			"uri_localhost"},
		{"{\"application_type\":\"native\",\"redirect_uris\":[\"http://app.example/cb\"]}",
			"redirect_uris", "uri_http"},
		{"{\"application_type\":\"native\",\"redirect_uris\":[\"myapp:/cb\"]}",
			"redirect_uris", "uri_dot"},
		{"{\"redirect_uris\":[\"myapp://cb\"]}", "redirect_uris", "uri_dot"},
		{"{\"application_type\":\"native\",\"redirect_uris\":[\"com.example.app:/cb\"]}",
			NULL, NULL},
		{"{\"application_type\":\"native\",\"redirect_uris\":[\"http://127.0.0.1/cb\","
		 "\"http://[::1]/cb\",\"http://localhost:9/cb\",\"https://app.example/cb\"]}",
			NULL, NULL},
		{"{\"redirect_uris\":[\"http://localhost:3000/cb\"]}", NULL, NULL},
		{"{\"application_type\":\"desktop\"," WEB "}", "application_type", "unsupported"},
		{"{\"application_type\":1," WEB "}", "application_type", "type"},
	};
	struct client_metadata m;
	struct metadata_verdict v;

	check_rows(*state, rows, COUNT(rows), &usual);
	assert_true(
		read(*state, "{\"redirect_uris\":[\"http://localhost:3000/cb\"]}", &usual, &m, &v));
	assert_int_equal(m.application_type, APPLICATION_NATIVE);
	assert_true(read(*state,
		"{\"application_type\":\"web\",\"redirect_uris\":[\"http://127.0.0.1:3/cb\"]}",
		&local, &m, &v));
}

/* A132 */
static void test_7591_04_keys(void **state)
{
	static const struct row rows[] = {
		{"{" WEB "," KEYS "}", NULL, NULL},
		{"{" WEB ",\"jwks_uri\":\"https://app.example/jwks\"}", NULL, NULL},
		{"{" WEB "," KEYS ",\"jwks_uri\":\"https://app.example/jwks\"}", "jwks_uri",
			"keys_twice"},
		{"{" WEB ",\"jwks\":[]}", "jwks", "type"},
		{"{" WEB ",\"jwks\":{}}", "jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[]}}", "jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[1]}}", "jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" N43
		 "\"}]}}",
			"jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" N43
		 "\",\"y\":\"" N43 "\",\"d\":\"" N43 "\"}]}}",
			"jwks", "keys_private"},
		{"{" WEB ",\"jwks\":{\"keys\":[" EC_KEY ",{\"kty\":\"oct\",\"k\":\"" N43 "\"}]}}",
			"jwks", "keys_private"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"oct\"}]}}", "jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" N43
		 "\",\"e\":\"AQAB\"}]}}",
			"jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" N43
		 "\"}]}}",
			NULL, NULL},
		{"{" WEB ",\"jwks\":{\"keys\":{}}}", "jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"x\":\"" N43 "\",\"y\":\"" N43
		 "\"}]}}",
			"jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"" N43
		 "\"}]}}",
			"jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" N43
		 "\",\"y\":\"" N43 "+\"}]}}",
			"jwks", "keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"OKP\",\"x\":\"" N43 "\"}]}}", "jwks",
			"keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}]}}", "jwks",
			"keys_form"},
		{"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"later\"}]}}", "jwks", "keys_form"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"private_key_jwt\"}", "jwks",
			"needs_keys"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"private_key_jwt\"," KEYS "}", NULL,
			NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"self_signed_tls_client_auth\"}", "jwks",
			"needs_keys"},
		{"{" WEB ",\"require_signed_request_object\":true}", "jwks", "needs_keys"},
	};

	struct arena *a = *state;
	struct str e = STR(",\"e\":\"AQAB\""), one = STR(EC_KEY), many = STR("");

	check_rows(a, rows, COUNT(rows), &usual);
	/* RSA of 2048 bits, one character less, and without its exponent */
	for (size_t n = 341; n <= 343; n++)
		for (int with = 0; with < 2; with++)
			check_rows(a,
				&(struct row){
					str_printf(a,
						"{" WEB ",\"jwks\":{\"keys\":[{\"kty\":\"RSA\","
						"\"n\":\"%.*s\"%.*s}]}}",
						STR_ARG(repeated(a, 'n', n)),
						STR_ARG(with ? e : STR("")))
						.p,
					n >= 342 && with ? NULL : "jwks", "keys_form"},
				1, &usual);
	for (int n = 1; n <= LIMIT_JWKS_KEYS + 1; n++) {
		many = str_joined(a, many, ",", one);
		check_rows(a,
			&(struct row){
				str_printf(a, "{" WEB ",\"jwks\":{\"keys\":[%.*s]}}", STR_ARG(many))
					.p,
				n <= LIMIT_JWKS_KEYS ? NULL : "jwks", "keys_form"},
			1, &usual);
	}
}

/* A member that is null is one that is not there (RFC 7591 2 says nothing else). */
static void test_members_that_are_null(void **state)
{
	static const char *const names[] = {"client_name", "jwks", "jwks_uri", "grant_types",
		"response_types", "token_endpoint_auth_method", "application_type", "subject_type",
		"default_max_age", "contacts", "scope", "require_auth_time", "software_statement",
		"id_token_signed_response_alg", "tls_client_auth_san_dns", "client_name#es"};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(names); i++)
		check_rows(a,
			&(struct row){
				str_printf(a, "{" WEB ",\"%s\":null}", names[i]).p, NULL, NULL},
			1, &usual);
}

static void test_names_in_other_languages(void **state)
{
	struct arena *a = *state;
	struct client_metadata m;
	struct metadata_verdict v;
	struct str more = STR("");

	for (size_t n = 0; n <= LIMIT_METADATA_LOCALIZED + 1; n++) {
		struct str text = str_printf(a, "{" WEB "%.*s}", STR_ARG(more));
		bool good = client_metadata_read(a, text, &usual, &m, &v);

		assert_int_equal(good, n <= LIMIT_METADATA_LOCALIZED);
		if (good)
			assert_int_equal(m.localized_n, n);
		more = str_printf(a, "%.*s,\"client_name#l%zu\":\"n\"", STR_ARG(more), n);
	}
}

static void test_7591_05_grant_and_response_types(void **state)
{
	static const struct row rows[] = {
		{"{" WEB ",\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
		 "\"response_types\":[\"code\"]}",
			NULL, NULL},
		{"{" WEB ",\"grant_types\":[\"authorization_code\"],\"response_types\":[]}",
			"response_types", "inconsistent"},
		{"{" WEB ",\"grant_types\":[\"client_credentials\"],\"response_types\":[\"code\"]}",
			"response_types", "inconsistent"},
		{"{" WEB ",\"grant_types\":[\"client_credentials\"]}", NULL, NULL},
		{"{" WEB ",\"grant_types\":[\"refresh_token\"]}", "grant_types", "inconsistent"},
		{"{" WEB ",\"grant_types\":[]}", "grant_types", "inconsistent"},
		{"{" WEB ",\"grant_types\":[\"implicit\"]}", "grant_types", "unsupported"},
		{"{" WEB ",\"grant_types\":[\"password\"]}", "grant_types", "unsupported"},
		{"{" WEB ",\"grant_types\":\"authorization_code\"}", "grant_types", "type"},
		{"{" WEB ",\"response_types\":[\"token\"]}", "response_types", "unsupported"},
		{"{" WEB ",\"response_types\":[\"code id_token\"]}", "response_types",
			"unsupported"},
		{"{" WEB ",\"grant_types\":[\"urn:ietf:params:oauth:grant-type:device_code\"]}",
			NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"none\",\"grant_types\":[\"client_"
		 "credentials\"]}",
			"grant_types", "inconsistent"},
	};
	struct client_metadata m;
	struct metadata_verdict v;

	check_rows(*state, rows, COUNT(rows), &usual);
	assert_true(
		read(*state, "{" WEB ",\"grant_types\":[\"client_credentials\"]}", &usual, &m, &v));
	assert_false(m.response_code);
}

static void test_7591_06_types_and_unknown_members(void **state)
{
	static const char *const texts[] = {"client_name", "client_uri", "logo_uri", "tos_uri",
		"policy_uri", "scope", "jwks_uri", "software_id", "software_version",
		"sector_identifier_uri", "initiate_login_uri", "id_token_signed_response_alg",
		"userinfo_signed_response_alg", "request_object_signing_alg",
		"token_endpoint_auth_signing_alg", "backchannel_logout_uri",
		"token_endpoint_auth_method", "subject_type", "tls_client_auth_subject_dn"};
	static const char *const flags[] = {"require_auth_time",
		"backchannel_logout_session_required", "tls_client_certificate_bound_access_tokens",
		"dpop_bound_access_tokens", "require_pushed_authorization_requests",
		"require_signed_request_object"};
	static const char *const lists[] = {"contacts", "default_acr_values",
		"post_logout_redirect_uris", "authorization_details_types", "resources"};
	static const struct row rows[] = {
		{"{" WEB ",\"x\":1,\"client_id\":\"mine\",\"client_secret\":\"s\"}", NULL, NULL},
		{"{" WEB ",\"default_max_age\":\"1\"}", "default_max_age", "type"},
		{"{" WEB ",\"default_max_age\":-1}", "default_max_age", "type"},
		{"{" WEB ",\"default_max_age\":1.5}", "default_max_age", "type"},
		{"{" WEB ",\"client_name\":\"a\",\"client_name\":\"b\"}", "", "not_json"},
		{"[]", "", "no_object"},
		{"\"x\"", "", "no_object"},
		{"", "", "not_json"},
		{"{", "", "not_json"},
	};
	struct arena *a = *state;

	check_rows(a, rows, COUNT(rows), &usual);
	for (size_t i = 0; i < COUNT(texts); i++)
		check_rows(a,
			&(struct row){
				str_printf(a, "{" WEB ",\"%s\":{}}", texts[i]).p, texts[i], "type"},
			1, &usual);
	for (size_t i = 0; i < COUNT(flags); i++)
		check_rows(a,
			&(struct row){str_printf(a, "{" WEB ",\"%s\":\"true\"}", flags[i]).p,
				flags[i], "type"},
			1, &usual);
	for (size_t i = 0; i < COUNT(lists); i++)
		check_rows(a,
			&(struct row){str_printf(a, "{" WEB ",\"%s\":\"x\"}", lists[i]).p, lists[i],
				"type"},
			1, &usual);
}

static void test_7591_08_software_statements(void **state)
{
	struct client_metadata m;
	struct metadata_verdict v;

	assert_false(read(*state, "{" WEB ",\"software_statement\":\"e30.e30.\"}", &usual, &m, &v));
	assert_int_equal(v.error, METADATA_STATEMENT);
}

static void test_7591_09_uris_are_https(void **state)
{
	static const char *const names[] = {"logo_uri", "client_uri", "tos_uri", "policy_uri",
		"jwks_uri", "sector_identifier_uri", "backchannel_logout_uri",
		"initiate_login_uri"};
	static const char *const bad[] = {"http://app.example/x", "ftp://app.example/x",
		"javascript:alert(1)", "/x", "https://u:p@app.example/x", "https://2130706433/x",
		"http://127.0.0.1/x", "https:///x", "data:image/svg+xml,x"};
	struct arena *a = *state;
	struct client_metadata m;
	struct metadata_verdict v;

	for (size_t i = 0; i < COUNT(names); i++)
		for (size_t k = 0; k < COUNT(bad); k++)
			check_rows(a,
				&(struct row){
					str_printf(a, "{" WEB ",\"%s\":\"%s\"}", names[i], bad[k])
						.p,
					names[i], "not_https"},
				1, &usual);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_true(read(a,
			str_printf(a, "{" WEB ",\"%s\":\"http://127.0.0.1:8/x?y\"}", names[i]).p,
			&local, &m, &v));
}

static void test_algorithms(void **state)
{
	static const char *const names[] = {"id_token_signed_response_alg",
		"userinfo_signed_response_alg", "request_object_signing_alg",
		"token_endpoint_auth_signing_alg"};
	static const char *const bad[] = {"none", "HS256", "RS1", "es256", "A128KW"};
	static const struct row rows[] = {
		{"{" WEB ",\"id_token_encrypted_response_alg\":\"RSA-OAEP\"}",
			"id_token_encrypted_response_alg", "unsupported"},
		{"{" WEB ",\"userinfo_signed_response_alg\":\"ES256\"}", NULL, NULL},
	};
	struct arena *a = *state;

	for (size_t i = 0; i < COUNT(names); i++)
		for (size_t k = 0; k < COUNT(bad); k++)
			check_rows(a,
				&(struct row){
					str_printf(a, "{" WEB ",\"%s\":\"%s\"}", names[i], bad[k])
						.p,
					names[i], "unsupported"},
				1, &usual);
	check_rows(a, rows, COUNT(rows), &usual);
}

static void test_methods_and_bindings(void **state)
{
	static const struct row rows[] = {
		{"{" WEB ",\"token_endpoint_auth_method\":\"client_secret_post\"}", NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"none\"}", NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"client_secret_jwt\"}",
			"token_endpoint_auth_method", "unsupported"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"magic\"}", "token_endpoint_auth_method",
			"unsupported"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"tls_client_auth\"}",
			"tls_client_auth_subject_dn", "inconsistent"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"tls_client_auth\","
		 "\"tls_client_auth_san_dns\":\"app.example\"}",
			NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"tls_client_auth\","
		 "\"tls_client_auth_san_dns\":\"a\",\"tls_client_auth_subject_dn\":\"b\"}",
			"tls_client_auth_san_dns", "twice"},
		{"{" WEB ",\"tls_client_auth_subject_dn\":\"b\"}", "tls_client_auth_subject_dn",
			"inconsistent"},
		{"{" WEB ",\"dpop_bound_access_tokens\":true,"
		 "\"tls_client_certificate_bound_access_tokens\":true}",
			"dpop_bound_access_tokens", "inconsistent"},
		{"{" WEB ",\"backchannel_logout_session_required\":true}",
			"backchannel_logout_session_required", "inconsistent"},
		{"{" WEB ",\"post_logout_redirect_uris\":[\"http://app.example/\"]}",
			"post_logout_redirect_uris", "uri_web"},
		{"{" WEB ",\"post_logout_redirect_uris\":[\"https://app.example/#x\"]}",
			"post_logout_redirect_uris", "uri_fragment"},
		{"{" WEB ",\"resources\":[\"https://api.example/\",\"urn:x\"]}", NULL, NULL},
		{"{" WEB ",\"resources\":[\"https://api.example/#x\"]}", "resources", "text"},
		{"{" WEB ",\"resources\":[\"api\"]}", "resources", "text"},
		{"{" WEB ",\"scope\":\"a\\\"b\"}", "scope", "text"},
		{"{" WEB ",\"resources\":[\":x\"]}", "resources", "text"},
		{"{" WEB ",\"resources\":[\"urn:a b\"]}", "resources", "text"},
		{"{" WEB ",\"resources\":[\"urn:\\u0001\"]}", "resources", "text"},
		{"{" WEB ",\"scope\":\"a\\\\b\"}", "scope", "text"},
		{"{" WEB ",\"scope\":\"a\\u0001\"}", "scope", "text"},
		{"{" WEB ",\"scope\":\"\\u00e9\"}", "scope", "text"},
		{"{" WEB ",\"contacts\":[\"a\\nb\"]}", "contacts", "text"},
		{"{" WEB ",\"default_acr_values\":[\"a\\nb\"]}", "default_acr_values", "text"},
		{"{" WEB ",\"authorization_details_types\":[\"a\\nb\"]}",
			"authorization_details_types", "text"},
		{"{" WEB ",\"scope\":\"openid profile\"}", NULL, NULL},
		{"{" WEB ",\"client_name\":\"a\\u202eb\"}", "client_name", "text"},
		{"{" WEB ",\"client_name\":\"\"}", NULL, NULL},
	};

	check_rows(*state, rows, COUNT(rows), &usual);
}

static void test_OC_19_sectors(void **state)
{
	static const struct row rows[] = {
		{"{" WEB ",\"subject_type\":\"pairwise\"}", NULL, NULL},
		{"{\"redirect_uris\":[\"https://a.example/1\",\"https://A.example/2\"],"
		 "\"subject_type\":\"pairwise\"}",
			NULL, NULL},
		{"{\"redirect_uris\":[\"https://a.example/\",\"https://b.example/\"],"
		 "\"subject_type\":\"pairwise\"}",
			"sector_identifier_uri", "missing"},
		{"{\"redirect_uris\":[\"https://a.example/\",\"https://b.example/\"],"
		 "\"subject_type\":\"pairwise\",\"sector_identifier_uri\":\"https://a.example/s\"}",
			NULL, NULL},
		{"{" WEB ",\"subject_type\":\"secret\"}", "subject_type", "unsupported"},
	};

	check_rows(*state, rows, COUNT(rows), &usual);
}

static void test_MCP_09_a_document_has_no_secret(void **state)
{
	static const struct row rows[] = {
		{"{" WEB "}", NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"none\"}", NULL, NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"private_key_jwt\"," KEYS "}", NULL,
			NULL},
		{"{" WEB ",\"token_endpoint_auth_method\":\"client_secret_basic\"}",
			"token_endpoint_auth_method", "shared_secret"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"client_secret_post\"}",
			"token_endpoint_auth_method", "shared_secret"},
		{"{" WEB ",\"token_endpoint_auth_method\":\"client_secret_jwt\"}",
			"token_endpoint_auth_method", "shared_secret"},
		{"{" WEB ",\"client_secret\":\"x\"}", "client_secret", "shared_secret"},
		{"{" WEB ",\"client_secret_expires_at\":0}", "client_secret", "shared_secret"},
	};

	check_rows(*state, rows, COUNT(rows), &document);
}

static void test_lengths(void **state)
{
	struct arena *a = *state;

	for (size_t n = 2047; n <= 2049; n++) {
		const char *json =
			str_printf(a, "{" WEB ",\"software_id\":\"%s\"}", repeated(a, 'a', n).p).p;
		const struct row row = {json, n > 2048 ? "software_id" : NULL, "too_long"};

		check_rows(a, &row, 1, &usual);
	}
}

static void test_7591_02_what_is_read_is_written(void **state)
{
	static const char json[] =
		"{\"redirect_uris\":[\"https://app.example/cb\",\"https://app.example/2\"],"
		"\"client_name\":\"App\",\"client_uri\":\"https://app.example/\","
		"\"logo_uri\":\"https://app.example/l\",\"tos_uri\":\"https://app.example/t\","
		"\"policy_uri\":\"https://app.example/p\",\"contacts\":[\"a@app.example\"],"
		"\"scope\":\"openid\",\"software_id\":\"id\",\"software_version\":\"1\","
		"\"sector_identifier_uri\":\"https://app.example/s\","
		"\"initiate_login_uri\":\"https://app.example/i\","
		"\"id_token_signed_response_alg\":\"ES256\","
		"\"userinfo_signed_response_alg\":\"ES256\","
		"\"request_object_signing_alg\":\"PS256\","
		"\"token_endpoint_auth_signing_alg\":\"EdDSA\",\"require_auth_time\":true,"
		"\"default_acr_values\":[\"1\",\"2\"],"
		"\"post_logout_redirect_uris\":[\"https://app.example/out\"],"
		"\"backchannel_logout_uri\":\"https://app.example/b\","
		"\"backchannel_logout_session_required\":true,"
		"\"dpop_bound_access_tokens\":true,\"require_pushed_authorization_requests\":true,"
		"\"require_signed_request_object\":true,"
		"\"authorization_details_types\":[\"payment\"],"
		"\"resources\":[\"https://api.example/\"],\"client_name#es\":\"Aplicaci\xC3\xB3n\","
		"\"tos_uri#es\":\"https://app.example/es\","
		"\"grant_types\":[\"authorization_code\",\"refresh_token\"],"
		"\"response_types\":[\"code\"],"
		"\"token_endpoint_auth_method\":\"client_secret_post\","
		"\"application_type\":\"web\",\"subject_type\":\"pairwise\","
		"\"default_max_age\":60," KEYS "}";
	struct client_metadata m, again;
	struct metadata_verdict v;

	if (!read(*state, json, &usual, &m, &v))
		fail_msg("%s %s", v.member, v.fault);
	assert_str(client_metadata_write(*state, &m, METADATA_WHOLE), json);
	struct str kept = client_metadata_write(*state, &m, METADATA_KEPT);

	assert_true(client_metadata_load(*state, kept, &again));
	assert_int_equal(again.redirect_uris.n, 0);
	assert_false(str_is_set(again.client_name) || str_is_set(again.client_uri));
	again.redirect_uris = m.redirect_uris;
	again.client_name = m.client_name;
	again.client_uri = m.client_uri;
	assert_str(client_metadata_write(*state, &again, METADATA_WHOLE), json);
}

/* What nobody registered is not written, so that it goes on following from the app. */
static void test_grants_that_nobody_registered(void **state)
{
	struct client_metadata m, again;
	struct metadata_verdict v;

	assert_true(client_metadata_load(*state, STR("{\"scope\":\"repo\"}"), &m));
	assert_true(m.usual_grants);
	assert_int_equal(m.grant_types, GRANT_TYPE_CODE | GRANT_TYPE_REFRESH);
	assert_true(client_metadata_load(
		*state, client_metadata_write(*state, &m, METADATA_KEPT), &again));
	assert_true(again.usual_grants);
	/* A public client has fewer of them, and that is no mistake of anybody's. */
	m.grant_types |= GRANT_TYPE_CLIENT_CREDENTIALS;
	m.auth_method = AUTH_NONE;
	struct metadata_rules person = {.any_redirect = true};

	assert_true(client_metadata_check(*state, &person, &m, &v));
	m.usual_grants = false;
	assert_false(client_metadata_check(*state, &person, &m, &v));
	assert_true(client_metadata_load(
		*state, client_metadata_write(*state, &m, METADATA_KEPT), &again));
	assert_false(again.usual_grants);
	assert_int_equal(again.grant_types, m.grant_types);
}

static void test_an_app_without_metadata(void **state)
{
	struct client_metadata m;

	assert_true(client_metadata_load(*state, STR_NONE, &m));
	assert_int_equal(m.grant_types, GRANT_TYPE_CODE | GRANT_TYPE_REFRESH);
	assert_true(m.usual_grants && m.response_code);
	assert_false(client_metadata_load(*state, STR("[]"), &m));
	assert_false(client_metadata_load(*state, STR("{"), &m));
}

static void test_localized_members(void **state)
{
	static const struct row rows[] = {
		{"{" WEB ",\"client_name#es\":\"\\u200b\"}", "client_name", "text"},
		{"{" WEB ",\"client_name#es\":1}", "client_name", "type"},
		{"{" WEB ",\"tos_uri#es\":\"http://app.example/\"}", "tos_uri#es", "not_https"},
		{"{" WEB ",\"scope#es\":1}", NULL, NULL},
		{"{" WEB ",\"#es\":1}", NULL, NULL},
	};

	check_rows(*state, rows, COUNT(rows), &usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_defaults),
		test_with_arena(test_7591_03_redirect_uris),
		test_with_arena(test_MCP_14_8252_02_where_an_application_type_is_sent),
		test_with_arena(test_7591_04_keys),
		test_with_arena(test_members_that_are_null),
		test_with_arena(test_names_in_other_languages),
		test_with_arena(test_7591_05_grant_and_response_types),
		test_with_arena(test_7591_06_types_and_unknown_members),
		test_with_arena(test_7591_08_software_statements),
		test_with_arena(test_7591_09_uris_are_https),
		test_with_arena(test_algorithms),
		test_with_arena(test_methods_and_bindings),
		test_with_arena(test_OC_19_sectors),
		test_with_arena(test_MCP_09_a_document_has_no_secret),
		test_with_arena(test_lengths),
		test_with_arena(test_7591_02_what_is_read_is_written),
		test_with_arena(test_grants_that_nobody_registered),
		test_with_arena(test_an_app_without_metadata),
		test_with_arena(test_localized_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
