/* The table of errors: what holds for every row, and the three replies that are promised. */
#include "core/error.h"
#include "unit.h"

/* RFC 6749 5.2: %x20-21 / %x23-5B / %x5D-7E. */
static bool wire_characters(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7E || *text == '"' || *text == '\\')
			return false;
	return true;
}

static void test_every_wire_row(void **state)
{
	(void)state;
	for (int w = 0; w < WIRE_ERRORS; w++) {
		const struct wire_row *row = wire_row((enum wire_error)w);

		assert_non_null(row->code);
		assert_true(*row->code && wire_characters(row->code));
		assert_true(wire_characters(row->description) && wire_characters(row->anchor));
		assert_true(wire_characters(row->rfc_code));
		assert_true(row->rfc_status >= 400 && row->rfc_status < 600);
		/* What has no documentation page is told in an API's words, by its code alone. */
		assert_int_equal(*row->page != '\0', *row->anchor != '\0');
		assert_int_equal(*row->page != '\0', *row->description != '\0');
		if (!*row->page)
			continue;
		assert_true(*row->rfc_code);
		assert_int_equal(row->page[0], '/');
		/* GitHub reference 5.4: the device flow's errors share a section, and there is no
		 * slash before its anchor. */
		if (strcmp(row->anchor, "error-codes-for-the-device-flow") == 0)
			continue;
		/* So do OpenID Connect's of one kind. */
		if (strcmp(row->anchor, "requests-without-pages") == 0 ||
			strcmp(row->anchor, "request-objects") == 0)
			continue;
		assert_int_equal(row->page[strlen(row->page) - 1], '/');
		for (int v = 0; v < w; v++) {
			const struct wire_row *other = wire_row((enum wire_error)v);

			assert_false(strcmp(row->page, other->page) == 0 &&
				     strcmp(row->anchor, other->anchor) == 0);
		}
	}
}

static void test_every_cause(void **state)
{
	(void)state;
	for (int c = CAUSE_NONE; c < CAUSES; c++) {
		assert_in_range(cause_wire((enum cause)c), 0, WIRE_ERRORS - 1);
		assert_true(strlen(cause_name((enum cause)c)) > 3);
		for (int d = 0; d < c; d++)
			assert_string_not_equal(
				cause_name((enum cause)c), cause_name((enum cause)d));
	}
	assert_string_equal(cause_name(CAUSE_CODE_EXPIRED), "CODE_EXPIRED");
	assert_int_equal(cause_wire(CAUSE_CODE_EXPIRED), WIRE_BAD_VERIFICATION_CODE);
	assert_int_equal(cause_wire(CAUSE_NONE), WIRE_SERVER_ERROR);
}

/* What errors.def promises has a name, a kind and room in a refusal. */
static void test_the_evidence_of_every_cause(void **state)
{
	(void)state;
	for (int c = CAUSE_NONE; c < CAUSES; c++) {
		struct str rest = str_from(cause_evidence((enum cause)c)), name;
		enum evidence_name n;
		size_t named = 0;

		while (str_next(&rest, ' ', &name)) {
			if (str_ends(name, STR("?")))
				name.n--;
			if (!str_has_text(name) || str_eq_c(name, "compare"))
				continue;
			named++;
			assert_true(evidence_find(name, &n));
			assert_str(name, evidence_name(n));
		}
		assert_in_range(named, 0, REFUSAL_EVIDENCE);
	}
}

static void check_reply(enum cause c, const char *code, const char *description, const char *uri)
{
	const struct wire_row *row = wire_row(cause_wire(c));
	char text[256];

	assert_string_equal(row->code, code);
	assert_string_equal(row->description, description);
	snprintf(text, sizeof text, "%s#%s", row->page, row->anchor);
	assert_string_equal(text, uri);
}

static void test_the_three_promised_replies(void **state)
{
	(void)state;
	check_reply(CAUSE_CLIENT_SECRET_WRONG, "incorrect_client_credentials",
		"The client_id and/or client_secret passed are incorrect.",
		"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
		"#incorrect-client-credentials");
	check_reply(CAUSE_CODE_REDIRECT_DIFFERS, "redirect_uri_mismatch",
		"The redirect_uri MUST match the registered callback URL for this application.",
		"/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/"
		"#redirect-uri-mismatch2");
	check_reply(CAUSE_CODE_UNKNOWN, "bad_verification_code",
		"The code passed is incorrect or expired.",
		"/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/"
		"#bad-verification-code");
}

/* A stranger learns neither whether a client exists nor what became of a code. */
static void test_a033_causes_that_look_alike(void **state)
{
	static const enum cause alike[][4] = {
		{CAUSE_CLIENT_UNKNOWN, CAUSE_CLIENT_SECRET_WRONG, CAUSE_CLIENT_SECRET_REVOKED,
			CAUSE_CLIENT_SECRET_MISSING},
		{CAUSE_CODE_UNKNOWN, CAUSE_CODE_EXPIRED, CAUSE_CODE_REDEEMED,
			CAUSE_CODE_OF_ANOTHER_APP},
		{CAUSE_CODE_UNKNOWN, CAUSE_VERIFIER_MISSING, CAUSE_VERIFIER_WRONG,
			CAUSE_VERIFIER_UNEXPECTED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(alike); i++)
		for (size_t j = 1; j < 4; j++)
			assert_int_equal(cause_wire(alike[i][j]), cause_wire(alike[i][0]));
}

static void test_evidence_that_has_room(void **state)
{
	struct refusal r = {.cause = CAUSE_CODE_UNKNOWN};

	refusal_add(&r, EVIDENCE_fault, STR_NONE);
	assert_int_equal(r.evidence_n, 0);
	assert_false(str_is_set(refusal_evidence(&r, EVIDENCE_fault)));
	for (int64_t n = 1; n <= REFUSAL_EVIDENCE + 1; n++) {
		refusal_add_number(&r, *state, EVIDENCE_fault, n);
		assert_int_equal(r.evidence_n, n <= REFUSAL_EVIDENCE ? n : REFUSAL_EVIDENCE);
	}
	assert_str(refusal_evidence(&r, EVIDENCE_fault), "1");
	assert_str(r.evidence[REFUSAL_EVIDENCE - 1].value, "6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_wire_row),
		cmocka_unit_test(test_every_cause),
		cmocka_unit_test(test_the_evidence_of_every_cause),
		cmocka_unit_test(test_the_three_promised_replies),
		cmocka_unit_test(test_a033_causes_that_look_alike),
		test_with_arena(test_evidence_that_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
