/*
 * Tasks as the scheduler sees them, and the scheduler: priorities in constant
 * time, sleeping and waking, the switch from one task to the next.
 *
 * The kernel is never preempted in kernel mode: a task runs until it sleeps,
 * calls cond_resched() or yield(), or is on its way back to user mode with
 * TIF_NEED_RESCHED set.
 */
#ifndef FOLIO_SCHED_H
#define FOLIO_SCHED_H

#include "kernel/cpu/atomic.h"
#include "kernel/cpu/gdt.h"
#include "kernel/cpu/ptrace.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/bitops.h"
#include "kernel/lib/list.h"
#include "kernel/lock_debug.h"
#include "kernel/signal_types.h"
#include "kernel/wait_head.h"

struct completion;
struct cred;
struct files_struct;
struct fpu_state;
struct fs_struct;
struct kthread;
struct mm_struct;
struct prio_array;
struct rseq;

/* Bits of task->work: what must be done before a task returns to user mode. */
#define TIF_NEED_RESCHED  0 /* another task should run */
#define TIF_SIGPENDING	  1 /* a signal is waiting */
#define TIF_RSEQ	  2 /* others have run meanwhile (kernel/rseq.c) */
#define _TIF_NEED_RESCHED BIT(TIF_NEED_RESCHED)
#define _TIF_SIGPENDING	  BIT(TIF_SIGPENDING)
#define _TIF_RSEQ	  BIT(TIF_RSEQ)

/* task->state; bits, so that wake-ups can name several. */
#define TASK_RUNNING	     0x00u /* runs, or waits for the processor */
#define TASK_INTERRUPTIBLE   0x01u /* sleeps; a signal ends the sleep */
#define TASK_UNINTERRUPTIBLE 0x02u
#define TASK_STOPPED	     0x04u
#define TASK_ZOMBIE	     0x08u /* ended; its parent has not asked yet */
#define TASK_DEAD	     0x10u /* ended, and nobody will ask */
#define TASK_WAKEKILL	     0x20u /* with TASK_UNINTERRUPTIBLE: SIGKILL ends the sleep */
#define TASK_KILLABLE	     (TASK_UNINTERRUPTIBLE | TASK_WAKEKILL)
#define TASK_NORMAL	     (TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE)

/* task->flags; written by the task itself only. */
#define PF_EXITING	 0x00000004u
#define PF_MEMALLOC	 0x00000800u /* frees memory just now: may use the reserves */
#define PF_FLUSHER	 0x00001000u /* writes dirty pages: does not wait for there to be fewer */
#define PF_MEMALLOC_NOFS 0x00040000u /* in a file system: its allocations are all GFP_NOFS */
#define PF_FORKNOEXEC	 0x00000040u /* forked, and has not called exec yet */
#define PF_SIGNALED	 0x00000400u /* ended by a signal */
#define PF_KTHREAD	 0x00200000u /* has no user mode */

/*
 * Priorities: 0..99 are kept for real time, 100..139 are nice -20..19; a lower number
 * runs first. The idle task has none of them.
 */
#define MAX_RT_PRIO	   100
#define MAX_PRIO	   140
#define NICE_TO_PRIO(nice) (MAX_RT_PRIO + 20 + (nice))
#define PRIO_TO_NICE(prio) ((prio)-MAX_RT_PRIO - 20)
#define DEFAULT_PRIO	   NICE_TO_PRIO(0)

/* task->policy; Linux's numbers (sched(7)). */
#define SCHED_NORMAL  0u
#define SCHED_FIFO    1u /* real time: runs until it sleeps or a higher one comes */
#define SCHED_RR      2u /* the same, with turns among those of one priority */
#define SCHED_BATCH   3u
#define SCHED_IDLE    5u

#define TASK_COMM_LEN 16

/* What of the processor belongs to a task while another one runs. */
struct thread_struct {
	unsigned long esp;  /* kernel stack pointer (switch.asm: THREAD_ESP) */
	unsigned long esp0; /* upper end of the kernel stack: where ring 3 enters */
	unsigned long cr3;  /* page directory, physical; 0: any will do */
	u16 fs, gs;	    /* user selectors; the kernel uses neither */
	bool uses_tls;	    /* some descriptor below is not empty */
	bool fpu_live;	    /* its FPU state is in the processor, CR0.TS is clear */
	struct segment_descriptor tls[GDT_ENTRY_TLS_ENTRIES];
	struct fpu_state *fpu; /* NULL: it has never used the FPU (kernel/cpu/fpu.h) */
};

#ifdef CONFIG_DEBUG
#define MAX_HELD_LOCKS 24

struct held_lock {
	const void *lock;
	const char *name;
	unsigned int rank;
	unsigned long taken_at;
};
#endif

/* A signal that a task gets for what it did itself; kept for signal frames when it has had it. */
struct signal_info {
	int number; /* SIG*, kernel/signal.h; 0: it has had it */
	int code;   /* si_code */
	unsigned long addr;
	bool by_trap; /* else the three below are those of an earlier trap */
	unsigned int trapno;
	unsigned long error_code;
	unsigned long cr2; /* of the last page fault */
};

