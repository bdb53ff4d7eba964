/* Every limit of llavero that is not a setting, in one place. docs/limits.md describes them and
 * tests try each one below, at and above. Sizes are bytes, times are seconds, unless named
 * otherwise. */
#ifndef LLAVERO_BASE_LIMITS_H
#define LLAVERO_BASE_LIMITS_H

enum {
	/* HTTP */
	LIMIT_REQUEST_TARGET = 8192, /* path and query */
	/* one connection's request line and headers, and its reply's: a target of full length is
	 * answered with a Location that repeats most of it */
	LIMIT_CONNECTION_MEMORY = 20480,
	LIMIT_BODY = 65536,              /* any request body, unless its route says less */
	LIMIT_PARAMS = 128,              /* parameters in one query or body */
	LIMIT_JSON_DEPTH = 16,           /* nesting of a JSON request body */
	LIMIT_REQUEST_ARENA = 4 << 20,   /* memory one request may use */
	LIMIT_REPLY = 2 << 20,           /* a reply's body */
	LIMIT_IDLE_SECONDS = 60,         /* an idle or slow connection is closed */
	LIMIT_CONNECTIONS_LEAVING = 128, /* closed to make room, but not gone yet, of each worker */
	LIMIT_DESCRIPTORS = 128,         /* of the process, kept free of connections */

	/* replies that go on (server-sent events) */
	LIMIT_STREAMS_PER_WORKER = 64,       /* open at once; one more is answered with 503 */
	LIMIT_STREAM_POLL_MS = 1000,         /* milliseconds from one look for events to the next */
	LIMIT_STREAM_PIECE = 65536,          /* written by one look; waits for a slow reader */
	LIMIT_STREAM_HEARTBEAT_SECONDS = 15, /* without an event, until a comment is sent */
	LIMIT_STREAM_SECONDS = 3600,         /* until a stream ends and its reader comes again */

	/* database */
	LIMIT_TRANSACTION_TRIES = 5,   /* of a request that other transactions are in the way of */
	LIMIT_BACKUP_FRAME = 16 << 20, /* one piece of a back-up's file */
	LIMIT_AUDIT_HEADS = 1 << 20,   /* a file with kept heads of the security log */
	LIMIT_KEY_FILE = 1024,         /* a file with a master key */
	LIMIT_CLOCK_SKEW_TOLD = 5,     /* between this machine's and PostgreSQL's: more is logged */
	LIMIT_CLOCK_SKEW = 30,         /* with more than that a node does not start */
	LIMIT_CLOCK_WAIT = 60,         /* a clock that was set back by no more is waited for */
	LIMIT_SEEN_LONGER = 3600, /* what may be shown once is remembered longer than it is good */

	/* RFC 9728 */
	LIMIT_RESOURCES_TOLD = 100, /* registered resources that the metadata names */
	LIMIT_ACR_VALUES = 255,     /* what a resource asks of a sign-in */

	/* authorization details (RFC 9396) */
	LIMIT_DETAILS = 4096,      /* the parameter as sent */
	LIMIT_DETAILS_OBJECTS = 8, /* in it */
	LIMIT_DETAIL_TYPES = 50,   /* that the operator may declare */
	LIMIT_DETAIL_TYPE_NAME = 255,
	LIMIT_DETAIL_DEFINITION = 16384, /* of a type, as JSON */
	LIMIT_DETAIL_DEPTH = 4,          /* nesting of its fields */

	/* OAuth parameters */
	LIMIT_REDIRECT_URI = 2048,
	LIMIT_STATE = 2048,
	LIMIT_SCOPE_TEXT = 8192, /* the scope parameter as sent */
	LIMIT_SCOPES = 100,      /* names in one scope parameter */
	LIMIT_CLIENT_ID = 255,
	LIMIT_CLIENT_SECRET = 255,
	LIMIT_CODE = 255,
	LIMIT_VERIFIER_MIN = 43, /* RFC 7636 4.1 */
	LIMIT_VERIFIER_MAX = 128,
	LIMIT_CHALLENGE = 43,                /* base64url of SHA-256, RFC 7636 4.2 */
	LIMIT_STRICT_CODE_LIFETIME = 60,     /* of apps of the profile strict: FAPI 2.0 5.3.2.1 */
	LIMIT_PROFILE_TOKEN_LIFETIME = 3600, /* of access tokens of apps of a profile but github */

