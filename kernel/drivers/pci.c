/*
 * PCI: the buses are walked once, at boot, and what is found stays in a list.
 *
 * A function of a device is addressed by its bus, slot and number and shows 256 bytes of
 * configuration space, in which it says what it is and which ports, addresses and interrupt line
 * the firmware has given to it. Two ports open that space: an address is written into the one, the
 * data come through the other. Folio leaves everything where the firmware put it.
 *
 *	bus 0:  00.0 host bridge   01.0 ISA bridge   01.1 IDE   02.0 bridge ---> bus 1:  00.0 ...
 *
 * A bridge's bus has a higher number than the one that the bridge is on, so that one pass over the
 * numbers meets all buses. Not here: hot-plugging, memory-mapped configuration, message-signalled
 * interrupts, expansion ROMs.
 */
#include "kernel/drivers/pci.h"

#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/bitmap.h"
#include "kernel/printk.h"
#include "mm/slab.h"

/* PCI Local Bus Specification 3.0, 3.2.2.3.2: configuration mechanism #1. */
#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

/* The same, 6.1: the header; PCI-to-PCI Bridge Architecture 1.2, 3.2: a bridge's. */
#define PCI_VENDOR_ID	    0x00
#define PCI_CLASS_REVISION  0x08
#define PCI_HEADER_TYPE	    0x0e
#define PCI_BASE_ADDRESS(n) (0x10 + 4 * (n))
#define PCI_SECONDARY_BUS   0x19 /* bridges */
#define PCI_SUBSYSTEM_ID    0x2c /* with its vendor in the low half; devices only */
#define PCI_INTERRUPT_LINE  0x3c
#define PCI_INTERRUPT_PIN   0x3d

#define HEADER_TYPE_DEVICE  0
#define HEADER_TYPE_BRIDGE  1
#define HEADER_MULTI	    0x80u /* there are more functions than 0 */

#define BAR_IO		    0x1u
#define BAR_64BIT	    0x4u /* memory: the next register is the upper half */
#define BAR_IO_MASK	    (~0x3u)
#define BAR_MEM_MASK	    (~0xfu)

#define NR_BUSES	    256
#define NR_SLOTS	    32
#define NR_FUNCS	    8

static LIST_HEAD(devices); /* by bus, slot and function */
static DECLARE_BITMAP(buses, NR_BUSES);

/* ------------------------------------------------------------ configuration space */

/* The two ports belong together: no interrupt handler in between. */
static unsigned long select_reg(const struct pci_dev *dev, unsigned int reg)
{
	unsigned long flags = local_irq_save();

	outl(CONFIG_ADDRESS, CONFIG_ENABLE | (u32)dev->bus << 16 | (u32)dev->slot << 11 |
				     (u32)dev->func << 8 | (reg & 0xfc));
	return flags;
}

u8 pci_read8(const struct pci_dev *dev, unsigned int reg)
{
	unsigned long flags = select_reg(dev, reg);
	u8 value = inb((u16)(CONFIG_DATA + (reg & 3)));

	local_irq_restore(flags);
	return value;
}

u16 pci_read16(const struct pci_dev *dev, unsigned int reg)
{
	unsigned long flags = select_reg(dev, reg);
	u16 value = inw((u16)(CONFIG_DATA + (reg & 2)));

	local_irq_restore(flags);
	return value;
}

u32 pci_read32(const struct pci_dev *dev, unsigned int reg)
{
	unsigned long flags = select_reg(dev, reg);
	u32 value = inl(CONFIG_DATA);

	local_irq_restore(flags);
	return value;
}

void pci_write8(const struct pci_dev *dev, unsigned int reg, u8 value)
{
	unsigned long flags = select_reg(dev, reg);

	outb((u16)(CONFIG_DATA + (reg & 3)), value);
	local_irq_restore(flags);
}

void pci_write16(const struct pci_dev *dev, unsigned int reg, u16 value)
{
	unsigned long flags = select_reg(dev, reg);

	outw((u16)(CONFIG_DATA + (reg & 2)), value);
	local_irq_restore(flags);
}

void pci_write32(const struct pci_dev *dev, unsigned int reg, u32 value)
{
	unsigned long flags = select_reg(dev, reg);

	outl(CONFIG_DATA, value);
	local_irq_restore(flags);
}

void pci_enable(const struct pci_dev *dev, u16 command)
{
	u16 old = pci_read16(dev, PCI_COMMAND);

	if ((old & command) != command)
		pci_write16(dev, PCI_COMMAND, old | command);
}

/* The address register of mechanism #1 can be read back; where there is none, nothing answers. */
static bool mechanism_1_works(void)
{
	unsigned long flags = local_irq_save();
	u32 old = inl(CONFIG_ADDRESS);
	bool works;

	outl(CONFIG_ADDRESS, CONFIG_ENABLE);
	works = inl(CONFIG_ADDRESS) == CONFIG_ENABLE;
	outl(CONFIG_ADDRESS, old);
	local_irq_restore(flags);
	return works;
}

/* ------------------------------------------------------------ what a device says of itself */

/* Address bits that cannot be set are the size (6.2.5.1). Decoding is off: see read_bars(). */
static u32 writable_bits(const struct pci_dev *dev, unsigned int reg, u32 old)
{
	u32 bits;

	pci_write32(dev, reg, ~0u);
	bits = pci_read32(dev, reg);
	pci_write32(dev, reg, old);
	return bits;
}

