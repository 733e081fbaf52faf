/*
 * The objects of the file layer: inode, file, address_space and their
 * operation tables. Memory management reaches files through these tables only.
 */
#ifndef FOLIO_FS_FS_H
#define FOLIO_FS_FS_H

#include "kernel/cpu/atomic.h"
#include "kernel/cpu/spinlock.h"
#include "kernel/lib/radix_tree.h"
#include "kernel/lib/rbtree.h"

struct file;
struct inode;
struct vm_area_struct;

/* The cached pages of one file (or block device), and who maps them. */
struct address_space {
	struct inode *host;
	struct radix_tree_root page_tree; /* index in pages -> struct page */
	spinlock_t tree_lock;		  /* page_tree and nrpages */
	unsigned long nrpages;
	struct rb_root i_mmap; /* interval tree of the mappings, by vm_pgoff */
	spinlock_t i_mmap_lock;
};

struct inode {
	unsigned long i_ino;
	atomic_t i_count;
	u64 i_size; /* bytes */
	struct address_space i_data;
	/* Called when the last reference goes; frees the inode and what it holds. */
	void (*i_release)(struct inode *inode);
};

struct file_operations {
	/* Transfer up to `count` bytes at *pos; returns bytes or -errno. May sleep. */
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, u64 *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, u64 *pos);
	/* Prepare a new mapping: set vm_ops. 0 or -errno. mmap_sem is held for writing. */
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
	void (*release)(struct file *file);
};

#define FMODE_READ  1u
#define FMODE_WRITE 2u

struct file {
	atomic_t f_count;
	unsigned int f_mode; /* FMODE_* */
	u64 f_pos;
	const char *f_name; /* lives as long as the inode */
	struct inode *f_inode;
	struct address_space *f_mapping;
	const struct file_operations *f_op;
	void *private_data; /* f_op's own */
};

/* get_file, fput - take and drop a reference; the last one releases the file. fput may sleep. */
static inline struct file *get_file(struct file *file)
{
	atomic_inc(&file->f_count);
	return file;
}
void fput(struct file *file);

/*
 * file_alloc - a new open file with one reference on an inode, of which it takes
 * one reference too. NULL: no memory. May sleep.
 */
struct file *file_alloc(struct inode *inode, unsigned int mode, const struct file_operations *op,
			const char *name);

/* inode_init - an inode with one reference and an empty page cache. */
void inode_init(struct inode *inode, u64 size, void (*release)(struct inode *));

/* ihold, iput - take and drop a reference. iput may sleep. */
void ihold(struct inode *inode);
void iput(struct inode *inode);

/* kernel_read - read from a file into kernel memory through the page cache; bytes or -errno. */
ssize_t kernel_read(struct file *file, u64 pos, void *buf, size_t count);

#endif
