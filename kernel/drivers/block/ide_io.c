/*
 * Requests of IDE disks.
 *
 *	start()  registers and command; DMA: the table before, the bus master's start behind;
 *	         a write by PIO: the first block of data
 *	irq      acknowledge, remember the status, wake the thread
 *	reap()   DMA: it is done. PIO: move one block (some sectors) through the data register, and
 *	         wait for the next interrupt, or be done
 *
 * A channel carries out one command at a time, for either of its drives. A drive that was refused
 * is remembered (wants), woken when the channel is free, and then comes before the other.
 *
 * When a request fails by DMA it is tried again by PIO. If PIO can do it then DMA is to blame;
 * three times without a success between, and the drive is left with PIO.
 */
#include "kernel/drivers/block/ide.h"
#include "kernel/lib/errno.h"
#include "kernel/printk.h"
#include "mm/highmem.h"

#define DRQ_MS	    1000u /* from a command to its first block of data */
#define POLL_MS	    1000u /* for a block, when interrupts are lost */
#define BLAME_LIMIT 3u

/* Commands that move data: by write, by 48-bit addresses. */
static const u8 single_commands[2][2] = {{0x20, 0x24}, {0x30, 0x34}};
static const u8 multiple_commands[2][2] = {{0xc4, 0x29}, {0xc5, 0x39}};
static const u8 dma_commands[2][2] = {{0xc8, 0x25}, {0xca, 0x35}};

static struct ide_drive *drive_of(const struct gendisk *disk)
{
	return disk->driver;
}

static struct ide_drive *other_drive(const struct ide_drive *drive)
{
	return &drive->channel->drives[!drive->unit];
}

/* ------------------------------------------------------------ PIO */

static void insw(u16 port, void *addr, unsigned long words)
{
	__asm__ volatile("rep insw" : "+D"(addr), "+c"(words) : "d"(port) : "memory");
}

static void outsw(u16 port, const void *addr, unsigned long words)
{
	__asm__ volatile("rep outsw" : "+S"(addr), "+c"(words) : "d"(port) : "memory");
}

static void pio_rewind(struct ide_channel *channel)
{
	channel->bio = list_first_entry(&channel->rq->rq_bios, struct bio, bi_list);
	channel->vec = 0;
	channel->offset = 0;
	channel->left = channel->rq->rq_nr_sectors;
}

/* Move up to `bytes`, within one vector; returns how many. */
static unsigned int pio_part(struct ide_channel *channel, unsigned int bytes)
{
	const struct bio_vec *vec = &channel->bio->bi_vecs[channel->vec];
	unsigned int part = min(bytes, vec->bv_len - channel->offset);
	char *data = kmap_atomic(vec->bv_page);
	char *at = data + vec->bv_offset + channel->offset;

	if (channel->rq->rq_op == BIO_READ)
		insw(channel->base + ATA_DATA, at, part / 2);
	else
		outsw(channel->base + ATA_DATA, at, part / 2);
	kunmap_atomic(data);
	channel->offset += part;
	if (channel->offset == vec->bv_len) {
		channel->offset = 0;
		channel->vec++;
	}
	if (channel->vec == channel->bio->bi_nr_vecs) {
		channel->vec = 0;
		channel->bio = list_next_entry(channel->bio, bi_list);
	}
	return part;
}

/* Move what the drive takes or gives between two interrupts. */
static void pio_block(struct ide_channel *channel)
{
	unsigned int sectors = min(channel->left, (unsigned int)channel->active->multiple);
	unsigned int bytes = sectors * SECTOR_SIZE;

	while (bytes)
		bytes -= pio_part(channel, bytes);
	channel->left -= sectors;
}

/* ------------------------------------------------------------ starting */

static void write_address(const struct ide_channel *channel, sector_t sector, unsigned int count)
{
	outb(channel->base + ATA_COUNT, (u8)count);
	outb(channel->base + ATA_LBA_LOW, (u8)sector);
	outb(channel->base + ATA_LBA_MID, (u8)(sector >> 8));
	outb(channel->base + ATA_LBA_HIGH, (u8)(sector >> 16));
}

