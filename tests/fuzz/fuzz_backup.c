/* A back-up's file: as it is, and as the payload of frames of ours, which are read as written. */
#include "fuzz.h"
#include "store/backup.h"
#include "store/backup_format.h"

static void verify(struct arena *a, struct str text)
{
	const struct bulk_watch nobody = {NULL, NULL};
	struct backup_summary summary = {0};
	char path[64], problem[256] = "";
	int fd = fuzz_file(text, path);
	bool good = backup_verify(fd, &nobody, a, &summary, problem);

	MUST(good == !*problem);
	MUST(!good || (summary.tables > 0 && summary.bytes <= text.n));
	close(fd);
}

/* The frame's kind is a piece's first byte, the rest its payload. */
static void write_frames(int fd, struct str text)
{
	char problem[256] = "";
	struct backup_file f;
	struct str piece;

	MUST(backup_file_create(&f, fd, problem));
	while (str_next(&text, '\n', &piece))
		if (piece.n && piece.p[0] != 'Z')
			MUST(backup_write(&f, piece.p[0], str_slice(piece, 1, piece.n)));
	MUST(backup_write_end(&f));
	backup_file_release(&f);
}

static void read_frames(int fd, struct str text)
{
	char problem[256] = "", kind;
	struct backup_file f;
	struct str piece, payload;

	MUST(lseek(fd, 0, SEEK_SET) == 0 && backup_file_open(&f, fd, problem));
	while (str_next(&text, '\n', &piece)) {
		if (!piece.n || piece.p[0] == 'Z')
			continue;
		MUST(backup_read(&f, &kind, &payload) && kind == piece.p[0]);
		MUST(payload.n == piece.n - 1 && memcmp(payload.p, piece.p + 1, payload.n) == 0);
	}
	MUST(backup_read(&f, &kind, &payload) && kind == 'Z');
	backup_file_release(&f);
}

static void target(struct arena *a, struct str text)
{
	char path[64];
	int fd = fuzz_file(STR(""), path);

	write_frames(fd, text);
	read_frames(fd, text);
	close(fd);
	verify(a, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	return fuzz_run_in(data, n, 64 << 20, target);
}
