/*
 * The last words of the kernel: the reason, where, what the page tables say about
 * the address, and how it got there. A second panic on the way prints its reason
 * and stops at once.
 */
#include "kernel/panic.h"

#include "kernel/bootinfo.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/power.h"
#include "kernel/printk.h"
#include "mm/pgtable.h"

#define TRACE_LINES	 24
#define CALL_INSTRUCTION 5 /* bytes of a near call with its displacement */

extern const char __text_start[], __text_end[];

static bool panicking;

bool panic_in_progress(void)
{
	return panicking;
}

/* What is at a physical address of a page table. */
static unsigned long read_table(unsigned long table, unsigned long index)
{
	return *(unsigned long *)boot_peek(table + index * sizeof(unsigned long));
}

static const char *entry_bits(unsigned long entry, char *buf, size_t size)
{
	scnprintf(buf, size, "%s, %s%s%s%s%s%s", entry & _PAGE_RW ? "writable" : "read only",
		  entry & _PAGE_USER ? "user" : "kernel",
		  entry & _PAGE_ACCESSED ? ", accessed" : "", entry & _PAGE_DIRTY ? ", dirty" : "",
		  entry & _PAGE_PCD ? ", uncached" : "", entry & _PAGE_GLOBAL ? ", global" : "",
		  entry & _PAGE_SPECIAL ? ", special" : "");
	return buf;
}

static void describe_pte(unsigned long address, unsigned long table)
{
	unsigned long entry = read_table(table, pte_index(address));
	char bits[80];

	pr_emerg("  table entry %lu: 0x%08lx: ", pte_index(address), entry);
	if (entry & _PAGE_PRESENT)
		pr_cont("frame at 0x%08lx, %s\n", entry & PAGE_MASK,
			entry_bits(entry, bits, sizeof(bits)));
	else if (!entry)
		pr_cont("nothing is mapped\n");
	else if (entry & _PAGE_PROTNONE)
		pr_cont("frame at 0x%08lx, no access allowed\n", entry & PAGE_MASK);
	else
		pr_cont("swapped out, entry 0x%08lx\n", entry);
}

void describe_address(unsigned long address)
{
	unsigned long directory = read_cr3() & PAGE_MASK;
	unsigned long entry = read_table(directory, pgd_index(address));
	char bits[80];

	pr_emerg("address 0x%08lx in the page directory at 0x%08lx:\n", address, directory);
	pr_emerg("  directory entry %lu: 0x%08lx: ", pgd_index(address), entry);
	if (!(entry & _PAGE_PRESENT)) {
		pr_cont("no page table, nothing is mapped in these 4 MiB\n");
		return;
	}
	if (entry & _PAGE_PSE) {
		pr_cont("4 MiB page at 0x%08lx, %s\n", entry & PGDIR_MASK,
			entry_bits(entry, bits, sizeof(bits)));
		return;
	}
	pr_cont("page table at 0x%08lx, %s\n", entry & PAGE_MASK,
		entry_bits(entry, bits, sizeof(bits)));
	describe_pte(address, entry & PAGE_MASK);
}

static void show_regs_at(const struct pt_regs *regs, unsigned long esp)
{
	unsigned long ss = user_mode(regs) ? regs->xss & 0xffff : 0;

	if (!user_mode(regs))
		__asm__("movl %%ss,%0" : "=r"(ss));
	pr_emerg("eip %04lx:%08lx %pS\n", regs->xcs & 0xffff, regs->eip, (void *)regs->eip);
	pr_emerg("esp %04lx:%08lx  eflags %08lx  ds %04lx  es %04lx\n", ss, esp, regs->eflags,
		 regs->xds & 0xffff, regs->xes & 0xffff);
	pr_emerg("eax %08lx  ebx %08lx  ecx %08lx  edx %08lx\n", regs->eax, regs->ebx, regs->ecx,
		 regs->edx);
	pr_emerg("esi %08lx  edi %08lx  ebp %08lx\n", regs->esi, regs->edi, regs->ebp);
	pr_emerg("cr0 %08lx  cr2 %08lx  cr3 %08lx  cr4 %08lx\n", read_cr0(), read_cr2(), read_cr3(),
		 cpu_has_cr4() ? read_cr4() : 0);
}

