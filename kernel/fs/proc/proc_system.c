/*
 * The machine and the kernel: processor, time, interrupts, devices, file systems. Formats: proc(5).
 */
#include "kernel/bootinfo.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpuid.h"
#include "kernel/cpu/irq.h"
#include "kernel/cpu/timer.h"
#include "kernel/fs/block_dev.h"
#include "kernel/fs/chrdev.h"
#include "kernel/fs/dcache.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/fs/proc/proc.h"
#include "kernel/ksyms.h"
#include "kernel/lib/err.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/loadavg.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/utsname.h"
#include "mm/slab.h"

/* ------------------------------------------------------------ names and times */

static void version_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_printf(m, "%s version %s (%s)\n", system_utsname.sysname, system_utsname.release,
		   system_utsname.version);
}

static void cmdline_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_printf(m, "%s\n", boot_command_line);
}

/* Seconds with two digits behind the point. */
static void show_seconds(struct seq_file *m, u64 hundredths)
{
	u32 rest;
	u64 seconds = div_u64_rem(hundredths, 100, &rest);

	seq_printf(m, "%llu.%02u", seconds, rest);
}

static void uptime_show(struct seq_file *m, void *v)
{
	(void)v;
	show_seconds(m, div_u64(ktime_get_ns(), 10000000));
	seq_putc(m, ' ');
	show_seconds(m, sched_stat().idle_ticks * (100 / HZ));
	seq_putc(m, '\n');
}

static void loadavg_show(struct seq_file *m, void *v)
{
	const unsigned long half = FIXED_1 / 200; /* rounds to hundredths */

	(void)v;
	for (unsigned int i = 0; i < ARRAY_SIZE(avenrun); i++) {
		unsigned long load = avenrun[i] + half;

		seq_printf(m, "%lu.%02lu ", load >> FSHIFT, (load & (FIXED_1 - 1)) * 100 >> FSHIFT);
	}
	seq_printf(m, "%lu/%u %d\n", sched_stat().nr_running, nr_tasks() - 1, last_pid);
}

/* ------------------------------------------------------------ the processor */

static void cpuinfo_show(struct seq_file *m, void *v)
{
	const struct cpuinfo *c = &boot_cpu_data;
	unsigned long khz = tsc_khz();

	(void)v;
	seq_printf(m,
		   "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n"
		   "model name\t: %s\nstepping\t: %u\n",
		   *c->vendor ? c->vendor : "unknown", c->family, c->model, c->name, c->stepping);
	if (khz)
		seq_printf(m, "cpu MHz\t\t: %lu.%03lu\n", khz / 1000, khz % 1000);
	seq_printf(m, "fpu\t\t: %s\nwp\t\t: yes\nflags\t\t:",
		   boot_cpu_has(X86_FEATURE_FPU) ? "yes" : "no");
	for (const struct cpu_flag_name *f = cpu_flag_names; f->name; f++)
		if (boot_cpu_has(f->feature))
			seq_printf(m, " %s", f->name);
	seq_puts(m, "\n\n");
}

static void show_cpu_times(struct seq_file *m, const char *name)
{
	const struct sched_stat stat = sched_stat();

	seq_printf(m, "%s %lu 0 %lu %lu 0 0 0 0 0 0\n", name, stat.user_ticks, stat.system_ticks,
		   stat.idle_ticks);
}

static unsigned long all_interrupts(void)
{
	unsigned long sum = 0;

	for (unsigned int irq = 0; irq < NR_IRQS; irq++)
		sum += irq_stat(irq, NULL).count;
	return sum;
}

static void stat_show(struct seq_file *m, void *v)
{
	const struct sched_stat sched = sched_stat();

	(void)v;
	show_cpu_times(m, "cpu ");
	show_cpu_times(m, "cpu0");
	seq_printf(m, "intr %lu", all_interrupts());
	for (unsigned int irq = 0; irq < NR_IRQS; irq++)
		seq_printf(m, " %lu", irq_stat(irq, NULL).count);
	seq_printf(m,
		   "\nctxt %lu\nbtime %llu\nprocesses %lu\nprocs_running %lu\nprocs_blocked %lu\n",
		   sched.nr_switches, wall_clock_at_boot(), pids_given, sched.nr_running,
		   sched.nr_uninterruptible);
}

/*
 * Linux's version 15: of the processor's nine numbers we know three; the seventh is its busy time.
 */
static void schedstat_show(struct seq_file *m, void *v)
{
	const struct sched_stat stat = sched_stat();

	(void)v;
	seq_printf(m, "version 15\ntimestamp %lu\ncpu0 0 0 %lu 0 0 0 %llu 0 %lu\n", jiffies,
		   stat.nr_switches, ktime_get_ns() - stat.idle_ns, stat.nr_switches);
}

static void interrupts_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_puts(m, "           CPU0\n");
	for (unsigned int irq = 0; irq < NR_IRQS; irq++) {
		const struct irqaction *action;
		struct irq_stat stat = irq_stat(irq, &action);

		if (action)
			seq_printf(m, "%3u: %10lu    XT-PIC  %s\n", irq, stat.count, action->name);
	}
}

