/* The redemption of one authorization code (flow/redeem_code.c): two requests of the app it was given
 * to, one of somebody who has seen the code but not the verifier, a person who takes the grant back,
 * and an API that checks the token. Assurance 5.3; A026, A027, I1, I3.
 *
 * Mistakes that the properties must see, each to be defined by itself:
 *   COUNT_IGNORED   whether the code's row was still unused when it was used up
 *   REPLY_FIRST     the reply before the commit
 *   NO_VERIFIER     code_verifier is not looked at
 *   GRANT_UNSEEN    a token check does not look at the grant
 *
 * ONLY_CODES leaves the person out: a fence mends codes, but brings back no revocation that was lost.
 */

typedef Data {
	bool consumed;      /* code.consumed_at */
	bool token;         /* there is a token row that is not revoked */
	bool grant_revoked; /* app_grant.revoked_at */
}
#define struct_of_data Data
#define copy(to, from) \
	to.consumed = from.consumed; to.token = from.token; to.grant_revoked = from.grant_revoked
#include "database.pml"

byte given;           /* replies with a token */
bool revoke_answered; /* the person was told that the grant is revoked */

proctype Redeem(bool knows_verifier)
{
	bool consumed, grant_revoked;
	byte at;

look:
	atomic {
		at = timeline;
		consumed = db.consumed;
		grant_revoked = db.grant_revoked
	}
#ifndef NO_VERIFIER
	if
	:: !knows_verifier -> goto refused
	:: else
	fi;
#endif
#ifdef FENCE
	if
	:: at > 0 -> goto refused /* the code is of before */
	:: else
	fi;
#endif
	if
	:: consumed ->
		atomic {
			if
			:: at != timeline -> goto look
			:: else -> db.token = false; committed()
			fi
		}
		goto refused
	:: else
	fi;
	if
	:: grant_revoked -> goto refused
	:: else
	fi;
#ifdef REPLY_FIRST
	given++;
	assert(knows_verifier && given <= 1);
	if
	:: goto refused /* the process ends: nothing is committed */
	:: skip
	fi;
#endif
	/* consume_code, issue, COMMIT */
	atomic {
		if
		:: at != timeline -> goto look /* lost before COMMIT: all over again */
#ifndef COUNT_IGNORED
		:: at == timeline && db.consumed != consumed -> goto look
		:: at == timeline && db.consumed == consumed ->
#else
		:: at == timeline ->
#endif
			db.consumed = true;
			db.token = true;
			committed()
		fi
	}
#ifndef REPLY_FIRST
	if
	:: given++; assert(knows_verifier && given <= 1)
	:: skip /* the reply is lost, or 503 since COMMIT got no answer */
	fi;
#endif
refused:
	skip
}

proctype Revoke()
{
	byte at;

again:
	at = timeline;
	atomic {
		if
		:: at != timeline -> goto again
		:: else -> db.grant_revoked = true; committed()
		fi
	}
	revoke_answered = true
}

proctype Check()
{
	bool answered, live;

	atomic { answered = revoke_answered }
#ifdef GRANT_UNSEEN
	atomic { live = db.token }
#else
	atomic { live = db.token && !db.grant_revoked }
#endif
	assert(!(answered && live))
}

init {
	atomic {
		run Redeem(true);
		run Redeem(true);
		run Redeem(false);
#ifndef ONLY_CODES
		run Revoke();
#endif
		run Check()
	}
}