/* Sector and count; true: they need a command with addresses of 48 bits. */
static bool write_range(const struct ide_drive *drive, const struct request *rq)
{
	const struct ide_channel *channel = drive->channel;
	bool wide = rq->rq_nr_sectors > ATA_MAX_SECTORS_28 ||
		    rq->rq_sector + rq->rq_nr_sectors > ATA_LIMIT_28;
	u8 device = (u8)(ATA_DEVICE_LBA | (drive->unit ? ATA_DEVICE_UNIT : 0));

	if (wide) /* the upper halves first: each register keeps two bytes */
		write_address(channel, rq->rq_sector >> 24, rq->rq_nr_sectors >> 8);
	else
		device |= (u8)(rq->rq_sector >> 24);
	write_address(channel, rq->rq_sector, rq->rq_nr_sectors);
	outb(channel->base + ATA_DEVICE, device);
	return wide;
}

static u8 command_for(const struct ide_drive *drive, const struct request *rq, bool dma, bool wide)
{
	bool write = rq->rq_op == BIO_WRITE;

	if (rq->rq_op == BIO_FLUSH)
		return drive->flush_ext ? ATA_CMD_FLUSH_EXT : ATA_CMD_FLUSH;
	if (dma)
		return dma_commands[write][wide];
	return drive->multiple > 1 ? multiple_commands[write][wide] : single_commands[write][wide];
}

/* The registers are written; go. No interrupt between: the handler finds all set up. */
static void issue(struct ide_channel *channel, struct ide_drive *drive, struct request *rq,
		  u8 command)
{
	unsigned long flags = local_irq_save();

	channel->fired = false;
	channel->rq = rq;
	channel->active = drive;
	channel->last = drive;
	outb(channel->base + ATA_COMMAND, command);
	if (channel->dma)
		ide_dma_start(channel, rq);
	local_irq_restore(flags);
}

static void release(struct ide_channel *channel)
{
	channel->active = NULL;
	channel->rq = NULL;
}

/* A write by PIO: no interrupt says that the first block may come. */
static int write_first_block(struct ide_channel *channel)
{
	if (!ide_wait(channel, ATA_STATUS_BSY | ATA_STATUS_DRQ, ATA_STATUS_DRQ, DRQ_MS))
		return -EIO;
	pio_block(channel);
	return 0;
}

static int begin(struct ide_channel *channel, struct ide_drive *drive, struct request *rq)
{
	bool data = rq->rq_op != BIO_FLUSH, wide = false;
	int error = 0;

	if (!ide_select(drive)) {
		ide_reset(channel);
		return -EIO;
	}
	channel->dma = data && drive->dma && rq->rq_retries == 0;
	if (channel->dma)
		ide_dma_prepare(channel, rq);
	if (data)
		wide = write_range(drive, rq);
	issue(channel, drive, rq, command_for(drive, rq, channel->dma, wide));
	if (data && !channel->dma) {
		pio_rewind(channel);
		if (rq->rq_op == BIO_WRITE)
			error = write_first_block(channel);
	}
	if (error) {
		release(channel);
		ide_reset(channel);
	}
	return error;
}

/* The channel is free again: for the other drive, if that was refused. */
static void wake_other(const struct ide_drive *drive)
{
	struct ide_drive *other = other_drive(drive);

	if (other->wants)
		blk_wake(&other->disk);
}

/* May this drive have the channel now? The other one comes first if it was refused. */
static bool may_have(const struct ide_channel *channel, const struct ide_drive *drive)
{
	return !channel->active && !(other_drive(drive)->wants && channel->last == drive);
}

static int ide_start(struct gendisk *disk, struct request *rq)
{
	struct ide_drive *drive = drive_of(disk);
	struct ide_channel *channel = drive->channel;
	int error = -EBUSY;

	mutex_lock(&channel->lock);
	drive->wants = !may_have(channel, drive);
	if (!drive->wants)
		error = begin(channel, drive, rq);
	if (!channel->active)
		wake_other(drive);
	mutex_unlock(&channel->lock);
	return error;
}

