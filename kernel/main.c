/*
 * The kernel's first C function: one call for each thing that must be brought up,
 * in the order of the floors.
 */
#include "kernel/bootinfo.h"
#include "kernel/cpu/clock.h"
#include "kernel/cred.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/fpu.h"
#include "kernel/cpu/timer.h"
#include "kernel/cpu/traps.h"
#include "kernel/drivers/block/bio.h"
#include "kernel/drivers/block/ide.h"
#include "kernel/drivers/block/virtio_blk.h"
#include "kernel/drivers/pci.h"
#include "kernel/drivers/serial.h"
#include "kernel/drivers/tty.h"
#include "kernel/drivers/vga.h"
#include "kernel/run.h"
#include "kernel/fs/block_dev.h"
#include "kernel/fs/bootfile.h"
#include "kernel/fs/chrdev.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/fs_writeback.h"
#include "kernel/fs/pipe.h"
#include "kernel/futex.h"
#include "kernel/fs/initramfs.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/fs/ramfs.h"
#include "kernel/fs/super.h"
#include "kernel/lib/err.h"
#include "kernel/ksyms.h"
#include "kernel/lib/string.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/random.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "kernel/task_fpu.h"
#include "mm/fault.h"
#include "mm/fault_inject.h"
#include "mm/filemap.h"
#include "mm/init.h"
#include "mm/memory.h"
#include "mm/mm.h"
#include "mm/rmap.h"
#include "mm/vmscan.h"
#include "tests/kernel/bench.h"
#include "tests/kernel/ktest.h"
#include "tests/kernel/mm_test.h"

void kernel_main(unsigned long mbi_phys) __noreturn;

/* The values of options lie in `words` for ever; /proc/cmdline shows the line as it came. */
static void parse_command_line(void)
{
	static char words[BOOT_COMMAND_LINE_SIZE];

	memcpy(words, boot_command_line, sizeof(words));
	options_parse(words);
}

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
	parse_command_line();
	pr_info("Folio, a kernel about memory; loaded by %s\n", bootinfo_loader());
	irq_init();
	clock_init();
	random_init();
	cpu_print();
	timer_init();
}

/* Floors 2 to 5: scheduling, memory, tasks. Interrupts are enabled by cpu_idle(). */
static void memory_and_tasks_init(void)
{
	mm_init();
	fault_init();
	sched_init();
	cred_init();
	task_init();
	rlimits_init();
	fpu_init();
	mm_types_init();
	rmap_init();
	filemap_init();
	memory_init();
}

/* Floor 4: block I/O and the disks of the machine. */
static void disks_init(void)
{
	bio_init();
	ide_init();
	virtblk_init();
}

/* Floors 6 and 7: files, programs. */
static void programs_init(void)
{
	pci_init();
	vfs_init();
	ramfs_init();
	proc_init();
	init_rootfs();
	flusher_init();
	pipe_init();
	chrdev_init();
	devtmpfs_init();
	mem_devices_init();
	block_dev_init();
	ext2_init();
	disks_init();
	initramfs_unpack();
	bootfile_init();
	tty_init();
	futex_init();
	task_fpu_init();
	signal_init();
}

/* The first task that may sleep: self-tests, then it becomes the first program. */
static int kernel_init(void *unused)
{
	bool passed;

	(void)unused;
	programs_init();
	vmscan_init();
	fault_inject_changed();
	mm_test_init();
	passed = ktest_run();
	bench_run();
	run_init(passed, ktest_wanted());
	return 0;
}

void kernel_main(unsigned long mbi_phys)
{
	struct task_struct *init;

	machine_init(mbi_phys);
	memory_and_tasks_init();
	init = task_create("init", kernel_init, NULL, &init_task);
	if (IS_ERR(init))
		panic("Too little memory: the first task cannot be made");
	wake_up_process(init);
	cpu_idle();
}
