/*
 * virtio over PCI by the modern interface (Virtio 1.0, 4.1.4): structures in memory regions of the
 * device, to which capabilities in its configuration space point.
 *
 *	capability 1 -> common configuration	features, status, queues
 *	capability 2 -> notifications
 *	capability 3 -> interrupt status
 *	capability 4 -> the device's own configuration
 *	capability 5: a window in configuration space itself, onto all of these
 *
 * Everything here goes through the window, so that no region need be mapped. An access takes four
 * steps in place of one; but what is done often is done in the ring, which is plain memory, and
 * there are two accesses for each request.
 */
#include "kernel/drivers/block/virtio_pci.h"

#include "kernel/cpu/irqflags.h"
#include "kernel/drivers/block/virtio_ring.h"
#include "kernel/lib/bitops.h"
#include "mm/page.h"

/* PCI Local Bus Specification 3.0, 6.7 */
#define PCI_STATUS	    0x06
#define PCI_STATUS_CAP_LIST 0x10u
#define PCI_CAPABILITIES    0x34
#define PCI_CAP_VENDOR	    0x09
#define PCI_MOST_CAPS	    48 /* as many as there is room for */

/* Virtio 1.0, 4.1.4: offsets in a capability. */
#define CAP_NEXT	      1
#define CAP_TYPE	      3
#define CAP_BAR		      4
#define CAP_OFFSET	      8
#define CAP_LENGTH	      12
#define CAP_NOTIFY_MULTIPLIER 16
#define CAP_WINDOW_DATA	      16

enum cap_type { CAP_COMMON = 1, CAP_NOTIFY, CAP_ISR, CAP_DEVICE, CAP_WINDOW };

/* 4.1.4.3: offsets in the common configuration. */
#define DEVICE_FEATURE_SELECT 0	 /* 32 bits: which word of them */
#define DEVICE_FEATURE	      4	 /* 32 */
#define DRIVER_FEATURE_SELECT 8	 /* 32 */
#define DRIVER_FEATURE	      12 /* 32 */
#define DEVICE_STATUS	      20 /* 8 */
#define QUEUE_SELECT	      22 /* 16 */
#define QUEUE_SIZE	      24 /* 16 */
#define QUEUE_ENABLE	      28 /* 16 */
#define QUEUE_NOTIFY_OFF      30 /* 16 */
#define QUEUE_DESC	      32 /* 64 */
#define QUEUE_DRIVER	      40 /* 64: avail */
#define QUEUE_DEVICE	      48 /* 64: used */

/* ------------------------------------------------------------ the window */

/* Interrupt handlers look through it too: they are kept off from here to the access. */
static unsigned long aim(struct virtio_pci *dev, const struct virtio_region *region, u32 offset,
			 u32 size)
{
	unsigned long flags = local_irq_save();

	pci_write8(dev->pci, dev->window + CAP_BAR, region->bar);
	pci_write32(dev->pci, dev->window + CAP_OFFSET, region->offset + offset);
	pci_write32(dev->pci, dev->window + CAP_LENGTH, size);
	return flags;
}

static u8 read8(struct virtio_pci *dev, const struct virtio_region *region, u32 offset)
{
	unsigned long flags = aim(dev, region, offset, 1);
	u8 value = pci_read8(dev->pci, dev->window + CAP_WINDOW_DATA);

	local_irq_restore(flags);
	return value;
}

static u16 read16(struct virtio_pci *dev, const struct virtio_region *region, u32 offset)
{
	unsigned long flags = aim(dev, region, offset, 2);
	u16 value = pci_read16(dev->pci, dev->window + CAP_WINDOW_DATA);

	local_irq_restore(flags);
	return value;
}

static u32 read32(struct virtio_pci *dev, const struct virtio_region *region, u32 offset)
{
	unsigned long flags = aim(dev, region, offset, 4);
	u32 value = pci_read32(dev->pci, dev->window + CAP_WINDOW_DATA);

	local_irq_restore(flags);
	return value;
}

static void write8(struct virtio_pci *dev, const struct virtio_region *region, u32 offset, u8 value)
{
	unsigned long flags = aim(dev, region, offset, 1);

	pci_write8(dev->pci, dev->window + CAP_WINDOW_DATA, value);
	local_irq_restore(flags);
}

static void write16(struct virtio_pci *dev, const struct virtio_region *region, u32 offset,
		    u16 value)
{
	unsigned long flags = aim(dev, region, offset, 2);

	pci_write16(dev->pci, dev->window + CAP_WINDOW_DATA, value);
	local_irq_restore(flags);
}

static void write32(struct virtio_pci *dev, const struct virtio_region *region, u32 offset,
		    u32 value)
{
	unsigned long flags = aim(dev, region, offset, 4);

	pci_write32(dev->pci, dev->window + CAP_WINDOW_DATA, value);
	local_irq_restore(flags);
}

/* ------------------------------------------------------------ the transport */

static u8 modern_get_status(struct virtio_pci *dev)
{
	return read8(dev, &dev->common, DEVICE_STATUS);
}

