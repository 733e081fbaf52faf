/*
 * Restartable sequences: a few instructions that a thread runs as if it were never preempted.
 *
 * A C library counts, say, in memory of the processor that it runs on. It writes down where the
 * sequence begins and ends (rseq_cs), runs it, and its last instruction makes the result
 * visible. If the thread loses the processor in between, the kernel sends it to the abort
 * handler, which begins again. Before that handler stand four bytes that were told at
 * registration, so that nobody can be sent just anywhere.
 *
 * There is one processor: its number, which the thread reads without a call, is always 0.
 */
#include "kernel/rseq.h"

#include "kernel/cpu/uaccess.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/syscall.h"

#define RSEQ_FLAG_UNREGISTER   1
#define RSEQ_CPU_UNINITIALIZED (~0u)

/* The thread's own, in its memory: struct rseq of Linux, 32 bytes, aligned to as many. */
struct rseq {
	u32 cpu_id_start;
	u32 cpu_id;
	u64 rseq_cs; /* address of a descriptor while in a sequence; 0 */
	u32 flags;
	u32 node_id, mm_cid, end;
};

_Static_assert(sizeof(struct rseq) == 32, "the ABI's size");

/* Describes one sequence: struct rseq_cs of Linux. */
struct rseq_cs {
	u32 version; /* 0 */
	u32 flags;
	u64 start_ip;
	u64 post_commit_offset; /* bytes of the sequence */
	u64 abort_ip;
};

/*
 * Read the descriptor, if the thread is in a sequence at `eip`. 1: it is; 0: not; or -EFAULT,
 * -EINVAL.
 */
static int find_sequence(struct rseq __user *rseq, unsigned long eip, struct rseq_cs *cs)
{
	u64 address, none = 0;
	u32 signature;

	if (copy_from_user(&address, &rseq->rseq_cs, sizeof(address)))
		return -EFAULT;
	if (!address)
		return 0;
	if (address >= TASK_SIZE ||
	    copy_from_user(cs, (void __user *)(unsigned long)address, sizeof(*cs)))
		return -EFAULT;
	/* Whatever comes of it, the sequence is over. */
	if (copy_to_user(&rseq->rseq_cs, &none, sizeof(none)))
		return -EFAULT;
	if (cs->version || cs->start_ip >= TASK_SIZE || cs->abort_ip >= TASK_SIZE ||
	    cs->abort_ip - cs->start_ip < cs->post_commit_offset)
		return -EINVAL;
	if (eip - (unsigned long)cs->start_ip >= cs->post_commit_offset)
		return 0;
	if (copy_from_user(&signature, (void __user *)((unsigned long)cs->abort_ip - sizeof(u32)),
			   sizeof(signature)))
		return -EFAULT;
	return signature == current->rseq_signature ? 1 : -EINVAL;
}

void rseq_resume(struct pt_regs *regs)
{
	struct rseq_cs cs;
	int found = find_sequence(current->rseq, regs->eip, &cs);

	if (found < 0)
		force_sig(SIGSEGV);
	else if (found)
		regs->eip = (unsigned long)cs.abort_ip;
}

static long write_cpu(struct rseq __user *rseq, u32 cpu_id)
{
	if (put_user(0u, &rseq->cpu_id_start) || put_user(cpu_id, &rseq->cpu_id))
		return -EFAULT;
	return 0;
}

static long unregister(struct rseq __user *rseq, u32 len, u32 signature)
{
	if (!current->rseq || current->rseq != rseq || len != sizeof(*rseq))
		return -EINVAL;
	if (current->rseq_signature != signature)
		return -EPERM;
	if (write_cpu(rseq, RSEQ_CPU_UNINITIALIZED))
		return -EFAULT;
	current->rseq = NULL;
	return 0;
}

long sys_rseq(struct rseq __user *rseq, u32 len, int flags, u32 signature)
{
	if (flags == RSEQ_FLAG_UNREGISTER)
		return unregister(rseq, len, signature);
	if (flags)
		return -EINVAL;
	if (current->rseq) {
		if (current->rseq != rseq || len != sizeof(*rseq))
			return -EINVAL;
		return current->rseq_signature == signature ? -EBUSY : -EPERM;
	}
	if (len != sizeof(*rseq) || ((unsigned long)rseq & (sizeof(*rseq) - 1)))
		return -EINVAL;
	if (write_cpu(rseq, 0))
		return -EFAULT;
	current->rseq = rseq;
	current->rseq_signature = signature;
	return 0;
}
