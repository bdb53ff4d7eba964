/* Stands before the C library and SQLite (LD_PRELOAD), counts the calls of each kind while the
 * driver says so, and makes the n-th one fail, once or from then on, as the real one would: nothing
 * is done, and errno is one that the call can give. LLAVERO_TORTURE names the file that it shares
 * with the driver (interpose.h). */
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static struct control *control;
/* A sanitizer stands before what other models of a thread's variables call. */
#define OF_THREAD static _Thread_local __attribute__((tls_model("initial-exec")))

OF_THREAD volatile bool inside; /* of what notes a failure */

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("LLAVERO_TORTURE");
	long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	void *warm[1];

	if (fd < 0)
		return;
	backtrace(warm, 1); /* it loads a library when it is called first */
	long at = syscall(
		SYS_mmap, NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0L);

	syscall(SYS_close, fd);
	if (at != -1)
		control = (struct control *)at;
}

static void note(const char *call)
{
	void *frames[FRAMES + 2];

	inside = true;
	int n = backtrace(frames, FRAMES + 2);

	strncpy(control->call, call, CALL_NAME - 1);
	for (int i = 0; i < FRAMES; i++)
		control->frames[i] = i + 2 < n ? (uintptr_t)frames[i + 2] : 0;
	inside = false;
}

/* Is this call, one of `kind`, to fail? */
static bool fails(enum kind kind, const char *call)
{
	if (!control || inside || !atomic_load_explicit(&control->armed, memory_order_acquire))
		return false;
	uint64_t n = atomic_fetch_add(&control->calls[kind], 1) + 1;

	if (control->kind != kind || !control->at)
		return false;
	if (n != control->at && !(control->for_ever && n > control->at))
		return false;
	if (atomic_fetch_add(&control->failed, 1) == 0)
		note(call);
	return true;
}

static bool fails_with(enum kind kind, const char *call, int error)
{
	if (!fails(kind, call))
		return false;
	errno = error;
	return true;
}

/* The one behind us; looked up when it is needed first. */
#define FIND(name) static __typeof__(&name) real_##name
#define REAL(name) (find((void **)(void *)&real_##name, #name), real_##name)
static void find(void **at, const char *name)
{
	if (!__atomic_load_n(at, __ATOMIC_RELAXED))
		__atomic_store_n(at, dlsym(RTLD_NEXT, name), __ATOMIC_RELAXED);
}

/* memory: the loader asks for some while we look for who gives it */
static _Alignas(16) char early[65536];
static size_t early_used;
OF_THREAD volatile bool looking; /* the compiler takes it that dlsym never comes back here */

static bool is_early(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)early && (uintptr_t)p < (uintptr_t)early + sizeof early;
}

static void *take_early(size_t n)
{
	void *p = early + early_used;

	early_used += (n + 15) / 16 * 16;
	if (early_used > sizeof early)
		_exit(99);
	return p;
}

FIND(malloc);
FIND(calloc);
FIND(realloc);
FIND(free);
FIND(posix_memalign);
FIND(aligned_alloc);

/* False: who gives memory is not known yet, and this may be the search itself. */
static bool finds_memory(void **at, const char *name)
{
	if (looking)
		return false;
	looking = true;
	find(at, name);
	looking = false;
	return *at;
}
#define FINDS(name) finds_memory((void **)(void *)&real_##name, #name)

static void *counted(void *p)
{
	if (control && p)
		atomic_fetch_add_explicit(&control->blocks, 1, memory_order_relaxed);
	return p;
}

void *malloc(size_t n)
{
	if (!FINDS(malloc))
		return take_early(n);
	return fails_with(KIND_MEMORY, "malloc", ENOMEM) ? NULL : counted(real_malloc(n));
}

void *calloc(size_t n, size_t size)
{
	if (!FINDS(calloc))
		return take_early(n * size);
	return fails_with(KIND_MEMORY, "calloc", ENOMEM) ? NULL : counted(real_calloc(n, size));
}

void *realloc(void *p, size_t n)
{
	if (!FINDS(realloc) || is_early(p)) {
		void *moved = malloc(n);

		return moved && p ? memcpy(moved, p, n) : moved;
	}
	if (fails_with(KIND_MEMORY, "realloc", ENOMEM))
		return NULL;
	return p ? real_realloc(p, n) : counted(real_realloc(p, n));
}

