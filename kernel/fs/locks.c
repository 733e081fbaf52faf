/*
 * An inode has one list of all locks on it, by their start. The ranges of one owner never overlap
 * and never touch another of the same type: setting one swallows what it covers and what it
 * continues, and cuts what it covers in part, for which memory is at hand before anything is
 * changed.
 *
 * Who finds a lock of another owner in the way sleeps in that lock's list of waiters until it goes
 * away or gets smaller, and then begins anew. Before, it follows who waits for whom: if that leads
 * back to itself, nobody would ever wake (EDEADLK).
 *
 * Lock: file_lock_lock covers all lists, of locks and of waiters. Nothing sleeps under it.
 */
#include "kernel/fs/locks.h"
#include "kernel/lib/errno.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "mm/slab.h"

#define MAX_DEADLOCK_STEPS 64

static DEFINE_SPINLOCK(file_lock_lock);

struct lock_waiter {
	struct list_head list; /* in the waiters of the lock; empty: woken */
	struct list_head all;  /* in waiters_all */
	struct task_struct *task;
	const void *owner;	/* who waits */
	const void *wait_owner; /* for whom */
};

static LIST_HEAD(waiters_all); /* of LOCK_POSIX only */

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->owner == b->owner && a->kind == b->kind;
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* Do they touch, without a byte between them? `end` may be the largest number that there is. */
static bool overlap_or_adjacent(const struct file_lock *a, const struct file_lock *b)
{
	return (a->end == OFFSET_MAX || b->start <= a->end + 1) &&
	       (b->end == OFFSET_MAX || a->start <= b->end + 1);
}

/* The first lock that is in the way of a request. */
static struct file_lock *find_conflict(const struct inode *inode, const struct file_lock *request)
{
	struct file_lock *fl;

	if (request->type == F_UNLCK)
		return NULL;
	for (fl = inode->i_flock; fl && fl->start <= request->end; fl = fl->next) {
		if ((fl->kind == LOCK_FLOCK) != (request->kind == LOCK_FLOCK) ||
		    same_owner(fl, request) || !overlap(fl, request))
			continue;
		if (fl->type == F_WRLCK || request->type == F_WRLCK)
			return fl;
	}
	return NULL;
}

/* ---- waiting ---------------------------------------------------------------------------- */

/* A lock goes away, or is less than it was. */
static void wake_waiters(struct file_lock *fl)
{
	struct lock_waiter *waiter, *next;

	list_for_each_entry_safe (waiter, next, &fl->waiters, list) {
		list_del_init(&waiter->list);
		wake_up_process(waiter->task);
	}
}

/* For whom an owner waits; NULL: it does not. */
static const void *waits_for(const void *owner)
{
	struct lock_waiter *waiter;

	list_for_each_entry (waiter, &waiters_all, all) {
		if (waiter->owner == owner)
			return waiter->wait_owner;
	}
	return NULL;
}

/*
 * Does `holder` wait, perhaps by way of others, for `owner`? Threads of one process can
 * wait in a circle that does not lead here, so the search gives up some time.
 */
static bool would_deadlock(const void *owner, const void *holder)
{
	for (int steps = 0; holder && steps < MAX_DEADLOCK_STEPS; steps++) {
		if (holder == owner)
			return true;
		holder = waits_for(holder);
	}
	return false;
}

/* Sleeps until `blocker` is gone or changed; file_lock_lock is released meanwhile. */
static int wait_for_lock(struct file_lock *blocker, const struct file_lock *request)
{
	struct lock_waiter waiter = {
		.task = current, .owner = request->owner, .wait_owner = blocker->owner};
	bool posix = request->kind == LOCK_POSIX;
	int err = 0;

	if (posix && blocker->kind == LOCK_POSIX && would_deadlock(request->owner, blocker->owner))
		return -EDEADLK;
	INIT_LIST_HEAD(&waiter.all);
	list_add_tail(&waiter.list, &blocker->waiters);
	if (posix)
		list_add_tail(&waiter.all, &waiters_all);
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&file_lock_lock);
	schedule();
	set_current_state(TASK_RUNNING);
	spin_lock(&file_lock_lock);
	if (!list_empty(&waiter.list) && signal_pending(current))
		err = -ERESTARTSYS;
	list_del_init(&waiter.list);
	list_del_init(&waiter.all);
	return err;
}

/* ---- changing a list -------------------------------------------------------------------- */

static void insert_lock(struct inode *inode, struct file_lock *fl)
{
	struct file_lock **at = &inode->i_flock;

	while (*at && (*at)->start < fl->start)
		at = &(*at)->next;
	fl->next = *at;
	*at = fl;
}

static void delete_lock(struct file_lock **at)
{
	struct file_lock *fl = *at;

	*at = fl->next;
	wake_waiters(fl);
	kfree(fl);
}

/* A lock with other bounds may have to stand elsewhere in the list. */
static void move_lock(struct inode *inode, struct file_lock **at, loff_t start, loff_t end)
{
	struct file_lock *fl = *at;

	*at = fl->next;
	fl->start = start;
	fl->end = end;
	insert_lock(inode, fl);
	wake_waiters(fl);
}

static void init_lock(struct file_lock *fl, const struct file_lock *like, loff_t start, loff_t end)
{
	*fl = *like;
	fl->start = start;
	fl->end = end;
	INIT_LIST_HEAD(&fl->waiters);
}

