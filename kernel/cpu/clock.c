/*
 * Time.
 *
 * With a TSC: at each tick the time so far becomes the new base, and what has
 * passed since is cycles * mult / 2^27. The products are exact up to rounding down,
 * so time never runs backwards over a change of base.
 *
 * Without one: ticks, and the part of a tick that the PIT has counted down. When
 * the counter has started anew but the tick's interrupt is still to come, a tick
 * is added; whatever is left to chance then is caught by remembering the last
 * answer.
 */
#include "kernel/cpu/clock.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/pic.h"
#include "kernel/cpu/timer.h"
#include "kernel/lib/math64.h"
#include "kernel/printk.h"

#define CLOCK_SHIFT    27
#define TSC_MIN_HZ     40000000u /* mult fits 32 bits above 32 MHz */
#define RATE_TOLERANCE 20	 /* refining may change it by a twentieth */
/* The length of a PIT tick, which is not quite 1/HZ, in ns. */
#define PIT_TICK_NS ((u32)((u64)PIT_LATCH * NSEC_PER_SEC / PIT_FREQUENCY))
#define TIMER_IRQ   0

/* The CMOS clock (Motorola MC146818A data sheet). */
#define CMOS_INDEX   0x70
#define CMOS_DATA    0x71
#define RTC_SECONDS  0x00
#define RTC_MINUTES  0x02
#define RTC_HOURS    0x04
#define RTC_DAY	     0x07
#define RTC_MONTH    0x08
#define RTC_YEAR     0x09
#define RTC_STATUS_A 0x0a
#define RTC_STATUS_B 0x0b
#define RTC_CENTURY  0x32
#define RTC_UPDATING 0x80
#define RTC_BINARY   0x04
#define RTC_24_HOURS 0x02
#define RTC_PM	     0x80

static unsigned long tsc_rate_khz;
static u32 clock_mult;
static u64 base_cycles, base_ns;
static bool clock_running;
static u64 last_pit_ns;
static u64 boot_seconds;
static u64 real_offset_ns; /* what to add to the time since boot */

unsigned long tsc_khz(void)
{
	return tsc_rate_khz;
}

u64 wall_clock_at_boot(void)
{
	return boot_seconds;
}

static u64 cycles_to_ns(u64 cycles)
{
	u64 high = (cycles >> 32) * clock_mult, low = (cycles & 0xffffffffu) * clock_mult;

	return (high << (32 - CLOCK_SHIFT)) + (low >> CLOCK_SHIFT);
}

/* Interrupts disabled. */
static u64 pit_clock_ns(void)
{
	bool pending;
	unsigned int count;
	u64 ns;

	do {
		pending = pic_pending(TIMER_IRQ);
		count = pit_read_count();
	} while (pending != pic_pending(TIMER_IRQ));
	if (count > PIT_LATCH)
		count = PIT_LATCH; /* the timer has not been started */
	ns = (get_jiffies_64() + pending) * PIT_TICK_NS +
	     div_u64((u64)(PIT_LATCH - count) * NSEC_PER_SEC, PIT_FREQUENCY);
	if (ns > last_pit_ns)
		last_pit_ns = ns;
	return last_pit_ns;
}

u64 ktime_get_ns(void)
{
	unsigned long flags;
	u64 ns;

	if (!clock_running)
		return 0;
	flags = local_irq_save();
	ns = tsc_rate_khz ? base_ns + cycles_to_ns(rdtsc() - base_cycles) : pit_clock_ns();
	local_irq_restore(flags);
	return ns;
}

u64 ktime_get_real_ns(void)
{
	unsigned long flags = local_irq_save();
	u64 ns = real_offset_ns + ktime_get_ns();

	local_irq_restore(flags);
	return ns;
}

void ktime_set_real_ns(u64 ns)
{
	unsigned long flags = local_irq_save();

	real_offset_ns = ns - ktime_get_ns();
	local_irq_restore(flags);
}

void clock_tick(void)
{
	u64 now;

	if (!tsc_rate_khz)
		return;
	now = rdtsc();
	base_ns += cycles_to_ns(now - base_cycles);
	base_cycles = now;
}