void free(void *p)
{
	if (!p || is_early(p) || !FINDS(free))
		return;
	if (control)
		atomic_fetch_sub_explicit(&control->blocks, 1, memory_order_relaxed);
	real_free(p);
}

int posix_memalign(void **p, size_t alignment, size_t n)
{
	if (fails(KIND_MEMORY, "posix_memalign"))
		return ENOMEM;
	int code = REAL(posix_memalign)(p, alignment, n);

	if (code == 0)
		counted(*p);
	return code;
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return fails_with(KIND_MEMORY, "aligned_alloc", ENOMEM)
		       ? NULL
		       : counted(REAL(aligned_alloc)(alignment, n));
}

/* files */
static bool is_socket(int fd)
{
	struct stat s;

	return syscall(SYS_fstat, fd, &s) == 0 && S_ISSOCK(s.st_mode);
}

static bool is_file(int fd)
{
	struct stat s;

	return syscall(SYS_fstat, fd, &s) == 0 && S_ISREG(s.st_mode);
}

static bool is_armed(void)
{
	return control && !inside && atomic_load_explicit(&control->armed, memory_order_relaxed);
}

static bool reading_fails(int fd, const char *call)
{
	if (!is_armed())
		return false;
	if (is_socket(fd))
		return fails_with(KIND_SOCKET, call, ECONNRESET) ||
		       fails_with(KIND_INTERRUPT, call, EINTR);
	return is_file(fd) && fails_with(KIND_DISK, call, EIO);
}

static bool writing_fails(int fd, const char *call)
{
	if (!is_armed())
		return false;
	if (is_socket(fd))
		return fails_with(KIND_SOCKET, call, ECONNRESET) ||
		       fails_with(KIND_INTERRUPT, call, EINTR);
	return is_file(fd) &&
	       (fails_with(KIND_DISK, call, EIO) || fails_with(KIND_SPACE, call, ENOSPC));
}

/* A call that gives `bad` when it is to fail, and is passed on when it is not. */
#define PASSES(type, bad, name, parameters, condition, ...)                                        \
	FIND(name);                                                                                \
	type name parameters                                                                       \
	{                                                                                          \
		if (condition)                                                                     \
			return bad;                                                                \
		return REAL(name)(__VA_ARGS__);                                                    \
	}                                                                                          \
	FIND(name) /* a semicolon follows */

