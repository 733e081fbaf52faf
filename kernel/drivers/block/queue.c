/*
 * The queue of requests before a disk, and the disk's thread.
 *
 * Who submits a bio to an idle disk starts it himself, at once. While the disk is busy, requests
 * gather in the elevator and merge there. What has ended is found by the disk's thread: an
 * interrupt handler only wakes it. The thread asks the driver, starts what comes next so that the
 * disk is not idle, and only then calls the owners back.
 *
 *	waiting (elevator) --start()--> started --blk_end_request()--> done: end_io, freed
 *	        ^   -EBUSY                 |  error, and it may help
 *	        +--------------------------+-- again --start()--> ...
 *
 * What is tried again: a request of several bios fails because of one of them, mostly; so its bios
 * are tried one by one. A single bio is tried TRIES times, and then, to be written, in pieces. What
 * takes too long is tried twice, as a whole. Nobody waits for read-ahead: it is not tried again.
 *
 * Locks: q->lock for the lists, held for moments; q->driver around all calls of the driver, whose
 * holder looks once more after he has let go, so that a failed mutex_trylock() needs no second try.
 */
#include "kernel/drivers/block/queue.h"

#include "kernel/kthread.h"
#include "kernel/lib/err.h"
#include "kernel/lib/errno.h"
#include "kernel/printk.h"
#include "kernel/wait.h"
#include "mm/slab.h"

#define TRIES	      3u
#define TRIES_TIMEOUT 2u
#define FLUSH_TIMEOUT 4u   /* times the disk's time-out */
#define THREAD_NICE   (-5) /* what waits for a disk has waited long enough */

/* ------------------------------------------------------------ requests from the pool */

static bool may_allocate(const struct request_queue *q, enum rq_class class)
{
	unsigned int kept = class == RQ_WRITE ? QUEUE_REQUESTS - QUEUE_BACKGROUND : 0;

	return READ_ONCE(q->nr_free) > kept;
}

static struct request *allocate(struct request_queue *q, enum rq_class class)
{
	struct request *rq;

	if (!may_allocate(q, class))
		return NULL;
	rq = list_first_entry(&q->free, struct request, rq_list);
	list_del(&rq->rq_list);
	q->nr_free--;
	return rq;
}

static void wake_allocators(struct request_queue *q)
{
	if (may_allocate(q, RQ_READ))
		wake_up(&q->urgent_wait);
	if (may_allocate(q, RQ_WRITE))
		wake_up(&q->background_wait);
}

void blk_free_request(struct request_queue *q, struct request *rq)
{
	list_add(&rq->rq_list, &q->free);
	q->nr_free++;
	wake_allocators(q);
}

static void wait_for_request(struct request_queue *q, enum rq_class class)
{
	if (class == RQ_WRITE)
		wait_event_exclusive(q->background_wait, may_allocate(q, class));
	else
		wait_event_exclusive(q->urgent_wait, may_allocate(q, class));
}

/* ------------------------------------------------------------ starting */

void blk_wake(struct gendisk *disk)
{
	struct request_queue *q = disk->queue;

	if (!q)
		return;
	WRITE_ONCE(q->woken, true);
	if (q->thread)
		wake_up_process(q->thread);
}

static void queue_timer(struct timer_list *timer)
{
	blk_wake(container_of(timer, struct request_queue, timer)->disk);
}

static bool can_start(const struct request_queue *q)
{
	unsigned int depth = q->disk->depth;

	return (q->nr_waiting || !list_empty(&q->again)) && !READ_ONCE(q->full) &&
	       (!depth || q->nr_started < depth);
}

static bool is_retry(const struct request_queue *q, const struct request *rq)
{
	return rq->rq_retries || is_piece(q, rq) || !list_empty(&rq->rq_alone);
}

/* The next request, among the started ones already, or NULL. */
static struct request *take_next(struct request_queue *q)
{
	struct request *rq = NULL;

	spin_lock(&q->lock);
	if (can_start(q)) {
		rq = list_first_entry_or_null(&q->again, struct request, rq_list);
		if (rq)
			list_del(&rq->rq_list);
		else
			rq = elevator_take(q);
		rq->rq_started = jiffies;
		list_add_tail(&rq->rq_list, &q->started);
		q->nr_started++;
	}
	spin_unlock(&q->lock);
	return rq;
}

/* The driver does not take it now. */
static void put_back(struct request_queue *q, struct request *rq)
{
	spin_lock(&q->lock);
	list_del(&rq->rq_list);
	q->nr_started--;
	if (is_retry(q, rq))
		list_add(&rq->rq_list, &q->again);
	else
		elevator_put_back(q, rq);
	WRITE_ONCE(q->full, true);
	spin_unlock(&q->lock);
}

