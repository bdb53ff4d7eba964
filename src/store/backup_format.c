#include "store/backup_format.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/limits.h"

#define CUT_OFF "the back-up is cut off: it has no end"

static bool fail(struct backup_file *f, const char *sentence)
{
	snprintf(f->problem, 256, "%s", sentence);
	return false;
}

static ssize_t write_some(int fd, const void *from, size_t n)
{
	if (!FAIL_AT("backup.write"))
		return write(fd, from, n);
	errno = ENOSPC;
	return -1;
}

static bool write_all(struct backup_file *f, const void *data, size_t n)
{
	const char *from = data;

	while (n > 0) {
		ssize_t done = write_some(f->fd, from, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			snprintf(f->problem, 256, "the back-up cannot be written: %s",
				strerror(errno));
			return false;
		}
		from += done;
		n -= (size_t)done;
		f->bytes += (uint64_t)done;
	}
	return true;
}

/* How many of `n` bytes there were. */
static size_t read_some(struct backup_file *f, void *to, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(f->fd, (char *)to + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	f->bytes += have;
	return have;
}

/* For a payload of `n` bytes. */
static bool make_room(struct backup_file *f, size_t n)
{
	size_t room = n > 2 * f->room ? n : 2 * f->room;

	if (f->p && n <= f->room)
		return true;
	uint8_t *p = realloc(f->p, CONTENT_HASH_LEN + FRAME_HEAD + room);

	if (!p)
		return fail(f, "out of memory");
	f->p = p;
	f->room = room;
	return true;
}

static bool prepare(struct backup_file *f, int fd, char problem[256])
{
	enum { USUAL = 4096 };

	*f = (struct backup_file){.fd = fd, .problem = problem};
	content_hash(STR(BACKUP_LINE), f->hash);
	return make_room(f, USUAL);
}

bool backup_file_create(struct backup_file *f, int fd, char problem[256])
{
	return prepare(f, fd, problem) && write_all(f, BACKUP_LINE, sizeof BACKUP_LINE - 1);
}

bool backup_file_open(struct backup_file *f, int fd, char problem[256])
{
	char line[sizeof BACKUP_LINE - 1];

	if (!prepare(f, fd, problem))
		return false;
	if (read_some(f, line, sizeof line) != sizeof line ||
		memcmp(line, BACKUP_LINE, sizeof line) != 0)
		return fail(f, "this is no back-up that 'llavero backup' of this version makes");
	return true;
}

void backup_file_release(struct backup_file *f)
{
	free(f->p);
	f->p = NULL;
}

/* Over the hash so far and the frame, which stand side by side. */
static void go_on(struct backup_file *f, size_t n)
{
	memcpy(f->p, f->hash, sizeof f->hash);
	content_hash((struct str){(const char *)f->p, CONTENT_HASH_LEN + FRAME_HEAD + n}, f->hash);
}

bool backup_write(struct backup_file *f, char kind, struct str payload)
{
	if (payload.n > LIMIT_BACKUP_FRAME)
		return fail(f, "a row is too large for a back-up");
	if (!make_room(f, payload.n))
		return false;
	uint8_t *head = f->p + CONTENT_HASH_LEN;

	head[0] = (uint8_t)kind;
	for (size_t i = 0; i < FRAME_HEAD - 1; i++)
		head[1 + i] = (uint8_t)(payload.n >> 8 * (FRAME_HEAD - 2 - i));
	memcpy(head + FRAME_HEAD, payload.p, payload.n);
	if (!write_all(f, head, FRAME_HEAD + payload.n))
		return false;
	go_on(f, payload.n);
	return true;
}

bool backup_write_end(struct backup_file *f)
{
	uint8_t hash[CONTENT_HASH_LEN];

	memcpy(hash, f->hash, sizeof hash);
	return backup_write(f, 'Z', (struct str){(const char *)hash, sizeof hash});
}

static bool check_end(struct backup_file *f, const uint8_t *before, struct str payload)
{
	char more;

	if (payload.n != CONTENT_HASH_LEN || memcmp(payload.p, before, CONTENT_HASH_LEN) != 0)
		return fail(f, "the back-up was changed: its hash is another one");
	if (read_some(f, &more, 1) != 0)
		return fail(f, "the back-up was changed: something follows its end");
	return true;
}

bool backup_read(struct backup_file *f, char *kind, struct str *payload)
{
	uint8_t *head = f->p + CONTENT_HASH_LEN, before[CONTENT_HASH_LEN];
	size_t n = 0;

	if (read_some(f, head, FRAME_HEAD) != FRAME_HEAD)
		return fail(f, CUT_OFF);
	for (size_t i = 1; i < FRAME_HEAD; i++)
		n = n << 8 | head[i];
	if (n > LIMIT_BACKUP_FRAME)
		return fail(f, "the back-up was changed: one of its pieces is too long");
	if (!make_room(f, n))
		return false;
	head = f->p + CONTENT_HASH_LEN;
	if (read_some(f, head + FRAME_HEAD, n) != n)
		return fail(f, CUT_OFF);
	*kind = (char)head[0];
	*payload = (struct str){(const char *)head + FRAME_HEAD, n};
	memcpy(before, f->hash, sizeof before);
	go_on(f, n);
	return *kind != 'Z' || check_end(f, before, *payload);
}
