/*
 * The way to a virtio device over PCI. Devices speak the legacy interface (ports, in region 0:
 * Virtio 1.0, 4.1.4.8), the modern one (structures that capabilities point to: 4.1.4), or both.
 */
#ifndef FOLIO_BLOCK_VIRTIO_PCI_H
#define FOLIO_BLOCK_VIRTIO_PCI_H

#include "kernel/drivers/pci.h"

#define VIRTIO_VENDOR		    0x1af4
#define VIRTIO_F_RING_INDIRECT_DESC 28 /* bits of the features: Virtio 1.0, 6 */
#define VIRTIO_F_VERSION_1	    32

struct virtio_pci;
struct vring;

/* How one of the interfaces is spoken. */
struct virtio_transport {
	u8 (*get_status)(struct virtio_pci *dev);
	void (*set_status)(struct virtio_pci *dev, u8 status);
	/* What the device has of `understood`, and tell it so. */
	u32 (*negotiate)(struct virtio_pci *dev, u32 understood);
	unsigned int (*queue_size)(struct virtio_pci *dev, u16 nr);
	void (*set_queue)(struct virtio_pci *dev, u16 nr, const struct vring *vring);
	void (*notify)(struct virtio_pci *dev, u16 nr);
	u8 (*isr)(struct virtio_pci *dev);
	u32 (*config32)(struct virtio_pci *dev, unsigned int offset);
};

/* Where a structure of the modern interface lies. */
struct virtio_region {
	u8 bar;
	u32 offset;
};

struct virtio_pci {
	struct pci_dev *pci;
	const struct virtio_transport *transport;
	bool refused; /* the device does not work with the features that were negotiated */
	u16 port;     /* legacy */

	/* modern (virtio_modern.c) */
	u8 window; /* the capability through which the others are reached */
	struct virtio_region common, notify, isr, device;
	u32 notify_multiplier, notify_offset; /* bytes: of each number of a queue; of the queue */
};

/* 2.1: bits of the status. */
#define VIRTIO_STATUS_ACKNOWLEDGE 1u
#define VIRTIO_STATUS_DRIVER	  2u
#define VIRTIO_STATUS_DRIVER_OK	  4u
#define VIRTIO_STATUS_FEATURES_OK 8u
#define VIRTIO_STATUS_FAILED	  128u

/* virtio_modern_init - find the modern interface; false: it has none. */
bool virtio_modern_init(struct virtio_pci *dev);

/*
 * virtio_pci_init - use this device; it is reset. 0, or -ENODEV: it has no interface that we speak,
 * or no interrupt line. Boot.
 */
int virtio_pci_init(struct virtio_pci *dev, struct pci_dev *pci);

/* virtio_reset - it forgets everything, and touches no memory any more when this returns. */
void virtio_reset(struct virtio_pci *dev);

/*
 * virtio_negotiate - a driver is there that understands these features (a mask); returns those of
 * them that the device has. dev->refused: it cannot be used with them.
 */
u32 virtio_negotiate(struct virtio_pci *dev, u32 understood);

/* virtio_queue_size - descriptors of its queue nr; 0: there is none. */
unsigned int virtio_queue_size(struct virtio_pci *dev, u16 nr);

/* virtio_set_queue - the memory of queue nr. */
void virtio_set_queue(struct virtio_pci *dev, u16 nr, const struct vring *vring);

/* virtio_driver_ok - everything is set up; virtio_failed - the driver has given up. */
void virtio_driver_ok(struct virtio_pci *dev);
void virtio_failed(struct virtio_pci *dev);

/* virtio_notify - there is something new in queue nr. Any context. */
void virtio_notify(struct virtio_pci *dev, u16 nr);

/* virtio_acknowledge - was it this device that interrupted? Takes the line down. Any context. */
bool virtio_acknowledge(struct virtio_pci *dev);

/* virtio_config32, virtio_config64 - the device's own configuration, by byte offset. */
u32 virtio_config32(struct virtio_pci *dev, unsigned int offset);
u64 virtio_config64(struct virtio_pci *dev, unsigned int offset);

#endif