/* Under q->driver. */
static void start_requests(struct request_queue *q)
{
	struct gendisk *disk = q->disk;
	struct request *rq;

	while ((rq = take_next(q))) {
		int error = disk->ops->start(disk, rq);

		if (error == -EBUSY) {
			put_back(q, rq);
			return;
		}
		if (!timer_pending(&q->timer))
			mod_timer(&q->timer, jiffies + disk->timeout);
		if (error) {
			blk_end_request(disk, rq, error);
			blk_wake(disk); /* it calls end_io */
		}
	}
}

static void run_queue(struct request_queue *q)
{
	while (can_start(q) && mutex_trylock(&q->driver)) {
		start_requests(q);
		mutex_unlock(&q->driver);
	}
}

/* The bio is in the queue: in a request that waited, or in a new one. False: no request is free. */
static bool insert(struct request_queue *q, struct bio *bio)
{
	struct request *rq;

	if (elevator_merge(q, bio))
		return true;
	rq = allocate(q, bio_class(bio));
	if (!rq)
		return false;
	INIT_LIST_HEAD(&rq->rq_alone);
	elevator_fill(rq, bio);
	elevator_add(q, rq);
	blk_stat_queued(rq);
	return true;
}

void blk_queue_bio(struct bio *bio)
{
	struct request_queue *q = bio->bi_bdev->bd_disk->queue;
	bool waited = false, inserted;

	might_sleep();
	for (;;) {
		spin_lock(&q->lock);
		inserted = insert(q, bio);
		spin_unlock(&q->lock);
		if (inserted)
			break;
		waited = true;
		wait_for_request(q, bio_class(bio));
	}
	if (waited) /* woken for a free request, it may have merged: somebody else may have it */
		wake_allocators(q);
	run_queue(q);
}

/* ------------------------------------------------------------ ending */

static void end_bio(struct request_queue *q, struct bio *bio, int error)
{
	bio->bi_error = error;
	list_move_tail(&bio->bi_list, &q->done);
}

static void report(const struct gendisk *disk, const struct request *rq, int error)
{
	static const char *const names[] = {"read", "write", "flush"};
	const char *what = error == -ETIMEDOUT ? "time-out" : "error";

	if (rq->rq_flags & BIO_READAHEAD)
		return;
	if (rq->rq_op == BIO_FLUSH)
		printk_ratelimited(KERN_ERR "%s: flush %s\n", disk->name, what);
	else
		printk_ratelimited(KERN_ERR "%s: %s %s at sector %llu\n", disk->name,
				   names[rq->rq_op], what, rq->rq_sector);
}

/* What the owner of a bio is told. */
static int bio_error(int error)
{
	return error == 0 || error == -EROFS || error == -ENOSPC ? error : -EIO;
}

/* All bios of a request have been decided; those that are to be tried alone come next, if any. */
static void finish(struct request_queue *q, struct request *rq, int error)
{
	struct bio *bio, *next;

	blk_stat_ended(rq);
	list_for_each_entry_safe (bio, next, &rq->rq_bios, bi_list)
		end_bio(q, bio, bio_error(error));
	if (list_empty(&rq->rq_alone)) {
		blk_free_request(q, rq);
		return;
	}
	bio = list_first_entry(&rq->rq_alone, struct bio, bi_list);
	list_del(&bio->bi_list);
	elevator_fill(rq, bio);
	blk_stat_queued(rq);
	list_add_tail(&rq->rq_list, &q->again);
}

/* One of several bios is bad: all but the first are put aside, and it is tried again. */
static void split(struct request_queue *q, struct request *rq)
{
	struct bio *bio = list_first_entry(&rq->rq_bios, struct bio, bi_list);

	list_del(&bio->bi_list);
	list_splice_tail_init(&rq->rq_bios, &rq->rq_alone);
	elevator_fill(rq, bio);
	list_add_tail(&rq->rq_list, &q->again);
}

/* It is not tried again as it is. */
static void give_up(struct request_queue *q, struct request *rq, int error)
{
	const bool piece = is_piece(q, rq);

	if (error && !piece && pieces_begin(q, rq, error))
		return;
	if (error)
		report(q->disk, rq, error);
	if (piece && pieces_next(q, rq, &error))
		return;
	finish(q, rq, error);
}

static bool worth_a_retry(const struct request *rq, int error)
{
	if (rq->rq_flags & BIO_READAHEAD || error == -EROFS || error == -ENOSPC ||
	    error == -EOPNOTSUPP)
		return false;
	return rq->rq_retries + 1u < (error == -ETIMEDOUT ? TRIES_TIMEOUT : TRIES);
}

