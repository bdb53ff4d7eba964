/* What reading, checking and writing client metadata share; for core/client_metadata*.c only. */
#ifndef LLAVERO_CORE_CLIENT_MEMBERS_H
#define LLAVERO_CORE_CLIENT_MEMBERS_H

#include "core/client_metadata.h"

enum metadata_member_kind {
	METADATA_MEMBER_TEXT,
	METADATA_MEMBER_URI, /* https (7591-09) */
	METADATA_MEMBER_FLAG,
	METADATA_MEMBER_LIST,      /* of texts */
	METADATA_MEMBER_ALGORITHM, /* a signature algorithm of RFC 7518 */
};

struct metadata_member {
	const char *name;
	enum metadata_member_kind kind;
	size_t offset;
	bool localized; /* may come as name#language too */
	bool column;    /* an app has a column of its own for it: not in METADATA_KEPT */
};
extern const struct metadata_member metadata_members[]; /* ended by a NULL name */

struct metadata_subject {
	const char *name;
	enum tls_subject kind;
};
extern const struct metadata_subject metadata_subjects[];

struct metadata_grant {
	const char *word;
	enum grant_type type;
};
extern const struct metadata_grant metadata_grants[];

/* What can be wrong with a member; redirect URIs have faults of their own besides. */
enum metadata_fault {
	METADATA_SYNTAX,
	METADATA_NO_OBJECT,
	METADATA_TYPE,
	METADATA_LONG,
	METADATA_MANY,
	METADATA_EMPTY,
	METADATA_TWICE,
	METADATA_MISSING,
	METADATA_UNSUPPORTED,
	METADATA_UNAPPROVED,
	METADATA_SECRET,
	METADATA_TEXT_FORM,
	METADATA_NOT_HTTPS,
	METADATA_INCONSISTENT,
	METADATA_NEEDS_KEYS,
	METADATA_KEYS_TWICE,
	METADATA_KEYS_FORM,
	METADATA_KEYS_PRIVATE,
	METADATA_URI_WEB,
	METADATA_URI_LOCALHOST,
	METADATA_URI_HTTP,
	METADATA_URI_DOT,
	METADATA_FAULTS,
};

struct metadata_reading {
	struct arena *arena;
	const struct metadata_rules *rules;
	struct client_metadata *out;
	struct metadata_verdict *verdict;
};

/* Fills the verdict; returns false. */
bool metadata_wrong(struct metadata_reading *r, const char *member, enum metadata_fault fault,
	struct str value);

#endif