struct task_struct {
	unsigned long work;	     /* TIF_* bits; first: entry.asm reads it at offset 0 */
	struct thread_struct thread; /* second: switch.asm knows where it is */

	/* scheduling; protected by the run queue's lock */
	unsigned int state;	  /* TASK_* */
	unsigned int prio;	  /* where it queues: static_prio less the bonus of sleepers */
	unsigned int static_prio; /* from nice */
	unsigned int time_slice;  /* ticks left */
	unsigned int sleep_avg;	  /* ticks of sleep less ticks of running, 0..MAX_SLEEP_AVG */
	unsigned long sleep_start;
	struct list_head run_list;
	struct prio_array *array; /* NULL: not on the run queue */

	unsigned int flags; /* PF_* */
	atomic_t usage;	    /* references to this structure */
	pid_t pid;
	char comm[TASK_COMM_LEN];
	void *stack;			 /* lowest address of the kernel stack, KSTACK_SIZE bytes */
	struct mm_struct *mm;		 /* NULL: kernel thread */
	struct files_struct *files;	 /* NULL: none */
	struct fs_struct *fs;		 /* root, working directory, umask; NULL: none */
	const struct cred *cred;	 /* kernel/cred.h */
	unsigned int pagefault_disabled; /* mm/fault.h; by the task itself only */
	struct signal_info signal_note;	 /* force_signal(), kernel/signal.h */

	/* signals; protected by sighand->siglock (kernel/signal_types.h) */
	struct signal_struct *signal; /* of the thread group; kernel threads: init_signals */
	struct sighand_struct *sighand;
	struct sigpending pending; /* sent to this thread */
	sigset_t blocked, real_blocked, saved_sigmask;
	bool restore_sigmask;		      /* saved_sigmask comes back after the next signal */
	unsigned long sas_ss_sp, sas_ss_size; /* sigaltstack(2) */
	unsigned long sas_ss_flags;	      /* SS_AUTODISARM or 0 */
	struct restart_block restart;	      /* for restart_syscall(2) */

	/* family; protected by tasklist_lock (kernel/task.h) */
	struct list_head tasks; /* all tasks */
	struct hlist_node pid_node;
	pid_t tgid; /* pid of the group's leader: getpid(2) */
	struct task_struct *group_leader;
	struct list_head thread_node; /* in signal->threads */
	struct task_struct *parent;   /* a process: the leader or thread that waits for it */
	struct list_head children, sibling;
	int exit_code;
	int exit_signal; /* to the parent at the end; -1: a thread that nobody waits for */
	struct wait_queue_head
		wait_chldexit;	       /* of the leader: its process waits here for children */
	struct completion *vfork_done; /* its parent waits until it execs or ends */
	int __user *set_child_tid;     /* CLONE_CHILD_SETTID */
	int __user *clear_child_tid;   /* CLONE_CHILD_CLEARTID, set_tid_address(2) */
	void __user *robust_list;      /* set_robust_list(2) */
	struct rseq __user *rseq;      /* rseq(2); NULL: not registered */
	u32 rseq_signature;

	unsigned int policy;	  /* SCHED_* */
	unsigned int rt_priority; /* 1..99 of real-time policies, 0 */
	bool no_new_privs;	  /* prctl(2): exec gives no other ids */
	unsigned long personality;
	u64 start_time;			/* ns since boot */
	unsigned long min_flt, maj_flt; /* page faults */

	struct kthread *kthread;	  /* kernel/kthread.c; NULL: not made by kthread_create() */
	unsigned long utime, stime;	  /* ticks */
	unsigned long nvcsw, nivcsw;	  /* switches away: by its own will, against it */
	unsigned long cmin_flt, cmaj_flt; /* faults of its children that have ended */
	bool make_it_fail; /* mm/fault_inject.h: its allocations may be made to fail */
	int fail_nth;	   /* mm/fault_inject.h: allocations until one fails */
#ifdef CONFIG_DEBUG
	unsigned int nr_held_locks;
	struct held_lock held_locks[MAX_HELD_LOCKS];
#endif
};

/*
 * The boot task. It runs kernel_main() and then idles; it has pid 0, is never on the run
 * queue and may not sleep. Its stack is boot/entry.asm's init_stack.
 */
extern struct task_struct init_task;

/* sched_init - prepare the run queue and the wait tables; take the tick. Boot, before any task. */
void sched_init(void);

/* cpu_idle - what the boot task does from now on. Interrupts get enabled. */
void cpu_idle(void) __noreturn;

/*
 * schedule - let another task run, if there is one that should. A task whose state is
 * not TASK_RUNNING leaves the run queue (unless it is TASK_INTERRUPTIBLE with a
 * signal pending) until somebody wakes it. Process context, no spinlock held.
 */
void schedule(void);

/* schedule_tail - first words of a new task: end the switch that began it. From switch.asm. */
void schedule_tail(struct task_struct *prev);

