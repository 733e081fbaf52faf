/*
 * /proc: files whose text is made up when they are read. This header is for those who
 * add files; how the tree works is in proc_fs.c (fixed names) and proc_pid.c (processes).
 */
#ifndef FOLIO_FS_PROC_PROC_H
#define FOLIO_FS_PROC_PROC_H

#include "kernel/fs/seq_file.h"

/*
 * A name with a fixed place. Exactly one of the middle group says what it is; none of them: a
 * folder.
 */
struct proc_entry {
	const char *name;
	u32 mode; /* permission bits; 0: 0444, folders 0555 */
	void (*show)(struct seq_file *m, void *v);
	const struct seq_operations *seq;
	const struct file_operations *fops;
	const char *(*link)(char *buf, size_t size); /* a symbolic link; buf is PATH_MAX bytes */

	void *data; /* the file's own: seq_file's private, the inode's i_private->data */

	/* the tree; filled in by proc_register() */
	struct proc_entry *parent;
	struct list_head children, sibling;
	unsigned long ino;
};

/*
 * proc_register - add an entry, which stays the caller's, to a folder (NULL: /proc). Boot, or a
 * module.
 */
void proc_register(struct proc_entry *parent, struct proc_entry *entry);
void proc_unregister(struct proc_entry *entry);

/* proc_register_all - the same for a table of them. */
#define proc_register_all(parent, entries)                                \
	do {                                                              \
		for (unsigned int _i = 0; _i < ARRAY_SIZE(entries); _i++) \
			proc_register(parent, &(entries)[_i]);            \
	} while (0)

/* proc_entry_of - what an inode of a fixed name is about. */
struct proc_entry *proc_entry_of(const struct inode *inode);

/* PROC_KB - pages in KiB, for "%lu kB". */
#define PROC_KB(pages) ((unsigned long)(pages) << (PAGE_SHIFT - 10))

/* proc_init - register the file system and all files. Boot. */
void proc_init(void);

/* Each adds its own files: from proc_init(). */
void proc_memory_init(void);
void proc_slab_init(void);
void proc_system_init(void);
void proc_iomem_init(void);
void proc_page_init(void);
void proc_sysctl_init(void);
void proc_block_init(void);
void proc_pci_init(void);

#endif
