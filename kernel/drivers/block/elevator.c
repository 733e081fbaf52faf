/*
 * The elevator: which request is next, and which bios become one request.
 *
 * Requests wait in classes: reads and writes that somebody waits for, flushes, and writes in the
 * background. Each class has a tree by sector, in which neighbours are found for merging, and in
 * which the disk's head moves upwards and begins again at the lowest; and a list by deadline.
 * Urgent classes go first, so a stream of reads could keep a write waiting for ever: therefore once
 * in BATCH choices whoever is past its deadline goes first.
 *
 *	sectors   100     164         300           420
 *	tree      [read A][read B]    [read C]      [read D]
 *	                         ^ head: C is next, then D, then A
 *	a bio at 164+8=172, behind B:  becomes part of B (back merge)
 *	a bio at 292, before C:        becomes part of C (front merge)
 *	a bio that closes a gap:       two requests become one
 *
 * What is not promised: an order between requests for the same sectors that wait at the same time.
 * Page locks and write-back bits see to it that there are none.
 */
#include "kernel/drivers/block/queue.h"

#define BATCH		    15u
#define URGENT_DEADLINE	    (HZ / 2)
#define BACKGROUND_DEADLINE (5 * HZ)

static const unsigned long deadlines[NR_RQ_CLASSES] = {
	[RQ_READ] = URGENT_DEADLINE,
	[RQ_SYNC_WRITE] = URGENT_DEADLINE,
	[RQ_FLUSH] = URGENT_DEADLINE,
	[RQ_WRITE] = BACKGROUND_DEADLINE,
};

void elevator_init(struct request_queue *q)
{
	for (unsigned int class = 0; class < NR_RQ_CLASSES; class ++) {
		q->sorted[class] = RB_ROOT;
		INIT_LIST_HEAD(&q->fifo[class]);
	}
}

enum rq_class bio_class(const struct bio *bio)
{
	if (bio->bi_op == BIO_FLUSH)
		return RQ_FLUSH;
	if (bio->bi_op == BIO_READ)
		return RQ_READ;
	return bio->bi_flags & BIO_SYNC ? RQ_SYNC_WRITE : RQ_WRITE;
}

static struct block_device *rq_bdev(const struct request *rq)
{
	return list_first_entry(&rq->rq_bios, struct bio, bi_list)->bi_bdev;
}

static sector_t rq_end(const struct request *rq)
{
	return rq->rq_sector + rq->rq_nr_sectors;
}

static sector_t bio_disk_sector(const struct bio *bio)
{
	return bio->bi_bdev->bd_start + bio->bi_sector;
}

void elevator_fill(struct request *rq, struct bio *bio)
{
	INIT_LIST_HEAD(&rq->rq_bios);
	list_add(&bio->bi_list, &rq->rq_bios);
	rq->rq_op = bio->bi_op;
	rq->rq_flags = bio->bi_flags;
	rq->rq_class = (u8)bio_class(bio);
	rq->rq_sector = bio->bi_op == BIO_FLUSH ? 0 : bio_disk_sector(bio);
	rq->rq_nr_sectors = bio->bi_size >> SECTOR_SHIFT;
	rq->rq_nr_segments = bio->bi_nr_vecs;
	rq->rq_retries = 0;
}

/* ------------------------------------------------------------ the tree */

static void tree_insert(struct rb_root *root, struct request *rq)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (rq->rq_sector < rb_entry(parent, struct request, rq_node)->rq_sector)
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&rq->rq_node, parent, link);
	rb_insert_color(&rq->rq_node, root);
}

/* The first request that begins at `sector` or behind it, or NULL. */
static struct request *tree_at(const struct rb_root *root, sector_t sector)
{
	struct rb_node *node = root->rb_node;
	struct request *best = NULL;