void udelay(unsigned int microseconds)
{
	u64 end = ktime_get_ns() + (u64)microseconds * 1000 + 999;

	if (!clock_running)
		while (microseconds--)
			io_delay();
	else
		while (ktime_get_ns() < end)
			cpu_relax();
}

static void set_tsc_rate(u64 hz)
{
	tsc_rate_khz = (unsigned long)div_u64(hz, 1000);
	clock_mult = (u32)div64_u64((u64)NSEC_PER_SEC << CLOCK_SHIFT, hz);
}

void clock_refine(u64 hz)
{
	u64 now = (u64)tsc_rate_khz * 1000;

	if (hz > now + div_u64(now, RATE_TOLERANCE) || hz < now - div_u64(now, RATE_TOLERANCE))
		return;
	clock_tick();
	set_tsc_rate(hz);
}

static void tsc_clock_init(void)
{
	u64 hz = boot_cpu_has(X86_FEATURE_TSC) ? pit_measure_tsc() : 0;

	if (hz < TSC_MIN_HZ)
		return;
	set_tsc_rate(hz);
	base_cycles = rdtsc();
}

u64 civil_to_seconds(unsigned int year, unsigned int month, unsigned int day, unsigned int hour,
		     unsigned int minute, unsigned int second)
{
	/* Years that begin in March: the leap day is the last one, months are 153 days in five. */
	unsigned int y = month > 2 ? year : year - 1;
	unsigned int m = month > 2 ? month - 3 : month + 9;
	u32 days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1;

	days -= 719468; /* from 0000-03-01 to 1970-01-01 */
	return (u64)days * 86400 + hour * 3600 + minute * 60 + second;
}

static u8 cmos_read(u8 index)
{
	outb(CMOS_INDEX, index);
	return inb(CMOS_DATA);
}

struct rtc_time {
	u8 second, minute, hour, day, month, year, century;
};

static struct rtc_time rtc_read_raw(void)
{
	unsigned int polls = 100000;

	while (cmos_read(RTC_STATUS_A) & RTC_UPDATING && --polls)
		cpu_relax();
	return (struct rtc_time){
		.second = cmos_read(RTC_SECONDS),
		.minute = cmos_read(RTC_MINUTES),
		.hour = cmos_read(RTC_HOURS),
		.day = cmos_read(RTC_DAY),
		.month = cmos_read(RTC_MONTH),
		.year = cmos_read(RTC_YEAR),
		.century = cmos_read(RTC_CENTURY),
	};
}

static unsigned int rtc_number(u8 value, u8 status)
{
	return status & RTC_BINARY ? value : (value & 0x0fu) + 10u * (value >> 4);
}

/* Two equal readings: no update has come in between. */
static u64 rtc_seconds(void)
{
	struct rtc_time t = rtc_read_raw(), again = rtc_read_raw();
	u8 status = cmos_read(RTC_STATUS_B);
	unsigned int hour, century;

	for (int tries = 0; again.second != t.second && tries < 4; tries++) {
		t = again;
		again = rtc_read_raw();
	}
	hour = rtc_number(t.hour & (u8)~RTC_PM, status);
	if (!(status & RTC_24_HOURS))
		hour = hour % 12 + (t.hour & RTC_PM ? 12 : 0);
	century = rtc_number(t.century, status);
	if (century < 19 || century > 29)
		century = 20;
	return civil_to_seconds(century * 100 + rtc_number(t.year, status),
				rtc_number(t.month, status), rtc_number(t.day, status), hour,
				rtc_number(t.minute, status), rtc_number(t.second, status));
}

void clock_init(void)
{
	tsc_clock_init();
	clock_running = true;
	boot_seconds = rtc_seconds();
	real_offset_ns = boot_seconds * NSEC_PER_SEC - ktime_get_ns();
	if (tsc_rate_khz)
		pr_info("clock: the TSC at about %lu MHz\n", (tsc_rate_khz + 500) / 1000);
	else
		pr_info("clock: the interval timer\n");
}
