/*
 * The kernel's first C function: one call for each thing that must be brought up,
 * in the order of the floors.
 */
#include "kernel/bootinfo.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/timer.h"
#include "kernel/cpu/traps.h"
#include "kernel/drivers/serial.h"
#include "kernel/drivers/vga.h"
#include "kernel/ksyms.h"
#include "kernel/options.h"
#include "kernel/power.h"
#include "kernel/printk.h"
#include "tests/kernel/ktest.h"

void kernel_main(unsigned long mbi_phys) __noreturn;

/* Floor 1: the machine. */
static void machine_init(unsigned long mbi_phys)
{
	cpuid_init();
	gdt_init();
	traps_init();
	ksyms_init();
	bootinfo_init(mbi_phys);
	serial_console_init();
	vga_console_init();
	options_parse(boot_command_line);
	pr_info("Folio, a kernel about memory; loaded by %s\n", bootinfo_loader());
	irq_init();
	clock_init();
	cpu_print();
	timer_init();
}

void kernel_main(unsigned long mbi_phys)
{
	bool passed;

	machine_init(mbi_phys);
	local_irq_enable();

	passed = ktest_run();
	machine_finish(passed ? FINISH_PASSED : FINISH_FAILED);
}
