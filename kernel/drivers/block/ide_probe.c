/*
 * Finding IDE disks: two channels at the ports that they have had since the PC AT, and the bus
 * master that a PCI controller has for them.
 *
 * A drive is asked to identify itself; 256 words say what it is (ATA/ATAPI-6, 8.15). A drive for
 * packets (CD-ROM) refuses, with a signature in its registers, and is left alone. Where nothing is
 * connected the registers do not keep what is written to them.
 *
 * Left out: controllers in "native" mode, which have other ports, and drives without LBA.
 */
#include "kernel/drivers/block/ide.h"
#include "kernel/drivers/pci.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "kernel/sched.h"
#include "kernel/timer_list.h"
#include "mm/page.h"
#include "mm/slab.h"

#define PCI_CLASS_IDE	0x0101u
#define PCI_IDE_NATIVE	0x05u /* programming interface: one of the channels has other ports */
#define BM_PORTS	8u    /* of each channel */

#define IDENTIFY_WORDS	256u
#define PACKET_MID	0x14u
#define PACKET_HIGH	0xebu
#define IDE_MINORS	64u
#define TIMEOUT_SECONDS 15u

/* Words of the answer to IDENTIFY DEVICE. */
enum identify_word {
	ID_MODEL = 27, /* 20 words, two characters in each, the first one above */
	ID_MULTIPLE = 47,
	ID_CAPABILITIES = 49,
	ID_VALID = 53,
	ID_SECTORS = 60,
	ID_MULTIWORD = 63,
	ID_COMMANDS = 83,
	ID_ULTRA = 88,
	ID_SECTORS_48 = 100
};

#define ID_CAN_DMA	 BIT(8) /* capabilities */
#define ID_CAN_LBA	 BIT(9)
#define ID_ULTRA_VALID	 BIT(2)
#define ID_LBA48	 BIT(10) /* commands */
#define ID_FLUSH	 BIT(12)
#define ID_FLUSH_EXT	 BIT(13)
#define ID_MULTIWORD_SET 0x0700u /* which mode is set */
#define ID_ULTRA_SET	 0x7f00u
#define MODE_MULTIWORD	 0x20u /* SET FEATURES: and the mode's number */

static struct ide_channel channels[] = {
	{.name = "ide0", .base = 0x1f0, .control = 0x3f6, .irq = 14},
	{.name = "ide1", .base = 0x170, .control = 0x376, .irq = 15},
};

static bool no_dma;

static int set_ide(const char *value)
{
	no_dma = value && strcmp(value, "nodma") == 0;
	return no_dma ? 0 : -EINVAL;
}
BOOT_OPTION("ide", set_ide);

/* ------------------------------------------------------------ is there anything? */

/* Does a register keep what is written to it? */
static bool answers(const struct ide_drive *drive)
{
	const struct ide_channel *channel = drive->channel;

	if (inb(channel->control) == 0xff) /* nothing drives the bus */
		return false;
	outb(channel->base + ATA_DEVICE,
	     (u8)(ATA_DEVICE_LBA | (drive->unit ? ATA_DEVICE_UNIT : 0)));
	io_delay();
	outb(channel->base + ATA_COUNT, 0x55);
	outb(channel->base + ATA_LBA_LOW, 0xaa);
	return inb(channel->base + ATA_COUNT) == 0x55 && inb(channel->base + ATA_LBA_LOW) == 0xaa;
}

static bool is_packet_device(const struct ide_channel *channel)
{
	return inb(channel->base + ATA_LBA_MID) == PACKET_MID &&
	       inb(channel->base + ATA_LBA_HIGH) == PACKET_HIGH;
}

/* Ask for the 256 words. 0, or -EIO: refused. */
static int identify(const struct ide_drive *drive, u8 command, u16 *words)
{
	const struct ide_channel *channel = drive->channel;

	if (ide_command(drive, command, 0, 0) || !(inb(channel->control) & ATA_STATUS_DRQ))
		return -EIO;
	for (unsigned int i = 0; i < IDENTIFY_WORDS; i++)
		words[i] = inw(channel->base + ATA_DATA);
	return 0;
}

/* The model's name without the blanks at its end. */
static void model_name(char *name, const u16 *words)
{
	unsigned int length = 0;

	for (unsigned int i = 0; i < 20; i++) {
		name[2 * i] = (char)(words[ID_MODEL + i] >> 8);
		name[2 * i + 1] = (char)words[ID_MODEL + i];
	}
	for (unsigned int i = 0; i < 40; i++) {
		if (name[i] < ' ' || name[i] > '~')
			name[i] = ' ';
		if (name[i] != ' ')
			length = i + 1;
	}
	name[length] = '\0';
}

/* ------------------------------------------------------------ what can it do? */

static sector_t capacity(const u16 *words, bool lba48)
{
	sector_t sectors = 0;

	for (unsigned int i = lba48 ? 4 : 2; i-- > 0;)
		sectors = sectors << 16 | words[(lba48 ? ID_SECTORS_48 : ID_SECTORS) + i];
	return sectors;
}

/* The fastest multiword mode, when the firmware has not set any mode; else 0. */
static u8 mode_to_set(const u16 *words)
{
	unsigned int mode = 2;

	if (words[ID_MULTIWORD] & ID_MULTIWORD_SET ||
	    (words[ID_VALID] & ID_ULTRA_VALID && words[ID_ULTRA] & ID_ULTRA_SET))
		return 0;
	while (mode && !(words[ID_MULTIWORD] & BIT(mode)))
		mode--;
	return (u8)(MODE_MULTIWORD | mode);
}

