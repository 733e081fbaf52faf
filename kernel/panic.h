/*
 * When an invariant is broken. panic() says why and stops; BUG_ON() is panic() for
 * a condition; WARN_ON() reports and goes on.
 */
#ifndef FOLIO_PANIC_H
#define FOLIO_PANIC_H

#include "kernel/cpu/ptrace.h"

/*
 * panic - print the reason in a sentence, the registers, and a backtrace, and
 * stop the machine (machine_finish). Any context; does not return.
 */
void panic(const char *fmt, ...) __noreturn __cold __printf(1, 2);

/* panic_with - what panic(), in entry.asm, calls with the registers of its caller. */
void panic_with(struct pt_regs *regs, const char *fmt, va_list args) __noreturn __printf(2, 0);

/*
 * panic_regs - the same for a trap: its registers, the stack pointer at the trap
 * (regs_stack_pointer(), except for a double fault), and the address that it was
 * about, in words, unless `address` is NULL.
 */
void panic_regs(const struct pt_regs *regs, unsigned long esp, const unsigned long *address,
		const char *fmt, ...) __noreturn __cold __printf(4, 5);

/* show_regs - print a trap frame. Any context. */
void show_regs(const struct pt_regs *regs);

/*
 * describe_address - print, in words, how the page tables that are in force
 * translate an address: directory entry, table entry, and their bits. Any context.
 */
void describe_address(unsigned long address);

/* dump_stack - a backtrace of the caller. Any context. */
void dump_stack(void);

/* show_trace - a backtrace from a frame pointer; `eip` is printed first unless 0. */
void show_trace(unsigned long eip, unsigned long ebp);

/* kernel_address_readable - can the aligned word at a kernel address be read? Any context. */
bool kernel_address_readable(unsigned long address);

/* panic_in_progress - is the machine already stopping? */
bool panic_in_progress(void);

void bug_at(const char *file, int line, const char *condition) __noreturn __cold;
void warn_at(const char *file, int line, const char *condition) __cold;

/* warn_count - how many warnings were reported since boot (for tests). */
unsigned int warn_count(void);

#define BUG() bug_at(__FILE__, __LINE__, NULL)
#define BUG_ON(condition)                                       \
	do {                                                    \
		if (unlikely(condition))                        \
			bug_at(__FILE__, __LINE__, #condition); \
	} while (0)

#define WARN_ON(condition)                                       \
	({                                                       \
		bool _warn = !!(condition);                      \
                                                                 \
		if (unlikely(_warn))                             \
			warn_at(__FILE__, __LINE__, #condition); \
		unlikely(_warn);                                 \
	})

#define WARN_ON_ONCE(condition)                                  \
	({                                                       \
		static bool _warned;                             \
		bool _warn = !!(condition);                      \
                                                                 \
		if (unlikely(_warn && !_warned)) {               \
			_warned = true;                          \
			warn_at(__FILE__, __LINE__, #condition); \
		}                                                \
		unlikely(_warn);                                 \
	})

#endif