/* One region; returns how many registers it takes. */
static unsigned int read_bar(struct pci_dev *dev, unsigned int nr)
{
	const unsigned int reg = PCI_BASE_ADDRESS(nr);
	const u32 old = pci_read32(dev, reg), bits = writable_bits(dev, reg, old);
	struct pci_bar *bar = &dev->bars[nr];
	u32 mask;

	bar->is_io = old & BAR_IO;
	mask = bits & (bar->is_io ? BAR_IO_MASK : BAR_MEM_MASK);
	bar->start = old & (bar->is_io ? BAR_IO_MASK : BAR_MEM_MASK);
	bar->flags = (u8)(old & ~(bar->is_io ? BAR_IO_MASK : BAR_MEM_MASK));
	bar->size = mask & -mask;
	if (bar->is_io || !(bar->flags & BAR_64BIT))
		return 1;
	if (nr + 1 < PCI_NR_BARS && pci_read32(dev, reg + 4)) /* above 4 GiB: out of our reach */
		bar->start = bar->size = 0;
	return 2;
}

/*
 * While its size is asked for, a region seems to lie at the top of all addresses, where it must
 * not answer. The screen's card does not answer anywhere then: no interrupt handler may print.
 */
static void read_bars(struct pci_dev *dev)
{
	const unsigned int type = dev->header_type & ~HEADER_MULTI;
	const unsigned int count = type == HEADER_TYPE_DEVICE	? PCI_NR_BARS
				   : type == HEADER_TYPE_BRIDGE ? 2
								: 0;
	unsigned long flags = local_irq_save();
	u16 command = pci_read16(dev, PCI_COMMAND);

	pci_write16(dev, PCI_COMMAND, command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	for (unsigned int nr = 0; nr < count;)
		nr += read_bar(dev, nr);
	pci_write16(dev, PCI_COMMAND, command);
	local_irq_restore(flags);
}

static void read_header(struct pci_dev *dev, u32 id)
{
	const u32 class = pci_read32(dev, PCI_CLASS_REVISION);

	dev->vendor = (u16)id;
	dev->device = (u16)(id >> 16);
	dev->class = class >> 8;
	dev->revision = (u8) class;
	dev->header_type = pci_read8(dev, PCI_HEADER_TYPE);
	dev->irq =
		pci_read8(dev, PCI_INTERRUPT_PIN) ? pci_read8(dev, PCI_INTERRUPT_LINE) : PCI_NO_IRQ;
	if ((dev->header_type & ~HEADER_MULTI) == HEADER_TYPE_DEVICE) {
		u32 subsystem = pci_read32(dev, PCI_SUBSYSTEM_ID);

		dev->subsystem_vendor = (u16)subsystem;
		dev->subsystem_device = (u16)(subsystem >> 16);
	}
	read_bars(dev);
}

/* ------------------------------------------------------------ the walk */

static void add_device(const struct pci_dev *found)
{
	struct pci_dev *dev = kmalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev) {
		pr_err("pci: no memory for device %02x:%02x.%u\n", found->bus, found->slot,
		       found->func);
		return;
	}
	*dev = *found;
	list_add_tail(&dev->list, &devices);
	pr_debug("pci: %02x:%02x.%u  %04x:%04x  class %06x", dev->bus, dev->slot, dev->func,
		 dev->vendor, dev->device, dev->class);
	if (dev->irq == PCI_NO_IRQ)
		pr_cont("\n");
	else
		pr_cont("  irq %u\n", dev->irq);
}

static void note_bridge(const struct pci_dev *dev)
{
	u8 behind;

	if ((dev->header_type & ~HEADER_MULTI) != HEADER_TYPE_BRIDGE)
		return;
	behind = pci_read8(dev, PCI_SECONDARY_BUS);
	if (behind > dev->bus)
		set_bit(behind, buses);
}

/* A slot's functions, of which the first must exist; the others may have gaps. */
static void scan_slot(unsigned int bus, unsigned int slot)
{
	unsigned int nr_funcs = 1;

	for (unsigned int func = 0; func < nr_funcs; func++) {
		struct pci_dev dev = {.bus = (u8)bus, .slot = (u8)slot, .func = (u8)func};
		const u32 id = pci_read32(&dev, PCI_VENDOR_ID);

		if ((u16)id == 0xffff || !(u16)id) /* nobody answers */
			continue;
		read_header(&dev, id);
		if (!func && (dev.header_type & HEADER_MULTI))
			nr_funcs = NR_FUNCS;
		note_bridge(&dev);
		add_device(&dev);
	}
}

int for_each_pci_dev(int (*fn)(struct pci_dev *dev, void *ctx), void *ctx)
{
	struct pci_dev *dev;
	int ret = 0;

	list_for_each_entry (dev, &devices, list) {
		ret = fn(dev, ctx);
		if (ret)
			break;
	}
	return ret;
}

static int count_device(struct pci_dev *dev, void *count)
{
	(void)dev;
	++*(unsigned int *)count;
	return 0;
}

void pci_init(void)
{
	unsigned int nr_devices = 0, nr_buses = 0;

	if (!mechanism_1_works()) {
		pr_info("pci: none\n");
		return;
	}
	set_bit(0, buses);
	for (unsigned int bus = 0; bus < NR_BUSES; bus++) {
		if (!test_bit(bus, buses))
			continue;
		nr_buses++;
		for (unsigned int slot = 0; slot < NR_SLOTS; slot++)
			scan_slot(bus, slot);
	}
	for_each_pci_dev(count_device, &nr_devices);
	pr_info("pci: %u device%s on %u bus%s\n", nr_devices, nr_devices == 1 ? "" : "s", nr_buses,
		nr_buses == 1 ? "" : "es");
}
