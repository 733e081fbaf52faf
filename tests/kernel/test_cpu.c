/* Self-tests of the machine floor: segments, traps, interrupt lines, time. */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"
#include "kernel/cpu/timer.h"
#include "kernel/cpu/traps.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "tests/kernel/ktest.h"

/* ------------------------------------------------------------ segments */

/* The access rights that the processor finds behind a selector; 0: none. */
static unsigned long load_access_rights(unsigned long selector)
{
	unsigned long rights = 0;

	__asm__ volatile("larl %1,%0\n\t"
			 "jz 1f\n\t"
			 "xorl %0,%0\n"
			 "1:"
			 : "=&r"(rights)
			 : "r"(selector)
			 : "cc");
	return rights;
}

static void test_flat_segments(struct ktest *t)
{
	unsigned long cs, ds, ss, limit;

	__asm__("movl %%cs,%0\n\tmovl %%ds,%1\n\tmovl %%ss,%2" : "=r"(cs), "=r"(ds), "=r"(ss));
	KT_EXPECT_EQ(t, cs & 0xffff, 0x60ul);
	KT_EXPECT_EQ(t, ds & 0xffff, 0x68ul);
	KT_EXPECT_EQ(t, ss & 0xffff, 0x68ul);
	/* Bits 8..15: access byte; 20..23: flags. SDM vol. 2, LAR. */
	KT_EXPECT_EQ(t, load_access_rights(0x60) & 0xf0fe00, 0xc09a00ul);
	KT_EXPECT_EQ(t, load_access_rights(0x68) & 0xf0fe00, 0xc09200ul);
	KT_EXPECT_EQ(t, load_access_rights(0x73) & 0xf0fe00, 0xc0fa00ul);
	KT_EXPECT_EQ(t, load_access_rights(0x7b) & 0xf0fe00, 0xc0f200ul);
	__asm__("lsll %1,%0" : "=r"(limit) : "r"(0x7bul) : "cc");
	KT_EXPECT_EQ(t, limit, 0xfffffffful);
}

static void test_no_ports_for_ring_3(struct ktest *t)
{
	struct segment_descriptor desc = gdt_get(GDT_ENTRY_TSS);

	KT_EXPECT_EQ(t, segment_base(&desc), (u32)&cpu_tss);
	KT_EXPECT(t, cpu_tss.iomap_base > segment_limit(&desc));
	KT_EXPECT_EQ(t, cpu_tss.ss0, (u32)KERNEL_DS);
}

static void test_descriptor_round_trip(struct ktest *t)
{
	struct segment_descriptor desc =
		segment_pack(0x12345678, 0xabcde,
			     DESC_PRESENT | DESC_DPL(3) | DESC_CODE_DATA | DESC_DATA, DESC_32BIT);
	static const u8 bytes[8] = {0xde, 0xbc, 0x78, 0x56, 0x34, 0xf2, 0x4a, 0x12};

	KT_EXPECT_EQ(t, segment_base(&desc), 0x12345678u);
	KT_EXPECT_EQ(t, segment_limit(&desc), 0xabcdeu);
	KT_EXPECT_EQ(t, memcmp(&desc, bytes, sizeof(bytes)), 0);
}