static bool worth_a_split(const struct request *rq, int error)
{
	return error != -ETIMEDOUT && rq->rq_op != BIO_FLUSH && !(rq->rq_flags & BIO_READAHEAD) &&
	       !list_is_singular(&rq->rq_bios);
}

void blk_end_request(struct gendisk *disk, struct request *rq, int error)
{
	struct request_queue *q = disk->queue;

	spin_lock(&q->lock);
	list_del(&rq->rq_list);
	q->nr_started--;
	if (error && worth_a_split(rq, error)) {
		split(q, rq);
	} else if (error && worth_a_retry(rq, error)) {
		rq->rq_retries++;
		list_add_tail(&rq->rq_list, &q->again);
	} else {
		give_up(q, rq, error);
	}
	spin_unlock(&q->lock);
}

/* ------------------------------------------------------------ the disk's thread */

static unsigned long due(const struct request_queue *q, const struct request *rq)
{
	return rq->rq_started + q->disk->timeout * (rq->rq_op == BIO_FLUSH ? FLUSH_TIMEOUT : 1);
}

/* When the first of the started requests is due; false: nothing is started. */
static bool next_due(const struct request_queue *q, unsigned long *when)
{
	struct request *rq;
	bool any = false;

	list_for_each_entry (rq, &q->started, rq_list) {
		if (!any || time_before(due(q, rq), *when))
			*when = due(q, rq);
		any = true;
	}
	return any;
}

/*
 * Under q->driver. The timer is set whenever something is started, to no later than that is due;
 * while it is pending there is nothing to look at.
 */
static void check_timeout(struct request_queue *q)
{
	unsigned long when;

	if (timer_pending(&q->timer) || !next_due(q, &when))
		return;
	if (time_after_eq(jiffies, when)) {
		q->disk->ops->timed_out(q->disk);
		if (!next_due(q, &when))
			return;
	}
	mod_timer(&q->timer, when);
}

/* Call the owners of all that has ended. */
static void deliver(struct request_queue *q)
{
	LIST_HEAD(done);
	struct bio *bio, *next;

	spin_lock(&q->lock);
	list_splice_init(&q->done, &done);
	spin_unlock(&q->lock);
	list_for_each_entry_safe (bio, next, &done, bi_list) {
		list_del(&bio->bi_list);
		bio->bi_end_io(bio);
	}
}

static void serve(struct request_queue *q)
{
	mutex_lock(&q->driver);
	WRITE_ONCE(q->full, false);
	q->disk->ops->reap(q->disk);
	check_timeout(q);
	start_requests(q);
	mutex_unlock(&q->driver);
	deliver(q);
	run_queue(q);
}

static int disk_thread(void *arg)
{
	struct request_queue *q = arg;

	while (!kthread_should_stop()) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!READ_ONCE(q->woken) && !kthread_should_stop())
			schedule();
		set_current_state(TASK_RUNNING);
		if (READ_ONCE(q->woken)) {
			WRITE_ONCE(q->woken, false);
			serve(q);
			cond_resched();
		}
	}
	return 0;
}

/* ------------------------------------------------------------ making one */

static void queue_init(struct request_queue *q, struct gendisk *disk)
{
	spin_lock_init(&q->lock, "request_queue");
	q->disk = disk;
	elevator_init(q);
	INIT_LIST_HEAD(&q->free);
	INIT_LIST_HEAD(&q->started);
	INIT_LIST_HEAD(&q->again);
	INIT_LIST_HEAD(&q->done);
	for (unsigned int i = 0; i < QUEUE_REQUESTS; i++)
		list_add_tail(&q->requests[i].rq_list, &q->free);
	q->nr_free = QUEUE_REQUESTS;
	init_waitqueue_head(&q->urgent_wait);
	init_waitqueue_head(&q->background_wait);
	mutex_init(&q->driver, "disk driver");
	timer_setup(&q->timer, queue_timer);
	pieces_init(q);
}

int blk_queue_create(struct gendisk *disk)
{
	struct request_queue *q = kzalloc(sizeof(*q), GFP_KERNEL);
	struct task_struct *thread;

	if (!q)
		return -ENOMEM;
	queue_init(q, disk);
	thread = kthread_create(disk_thread, q, "disk/%s", disk->name);
	if (IS_ERR(thread)) {
		pieces_destroy(q);
		kfree(q);
		return (int)PTR_ERR(thread);
	}
	set_user_nice(thread, THREAD_NICE);
	q->thread = thread;
	disk->queue = q;
	wake_up_process(thread);
	return 0;
}

void blk_queue_destroy(struct gendisk *disk)
{
	struct request_queue *q = disk->queue;

	kthread_stop(q->thread);
	disk->queue = NULL;
	del_timer(&q->timer);
	pieces_destroy(q);
	kfree(q);
}
