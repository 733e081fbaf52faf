/*
 * The bus master of an IDE controller: it moves the data between the drive and memory by itself.
 *
 * It reads a table of physical regions ("PRD"), one for each run of adjacent pages:
 *
 *	     physical address     bytes     last
 *	   +--------------------+---------+------+
 *	   | 0x01234000         | 0x3000  |  0   |   no region crosses a boundary of 64 KiB;
 *	   | 0x00ff0200         | 0x0200  |  1   |   0 bytes mean 64 KiB
 *	   +--------------------+---------+------+
 *
 * Pages in high memory are like any other to it: only physical addresses count.
 */
#include "kernel/drivers/block/ide.h"
#include "kernel/lib/errno.h"
#include "mm/page.h"
#include "mm/page_alloc.h"

struct ide_prd {
	u32 address;
	u16 bytes; /* 0: 64 KiB */
	u16 flags;
};

#define PRD_LAST     0x8000u
#define PRD_BOUNDARY 0x10000ul

void ide_dma_setup(struct ide_channel *channel, u16 ports)
{
	channel->prd = (struct ide_prd *)get_free_pages(GFP_KERNEL, 0);
	if (channel->prd)
		channel->bus_master = ports;
}

/* Fill the table with the request's pages. */
static void fill_table(struct ide_prd *prd, const struct request *rq)
{
	unsigned long end = 0;
	const struct bio_vec *vec;
	struct bio *bio;

	prd--;
	rq_for_each_vec(vec, bio, rq)
	{
		unsigned long address = page_to_phys(vec->bv_page) + vec->bv_offset;

		if (address == end && address % PRD_BOUNDARY)
			prd->bytes = (u16)(prd->bytes + vec->bv_len);
		else
			*++prd = (struct ide_prd){.address = address, .bytes = vec->bv_len};
		end = address + vec->bv_len;
	}
	prd->flags = PRD_LAST;
}

void ide_dma_prepare(struct ide_channel *channel, const struct request *rq)
{
	u16 ports = channel->bus_master;

	fill_table(channel->prd, rq);
	outb(ports + BM_COMMAND, 0);
	outl(ports + BM_TABLE, virt_to_phys(channel->prd));
	outb(ports + BM_COMMAND, rq->rq_op == BIO_READ ? BM_COMMAND_TO_MEMORY : 0);
	outb(ports + BM_STATUS, inb(ports + BM_STATUS) | BM_STATUS_ERROR | BM_STATUS_INTERRUPT);
}

void ide_dma_start(struct ide_channel *channel, const struct request *rq)
{
	u8 direction = rq->rq_op == BIO_READ ? BM_COMMAND_TO_MEMORY : 0;

	outb(channel->bus_master + BM_COMMAND, direction | BM_COMMAND_START);
}

void ide_dma_stop(struct ide_channel *channel)
{
	if (channel->bus_master)
		outb(channel->bus_master + BM_COMMAND, 0);
}

bool ide_dma_interrupt(struct ide_channel *channel)
{
	u16 ports = channel->bus_master;
	u8 status = inb(ports + BM_STATUS);

	if (!(status & BM_STATUS_INTERRUPT))
		return false;
	outb(ports + BM_COMMAND, 0);
	outb(ports + BM_STATUS, status | BM_STATUS_ERROR | BM_STATUS_INTERRUPT);
	channel->bm_status = status;
	return true;
}

int ide_dma_error(const struct ide_channel *channel)
{
	u8 bad = ATA_STATUS_BSY | ATA_STATUS_DF | ATA_STATUS_DRQ | ATA_STATUS_ERR;

	if (channel->bm_status & (BM_STATUS_ERROR | BM_STATUS_ACTIVE) || channel->status & bad)
		return -EIO;
	return 0;
}