static void modern_set_status(struct virtio_pci *dev, u8 status)
{
	write8(dev, &dev->common, DEVICE_STATUS, status);
}

static u32 device_features(struct virtio_pci *dev, u32 word)
{
	write32(dev, &dev->common, DEVICE_FEATURE_SELECT, word);
	return read32(dev, &dev->common, DEVICE_FEATURE);
}

static void driver_features(struct virtio_pci *dev, u32 word, u32 features)
{
	write32(dev, &dev->common, DRIVER_FEATURE_SELECT, word);
	write32(dev, &dev->common, DRIVER_FEATURE, features);
}

/* The bits from 32 on are ours to know: that the interface is the modern one. */
static u32 modern_negotiate(struct virtio_pci *dev, u32 understood)
{
	u32 features = device_features(dev, 0) & understood;

	driver_features(dev, 0, features);
	driver_features(dev, 1, device_features(dev, 1) & BIT(VIRTIO_F_VERSION_1 - 32));
	modern_set_status(dev, modern_get_status(dev) | VIRTIO_STATUS_FEATURES_OK);
	dev->refused = !(modern_get_status(dev) & VIRTIO_STATUS_FEATURES_OK);
	return features;
}

static unsigned int modern_queue_size(struct virtio_pci *dev, u16 nr)
{
	write16(dev, &dev->common, QUEUE_SELECT, nr);
	return read16(dev, &dev->common, QUEUE_SIZE);
}

static void write_address(struct virtio_pci *dev, u32 offset, unsigned long phys)
{
	write32(dev, &dev->common, offset, phys);
	write32(dev, &dev->common, offset + 4, 0);
}

static void modern_set_queue(struct virtio_pci *dev, u16 nr, const struct vring *vring)
{
	write16(dev, &dev->common, QUEUE_SELECT, nr);
	write_address(dev, QUEUE_DESC, virt_to_phys(vring->desc));
	write_address(dev, QUEUE_DRIVER, virt_to_phys(vring->avail));
	write_address(dev, QUEUE_DEVICE, virt_to_phys(vring->used));
	dev->notify_offset = read16(dev, &dev->common, QUEUE_NOTIFY_OFF) * dev->notify_multiplier;
	write16(dev, &dev->common, QUEUE_ENABLE, 1);
}

static void modern_notify(struct virtio_pci *dev, u16 nr)
{
	write16(dev, &dev->notify, dev->notify_offset, nr);
}

static u8 modern_isr(struct virtio_pci *dev)
{
	return read8(dev, &dev->isr, 0);
}

static u32 modern_config32(struct virtio_pci *dev, unsigned int offset)
{
	return read32(dev, &dev->device, offset);
}

static const struct virtio_transport modern = {
	.get_status = modern_get_status,
	.set_status = modern_set_status,
	.negotiate = modern_negotiate,
	.queue_size = modern_queue_size,
	.set_queue = modern_set_queue,
	.notify = modern_notify,
	.isr = modern_isr,
	.config32 = modern_config32,
};

/* ------------------------------------------------------------ finding it */

/* Note one capability; its type, or 0. The first of each type counts (4.1.4). */
static unsigned int note_capability(struct virtio_pci *dev, unsigned int cap, unsigned int seen)
{
	struct virtio_region *const regions[] = {[CAP_COMMON] = &dev->common,
						 [CAP_NOTIFY] = &dev->notify,
						 [CAP_ISR] = &dev->isr,
						 [CAP_DEVICE] = &dev->device};
	const unsigned int type = pci_read8(dev->pci, cap + CAP_TYPE);

	if (pci_read8(dev->pci, cap) != PCI_CAP_VENDOR || type < CAP_COMMON || type > CAP_WINDOW ||
	    (seen & BIT(type)))
		return 0;
	if (type == CAP_WINDOW) {
		dev->window = (u8)cap;
		return type;
	}
	regions[type]->bar = pci_read8(dev->pci, cap + CAP_BAR);
	regions[type]->offset = pci_read32(dev->pci, cap + CAP_OFFSET);
	if (type == CAP_NOTIFY)
		dev->notify_multiplier = pci_read32(dev->pci, cap + CAP_NOTIFY_MULTIPLIER);
	return type;
}

bool virtio_modern_init(struct virtio_pci *dev)
{
	const unsigned int all = BIT(CAP_COMMON) | BIT(CAP_NOTIFY) | BIT(CAP_ISR) |
				 BIT(CAP_DEVICE) | BIT(CAP_WINDOW);
	unsigned int seen = 0, cap, left = PCI_MOST_CAPS;

	if (!(pci_read16(dev->pci, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return false;
	cap = pci_read8(dev->pci, PCI_CAPABILITIES) & ~3u;
	while (cap && left--) {
		unsigned int type = note_capability(dev, cap, seen);

		if (type)
			seen |= BIT(type);
		cap = pci_read8(dev->pci, cap + CAP_NEXT) & ~3u;
	}
	dev->transport = &modern;
	return (seen & all) == all;
}
