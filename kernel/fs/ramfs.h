/* A file system in memory: names are dentries, data are pages, and neither is anywhere else. */
#ifndef FOLIO_FS_RAMFS_H
#define FOLIO_FS_RAMFS_H

struct super_block;

/* ramfs_fill_super - of a file system that is a ramfs under another name; data may have "mode=". */
int ramfs_fill_super(struct super_block *sb, const char *dev_name, const char *data);

/* ramfs_init - make the types "ramfs" and "tmpfs" known. Boot. */
void ramfs_init(void);

#endif