/* ------------------------------------------------------------ ending */

void ide_interrupt(unsigned int irq, void *dev, struct pt_regs *regs)
{
	struct ide_channel *channel = dev;

	(void)irq;
	(void)regs;
	if (channel->active && channel->dma) {
		if (!ide_dma_interrupt(channel))
			return; /* somebody else on this line */
	} else if (inb(channel->control) & ATA_STATUS_BSY) {
		return;
	}
	channel->status = inb(channel->base + ATA_STATUS);
	channel->fired = true;
	if (channel->active)
		blk_wake(&channel->active->disk);
}

/* Something has been moved: by DMA, or by PIO after DMA had failed. */
static void judge_dma(struct ide_drive *drive, const struct request *rq, bool dma)
{
	if (dma)
		drive->dma_blame = 0;
	if (dma || !drive->dma || rq->rq_retries == 0 || ++drive->dma_blame < BLAME_LIMIT)
		return;
	drive->dma = false;
	pr_warn("%s: DMA does not work: PIO from now on\n", drive->name);
}

static void end_command(struct ide_channel *channel, int error)
{
	struct ide_drive *drive = channel->active;
	struct request *rq = channel->rq;

	if (!error && rq->rq_op != BIO_FLUSH)
		judge_dma(drive, rq, channel->dma);
	release(channel);
	if (error && inb(channel->control) & (ATA_STATUS_BSY | ATA_STATUS_DRQ))
		ide_reset(channel);
	blk_end_request(&drive->disk, rq, error);
	wake_other(drive);
}

/* An interrupt of PIO: a block can be moved, or all has been. */
static void pio_step(struct ide_channel *channel)
{
	bool drq = channel->status & ATA_STATUS_DRQ;

	if (channel->status & (ATA_STATUS_ERR | ATA_STATUS_DF)) {
		end_command(channel, -EIO);
	} else if (!channel->left) {
		end_command(channel, 0); /* the last block of a write is on the disk */
	} else if (!drq) {
		end_command(channel, -EIO);
	} else {
		pio_block(channel);
		if (!channel->left && channel->rq->rq_op == BIO_READ)
			end_command(channel, 0);
	}
}

/* The active command has had an interrupt, and this is what it said. */
static void step(struct ide_channel *channel)
{
	if (channel->dma)
		end_command(channel, ide_dma_error(channel));
	else if (channel->rq->rq_op == BIO_FLUSH)
		end_command(channel, channel->status & (ATA_STATUS_ERR | ATA_STATUS_DF) ? -EIO : 0);
	else
		pio_step(channel);
}

static void ide_reap(struct gendisk *disk)
{
	struct ide_drive *drive = drive_of(disk);
	struct ide_channel *channel = drive->channel;

	mutex_lock(&channel->lock);
	if (channel->active == drive && READ_ONCE(channel->fired)) {
		channel->fired = false;
		step(channel);
	}
	mutex_unlock(&channel->lock);
}

/* ------------------------------------------------------------ time-outs */

/* Has the drive done something, and only the interrupt was lost? Then it is as if it had come. */
static bool poll(struct ide_channel *channel)
{
	if (!ide_wait(channel, ATA_STATUS_BSY, 0, POLL_MS))
		return false;
	if (channel->dma && !ide_dma_interrupt(channel))
		return false;
	channel->status = inb(channel->base + ATA_STATUS);
	return true;
}

static void ide_timed_out(struct gendisk *disk)
{
	struct ide_drive *drive = drive_of(disk);
	struct ide_channel *channel = drive->channel;

	mutex_lock(&channel->lock);
	while (channel->active == drive) {
		if (poll(channel)) {
			printk_ratelimited(KERN_WARNING "%s: lost interrupt\n", drive->name);
			step(channel);
		} else {
			ide_reset(channel);
			end_command(channel, -ETIMEDOUT);
		}
	}
	mutex_unlock(&channel->lock);
}

const struct disk_operations ide_operations = {
	.start = ide_start,
	.reap = ide_reap,
	.timed_out = ide_timed_out,
};
