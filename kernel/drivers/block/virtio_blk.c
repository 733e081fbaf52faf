/*
 * virtio-blk: disks that a virtual machine makes without pretending to be hardware (Virtio 1.0,
 * 5.2). A request is a chain of memory parts:
 *
 *	header (what, which sector) -> data -> data -> ... -> status (one byte, the device's)
 *
 * Chains of a few parts lie in the ring itself. Large ones, 1 MiB in pages, would fill it: those
 * take one of a few tables, if the device can follow them. Up to NR_SLOTS requests are on their
 * way at once, each in a slot, which holds its header and its status.
 *
 *	start()  slot, chain, kick               -> device
 *	reap()   slot <- status                  <- device: interrupt -> blk_wake()
 *
 * QEMU joins neighbours that wait in the ring, and if one sector is bad it says of all that they
 * have failed. So what has failed before goes alone: only then does the result speak of it.
 *
 * A request that takes too long is given up by resetting the device, which ends its access to
 * memory; the block layer starts what was on its way again.
 *
 * Locks: none. The block layer calls one function at a time for each disk, and the interrupt
 * handler touches nothing but the device's interrupt register.
 */
#include "kernel/cpu/irq.h"
#include "kernel/cpu/timer.h"
#include "kernel/drivers/block/blkdev.h"
#include "kernel/drivers/block/virtio_blk.h"
#include "kernel/drivers/block/virtio_pci.h"
#include "kernel/drivers/block/virtio_ring.h"
#include "kernel/lib/bitops.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/printk.h"
#include "mm/page.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"

#define DEVICE_BLK_LEGACY 0x1001 /* Virtio 1.0, 4.1.2.3: transitional */
#define DEVICE_BLK_MODERN 0x1042

/* 5.2.3: bits of the features. */
#define BLK_F_SIZE_MAX 1
#define BLK_F_SEG_MAX  2
#define BLK_F_RO       5
#define BLK_F_BLK_SIZE 6
#define BLK_F_FLUSH    9

/* 5.2.4: offsets in the configuration. */
#define CONFIG_CAPACITY 0 /* sectors, 64 bits */
#define CONFIG_SIZE_MAX 8
#define CONFIG_SEG_MAX	12
#define CONFIG_BLK_SIZE 20

/* 5.2.6: types and results of requests. */
#define TYPE_IN	      0u
#define TYPE_OUT      1u
#define TYPE_FLUSH    4u
#define STATUS_OK     0u
#define STATUS_IOERR  1u
#define STATUS_UNSUPP 2u
#define STATUS_NONE   0xffu /* ours: the device has not written any */

#define QUEUE	      0	 /* the only one */
#define NR_MINORS     16 /* the whole and 15 partitions, as in Linux */
#define NR_SLOTS      64u
#define NR_TABLES     8u
#define TABLE_SIZE    (PAGE_SIZE / sizeof(struct vring_desc))
#define FEW	      16u /* parts that always go into the ring */
#define TIMEOUT	      (10 * HZ)

struct virtblk_header {
	u32 type, priority;
	u64 sector;
};

/* A request on its way. */
struct virtblk_slot {
	struct virtblk_header header;
	u8 status;
	struct request *rq;
	struct vring_desc *table; /* or NULL: its chain lies in the ring */
	struct list_head list;	  /* in `idle` or `busy` */
};

struct virtblk {
	struct virtio_pci dev;
	struct gendisk disk;
	struct irqaction irq;
	struct vring vring;
	unsigned int ring_size; /* descriptors */
	void *ring_memory;
	void **tokens;
	u32 features;
	u32 size_max; /* bytes of one part */
	struct virtblk_slot slots[NR_SLOTS];
	struct list_head idle, busy;
	bool alone;			      /* what is on its way is alone there */
	struct vring_desc *tables[NR_TABLES]; /* those that are free */
	unsigned int nr_tables;
	struct vring_desc *chain; /* what is being built without a table */
	char name[8];
};

static unsigned int nr_disks;

/* ------------------------------------------------------------ chains */

/*
 * Describe the data: each part of a page, but what follows the last part in memory becomes one with
 * it. The end of the descriptors that were filled in; NULL: `limit` comes before.
 */
