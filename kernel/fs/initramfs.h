/* The first files: what a cpio archive that the loader brings says shall be there. */
#ifndef FOLIO_FS_INITRAMFS_H
#define FOLIO_FS_INITRAMFS_H

#include "kernel/lib/types.h"

/*
 * initramfs_unpack - fill the root from the loader's first module if that is a cpio archive, and
 * free its memory. Without one make /boot, /dev and /proc, and mount proc there. devtmpfs is
 * mounted where there is a /dev. Boot, after init_rootfs() and when these types are known. May
 * sleep.
 */
void initramfs_unpack(void);

/*
 * initramfs_is - is the module that begins at this physical address the archive? Its frames are
 * others' now.
 */
bool initramfs_is(unsigned long start);

#endif
