/*
 * Every five seconds each average moves towards what is now, the faster the shorter it looks
 * back: a = a * e + n * (1 - e), where e is exp(-5 s / its length), in fixed point.
 */
#include "kernel/loadavg.h"

#include "kernel/cpu/timer.h"

#define LOAD_TICKS (5 * HZ)

unsigned long avenrun[3];

void calc_load(unsigned long tasks)
{
	/* exp(-5/60), exp(-5/300), exp(-5/900) times FIXED_1 */
	static const unsigned long decay[3] = {60296, 64453, 65173};
	static unsigned int left = LOAD_TICKS;

	if (--left)
		return;
	left = LOAD_TICKS;
	for (unsigned int i = 0; i < ARRAY_SIZE(decay); i++)
		avenrun[i] = (unsigned long)(((u64)avenrun[i] * decay[i] +
					      ((u64)tasks << FSHIFT) * (FIXED_1 - decay[i])) >>
					     FSHIFT);
}
