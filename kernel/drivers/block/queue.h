/*
 * Inside the block layer: the queue of requests before a disk. Drivers and file systems use bio.h
 * and blkdev.h.
 *
 *	submit_bio()    elevator.c: merged into a request that waits, or a new one
 *	    |           by class: a tree sorted by sector, and a list sorted by deadline
 *	queue.c         takes what is best next, start(); ends requests, tries again
 *	pieces.c        a write that failed, part by part
 */
#ifndef FOLIO_BLOCK_QUEUE_H
#define FOLIO_BLOCK_QUEUE_H

#include "kernel/drivers/block/blkdev.h"
#include "kernel/mutex.h"
#include "kernel/timer_list.h"
#include "kernel/wait_head.h"

/* Where requests wait: by how urgent they are. */
enum rq_class {
	RQ_READ,
	RQ_SYNC_WRITE,
	RQ_FLUSH, /* has no tree: no sectors */
	RQ_WRITE, /* in the background */
	NR_RQ_CLASSES
};

#define QUEUE_REQUESTS	 128u /* of one queue */
#define QUEUE_BACKGROUND 96u  /* so many of them for RQ_WRITE at most: readers find room */

/* pieces.c */
struct blk_pieces {
	struct bio *piece;	  /* for one vector */
	struct bio *whole;	  /* whose vectors are tried one by one; NULL: none */
	unsigned int next;	  /* vector */
	sector_t sector;	  /* where that begins */
	int error;		  /* of the pieces before */
	struct list_head waiting; /* requests (rq_list) whose bio comes later */
};

struct request_queue {
	spinlock_t lock; /* all but `driver`; process context only */
	struct gendisk *disk;

	/* what waits (elevator.c) */
	struct rb_root sorted[NR_RQ_CLASSES];
	struct list_head fifo[NR_RQ_CLASSES]; /* rq_list, the earliest deadline first */
	unsigned int nr_waiting;
	sector_t head;	    /* behind the request that was chosen last */
	unsigned int batch; /* so many more are chosen before deadlines are looked at again */

	/* requests */
	struct list_head free, started; /* rq_list; started: the oldest first */
	struct list_head again;		/* to be started once more, before all others */
	struct list_head done;		/* bios (bi_list) whose end_io the thread will call */
	struct blk_pieces pieces;
	unsigned int nr_free, nr_started;
	struct wait_queue_head urgent_wait, background_wait; /* for a free request */

	/* the driver */
	struct mutex driver; /* one caller of its operations at a time */
	bool full;	     /* it said -EBUSY, and has not been reaped since */
	bool woken;	     /* blk_wake() was called */
	struct timer_list timer;
	struct task_struct *thread;

	struct request requests[QUEUE_REQUESTS];
};

/*
 * blk_queue_bio - put a bio that was checked into its disk's queue and start what can be started.
 */
void blk_queue_bio(struct bio *bio);

/* blk_queue_create - the queue of a disk and its thread; -ENOMEM. blk_queue_destroy - undo it. */
int blk_queue_create(struct gendisk *disk);
void blk_queue_destroy(struct gendisk *disk);

/* ---- elevator.c; all with q->lock held ------------------------------------------------------- */

/* elevator_init - nothing waits. */
void elevator_init(struct request_queue *q);

/* bio_class - where a bio waits. */
enum rq_class bio_class(const struct bio *bio);

/* elevator_merge - make a bio part of a request that waits. False: there is none that it fits. */
bool elevator_merge(struct request_queue *q, struct bio *bio);

/* elevator_add - a request, made from one bio (elevator_fill), waits from now on. */
void elevator_fill(struct request *rq, struct bio *bio);
void elevator_add(struct request_queue *q, struct request *rq);

/* elevator_take - what should be started next, taken out, or NULL. elevator_put_back - not now. */
struct request *elevator_take(struct request_queue *q);
void elevator_put_back(struct request_queue *q, struct request *rq);

/* blk_free_request - a request is of no use any more (queue.c). */
void blk_free_request(struct request_queue *q, struct request *rq);

/* ---- pieces.c; all with q->lock held, but for the first two --------------------------------- */

/* pieces_init - may sleep; pieces_destroy - undo it. */
void pieces_init(struct request_queue *q);
void pieces_destroy(struct request_queue *q);

/* is_piece - is this request, for now, a part of a bio only? */
static inline bool is_piece(const struct request_queue *q, const struct request *rq)
{
	return q->pieces.whole &&
	       list_first_entry_or_null(&rq->rq_bios, struct bio, bi_list) == q->pieces.piece;
}

/* pieces_begin - a request of one bio that failed for good: false if pieces make no sense. */
bool pieces_begin(struct request_queue *q, struct request *rq, int error);

/*
 * pieces_next - a piece has ended. True: the request is that of the next piece, to be started
 * again. False: it is that of the whole bio again, which has ended with *error.
 */
bool pieces_next(struct request_queue *q, struct request *rq, int *error);

/* ---- stats.c; with q->lock held -------------------------------------------------------------- */

void blk_stat_queued(const struct request *rq);
void blk_stat_merged(const struct bio *bio);
void blk_stat_joined(const struct request *rq); /* two requests became one */
void blk_stat_ended(const struct request *rq);

#endif
