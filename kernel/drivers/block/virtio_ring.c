/*
 * The memory that a driver and a virtual device share.
 *
 *	descriptors   [0 header, next 3] [1 free] [2 free] [3 page, next 4] [4 status] ...
 *	avail         idx 1 | 0 . . .		 heads of chains for the device, in a circle
 *	used          idx 0 | . . . .		 heads of chains that it has carried out, and is done with
 *
 * Each index counts for ever and is written by one side only. It is written after what it counts:
 * the processor keeps stores in order, so the compiler is all that must be held back. A load may
 * overtake an older store, though: where one side writes and then looks whether the other slept
 * meanwhile, both need a fence.
 */
#include "kernel/drivers/block/virtio_ring.h"

#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/page.h"

/* No later load before this (an instruction with a lock prefix; Intel SDM vol. 3, 8.2.2). */
static __always_inline void fence(void)
{
	__asm__ volatile("lock; addl $0,(%%esp)" ::: "memory", "cc");
}

static size_t avail_end(unsigned int num)
{
	/* flags, idx, the circle, and used_event, which we leave alone */
	return num * sizeof(struct vring_desc) + (3 + num) * sizeof(u16);
}

static size_t used_start(unsigned int num)
{
	return (avail_end(num) + VRING_ALIGN - 1) & ~(size_t)(VRING_ALIGN - 1);
}

size_t vring_size(unsigned int num)
{
	return used_start(num) + 3 * sizeof(u16) + num * sizeof(struct vring_used_elem);
}

void vring_init(struct vring *vring, unsigned int num, void *memory, void **tokens)
{
	memset(memory, 0, vring_size(num));
	memset(tokens, 0, num * sizeof(*tokens));
	*vring = (struct vring){
		.num = num,
		.desc = memory,
		.avail = memory + num * sizeof(struct vring_desc),
		.used = memory + used_start(num),
		.tokens = tokens,
		.nr_free = num,
	};
	for (unsigned int i = 0; i < num; i++)
		vring->desc[i].next = (u16)(i + 1);
}

/* What is described is in place: the device may see the chain. */
static void publish(struct vring *vring, u16 head, void *token)
{
	vring->tokens[head] = token;
	vring->avail->ring[vring->avail_idx & (vring->num - 1)] = head;
	barrier();
	WRITE_ONCE(vring->avail->idx, ++vring->avail_idx);
}

int vring_add(struct vring *vring, const struct vring_desc *chain, unsigned int count, void *token)
{
	const u16 head = vring->free_head;
	struct vring_desc *desc = NULL;
	u16 nr = head;

	if (count > vring->nr_free)
		return -EBUSY;
	for (unsigned int i = 0; i < count; i++) {
		desc = &vring->desc[nr];
		desc->addr = chain[i].addr;
		desc->len = chain[i].len;
		desc->flags = chain[i].flags | VRING_DESC_NEXT;
		nr = desc->next;
	}
	desc->flags &= (u16)~VRING_DESC_NEXT;
	vring->free_head = nr;
	vring->nr_free -= count;
	publish(vring, head, token);
	return 0;
}

int vring_add_indirect(struct vring *vring, struct vring_desc *table, unsigned int count,
		       void *token)
{
	const struct vring_desc whole = {
		.addr = virt_to_phys(table),
		.len = count * sizeof(*table),
		.flags = VRING_DESC_INDIRECT,
	};

	for (unsigned int i = 0; i + 1 < count; i++) {
		table[i].flags |= VRING_DESC_NEXT;
		table[i].next = (u16)(i + 1);
	}
	return vring_add(vring, &whole, 1, token);
}

bool vring_kick(struct vring *vring)
{
	if (vring->kicked_idx == vring->avail_idx)
		return false;
	vring->kicked_idx = vring->avail_idx;
	fence();
	return !(vring->used->flags & VRING_USED_NO_NOTIFY);
}

/* A chain's descriptors are free again. */
static void free_chain(struct vring *vring, u16 head)
{
	struct vring_desc *desc = &vring->desc[head];
	unsigned int count = 1;

	while (desc->flags & VRING_DESC_NEXT) {
		desc = &vring->desc[desc->next];
		count++;
	}
	desc->next = vring->free_head;
	vring->free_head = head;
	vring->nr_free += count;
}

void *vring_get(struct vring *vring)
{
	void *token;
	u32 head;

	if (vring->broken || vring->used_idx == vring->used->idx)
		return NULL;
	barrier();
	head = vring->used->ring[vring->used_idx & (vring->num - 1)].id;
	token = head < vring->num ? vring->tokens[head] : NULL;
	if (!token) {
		vring->broken = true;
		return NULL;
	}
	vring->tokens[head] = NULL;
	vring->used_idx++;
	free_chain(vring, (u16)head);
	return token;
}

void vring_interrupts_off(struct vring *vring)
{
	vring->avail->flags = VRING_AVAIL_NO_INTERRUPT;
}

bool vring_interrupts_on(struct vring *vring)
{
	vring->avail->flags = 0;
	fence();
	return vring->broken || vring->used_idx == vring->used->idx;
}