static struct vring_desc *describe_data(const struct virtblk *vb, const struct request *rq,
					struct vring_desc *desc, const struct vring_desc *limit)
{
	const u16 flags = rq->rq_op == BIO_READ ? VRING_DESC_WRITE : 0;
	unsigned long end = 0; /* of the last part; no page lies at 0 */
	const struct bio_vec *vec;
	struct bio *bio;

	rq_for_each_vec(vec, bio, rq)
	{
		unsigned long phys = page_to_phys(vec->bv_page) + vec->bv_offset;

		if (phys == end && desc[-1].len + vec->bv_len <= vb->size_max) {
			desc[-1].len += vec->bv_len;
		} else {
			if (desc == limit)
				return NULL;
			desc->addr = phys;
			desc->len = vec->bv_len;
			desc->flags = flags;
			desc++;
		}
		end = phys + vec->bv_len;
	}
	return desc;
}

/* Describe a slot's request; how many parts it has; 0: more than `max`. */
static unsigned int describe(const struct virtblk *vb, struct virtblk_slot *slot,
			     struct vring_desc *first, unsigned int max)
{
	struct vring_desc *last;

	*first = (struct vring_desc){.addr = virt_to_phys(&slot->header),
				     .len = sizeof(slot->header)};
	last = describe_data(vb, slot->rq, first + 1, first + max - 1);
	if (!last)
		return 0;
	*last = (struct vring_desc){
		.addr = virt_to_phys(&slot->status), .len = 1, .flags = VRING_DESC_WRITE};
	return (unsigned int)(last - first) + 1;
}

/* ------------------------------------------------------------ requests */

static void fill_header(struct virtblk_slot *slot)
{
	static const u32 types[NR_BIO_OPS] = {
		[BIO_READ] = TYPE_IN, [BIO_WRITE] = TYPE_OUT, [BIO_FLUSH] = TYPE_FLUSH};
	const struct request *rq = slot->rq;

	slot->header = (struct virtblk_header){
		.type = types[rq->rq_op],
		.sector = rq->rq_op == BIO_FLUSH ? 0 : rq->rq_sector,
	};
	slot->status = STATUS_NONE;
}

static void put_table(struct virtblk *vb, struct virtblk_slot *slot)
{
	if (slot->table)
		vb->tables[vb->nr_tables++] = slot->table;
	slot->table = NULL;
}

/* 0, -EBUSY, or -EIO: it is too large. */
static int hand_over(struct virtblk *vb, struct virtblk_slot *slot)
{
	unsigned int count;
	int ret = -EIO;

	if (slot->rq->rq_nr_segments + 2 > FEW && vb->nr_tables)
		slot->table = vb->tables[--vb->nr_tables];
	if (slot->table) {
		count = describe(vb, slot, slot->table, TABLE_SIZE);
		if (count)
			ret = vring_add_indirect(&vb->vring, slot->table, count, slot);
	} else {
		count = describe(vb, slot, vb->chain, vb->ring_size);
		if (count)
			ret = vring_add(&vb->vring, vb->chain, count, slot);
	}
	if (ret)
		put_table(vb, slot);
	return ret;
}

static int virtblk_start(struct gendisk *disk, struct request *rq)
{
	struct virtblk *vb = disk->driver;
	struct virtblk_slot *slot;
	int ret;

	if (list_empty(&vb->idle) || vb->alone || (rq->rq_retries && !list_empty(&vb->busy)))
		return -EBUSY;
	slot = list_first_entry(&vb->idle, struct virtblk_slot, list);
	slot->rq = rq;
	fill_header(slot);
	ret = hand_over(vb, slot);
	if (ret)
		return ret;
	list_move_tail(&slot->list, &vb->busy);
	vb->alone = rq->rq_retries;
	if (vring_kick(&vb->vring))
		virtio_notify(&vb->dev, QUEUE);
	return 0;
}

static void end_slot(struct virtblk *vb, struct virtblk_slot *slot, int error)
{
	put_table(vb, slot);
	vb->alone = false;
	list_move(&slot->list, &vb->idle);
	blk_end_request(&vb->disk, slot->rq, error);
}

