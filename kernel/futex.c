/*
 * Futexes: "fast user-space mutexes". The lock itself is a word in the program's memory, taken
 * and given back without a system call; only who must wait, or wake, comes here.
 *
 *	waiter: FUTEX_WAIT(addr, seen)		other: *addr = new; FUTEX_WAKE(addr)
 *
 * FUTEX_WAIT sleeps only if the word still is what was seen. To lose no wake-up, a waiter
 * enters its queue first, then reads the word, then sleeps: whoever changes the word
 * later finds it in the queue. Reading may fault and so sleep; no lock is held then.
 *
 * A word is known by its key: in memory that processes share, the file's inode and the place in
 * it; else the address space and the address. Queues are hashed by key.
 *
 * Locks: each bucket's lock covers its queue and the keys of those in it; for two buckets the one
 * with the lower address is taken first.
 */
#include "kernel/futex.h"

#include "kernel/cpu/clock.h"
#include "kernel/cpu/uaccess.h"
#include "kernel/cred.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/hash.h"
#include "kernel/sched.h"
#include "kernel/syscall_time.h"
#include "kernel/task.h"
#include "kernel/wait.h"
#include "mm/mm.h"
#include "mm/rmap.h"
#include "mm/vma.h"

#define FUTEX_HASH_BITS 7

struct futex_key {
	struct inode *inode; /* NULL: private */
	struct mm_struct *mm;
	unsigned long word; /* address, or index in pages */
	unsigned long offset;
};

struct futex_waiter {
	struct list_head list; /* empty: woken */
	struct task_struct *task;
	struct futex_key key;
	u32 bitset;
};

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters; /* first come, first woken */
};

static struct futex_bucket buckets[1u << FUTEX_HASH_BITS];

void futex_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(buckets); i++) {
		spin_lock_init(&buckets[i].lock, "futex");
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
}

/* ------------------------------------------------------------ keys */

/* The key of a word in memory that a file backs and others may map. mmap_sem is held. */
static int shared_key(struct futex_key *key, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (!vma || vma->vm_start > addr)
		return -EFAULT;
	if (!(vma->vm_flags & VM_MAYSHARE) || !vma->vm_file)
		return 0;
	key->inode = vma->vm_file->f_mapping->host;
	ihold(key->inode);
	key->mm = NULL;
	key->word = linear_page_index(vma, addr);
	key->offset = addr & ~PAGE_MASK;
	return 0;
}

/* What a word is known by; 0, -EINVAL: not aligned, -EFAULT. put_key() it. */
static int get_key(struct futex_key *key, u32 __user *uaddr, bool private)
{
	struct mm_struct *mm = current->mm;
	unsigned long addr = (unsigned long)uaddr;
	int error = 0;

	if (addr & 3)
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(*uaddr)))
		return -EFAULT;
	*key = (struct futex_key){.mm = mm, .word = addr};
	if (private)
		return 0;
	down_read(&mm->mmap_sem);
	error = shared_key(key, mm, addr);
	up_read(&mm->mmap_sem);
	return error;
}

static void put_key(struct futex_key *key)
{
	if (key->inode)
		iput(key->inode);
}

static bool same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->word == b->word && a->inode == b->inode && a->mm == b->mm &&
	       a->offset == b->offset;
}

static struct futex_bucket *bucket_of(const struct futex_key *key)
{
	u32 object = (u32)(unsigned long)key->inode ^ (u32)(unsigned long)key->mm;

	return &buckets[hash_32(object ^ (u32)key->word ^ (u32)key->offset << 16, FUTEX_HASH_BITS)];
}

