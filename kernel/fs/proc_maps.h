/* /proc/self/maps: the regions of the reading process, in Linux's format. */
#ifndef FOLIO_FS_PROC_MAPS_H
#define FOLIO_FS_PROC_MAPS_H

#include "mm/mm_types.h"

/* proc_maps_open - a new open file, or ERR_PTR(-ENOMEM). May sleep. */
struct file *proc_maps_open(void);

/*
 * vma_name - what a region is called: its file's name, [heap], [stack], or "". The mm's
 * mmap_sem is held.
 */
const char *vma_name(const struct vm_area_struct *vma);

#endif
