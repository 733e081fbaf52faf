/* What a region is called, for /proc/PID/maps and for messages about a program. */
#ifndef FOLIO_FS_PROC_MAPS_H
#define FOLIO_FS_PROC_MAPS_H

#include "mm/mm_types.h"

/*
 * vma_name - its file's path, [heap], [stack], or "". The text is in buf or constant; a path that
 * is too long shows as "?". The mm's mmap_sem is held.
 */
const char *vma_name(const struct vm_area_struct *vma, char *buf, size_t size);

#endif
