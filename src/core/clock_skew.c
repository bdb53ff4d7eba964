#include "core/clock_skew.h"

#include "base/limits.h"

enum { US = 1000000 };

int64_t clock_skew_us(int64_t before_us, int64_t theirs_us, int64_t after_us)
{
	return theirs_us < before_us  ? before_us - theirs_us
	       : theirs_us > after_us ? after_us - theirs_us
				      : 0;
}

enum clock_skew clock_skew_judge(int64_t skew_us)
{
	int64_t by = skew_us < 0 ? -skew_us : skew_us;

	return by > (int64_t)LIMIT_CLOCK_SKEW * US        ? CLOCK_WRONG
	       : by > (int64_t)LIMIT_CLOCK_SKEW_TOLD * US ? CLOCK_DIFFERS
							  : CLOCK_AGREES;
}
