/* From a path to an open file. */
#ifndef FOLIO_FS_OPEN_H
#define FOLIO_FS_OPEN_H

#include "kernel/fs/fs.h"

/* The access mode in the flags of open(2). */
#define O_ACCMODE 3
#define O_RDONLY  0

/*
 * file_open - open a path; one reference, or ERR_PTR(-ENOENT; -EACCES: not to be opened
 * for that; -ENOMEM). May sleep.
 */
struct file *file_open(const char *path, int flags);

#endif
