/* How far this machine's clock may differ from the database server's: nodes tell each other by
 * times in the database when a code ends or a key begins to sign (assurance 6.6). */
#ifndef LLAVERO_CORE_CLOCK_SKEW_H
#define LLAVERO_CORE_CLOCK_SKEW_H

#include <stdint.h>

enum clock_skew {
	CLOCK_AGREES,
	CLOCK_DIFFERS, /* by more than LIMIT_CLOCK_SKEW_TOLD: the operator is told */
	CLOCK_WRONG,   /* by more than LIMIT_CLOCK_SKEW: a node must not start */
};

/* How far this machine is ahead of a server that said `theirs_us` between `before_us` and
 * `after_us` of this machine's clock; less than 0: behind it. The least that it can be, so that a
 * slow answer is not taken for a wrong clock. */
int64_t clock_skew_us(int64_t before_us, int64_t theirs_us, int64_t after_us);
enum clock_skew clock_skew_judge(int64_t skew_us);

#endif
