/* Stands between a server and its system (LD_PRELOAD), for tests/crash:
 *
 *   - writes down, in the order in which they happen, what is done to the files of one folder and
 *     which replies leave: from that, every state is made that a loss of power could leave behind;
 *   - ends the process in the middle of a write, of a reply, or around a sync;
 *   - lets the disk be full; lets the clock be wrong.
 *
 * LLAVERO_BETWEEN_FOLDER is the folder, LLAVERO_BETWEEN_RECORD the file for the record (or unset),
 * LLAVERO_BETWEEN_CONTROL a file with the struct below, which the test changes as it likes. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 1024, PATH = 512, REPLY_SHOWN = 4096 };
enum { NO_FILE, SOME_FILE, THE_FOLDER };
/* What ends the process, and what is written down. */
enum { ON_WRITE = 1, BEFORE_SYNC = 2, AFTER_SYNC = 4, ON_REPLY = 8, ON_TRUNCATE = 16 };

struct control {
	_Atomic int64_t clock_us; /* added to the time of day */
	_Atomic int64_t room;     /* bytes by which files may still grow; less than 0: any number */
	_Atomic int64_t countdown; /* ends the process when it gets to 0 */
	_Atomic int64_t counts;    /* of these */
	_Atomic int64_t passed;    /* how many there have been */
};

struct entry {
	char what; /* O open, W write, T truncate, S sync, U unlink, R reply */
	char sort; /* of a file; of an opened one: did it exist? */
	int16_t unused;
	int32_t fd;
	int64_t offset; /* of a write; the length after a truncation; of a sync: it covers what was
			 * written down before that many entries */
	int64_t n;      /* bytes that follow */
};

/* Process-wide by nature: it is beneath everything. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct control *control;
static char folder[PATH];
static size_t folder_n;
static _Atomic char sort_of[FILES];
static int record_fd = -1;
static int64_t entries;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_sendmsg)(int, const struct msghdr *, int);
static ssize_t (*real_send)(int, const void *, size_t, int);
static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_truncate)(int, off_t);
static int (*real_unlink)(const char *);
static int (*real_clock)(clockid_t, struct timespec *);

static void *find(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

/* A function's address in a pointer to data: POSIX allows it, ISO C says nothing. */
#define FIND(to, name) (*(void **)&(to) = find(name))

static void find_all(void)
{
	FIND(real_pwrite, "pwrite64");
	FIND(real_sendmsg, "sendmsg");
	FIND(real_send, "send");
	FIND(real_open, "open64");
	FIND(real_close, "close");
	FIND(real_fsync, "fsync");
	FIND(real_fdatasync, "fdatasync");
	FIND(real_truncate, "ftruncate64");
	FIND(real_unlink, "unlink");
	FIND(real_clock, "clock_gettime");
}

static void map_control(void)
{
	const char *path = getenv("LLAVERO_BETWEEN_CONTROL");
	int fd = path ? real_open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map = fd < 0 ? MAP_FAILED
			   : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		real_close(fd);
	if (map != MAP_FAILED)
		control = map;
}

