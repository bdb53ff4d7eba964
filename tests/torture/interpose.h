/* What tests/torture/control.py and the interposer share: a file that both have mapped. */
#ifndef LLAVERO_TORTURE_INTERPOSE_H
#define LLAVERO_TORTURE_INTERPOSE_H

#include <stdint.h>

enum { FRAMES = 30, CALL_NAME = 32 };

/* What can be made to fail; control.py has the same list. */
enum kind {
	KIND_MEMORY,    /* memory runs out */
	KIND_DISK,      /* reading, writing, locking and mapping files: the device is broken */
	KIND_SPACE,     /* what makes files grow: the device is full */
	KIND_HANDLES,   /* whatever gives a file descriptor: there are too many */
	KIND_SOCKET,    /* the other end is gone, or the kernel has no memory for a connection */
	KIND_INTERRUPT, /* a signal comes while a call waits */
	KIND_SQL,       /* a statement fails */
	KINDS,
};

struct control {
	/* written by the driver, before it sets `armed` */
	_Atomic uint32_t armed; /* calls count, and may fail */
	uint32_t kind;          /* of those that fail */
	uint32_t code;          /* KIND_SQL: what SQLite says */
	uint32_t for_ever;      /* all later ones fail, too */
	uint64_t at;            /* the call that fails, counted from 1; 0: none */
	/* written by the interposer */
	_Atomic uint64_t calls[KINDS];
	_Atomic uint64_t failed; /* how many were made to */
	_Atomic int64_t blocks;  /* of memory that are not freed; counted always */
	char call[CALL_NAME];    /* the first that failed, and who called it */
	uint64_t frames[FRAMES];
};

#endif
