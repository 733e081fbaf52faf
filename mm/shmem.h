/*
 * Anonymous memory that processes share: a file without a name whose pages are its only
 * copy. mmap with MAP_SHARED|MAP_ANONYMOUS, /dev/zero mapped shared, and later System V segments.
 */
#ifndef FOLIO_MM_SHMEM_H
#define FOLIO_MM_SHMEM_H

#include "kernel/fs/fs.h"

/*
 * shmem_file_setup - a new nameless file of `size` bytes, open for reading and writing, whose
 * mapping shows as `name` (20 characters at most) with " (deleted)". One reference, or
 * ERR_PTR(-ENOMEM, -EINVAL). With `noreserve` nothing is committed. May sleep.
 */
struct file *shmem_file_setup(const char *name, loff_t size, bool noreserve);

#endif
