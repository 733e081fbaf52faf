/*
 * Signals that wait.
 *
 * A signal that was sent waits with the thread it was sent to, or with the group, for
 * any of its threads. Each place is a set of bits, and a list of what is known about
 * those signals that came with a siginfo_t:
 *
 *	pending.signal  ...0100 0000 0010
 *	pending.list    -> {SIGINT, from pid 7} -> {34, value 1} -> {34, value 2}
 *
 * A standard signal (1..31) waits only once, a real-time signal as often as it was sent, in order.
 * A list element needs memory: without it a standard signal loses its siginfo_t, a
 * real-time signal is not sent (-EAGAIN).
 *
 * Locks: everything here under the group's siglock.
 */
#include "kernel/signal_queue.h"

#include "kernel/cred.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

struct sigqueue {
	struct list_head list;
	struct user_struct *user; /* whose RLIMIT_SIGPENDING it counts against */
	siginfo_t info;
};

static struct kmem_cache *sigqueue_cache;

void sigqueue_init(void)
{
	sigqueue_cache =
		kmem_cache_create("sigqueue", sizeof(struct sigqueue), 0, SLAB_PANIC, NULL);
}

void init_sigpending(struct sigpending *pending)
{
	INIT_LIST_HEAD(&pending->list);
	pending->signal.bits = 0;
}

static void free_sigqueue(struct sigqueue *entry)
{
	list_del(&entry->list);
	user_uncharge_signal(entry->user);
	kmem_cache_free(sigqueue_cache, entry);
}

void flush_sigqueue(struct sigpending *pending)
{
	struct sigqueue *entry, *next;

	pending->signal.bits = 0;
	list_for_each_entry_safe (entry, next, &pending->list, list)
		free_sigqueue(entry);
}

void remove_pending(struct sigpending *pending, u64 set)
{
	struct sigqueue *entry, *next;

	if (!(pending->signal.bits & set))
		return;
	pending->signal.bits &= ~set;
	list_for_each_entry_safe (entry, next, &pending->list, list)
		if (set & sigmask(entry->info.si_signo))
			free_sigqueue(entry);
}

static struct sigqueue *new_sigqueue(const struct task_struct *task, bool within_limit)
{
	unsigned long limit =
		within_limit ? task->signal->rlim[RLIMIT_SIGPENDING].rlim_cur : RLIM_INFINITY;
	struct user_struct *user = task->cred->user;
	struct sigqueue *entry;

	if (!user_charge_signal(user, limit))
		return NULL;
	entry = kmem_cache_alloc(sigqueue_cache, GFP_ATOMIC);
	if (entry)
		entry->user = user;
	else
		user_uncharge_signal(user);
	return entry;
}

int queue_info(int sig, const siginfo_t *info, struct task_struct *task, struct sigpending *pending)
{
	bool by_program = info && (sig >= SIGRTMIN || info->si_code < 0);
	struct sigqueue *entry = new_sigqueue(task, by_program);

	if (!entry)
		return info && sig >= SIGRTMIN && info->si_code != SI_USER ? -EAGAIN : 0;
	if (info) {
		entry->info = *info;
	} else {
		memset(&entry->info, 0, sizeof(entry->info));
		entry->info.si_signo = sig;
		entry->info.si_code = SI_KERNEL;
	}
	list_add_tail(&entry->list, &pending->list);
	return 0;
}

/* Take one waiting signal; its bit stays when there is another one of that number. */
static void collect_signal(int sig, struct sigpending *pending, siginfo_t *info)
{
	struct sigqueue *entry, *first = NULL;
	bool more = false;

	list_for_each_entry (entry, &pending->list, list) {
		if (entry->info.si_signo != sig)
			continue;
		more = first;
		if (more)
			break;
		first = entry;
		if (sig < SIGRTMIN)
			break;
	}
	if (!more)
		sigdelset(&pending->signal, sig);
	if (first) {
		*info = first->info;
		free_sigqueue(first);
	} else {
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
	}
}

/* The lowest waiting signal that is not masked; 0: none. */
static int next_signal(const struct sigpending *pending, sigset_t mask)
{
	u64 ready = pending->signal.bits & ~mask.bits;

	if ((u32)ready)
		return (int)__ffs((u32)ready) + 1;
	if (ready)
		return (int)__ffs((u32)(ready >> 32)) + 33;
	return 0;
}

int dequeue_signal(sigset_t mask, siginfo_t *info)
{
	struct sigpending *pending = &current->pending;
	int sig = next_signal(pending, mask);

	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(pending, mask);
	}
	if (sig) {
		collect_signal(sig, pending, info);
		if (sig_in(sig, SIG_STOPS))
			current->signal->flags |= SIGNAL_STOP_DEQUEUED;
	}
	recalc_sigpending();
	return sig;
}