static void __attribute__((constructor)) begin(void)
{
	const char *where = getenv("LLAVERO_BETWEEN_FOLDER"),
		   *record = getenv("LLAVERO_BETWEEN_RECORD");

	if (!real_open)
		find_all();
	if (where && strlen(where) < sizeof folder) {
		folder_n = strlen(where);
		memcpy(folder, where, folder_n);
	}
	if (record)
		record_fd = real_open(record, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	map_control();
}

static char sort(int fd)
{
	return fd >= 0 && fd < FILES ? atomic_load(&sort_of[fd]) : NO_FILE;
}

static void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* Is this the one where the process ends? */
static bool ends_here(int what)
{
	if (!control || !(atomic_load(&control->counts) & what))
		return false;
	atomic_fetch_add(&control->passed, 1);
	return atomic_load(&control->countdown) > 0 &&
	       atomic_fetch_sub(&control->countdown, 1) == 1;
}

/* With `lock` held. A record that cannot be written is worth nothing. */
static void put(struct entry e, const void *bytes)
{
	union {
		const void *in;
		void *out;
	} head = {.in = &e}, body = {.in = bytes};
	const struct iovec parts[] = {{head.out, sizeof e}, {body.out, (size_t)e.n}};

	entries++;
	if (record_fd >= 0 && writev(record_fd, parts, 2) != (ssize_t)(sizeof e) + e.n)
		abort();
}

static void note(struct entry e, const void *bytes)
{
	pthread_mutex_lock(&lock);
	put(e, bytes);
	pthread_mutex_unlock(&lock);
}

/* files */

static int opened(const char *path, int flags, mode_t mode)
{
	struct stat st;
	bool known = folder_n && strncmp(path, folder, folder_n) == 0 &&
		     (path[folder_n] == '/' || path[folder_n] == '\0');
	bool existed = known && stat(path, &st) == 0;

	pthread_mutex_lock(&lock);
	int fd = real_open(path, flags, mode);

	if (fd >= 0 && fd < FILES) {
		char s = !known ? NO_FILE : path[folder_n] == '/' ? SOME_FILE : THE_FOLDER;

		atomic_store(&sort_of[fd], s);
		if (known)
			put((struct entry){.what = 'O',
				    .sort = (char)existed,
				    .fd = fd,
				    .n = (int64_t)strlen(path)},
				path);
	}
	pthread_mutex_unlock(&lock);
	return fd;
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list args;

	if (!real_open)
		find_all();
	va_start(args, flags);
	mode_t mode = mode_of(flags, args);

	va_end(args);
	return opened(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list args;

	if (!real_open)
		find_all();
	va_start(args, flags);
	mode_t mode = mode_of(flags, args);

	va_end(args);
	return opened(path, flags, mode);
}

int close(int fd)
{
	if (!real_close)
		find_all();
	if (sort(fd) != NO_FILE)
		atomic_store(&sort_of[fd], NO_FILE);
	return real_close(fd);
}

int unlink(const char *path)
{
	if (!real_unlink)
		find_all();
	if (folder_n && strncmp(path, folder, folder_n) == 0)
		note((struct entry){.what = 'U', .n = (int64_t)strlen(path)}, path);
	return real_unlink(path);
}

/* By how much a write may make its file longer: all of `n`, a part of it, or nothing. */
static size_t room_for(int fd, size_t n, off_t offset)
{
	struct stat st;
	int64_t room = control ? atomic_load(&control->room) : -1;

	if (room < 0 || fstat(fd, &st) != 0 || offset + (off_t)n <= st.st_size)
		return n;
	int64_t grows = offset + (int64_t)n - st.st_size;

	if (grows <= room) {
		atomic_fetch_sub(&control->room, grows);
		return n;
	}
	atomic_store(&control->room, 0);
	int64_t fits = (int64_t)n - grows + room;

	return fits > 0 ? (size_t)fits : 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t offset)
{
	if (!real_pwrite)
		find_all();
	if (sort(fd) != SOME_FILE)
		return real_pwrite(fd, bytes, n, offset);
	n = room_for(fd, n, offset);
	if (n == 0) {
		errno = ENOSPC;
		return -1;
	}
	if (ends_here(ON_WRITE)) {
		real_pwrite(fd, bytes, n / 2, offset);
		die();
	}
	pthread_mutex_lock(&lock);
	put((struct entry){.what = 'W',
		    .sort = SOME_FILE,
		    .fd = fd,
		    .offset = offset,
		    .n = (int64_t)n},
		bytes);
	ssize_t done = real_pwrite(fd, bytes, n, offset);

	pthread_mutex_unlock(&lock);
	return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
	return pwrite64(fd, bytes, n, offset);
}

int ftruncate64(int fd, off_t length)
{
	if (!real_truncate)
		find_all();
	if (sort(fd) == SOME_FILE) {
		if (ends_here(ON_TRUNCATE))
			die();
		note((struct entry){.what = 'T', .sort = SOME_FILE, .fd = fd, .offset = length},
			NULL);
	}
	return real_truncate(fd, length);
}

/* What is written while it lasts may be in it or not. */
static int synced(int fd, int (*sync)(int))
{
	if (sort(fd) == NO_FILE)
		return sync(fd);
	if (ends_here(BEFORE_SYNC))
		die();
	pthread_mutex_lock(&lock);
	int64_t covers = entries;

	pthread_mutex_unlock(&lock);
	int status = sync(fd);

	if (status == 0)
		note((struct entry){.what = 'S', .sort = sort(fd), .fd = fd, .offset = covers},
			NULL);
	if (ends_here(AFTER_SYNC))
		die();
	return status;
}

int fsync(int fd)
{
	if (!real_fsync)
		find_all();
	return synced(fd, real_fsync);
}

int fdatasync(int fd)
{
	if (!real_fdatasync)
		find_all();
	return synced(fd, real_fdatasync);
}

/* replies */

static bool is_reply(const void *bytes, size_t n)
{
	return n > 9 && memcmp(bytes, "HTTP/1.1 ", 9) == 0;
}

/* Before it leaves: nobody may have read it when it is not in the record. */
static void leaving(const void *bytes, size_t n)
{
	if (!is_reply(bytes, n))
		return;
	note((struct entry){.what = 'R', .n = n < REPLY_SHOWN ? (int64_t)n : REPLY_SHOWN}, bytes);
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
	if (!real_send)
		find_all();
	if (is_reply(bytes, n) && ends_here(ON_REPLY)) {
		real_send(fd, bytes, n / 2, flags);
		die();
	}
	leaving(bytes, n);
	return real_send(fd, bytes, n, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (!real_sendmsg)
		find_all();
	if (message->msg_iovlen > 0) {
		const struct iovec *first = &message->msg_iov[0];

		if (is_reply(first->iov_base, first->iov_len) && ends_here(ON_REPLY)) {
			real_send(fd, first->iov_base, first->iov_len / 2, flags);
			die();
		}
		leaving(first->iov_base, first->iov_len);
	}
	return real_sendmsg(fd, message, flags);
}

/* the clock */

int clock_gettime(clockid_t which, struct timespec *t)
{
	if (!real_clock)
		find_all();
	int status = real_clock(which, t);

	if (status != 0 || which != CLOCK_REALTIME || !control)
		return status;
	int64_t us =
		(int64_t)t->tv_sec * 1000000 + t->tv_nsec / 1000 + atomic_load(&control->clock_us);

	t->tv_sec = us / 1000000;
	t->tv_nsec = us % 1000000 * 1000;
	return 0;
}
