/* What is told about a process in numbers: stat, status, statm, limits. Formats: proc(5). */
#include "kernel/cpu/timer.h"
#include "kernel/cred.h"
#include "kernel/drivers/tty.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/proc/internal.h"
#include "kernel/lib/math64.h"
#include "kernel/lib/string.h"
#include "kernel/pid.h"
#include "kernel/rlimit.h"
#include "kernel/task.h"
#include "mm/mm.h"

/* ------------------------------------------------------------ pieces */

/* The controlling terminal's device number and foreground group; 0 and -1 without one. */
static u32 tty_number(const struct signal_struct *sig)
{
	return sig->tty ? new_encode_dev(sig->tty->dev) : 0;
}

static pid_t tty_pgrp(const struct signal_struct *sig)
{
	return sig->tty ? sig->tty->pgrp : -1;
}

static const struct {
	unsigned int state;
	char letter;
	const char *name;
} states[] = {
	{TASK_INTERRUPTIBLE, 'S', "sleeping"},
	{TASK_UNINTERRUPTIBLE, 'D', "disk sleep"},
	{TASK_STOPPED, 'T', "stopped"},
	{TASK_ZOMBIE, 'Z', "zombie"},
	{TASK_DEAD, 'X', "dead"},
};

static char state_letter(const struct task_struct *task, const char **name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(states); i++) {
		if (task->state & states[i].state) {
			*name = states[i].name;
			return states[i].letter;
		}
	}
	*name = "running";
	return 'R';
}

/* Bits of signals as sixteen digits. */
static void show_signals(struct seq_file *m, const char *what, u64 set)
{
	seq_printf(m, "%s:\t%016llx\n", what, set);
}

/* Which signals a process ignores and which it handles. */
static void handler_sets(struct task_struct *task, u64 *ignored, u64 *caught)
{
	unsigned long flags;

	*ignored = *caught = 0;
	spin_lock_irqsave(&task->sighand->siglock, flags);
	for (int sig = 1; sig <= _NSIG; sig++) {
		unsigned long handler = task->sighand->action[sig - 1].sa_handler;

		if (handler == SIG_IGN)
			*ignored |= sigmask(sig);
		else if (handler != SIG_DFL)
			*caught |= sigmask(sig);
	}
	spin_unlock_irqrestore(&task->sighand->siglock, flags);
}

static unsigned int count_threads(struct task_struct *task)
{
	struct task_struct *t;
	unsigned int n = 0;

	for_each_thread (task, t)
		n++;
	return max(n, 1u); /* a kernel thread is in no list */
}

/* Ticks of all threads of a process; tasklist_lock is held. */
static void add_times(struct task_struct *task, unsigned long *utime, unsigned long *stime)
{
	struct task_struct *t;

	*utime = task->signal->utime;
	*stime = task->signal->stime;
	if (list_empty(&task->thread_node)) {
		*utime += task->utime;
		*stime += task->stime;
		return;
	}
	for_each_thread (task, t) {
		*utime += t->utime;
		*stime += t->stime;
	}
}

/* ------------------------------------------------------------ stat */

/* Addresses are shown to those who may see them anyway; else 0. */
static void show_stat_memory(struct seq_file *m, const struct mm_struct *mm, bool may)
{
	seq_printf(m, " %lu %lu %lu", mm ? mm->total_vm << PAGE_SHIFT : 0, mm ? mm_rss(mm) : 0,
		   RLIM_INFINITY);
	if (mm && may)
		seq_printf(m, " %lu %lu %lu 0 0", mm->start_code, mm->end_code, mm->start_stack);
	else
		seq_puts(m, " 0 0 0 0 0");
}

static void show_stat_tail(struct seq_file *m, struct task_struct *task, const struct mm_struct *mm,
			   bool may)
{
	u64 ignored, caught;

	handler_sets(task, &ignored, &caught);
	/* signal blocked sigignore sigcatch wchan nswap cnswap exit_signal processor rt policy */
	seq_printf(m, " %lu %lu %lu %lu 0 0 0 %d 0 %u %u 0 0 0",
		   (unsigned long)task->pending.signal.bits & 0x7ffffffful,
		   (unsigned long)task->blocked.bits & 0x7ffffffful,
		   (unsigned long)ignored & 0x7ffffffful, (unsigned long)caught & 0x7ffffffful,
		   task->exit_signal, task->rt_priority, task->policy);
	if (mm && may)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu %lu %d\n", mm->start_data, mm->end_data,
			   mm->start_brk, mm->arg_start, mm->arg_end, mm->env_start, mm->env_end,
			   task->exit_code);
	else
		seq_puts(m, " 0 0 0 0 0 0 0 0\n");
}

void proc_pid_stat(struct seq_file *m, struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	struct mm_struct *mm = get_task_mm(task);
	unsigned long utime, stime, flags, start;
	unsigned int threads;
	const char *name;
	pid_t ppid;

	spin_lock_irqsave(&tasklist_lock, flags);
	add_times(task, &utime, &stime);
	threads = count_threads(task);
	ppid = task->parent->tgid;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	start = (unsigned long)div_u64(task->start_time, NSEC_PER_TICK);
	seq_printf(m, "%d (%s) %c %d %d %d %u %d %u", task->pid, task->comm,
		   state_letter(task, &name), ppid, sig->pgrp, sig->session, tty_number(sig),
		   tty_pgrp(sig), task->flags);
	seq_printf(m, " %lu %lu %lu %lu", task->min_flt + sig->min_flt, sig->cmin_flt,
		   task->maj_flt + sig->maj_flt, sig->cmaj_flt);
	seq_printf(m, " %lu %lu %lu %lu %d %d %u 0 %lu", utime, stime, sig->cutime, sig->cstime,
		   task->rt_priority ? -1 - (int)task->rt_priority : 20 + task_nice(task),
		   task_nice(task), threads, start);
	show_stat_memory(m, mm, proc_may_access(task));
	show_stat_tail(m, task, mm, proc_may_access(task));
	if (mm)
		mmput(mm);
}

