/* virtio-blk, a disk of virtual machines: vda, vdb, ... */
#ifndef FOLIO_BLOCK_VIRTIO_BLK_H
#define FOLIO_BLOCK_VIRTIO_BLK_H

/* virtblk_init - find the disks and add_disk() them. Boot, after pci_init(); may sleep. */
void virtblk_init(void);

#endif