	while (node) {
		struct request *rq = rb_entry(node, struct request, rq_node);

		if (rq->rq_sector >= sector) {
			best = rq;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

/* The one before it; before NULL, the end, is the last. NULL: there is none. */
static struct request *tree_prev(struct rb_root *root, struct request *rq)
{
	struct rb_node *node = rq ? rb_prev(&rq->rq_node) : rb_last(root);

	return rb_entry_safe(node, struct request, rq_node);
}

static void enqueue(struct request_queue *q, struct request *rq)
{
	if (rq->rq_class != RQ_FLUSH)
		tree_insert(&q->sorted[rq->rq_class], rq);
	q->nr_waiting++;
}

static void dequeue(struct request_queue *q, struct request *rq)
{
	list_del(&rq->rq_list);
	if (rq->rq_class != RQ_FLUSH)
		rb_erase(&rq->rq_node, &q->sorted[rq->rq_class]);
	q->nr_waiting--;
}

void elevator_add(struct request_queue *q, struct request *rq)
{
	rq->rq_queued = jiffies;
	rq->rq_deadline = jiffies + deadlines[rq->rq_class];
	list_add_tail(&rq->rq_list, &q->fifo[rq->rq_class]);
	enqueue(q, rq);
}

void elevator_put_back(struct request_queue *q, struct request *rq)
{
	list_add(&rq->rq_list, &q->fifo[rq->rq_class]);
	q->head = rq->rq_sector;
	enqueue(q, rq);
}

/* ------------------------------------------------------------ merging */

/* May what has so much be joined to this request? Both belong to one block device. */
static bool fits(const struct request_queue *q, const struct request *rq,
		 const struct block_device *bdev, unsigned int sectors, unsigned int segments)
{
	return rq_bdev(rq) == bdev && rq->rq_nr_sectors + sectors <= q->disk->max_sectors &&
	       rq->rq_nr_segments + segments <= q->disk->max_segments;
}

/* Somebody waits for a part of a background request now: it becomes urgent as a whole. */
static void make_urgent(struct request_queue *q, struct request *rq)
{
	dequeue(q, rq);
	rq->rq_class = RQ_SYNC_WRITE;
	if (time_after(rq->rq_deadline, jiffies + URGENT_DEADLINE))
		rq->rq_deadline = jiffies + URGENT_DEADLINE;
	list_add_tail(&rq->rq_list, &q->fifo[RQ_SYNC_WRITE]);
	enqueue(q, rq);
}

/* The bio has become part of rq, which has its new sectors already. */
static void merged(struct request_queue *q, struct request *rq, struct bio *bio)
{
	rq->rq_nr_sectors += bio->bi_size >> SECTOR_SHIFT;
	rq->rq_nr_segments += bio->bi_nr_vecs;
	rq->rq_flags |= bio->bi_flags & BIO_SYNC;
	rq->rq_flags &= (u8)(bio->bi_flags | ~BIO_READAHEAD);
	blk_stat_merged(bio);
	if (rq->rq_class == RQ_WRITE && bio_class(bio) == RQ_SYNC_WRITE)
		make_urgent(q, rq);
}

/* If `next` begins where `rq` ends, of the same class, the two become one. */
static void join(struct request_queue *q, struct request *rq, struct request *next)
{
	if (!rq || !next || rq_end(rq) != next->rq_sector ||
	    !fits(q, rq, rq_bdev(next), next->rq_nr_sectors, next->rq_nr_segments))
		return;
	dequeue(q, next);
	list_splice_tail_init(&next->rq_bios, &rq->rq_bios);
	rq->rq_nr_sectors += next->rq_nr_sectors;
	rq->rq_nr_segments += next->rq_nr_segments;
	rq->rq_flags |= next->rq_flags & BIO_SYNC;
	rq->rq_flags &= (u8)(next->rq_flags | ~BIO_READAHEAD);
	if (time_before(next->rq_deadline, rq->rq_deadline))
		rq->rq_deadline = next->rq_deadline;
	blk_stat_joined(rq);
	blk_free_request(q, next);
}

static bool merge_in_class(struct request_queue *q, struct bio *bio, enum rq_class class)
{
	struct rb_root *root = &q->sorted[class];
	sector_t sector = bio_disk_sector(bio);
	unsigned int sectors = bio->bi_size >> SECTOR_SHIFT;
	struct request *next = tree_at(root, sector), *prev = tree_prev(root, next);

	if (prev && rq_end(prev) == sector &&
	    fits(q, prev, bio->bi_bdev, sectors, bio->bi_nr_vecs)) {
		list_add_tail(&bio->bi_list, &prev->rq_bios);
		merged(q, prev, bio);
		if (prev->rq_class == class)
			join(q, prev, next);
		return true;
	}
	if (next && next->rq_sector == sector + sectors &&
	    fits(q, next, bio->bi_bdev, sectors, bio->bi_nr_vecs)) {
		list_add(&bio->bi_list, &next->rq_bios);
		next->rq_sector = sector; /* behind prev still: its place in the tree is right */
		merged(q, next, bio);
		return true;
	}
	return false;
}

/* Flushes that wait are one flush. */
static bool merge_flush(struct request_queue *q, struct bio *bio)
{
	struct request *rq = list_first_entry_or_null(&q->fifo[RQ_FLUSH], struct request, rq_list);

	if (rq)
		list_add_tail(&bio->bi_list, &rq->rq_bios);
	return rq != NULL;
}

bool elevator_merge(struct request_queue *q, struct bio *bio)
{
	enum rq_class class = bio_class(bio);

	if (!q->nr_waiting)
		return false;
	if (class == RQ_FLUSH)
		return merge_flush(q, bio);
	if (merge_in_class(q, bio, class))
		return true;
	if (class == RQ_READ)
		return false;
	return merge_in_class(q, bio, class == RQ_WRITE ? RQ_SYNC_WRITE : RQ_WRITE);
}

/* ------------------------------------------------------------ choosing */

/* Of those that are past their deadlines the oldest, or NULL. */
static struct request *oldest_late(struct request_queue *q)
{
	struct request *oldest = NULL;

	for (unsigned int class = 0; class < NR_RQ_CLASSES; class ++) {
		struct request *rq =
			list_first_entry_or_null(&q->fifo[class], struct request, rq_list);

		if (rq && time_after_eq(jiffies, rq->rq_deadline) &&
		    (!oldest || time_before(rq->rq_deadline, oldest->rq_deadline)))
			oldest = rq;
	}
	return oldest;
}

/* The next in the direction of the head; behind the last comes the first. */
static struct request *nearest(struct request_queue *q, enum rq_class class)
{
	struct request *rq = tree_at(&q->sorted[class], q->head);

	return rq ? rq : rb_entry_safe(rb_first(&q->sorted[class]), struct request, rq_node);
}

/* How far the head would have to go; what lies behind it is very far (the difference wraps). */
static sector_t distance(const struct request_queue *q, const struct request *rq)
{
	return rq->rq_sector - q->head;
}

static struct request *choose_urgent(struct request_queue *q)
{
	struct request *read = nearest(q, RQ_READ), *write = nearest(q, RQ_SYNC_WRITE);

	if (!read || !write)
		return read ? read : write;
	return distance(q, read) <= distance(q, write) ? read : write;
}

static struct request *choose(struct request_queue *q)
{
	struct request *rq = NULL;

	if (q->batch == 0) {
		q->batch = BATCH;
		rq = oldest_late(q);
	} else {
		q->batch--;
	}
	if (!rq)
		rq = list_first_entry_or_null(&q->fifo[RQ_FLUSH], struct request, rq_list);
	if (!rq)
		rq = choose_urgent(q);
	return rq ? rq : nearest(q, RQ_WRITE);
}

struct request *elevator_take(struct request_queue *q)
{
	struct request *rq;

	if (!q->nr_waiting)
		return NULL;
	rq = choose(q);
	dequeue(q, rq);
	if (rq->rq_class != RQ_FLUSH)
		q->head = rq_end(rq);
	return rq;
}
