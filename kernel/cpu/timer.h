/*
 * The 8254 interval timer (Intel 82C54 data sheet, order 231244): channel 0
 * ticks, channel 2 measures.
 */
#ifndef FOLIO_CPU_TIMER_H
#define FOLIO_CPU_TIMER_H

#include "kernel/cpu/ptrace.h"

#define HZ	      100
#define NSEC_PER_SEC  1000000000u
#define NSEC_PER_TICK (NSEC_PER_SEC / HZ)
#define PIT_FREQUENCY 1193182u /* Hz: the PC's crystal, 14.31818 MHz / 12 */
#define PIT_LATCH     ((PIT_FREQUENCY + HZ / 2) / HZ)

/* Ticks since the timer was started; a single word, so it may be read at any time. */
extern volatile unsigned long jiffies;

/* The same in 64 bits, read safely. Any context. */
u64 get_jiffies_64(void);

/* Is `a` later than `b`, both values of jiffies, across a wrap of the counter? */
#define time_after(a, b)    ((long)((b) - (a)) < 0)
#define time_before(a, b)   time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)

/*
 * set_tick_hook - `fn` is called for each tick, in the interrupt, interrupts
 * disabled, with the frame that was interrupted. The scheduler registers it.
 */
void set_tick_hook(void (*fn)(struct pt_regs *regs));

/* timer_init - start the tick. After irq_init() and clock_init(). */
void timer_init(void);

/*
 * pit_measure_tsc - TSC cycles per second, measured against channel 2 for less
 * than a millisecond. Only where there is a TSC; interrupts disabled. 0 if the
 * counter does not count.
 */
u64 pit_measure_tsc(void);

/* pit_read_count - channel 0's counter, PIT_LATCH down to 1. Interrupts disabled. */
unsigned int pit_read_count(void);

#endif