/* ------------------------------------------------------------ status */

static void show_ids(struct seq_file *m, struct task_struct *task)
{
	const struct cred *cred = task->cred;

	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", cred->uid, cred->euid,
		   cred->suid, cred->fsuid, cred->gid, cred->egid, cred->sgid, cred->fsgid);
	seq_printf(m, "FDSize:\t%u\nGroups:\t", task->files ? task->files->max_fds : 0);
	for (unsigned int i = 0; i < cred->ngroups; i++)
		seq_printf(m, "%u ", cred->groups[i]);
	seq_putc(m, '\n');
}

static void show_memory_lines(struct seq_file *m, const struct mm_struct *mm)
{
	unsigned long text = PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK);
	unsigned long exec = PROC_KB(mm->exec_vm), code = min(text >> 10, exec);

	seq_printf(m,
		   "VmPeak:\t%8lu kB\nVmSize:\t%8lu kB\nVmLck:\t%8lu kB\nVmPin:\t%8u kB\n"
		   "VmHWM:\t%8lu kB\nVmRSS:\t%8lu kB\nRssAnon:\t%8lu kB\nRssFile:\t%8lu kB\n"
		   "VmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\nVmLib:\t%8lu kB\n"
		   "VmPTE:\t%8lu kB\nVmSwap:\t%8u kB\n",
		   PROC_KB(max(mm->hiwater_vm, mm->total_vm)), PROC_KB(mm->total_vm),
		   PROC_KB(mm->locked_vm), 0u, PROC_KB(max(mm->hiwater_rss, mm_rss(mm))),
		   PROC_KB(mm_rss(mm)), PROC_KB(mm->rss_anon), PROC_KB(mm->rss_file),
		   PROC_KB(mm->data_vm), PROC_KB(mm->stack_vm), code, exec - code,
		   PROC_KB(mm->nr_ptes), 0u);
}

static void show_signal_lines(struct seq_file *m, struct task_struct *task)
{
	u64 ignored, caught;

	handler_sets(task, &ignored, &caught);
	show_signals(m, "SigPnd", task->pending.signal.bits);
	show_signals(m, "ShdPnd", task->signal->shared_pending.signal.bits);
	show_signals(m, "SigBlk", task->blocked.bits);
	show_signals(m, "SigIgn", ignored);
	show_signals(m, "SigCgt", caught);
}

void proc_pid_status(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	unsigned int threads;
	unsigned long flags;
	const char *name;
	char letter = state_letter(task, &name);
	pid_t ppid;

	spin_lock_irqsave(&tasklist_lock, flags);
	threads = count_threads(task);
	ppid = task->parent->tgid;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	seq_puts(m, "Name:\t");
	seq_escape(m, task->comm, "\n\\");
	seq_printf(
		m,
		"\nUmask:\t%04o\nState:\t%c (%s)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		task->fs ? task->fs->umask : 0, letter, name, task->tgid, task->pid, ppid);
	show_ids(m, task);
	if (mm) {
		show_memory_lines(m, mm);
		mmput(mm);
	}
	seq_printf(m, "Threads:\t%u\n", threads);
	show_signal_lines(m, task);
	seq_printf(m, "NoNewPrivs:\t%d\n", task->no_new_privs);
	seq_printf(m, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\n");
	seq_printf(m, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
		   task->nvcsw, task->nivcsw);
}

/* ------------------------------------------------------------ statm, limits */

/* size resident shared text lib data dt, in pages */
void proc_pid_statm(struct seq_file *m, struct task_struct *task)
{
	struct mm_struct *mm = get_task_mm(task);
	unsigned long text;

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return;
	}
	text = (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, mm_rss(mm), mm->rss_file, text,
		   mm->data_vm + mm->stack_vm);
	mmput(mm);
}

static const struct {
	const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = {"Max cpu time", "seconds"},
	[RLIMIT_FSIZE] = {"Max file size", "bytes"},
	[RLIMIT_DATA] = {"Max data size", "bytes"},
	[RLIMIT_STACK] = {"Max stack size", "bytes"},
	[RLIMIT_CORE] = {"Max core file size", "bytes"},
	[RLIMIT_RSS] = {"Max resident set", "bytes"},
	[RLIMIT_NPROC] = {"Max processes", "processes"},
	[RLIMIT_NOFILE] = {"Max open files", "files"},
	[RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
	[RLIMIT_AS] = {"Max address space", "bytes"},
	[RLIMIT_LOCKS] = {"Max file locks", "locks"},
	[RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
	[RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
	[RLIMIT_NICE] = {"Max nice priority", ""},
	[RLIMIT_RTPRIO] = {"Max realtime priority", ""},
	[RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void show_limit(struct seq_file *m, unsigned long limit)
{
	if (limit == RLIM_INFINITY)
		seq_printf(m, "%-20s ", "unlimited");
	else
		seq_printf(m, "%-20lu ", limit);
}

void proc_pid_limits(struct seq_file *m, struct task_struct *task)
{
	seq_printf(m, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		seq_printf(m, "%-25s ", limit_names[i].name);
		show_limit(m, task->signal->rlim[i].rlim_cur);
		show_limit(m, task->signal->rlim[i].rlim_max);
		seq_printf(m, "%-10s\n", limit_names[i].unit);
	}
}