static int error_of(u8 status)
{
	switch (status) {
	case STATUS_OK:
		return 0;
	case STATUS_UNSUPP:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

static void virtblk_reap(struct gendisk *disk)
{
	struct virtblk *vb = disk->driver;
	struct virtblk_slot *slot;

	do {
		vring_interrupts_off(&vb->vring);
		while ((slot = vring_get(&vb->vring)))
			end_slot(vb, slot, error_of(slot->status));
	} while (!vring_interrupts_on(&vb->vring));
}

static void virtblk_interrupt(unsigned int irq, void *dev, struct pt_regs *regs)
{
	struct virtblk *vb = dev;

	(void)irq;
	(void)regs;
	if (virtio_acknowledge(&vb->dev))
		blk_wake(&vb->disk);
}

/* ------------------------------------------------------------ bringing it up */

#define UNDERSTOOD                                                                        \
	(BIT(BLK_F_SIZE_MAX) | BIT(BLK_F_SEG_MAX) | BIT(BLK_F_RO) | BIT(BLK_F_BLK_SIZE) | \
	 BIT(BLK_F_FLUSH) | BIT(VIRTIO_F_RING_INDIRECT_DESC))

/* From a device that was reset to one that takes requests; nothing is on its way. */
static void bring_up(struct virtblk *vb)
{
	vb->features = virtio_negotiate(&vb->dev, UNDERSTOOD);
	vring_init(&vb->vring, vb->ring_size, vb->ring_memory, vb->tokens);
	virtio_set_queue(&vb->dev, QUEUE, &vb->vring);
	virtio_driver_ok(&vb->dev);
}

static void virtblk_timed_out(struct gendisk *disk)
{
	struct virtblk *vb = disk->driver;
	struct virtblk_slot *slot, *next;

	LIST_HEAD(gone);

	virtio_reset(&vb->dev);
	bring_up(vb);
	list_splice_init(&vb->busy, &gone);
	list_for_each_entry_safe (slot, next, &gone, list)
		end_slot(vb, slot, -ETIMEDOUT);
}

static const struct disk_operations virtblk_ops = {
	.start = virtblk_start,
	.reap = virtblk_reap,
	.timed_out = virtblk_timed_out,
};

static bool has(const struct virtblk *vb, unsigned int feature)
{
	return vb->features & BIT(feature);
}

static unsigned int ring_order(const struct virtblk *vb)
{
	return order_base_2((unsigned int)(vring_size(vb->ring_size) + PAGE_SIZE - 1) >>
			    PAGE_SHIFT);
}

/* How much one request may be: what the device says, and what our chains have room for. */
static void read_limits(struct virtblk *vb)
{
	struct gendisk *disk = &vb->disk;
	unsigned int segments = min(vb->ring_size, (unsigned int)TABLE_SIZE) - 2;

	vb->size_max = ~0u;
	if (has(vb, BLK_F_SIZE_MAX))
		vb->size_max = virtio_config32(&vb->dev, CONFIG_SIZE_MAX);
	if (has(vb, BLK_F_SEG_MAX))
		segments = min(segments, max(virtio_config32(&vb->dev, CONFIG_SEG_MAX), 1u));
	disk->max_segments = max(segments, 1u);
	disk->max_sectors = disk->max_segments << (PAGE_SHIFT - SECTOR_SHIFT);
	disk->nr_sectors = virtio_config64(&vb->dev, CONFIG_CAPACITY);
	disk->read_only = has(vb, BLK_F_RO);
	disk->write_cache = has(vb, BLK_F_FLUSH);
}

/* Memory of the ring and for chains. */
static int allocate(struct virtblk *vb)
{
	vb->ring_memory = (void *)get_free_pages(GFP_KERNEL, ring_order(vb));
	vb->tokens = kmalloc(vb->ring_size * sizeof(*vb->tokens), GFP_KERNEL);
	vb->chain = kmalloc(vb->ring_size * sizeof(*vb->chain), GFP_KERNEL);
	if (!vb->ring_memory || !vb->tokens || !vb->chain)
		return -ENOMEM;
	while (has(vb, VIRTIO_F_RING_INDIRECT_DESC) && vb->nr_tables < NR_TABLES) {
		struct vring_desc *table = (void *)get_free_page(GFP_KERNEL);

		if (!table)
			return -ENOMEM;
		vb->tables[vb->nr_tables++] = table;
	}
	return 0;
}

static void free_disk(struct virtblk *vb)
{
	if (vb->ring_memory)
		free_pages((unsigned long)vb->ring_memory, ring_order(vb));
	while (vb->nr_tables)
		free_page((unsigned long)vb->tables[--vb->nr_tables]);
	kfree(vb->tokens);
	kfree(vb->chain);
	kfree(vb);
}

static struct virtblk *alloc_disk(struct pci_dev *pci)
{
	struct virtblk *vb = kzalloc(sizeof(*vb), GFP_KERNEL);

	if (!vb)
		return NULL;
	INIT_LIST_HEAD(&vb->idle);
	INIT_LIST_HEAD(&vb->busy);
	for (unsigned int i = 0; i < NR_SLOTS; i++)
		list_add_tail(&vb->slots[i].list, &vb->idle);
	snprintf(vb->name, sizeof(vb->name), "vd%c", 'a' + nr_disks);
	vb->irq = (struct irqaction){.handler = virtblk_interrupt, .name = "virtio_blk", .dev = vb};
	vb->disk = (struct gendisk){
		.name = vb->name,
		.major = VIRTBLK_MAJOR,
		.first_minor = nr_disks * NR_MINORS,
		.minors = NR_MINORS,
		.description = "virtio",
		.timeout = TIMEOUT,
		.ops = &virtblk_ops,
		.driver = vb,
	};
	vb->dev.pci = pci;
	return vb;
}

/* Why this disk cannot be used; NULL: it can. The features are known. */
static const char *objection(struct virtblk *vb)
{
	if (vb->dev.refused)
		return "it refuses the features";
	if (vb->ring_size < 4 || vb->ring_size > VRING_MAX_SIZE ||
	    (vb->ring_size & (vb->ring_size - 1)))
		return "its ring has no usable size";
	if (has(vb, BLK_F_BLK_SIZE) && virtio_config32(&vb->dev, CONFIG_BLK_SIZE) != SECTOR_SIZE)
		return "its blocks are not of 512 bytes";
	if (has(vb, BLK_F_SIZE_MAX) && virtio_config32(&vb->dev, CONFIG_SIZE_MAX) < PAGE_SIZE)
		return "it takes no whole pages";
	if (!virtio_config64(&vb->dev, CONFIG_CAPACITY))
		return "it is empty";
	return NULL;
}

/* NULL, or why not. */
static const char *set_up(struct virtblk *vb)
{
	const char *why;

	if (virtio_pci_init(&vb->dev, vb->dev.pci))
		return "it has no interface that is known, or no interrupt line";
	vb->features = virtio_negotiate(&vb->dev, UNDERSTOOD);
	vb->ring_size = virtio_queue_size(&vb->dev, QUEUE);
	why = objection(vb);
	if (why)
		goto failed;
	read_limits(vb);
	why = "there is no memory for it";
	if (allocate(vb))
		goto failed;
	bring_up(vb);
	request_irq(vb->dev.pci->irq, &vb->irq);
	if (!add_disk(&vb->disk))
		return NULL;
	free_irq(vb->dev.pci->irq, &vb->irq);
	virtio_reset(&vb->dev);
failed:
	virtio_failed(&vb->dev);
	return why;
}

static int probe(struct pci_dev *pci, void *ctx)
{
	struct virtblk *vb = NULL;
	const char *why;

	(void)ctx;
	if (pci->vendor != VIRTIO_VENDOR ||
	    (pci->device != DEVICE_BLK_LEGACY && pci->device != DEVICE_BLK_MODERN))
		return 0;
	if (nr_disks > 'z' - 'a')
		why = "there are no more names";
	else if (!(vb = alloc_disk(pci)))
		why = "there is no memory for it";
	else
		why = set_up(vb);
	if (!why) {
		pci->driver = "virtio_blk";
		nr_disks++;
		return 0;
	}
	pr_warn("virtio_blk: the disk at %02x:%02x.%u cannot be used: %s\n", pci->bus, pci->slot,
		pci->func, why);
	if (vb)
		free_disk(vb);
	return 0;
}

void virtblk_init(void)
{
	for_each_pci_dev(probe, NULL);
}
