/* Time: nanoseconds since boot, and the date. */
#ifndef FOLIO_CPU_CLOCK_H
#define FOLIO_CPU_CLOCK_H

#include "kernel/lib/compiler.h"

/*
 * ktime_get_ns - nanoseconds since clock_init(), never running backwards; 0 before.
 * From the TSC, or from jiffies and the PIT's counter where there is none. Any context.
 */
u64 ktime_get_ns(void);

/*
 * ktime_get_real_ns - nanoseconds since 1970-01-01 UTC. ktime_set_real_ns - it is that now.
 * Any context.
 */
u64 ktime_get_real_ns(void);
void ktime_set_real_ns(u64 ns);

/* wall_clock_at_boot - seconds since 1970-01-01 UTC when the clock was started. */
u64 wall_clock_at_boot(void);

/* udelay - busy for at least that many microseconds. Any context. */
void udelay(unsigned int microseconds);

/* tsc_khz - the rate as known so far; 0: no TSC. */
unsigned long tsc_khz(void);

/* clock_init - measure the TSC, read the CMOS clock. Boot, interrupts disabled. */
void clock_init(void);

/*
 * clock_refine - the TSC's rate is known better now, in Hz; time goes on from where it is.
 * A rate that is far from the first one is not believed. Interrupts disabled.
 */
void clock_refine(u64 hz);

/* clock_tick - the timer interrupt tells that time has passed; interrupts disabled. */
void clock_tick(void);

/*
 * civil_to_seconds - a date of the Gregorian calendar as seconds since 1970.
 * month 1..12, day 1..31.
 */
u64 civil_to_seconds(unsigned int year, unsigned int month, unsigned int day, unsigned int hour,
		     unsigned int minute, unsigned int second);

#endif