/* ------------------------------------------------------------ devices, file systems */

static int show_major(unsigned int major, const char *name, void *m)
{
	seq_printf(m, "%3u %s\n", major, name);
	return 0;
}

static void devices_show(struct seq_file *m, void *v)
{
	(void)v;
	seq_puts(m, "Character devices:\n");
	for_each_chrdev(show_major, m);
	seq_puts(m, "\nBlock devices:\n");
	for_each_blkdev_major(show_major, m);
}

static int show_filesystem(struct file_system_type *type, void *m)
{
	seq_printf(m, "%s\t%s\n", type->fs_flags & FS_REQUIRES_DEV ? "" : "nodev", type->name);
	return 0;
}

static void filesystems_show(struct seq_file *m, void *v)
{
	(void)v;
	for_each_filesystem(show_filesystem, m);
}

struct mounts_reader {
	struct seq_file *m;
	char *buf; /* PATH_MAX bytes */
};

static const struct {
	unsigned long flag;
	const char *name;
} mount_flags[] = {
	{MS_NOSUID, ",nosuid"},
	{MS_NODEV, ",nodev"},
	{MS_NOEXEC, ",noexec"},
	{MS_NOATIME, ",noatime"},
};

static int show_mount(struct vfsmount *mnt, void *ctx)
{
	struct mounts_reader *reader = ctx;
	const struct path path = {mnt, mnt->mnt_root};
	char *name = d_path(&path, reader->buf, PATH_MAX);
	bool read_only = (mnt->mnt_flags | mnt->mnt_sb->s_flags) & MS_RDONLY;

	if (IS_ERR(name))
		return 0;
	seq_escape(reader->m, mnt->mnt_devname ? mnt->mnt_devname : "none", " \t\n\\");
	seq_putc(reader->m, ' ');
	seq_escape(reader->m, name, " \t\n\\");
	seq_printf(reader->m, " %s %s", mnt->mnt_sb->s_type->name, read_only ? "ro" : "rw");
	for (unsigned int i = 0; i < ARRAY_SIZE(mount_flags); i++)
		if (mnt->mnt_flags & mount_flags[i].flag)
			seq_puts(reader->m, mount_flags[i].name);
	seq_puts(reader->m, " 0 0\n");
	return 0;
}

static void mounts_show(struct seq_file *m, void *v)
{
	struct mounts_reader reader = {m, kmalloc(PATH_MAX, GFP_KERNEL)};

	(void)v;
	if (!reader.buf)
		return;
	for_each_mount(show_mount, &reader);
	kfree(reader.buf);
}

void proc_pid_mounts(struct seq_file *m, struct task_struct *task)
{
	mounts_show(m, task);
}

/* ------------------------------------------------------------ symbols */

static void *kallsyms_start(struct seq_file *m, u64 *pos)
{
	(void)m;
	return *pos < ksyms_count ? (void *)&ksyms_table[*pos] : NULL;
}

static void *kallsyms_next(struct seq_file *m, void *v, u64 *pos)
{
	(void)v;
	++*pos;
	return kallsyms_start(m, pos);
}

static void kallsyms_stop(struct seq_file *m, void *v)
{
	(void)m;
	(void)v;
}

static void kallsyms_show(struct seq_file *m, void *v)
{
	extern const char __text_start[], __text_end[];
	const struct ksym *sym = v;
	bool text = sym->addr >= (u32)__text_start && sym->addr < (u32)__text_end;

	seq_printf(m, "%08x %c %s\n", sym->addr, text ? 'T' : 'D', ksyms_names + sym->name_offset);
}

static const struct seq_operations kallsyms_ops = {kallsyms_start, kallsyms_next, kallsyms_stop,
						   kallsyms_show};

/* ------------------------------------------------------------ links */

static const char *self_link(char *buf, size_t size)
{
	snprintf(buf, size, "%d", current->tgid);
	return buf;
}

static const char *thread_self_link(char *buf, size_t size)
{
	snprintf(buf, size, "%d/task/%d", current->tgid, current->pid);
	return buf;
}

static struct proc_entry entries[] = {
	{.name = "self", .link = self_link},
	{.name = "thread-self", .link = thread_self_link},
	{.name = "mounts", .show = mounts_show},
	{.name = "version", .show = version_show},
	{.name = "cmdline", .show = cmdline_show},
	{.name = "uptime", .show = uptime_show},
	{.name = "loadavg", .show = loadavg_show},
	{.name = "cpuinfo", .show = cpuinfo_show},
	{.name = "stat", .show = stat_show},
	{.name = "interrupts", .show = interrupts_show},
	{.name = "schedstat", .show = schedstat_show},
	{.name = "devices", .show = devices_show},
	{.name = "filesystems", .show = filesystems_show},
	{.name = "kallsyms", .seq = &kallsyms_ops},
};

void proc_system_init(void)
{
	proc_register_all(NULL, entries);
}
