/*
 * The way to a virtio device over PCI: the registers of the legacy interface, which transitional
 * devices have too (Virtio 1.0, 4.1.4.8): ports, in region 0.
 */
#ifndef FOLIO_BLOCK_VIRTIO_PCI_H
#define FOLIO_BLOCK_VIRTIO_PCI_H

#include "kernel/drivers/pci.h"

#define VIRTIO_VENDOR		    0x1af4
#define VIRTIO_F_RING_INDIRECT_DESC 28 /* bit of the features: Virtio 1.0, 6 */

struct virtio_pci {
	struct pci_dev *pci;
	u16 port;
};

/*
 * virtio_pci_init - use this device; it is reset. 0, or -ENODEV: it has no legacy interface, or no
 * interrupt line. Boot.
 */
int virtio_pci_init(struct virtio_pci *dev, struct pci_dev *pci);

/* virtio_reset - it forgets everything, and touches no memory any more when this returns. */
void virtio_reset(struct virtio_pci *dev);

/*
 * virtio_negotiate - a driver is there that understands these features (a mask); returns those of
 * them that the device has.
 */
u32 virtio_negotiate(struct virtio_pci *dev, u32 understood);

/* virtio_queue_size - descriptors of its queue nr; 0: there is none. */
unsigned int virtio_queue_size(struct virtio_pci *dev, u16 nr);

/* virtio_set_queue - the memory of queue nr, aligned to VRING_ALIGN. */
void virtio_set_queue(struct virtio_pci *dev, u16 nr, const void *memory);

/* virtio_driver_ok - everything is set up; virtio_failed - the driver has given up. */
void virtio_driver_ok(struct virtio_pci *dev);
void virtio_failed(struct virtio_pci *dev);

/* virtio_notify - there is something new in queue nr. Any context. */
void virtio_notify(struct virtio_pci *dev, u16 nr);

/* virtio_acknowledge - was it this device that interrupted? Takes the line down. Any context. */
bool virtio_acknowledge(struct virtio_pci *dev);

/* virtio_config8, ... - the device's own configuration, by byte offset. */
u8 virtio_config8(struct virtio_pci *dev, unsigned int offset);
u32 virtio_config32(struct virtio_pci *dev, unsigned int offset);
u64 virtio_config64(struct virtio_pci *dev, unsigned int offset);

#endif
