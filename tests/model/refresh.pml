/* A family of refresh tokens (flow/refresh.c): the app refreshes twice at once, as apps do, then shows
 * what it was given last; a thief shows the first token; a person ends the family. A token is its
 * generation, since the successor of one is always the same. Assurance 5.3, 6.2; A097, A098, I4.
 *
 * Mistakes that the properties must see, each to be defined by itself:
 *   COUNT_IGNORED    whether the family stood where it was read when it goes on
 *   RANDOM_SUCCESSOR each reply has a pair of its own
 *   GRACE_FOR_ALL    the grace is for every earlier generation, not for the last one
 *   KILL_UNSEEN      an ended family is not told from a living one
 */

#define LAST 4

typedef Data {
	byte generation; /* the one that is good now */
	bool killed;
}
#define struct_of_data Data
#define copy(to, from) to.generation = from.generation; to.killed = from.killed
#include "database.pml"

bool grace_over;      /* of the last rotation */
bool kill_answered;   /* somebody was told that the family has ended */
byte pairs[LAST + 2]; /* which pair was given as each generation; 0: none yet */
byte made;

inline give(generation)
{
	atomic {
#ifdef RANDOM_SUCCESSOR
		made++;
#else
		made = generation;
#endif
		/* one chain: nobody holds another pair of this generation */
		assert(pairs[generation] == 0 || pairs[generation] == made);
		pairs[generation] = made;
		got = generation
	}
}

/* Shows the token of generation `shown`. `got`: what came back, 0 for none. */
inline refresh(shown)
{
	got = 0;
	answered = kill_answered;
look:
	atomic {
		at = timeline;
		generation = db.generation;
		killed = db.killed;
		late = grace_over
	}
#ifndef KILL_UNSEEN
	if
	:: killed -> goto done
	:: else
	fi;
#endif
	if
	:: shown == generation && shown < LAST ->
		atomic {
			if
			:: at != timeline -> goto look
#ifndef COUNT_IGNORED
			:: at == timeline && db.generation != generation -> goto look
			:: at == timeline && db.killed != killed -> goto look
			:: else ->
				db.generation = generation + 1;
				grace_over = false;
				committed()
#else
			:: else ->
				db.generation = generation + 1;
				db.killed = killed;
				grace_over = false;
				committed()
#endif
			fi
		}
		if
		:: give(shown + 1); assert(!answered)
		:: skip /* the reply is lost */
		fi
#ifdef GRACE_FOR_ALL
	:: shown < generation && !late ->
#else
	:: shown + 1 == generation && !late ->
#endif
		/* nothing is written: the pair that follows, once more */
		assert(shown + 1 == generation);
		give(shown + 1);
		assert(!answered)
	:: shown == LAST -> skip
	:: else ->
		/* shown before: somebody has stolen it */
		atomic {
			if
			:: at != timeline -> goto look
			:: at == timeline && db.generation != generation -> goto look
			:: else -> db.killed = true; committed()
			fi
		}
		kill_answered = true
	fi;
done:
	skip
}

proctype App(byte first)
{
	byte at, generation, got, shown = first;
	bool killed, late, answered;

	refresh(shown)
}

/* Goes on with what it is given. */
proctype Steady()
{
	byte at, generation, got, shown = 1;
	bool killed, late, answered;

	do
	:: refresh(shown);
		if
		:: got > 0 -> shown = got
		:: else -> break
		fi
	od
}

proctype Revoke()
{
	byte at;

again:
	at = timeline;
	atomic {
		if
		:: at != timeline -> goto again
		:: else -> db.killed = true; committed()
		fi
	}
	kill_answered = true
}

active proctype Clock()
{
	do
	:: !grace_over -> grace_over = true
	:: break
	od
}

init {
	atomic {
		db.generation = 1;
		standby.generation = 1;
		run Steady();
		run App(1);
		run App(1);
		run Revoke()
	}
}