static bool can_dma(const struct ide_drive *drive, const u16 *words)
{
	bool ultra = words[ID_VALID] & ID_ULTRA_VALID && words[ID_ULTRA] & 0x7f;

	return !no_dma && drive->channel->bus_master && words[ID_CAPABILITIES] & ID_CAN_DMA &&
	       (ultra || words[ID_MULTIWORD] & 0x07);
}

static void learn(struct ide_drive *drive, const u16 *words)
{
	u16 commands = words[ID_COMMANDS];
	struct gendisk *disk = &drive->disk;

	if ((commands & 0xc000) != 0x4000) /* the word is not valid */
		commands = 0;
	drive->lba48 = commands & ID_LBA48;
	drive->flush_ext = commands & ID_FLUSH_EXT;
	drive->dma = can_dma(drive, words);
	drive->dma_mode = drive->dma ? mode_to_set(words) : 0;
	drive->multiple = (u8)max(words[ID_MULTIPLE] & 0xff, 1);
	disk->nr_sectors = capacity(words, drive->lba48);
	disk->write_cache = commands & (ID_FLUSH | ID_FLUSH_EXT);
	disk->max_sectors = drive->lba48 ? IDE_MAX_SECTORS : ATA_MAX_SECTORS_28;
}

static void describe(struct ide_drive *drive, const u16 *words)
{
	char model[41];

	model_name(model, words);
	snprintf(drive->description, sizeof(drive->description), "%s, %s", model,
		 drive->dma ? "DMA" : "PIO");
}

/* ------------------------------------------------------------ adding */

static void add_drive(struct ide_drive *drive, const u16 *words)
{
	struct gendisk *disk = &drive->disk;

	if (!(words[ID_CAPABILITIES] & ID_CAN_LBA)) {
		pr_warn("%s: a disk without LBA: left alone\n", drive->name);
		return;
	}
	learn(drive, words);
	disk->name = drive->name;
	disk->description = drive->description;
	disk->major = drive->channel == &channels[0] ? IDE0_MAJOR : IDE1_MAJOR;
	disk->first_minor = drive->unit * IDE_MINORS;
	disk->minors = IDE_MINORS;
	disk->max_segments = IDE_MAX_SEGMENTS;
	disk->depth = 1;
	disk->timeout = TIMEOUT_SECONDS * HZ;
	disk->ops = &ide_operations;
	disk->driver = drive;
	drive->present = true;
	ide_configure(drive);
	describe(drive, words);
}

static void probe_packet_device(struct ide_drive *drive, u16 *words)
{
	char model[41];

	if (identify(drive, ATA_CMD_IDENTIFY_PACKET, words))
		return;
	model_name(model, words);
	pr_info("%s: %s, a packet device: left alone\n", drive->name, model);
}

static void probe_drive(struct ide_drive *drive, u16 *words)
{
	if (!answers(drive))
		return;
	if (identify(drive, ATA_CMD_IDENTIFY, words) == 0)
		add_drive(drive, words);
	else if (is_packet_device(drive->channel))
		probe_packet_device(drive, words);
}

static void probe_channel(struct ide_channel *channel, char letter, u16 *words)
{
	mutex_init(&channel->lock, channel->name);
	outb(channel->control, ATA_CONTROL_NIEN);
	for (unsigned int unit = 0; unit < 2; unit++) {
		struct ide_drive *drive = &channel->drives[unit];

		drive->channel = channel;
		drive->unit = unit;
		snprintf(drive->name, sizeof(drive->name), "hd%c", letter + (char)unit);
		probe_drive(drive, words);
	}
}

/* Its disks can be used: let its interrupts through. */
static void start_channel(struct ide_channel *channel)
{
	if (!channel->drives[0].present && !channel->drives[1].present)
		return;
	channel->action =
		(struct irqaction){.handler = ide_interrupt, .name = channel->name, .dev = channel};
	inb(channel->base + ATA_STATUS);
	outb(channel->control, 0);
	request_irq(channel->irq, &channel->action);
	for (unsigned int unit = 0; unit < 2; unit++)
		if (channel->drives[unit].present && add_disk(&channel->drives[unit].disk))
			pr_warn("%s: too little memory\n", channel->drives[unit].name);
}

/* The first controller on the PCI bus that has a bus master for these ports. */
static int use_bus_master(struct pci_dev *dev, void *unused)
{
	const struct pci_bar *bar = &dev->bars[4];

	(void)unused;
	if (dev->class >> 8 != PCI_CLASS_IDE || dev->class & PCI_IDE_NATIVE || !bar->is_io ||
	    !bar->start || bar->size < BM_PORTS * ARRAY_SIZE(channels))
		return 0;
	pci_enable(dev, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	dev->driver = "ide";
	for (unsigned int i = 0; i < ARRAY_SIZE(channels); i++) {
		u16 ports = (u16)(bar->start + i * BM_PORTS);

		if (i && inb(ports + BM_STATUS) & BM_STATUS_SIMPLEX)
			break; /* only one of the two at a time: that of hda */
		ide_dma_setup(&channels[i], ports);
	}
	return 1;
}

void ide_init(void)
{
	u16 *words = kmalloc(IDENTIFY_WORDS * sizeof(*words), GFP_KERNEL);

	if (!words)
		return;
	if (!no_dma)
		for_each_pci_dev(use_bus_master, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(channels); i++)
		probe_channel(&channels[i], (char)('a' + 2 * i), words);
	kfree(words);
	for (unsigned int i = 0; i < ARRAY_SIZE(channels); i++)
		start_channel(&channels[i]);
}
