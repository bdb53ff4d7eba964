/* Device codes: RFC 8628; GitHub reference section 5. A device code names its row and is kept as a
 * hash; its user code is kept as a keyed hash, and only while somebody may still enter it. */
#ifndef LLAVERO_STORE_DEVICE_H
#define LLAVERO_STORE_DEVICE_H

#include "core/device_pacing.h"
#include "core/user_code.h"
#include "store/grant.h"

struct device_fields {
	int64_t app_id;
	struct str scopes; /* space-joined */
	bool offline;
	struct str address; /* of the device */
	int64_t lifetime_s;
	struct str bound; /* core/bound.h; or STR_NONE */
};

struct device {
	uint64_t id;
	uint8_t hash[SHA256_LEN];
	int64_t app_id;
	struct str scopes, address, bound;
	bool offline;
	int64_t created_at, expires_at;
	uint64_t session_id;                         /* whose browser entered the code; 0: none */
	int64_t approved_at, denied_at, consumed_at; /* 0: not */
	struct device_pace pace;
	/* once it is approved */
	int64_t account_id;
	uint64_t grant_id, token_id, evict_token_id;
	int64_t grant_revoked_at, grant_epoch, account_suspended_at;
	bool account_verified;
	bool fenced; /* store_is_fenced */
};

/* What a person decided, with what the device will get. */
struct device_approval {
	int64_t account_id;
	uint64_t grant_id, token_id, evict_token_id;
	struct str scopes;
	struct str bound; /* core/bound.h; or STR_NONE */
};

/* Begins; `text` and `user_code` receive the two codes, the only time. */
enum db_status device_start(struct store *s, struct arena *a, const struct device_fields *f,
	char text[CODE_TEXT_LEN + 1], char user_code[USER_CODE_LEN + 1]);
/* The row at `id`; the caller compares the hash. */
enum db_status device_read(struct store *s, struct arena *a, uint64_t id, struct device *out);
/* The one that waits for this user code, and is undecided; it may have expired. */
enum db_status device_by_user_code(
	struct store *s, struct arena *a, const char *user_code, struct device *out);
/* Notes who entered the code: only that session may decide. */
enum db_status device_claim(struct store *s, uint64_t id, uint64_t session_id);
/* Exactly one decision of a device code gets DB_OK, and only of the session that entered it, before
 * it expires; all others DB_NONE. */
enum db_status device_approve(
	struct store *s, uint64_t id, uint64_t session_id, const struct device_approval *approval);
enum db_status device_deny(struct store *s, uint64_t id, uint64_t session_id);
/* Remembers how it polls. */
enum db_status device_note_pace(struct store *s, uint64_t id, const struct device_pace *pace);
/* Takes an approved code: exactly one caller gets DB_OK, all others DB_NONE. */
enum db_status device_consume(struct store *s, uint64_t id);

#endif
