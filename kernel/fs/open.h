/* From a path to an open file. */
#ifndef FOLIO_FS_OPEN_H
#define FOLIO_FS_OPEN_H

#include "kernel/fs/fs.h"

/*
 * file_open - open a path; one reference, or ERR_PTR(-ENOENT; -EACCES: not to be opened
 * for that; -ENOMEM). May sleep.
 */
struct file *file_open(const char *path, int flags);

#endif
