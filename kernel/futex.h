/*
 * Futexes: threads sleep until somebody says that a word of their memory has changed
 * (futex(2)). And what the end of a thread means for the locks that it held.
 */
#ifndef FOLIO_FUTEX_H
#define FOLIO_FUTEX_H

#include "kernel/lib/types.h"
#include "kernel/lib/compiler.h"

/*
 * The operations of futex(2). `private`: nobody else's memory is meant. All may sleep.
 * futex_wait - sleep while *addr is `seen`, until a time of ktime_get_ns() (0: for ever). 0;
 * -EAGAIN: it
 *	was not; -ETIMEDOUT, -EFAULT, -EINVAL, or what an interrupted call returns.
 * futex_wake - wake up to `count` whose bits meet `bitset`: how many, -EFAULT, -EINVAL.
 * futex_requeue - wake nr_wake, let nr_move others wait on addr2; with `seen`, only if *addr is
 * that.
 * futex_wake_op - change *addr2 as `encoded` says, wake on addr, and on addr2 if its old value was
 * so.
 */
int futex_wait(u32 __user *addr, bool private, u32 seen, u64 until, u32 bitset);
int futex_wake(u32 __user *addr, bool private, unsigned int count, u32 bitset);
int futex_requeue(u32 __user *addr, u32 __user *addr2, bool private, int nr_wake, int nr_move,
		  const u32 *seen);
int futex_wake_op(u32 __user *addr, u32 __user *addr2, bool private, int nr_wake, int nr_wake2,
		  u32 encoded);

/*
 * futex_wake_user - wake up to `count` of those who wait on a word of the current address space, as
 * FUTEX_WAKE does without FUTEX_PRIVATE_FLAG. For clear_child_tid. How many, or -EFAULT. May sleep.
 */
int futex_wake_user(u32 __user *addr, unsigned int count);

/*
 * exit_robust_list - the current thread ends: mark the locks of its list, which it still holds, and
 * wake one waiter of each (get_robust_list(2)). Its address space is still there. May sleep.
 */
void exit_robust_list(void);

/* futex_init - boot. */
void futex_init(void);

#endif
