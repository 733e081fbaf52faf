/*
 * The interval timer. Channel 0 interrupts HZ times a second; channel 2, whose gate
 * and output hang on port 0x61, measures the TSC at boot, in haste, and channel 0 does
 * so again when there has been more time.
 *
 * A tick may be late or lost (a slow emulator, a long time with interrupts off).
 * Where there is a TSC, jiffies therefore follows the clock, and a late tick counts
 * for as many as have passed.
 */
#include "kernel/cpu/timer.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/math64.h"

#define PIT_CHANNEL(n)	 (0x40 + (n))
#define PIT_COMMAND	 0x43
#define PIT_SELECT(n)	 ((n) << 6)
#define PIT_BOTH_BYTES	 0x30
#define PIT_LATCH_COUNT	 0x00
#define PIT_MODE_ONESHOT 0x00 /* mode 0: output goes high at 0 */
#define PIT_MODE_RATE	 0x04 /* mode 2 */

#define PORT_B		 0x61
#define PORT_B_GATE2	 0x01
#define PORT_B_SPEAKER	 0x02
#define PORT_B_OUT2	 0x20

#define TIMER_IRQ	 0

#define MEASURE_COUNT	 298u /* a quarter of a millisecond: clock_refine() does better later */
#define MEASURE_RUNS	 3

/* The clock is refined that many ticks after the start, and again after ten times as many. */
#define REFINE_FIRST 10u
#define REFINE_LAST  1000u
#define REFINE_DOUBT 11 /* a reading may be wrong by 1/2^11 of the time */
#define POLL_LIMIT   1000000u

volatile unsigned long jiffies;
static u64 jiffies_64;
static void (*tick_hook)(struct pt_regs *regs);

u64 get_jiffies_64(void)
{
	unsigned long flags = local_irq_save();
	u64 now = jiffies_64;

	local_irq_restore(flags);
	return now;
}

void set_tick_hook(void (*fn)(struct pt_regs *regs))
{
	tick_hook = fn;
}

static void pit_program(unsigned int channel, u8 mode, unsigned int count)
{
	outb(PIT_COMMAND, (u8)(PIT_SELECT(channel) | PIT_BOTH_BYTES | mode));
	outb((u16)PIT_CHANNEL(channel), (u8)count);
	outb((u16)PIT_CHANNEL(channel), (u8)(count >> 8));
}

unsigned int pit_read_count(void)
{
	unsigned int low;

	outb(PIT_COMMAND, PIT_SELECT(0) | PIT_LATCH_COUNT);
	low = inb(PIT_CHANNEL(0));
	return low | (unsigned int)inb(PIT_CHANNEL(0)) << 8;
}

static void tick(struct pt_regs *regs)
{
	jiffies_64++;
	jiffies = (unsigned long)jiffies_64;
	if (tick_hook)
		tick_hook(regs);
}

/* A moment by both clocks. */
struct sample {
	u64 cycles; /* of the TSC */
	u64 doubt;  /* cycles that the reading took */
	u32 phase;  /* PIT clocks since channel 0's period began */
};

static struct sample first_sample;
static u64 refine_at = REFINE_FIRST;

/* An emulator may be put aside by its host in the middle of it: take the quickest reading. */
static struct sample take_sample(void)
{
	struct sample best = {.doubt = ~0ull};

	for (int tries = 0; tries < 4; tries++) {
		u64 before = rdtsc();
		u32 phase = PIT_LATCH - min(pit_read_count(), PIT_LATCH);
		u64 doubt = rdtsc() - before;

		if (doubt < best.doubt)
			best = (struct sample){before + (doubt >> 1), doubt, phase};
	}
	return best;
}

/*
 * Compare the TSC with channel 0 over all the time since the first sample. The counter
 * tells where in its period it is; how many periods have passed follows from the rate as
 * known so far, so that lost interrupts do no harm.
 */
static void refine_clock(void)
{
	struct sample now = take_sample();
	u64 cycles = now.cycles - first_sample.cycles;
	u64 clocks = div_u64(mul_u64_u32_div(cycles, PIT_FREQUENCY, (u32)tsc_khz()), 1000);
	u32 periods =
		(u32)div_u64(first_sample.phase + clocks + PIT_LATCH / 2 - now.phase, PIT_LATCH);

	if (now.doubt + first_sample.doubt > cycles >> REFINE_DOUBT)
		return; /* at the next tick, then */
	clock_refine(mul_u64_u32_div(cycles, PIT_FREQUENCY,
				     periods * PIT_LATCH + now.phase - first_sample.phase));
	refine_at = refine_at < REFINE_LAST ? refine_at * 10 : ~0ull;
}

static void timer_interrupt(unsigned int irq, void *dev, struct pt_regs *regs)
{
	u64 now;

	(void)irq;
	(void)dev;
	clock_tick();
	if (!tsc_khz()) {
		tick(regs);
		return;
	}
	now = div_u64(ktime_get_ns() + NSEC_PER_TICK / 2, NSEC_PER_TICK);
	while (jiffies_64 < now)
		tick(regs);
	if (jiffies_64 >= refine_at)
		refine_clock();
}

static struct irqaction timer_action = {.handler = timer_interrupt, .name = "timer"};

void timer_init(void)
{
	pit_program(0, PIT_MODE_RATE, PIT_LATCH);
	if (tsc_khz())
		first_sample = take_sample();
	request_irq(TIMER_IRQ, &timer_action);
}

/* TSC cycles while channel 2 counts MEASURE_COUNT down; 0 if it never gets there. */
static u64 measure_once(void)
{
	u8 port_b = inb(PORT_B) & (u8) ~(PORT_B_SPEAKER | PORT_B_GATE2);
	unsigned int polls = POLL_LIMIT;
	u64 start, end;

	outb(PORT_B, port_b | PORT_B_GATE2);
	pit_program(2, PIT_MODE_ONESHOT, MEASURE_COUNT);
	start = rdtsc();
	while (!(inb(PORT_B) & PORT_B_OUT2) && --polls)
		;
	end = rdtsc();
	outb(PORT_B, port_b);
	return polls ? end - start : 0;
}

/* Whatever disturbs a run makes it longer: the shortest is the best. */
u64 pit_measure_tsc(void)
{
	u64 best = ~0ull;

	for (int run = 0; run < MEASURE_RUNS; run++) {
		u64 cycles = measure_once();

		if (!cycles)
			return 0;
		best = min(best, cycles);
	}
	return mul_u64_u32_div(best, PIT_FREQUENCY, MEASURE_COUNT);
}
