/*
 * Ways to panic, each chosen by the boot option panic_test=KIND. They cannot be
 * self-tests, as nothing runs after them: tests/system reads what they print.
 */
#include "tests/kernel/test_panic.h"

#include "kernel/cpu/irq.h"
#include "kernel/kthread.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/mutex.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/timer_list.h"
#include "mm/layout.h"

/* Where the compiler cannot see what it is. */
static volatile unsigned long hidden_zero;

static void panic_null(void)
{
	*(volatile int *)hidden_zero = 1;
}

static void panic_jump(void)
{
	((void (*)(void))hidden_zero)();
}

/* In the gap below the vmalloc region, where nothing is ever mapped. */
static void panic_gap(void)
{
	(void)*(volatile int *)(VMALLOC_START - PAGE_SIZE + hidden_zero);
}

static void panic_text(void)
{
	*(volatile u8 *)(unsigned long)panic_null = 0xc3;
}

static void panic_rodata(void)
{
	*(volatile char *)((unsigned long)"a constant" + hidden_zero) = 'A';
}

static void panic_bug(void)
{
	BUG_ON(hidden_zero == 0);
}

static void panic_div(void)
{
	unsigned long quotient = 1;

	__asm__ volatile("xorl %%edx,%%edx\n\tdivl %1" : "+a"(quotient) : "r"(hidden_zero) : "edx");
}

static void panic_opcode(void)
{
	__asm__ volatile("ud2");
}

static void panic_gp(void)
{
	__asm__ volatile("movl %0,%%fs" ::"r"(0x9999ul + hidden_zero));
}

/* A stack pointer to nowhere: the fault that follows cannot be delivered. */
static void panic_df(void)
{
	__asm__ volatile("movl %0,%%esp\n\tpushl %%eax" ::"r"(0x1000ul + hidden_zero) : "memory");
}

static void panic_in_interrupt(unsigned int irq, void *dev, struct pt_regs *regs)
{
	(void)dev;
	(void)regs;
	panic("a handler of line %u did not like what it saw", irq);
}

static void panic_irq(void)
{
	static struct irqaction action = {.handler = panic_in_interrupt, .name = "panic_test"};

	request_irq(5, &action);
	__asm__ volatile("int $0x25");
}

/* More frames than any stack has room for. */
static __noinline unsigned long overrun(unsigned long depth)
{
	volatile u8 locals[256];

	if (depth == hidden_zero - 1)
		return 0;
	locals[depth % sizeof(locals)] = (u8)depth;
	return overrun(depth + 1) + locals[depth % sizeof(locals)];
}

static int overrun_thread(void *unused)
{
	(void)unused;
	return (int)overrun(hidden_zero);
}

static void panic_stack(void)
{
	struct task_struct *thread = kthread_run(overrun_thread, NULL, "overrun");

	if (!IS_ERR(thread))
		kthread_join(thread);
}

static void overrun_timer(struct timer_list *timer)
{
	(void)timer;
	overrun(hidden_zero);
}

/* The same on the stack that the machine was started on: while all sleep it is the idle task's. */
static void panic_idle(void)
{
	struct timer_list timer;

	timer_setup(&timer, overrun_timer);
	mod_timer(&timer, jiffies + 2);
	msleep(1000);
}

#ifdef CONFIG_DEBUG
static void panic_shift(void)
{
	hidden_zero = 1ul << (32 + hidden_zero);
}

static DEFINE_SPINLOCK(held_lock);

static void panic_sleep(void)
{
	spin_lock(&held_lock);
	msleep(10);
	spin_unlock(&held_lock);
}

static void panic_twice(void)
{
	spin_lock(&held_lock);
	spin_lock(&held_lock);
	spin_unlock(&held_lock);
}

/* A thread ends and keeps a lock for ever. */
static int keep_lock(void *lock)
{
	mutex_lock(lock);
	return 0;
}

static void panic_kept(void)
{
	static DEFINE_MUTEX(kept_lock);
	struct task_struct *thread = kthread_run(keep_lock, &kept_lock, "keeper");

	if (!IS_ERR(thread))
		kthread_join(thread);
}
#endif

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
#ifdef CONFIG_DEBUG
	{"shift", panic_shift}, {"sleep", panic_sleep},	  {"twice", panic_twice},
	{"kept", panic_kept},
#endif
	{"null", panic_null},	{"jump", panic_jump},	  {"gap", panic_gap},
	{"text", panic_text},	{"rodata", panic_rodata}, {"bug", panic_bug},
	{"div", panic_div},	{"opcode", panic_opcode}, {"gp", panic_gp},
	{"df", panic_df},	{"irq", panic_irq},	  {"stack", panic_stack},
	{"idle", panic_idle},
};

static void (*chosen)(void);

static int set_panic_test(const char *value)
{
	for (size_t i = 0; value && i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, value) != 0)
			continue;
		chosen = kinds[i].run;
		return 0;
	}
	return -EINVAL;
}
BOOT_OPTION("panic_test", set_panic_test);

void panic_test_run(void)
{
	if (!chosen)
		return;
	chosen();
	pr_err("panic_test: the kernel has survived\n");
}
