/*
 * PCI: finding the devices of the machine and reading what they say of themselves
 * (PCI Local Bus Specification 3.0, chapter 6). Configuration mechanism #1: ports 0xCF8, 0xCFC.
 */
#ifndef FOLIO_DRIVERS_PCI_H
#define FOLIO_DRIVERS_PCI_H

#include "kernel/lib/list.h"

#define PCI_COMMAND	   0x04
#define PCI_COMMAND_IO	   0x0001u
#define PCI_COMMAND_MEMORY 0x0002u
#define PCI_COMMAND_MASTER 0x0004u
#define PCI_NR_BARS	   6

struct pci_bar {
	unsigned long start, size; /* a port or a physical address; size 0: there is none */
	bool is_io;
	u8 flags; /* the low bits of the register (PCI 3.0, 6.2.5.1): bit 0 I/O, bit 3 prefetchable */
};

#define PCI_NO_IRQ 0xff

struct pci_dev {
	u8 bus, slot, func;
	u16 vendor, device, subsystem_vendor, subsystem_device;
	u32 class; /* base class, subclass, programming interface: 0xBBSSPP */
	u8 revision, header_type;
	u8 irq; /* the line that the firmware says; PCI_NO_IRQ: none */
	struct pci_bar bars[PCI_NR_BARS];
	const char *driver; /* who uses it, or NULL */
	struct list_head list;
};

/* Configuration space; reg is a byte offset, aligned to the access. Any context. */
u8 pci_read8(const struct pci_dev *dev, unsigned int reg);
u16 pci_read16(const struct pci_dev *dev, unsigned int reg);
u32 pci_read32(const struct pci_dev *dev, unsigned int reg);
void pci_write8(const struct pci_dev *dev, unsigned int reg, u8 value);
void pci_write16(const struct pci_dev *dev, unsigned int reg, u16 value);
void pci_write32(const struct pci_dev *dev, unsigned int reg, u32 value);

/* pci_enable - set these bits (PCI_COMMAND_*) of the command register. */
void pci_enable(const struct pci_dev *dev, u16 command);

/* for_each_pci_dev - fn(dev, ctx), by bus, slot and function, until it returns other than 0. */
int for_each_pci_dev(int (*fn)(struct pci_dev *dev, void *ctx), void *ctx);

/* pci_init - walk the buses. Boot; process context. */
void pci_init(void);

#endif