static void lock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_lock(a < b ? &a->lock : &b->lock);
	if (a != b)
		spin_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_two(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

/* ------------------------------------------------------------ waking */

/* Takes a waiter out and wakes it. After that its memory may be gone. The bucket is locked. */
static void wake_waiter(struct futex_waiter *waiter)
{
	struct task_struct *task = waiter->task;

	get_task_struct(task);
	list_del_init(&waiter->list);
	try_to_wake_up(task, TASK_NORMAL);
	put_task_struct(task);
}

/* Wakes up to `count` waiters of a key whose bits meet `bitset`; the bucket is locked. How many. */
static unsigned int wake_key(struct futex_bucket *bucket, const struct futex_key *key,
			     unsigned int count, u32 bitset)
{
	struct futex_waiter *waiter, *next;
	unsigned int woken = 0;

	list_for_each_entry_safe (waiter, next, &bucket->waiters, list) {
		if (woken == count)
			break;
		if (!same_key(&waiter->key, key) || !(waiter->bitset & bitset))
			continue;
		wake_waiter(waiter);
		woken++;
	}
	return woken;
}

int futex_wake(u32 __user *addr, bool private, unsigned int count, u32 bitset)
{
	struct futex_bucket *bucket;
	struct futex_key key;
	int result;

	if (!bitset)
		return -EINVAL;
	result = get_key(&key, addr, private);
	if (result)
		return result;
	bucket = bucket_of(&key);
	spin_lock(&bucket->lock);
	result = (int)wake_key(bucket, &key, count, bitset);
	spin_unlock(&bucket->lock);
	put_key(&key);
	return result;
}

int futex_wake_user(u32 __user *addr, unsigned int count)
{
	return futex_wake(addr, false, count, ~0u);
}

/* ------------------------------------------------------------ waiting */

static void enqueue(struct futex_waiter *waiter)
{
	struct futex_bucket *bucket = bucket_of(&waiter->key);

	spin_lock(&bucket->lock);
	list_add_tail(&waiter->list, &bucket->waiters);
	spin_unlock(&bucket->lock);
}

/*
 * Out of the queue; false: somebody had woken us. The key may change (requeue) until its bucket is
 * locked, so it is read again then.
 */
static bool dequeue(struct futex_waiter *waiter)
{
	struct futex_bucket *bucket;
	bool waiting;

	for (;;) {
		bucket = bucket_of(&waiter->key);
		spin_lock(&bucket->lock);
		if (bucket == bucket_of(&waiter->key))
			break;
		spin_unlock(&bucket->lock);
	}
	waiting = !list_empty(&waiter->list);
	list_del_init(&waiter->list);
	spin_unlock(&bucket->lock);
	return waiting;
}

/*
 * Sleep until woken, a signal, or `until` (ns of ktime_get_ns(); 0: for ever). 0 when time is up.
 */
static bool sleep_until(struct futex_waiter *waiter, u64 until)
{
	bool in_time = true;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (list_empty(&waiter->list) || signal_pending(current) || !in_time)
			break;
		in_time = schedule_timeout(until ? ticks_until(until) : MAX_SCHEDULE_TIMEOUT);
	}
	set_current_state(TASK_RUNNING);
	return in_time;
}

static int futex_wait_key(struct futex_waiter *waiter, u32 __user *addr, u32 seen, u64 until)
{
	bool in_time;
	u32 value;
	int error;

	enqueue(waiter);
	error = get_user(value, addr);
	if (!error && value != seen)
		error = -EAGAIN;
	if (error)
		return dequeue(waiter) ? error : 0;
	in_time = sleep_until(waiter, until);
	if (!dequeue(waiter))
		return 0;
	return in_time ? -ERESTARTSYS : -ETIMEDOUT;
}

static long futex_wait_restart(struct restart_block *restart);

int futex_wait(u32 __user *addr, bool private, u32 seen, u64 until, u32 bitset)
{
	struct restart_block *restart = &current->restart;
	struct futex_waiter waiter = {.task = current, .bitset = bitset};
	int error;

	if (!bitset)
		return -EINVAL;
	error = get_key(&waiter.key, addr, private);
	if (error)
		return error;
	error = futex_wait_key(&waiter, addr, seen, until);
	put_key(&waiter.key);
	if (error != -ERESTARTSYS || !until)
		return error;
	restart->fn = futex_wait_restart;
	restart->arg[0] = (unsigned long)addr;
	restart->arg[1] = private;
	restart->arg[2] = seen;
	restart->arg[3] = bitset;
	restart->until = until;
	return -ERESTART_RESTARTBLOCK;
}

static long futex_wait_restart(struct restart_block *restart)
{
	return futex_wait((u32 __user *)restart->arg[0], restart->arg[1], restart->arg[2],
			  restart->until, restart->arg[3]);
}

/* ------------------------------------------------------------ two words */

/* A waiter waits on another word from now on. Both buckets are locked. */
static void requeue_waiter(struct futex_waiter *waiter, struct futex_bucket *to,
			   const struct futex_key *key, struct futex_key *dropped)
{
	list_move_tail(&waiter->list, &to->waiters);
	*dropped = waiter->key;
	waiter->key = *key;
	if (key->inode)
		ihold(key->inode);
}

