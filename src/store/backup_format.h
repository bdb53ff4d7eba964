/* The file of a back-up: a line that says what it is, then frames.
 *
 *     "llavero backup 1\n"
 *     frame: kind (1 byte), length of its payload (4 bytes, big-endian), payload
 *
 *     H  JSON: the schema's number, when it was made, and the tables with their columns and rows
 *     T  the name of the table that the next rows are of
 *     R  rows, one after the other (bulk_encode)
 *     E  the end of the table: number of rows (8 bytes), their digest (32 bytes)
 *     Z  the end: a hash of every byte before this frame
 *
 * The hash goes from frame to frame: BLAKE2b of what it was before and of the frame. It finds
 * accidents; who can write the file can make another one that is whole. */
#ifndef LLAVERO_STORE_BACKUP_FORMAT_H
#define LLAVERO_STORE_BACKUP_FORMAT_H

#include "base/buf.h"
#include "base/crypto.h"

#define BACKUP_LINE "llavero backup 1\n"

enum { FRAME_HEAD = 5 };

/* A file that is written or read. `p` has the hash, the head and a payload of `room` bytes at most:
 * of the longest one so far. */
struct backup_file {
	int fd;
	uint8_t *p;
	size_t room;
	uint64_t bytes; /* so far */
	uint8_t hash[CONTENT_HASH_LEN];
	char *problem; /* 256 bytes: a sentence once something has failed */
};

/* Writes, or looks at, the first line. `problem` is borrowed. False with a sentence there. */
bool backup_file_create(struct backup_file *f, int fd, char problem[256]);
bool backup_file_open(struct backup_file *f, int fd, char problem[256]);
void backup_file_release(struct backup_file *f);
/* Writes a frame. False with a sentence: it is too long, or cannot be written. */
bool backup_write(struct backup_file *f, char kind, struct str payload);
/* Writes the last frame. */
bool backup_write_end(struct backup_file *f);
/* Reads a frame; a view that the next one overwrites. The last frame is checked here: of it comes
 * back that nothing follows it. False with a sentence: the file is cut off, or is no back-up. */
bool backup_read(struct backup_file *f, char *kind, struct str *payload);

#endif
