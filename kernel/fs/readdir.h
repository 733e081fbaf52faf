/* Reading folders. */
#ifndef FOLIO_FS_READDIR_H
#define FOLIO_FS_READDIR_H

#include "kernel/fs/fs.h"

/*
 * do_getdents - entries from the file's position on into the program's buffer of `room` bytes, in
 * the layout of getdents64(2) or of getdents(2). Bytes, 0 at the end; -ENOTDIR, -ENOENT (the folder
 * has been removed), -EINVAL: no room for one entry; -EFAULT. f_pos_lock is held where others use
 * the file. May sleep.
 */
long do_getdents(struct file *file, void __user *buf, size_t room, bool wide);

#endif
