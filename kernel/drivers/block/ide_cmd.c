/*
 * The registers of an IDE channel: selecting a drive, waiting, commands without data, the reset.
 *
 * Both drives of a channel hear everything; the device register says who is meant. The control
 * register, read, is the status without acknowledging an interrupt: waiting looks there.
 */
#include "kernel/cpu/clock.h"
#include "kernel/drivers/block/ide.h"
#include "kernel/lib/errno.h"
#include "kernel/timer_list.h"

#define SELECT_MS     100u
#define COMMAND_MS    1000u
#define RESET_MS      5000u

#define NSEC_PER_MSEC 1000000u
#define SPIN_NS	      (1 * NSEC_PER_MSEC) /* look without sleeping for so long */

static u8 alt_status(const struct ide_channel *channel)
{
	return inb(channel->control);
}

bool ide_wait(const struct ide_channel *channel, u8 mask, u8 value, unsigned int ms)
{
	u64 begin = ktime_get_ns();

	while ((alt_status(channel) & mask) != value) {
		u64 passed = ktime_get_ns() - begin;

		if (passed > (u64)ms * NSEC_PER_MSEC)
			return (alt_status(channel) & mask) == value;
		if (passed > SPIN_NS)
			msleep(1);
	}
	return true;
}

/* 400 ns: so long a drive may take to show its status (ATA/ATAPI-6, 9.4 and following). */
static void settle(const struct ide_channel *channel)
{
	for (unsigned int i = 0; i < 4; i++)
		alt_status(channel);
}

bool ide_select(const struct ide_drive *drive)
{
	const struct ide_channel *channel = drive->channel;
	u8 idle = ATA_STATUS_BSY | ATA_STATUS_DRQ;

	if (!ide_wait(channel, idle, 0, SELECT_MS))
		return false;
	outb(channel->base + ATA_DEVICE,
	     (u8)(ATA_DEVICE_LBA | (drive->unit ? ATA_DEVICE_UNIT : 0)));
	settle(channel);
	return ide_wait(channel, idle, 0, SELECT_MS);
}

int ide_command(const struct ide_drive *drive, u8 command, u8 features, u8 count)
{
	const struct ide_channel *channel = drive->channel;

	if (!ide_select(drive))
		return -EIO;
	outb(channel->base + ATA_FEATURES, features);
	outb(channel->base + ATA_COUNT, count);
	outb(channel->base + ATA_COMMAND, command);
	settle(channel);
	if (!ide_wait(channel, ATA_STATUS_BSY, 0, COMMAND_MS))
		return -EIO;
	return inb(channel->base + ATA_STATUS) & (ATA_STATUS_ERR | ATA_STATUS_DF) ? -EIO : 0;
}

void ide_configure(struct ide_drive *drive)
{
	if (drive->dma_mode)
		ide_command(drive, ATA_CMD_SET_FEATURES, ATA_FEATURE_SET_MODE, drive->dma_mode);
	if (drive->multiple > 1 && ide_command(drive, ATA_CMD_SET_MULTIPLE, 0, drive->multiple))
		drive->multiple = 1;
}

void ide_reset(struct ide_channel *channel)
{
	ide_dma_stop(channel);
	outb(channel->control, ATA_CONTROL_SRST | ATA_CONTROL_NIEN);
	udelay(10);
	outb(channel->control, 0);
	msleep(2);
	ide_wait(channel, ATA_STATUS_BSY, 0, RESET_MS);
	for (unsigned int unit = 0; unit < 2; unit++)
		if (channel->drives[unit].present)
			ide_configure(&channel->drives[unit]);
}