/*
 * Takes [start, end] out of one lock, which reaches beyond. *spare is used when that leaves two
 * pieces.
 */
static void cut_lock(struct inode *inode, struct file_lock **at, const struct file_lock *request,
		     struct file_lock **spare)
{
	struct file_lock *fl = *at, *rest;
	bool left = fl->start<request->start, right = fl->end> request->end;

	if (left && right) {
		rest = *spare;
		*spare = NULL;
		init_lock(rest, fl, request->end + 1, fl->end);
		insert_lock(inode, rest);
	}
	if (left)
		move_lock(inode, at, fl->start, request->start - 1);
	else
		move_lock(inode, at, request->end + 1, fl->end);
}

/*
 * Makes room for a request among its owner's locks: those of the same type become part of it, the
 * others are cut. Where a lock goes, the walk goes on with the next one; a piece that stays may
 * have moved. True: that was so, and the list has to be looked at again, which happens twice at
 * most.
 */
static bool make_room_once(struct inode *inode, struct file_lock *request, struct file_lock **spare)
{
	struct file_lock **at = &inode->i_flock, *fl;

	while ((fl = *at) != NULL) {
		bool joins = fl->type == request->type && overlap_or_adjacent(fl, request);

		if (!same_owner(fl, request) ||
		    !(joins || (fl->type != request->type && overlap(fl, request)))) {
			at = &fl->next;
		} else if (joins) {
			request->start = min(request->start, fl->start);
			request->end = max(request->end, fl->end);
			delete_lock(at);
		} else if (request->start <= fl->start && fl->end <= request->end) {
			delete_lock(at);
		} else {
			cut_lock(inode, at, request, spare);
			return true;
		}
	}
	return false;
}

/* Sets what nobody objects to; uses up what it takes of the two spares. */
static void apply(struct inode *inode, const struct file_lock *request, struct file_lock *spares[2])
{
	struct file_lock wanted = *request;

	while (make_room_once(inode, &wanted, &spares[0]))
		;
	if (wanted.type == F_UNLCK)
		return;
	init_lock(spares[1], &wanted, wanted.start, wanted.end);
	insert_lock(inode, spares[1]);
	spares[1] = NULL;
}

/* Does the owner hold exactly that already? */
static bool is_held(const struct inode *inode, const struct file_lock *request)
{
	const struct file_lock *fl;

	for (fl = inode->i_flock; fl; fl = fl->next) {
		if (same_owner(fl, request) && fl->type == request->type &&
		    fl->start <= request->start && fl->end >= request->end)
			return true;
	}
	return false;
}

/* flock(2) changes a lock by giving it up first: others may be quicker. */
static void give_up_flock(struct inode *inode, const struct file_lock *request)
{
	struct file_lock **at;

	for (at = &inode->i_flock; *at; at = &(*at)->next) {
		if (same_owner(*at, request)) {
			delete_lock(at);
			return;
		}
	}
}

/* ---- the calls -------------------------------------------------------------------------- */

static int set_locked(struct inode *inode, const struct file_lock *request, bool wait,
		      struct file_lock *spares[2])
{
	struct file_lock *blocker;
	int err;

	if (is_held(inode, request))
		return 0;
	if (request->kind == LOCK_FLOCK)
		give_up_flock(inode, request);
	while ((blocker = find_conflict(inode, request)) != NULL) {
		if (!wait)
			return -EAGAIN;
		err = wait_for_lock(blocker, request);
		if (err)
			return err;
	}
	apply(inode, request, spares);
	return 0;
}

/* An unlocking of everything cuts nothing: it needs no memory, so that closing cannot fail. */
static bool needs_memory(const struct file_lock *request)
{
	return request->type != F_UNLCK || request->start != 0 || request->end != OFFSET_MAX;
}

int locks_set(struct inode *inode, const struct file_lock *request, bool wait)
{
	struct file_lock *spares[2] = {NULL, NULL};
	int err = -ENOLCK;

	if (needs_memory(request)) {
		spares[0] = kmalloc(sizeof(*spares[0]), GFP_KERNEL);
		spares[1] = kmalloc(sizeof(*spares[1]), GFP_KERNEL);
		if (!spares[0] || !spares[1])
			goto out;
	}
	spin_lock(&file_lock_lock);
	err = set_locked(inode, request, wait, spares);
	spin_unlock(&file_lock_lock);
out:
	kfree(spares[0]);
	kfree(spares[1]);
	return err;
}

bool locks_test(struct inode *inode, const struct file_lock *request, struct file_lock *found)
{
	struct file_lock *fl;

	spin_lock(&file_lock_lock);
	fl = find_conflict(inode, request);
	if (fl)
		*found = *fl;
	spin_unlock(&file_lock_lock);
	return fl != NULL;
}

static void remove_all(struct inode *inode, enum lock_kind kind, const void *owner)
{
	const struct file_lock all = {
		.kind = kind, .type = F_UNLCK, .end = OFFSET_MAX, .owner = owner};

	locks_set(inode, &all, false);
}

void locks_remove_posix(struct file *file, const void *owner)
{
	if (unlikely(file->f_inode->i_flock))
		remove_all(file->f_inode, LOCK_POSIX, owner);
}

void locks_remove_file(struct file *file)
{
	if (likely(!file->f_inode->i_flock))
		return;
	remove_all(file->f_inode, LOCK_OFD, file);
	remove_all(file->f_inode, LOCK_FLOCK, file);
}
