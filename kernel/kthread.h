/*
 * Kernel threads that somebody starts and later stops, or joins.
 */
#ifndef FOLIO_KTHREAD_H
#define FOLIO_KTHREAD_H

#include "kernel/lib/err.h"
#include "kernel/task.h"

/*
 * kthread_create - a kernel thread, asleep until wake_up_process(); kthread_run - awake
 * at once. The name is made as by printf and cut to TASK_COMM_LEN-1 characters.
 * Returns a task that stays valid until kthread_stop(), which must be called once,
 * even when the thread has ended by itself. ERR_PTR(-ENOMEM, -EAGAIN). May sleep.
 */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...)
	__printf(3, 4);

#define kthread_run(fn, arg, ...)                                              \
	({                                                                     \
		struct task_struct *_k = kthread_create(fn, arg, __VA_ARGS__); \
                                                                               \
		if (!IS_ERR(_k))                                               \
			wake_up_process(_k);                                   \
		_k;                                                            \
	})

/*
 * kthread_stop - tell the thread to end, wake it, wait until it has. Returns what its function
 * returned; -EINTR when it was stopped before the function began. May sleep.
 */
int kthread_stop(struct task_struct *task);

/*
 * kthread_join - the same without telling it: wait until it ends by itself. Either of
 * the two is called once.
 */
int kthread_join(struct task_struct *task);

/* kthread_should_stop - has kthread_stop() been called for the current thread? */
bool kthread_should_stop(void);

#endif
