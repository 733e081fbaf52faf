/*
 * IDE disks: what the files of the driver share. Registers and commands are those of ATA/ATAPI-6
 * (T13/1410D), chapters 5 to 8; the bus master is that of "Programming Interface for Bus Master IDE
 * Controller", revision 1.0, and of Intel's PIIX3 (order 290550).
 *
 *	ide_probe.c  which channels there are, and what is connected to them
 *	ide_io.c     requests: start, interrupt, end; PIO; time-outs
 *	ide_dma.c    the bus master
 *	ide_cmd.c    registers: selecting, waiting, commands without data, reset
 */
#ifndef FOLIO_BLOCK_IDE_H
#define FOLIO_BLOCK_IDE_H

#include "kernel/cpu/io.h"
#include "kernel/cpu/irq.h"
#include "kernel/drivers/block/blkdev.h"
#include "kernel/mutex.h"

/* Registers of a channel, from its base (ATA/ATAPI-6, chapter 7). */
#define ATA_DATA	0
#define ATA_ERROR	1 /* read */
#define ATA_FEATURES	1 /* written */
#define ATA_COUNT	2
#define ATA_LBA_LOW	3
#define ATA_LBA_MID	4
#define ATA_LBA_HIGH	5
#define ATA_DEVICE	6
#define ATA_STATUS	7 /* read: says that the interrupt was seen */
#define ATA_COMMAND	7 /* written */

#define ATA_STATUS_ERR	0x01u
#define ATA_STATUS_DRQ	0x08u
#define ATA_STATUS_DF	0x20u
#define ATA_STATUS_DRDY 0x40u
#define ATA_STATUS_BSY	0x80u

#define ATA_DEVICE_LBA	0xe0u /* with the two bits that were always one */
#define ATA_DEVICE_UNIT 0x10u

/* The control register: written; read, it is the status without its side effect. */
#define ATA_CONTROL_NIEN 0x02u
#define ATA_CONTROL_SRST 0x04u

/* Commands without data; those with data are in a table of ide_io.c. */
#define ATA_CMD_IDENTIFY	0xecu
#define ATA_CMD_IDENTIFY_PACKET 0xa1u
#define ATA_CMD_SET_MULTIPLE	0xc6u
#define ATA_CMD_SET_FEATURES	0xefu
#define ATA_CMD_FLUSH		0xe7u
#define ATA_CMD_FLUSH_EXT	0xeau
#define ATA_FEATURE_SET_MODE	0x03u

#define ATA_MAX_SECTORS_28	256u
#define ATA_LIMIT_28		(1u << 28)

/* Registers of the bus master, from the channel's part of BAR4. */
#define BM_COMMAND	     0
#define BM_STATUS	     2
#define BM_TABLE	     4
#define BM_COMMAND_START     0x01u
#define BM_COMMAND_TO_MEMORY 0x08u
#define BM_STATUS_ACTIVE     0x01u
#define BM_STATUS_ERROR	     0x02u /* cleared by writing it, and so is the next */
#define BM_STATUS_INTERRUPT  0x04u
#define BM_STATUS_SIMPLEX    0x80u

#define IDE_MAX_SECTORS	     2048u /* 1 MiB */
#define IDE_MAX_SEGMENTS     512u  /* entries of a page */

struct ide_prd;

struct ide_drive {
	struct ide_channel *channel;
	unsigned int unit; /* 0: master, 1: slave */
	bool present;	   /* a disk, with all that follows */
	bool lba48, flush_ext;
	bool dma;
	u8 dma_mode;		/* for SET FEATURES; 0: the firmware has chosen one */
	u8 multiple;		/* sectors between two interrupts of PIO; 1: READ SECTORS */
	unsigned int dma_blame; /* so often in a row PIO could do what DMA could not */
	bool wants;		/* it was refused because the other drive was busy */
	char name[4], description[64];
	struct gendisk disk;
};

struct ide_channel {
	const char *name;
	u16 base, control, bus_master; /* ports; bus_master 0: there is none */
	u8 irq;
	struct ide_drive drives[2];
	struct mutex lock;   /* all below; one command at a time for both drives */
	struct ide_prd *prd; /* a page */
	struct irqaction action;

	struct ide_drive *last;	  /* who had the last command */
	struct ide_drive *active; /* who has one now, and which; read by the interrupt handler */
	struct request *rq;
	bool dma;
	/* PIO: where in the request it is */
	struct bio *bio;
	unsigned int vec, offset; /* in the bio, in the vector */
	unsigned int left;	  /* sectors */

	/* What the interrupt handler saw. */
	bool fired;
	u8 status, bm_status;
};

/* ---- ide_cmd.c: process context; under the channel's lock, or at boot ------------------------ */

/* ide_wait - until (status & mask) == value; false: not within `ms` milliseconds. May sleep. */
bool ide_wait(const struct ide_channel *channel, u8 mask, u8 value, unsigned int ms);

/* ide_select - the registers are this drive's from now on; false: the channel remains busy. */
bool ide_select(const struct ide_drive *drive);

/* ide_command - a command without data or interrupt, to its end. 0 or -EIO. */
int ide_command(const struct ide_drive *drive, u8 command, u8 features, u8 count);

/* ide_configure - transfer mode and sectors per interrupt, which a reset forgets. */
void ide_configure(struct ide_drive *drive);

/* ide_reset - bring both drives of a channel to a known state. */
void ide_reset(struct ide_channel *channel);

/* ---- ide_dma.c ------------------------------------------------------------------------------- */

/*
 * ide_dma_setup - a channel's bus master at these ports can be used; without memory it is not.
 * ide_dma_prepare - aim it at a request's pages; ide_dma_start - go, after the command.
 * ide_dma_stop - end what it does, if anything.
 * ide_dma_interrupt - in the handler: was it this channel? Then it is stopped and acknowledged.
 */
void ide_dma_setup(struct ide_channel *channel, u16 ports);
void ide_dma_prepare(struct ide_channel *channel, const struct request *rq);
void ide_dma_start(struct ide_channel *channel, const struct request *rq);
void ide_dma_stop(struct ide_channel *channel);
bool ide_dma_interrupt(struct ide_channel *channel);

/* ide_dma_error - what the last interrupt says of the transfer: 0 or -EIO. */
int ide_dma_error(const struct ide_channel *channel);

/* ---- ide_io.c -------------------------------------------------------------------------------- */

extern const struct disk_operations ide_operations;
void ide_interrupt(unsigned int irq, void *dev, struct pt_regs *regs);

/* ide_init - find the disks and add them. Boot; process context, after pci_init(). */
void ide_init(void);

#endif
