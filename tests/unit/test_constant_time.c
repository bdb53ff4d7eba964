/* Comparing a secret takes the same steps wherever a guess is wrong: A045, A057, A203. No time is
 * measured, which would say little on a busy machine: a child goes on one instruction at a time,
 * and they are counted. */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "core/pkce.h"
#include "unit.h"

#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

enum { SECRET_LEN = 32 };

typedef void compared(const char *secret);

/* Instructions of compare(secret), between the child's two stops; -1 where nobody may count. */
static long steps_of(compared *compare, const char *secret)
{
	int status;
	long steps = 0;
	pid_t child = fork();

	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(1);
		compare(secret); /* so that whatever is looked up once has been */
		raise(SIGSTOP);
		compare(secret);
		raise(SIGUSR1);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
		return -1;
	while (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0 &&
		waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
		WSTOPSIG(status) == SIGTRAP)
		steps++;
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return steps;
}

/* The text `good`, but for the character at `at`; at its end: the very text. */
static const char *wrong_at(const char *good, size_t at, char *into)
{
	memcpy(into, good, strlen(good) + 1);
	if (good[at])
		into[at] = into[at] == 'A' ? 'B' : 'A';
	return into;
}

static void same_steps(compared *compare, const char *good)
{
	char text[128];
	size_t n = strlen(good);
	const size_t at[] = {0, 1, n / 2, n - 2, n - 1, n};
	long first = steps_of(compare, wrong_at(good, 0, text));

	if (first <= 0) {
		print_message("nobody may count the steps of a process here\n");
		skip();
	}
	for (size_t i = 0; i < COUNT(at); i++)
		assert_int_equal(steps_of(compare, wrong_at(good, at[i], text)), first);
}

static volatile bool found;

static void compare_bytes(const char *secret)
{
	found = ct_equal(secret, VERIFIER, SECRET_LEN);
}

static void compare_texts(const char *secret)
{
	found = ct_equal_str(str_from(secret), STR(VERIFIER));
}

static void compare_challenges(const char *challenge)
{
	found = pkce_check_verifier(str_from(challenge), STR(VERIFIER)) == PKCE_OK;
}

/* One that gives up early, so that this test could fail. */
static void compare_in_a_hurry(const char *secret)
{
	const char *good = VERIFIER;
	size_t i = 0;

	while (i < SECRET_LEN && secret[i] == good[i])
		i++;
	found = i == SECRET_LEN;
}

static void test_a045_a057_a203_bytes(void **state)
{
	(void)state;
	same_steps(compare_bytes, VERIFIER);
	same_steps(compare_texts, VERIFIER);
}

static void test_a045_a203_a_verifier_against_its_challenge(void **state)
{
	(void)state;
	same_steps(compare_challenges, CHALLENGE);
}

static void test_what_gives_up_early_is_noticed(void **state)
{
	char first[128], last[128];
	long early = steps_of(compare_in_a_hurry, wrong_at(VERIFIER, 0, first));

	(void)state;
	if (early <= 0)
		skip();
	assert_true(steps_of(compare_in_a_hurry, wrong_at(VERIFIER, SECRET_LEN - 1, last)) > early);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a045_a057_a203_bytes),
		cmocka_unit_test(test_a045_a203_a_verifier_against_its_challenge),
		cmocka_unit_test(test_what_gives_up_early_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
