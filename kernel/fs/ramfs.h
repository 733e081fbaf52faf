/* A file system in memory: names are dentries, data are pages, and neither is anywhere else. */
#ifndef FOLIO_FS_RAMFS_H
#define FOLIO_FS_RAMFS_H

/* ramfs_init - make the types "ramfs" and "tmpfs" known. Boot. */
void ramfs_init(void);

#endif
