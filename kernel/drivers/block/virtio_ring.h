/*
 * A virtqueue: memory in which a driver tells a virtual device what to do, and the device says
 * what it has done (Virtio 1.0, 2.4; the legacy layout, 2.4.2). This is the memory alone: how the
 * device is told that there is something new is its transport's (virtio_pci.h), so that a test can
 * play the device. No locks: the owner calls one function at a time.
 */
#ifndef FOLIO_BLOCK_VIRTIO_RING_H
#define FOLIO_BLOCK_VIRTIO_RING_H

#include "kernel/lib/compiler.h"

#define VRING_ALIGN    4096u
#define VRING_MAX_SIZE 1024u /* descriptors; larger rings are offered by nobody we know */

/* Virtio 1.0, 2.4.5 */
struct vring_desc {
	u64 addr; /* physical */
	u32 len;  /* bytes */
	u16 flags;
	u16 next; /* with VRING_DESC_NEXT */
};
#define VRING_DESC_NEXT	    0x1u
#define VRING_DESC_WRITE    0x2u /* the device writes to it */
#define VRING_DESC_INDIRECT 0x4u /* it is a table of descriptors */

/* 2.4.6: chains that are handed over. */
struct vring_avail {
	u16 flags, idx;
	u16 ring[];
};
#define VRING_AVAIL_NO_INTERRUPT 0x1u

/* 2.4.8: chains that come back. */
struct vring_used_elem {
	u32 id; /* the chain's first descriptor */
	u32 len;
};
struct vring_used {
	u16 flags, idx;
	struct vring_used_elem ring[];
};
#define VRING_USED_NO_NOTIFY 0x1u

struct vring {
	unsigned int num; /* descriptors; a power of two */
	struct vring_desc *desc;
	struct vring_avail *avail;
	volatile struct vring_used *used;
	void **tokens;	      /* of each chain, by its first descriptor; NULL: not handed over */
	unsigned int nr_free; /* descriptors */
	u16 free_head;	      /* they are linked by `next` */
	u16 avail_idx;	      /* chains handed over so far, modulo 2^16 */
	u16 kicked_idx;	      /* those that the device was told of */
	u16 used_idx;	      /* chains taken back so far */
	bool broken;	      /* the device wrote what makes no sense */
};

/* vring_size - bytes of a ring of `num` descriptors. */
size_t vring_size(unsigned int num);

/*
 * vring_init - an empty ring in `memory`, zeroed bytes aligned to VRING_ALIGN; `tokens` has room
 * for num. Both are the caller's. Once more: everything handed over is forgotten.
 */
void vring_init(struct vring *vring, unsigned int num, void *memory, void **tokens);

/*
 * vring_add - hand over a chain of `count` descriptors, of which addr, len and VRING_DESC_WRITE are
 * set; those that the device reads come first. `token` (not NULL) names it for vring_get(). 0, or
 * -EBUSY: too few are free.
 * vring_add_indirect - the same with one descriptor of the ring (VIRTIO_RING_F_INDIRECT_DESC): the
 * table, in low memory, becomes the device's until the chain has come back.
 * The device may begin at once, but need not notice before it is told: vring_kick().
 */
int vring_add(struct vring *vring, const struct vring_desc *chain, unsigned int count, void *token);
int vring_add_indirect(struct vring *vring, struct vring_desc *table, unsigned int count,
		       void *token);

/* vring_kick - must the device be told of what was added since the last call? */
bool vring_kick(struct vring *vring);

/* vring_get - the token of a chain that came back; NULL: no more. */
void *vring_get(struct vring *vring);

/*
 * vring_interrupts_off - ask the device for no more interrupts (it may send some nevertheless).
 * vring_interrupts_on - again; false: something has come back meanwhile.
 */
void vring_interrupts_off(struct vring *vring);
bool vring_interrupts_on(struct vring *vring);

#endif
