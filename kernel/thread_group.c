/* The shared parts of a process; see thread_group.h. */
#include "kernel/thread_group.h"

#include "kernel/lib/string.h"
#include "mm/slab.h"

static struct kmem_cache *signal_cache, *sighand_cache;

struct signal_struct *signal_struct_alloc(const struct signal_struct *from)
{
	struct signal_struct *sig = kmem_cache_alloc(signal_cache, GFP_KERNEL | __GFP_ZERO);

	if (!sig)
		return NULL;
	atomic_set(&sig->count, 1);
	sig->live = 1;
	INIT_LIST_HEAD(&sig->threads);
	INIT_LIST_HEAD(&sig->shared_pending.list);
	sig->tty = from->tty;
	sig->changed_ids = from->changed_ids;
	memcpy(sig->rlim, from->rlim, sizeof(sig->rlim));
	return sig;
}

struct sighand_struct *sighand_alloc(struct sighand_struct *from)
{
	struct sighand_struct *sighand = kmem_cache_alloc(sighand_cache, GFP_KERNEL);
	unsigned long flags;

	if (!sighand)
		return NULL;
	atomic_set(&sighand->count, 1);
	spin_lock_init(&sighand->siglock, "siglock");
	spin_lock_irqsave(&from->siglock, flags);
	memcpy(sighand->action, from->action, sizeof(sighand->action));
	spin_unlock_irqrestore(&from->siglock, flags);
	return sighand;
}

void put_signal_struct(struct signal_struct *sig)
{
	if (atomic_dec_and_test(&sig->count))
		kmem_cache_free(signal_cache, sig);
}

void put_sighand(struct sighand_struct *sighand)
{
	if (atomic_dec_and_test(&sighand->count))
		kmem_cache_free(sighand_cache, sighand);
}

void thread_group_init(void)
{
	signal_cache = kmem_cache_create("signal_struct", sizeof(struct signal_struct), 0,
					 SLAB_PANIC, NULL);
	sighand_cache = kmem_cache_create("sighand_struct", sizeof(struct sighand_struct), 0,
					  SLAB_PANIC, NULL);
}
