#include "server/confine.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool confine_user(const char *name, char problem[256])
{
	if (!*name)
		return true;
	errno = 0;
	const struct passwd *user = getpwnam(name);

	if (!user) {
		snprintf(problem, 256, "user: there is no user '%.60s'", name);
		return false;
	}
	if (geteuid() == user->pw_uid && getegid() == user->pw_gid)
		return true;
	/* Groups first: afterwards there is no right to. */
	if (initgroups(name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
		setuid(user->pw_uid) == 0 && (user->pw_uid == 0 || setuid(0) != 0))
		return true;
	snprintf(problem, 256, "user: this process cannot become '%.60s': %s", name,
		strerror(errno));
	return false;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define KEEPS_CALLS 1
#else
#define KEEPS_CALLS 0
#endif

/* By subject. Names that this architecture does not have are left out. */
static const char *const allowed[] = {
	/* files */
	"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "open",
	"openat", "close", "close_range", "lseek", "_llseek", "stat", "fstat", "lstat", "stat64",
	"fstat64", "lstat64", "newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "statfs64",
	"fstatfs64", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getcwd",
	"mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2",
	"chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "truncate", "ftruncate",
	"ftruncate64", "fallocate", "fsync", "fdatasync", "flock", "fcntl", "fcntl64", "utimensat",
	"getdents64", "umask", "dup", "dup3", "pipe2", "ioctl", "fadvise64",
	/* waiting */
	"epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2",
	"poll", "ppoll", "select", "pselect6", "_newselect", "futex", "futex_time64", "nanosleep",
	"clock_nanosleep", "sched_yield", "restart_syscall",
	/* sockets; which, is below */
	"socketpair", "bind", "listen", "accept", "accept4", "connect", "getsockname",
	"getpeername", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg",
	"setsockopt", "getsockopt", "shutdown", "sendfile", "sendfile64",
	/* memory; what is not allowed of it, is below */
	"munmap", "mremap", "madvise", "brk", "msync", "mlock", "mlock2", "munlock", "membarrier",
	/* threads and signals */
	"set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_getaffinity",
	"sched_getparam", "sched_getscheduler", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
	"rt_sigtimedwait", "rt_sigpending", "rt_sigsuspend", "sigaltstack", "tgkill", "exit",
	"exit_group", "prctl", "arch_prctl",
	/* who, when, what */
	"clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrusage", "sysinfo",
	"uname", "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid",
	"getgroups", "getrandom", "getrlimit", "ugetrlimit", "prlimit64", "getcpu"};

/* Nothing in this program ever does these: whoever tries has taken it over. */
static const char *const fatal[] = {"execve", "execveat", "ptrace", "process_vm_readv",
	"process_vm_writev", "init_module", "finit_module", "kexec_load", "bpf", "mount", "setns",
	"unshare"};

static bool add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
	int number = seccomp_syscall_resolve_name(name);

	return number == __NR_SCMP_ERROR ||
	       seccomp_rule_add_array(filter, action, number, 0, NULL) == 0;
}

static bool add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t n)
{
	bool good = true;

	for (size_t i = 0; i < n && good; i++)
		good = add(filter, action, names[i]);
	return good;
}

/* Allows a call when its argument number `at` is `value`, looked at through `mask`. */
static bool add_if(
	scmp_filter_ctx filter, int number, unsigned at, scmp_datum_t mask, scmp_datum_t value)
{
	const struct scmp_arg_cmp is = {at, SCMP_CMP_MASKED_EQ, mask, value};

	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &is) == 0;
}

/* Netlink is how the C library finds out the machine's addresses. */
static bool add_sockets(scmp_filter_ctx filter)
{
	static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
	bool good = true;

	for (size_t i = 0; i < sizeof families / sizeof families[0] && good; i++)
		good = add_if(filter, SCMP_SYS(socket), 0, UINT32_MAX, (scmp_datum_t)families[i]);
	return good;
}

/* A library that is loaded late is mapped to be run, never to be written too. */
static bool add_memory(scmp_filter_ctx filter)
{
	static const int maps[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2)};
	static const scmp_datum_t either[] = {0, PROT_WRITE, PROT_EXEC};
	bool good = add_if(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; k < 3 && good; k++)
			good = add_if(filter, maps[i], 2, PROT_WRITE | PROT_EXEC, either[k]);
	return good;
}

/* Threads, never processes. clone3 hides its flags from a filter; the C library goes back to clone
 * when it is not there. A failpoint may end the process itself. */
static bool add_threads(scmp_filter_ctx filter)
{
	return add_if(filter, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD) &&
	       add_if(filter, SCMP_SYS(kill), 0, UINT32_MAX, (scmp_datum_t)getpid());
}

static bool load(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	bool good = filter &&
		    add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]) &&
		    add_all(filter, SCMP_ACT_KILL_PROCESS, fatal, sizeof fatal / sizeof fatal[0]) &&
		    add_sockets(filter) && add_memory(filter) && add_threads(filter) &&
		    seccomp_load(filter) == 0;

	seccomp_release(filter);
	return good;
}

bool confine_calls(char problem[256])
{
	bool good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	if (good && !KEEPS_CALLS)
		good = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && load();
	if (!good)
		snprintf(problem, 256,
			"the process cannot be confined (%s): this kernel has no seccomp? See the "
			"setting "
			"'confine'",
			strerror(errno));
	return good;
}
