/*
 * A write that failed, part by part.
 *
 * A bio carries up to 1 MiB, and when one of its sectors is bad, a device may refuse all of it.
 * What was to be written is lost then, for it is nowhere else but in the page cache, where it
 * counts as written. So each part of a page is tried alone, and only what is bad is lost. Its owner
 * is told about the bio: EIO.
 *
 *	request -> bio [page page page page]	     failed
 *	request -> piece [page], then the next, ...  with the retries that every request has
 *	request -> bio, -EIO if any of them failed
 *
 * There is one piece for each queue, so that no memory is needed; other bios wait for their turn.
 * Reading needs none of this: who reads pages asks again for the one that is missing.
 */
#include "kernel/drivers/block/queue.h"

#include "kernel/lib/errno.h"

void pieces_init(struct request_queue *q)
{
	q->pieces.piece = bio_alloc(GFP_KERNEL, 1);
	INIT_LIST_HEAD(&q->pieces.waiting);
}

void pieces_destroy(struct request_queue *q)
{
	bio_free(q->pieces.piece);
}

/* The next vector becomes the piece, and the piece the request. */
static void fill(struct blk_pieces *p, struct request *rq)
{
	struct bio *piece = p->piece;

	piece->bi_bdev = p->whole->bi_bdev;
	piece->bi_sector = p->sector;
	piece->bi_op = p->whole->bi_op;
	piece->bi_flags = p->whole->bi_flags;
	piece->bi_vecs[0] = p->whole->bi_vecs[p->next];
	piece->bi_nr_vecs = 1;
	piece->bi_size = piece->bi_vecs[0].bv_len;
	elevator_fill(rq, piece);
	p->next++;
	p->sector += piece->bi_size >> SECTOR_SHIFT;
}

/* Nobody's pieces are being tried. */
static void begin(struct request_queue *q, struct request *rq)
{
	struct blk_pieces *p = &q->pieces;

	p->whole = list_first_entry(&rq->rq_bios, struct bio, bi_list);
	list_del(&p->whole->bi_list);
	p->next = 0;
	p->sector = p->whole->bi_sector;
	p->error = 0;
	fill(p, rq);
	list_add_tail(&rq->rq_list, &q->again);
}

bool pieces_begin(struct request_queue *q, struct request *rq, int error)
{
	const struct bio *bio = list_first_entry(&rq->rq_bios, struct bio, bi_list);

	if (error != -EIO || bio->bi_op != BIO_WRITE || bio->bi_nr_vecs < 2)
		return false;
	if (q->pieces.whole)
		list_add_tail(&rq->rq_list, &q->pieces.waiting);
	else
		begin(q, rq);
	return true;
}

bool pieces_next(struct request_queue *q, struct request *rq, int *error)
{
	struct blk_pieces *p = &q->pieces;

	if (*error)
		p->error = *error;
	if (p->next < p->whole->bi_nr_vecs && *error != -ETIMEDOUT) {
		fill(p, rq);
		list_add_tail(&rq->rq_list, &q->again);
		return true;
	}
	list_del(&p->piece->bi_list);
	elevator_fill(rq, p->whole);
	*error = p->error;
	p->whole = NULL;
	if (!list_empty(&p->waiting)) {
		struct request *next = list_first_entry(&p->waiting, struct request, rq_list);

		list_del(&next->rq_list);
		begin(q, next);
	}
	return false;
}
