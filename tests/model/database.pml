/* The database as both models need it: a leader, a standby that may take over once, and what a
 * transaction is. A transaction's look is a snapshot. What it writes is one step with its COMMIT:
 * whoever changes a row holds it until then, and a second one that looked before is told and begins
 * anew (PostgreSQL's REPEATABLE READ; SQLite lets only one write at a time).
 *
 * What may be defined:
 *   ASYNC     a commit is acknowledged before the standby has it (synchronous_commit without one)
 *   FENCE     what was issued before a promotion is refused after it
 */

struct_of_data db;
struct_of_data standby;
byte timeline;

inline replicate()
{
	copy(standby, db)
}

/* Within the step of a COMMIT. */
inline committed()
{
#ifndef ASYNC
	replicate();
#endif
	skip
}

#ifdef FAILOVER
#ifdef ASYNC
active proctype Replication()
{
	do
	:: timeline == 0 -> atomic { replicate() }
	:: break
	od
}
#endif

/* Connections to the old leader are lost with it. */
active proctype Promotion()
{
	atomic { copy(db, standby); timeline++ }
}
#endif