	/* pushed authorization requests (RFC 9126) */
	LIMIT_PUSHED_OPEN = 1800,    /* how long a person may take once a browser came with one */
	LIMIT_PUSHED_PER_APP = 5000, /* of one app that wait at once */
	LIMIT_PUSHED = 50000,        /* in all */

	/* JOSE */
	LIMIT_JWS = 32768,       /* a signed token, request object or assertion */
	LIMIT_JWS_HEADER = 8192, /* its header, encoded */
	LIMIT_JWKS = 65536,      /* a client's key set, as JSON */
	LIMIT_JWKS_KEYS = 32,    /* keys in it */
	LIMIT_KID = 255,

	/* OpenID Connect */
	LIMIT_ID_TOKEN_LIFETIME = 600,
	LIMIT_NONCE = 2048, /* it comes back in an ID token */
	LIMIT_CLAIMS_PARAMETER = 4096,
	LIMIT_LOGOUT_TOKEN_LIFETIME = 120,
	LIMIT_LOGOUT_REPLY = 4096, /* of an app that is told of a logout */
	LIMIT_LOGOUT_THREADS = 8,  /* apps that are told at once */
	LIMIT_LOGOUT_QUEUE = 64,   /* that wait for a thread */
	LIMIT_LOGOUT_TRIES = 5,    /* to tell an app */
	LIMIT_SIGN_IN_FRESH = 600, /* how long who signed in once more need not do so again */

	LIMIT_JTI = 255,
	LIMIT_JTIS = 1000000, /* in an hour, of one DPoP key, one client or one address: how far the
			       * list of what may be shown once grows */
	LIMIT_REQUEST_OBJECT_LIFETIME = 3600, /* the same of a request object */
	LIMIT_ASSERTION_LIFETIME = 3600,      /* how far exp of a client's assertion may be ahead */

	LIMIT_ISSUER = 2048,    /* a trusted issuer's name, and a subject it has */
	LIMIT_ISSUER_APPS = 50, /* apps that it is trusted for, unless all are */
	LIMIT_EXCHANGES = 8,    /* tokens that are exchanged one for another in a row */
	LIMIT_ACTORS = 4,       /* that act for each other (RFC 8693 4.1) */

	/* DPoP (RFC 9449) */
	LIMIT_DPOP_PROOF = 8192,
	LIMIT_DPOP_AGE = 300,        /* how old a proof may be that carries no nonce of ours */
	LIMIT_DPOP_NONCE_SLOT = 300, /* a nonce is good for one to two of these */

	/* client metadata (RFC 7591) and documents (client ID metadata documents) */
	LIMIT_METADATA = 65536,        /* a registration's body */
	LIMIT_METADATA_LIST = 10,      /* entries of one member that is a list */
	LIMIT_METADATA_LOCALIZED = 20, /* members in other languages ("client_name#es") */
	LIMIT_METADATA_TEXT = 2048,    /* one text, unless it has a limit of its own */
	LIMIT_CLIENT_URL = 1024,       /* a client id that is a URL */

