/* The instance's keys: made once, shared by all nodes, kept in the table `instance`. They are there
 * as they are, or sealed under the master key (store/master_key.h), so that who has the database
 * has none of them. Reading takes either form, so that servers may run while that is changed. */
#ifndef LLAVERO_STORE_INSTANCE_KEYS_H
#define LLAVERO_STORE_INSTANCE_KEYS_H

#include "store/master_key.h"
#include "store/store.h"

/* Reads them into `s`, and makes those that are missing. False with a sentence in `problem` that
 * says which master key is missing, if one is. Not within a transaction. */
bool instance_keys_load(struct store *s, char problem[256]);

enum instance_keys_form {
	INSTANCE_KEYS_NONE,   /* there are none yet */
	INSTANCE_KEYS_OPEN,   /* as they are, some of them at least */
	INSTANCE_KEYS_SEALED, /* under the master key */
	INSTANCE_KEYS_OLD,    /* some are under the old one yet */
	INSTANCE_KEYS_OTHER,  /* under one that this process does not have, or broken */
};
struct instance_keys_state {
	enum instance_keys_form form;
	char master[2 * MASTER_KEY_ID + 1]; /* of what is sealed; "" when nothing is */
};
/* How they are kept. DB_FAILED when that cannot be read. */
enum db_status instance_keys_look(struct db *db, struct instance_keys_state *out);

/* Writes them anew, sealed under the master key or (with `sealed` false) as they are; all were read
 * by `instance_keys_load`. In the caller's transaction. */
enum db_status instance_keys_write(struct store *s, bool sealed);

#endif
