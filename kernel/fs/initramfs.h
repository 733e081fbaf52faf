/* The first files: what a cpio archive that the loader brings says shall be there. */
#ifndef FOLIO_FS_INITRAMFS_H
#define FOLIO_FS_INITRAMFS_H

/*
 * initramfs_unpack - fill the root from the loader's first module if that is a cpio archive; without one,
 * make /boot, /dev and /proc. Boot, after init_rootfs(). May sleep.
 */
void initramfs_unpack(void);

#endif
