/* The security log of accounts and apps, and how it shows that somebody changed it.
 *
 * An entry is written in the transaction of what it tells, with a tag: a MAC over all that it says,
 * under a key of the instance. So no entry can be changed or made up by who has no key. That one
 * was taken out shows by the chain: entries get places, 1, 2, 3 ..., each with a link, a MAC over
 * its place, the link before and the entry's tag. Ids are leased and transactions commit in any
 * order, so places are not given by who writes, where all would wait for each other, but a moment
 * later by the housekeeping, in batches: of several nodes one at a time, since each batch changes
 * the head. The head, one row of the table instance, says how many entries there are, the last
 * link, and up to where old ones were let go; it has a MAC too. Whoever can write the database can
 * put back an older head with what belonged to it: so heads are for keeping elsewhere. */
#ifndef LLAVERO_STORE_AUDIT_H
#define LLAVERO_STORE_AUDIT_H

#include "store/store.h"

enum {
	AUDIT_MAC = SHA256_LEN,
	AUDIT_BATCH = 500,    /* entries of one transaction */
	AUDIT_ADOPT_S = 3600, /* how long entries of older versions are taken in, after the first */
	AUDIT_NOBODY = -1,    /* whose log an erased entry is in */
};

struct audit_entry {
	int64_t seq; /* its place; 0: it waits for one */
	int64_t id, at, account_id, app_id;
	struct str actor, action, detail, address;
	bool is_tagged, is_erased;
	uint8_t tag[AUDIT_MAC], link[AUDIT_MAC], erased[AUDIT_MAC];
};

/* Writes to the security log of `account_id` (0: the server's). `action` is a name such as
 * "oauth_authorization.create"; `app_id` 0 when no app is concerned. Needs a write transaction. */
enum db_status audit_write(struct store *s, int64_t account_id, struct str actor,
	const char *action, int64_t app_id, struct str detail, struct str address);
/* The `max` newest entries of an account: at, actor, action, detail and address. */
enum db_status audit_list(struct store *s, struct arena *a, int64_t account_id, size_t max,
	struct audit_entry **out, size_t *n);
/* Takes away what the entries of an account say; that there were such stays, and is proven. Needs a
 * write transaction. */
enum db_status audit_erase(struct store *s, struct arena *a, int64_t account_id);

/* Up to `max` entries that have no place yet, with ids after `after`. */
enum db_status audit_waiting(struct store *s, struct arena *a, int64_t after, size_t max,
	struct audit_entry **out, size_t *n);
/* Up to `max` entries of the chain, from place `seq` on but those up to id `after` there. */
enum db_status audit_chain(struct store *s, struct arena *a, int64_t seq, int64_t after, size_t max,
	struct audit_entry **out, size_t *n);
/* The `max` entries before place `seq`, the last first. */
enum db_status audit_before(struct store *s, struct arena *a, int64_t seq, size_t max,
	struct audit_entry **out, size_t *n);

/* Writes the entry's tag into it. */
void audit_tag(const struct store *s, struct audit_entry *e);
/* Was the entry written with the key, and is it as it was? */
bool audit_is_genuine(const struct store *s, const struct audit_entry *e);
/* The link of place `seq` after the link before; of place 0, where a chain begins. */
void audit_link(const struct store *s, int64_t seq, const uint8_t before[AUDIT_MAC],
	const uint8_t tag[AUDIT_MAC], uint8_t out[AUDIT_MAC]);
void audit_beginning(const struct store *s, uint8_t out[AUDIT_MAC]);

struct audit_head {
	int64_t seq;          /* of the last entry; 0: none */
	int64_t cleared;      /* entries up to this one were let go (audit_clear) */
	int64_t adopted;      /* entries up to this one may be of older versions */
	int64_t adopts_until; /* when entries without a tag are not taken in any more */
	uint8_t link[AUDIT_MAC], cleared_link[AUDIT_MAC];
};
/* The head of a log that begins; made with the key, so that where it is missing it was taken away.
 */
enum db_status audit_begin(struct store *s);
/* DB_CONFLICT: it was changed, or taken away. */
enum db_status audit_head_read(struct store *s, struct audit_head *out);
/* The link of a place. DB_NONE: nothing has it. */
enum db_status audit_link_at(struct store *s, int64_t seq, uint8_t link[AUDIT_MAC]);

/* Gives places to a batch of those that wait, with ids after `*after`, and moves that on; 0 when
 * there are no more. One that is not genuine is left where it is. In a transaction of its own
 * (DB_SNAPSHOT is enough, and is in no request's way). DB_CONFLICT: the head was changed, and
 * nothing is done. */
enum db_status audit_seal(struct store *s, struct arena *a, int64_t *after);
/* The same for all that wait, one transaction after the other. */
enum db_status audit_seal_all(struct store *s, struct arena *a);
/* Lets a batch of the oldest go, as long as they are of before `before` and as they were. Needs a
 * write transaction, as audit_seal. */
enum db_status audit_clear(struct store *s, struct arena *a, int64_t before);

#endif
