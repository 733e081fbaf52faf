/*
 * virtio over PCI: what both interfaces have in common, and the legacy one: twenty bytes of ports,
 * and what a kind of device adds to them. It is the oldest one and the shortest, and what is not
 * explicitly modern speaks it, so it is preferred.
 */
#include "kernel/drivers/block/virtio_pci.h"

#include "kernel/cpu/io.h"
#include "kernel/cpu/irq.h"
#include "kernel/drivers/block/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "mm/page.h"

/* ------------------------------------------------------------ the legacy interface */

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

static u8 legacy_get_status(struct virtio_pci *dev)
{
	return inb(dev->port + DEVICE_STATUS);
}

static void legacy_set_status(struct virtio_pci *dev, u8 status)
{
	outb(dev->port + DEVICE_STATUS, status);
}

static u32 legacy_negotiate(struct virtio_pci *dev, u32 understood)
{
	u32 features = inl(dev->port + DEVICE_FEATURES) & understood;

	outl(dev->port + DRIVER_FEATURES, features);
	return features;
}

static unsigned int legacy_queue_size(struct virtio_pci *dev, u16 nr)
{
	outw(dev->port + QUEUE_SELECT, nr);
	return inw(dev->port + QUEUE_SIZE);
}

static void legacy_set_queue(struct virtio_pci *dev, u16 nr, const struct vring *vring)
{
	outw(dev->port + QUEUE_SELECT, nr);
	outl(dev->port + QUEUE_ADDRESS, virt_to_phys(vring->desc) / VRING_ALIGN);
}

static void legacy_notify(struct virtio_pci *dev, u16 nr)
{
	outw(dev->port + QUEUE_NOTIFY, nr);
}

static u8 legacy_isr(struct virtio_pci *dev)
{
	return inb(dev->port + ISR_STATUS);
}

static u32 legacy_config32(struct virtio_pci *dev, unsigned int offset)
{
	return inl((u16)(dev->port + DEVICE_CONFIG + offset));
}

static const struct virtio_transport legacy = {
	.get_status = legacy_get_status,
	.set_status = legacy_set_status,
	.negotiate = legacy_negotiate,
	.queue_size = legacy_queue_size,
	.set_queue = legacy_set_queue,
	.notify = legacy_notify,
	.isr = legacy_isr,
	.config32 = legacy_config32,
};

static bool legacy_init(struct virtio_pci *dev)
{
	const struct pci_bar *bar = &dev->pci->bars[0];

	if (!bar->size || !bar->is_io || !bar->start)
		return false;
	dev->port = (u16)bar->start;
	dev->transport = &legacy;
	return true;
}

/* ------------------------------------------------------------ both */

static void add_status(struct virtio_pci *dev, u8 bits)
{
	dev->transport->set_status(dev, dev->transport->get_status(dev) | bits);
}

int virtio_pci_init(struct virtio_pci *dev, struct pci_dev *pci)
{
	dev->pci = pci;
	if (pci->irq >= NR_IRQS || (!legacy_init(dev) && !virtio_modern_init(dev)))
		return -ENODEV;
	pci_enable(pci, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	virtio_reset(dev);
	return 0;
}

#define RESET_LOOKS 100000u /* a device that never comes back from a reset holds nobody up */

void virtio_reset(struct virtio_pci *dev)
{
	dev->transport->set_status(dev, 0);
	for (unsigned int i = 0; i < RESET_LOOKS && dev->transport->get_status(dev); i++)
		io_delay();
	dev->transport->isr(dev);
}

u32 virtio_negotiate(struct virtio_pci *dev, u32 understood)
{
	add_status(dev, VIRTIO_STATUS_ACKNOWLEDGE);
	add_status(dev, VIRTIO_STATUS_DRIVER);
	return dev->transport->negotiate(dev, understood);
}

unsigned int virtio_queue_size(struct virtio_pci *dev, u16 nr)
{
	return dev->transport->queue_size(dev, nr);
}

void virtio_set_queue(struct virtio_pci *dev, u16 nr, const struct vring *vring)
{
	dev->transport->set_queue(dev, nr, vring);
}

void virtio_driver_ok(struct virtio_pci *dev)
{
	add_status(dev, VIRTIO_STATUS_DRIVER_OK);
}

void virtio_failed(struct virtio_pci *dev)
{
	add_status(dev, VIRTIO_STATUS_FAILED);
}

void virtio_notify(struct virtio_pci *dev, u16 nr)
{
	dev->transport->notify(dev, nr);
}

bool virtio_acknowledge(struct virtio_pci *dev)
{
	return dev->transport->isr(dev) != 0;
}

u32 virtio_config32(struct virtio_pci *dev, unsigned int offset)
{
	return dev->transport->config32(dev, offset);
}

u64 virtio_config64(struct virtio_pci *dev, unsigned int offset)
{
	return virtio_config32(dev, offset) | (u64)virtio_config32(dev, offset + 4) << 32;
}