	LIMIT_CLIENT_DOCUMENT = 5120, /* a client ID metadata document */
	LIMIT_SECTOR_DOCUMENT = 16384,
	LIMIT_LOGO = 65536,              /* an app's picture */
	LIMIT_FETCH_HEADERS = 16384,     /* of the reply to a fetch */
	LIMIT_FETCH_SECONDS = 5,         /* for all of a fetch */
	LIMIT_FETCH_THREADS = 4,         /* fetches at once */
	LIMIT_FETCH_QUEUE = 64,          /* that wait for a thread */
	LIMIT_FETCHES_PER_HOST = 600,    /* in an hour, to one host */
	LIMIT_FETCHES_PER_ADDRESS = 600, /* in an hour, because of one address's requests */
	LIMIT_FRESH_LEAST = 60,          /* how long a fetched document is taken as it is */
	LIMIT_FRESH_USUAL = 3600,        /* when its server says nothing of it */
	LIMIT_FRESH_MOST = 86400,
	LIMIT_STALE = 86400, /* longer, while its server cannot be reached */
	LIMIT_REMOTE_KEPT =
		2592000, /* until a fetched document that nobody asks for is forgotten */
	LIMIT_UNVERIFIED_APPS = 50000, /* that registered themselves, at once */

	/* the request log */
	LIMIT_LOG_PER_APP = 1000,    /* entries of an app that showed a secret, code or token of
				      * it; and as many others */
	LIMIT_LOG_ANONYMOUS = 10000, /* entries of no app that is known */
	LIMIT_LOG_ROWS = 200000,     /* entries in all */
	LIMIT_LOG_BURST = 200,       /* refusals of an app kept at once; later ones at the pace of
				      * log_per_minute */
	LIMIT_LOG_TEXT = 300,        /* bytes of one text in an entry */
	LIMIT_LOG_USER_AGENT = 120,
	LIMIT_LOG_ENTRY = 6000, /* bytes of an entry's details */
	LIMIT_LOG_PAGE = 50,    /* entries on one page of the log */
	LIMIT_LOG_EVENTS = 200, /* new entries told by one look of a live page; more are left out */
	LIMIT_LOG_EVENTS_BACK = 10, /* how late an entry may be committed and still be told */

	/* people and apps */
	LIMIT_LOGIN = 39, /* characters of a login */
	LIMIT_EMAIL = 254,
	LIMIT_DISPLAY_NAME = 255,
	LIMIT_PASSWORD_MIN = 8,
	LIMIT_PASSWORD_MAX = 1024,
	LIMIT_APP_NAME = 100,
	LIMIT_APP_URL = 2048,
	LIMIT_APP_DESCRIPTION = 1000,
	LIMIT_CALLBACKS = 10, /* redirect URIs per app */
	LIMIT_SECRETS = 10,   /* live client secrets per app */
	LIMIT_APPS_PER_OWNER = 100,
	LIMIT_TOKEN_NOTE = 255, /* a token's note or fingerprint */
	LIMIT_REVOKED_AT_ONCE = 1000,
	LIMIT_REVOKE_BODY = 131072, /* that many of the longest tokens, in JSON */
	LIMIT_USER_AGENT = 255,     /* what a session remembers of it */

	/* rehearsals */
	LIMIT_CLOCK_OFFSET = 315360000,  /* how far the clock may be ahead: ten years */
	LIMIT_FAULTS = 100,              /* scripts of faults at once */
	LIMIT_FAULT_COUNT = 1000,        /* requests that one script is for */
	LIMIT_FAULT_SECONDS = 300,       /* how long a timeout holds a reply */
	LIMIT_SCENARIO_APPS = 30,        /* apps of scenarios that an owner has at once */
	LIMIT_SANDBOXES = 1000,          /* sandboxes at once */
	LIMIT_SANDBOX_USERS = 20,        /* users of one sandbox */
	LIMIT_SANDBOX_LIFETIME = 604800, /* of a sandbox: seven days */
	LIMIT_SANDBOX_NAME = 60,         /* characters of a sandbox's name */
};

/* Room for what was let in and is written again: percent-encoded, more than once, with what goes
 * around it. */
enum {
	REWRITTEN_TARGET = 16 * LIMIT_REQUEST_TARGET,
	REWRITTEN_BODY = 8 * LIMIT_BODY,
	REWRITTEN_URL = 4 * LIMIT_CLIENT_URL + 64,
};

#endif
