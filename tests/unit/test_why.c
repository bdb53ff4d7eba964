/* The texts about refused requests, which are found at run time under names of the code: nothing is
 * missing in any language, and no text promises more than the evidence gives. */
#include "core/error.h"
#include "flow/authorize.h"
#include "flow/check_token.h"
#include "flow/client_credentials.h"
#include "flow/device.h"
#include "flow/device_poll.h"
#include "flow/exchange_token.h"
#include "flow/introspect.h"
#include "flow/jwt_bearer.h"
#include "flow/push_request.h"
#include "flow/redeem_code.h"
#include "flow/refresh.h"
#include "flow/register.h"
#include "flow/revoke_token.h"
#include "gen/messages.h"
#include "unit.h"

/* prefix.name with the name in lower case, and the end. */
static const char *key_of(const char *prefix, const char *name, const char *end)
{
	static char key[160];
	char *p = key;

	snprintf(key, sizeof key, "%s%s%s", prefix, name, end);
	for (; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return key;
}

static struct str text_of(enum lang lang, const char *key)
{
	enum message m;

	if (!message_find(key, &m)) {
		print_error("no message '%s'\n", key);
		fail();
	}
	return message(lang, m);
}

/* Is there, says something, and is not left in English. */
static void assert_words(const char *key, bool translated)
{
	for (int lang = 0; lang < LANGS; lang++)
		assert_true(str_has_text(text_of((enum lang)lang, key)));
	if (translated && str_eq(text_of(LANG_EN, key), text_of(LANG_ES, key))) {
		print_error("'%s' is not translated\n", key);
		fail();
	}
}

static bool has_placeholder(struct str text)
{
	return str_has_char(text, '{') || str_has_char(text, '}');
}

static void test_every_cause_has_title_meaning_and_fix(void **state)
{
	static const char *const ends[] = {"", ".means", ".fix"};

	(void)state;
	for (int c = CAUSE_NONE + 1; c < CAUSES; c++)
		for (size_t i = 0; i < COUNT(ends); i++) {
			const char *key = key_of("why.", cause_name((enum cause)c), ends[i]);

			assert_words(key, true);
			for (int lang = 0; lang < LANGS; lang++) {
				struct str text = text_of((enum lang)lang, key);

				assert_false(has_placeholder(text));
				assert_true(str_ends(text, STR(".")));
			}
		}
}

/* May a text about this cause say {name}? Only what is never missing. */
static bool is_certain(enum cause c, struct str name)
{
	struct str rest = str_from(cause_evidence(c)), given;

	while (str_next(&rest, ' ', &given)) {
		if (str_eq(given, name))
			return true;
		if (str_eq_c(given, "compare") &&
			(str_eq_c(name, "expected") || str_eq_c(name, "received")))
			return true;
	}
	return false;
}

static bool has_certain_evidence(enum cause c)
{
	struct str rest = str_from(cause_evidence(c)), given;

	while (str_next(&rest, ' ', &given))
		if (str_has_text(given) && !str_ends(given, STR("?")))
			return true;
	return false;
}

static void assert_placeholders(enum cause c, struct str text)
{
	while (str_has_char(text, '{')) {
		size_t open = str_find(text, '{'), close = str_find(text, '}');
		struct str name = str_slice(text, open + 1, close);

		if (!is_certain(c, name)) {
			print_error("%s says {%.*s}\n", cause_name(c), STR_ARG(name));
			fail();
		}
		text = str_slice(text, close + 1, text.n);
	}
}

static void test_what_was_seen_rests_on_evidence(void **state)
{
	enum message m;

	(void)state;
	for (int i = CAUSE_NONE + 1; i < CAUSES; i++) {
		enum cause c = (enum cause)i;
		const char *key = key_of("why.", cause_name(c), ".seen");

		assert_int_equal(message_find(key, &m), has_certain_evidence(c));
		if (m == MSG_NONE)
			continue;
		assert_words(key, true);
		for (int lang = 0; lang < LANGS; lang++) {
			assert_true(has_placeholder(message((enum lang)lang, m)));
			assert_placeholders(c, message((enum lang)lang, m));
		}
	}
}

/* Every placeholder filled: no brace is left, whatever stands in for it. */
static void test_no_brace_is_left(void **state)
{
	struct arena *a = *state;
	struct message_arg args[EVIDENCE_NAMES + 2] = {
		{"expected", STR("x")}, {"received", STR("x")}};

	for (size_t n = 0; n < EVIDENCE_NAMES; n++)
		args[n + 2] = (struct message_arg){evidence_name((enum evidence_name)n), STR("x")};
	for (int c = CAUSE_NONE + 1; c < CAUSES; c++) {
		enum message m;

		if (!message_find(key_of("why.", cause_name((enum cause)c), ".seen"), &m))
			continue;
		for (int lang = 0; lang < LANGS; lang++)
			assert_false(has_placeholder(
				message_format(a, (enum lang)lang, m, args, COUNT(args))));
	}
}

static void test_every_evidence_has_a_label(void **state)
{
	(void)state;
	for (int n = 0; n < EVIDENCE_NAMES; n++)
		assert_words(key_of("evidence.", evidence_name((enum evidence_name)n), ""), true);
}

/* The values that the closers and the endpoints give; a value with a space has '_' in its key. */
static void test_every_word_is_there(void **state)
{
	static const char *const words[] = {"by.app", "by.code_replayed", "by.evicted",
		"by.operator", "by.owner", "by.refreshed", "by.replayed", "by.reported",
		"by.unknown", "by.user", "client_auth.basic", "client_auth.body",
		"client_auth.both", "client_auth.none", "code_challenge.none",
		"code_challenge.other", "code_challenge.s256", "consent.asked",
		"consent.remembered", "difference.case", "difference.encoding", "difference.host",
		"difference.path", "difference.port", "difference.query", "difference.scheme",
		"difference.slash", "direction.ahead", "direction.behind", "fault.base64",
		"fault.base64url", "fault.colon", "fault.length", "fault.nul", "fault.uri_bad_byte",
		"fault.uri_bad_escape", "fault.uri_bad_host", "fault.uri_bad_path",
		"fault.uri_bad_port", "fault.uri_bad_scheme", "fault.uri_empty",
		"fault.uri_fragment", "fault.uri_no_scheme", "fault.uri_too_long",
		"fault.uri_user_info", "fault.not_json", "fault.no_object", "fault.type",
		"fault.too_long", "fault.too_many", "fault.empty", "fault.twice", "fault.missing",
		"fault.unsupported", "fault.unapproved", "fault.shared_secret", "fault.text",
		"fault.not_https", "fault.inconsistent", "fault.needs_keys", "fault.keys_twice",
		"fault.keys_form", "fault.keys_private", "fault.keys_again", "fault.uri_web",
		"fault.uri_localhost", "fault.uri_http", "fault.uri_dot", "fault.url_form",
		"fault.url_long", "fault.url_path", "fault.url_query", "fault.url_port",
		"fault.fetch_throttled", "fault.fetch_name", "fault.fetch_address",
		"fault.fetch_connect", "fault.fetch_tls", "fault.fetch_timeout",
		"fault.fetch_redirect", "fault.fetch_status", "fault.fetch_type",
		"fault.fetch_size", "fault.apps_full", "fault.sector_form", "fault.sector_lacks",
		"fault.token_revoked", "fault.token_expired", "fault.token_used",
		"fault.token_owner", "fault.not_compact", "fault.certificate_expired",
		"fault.certificate_early", "fault.certificate_purpose",
		"fault.certificate_authority", "fault.certificate_unreadable",
		"fault.certificate_key", "fault.no_authorities", "fault.bad_base64url",
		"fault.bad_header", "fault.unsigned", "fault.other_algorithm",
		"fault.unknown_extension", "fault.other_type", "fault.key_in_header",
		"fault.unknown_kid", "fault.no_key", "fault.kid_needed", "fault.other_key",
		"fault.bad_signature", "fault.bad_payload", "fault.not_keys", "fault.too_many_keys",
		"fault.bad_member", "fault.bad_kid", "fault.other_use", "fault.private_key",
		"fault.no_private_key", "fault.symmetric", "fault.weak_key", "fault.off_curve",
		"fault.same_kid", "fault.wrong_type", "fault.other_value", "fault.bad_length",
		"parameters.form", "parameters.json", "parameters.mixed", "parameters.none",
		"parameters.query", "part.client_id", "part.client_secret", "dialect.github",
		"dialect.standard", "place.both", "place.end", "place.start", "placeholder.null",
		"placeholder.variable", "placeholder.word", "same_address.no",
		"same_address.unknown", "same_address.yes", "stray.newline", "stray.quote",
		"stray.space", "stray.tab", "unit.bytes", "unit.names", "absent", "length",
		"length.one"};

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		assert_words(key_of("word.", words[i], ""), false);
}

static void test_every_kind_of_word_has_words(void **state)
{
	(void)state;
	assert_int_equal(evidence_kind(EVIDENCE_by), EVIDENCE_WORD);
	for (int n = 0; n < EVIDENCE_NAMES; n++) {
		/* One of each is enough to know that the kind was thought of. */
		static const char *const first[EVIDENCE_NAMES] = {
			[EVIDENCE_by] = "user",
			[EVIDENCE_client_auth] = "basic",
			[EVIDENCE_code_challenge] = "s256",
			[EVIDENCE_consent] = "asked",
			[EVIDENCE_dialect] = "github",
			[EVIDENCE_difference] = "host",
			[EVIDENCE_direction] = "ahead",
			[EVIDENCE_fault] = "colon",
			[EVIDENCE_parameters] = "form",
			[EVIDENCE_part] = "client_id",
			[EVIDENCE_place] = "end",
			[EVIDENCE_placeholder] = "null",
			[EVIDENCE_same_address] = "yes",
			[EVIDENCE_stray] = "space",
			[EVIDENCE_unit] = "names",
		};
		char prefix[80];

		assert_int_equal(
			evidence_kind((enum evidence_name)n) == EVIDENCE_WORD, first[n] != NULL);
		if (!first[n])
			continue;
		snprintf(prefix, sizeof prefix, "word.%s.", evidence_name((enum evidence_name)n));
		assert_words(key_of(prefix, first[n], ""), false);
	}
}

static void test_every_step_has_words(void **state)
{
	static const struct {
		const char *prefix;
		const char *(*step)(size_t);
	} flows[] = {
		{"step.authorize.", authorize_step},
		{"step.redeem_code.", redeem_code_step},
		{"step.refresh.", refresh_step},
		{"step.push_request.", push_request_step},
		{"step.start_device.", start_device_step},
		{"step.poll_device.", poll_device_step},
		{"step.check_token.", check_token_step},
		{"step.register.", register_step},
		{"step.registration_replace.", replace_step},
		{"step.grant_to_client.", grant_to_client_step},
		{"step.grant_by_assertion.", grant_by_assertion_step},
		{"step.exchange_token.", exchange_token_step},
		{"step.introspect.", introspect_step},
		{"step.revoke_token.", revoke_token_step},
	};

	(void)state;
	for (size_t f = 0; f < COUNT(flows); f++) {
		assert_non_null(flows[f].step(0));
		for (size_t i = 0; flows[f].step(i); i++)
			assert_words(key_of(flows[f].prefix, flows[f].step(i), ""), true);
	}
}

static void test_endpoints_and_durations_have_words(void **state)
{
	static const char *const endpoints[] = {"api", "userinfo", "introspect", "revoke",
		"applications", "authorizations", "authorize", "device", "device_approval",
		"device_denial", "device_token", "par", "refresh", "register", "client_document",
		"token"};
	static const char *const units[] = {"second", "minute", "hour", "day"};

	(void)state;
	for (size_t i = 0; i < COUNT(endpoints); i++)
		assert_words(key_of("endpoint.", endpoints[i], ""), true);
	for (size_t i = 0; i < COUNT(units); i++) {
		assert_words(key_of("duration.", units[i], ""), true);
		assert_words(key_of("duration.", units[i], "s"), true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cause_has_title_meaning_and_fix),
		cmocka_unit_test(test_what_was_seen_rests_on_evidence),
		test_with_arena(test_no_brace_is_left),
		cmocka_unit_test(test_every_evidence_has_a_label),
		cmocka_unit_test(test_every_word_is_there),
		cmocka_unit_test(test_every_kind_of_word_has_words),
		cmocka_unit_test(test_every_step_has_words),
		cmocka_unit_test(test_endpoints_and_durations_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
