/* Dirty inodes, and the thread that writes them: the flusher. */
#ifndef FOLIO_FS_FS_WRITEBACK_H
#define FOLIO_FS_FS_WRITEBACK_H

#include "kernel/fs/fs.h"

/*
 * sync_inodes_sb - write all dirty pages of all files of a super_block; with `wait` until they are
 * on the device. 0, or the last error, which stays with its file. May sleep; s_umount is held.
 */
int sync_inodes_sb(struct super_block *sb, bool wait);

/* flusher_init - start the thread. Boot; process context. */
void flusher_init(void);

#endif