/* Wakes `nr_wake`, moves up to `nr_move` others. How many of both. Both buckets are locked. */
static int requeue_key(struct futex_key *from, struct futex_key *to, unsigned int nr_wake,
		       unsigned int nr_move)
{
	struct futex_bucket *source = bucket_of(from), *target = bucket_of(to);
	struct futex_waiter *waiter, *next;
	unsigned int moved = 0, woken = wake_key(source, from, nr_wake, ~0u);
	bool stay = same_key(from, to); /* moved to the end, they would come again and again */

	list_for_each_entry_safe (waiter, next, &source->waiters, list) {
		struct futex_key dropped;

		if (moved == nr_move)
			break;
		if (!same_key(&waiter->key, from))
			continue;
		moved++;
		if (stay)
			continue;
		requeue_waiter(waiter, target, to, &dropped);
		/* Not the last reference: our own key is of the same inode. */
		put_key(&dropped);
	}
	return (int)(woken + moved);
}

int futex_requeue(u32 __user *addr, u32 __user *addr2, bool private, int nr_wake, int nr_move,
		  const u32 *seen)
{
	struct futex_key from, to;
	u32 value;
	int result;

	if (nr_wake < 0 || nr_move < 0)
		return -EINVAL;
	result = get_key(&from, addr, private);
	if (result)
		return result;
	result = get_key(&to, addr2, private);
	if (result)
		goto out_from;
	/* The kernel is not preempted: between this and the locks no other task runs. */
	result = seen ? get_user(value, addr) : 0;
	if (!result && seen && value != *seen)
		result = -EAGAIN;
	if (!result) {
		lock_two(bucket_of(&from), bucket_of(&to));
		result = requeue_key(&from, &to, (unsigned int)nr_wake, (unsigned int)nr_move);
		unlock_two(bucket_of(&from), bucket_of(&to));
	}
	put_key(&to);
out_from:
	put_key(&from);
	return result;
}

/* The fields of FUTEX_WAKE_OP's last argument. */
#define OP_OF(encoded)	    ((encoded) >> 28 & 7)
#define OP_SHIFT	    8u /* the argument is a bit number */
#define OP_CMP_OF(encoded)  ((encoded) >> 24 & 15)
#define OP_ARG_OF(encoded)  ((int)((encoded) << 8) >> 20)
#define OP_CARG_OF(encoded) ((int)((encoded) << 20) >> 20)

static int op_result(unsigned int op, u32 old, u32 arg, u32 *result)
{
	switch (op) {
	case 0:
		*result = arg;
		return 0;
	case 1:
		*result = old + arg;
		return 0;
	case 2:
		*result = old | arg;
		return 0;
	case 3:
		*result = old & ~arg;
		return 0;
	case 4:
		*result = old ^ arg;
		return 0;
	default:
		return -ENOSYS;
	}
}

static int op_compare(unsigned int cmp, int old, int arg)
{
	switch (cmp) {
	case 0:
		return old == arg;
	case 1:
		return old != arg;
	case 2:
		return old < arg;
	case 3:
		return old <= arg;
	case 4:
		return old > arg;
	case 5:
		return old >= arg;
	default:
		return -ENOSYS;
	}
}

/* *addr = old OP arg in one step, and compare the old value: 0, 1 or -errno. */
static int wake_op(u32 __user *addr, u32 encoded)
{
	u32 arg = (u32)OP_ARG_OF(encoded), old, result;
	int error;

	if (encoded >> 28 & OP_SHIFT)
		arg = 1u << (arg & 31);
	/*
	 * Written first so that the read and the write after it do not fault, and so do not sleep.
	 */
	if (get_user(old, addr) || put_user(old, addr) || get_user(old, addr))
		return -EFAULT;
	error = op_result(OP_OF(encoded), old, arg, &result);
	if (error)
		return error;
	if (put_user(result, addr))
		return -EFAULT;
	return op_compare(OP_CMP_OF(encoded), (int)old, OP_CARG_OF(encoded));
}

int futex_wake_op(u32 __user *addr, u32 __user *addr2, bool private, int nr_wake, int nr_wake2,
		  u32 encoded)
{
	struct futex_key key, key2;
	int result = get_key(&key, addr, private);

	if (result)
		return result;
	result = get_key(&key2, addr2, private);
	if (result)
		goto out;
	result = wake_op(addr2, encoded);
	if (result >= 0) {
		bool both = result > 0;

		lock_two(bucket_of(&key), bucket_of(&key2));
		result = (int)wake_key(bucket_of(&key), &key, (unsigned int)nr_wake, ~0u);
		if (both)
			result +=
				(int)wake_key(bucket_of(&key2), &key2, (unsigned int)nr_wake2, ~0u);
		unlock_two(bucket_of(&key), bucket_of(&key2));
	}
	put_key(&key2);
out:
	put_key(&key);
	return result;
}
