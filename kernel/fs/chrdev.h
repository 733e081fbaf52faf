/*
 * Character devices: a driver registers numbers; opening a node with such a
 * number finds the driver's file_operations. devtmpfs shows the nodes that drivers ask for.
 */
#ifndef FOLIO_FS_CHRDEV_H
#define FOLIO_FS_CHRDEV_H

#include "kernel/fs/fs.h"

/*
 * register_chrdev - `fops` for all of major's minors base..base+count-1; major 0: choose one.
 * The major (also when 0 was given), or -EBUSY, -EINVAL, -ENOMEM. May sleep.
 */
int register_chrdev(unsigned int major, unsigned int base, unsigned int count, const char *name,
		    const struct file_operations *fops);
void unregister_chrdev(unsigned int major, unsigned int base, unsigned int count);

/*
 * def_chr_fops - of every inode of a character device: its open() finds the driver. -ENXIO: none.
 * A driver without llseek has no position: lseek(2) and pread64(2) fail with ESPIPE.
 */
extern const struct file_operations def_chr_fops;

/*
 * device_create - a node /dev/NAME in devtmpfs; device_destroy - away with it. 0 or -errno. May
 * sleep.
 */
int device_create(const char *name, u32 mode, dev_t dev);
void device_destroy(const char *name);

/* for_each_chrdev - fn(major, name, ctx), ascending, for /proc/devices. fn may not sleep. */
int for_each_chrdev(int (*fn)(unsigned int major, const char *name, void *ctx), void *ctx);

/*
 * chrdev_init - opening device nodes works from now on. devtmpfs_init - device_create() does. Boot.
 */
void chrdev_init(void);
void devtmpfs_init(void);

/* mem_devices_init - null, zero, full, random, urandom and kmsg. Boot, after devtmpfs_init(). */
void mem_devices_init(void);

#endif