#define OPENS(name, parameters, ...)                                                               \
	FIND(name);                                                                                \
	int name parameters                                                                        \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
		va_list more;                                                                      \
                                                                                                   \
		va_start(more, flags);                                                             \
		if (flags & (O_CREAT | O_TMPFILE))                                                 \
			mode = va_arg(more, mode_t);                                               \
		va_end(more);                                                                      \
		if (fails_with(KIND_HANDLES, #name, EMFILE) || fails_with(KIND_DISK, #name, EIO))  \
			return -1;                                                                 \
		return REAL(name)(__VA_ARGS__, mode);                                              \
	}                                                                                          \
	FIND(name)

OPENS(open, (const char *path, int flags, ...), path, flags);
OPENS(open64, (const char *path, int flags, ...), path, flags);
OPENS(openat, (int folder, const char *path, int flags, ...), folder, path, flags);
PASSES(ssize_t, -1, read, (int fd, void *to, size_t n), reading_fails(fd, "read"), fd, to, n);
PASSES(ssize_t, -1, pread64, (int fd, void *to, size_t n, off64_t at), reading_fails(fd, "pread64"),
	fd, to, n, at);
PASSES(ssize_t, -1, write, (int fd, const void *from, size_t n), writing_fails(fd, "write"), fd,
	from, n);
PASSES(ssize_t, -1, pwrite64, (int fd, const void *from, size_t n, off64_t at),
	writing_fails(fd, "pwrite64"), fd, from, n, at);
PASSES(ssize_t, -1, writev, (int fd, const struct iovec *v, int n), writing_fails(fd, "writev"), fd,
	v, n);
PASSES(int, -1, fsync, (int fd), fails_with(KIND_DISK, "fsync", EIO), fd);
PASSES(int, -1, fdatasync, (int fd), fails_with(KIND_DISK, "fdatasync", EIO), fd);
PASSES(int, -1, ftruncate64, (int fd, off64_t n),
	fails_with(KIND_DISK, "ftruncate64", EIO) || fails_with(KIND_SPACE, "ftruncate64", ENOSPC),
	fd, n);
PASSES(void *, MAP_FAILED, mmap64, (void *at, size_t n, int may, int how, int fd, off64_t offset),
	fd >= 0 && fails_with(KIND_DISK, "mmap64", ENOMEM), at, n, may, how, fd, offset);

/* SQLite locks with it. To give a lock up needs nothing that there could be too little of. */
static bool locks(int what, const void *argument)
{
	const struct flock *lock = argument;

	return what == F_SETLK && lock->l_type != F_UNLCK;
}

FIND(fcntl64);
int fcntl64(int fd, int what, ...)
{
	va_list more;

	va_start(more, what);
	void *argument = va_arg(more, void *);

	va_end(more);
	if (locks(what, argument) && fails_with(KIND_DISK, "fcntl64", ENOLCK))
		return -1;
	return REAL(fcntl64)(fd, what, argument);
}

/* sockets */
static bool accepting_fails(const char *call)
{
	return fails_with(KIND_HANDLES, call, EMFILE) ||
	       fails_with(KIND_SOCKET, call, ECONNABORTED) ||
	       fails_with(KIND_INTERRUPT, call, EINTR);
}

static bool talking_fails(const char *call)
{
	return fails_with(KIND_SOCKET, call, ECONNRESET) || fails_with(KIND_INTERRUPT, call, EINTR);
}

PASSES(int, -1, socket, (int domain, int type, int protocol),
	fails_with(KIND_HANDLES, "socket", EMFILE), domain, type, protocol);
PASSES(int, -1, accept4, (int fd, __SOCKADDR_ARG at, socklen_t *n, int flags),
	accepting_fails("accept4"), fd, at, n, flags);
PASSES(int, -1, connect, (int fd, __CONST_SOCKADDR_ARG at, socklen_t n),
	fails_with(KIND_SOCKET, "connect", ECONNREFUSED), fd, at, n);
PASSES(ssize_t, -1, recv, (int fd, void *to, size_t n, int flags), talking_fails("recv"), fd, to, n,
	flags);
PASSES(ssize_t, -1, send, (int fd, const void *from, size_t n, int flags), talking_fails("send"),
	fd, from, n, flags);
PASSES(ssize_t, -1, sendmsg, (int fd, const struct msghdr *from, int flags),
	talking_fails("sendmsg"), fd, from, flags);
PASSES(int, -1, setsockopt, (int fd, int level, int name, const void *value, socklen_t n),
	fails_with(KIND_SOCKET, "setsockopt", ENOMEM), fd, level, name, value, n);
PASSES(int, -1, epoll_ctl, (int fd, int what, int of, struct epoll_event *event),
	what == EPOLL_CTL_ADD && fails_with(KIND_SOCKET, "epoll_ctl", ENOSPC), fd, what, of, event);
PASSES(int, -1, epoll_wait, (int fd, struct epoll_event *to, int n, int ms),
	fails_with(KIND_INTERRUPT, "epoll_wait", EINTR), fd, to, n, ms);

/* SQL: the statement is not run. SQLite needs neither memory nor the device to give a transaction
 * up. */
static bool sql_fails(const char *call)
{
	return fails(KIND_SQL, call);
}

static bool step_fails(sqlite3_stmt *stmt)
{
	return is_armed() && strcmp(sqlite3_sql(stmt), "ROLLBACK") != 0 &&
	       sql_fails("sqlite3_step");
}

PASSES(int, (int)control->code, sqlite3_step, (sqlite3_stmt * stmt), step_fails(stmt), stmt);
PASSES(int, (int)control->code, sqlite3_exec,
	(sqlite3 * db, const char *sql, int (*row)(void *, int, char **, char **), void *context,
		char **message),
	sql_fails("sqlite3_exec"), db, sql, row, context, message);
PASSES(int, (int)control->code, sqlite3_prepare_v3,
	(sqlite3 * db, const char *sql, int n, unsigned flags, sqlite3_stmt **to,
		const char **tail),
	sql_fails("sqlite3_prepare_v3"), db, sql, n, flags, to, tail);
