/* The second factor of accounts: the secret that an authenticator shares, and recovery codes. */
#ifndef LLAVERO_STORE_TWO_FACTOR_H
#define LLAVERO_STORE_TWO_FACTOR_H

#include "core/recovery_code.h"
#include "core/totp.h"
#include "store/store.h"

struct two_factor {
	uint8_t secret[TOTP_SECRET_LEN];
	uint64_t session_id; /* that began enrolment */
	int64_t created_at;
	int64_t confirmed_at; /* 0: not asked for at sign-in yet */
	int64_t used_step;    /* the newest time step whose code was taken */
};

/* Begins enrolment with a fresh secret; an unconfirmed one is replaced. DB_CONFLICT when two-factor
 * authentication is on. */
enum db_status two_factor_begin(struct store *s, int64_t account_id, uint64_t session_id);
/* DB_NONE: never begun. DB_FAILED also when the secret cannot be decrypted. */
enum db_status two_factor_read(struct store *s, int64_t account_id, struct two_factor *out);
/* The same without the secret: works though it cannot be decrypted. */
enum db_status two_factor_times(struct store *s, int64_t account_id, struct two_factor *out);
/* DB_OK: on; DB_NONE: off. */
enum db_status two_factor_is_on(struct store *s, int64_t account_id);
/* Turns it on; `step` is that of the code that proved the authenticator. DB_NONE when there is
 * nothing to confirm. */
enum db_status two_factor_confirm(struct store *s, int64_t account_id, int64_t step);
/* Takes a time step, once and only forward. DB_NONE when it or a later one was taken, or when
 * two-factor authentication is off. */
enum db_status two_factor_take_step(struct store *s, int64_t account_id, int64_t step);
/* Turns it off, or ends enrolment, and forgets secret and recovery codes. DB_NONE: nothing there.
 */
enum db_status two_factor_remove(struct store *s, int64_t account_id);

/* Makes new recovery codes; the earlier ones end. Only their hashes are kept. */
enum db_status recovery_codes_make(
	struct store *s, int64_t account_id, char codes[RECOVERY_CODES][RECOVERY_TEXT_LEN + 1]);
/* Uses one up. `code` is written as recovery_code_make does. DB_NONE when it is none, or used. */
enum db_status recovery_code_take(struct store *s, int64_t account_id, struct str code);
/* How many are left. */
enum db_status recovery_codes_left(struct store *s, int64_t account_id, int64_t *n);

#endif
