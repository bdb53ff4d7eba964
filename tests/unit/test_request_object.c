/* What a request object says, as parameters: RFC 9101 4 and 5. */
#include "base/limits.h"
#include "core/request_object.h"
#include "unit.h"

static struct params params_of(struct arena *a, struct str text)
{
	struct json_body claims;
	struct params out;

	assert_int_equal(json_body_read(a, text, &claims), JSON_READ);
	assert_true(request_object_params(a, &claims, &out));
	return out;
}

static void test_9101_4_claims_are_parameters(void **state)
{
	struct params p = params_of(*state,
		STR("{\"client_id\":\"app\",\"max_age\":5,\"claims\":{\"id_token\":{}},\"state\":"
		    "null,"
		    "\"authorization_details\":[{\"type\":\"x\"}],\"flag\":true,\"text\":\"\"}"));

	assert_int_equal(p.n, 6);
	assert_str(p.v[0].name, "client_id");
	assert_str(p.v[0].value, "app");
	assert_str(p.v[1].value, "5");
	assert_str(p.v[2].value, "{\"id_token\":{}}");
	assert_str(p.v[3].value, "[{\"type\":\"x\"}]");
	assert_str(p.v[4].value, "true");
	assert_str(p.v[5].value, "");
}

static void test_9101_4_what_is_about_the_jwt_is_left_out(void **state)
{
	struct params p = params_of(*state, STR("{\"iss\":\"a\",\"sub\":\"a\",\"aud\":\"a\","
						"\"exp\":1,\"nbf\":1,\"iat\":1,\"jti\":\"a\"}"));

	assert_int_equal(p.n, 0);
}

/* RFC 8707 2: several resources are several parameters; lists of another name are JSON. */
static void test_8707_resources_of_a_request_object(void **state)
{
	struct params p = params_of(
		*state, STR("{\"resource\":[\"https://a.example\",1],\"resources\":[\"x\"]}"));

	assert_int_equal(p.n, 3);
	assert_str(p.v[0].name, "resource");
	assert_str(p.v[0].value, "https://a.example");
	assert_str(p.v[1].name, "resource");
	assert_str(p.v[1].value, "1");
	assert_str(p.v[2].value, "[\"x\"]");
	assert_int_equal(params_of(*state, STR("{\"resource\":[]}")).n, 0);
	assert_str(params_of(*state, STR("{\"resource\":\"https://a.example\"}")).v[0].value,
		"https://a.example");
}

static void test_as_many_parameters_as_a_request_may_have(void **state)
{
	struct arena *a = *state;
	struct str members = STR(""), items = STR("");

	for (int n = 1; n <= LIMIT_PARAMS + 1; n++) {
		struct json_body claims;
		struct params out;

		members = str_joined(a, members, ",", str_printf(a, "\"p%d\":1", n));
		items = str_joined(a, items, ",", STR("\"r\""));
		assert_int_equal(
			json_body_read(a, str_printf(a, "{%.*s}", STR_ARG(members)), &claims),
			JSON_READ);
		assert_int_equal(request_object_params(a, &claims, &out), n <= LIMIT_PARAMS);
		assert_int_equal(
			json_body_read(
				a, str_printf(a, "{\"resource\":[%.*s]}", STR_ARG(items)), &claims),
			JSON_READ);
		assert_int_equal(request_object_params(a, &claims, &out), n <= LIMIT_PARAMS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_9101_4_claims_are_parameters),
		test_with_arena(test_9101_4_what_is_about_the_jwt_is_left_out),
		test_with_arena(test_8707_resources_of_a_request_object),
		test_with_arena(test_as_many_parameters_as_a_request_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
