/*
 * virtio over PCI by the legacy interface: twenty bytes of ports, and what a kind of device adds
 * to them. It is the oldest one and the shortest; all that QEMU makes by default speak it.
 */
#include "kernel/drivers/block/virtio_pci.h"

#include "kernel/cpu/io.h"
#include "kernel/cpu/irq.h"
#include "kernel/drivers/block/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "mm/page.h"

/* Virtio 1.0, 4.1.4.8: offsets in region 0. */
#define DEVICE_FEATURES 0x00 /* 32 bits */
#define DRIVER_FEATURES 0x04 /* 32 */
#define QUEUE_ADDRESS	0x08 /* 32, in pages */
#define QUEUE_SIZE	0x0c /* 16 */
#define QUEUE_SELECT	0x0e /* 16 */
#define QUEUE_NOTIFY	0x10 /* 16 */
#define DEVICE_STATUS	0x12 /* 8 */
#define ISR_STATUS	0x13 /* 8; reading takes the line down */
#define DEVICE_CONFIG	0x14 /* as long as MSI-X is not enabled */

/* 2.1 */
#define STATUS_ACKNOWLEDGE 1u
#define STATUS_DRIVER	   2u
#define STATUS_DRIVER_OK   4u
#define STATUS_FAILED	   128u

static void add_status(struct virtio_pci *dev, u8 bits)
{
	outb(dev->port + DEVICE_STATUS, inb(dev->port + DEVICE_STATUS) | bits);
}

int virtio_pci_init(struct virtio_pci *dev, struct pci_dev *pci)
{
	const struct pci_bar *bar = &pci->bars[0];

	if (!bar->size || !bar->is_io || !bar->start || pci->irq >= NR_IRQS)
		return -ENODEV;
	dev->pci = pci;
	dev->port = (u16)bar->start;
	pci_enable(pci, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
	virtio_reset(dev);
	return 0;
}

void virtio_reset(struct virtio_pci *dev)
{
	outb(dev->port + DEVICE_STATUS, 0);
	inb(dev->port + ISR_STATUS);
}

u32 virtio_negotiate(struct virtio_pci *dev, u32 understood)
{
	u32 features;

	add_status(dev, STATUS_ACKNOWLEDGE);
	add_status(dev, STATUS_DRIVER);
	features = inl(dev->port + DEVICE_FEATURES) & understood;
	outl(dev->port + DRIVER_FEATURES, features);
	return features;
}

unsigned int virtio_queue_size(struct virtio_pci *dev, u16 nr)
{
	outw(dev->port + QUEUE_SELECT, nr);
	return inw(dev->port + QUEUE_SIZE);
}

void virtio_set_queue(struct virtio_pci *dev, u16 nr, const void *memory)
{
	outw(dev->port + QUEUE_SELECT, nr);
	outl(dev->port + QUEUE_ADDRESS, virt_to_phys(memory) / VRING_ALIGN);
}

void virtio_driver_ok(struct virtio_pci *dev)
{
	add_status(dev, STATUS_DRIVER_OK);
}

void virtio_failed(struct virtio_pci *dev)
{
	add_status(dev, STATUS_FAILED);
}

void virtio_notify(struct virtio_pci *dev, u16 nr)
{
	outw(dev->port + QUEUE_NOTIFY, nr);
}

bool virtio_acknowledge(struct virtio_pci *dev)
{
	return inb(dev->port + ISR_STATUS) != 0;
}

u8 virtio_config8(struct virtio_pci *dev, unsigned int offset)
{
	return inb((u16)(dev->port + DEVICE_CONFIG + offset));
}

u32 virtio_config32(struct virtio_pci *dev, unsigned int offset)
{
	return inl((u16)(dev->port + DEVICE_CONFIG + offset));
}

u64 virtio_config64(struct virtio_pci *dev, unsigned int offset)
{
	return virtio_config32(dev, offset) | (u64)virtio_config32(dev, offset + 4) << 32;
}
