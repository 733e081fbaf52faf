/* /dev/kmsg: the kernel log, record by record, and lines of programs into it. */
#ifndef FOLIO_FS_KMSG_DEV_H
#define FOLIO_FS_KMSG_DEV_H

#include "kernel/fs/fs.h"

/* kmsg_fops - see Linux's Documentation/ABI/testing/dev-kmsg. */
extern const struct file_operations kmsg_fops;

/* kmsg_init - boot. */
void kmsg_init(void);

#endif