/*
 * set_dead_task_hook - `fn` drops the reference that a task has on itself while it runs;
 * called after the last switch away from a TASK_ZOMBIE or TASK_DEAD, on another
 * stack, interrupts disabled. kernel/task.c registers it.
 */
void set_dead_task_hook(void (*fn)(struct task_struct *dead));

/*
 * try_to_wake_up - make a sleeping task runnable. `states` says which sleeps to end.
 * True when the task was asleep in one of them. Any context.
 */
bool try_to_wake_up(struct task_struct *task, unsigned int states);

/* wake_up_process - end any sleep but a stop; wake_up_state - the same for chosen states. */
static inline bool wake_up_process(struct task_struct *task)
{
	return try_to_wake_up(task, TASK_NORMAL);
}

/*
 * sched_setup_task - the scheduling fields of a new task that sleeps uninterruptibly:
 * nice as `parent`, no bonus, half of what is left of the current task's time
 * slice, so that making tasks makes no time.
 */
void sched_setup_task(struct task_struct *task, const struct task_struct *parent);

/* set_user_nice - change a task's nice value, -20..19. Any context. */
void set_user_nice(struct task_struct *task, int nice);

/*
 * sched_setscheduler - change a task's policy and real-time priority (1..99 for SCHED_FIFO and
 * SCHED_RR, else 0; the caller has checked them). Any context.
 */
void sched_setscheduler(struct task_struct *task, unsigned int policy, unsigned int rt_priority);

/* task_timeslice - ticks that a task may run at once. */
unsigned int task_timeslice(const struct task_struct *task);

/* task_nice - a task's nice value. */
static inline int task_nice(const struct task_struct *task)
{
	return PRIO_TO_NICE((int)task->static_prio);
}

/* yield - let every other runnable task run first. Process context. */
void yield(void);

static __always_inline bool need_resched(void)
{
	return READ_ONCE(current->work) & _TIF_NEED_RESCHED;
}

static __always_inline bool signal_pending(const struct task_struct *task)
{
	return READ_ONCE(task->work) & _TIF_SIGPENDING;
}

/* fatal_signal_pending - has it been killed? Then nothing that it waits for matters any more. */
static inline bool fatal_signal_pending(const struct task_struct *task)
{
	return signal_pending(task) && (task->pending.signal.bits & sigmask(SIGKILL));
}

static __always_inline void set_work_flag(struct task_struct *task, unsigned int bit)
{
	atomic_or_mask(BIT(bit), &task->work);
}

static __always_inline void clear_work_flag(struct task_struct *task, unsigned int bit)
{
	atomic_and_mask(~BIT(bit), &task->work);
}

/* rlimit - the current task's limit of a resource (RLIMIT_*), in the units of getrlimit(2). */
static __always_inline unsigned long rlimit(unsigned int which)
{
	return READ_ONCE(current->signal->rlim[which].rlim_cur);
}

/* cond_resched - in long loops of the kernel: let others run if they should. May sleep. */
void __cond_resched(void);
static __always_inline void cond_resched(void)
{
	if (unlikely(need_resched()))
		__cond_resched();
}

/*
 * set_current_state - announce a sleep; then test what one waits for, then schedule().
 * A wake-up in between makes schedule() return at once.
 */
#define set_current_state(s)                   \
	do {                                   \
		WRITE_ONCE(current->state, s); \
		barrier();                     \
	} while (0)

/*
 * might_sleep - said by functions that may sleep. The debug kernel panics if the caller
 * holds a spinlock, serves an interrupt or has interrupts disabled.
 */
#ifdef CONFIG_DEBUG
void debug_might_sleep(unsigned long caller);
#define might_sleep() debug_might_sleep(RETURN_ADDRESS)
#else
#define might_sleep() ((void)0)
#endif

/* might_sleep_if - the same for functions that sleep only if `condition` holds. */
#define might_sleep_if(condition)      \
	do {                           \
		if (condition)         \
			might_sleep(); \
	} while (0)

/* clear_segments - the current task begins a new program: no TLS segments, nothing in fs and gs. */
void clear_segments(void);

/* The trap frame of a task's entry from user mode: at the upper end of its stack. */
static __always_inline struct pt_regs *task_pt_regs(const struct task_struct *task)
{
	return (struct pt_regs *)task->thread.esp0 - 1;
}

/*
 * set_account_hook - `fn` hears of each tick that is charged to a task; interrupts disabled. The
 * interval timers of kernel/itimer.c listen.
 */
void set_account_hook(void (*fn)(struct task_struct *task, bool user));

/* Counters of the scheduler, for /proc and tests: a copy. Any context. */
struct sched_stat {
	unsigned long nr_running;	  /* runnable tasks, the idle task not counted */
	unsigned long nr_uninterruptible; /* tasks that wait for a disk or a lock */
	unsigned long nr_switches;	  /* since boot */
	unsigned long idle_ticks;
	unsigned long user_ticks, system_ticks;
	u64 idle_ns; /* exactly, with the interrupts that came meanwhile */
};
struct sched_stat sched_stat(void);

#endif
