/*
 * Kernel threads with a handle: the creator can stop them, or wait for their end, and gets
 * what their function returned.
 *
 * The record of a thread outlives the thread: its creator frees it. kthread_create() takes
 * a reference on the task for the creator, kthread_stop() and kthread_join() drop it.
 */
#include "kernel/kthread.h"

#include "kernel/completion.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/wait.h"
#include "mm/slab.h"

struct kthread {
	int (*fn)(void *);
	void *arg;
	int result;
	bool should_stop;
	struct completion ended;
};

static int run_kthread(void *arg)
{
	struct kthread *kthread = arg;
	int result = -EINTR;

	if (!kthread->should_stop)
		result = kthread->fn(kthread->arg);
	kthread->result = result;
	complete(&kthread->ended); /* the last look at the record */
	return result;
}

struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	struct kthread *kthread = kzalloc(sizeof(*kthread), GFP_KERNEL);
	char name[TASK_COMM_LEN];
	struct task_struct *task;
	va_list args;

	if (!kthread)
		return ERR_PTR(-ENOMEM);
	va_start(args, fmt);
	vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	kthread->fn = fn;
	kthread->arg = arg;
	init_completion(&kthread->ended);
	task = task_create(name, run_kthread, kthread, &init_task);
	if (IS_ERR(task)) {
		kfree(kthread);
		return task;
	}
	task->kthread = kthread;
	return get_task_struct(task);
}

int kthread_join(struct task_struct *task)
{
	struct kthread *kthread = task->kthread;
	int result;

	wait_for_completion(&kthread->ended);
	result = kthread->result;
	kfree(kthread);
	put_task_struct(task);
	return result;
}

int kthread_stop(struct task_struct *task)
{
	WRITE_ONCE(task->kthread->should_stop, true);
	wake_up_process(task);
	return kthread_join(task);
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->kthread->should_stop);
}
