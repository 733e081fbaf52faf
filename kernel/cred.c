/*
 * Credentials: counted and immutable. Users are counted too, so that the number of their
 * processes can be limited; a user_struct lives as long as some cred names it.
 *
 * Locks: users_lock, interrupts off, covers the list of users.
 */
#include "kernel/cred.h"

#include "kernel/lib/hash.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define USER_HASH_BITS 6

struct user_struct {
	atomic_t count; /* creds that name it */
	atomic_t processes;
	atomic_t signals; /* queued for its processes */
	u32 uid;
	struct hlist_node node;
};

static DEFINE_SPINLOCK(users_lock);
static struct hlist_head users[1u << USER_HASH_BITS];
static struct user_struct root_user = {.count = ATOMIC_INIT(1)};

struct cred init_cred = {.usage = ATOMIC_INIT(1), .user = &root_user};

static struct hlist_head *user_bucket(u32 uid)
{
	return &users[hash_32(uid, USER_HASH_BITS)];
}

/* A user who is known already, with a reference. users_lock is held. */
static struct user_struct *find_user(u32 uid)
{
	struct user_struct *user;

	hlist_for_each_entry (user, user_bucket(uid), node)
		if (user->uid == uid) {
			atomic_inc(&user->count);
			return user;
		}
	return NULL;
}

struct user_struct *get_user_of(u32 uid)
{
	struct user_struct *fresh, *user;
	unsigned long flags;

	spin_lock_irqsave(&users_lock, flags);
	user = find_user(uid);
	spin_unlock_irqrestore(&users_lock, flags);
	if (user)
		return user;
	fresh = kzalloc(sizeof(*fresh), GFP_KERNEL);
	if (!fresh)
		return NULL;
	fresh->uid = uid;
	atomic_set(&fresh->count, 1);
	spin_lock_irqsave(&users_lock, flags);
	user = find_user(uid); /* somebody may have been faster while we slept */
	if (!user) {
		hlist_add_head(&fresh->node, user_bucket(uid));
		swap(user, fresh);
	}
	spin_unlock_irqrestore(&users_lock, flags);
	kfree(fresh);
	return user;
}

void put_user_of(struct user_struct *user)
{
	unsigned long flags;
	bool last;

	spin_lock_irqsave(&users_lock, flags);
	last = atomic_dec_and_test(&user->count);
	if (last)
		hlist_del(&user->node);
	spin_unlock_irqrestore(&users_lock, flags);
	if (last)
		kfree(user);
}

int user_count_processes(struct user_struct *user, int change)
{
	if (change)
		atomic_add(change, &user->processes);
	return atomic_read(&user->processes);
}

bool user_charge_signal(struct user_struct *user, unsigned long limit)
{
	if ((unsigned long)atomic_read(&user->signals) >= limit)
		return false;
	atomic_inc(&user->signals);
	atomic_inc(&user->count);
	return true;
}

void user_uncharge_signal(struct user_struct *user)
{
	atomic_dec(&user->signals);
	put_user_of(user);
}

const struct cred *get_cred(const struct cred *cred)
{
	atomic_inc(&((struct cred *)cred)->usage);
	return cred;
}

void put_cred(const struct cred *cred)
{
	struct cred *gone = (struct cred *)cred;

	if (!atomic_dec_and_test(&gone->usage))
		return;
	put_user_of(gone->user);
	kfree(gone->groups);
	kfree(gone);
}

bool in_group_p(u32 gid)
{
	const struct cred *cred = current_cred();
	unsigned int low = 0, high = cred->ngroups;

	if (gid == cred->fsgid)
		return true;
	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (cred->groups[middle] == gid)
			return true;
		if (cred->groups[middle] < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool may_control(const struct task_struct *task)
{
	const struct cred *own = current_cred(), *other = task->cred;

	if (task == current || capable())
		return true;
	return own->uid == other->uid && own->uid == other->euid && own->uid == other->suid &&
	       own->gid == other->gid && own->gid == other->egid && own->gid == other->sgid;
}

struct cred *prepare_cred(void)
{
	const struct cred *old = current_cred();
	struct cred *new = kmalloc(sizeof(*new), GFP_KERNEL);
	size_t bytes = old->ngroups * sizeof(*old->groups);

	if (!new)
		return NULL;
	*new = *old;
	atomic_set(&new->usage, 1);
	new->groups = NULL;
	if (bytes) {
		new->groups = kmalloc(bytes, GFP_KERNEL);
		if (!new->groups) {
			kfree(new);
			return NULL;
		}
		memcpy(new->groups, old->groups, bytes);
	}
	atomic_inc(&new->user->count);
	return new;
}

void commit_cred(struct cred *cred)
{
	const struct cred *old = current->cred;

	if (cred->euid != old->euid || cred->egid != old->egid || cred->fsuid != old->fsuid ||
	    cred->fsgid != old->fsgid)
		current->signal->changed_ids = true;
	current->cred = cred;
	put_cred(old);
}

void cred_init(void)
{
	hlist_add_head(&root_user.node, user_bucket(0));
	init_task.cred = &init_cred;
}