void show_regs(const struct pt_regs *regs)
{
	show_regs_at(regs, regs_stack_pointer(regs));
}

/* By the tables, not by trying. */
bool kernel_address_readable(unsigned long address)
{
	unsigned long entry;

	if (address < PAGE_OFFSET || address % sizeof(long))
		return false;
	entry = read_table(read_cr3() & PAGE_MASK, pgd_index(address));
	if (entry & _PAGE_PRESENT && !(entry & _PAGE_PSE))
		entry = read_table(entry & PAGE_MASK, pte_index(address));
	return entry & _PAGE_PRESENT;
}

static bool is_text(unsigned long address)
{
	return address >= (unsigned long)__text_start && address < (unsigned long)__text_end;
}

/* The return address of a frame if the frame can be believed, else 0. */
static unsigned long frame_return(unsigned long ebp)
{
	const unsigned long *frame = (const unsigned long *)ebp;

	if (!kernel_address_readable(ebp) || !kernel_address_readable(ebp + sizeof(long)))
		return 0;
	return is_text(frame[1]) ? frame[1] : 0;
}

/* A function that calls itself again and again takes one line. */
static void show_frame(unsigned long eip, unsigned int times)
{
	if (!eip)
		return;
	pr_emerg("  %08lx %pS", eip, (void *)(eip - 1));
	if (times > 1)
		pr_cont(", %u times", times);
	pr_cont("\n");
}

void show_trace(unsigned long eip, unsigned long ebp)
{
	unsigned long last = 0, address;
	unsigned int times = 0;

	pr_emerg("backtrace:\n");
	if (eip)
		pr_emerg("  %08lx %pS\n", eip, (void *)eip);
	for (int lines = 0; lines < TRACE_LINES && (address = frame_return(ebp)) != 0;) {
		if (address != last) {
			show_frame(last, times);
			last = address;
			times = 0;
			lines++;
		}
		times++;
		if (*(const unsigned long *)ebp <= ebp)
			break;
		ebp = *(const unsigned long *)ebp;
	}
	show_frame(last, times);
}

void dump_stack(void)
{
	show_trace(0, (unsigned long)__builtin_frame_address(0));
}

/* The line that says why; false if this is a panic within a panic. */
static bool panic_begin(const char *fmt, va_list args)
{
	static char reason[512];
	bool first = !panicking;

	local_irq_disable();
	panicking = true;
	console_loglevel = LOGLEVEL_ALL;
	vscnprintf(reason, sizeof(reason), fmt, args);
	pr_emerg("PANIC%s: %s\n", first ? "" : " while stopping", reason);
	return first;
}

/* panic() proper: entry.asm has saved the registers of whoever called it. */
void panic_with(struct pt_regs *regs, const char *fmt, va_list args)
{
	regs->eip -= CALL_INSTRUCTION; /* so that the name is the caller's, not what follows it */
	regs->esp = (unsigned long)(regs + 1) + sizeof(long);
	if (panic_begin(fmt, args)) {
		show_regs_at(regs, regs->esp);
		show_trace(regs->eip, regs->ebp);
	}
	machine_finish(FINISH_PANIC);
}

void panic_regs(const struct pt_regs *regs, unsigned long esp, const unsigned long *address,
		const char *fmt, ...)
{
	va_list args;
	bool first;

	va_start(args, fmt);
	first = panic_begin(fmt, args);
	va_end(args);
	if (first) {
		show_regs_at(regs, esp);
		if (address)
			describe_address(*address);
		show_trace(regs->eip, regs->ebp);
	}
	machine_finish(FINISH_PANIC);
}

void bug_at(const char *file, int line, const char *condition)
{
	if (condition)
		panic("kernel bug at %s:%d: %s", file, line, condition);
	panic("kernel bug at %s:%d", file, line);
}

static unsigned int nr_warnings;

unsigned int warn_count(void)
{
	return nr_warnings;
}

void warn_at(const char *file, int line, const char *condition)
{
	nr_warnings++;
	pr_warn("warning at %s:%d: %s\n", file, line, condition);
	dump_stack();
}
