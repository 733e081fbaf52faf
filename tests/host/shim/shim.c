/*
 * What the machine's floor gives to kernel files, for the host: the log goes into
 * host_log(), a panic goes back to the test, interrupts are a variable.
 */
#include "tests/host/host.h"

#include <stdarg.h>

#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#define sigset_t kernel_sigset_t /* the C library has one, too */
#include "kernel/sched.h"
#undef sigset_t

unsigned long host_eflags = X86_EFLAGS_IF;

static struct task_struct host_task = {.comm = "host", .pid = 1};
struct cpu cpus[NR_CPUS] = {{&host_task, 0, 0}};

/* The kernel's own, by the name that rename_printf.h gives it: it knows %pS. */
int folio_vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);

/* The level in front of a message, 0x01 and a digit, is no text. */
int vprintk(const char *fmt, va_list args)
{
	char line[512];
	int len = folio_vsnprintf(line, sizeof(line), fmt, args);

	host_log_add(line[0] == KERN_SOH[0] ? line + 2 : line);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}

bool ratelimit(struct ratelimit *limit, const char *who)
{
	(void)limit;
	(void)who;
	return true;
}

void panic(const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	folio_vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	host_panic(line);
}

void bug_at(const char *file, int line, const char *condition)
{
	panic("BUG at %s:%d: %s", file, line, condition ? condition : "reached");
}

void warn_at(const char *file, int line, const char *condition)
{
	printk("WARNING at %s:%d: %s\n", file, line, condition);
}

/* There is nobody to yield to. */
void yield(void)
{
}