/* A segment with a base of its own: what gs:0 reads must be what lies there. */
static void test_tls_segment(struct ktest *t)
{
	static const u32 value = 0x600dcafe;
	struct segment_descriptor saved[GDT_ENTRY_TLS_ENTRIES], tls[GDT_ENTRY_TLS_ENTRIES];
	unsigned long flags, gs;
	u32 seen;

	for (unsigned int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		saved[i] = tls[i] = gdt_get(GDT_ENTRY_TLS_MIN + i);
	tls[2] = segment_pack((u32)&value, sizeof(value) - 1,
			      DESC_PRESENT | DESC_DPL(3) | DESC_CODE_DATA | DESC_DATA, DESC_32BIT);
	flags = local_irq_save();
	gdt_load_tls(tls);
	__asm__ volatile("movl %%gs,%1\n\t"
			 "movl %2,%%gs\n\t"
			 "movl %%gs:0,%0\n\t"
			 "movl %1,%%gs"
			 : "=&r"(seen), "=&r"(gs)
			 : "r"(0x43)
			 : "memory");
	gdt_load_tls(saved);
	local_irq_restore(flags);
	KT_EXPECT_EQ(t, seen, value);
}

/* ------------------------------------------------------------ traps */

/* Does an instruction that the exception table knows trap? */
#define TRAPS(before, insn)                                                 \
	({                                                                  \
		u8 _trapped = 0;                                            \
                                                                            \
		__asm__ volatile(before "\n"                                \
					"1: " insn "\n"                     \
					"2:\n"                              \
					".pushsection .text.fixup,\"ax\"\n" \
					"3: movb $1,%0\n\t"                 \
					"jmp 2b\n"                          \
					".popsection\n" EXTABLE(1b, 3b)     \
				 : "+m"(_trapped)                           \
				 :                                          \
				 : "eax", "ecx", "edx", "cc", "memory");    \
		_trapped;                                                   \
	})

static void test_every_vector_has_a_name(struct ktest *t)
{
	for (unsigned int i = 0; i <= TRAP_IRET; i++) {
		const struct trap_info *info = trap_info(i);

		KT_EXPECT(t, info->name && info->mnemonic && info->signal > 0);
	}
	KT_EXPECT_STREQ(t, trap_info(13)->name, "general protection fault");
	KT_EXPECT_STREQ(t, trap_info(14)->mnemonic, "#PF");
}

static void test_kernel_faults_are_fixed_up(struct ktest *t)
{
	KT_EXPECT(t, TRAPS("", "ud2"));
	KT_EXPECT(t, TRAPS("xorl %%ecx,%%ecx", "divl %%ecx"));
	KT_EXPECT(t, TRAPS("movl $0x9999,%%ecx", "movl %%ecx,%%fs"));
	KT_EXPECT(t, TRAPS("", "movb 0,%%al"));
	KT_EXPECT(t, TRAPS("", "movb %%al,0xffffffff"));
	KT_EXPECT(t, !TRAPS("", "nop"));
}

static void test_exception_table(struct ktest *t)
{
	KT_EXPECT_EQ(t, search_exception_table((unsigned long)test_exception_table), 0ul);
}

static int handler_calls;
static unsigned long handler_error = 1;

static void skip_ud2(struct pt_regs *regs, unsigned long error_code, unsigned long address)
{
	(void)address;
	handler_calls++;
	handler_error = error_code;
	regs->ecx = 77;
	regs->eip += 2;
}

/* The frame is what the interrupted code goes on with. */
static void test_handler_changes_the_frame(struct ktest *t)
{
	unsigned long ecx = 1, edx = 2;

	set_trap_handler(TRAP_UD, skip_ud2);
	__asm__ volatile("ud2" : "+c"(ecx), "+d"(edx));
	set_trap_handler(TRAP_UD, NULL);
	KT_EXPECT_EQ(t, handler_calls, 1);
	KT_EXPECT_EQ(t, handler_error, 0ul);
	KT_EXPECT_EQ(t, ecx, 77ul);
	KT_EXPECT_EQ(t, edx, 2ul);
}

/* A single step that reaches the kernel ends there. */
static void test_stray_single_step(struct ktest *t)
{
	__asm__ volatile("pushfl\n\t"
			 "orl %0,(%%esp)\n\t"
			 "popfl\n\t"
			 "nop\n\t"
			 "nop" ::"i"(X86_EFLAGS_TF)
			 : "cc", "memory");
	KT_EXPECT_EQ(t, read_eflags() & X86_EFLAGS_TF, 0ul);
}

/* Leave by a trap frame, here, whose ds and es are no segments: they become zero. */
static void test_bad_segments_are_dropped(struct ktest *t)
{
	unsigned long ds = 1, es = 1;

	__asm__ volatile("pushfl\n\t"
			 "pushl %%cs\n\t"
			 "pushl $1f\n\t"
			 "pushl $-1\n\t"
			 "pushl $0x9999\n\t"
			 "pushl $0x8888\n\t"
			 "pushl %%eax\n\t"
			 "pushl %%ebp\n\t"
			 "pushl %%edi\n\t"
			 "pushl %%esi\n\t"
			 "pushl %%edx\n\t"
			 "pushl %%ecx\n\t"
			 "pushl %%ebx\n\t"
			 "jmp ret_from_trap\n"
			 "1:\n\t"
			 "movl %%ds,%0\n\t"
			 "movl %%es,%1\n\t"
			 "movl %2,%%ds\n\t"
			 "movl %2,%%es"
			 : "=&r"(ds), "=&r"(es)
			 : "r"(KERNEL_DS)
			 : "memory", "cc");
	KT_EXPECT_EQ(t, ds & 0xffff, 0ul);
	KT_EXPECT_EQ(t, es & 0xffff, 0ul);
}

static struct pt_regs bad_frame, seen_regs;
static void *way_back;
static int seen_signal;
static unsigned int seen_trap;

static void note_signal(struct pt_regs *regs, int sig, int code, unsigned long addr,
			unsigned int trapno, unsigned long error_code)
{
	(void)code;
	(void)addr;
	(void)error_code;
	seen_regs = *regs;
	seen_signal = sig;
	seen_trap = trapno;
	ktest_leave(&way_back);
}

static void leave_by_bad_frame(struct ktest *t)
{
	struct pt_regs frame = bad_frame;

	(void)t;
	__asm__ volatile("movl %0,%%esp\n\t"
			 "jmp ret_from_trap" ::"r"(&frame)
			 : "memory");
	__builtin_unreachable();
}

/* IRET refuses the frame, and the program pays for it, not the kernel. */
static void check_bad_frame(struct ktest *t, unsigned long cs, unsigned long ss)
{
	send_signal_t before = set_send_signal_hook(note_signal);

	bad_frame = (struct pt_regs){
		.ebx = 0x1234,
		.xds = USER_DS,
		.xes = USER_DS,
		.eip = 0x08048000,
		.xcs = cs,
		.eflags = X86_EFLAGS_IF | X86_EFLAGS_FIXED,
		.esp = 0xbffff000,
		.xss = ss,
	};
	seen_signal = 0;
	ktest_guard(&way_back, leave_by_bad_frame, t);
	set_send_signal_hook(before);
	KT_EXPECT_EQ(t, seen_signal, SIGILL);
	KT_EXPECT_EQ(t, seen_trap, (unsigned int)TRAP_IRET);
	KT_EXPECT_EQ(t, seen_regs.eip, bad_frame.eip);
	KT_EXPECT_EQ(t, seen_regs.ebx, bad_frame.ebx);
	KT_EXPECT_EQ(t, seen_regs.xcs & 0xffff, cs);
	KT_EXPECT_EQ(t, seen_regs.xss & 0xffff, ss);
}

static void test_bad_return_frames(struct ktest *t)
{
	check_bad_frame(t, USER_DS, USER_DS);
	check_bad_frame(t, USER_CS, USER_CS);
	check_bad_frame(t, USER_CS, KERNEL_DS);
	check_bad_frame(t, 3, USER_DS);
	check_bad_frame(t, 0x9993, USER_DS);
	check_bad_frame(t, USER_CS, 0x9993);
}

static void test_write_protection_is_on(struct ktest *t)
{
	KT_EXPECT(t, read_cr0() & X86_CR0_WP);
	KT_EXPECT(t, read_cr0() & X86_CR0_PG);
}

/* ------------------------------------------------------------ interrupts */

static void count_irq(unsigned int irq, void *dev, struct pt_regs *regs)
{
	(void)regs;
	if (irq == 5 && in_interrupt() && irqs_disabled())
		++*(int *)dev;
}

/* `int n` reaches the entry of a line just as the PIC does. */
static void test_shared_line(struct ktest *t)
{
	int first = 0, second = 0;
	struct irqaction a = {.handler = count_irq, .name = "first", .dev = &first};
	struct irqaction b = {.handler = count_irq, .name = "second", .dev = &second};
	const struct irqaction *seen;

	KT_ASSERT_EQ(t, request_irq(5, &a), 0);
	KT_ASSERT_EQ(t, request_irq(5, &b), 0);
	__asm__ volatile("int $0x25" ::: "memory");
	free_irq(5, &a);
	__asm__ volatile("int $0x25" ::: "memory");
	irq_stat(5, &seen);
	free_irq(5, &b);
	KT_EXPECT_EQ(t, first, 1);
	KT_EXPECT_EQ(t, second, 2);
	KT_EXPECT(t, seen == &b);
	KT_EXPECT_EQ(t, request_irq(NR_IRQS, &a), -EINVAL);
}

static void test_spurious_interrupts(struct ktest *t)
{
	unsigned long seven = irq_stat(7, NULL).spurious, fifteen = irq_stat(15, NULL).spurious;

	__asm__ volatile("int $0x27\n\tint $0x2f" ::: "memory");
	KT_EXPECT_EQ(t, irq_stat(7, NULL).spurious, seven + 1);
	KT_EXPECT_EQ(t, irq_stat(15, NULL).spurious, fifteen + 1);
}

/* ------------------------------------------------------------ time */

static void test_time_runs_forward(struct ktest *t)
{
	u64 last = ktime_get_ns(), end = last + 25000000;

	while (last < end) {
		u64 now = ktime_get_ns();

		KT_ASSERT(t, now >= last);
		last = now;
	}
}

static void test_ticks(struct ktest *t)
{
	unsigned long start = jiffies, interrupts = irq_stat(0, NULL).count;
	u64 begin = ktime_get_ns();

	while (jiffies - start < 3)
		cpu_idle_wait();
	KT_EXPECT_GE(t, irq_stat(0, NULL).count, interrupts + 1);
	/* The first of the three was under way, and a tick may come half a tick early. */
	KT_EXPECT_GE(t, ktime_get_ns() - begin, (u64)NSEC_PER_TICK);
}

/* Where jiffies is made of time, it agrees with it. */
static void test_ticks_follow_time(struct ktest *t)
{
	unsigned long flags, start = jiffies;
	u64 now, ticks;

	while (jiffies == start)
		cpu_idle_wait();
	flags = local_irq_save();
	ticks = get_jiffies_64();
	now = ktime_get_ns();
	local_irq_restore(flags);
	KT_EXPECT_LE(t, ticks * NSEC_PER_TICK, now + NSEC_PER_TICK);
}

static void test_refined_clock_runs_on(struct ktest *t)
{
	unsigned long khz = tsc_khz(), flags, changed;
	u64 hz = (u64)khz * 1000, before, after;

	if (!hz)
		ktest_skip(t, "the processor has no TSC");
	flags = local_irq_save();
	clock_refine(hz * 2);
	clock_refine(hz >> 1);
	changed = tsc_khz();
	before = ktime_get_ns();
	clock_refine(hz + (hz >> 6));
	after = ktime_get_ns();
	KT_EXPECT_EQ(t, changed, khz);
	KT_EXPECT_LT(t, changed, tsc_khz());
	clock_refine(hz);
	local_irq_restore(flags);
	KT_EXPECT_GE(t, after, before);
	KT_EXPECT_LT(t, after - before, (u64)NSEC_PER_TICK);
}

static void test_udelay(struct ktest *t)
{
	u64 start = ktime_get_ns();

	udelay(2000);
	KT_EXPECT_GE(t, ktime_get_ns() - start, 2000000ull);
}

static void test_calendar(struct ktest *t)
{
	KT_EXPECT_EQ(t, civil_to_seconds(1970, 1, 1, 0, 0, 0), 0ull);
	KT_EXPECT_EQ(t, civil_to_seconds(2000, 2, 29, 12, 0, 0), 951825600ull);
	KT_EXPECT_EQ(t, civil_to_seconds(2026, 12, 31, 23, 59, 59), 1798761599ull);
	KT_EXPECT_GE(t, wall_clock_at_boot(), civil_to_seconds(2020, 1, 1, 0, 0, 0));
}

static const struct ktest_case cpu_cases[] = {
	KTEST(test_flat_segments),
	KTEST(test_no_ports_for_ring_3),
	KTEST(test_descriptor_round_trip),
	KTEST(test_tls_segment),
	KTEST(test_every_vector_has_a_name),
	KTEST(test_kernel_faults_are_fixed_up),
	KTEST(test_exception_table),
	KTEST(test_handler_changes_the_frame),
	KTEST(test_stray_single_step),
	KTEST(test_bad_segments_are_dropped),
	KTEST(test_bad_return_frames),
	KTEST(test_write_protection_is_on),
	KTEST(test_shared_line),
	KTEST(test_spurious_interrupts),
};
KTEST_SUITE(cpu, KTEST_QUICK, cpu_cases);

static const struct ktest_case time_cases[] = {
	KTEST(test_time_runs_forward),	   KTEST(test_ticks),  KTEST(test_ticks_follow_time),
	KTEST(test_refined_clock_runs_on), KTEST(test_udelay), KTEST(test_calendar),
};
KTEST_SUITE(time, KTEST_QUICK, time_cases);
