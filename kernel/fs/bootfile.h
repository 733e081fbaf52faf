/*
 * Files that were in memory before there was a file system: the loader's modules
 * and the programs inside the kernel image. Each is a read-only file whose page
 * cache holds the very frames it was loaded to; nothing is copied, and programs
 * map it like any other file.
 */
#ifndef FOLIO_FS_BOOTFILE_H
#define FOLIO_FS_BOOTFILE_H

#include "kernel/fs/fs.h"

/*
 * bootfile_open - open a boot file by name: the last part of a module's path, or
 * a program's name inside the kernel image.
 * Returns a file with one reference, or ERR_PTR(-ENOENT, -ENOMEM). May sleep.
 */
struct file *bootfile_open(const char *name);

/* bootfile_init - make the files. Called once, after slab and page cache are up. */
void bootfile_init(void);

/*
 * bootfile_from_frames - a file of `size` bytes over whole frames from `phys` on, for
 * tests that bring their own contents. The frames stay the caller's.
 */
struct file *bootfile_from_frames(const char *name, unsigned long phys, unsigned long size);

#endif
