/*
 * Locks of a thread that ends while it holds them (get_robust_list(2)). The thread keeps a list of
 * them in its own memory; the kernel walks it at the end, marks each word, and wakes
 * one waiter. The list may be anything: each step is a checked copy, and there are not too many.
 */
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/futex.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

#define FUTEX_WAITERS	  0x80000000u
#define FUTEX_OWNER_DIED  0x40000000u
#define FUTEX_TID_MASK	  0x3fffffffu
#define ROBUST_LIST_LIMIT 2048 /* entries: a list may be a ring */

struct robust_list {
	unsigned long next;
};

struct robust_list_head {
	struct robust_list list;
	long futex_offset; /* from an entry to its lock's word */
	unsigned long list_op_pending;
};

/* A lock that a dead thread may still hold. */
static void handle_futex_death(u32 __user *addr)
{
	u32 value;

	if (((unsigned long)addr & 3) || get_user(value, addr))
		return;
	if ((value & FUTEX_TID_MASK) != (u32)current->pid)
		return;
	if (put_user((value & FUTEX_WAITERS) | FUTEX_OWNER_DIED, addr))
		return;
	if (value & FUTEX_WAITERS)
		futex_wake_user(addr, 1);
}

void exit_robust_list(void)
{
	struct robust_list_head __user *uhead = current->robust_list;
	struct robust_list_head head;
	unsigned long entry, next;

	if (!uhead || copy_from_user(&head, uhead, sizeof(head)))
		return;
	current->robust_list = NULL;
	entry = head.list.next & ~1ul; /* bit 0 is for locks of another kind */
	for (unsigned int i = 0; i < ROBUST_LIST_LIMIT && entry != (unsigned long)uhead; i++) {
		/* The entry may be gone as soon as its lock is free. */
		bool bad = get_user(next, (unsigned long __user *)entry);

		if (entry != (head.list_op_pending & ~1ul))
			handle_futex_death(
				(u32 __user *)(entry + (unsigned long)head.futex_offset));
		if (bad)
			return;
		entry = next & ~1ul;
	}
	if (head.list_op_pending)
		handle_futex_death((u32 __user *)((head.list_op_pending & ~1ul) +
						  (unsigned long)head.futex_offset));
}

long sys_set_robust_list(struct robust_list_head __user *head, size_t len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

long sys_get_robust_list(pid_t pid, unsigned long __user *head, size_t __user *len)
{
	struct task_struct *task = pid ? find_task_by_pid(pid) : get_task_struct(current);
	unsigned long list;
	bool may;

	if (!task)
		return -ESRCH;
	list = (unsigned long)task->robust_list;
	may = may_control(task);
	put_task_struct(task);
	if (!may)
		return -EPERM;
	if (put_user(sizeof(struct robust_list_head), len) || put_user(list, head))
		return -EFAULT;
	return 0;
}
