/*
 * Futexes: threads sleep until somebody says that a word of their memory has changed
 * (futex(2)). And what the end of a thread means for the locks that it held.
 */
#ifndef FOLIO_FUTEX_H
#define FOLIO_FUTEX_H

#include "kernel/lib/types.h"
#include "kernel/lib/compiler.h"

/*
 * futex_wake_user - wake up to `count` of those who wait on a word of the current address space, as
 * FUTEX_WAKE does without FUTEX_PRIVATE_FLAG. For clear_child_tid. How many, or -EFAULT. May sleep.
 */
int futex_wake_user(u32 __user *addr, unsigned int count);

/*
 * exit_robust_list - the current thread ends: mark the locks of its list, which it still holds, and wake
 * one waiter of each (get_robust_list(2)). Its address space is still there. May sleep.
 */
void exit_robust_list(void);

/* futex_init - boot. */
void futex_init(void);

#endif
