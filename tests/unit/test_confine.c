/* What a confined process can and cannot do; each try in a process of its own. Issue 7, point 6. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/confine.h"

enum { DONE = 0, REFUSED = 1, UNCONFINED = 2 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEPS_CALLS 1
#else
#define KEEPS_CALLS 0
#endif

/* How a confined process that runs `act` ends: its exit status, or minus the signal. */
static int end_of(int (*act)(void))
{
	char problem[256];
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(confine_calls(problem) ? act() : UNCONFINED);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int start_a_program(void)
{
	char *const words[] = {(char[]){"/bin/true"}, NULL};

	execve(words[0], words, NULL);
	return REFUSED;
}

static int look_into_another(void)
{
	ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	return REFUSED;
}

static int leave_the_namespace(void)
{
	unshare(0);
	return REFUSED;
}

static int start_a_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(DONE);
	return child < 0 && errno == ENOSYS ? REFUSED : DONE;
}

static int write_and_run_memory(void)
{
	void *p = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? REFUSED : DONE;
}

static int make_memory_run(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) != 0 ? REFUSED : DONE;
}

static int open_a_raw_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == ENOSYS ? REFUSED : DONE;
}

static int end_another(void)
{
	return kill(getppid(), 0) != 0 && errno == ENOSYS ? REFUSED : DONE;
}

static void *nothing(void *unused)
{
	return unused;
}

/* What the server itself does after its start. */
static int work(void)
{
	struct addrinfo *found = NULL;
	pthread_t thread;
	char name[] = "/tmp/llavero-confine-XXXXXX";
	int fd = mkstemp(name), on = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && write(fd, "x", 1) == 1 && fsync(fd) == 0 && unlink(name) == 0;

	good = good && s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
	good = good && pthread_create(&thread, NULL, nothing, NULL) == 0 &&
	       pthread_join(thread, NULL) == 0;
	good = good && getaddrinfo("localhost", "80", NULL, &found) == 0;
	good = good && socket(AF_INET6, SOCK_STREAM, 0) >= 0 &&
	       socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
	return good && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? DONE : REFUSED;
}

static int dumpable(void)
{
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0 ? REFUSED : DONE;
}

static int abort_itself(void)
{
	abort();
}

static void test_its_own_work_goes_on(void **state)
{
	(void)state;
	assert_int_equal(end_of(work), DONE);
	assert_int_equal(end_of(abort_itself), -SIGABRT);
}

/* A214, A224 */
static void test_what_only_an_intruder_does_ends_it(void **state)
{
	(void)state;
	if (KEEPS_CALLS)
		skip();
	assert_int_equal(end_of(start_a_program), -SIGSYS);
	assert_int_equal(end_of(look_into_another), -SIGSYS);
	assert_int_equal(end_of(leave_the_namespace), -SIGSYS);
}

static void test_what_it_does_not_need_is_not_there(void **state)
{
	(void)state;
	if (KEEPS_CALLS)
		skip();
	assert_int_equal(end_of(start_a_process), REFUSED);
	assert_int_equal(end_of(write_and_run_memory), REFUSED);
	assert_int_equal(end_of(make_memory_run), REFUSED);
	assert_int_equal(end_of(open_a_raw_socket), REFUSED);
	assert_int_equal(end_of(end_another), REFUSED);
	assert_int_equal(end_of(dumpable), REFUSED);
}

static void test_a_user_that_is_none(void **state)
{
	char problem[256] = "";

	(void)state;
	assert_true(confine_user("", problem));
	assert_false(confine_user("no-such-user", problem));
	assert_string_equal(problem, "user: there is no user 'no-such-user'");
}

/* In a process of its own, which cannot go back. */
static void test_another_user(void **state)
{
	char problem[256] = "";
	int status;

	(void)state;
	if (geteuid() != 0)
		skip();
	pid_t child = fork();

	if (child == 0)
		_exit(confine_user("nobody", problem) && geteuid() != 0 && getegid() != 0 &&
					getgroups(0, NULL) <= 1 && setuid(0) != 0 &&
					!confine_user("root", problem)
				? DONE
				: REFUSED);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_own_work_goes_on),
		cmocka_unit_test(test_what_only_an_intruder_does_ends_it),
		cmocka_unit_test(test_what_it_does_not_need_is_not_there),
		cmocka_unit_test(test_a_user_that_is_none),
		cmocka_unit_test(test_another_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
