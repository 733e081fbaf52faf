/* Open files: the objects are in kernel/fs/fs.h, reading and writing in kernel/fs/rw.h. */
#ifndef FOLIO_FS_FILE_H
#define FOLIO_FS_FILE_H

#include "kernel/fs/fs.h"

/* file_init - the cache of open files. Boot, after slab. */
void file_init(void);

/*
 * file_get_write - an open file that writes to a regular file counts as its writer until it is
 * closed. 0 or -ETXTBSY.
 */
int file_get_write(struct file *file);

#endif
